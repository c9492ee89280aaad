"""What becomes of a person's parts in cases when they leave a unit. Nothing is left with nobody."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from coordination.commands.batons import SOUGHT_BY_LEADER, drop_to_leader, leader_for, pass_searches_on
from coordination.commands.changing import changing, record
from coordination.commands.deadlines import pass_on
from coordination.commands.moves import MOVES_KINDS
from coordination.commands.partings import replace_contact, withdraw_handover_of
from coordination.models import (
    LEADING,
    Case,
    CaseState,
    DeadlineKind,
    EventKind,
    HandoverState,
    InvitationState,
    Membership,
    Partnership,
    Unit,
    User,
)

# What a leader is asked to find; a search that a holder owes is theirs as the holder.
_LEADERS_TASKS = Q(kind=DeadlineKind.ASSIGN_HOLDER) | SOUGHT_BY_LEADER


def give_up_everything_in(
    membership: Membership,
    *,
    actor: User | None,
    now: datetime,
    unit_closes: bool = False,
    only_as_leader: bool = False,
) -> None:
    """Pass on all that a person held, answered for or owed in the unit of a membership that has ended.

    ``unit_closes``: partnerships of the unit are not given another contact, they end with it.
    ``only_as_leader``: they stay in the unit, and give up what was theirs as its leader.
    """
    user, unit = membership.user, membership.unit
    concerned = (
        Q(holder=user, holder_unit=unit)
        | Q(partnerships__contact=user, partnerships__ended_at=None)
        | Q(invitations__person=user, invitations__unit=unit, invitations__state=InvitationState.SENT)
        | Q(handovers__to_person=user, handovers__to_unit=unit, handovers__state=HandoverState.OFFERED)
        | Q(deadlines__owner=user, deadlines__unit=unit, deadlines__settled_at=None)
    )
    # A leader owes what is owed in moves for the units below, too; and reviews also when the case has been closed.
    moves = Q(deadlines__owner=user, deadlines__settled_at=None, deadlines__kind__in=MOVES_KINDS)
    cases = Case.objects.filter(concerned & Q(state=CaseState.OPEN) | moves).order_by("pk")
    for case_id in list(cases.values_list("pk", flat=True).distinct()):
        with changing(case_id, now=now) as case:
            if not case.is_open:
                continue  # its moves are kept in the right hands at the end of the change
            if not only_as_leader:
                if case.holder_id == user.pk and case.holder_unit_id == unit.pk:
                    drop_to_leader(case, actor=actor, now=now)
                if not unit_closes:
                    _open_invitations_to_unit(case, membership, actor=actor, now=now)
                _withdraw_handovers(case, membership, actor=actor, now=now)
            _hand_partnerships_on(case, membership, actor=actor, now=now, unit_closes=unit_closes)
            _pass_leaders_tasks_on(case, membership, now=now)


def settle_below(unit: Unit, *, actor: User | None, now: datetime) -> None:
    """See to it, after a unit has moved in the tree, that those answer for it who lead it from now on."""
    below = Q(holder_unit__path__startswith=unit.place) | Q(
        partnerships__unit__path__startswith=unit.place, partnerships__ended_at=None
    )
    moves = Q(deadlines__unit__path__startswith=unit.place, deadlines__settled_at=None, deadlines__kind__in=MOVES_KINDS)
    cases = Case.objects.filter(below & Q(state=CaseState.OPEN) | moves).order_by("pk")
    for case_id in list(cases.values_list("pk", flat=True).distinct()):
        with changing(case_id, now=now) as case:
            if not case.is_open:
                continue  # its moves are kept in the right hands at the end of the change
            for partnership in case.partnerships.live().filter(unit__path__startswith=unit.place):
                _replace_unless_entitled(partnership, actor=actor, now=now)
            sought = Q(kind=DeadlineKind.ASSIGN_HOLDER) & ~Q(owner=case.holder)
            if case.holder_unit.place.startswith(unit.place) and case.deadlines.open().filter(sought).exists():
                leader = leader_for(case.holder_unit, other_than=case.holder_id)
                pass_on(case, sought, to=leader.user, unit=leader.unit)
            if case.holder_unit.place.startswith(unit.place):
                pass_searches_on(case)


def _open_invitations_to_unit(case: Case, membership: Membership, *, actor: User | None, now: datetime) -> None:
    """An ask to the person becomes an ask to their unit."""
    asked = case.invitations.filter(person=membership.user, unit=membership.unit, state=InvitationState.SENT)
    for invitation in asked:
        invitation.person = None
        invitation.save(update_fields=["person"])
        invitation.deadlines.open().update(owner=None)
        record(
            EventKind.INVITATION_OPENED_TO_UNIT,
            at=now,
            actor=actor,
            case=case,
            unit=membership.unit,
            about=invitation,
            before=membership.user_id,
        )


def _withdraw_handovers(case: Case, membership: Membership, *, actor: User | None, now: datetime) -> None:
    """A baton offered to the person, or asked for by them, is no longer on its way."""
    on_the_way = case.handovers.filter(
        to_person=membership.user, to_unit=membership.unit, state=HandoverState.OFFERED
    ).select_related("to_person", "to_unit", "case")
    for handover in on_the_way:
        withdraw_handover_of(handover, actor=actor, now=now)


def _hand_partnerships_on(
    case: Case, membership: Membership, *, actor: User | None, now: datetime, unit_closes: bool
) -> None:
    """A unit that takes part gets its leader for a contact; one that the person spoke for from above, too."""
    for partnership in (
        case.partnerships.live().filter(contact=membership.user).select_related("unit", "contact", "case")
    ):
        is_of_unit = partnership.unit_id == membership.unit_id
        if not (is_of_unit and unit_closes):
            _replace_unless_entitled(partnership, actor=actor, now=now)


def _replace_unless_entitled(partnership: Partnership, *, actor: User | None, now: datetime) -> None:
    """Let the leader speak for a unit whose contact neither belongs to it any more nor leads it."""
    entitled = (
        Membership.objects.live()
        .filter(user=partnership.contact_id)
        .filter(Q(unit=partnership.unit) | Q(unit_id__in=partnership.unit.line, role__in=LEADING))
    )
    if not entitled.exists():
        leader = leader_for(partnership.unit, other_than=partnership.contact_id)
        replace_contact(partnership, contact=leader.user, actor=actor, now=now)


def _pass_leaders_tasks_on(case: Case, membership: Membership, *, now: datetime) -> None:
    """What was owed as a leader of the unit, the nearest leader owes; also where the baton fell to the one before."""
    owed = _LEADERS_TASKS & Q(owner=membership.user, unit=membership.unit)
    if case.deadlines.open().filter(owed).exists():
        leader = leader_for(membership.unit, other_than=membership.user_id)
        pass_on(case, owed, to=leader.user, unit=leader.unit)
