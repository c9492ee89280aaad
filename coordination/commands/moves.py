"""Keeping the moves of a case in the right hands: whoever speaks for a unit now owes what the unit owes."""

from __future__ import annotations

from coordination.models import (
    Case,
    Deadline,
    DeadlineKind,
    Membership,
    Transition,
    TransitionState,
    Unit,
    User,
)
from coordination.queries.leaders import nearest_leader

MOVES_KINDS = (DeadlineKind.DO_MILESTONE, DeadlineKind.FOLLOW_UP, DeadlineKind.REVIEW_TRANSITION)


def keep_moves(case: Case) -> None:
    """Let those who speak for the units of the case's moves owe what is open in them, after whatever has changed.

    Called at the end of every change of a case: a holder, a contact or a leader may have become another one by it.
    """
    owed = case.deadlines.open().filter(kind__in=MOVES_KINDS)
    for deadline in owed.select_related("milestone__transition", "transition", "unit", "owner"):
        if deadline.move is not None:
            _keep(deadline, deadline.move, case)


def speaker_for(unit: Unit, case: Case) -> User | None:
    """Find who speaks for a unit in a case: the holder, its contact person, else its nearest leader."""
    if case.holder_unit_id == unit.pk:
        return case.holder
    partnership = case.partnerships.live().filter(unit=unit).select_related("contact").first()
    if partnership is not None:
        return partnership.contact
    leader = nearest_leader(unit)
    return leader.user if leader else None


def _keep(deadline: Deadline, transition: Transition, case: Case) -> None:
    owner = _owner(deadline, transition, case)
    if (owner.pk if owner else None) != deadline.owner_id:
        deadline.owner = owner
        deadline.save(update_fields=["owner"])
    if deadline.kind == DeadlineKind.FOLLOW_UP and owner is not None and transition.contact_id != owner.pk:
        transition.contact = owner
        transition.save(update_fields=["contact"])


def _owner(deadline: Deadline, transition: Transition, case: Case) -> User | None:
    if deadline.kind == DeadlineKind.REVIEW_TRANSITION:
        return _reviewer(deadline)
    is_receivers = deadline.milestone is not None and not deadline.milestone.is_senders
    if is_receivers and transition.state in (TransitionState.PLANNED, TransitionState.HANDED_OVER):
        return None  # the whole unit is asked, until somebody receives the child
    return speaker_for(deadline.unit, case)


def _reviewer(deadline: Deadline) -> User | None:
    owner = deadline.owner
    if owner and Membership.objects.live().leading().filter(user=owner, unit_id__in=deadline.unit.line).exists():
        return owner
    leader = nearest_leader(deadline.unit)
    return leader.user if leader else None
