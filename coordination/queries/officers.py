"""Who looks after the rights of children and parents in a municipality: its officer, and for holds its coordinator."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from coordination.models import Case, Membership, Role, User

HOLDING_BACK = (Role.OFFICER, Role.COORDINATOR)


def roots_of(user: User, *roles: Role) -> set[int]:
    """Give the ids of the municipalities in which somebody has one of these roles."""
    memberships = Membership.objects.in_force().filter(user=user, role__in=roles, unit__parent=None)
    return set(memberships.values_list("unit_id", flat=True))


def cases_in(roots: set[int]) -> QuerySet[Case]:
    """Find the cases of these municipalities: those whose baton is held there."""
    return Case.objects.filter(Q(holder_unit_id__in=roots) | Q(holder_unit__root_id__in=roots))
