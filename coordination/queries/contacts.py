"""Who could be the contact person of a unit, and who was."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from coordination.models import LEADING, JoinRequest, Membership, Unit, User


def people_of(unit_id: int) -> QuerySet[User]:
    """The people who belong to the unit, by name."""
    return User.objects.filter(pk__in=Membership.objects.live().filter(unit_id=unit_id).values("user_id"))


def possible_contacts(unit: Unit, *, actor: User, without: int) -> QuerySet[User]:
    """The people of the unit, and the actor where they lead it from above; ``without`` leaves one out."""
    entitled = Membership.objects.live().filter(Q(unit=unit) | Q(user=actor, unit_id__in=unit.line, role__in=LEADING))
    return User.objects.filter(pk__in=entitled.values("user_id")).exclude(pk=without)


def contact_told_of(join_request: JoinRequest) -> User | None:
    """Find who spoke for the asking unit when the answer came: whom the asker was told to talk to, then as now.

    Who does so today is for those who take part. None where the unit did not take part then.
    """
    answered_at = join_request.answered_at
    if answered_at is None:
        return None
    lasting = Q(ended_at=None) | Q(ended_at__gt=answered_at)
    taking_part = join_request.case.partnerships.filter(lasting, unit=join_request.unit, began_at__lte=answered_at)
    partnership = taking_part.select_related("contact").last()
    if partnership is None:
        return None
    replaced = partnership.former_contacts.filter(ended_at__gt=answered_at).select_related("person").first()
    return replaced.person if replaced is not None else partnership.contact
