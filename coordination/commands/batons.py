"""The baton's moves that other commands share. Somebody holds it at every instant."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from coordination.commands.changing import lock_people, record
from coordination.commands.deadlines import HOLDERS_KINDS, owe, pass_on, settle
from coordination.commands.partings import (
    end_partnership,
    let_go_of_those_who_left,
    take_in,
    withdraw_handover_of,
    withdraw_invitation_of,
)
from coordination.errors import Unacceptable
from coordination.models import (
    Case,
    DeadlineKind,
    EventKind,
    HandoverKind,
    HandoverState,
    Holding,
    HoldingReason,
    InvitationState,
    Membership,
    PartnershipEnd,
    Settlement,
    Unit,
    User,
)
from coordination.queries.leaders import nearest_leader

# After a no that did not know who else, until a leader has pointed to somebody.
SOUGHT_BY_LEADER = Q(
    kind=DeadlineKind.FIND_PARTNER, invitation__state=InvitationState.DECLINED, invitation__onward_unit=None
)


def move_baton(
    case: Case,
    *,
    to_person: User,
    to_unit: Unit,
    reason: HoldingReason,
    stays_on: bool,
    actor: User | None,
    now: datetime,
) -> None:
    """Move the baton, with everything its holder owes, within the transaction of the case's lock.

    ``stays_on``: the old holder's unit becomes a partner, with the old holder as its contact.
    """
    old_holder, old_unit = case.holder, case.holder_unit
    case.holdings.filter(ended_at=None).update(ended_at=now)
    Holding.objects.create(case=case, holder=to_person, unit=to_unit, reason=reason, began_at=now)
    case.holder, case.holder_unit, case.release_asked_at = to_person, to_unit, None
    case.save(update_fields=["holder", "holder_unit", "release_asked_at"])
    if stays_on and old_holder != to_person and not case.partnerships.live().filter(unit=old_unit).exists():
        take_in(case, unit=old_unit, contact=old_holder, actor=actor, now=now)
    _withdraw_what_is_moot(case, actor=actor, now=now)
    settle(case, now=now, settlement=Settlement.MET, kind=DeadlineKind.ASSIGN_HOLDER)
    owed_by_holder = (
        Q(kind__in=HOLDERS_KINDS)
        | Q(kind=DeadlineKind.ANSWER_HANDOVER, handover__kind=HandoverKind.REQUEST)
        | Q(kind=DeadlineKind.FIND_PARTNER) & ~SOUGHT_BY_LEADER
    )
    pass_on(case, owed_by_holder, to=to_person, unit=to_unit)
    pass_searches_on(case)
    let_go_of_those_who_left(case, actor=actor, now=now)


def end_part_beside_baton(case: Case, *, actor: User | None, now: datetime) -> None:
    """End the part that the holder's unit has beside the baton, before a holder hands it over who does not stay.

    It has one where the baton came back to a unit that had stayed on. Somebody else who is its contact stays.
    """
    beside = case.partnerships.live().filter(unit=case.holder_unit, contact=case.holder).select_related("unit")
    for partnership in beside:
        end_partnership(partnership, end=PartnershipEnd.LEFT, state=InvitationState.LEFT, now=now)
        record(
            EventKind.PARTNERSHIP_LEFT,
            at=now,
            actor=actor,
            case=case,
            unit=partnership.unit,
            about=partnership,
            cause="handed_over",
        )


def _withdraw_what_is_moot(case: Case, *, actor: User | None, now: datetime) -> None:
    """Withdraw what the one before had offered, and what the new holder had asked for or was asked: they hold it."""
    moot = Q(kind=HandoverKind.OFFER) | Q(kind=HandoverKind.REQUEST, to_person=case.holder)
    for handover in case.handovers.filter(moot, state=HandoverState.OFFERED).select_related("to_person", "to_unit"):
        withdraw_handover_of(handover, actor=actor, now=now)
    for invitation in case.invitations.filter(person=case.holder, state=InvitationState.SENT).select_related("unit"):
        withdraw_invitation_of(invitation, actor=actor, now=now, cause="takes_part")


def drop_to_leader(case: Case, *, actor: User | None, now: datetime) -> None:
    """Make the nearest leader the holder, because the holder is gone; they are to assign a new one.

    Raises ``Unacceptable`` where nobody is left to take it: whatever took the holder away must not happen then.
    """
    leader = leader_for(case.holder_unit, other_than=case.holder_id)
    old_holder = case.holder
    move_baton(
        case,
        to_person=leader.user,
        to_unit=leader.unit,
        reason=HoldingReason.FELL,
        stays_on=False,
        actor=actor,
        now=now,
    )
    owe(DeadlineKind.ASSIGN_HOLDER, case=case, unit=leader.unit, owner=leader.user, now=now)
    record(
        EventKind.BATON_FELL,
        at=now,
        actor=actor,
        case=case,
        unit=leader.unit,
        person=leader.user,
        about=case,
        gone=old_holder.pk,
    )


def leader_beside(case: Case) -> Membership:
    """Find the nearest leader of the holder's unit who is not the holder; the holder only where nobody else is."""
    is_alone = nearest_leader(case.holder_unit, other_than=case.holder_id) is None
    return leader_for(case.holder_unit, other_than=None if is_alone else case.holder_id)


def pass_searches_on(case: Case) -> None:
    """Let the leader whom the holder has now find the partners that nobody knew."""
    if case.deadlines.open().filter(SOUGHT_BY_LEADER).exists():
        leader = leader_beside(case)
        pass_on(case, SOUGHT_BY_LEADER, to=leader.user, unit=leader.unit)


def leader_for(unit: Unit, *, other_than: int | None = None) -> Membership:
    """Find the nearest leader, who cannot go before the change is done; refuse where there is none.

    A municipality without a coordinator cannot be.
    """
    while leader := nearest_leader(unit, other_than=other_than):
        lock_people([leader.user_id])
        if Membership.objects.live().leading().filter(pk=leader.pk).exists():
            return leader
    raise _without_leader(unit)


def require_leader(unit: Unit) -> None:
    """Refuse a unit whose baton could fall to nobody."""
    if nearest_leader(unit) is None:
        raise _without_leader(unit)


def _without_leader(unit: Unit) -> Unacceptable:
    return Unacceptable(
        _("%(unit)s has no leader above it, and its municipality has no coordinator. Name one first.")
        % {"unit": unit.name}
    )
