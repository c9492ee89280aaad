"""Who could be the contact person of a unit."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from coordination.models import LEADING, Membership, Unit, User


def people_of(unit_id: int) -> QuerySet[User]:
    """The people who belong to the unit, by name."""
    return User.objects.filter(pk__in=Membership.objects.live().filter(unit_id=unit_id).values("user_id"))


def possible_contacts(unit: Unit, *, actor: User, without: int) -> QuerySet[User]:
    """The people of the unit, and the actor where they lead it from above; ``without`` leaves one out."""
    entitled = Membership.objects.live().filter(Q(unit=unit) | Q(user=actor, unit_id__in=unit.line, role__in=LEADING))
    return User.objects.filter(pk__in=entitled.values("user_id")).exclude(pk=without)
