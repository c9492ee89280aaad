"""Handing a child over to the next unit: never without asking again for the basis, the child and the parents."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.commands.bases import require_sharing
from coordination.commands.batons import move_baton
from coordination.commands.changing import again_after_deadlock, changing, require_open, require_right
from coordination.commands.deadlines import owe, settle
from coordination.commands.handovers import require_member
from coordination.commands.invitations import require_contact
from coordination.commands.partings import replace_contact, take_in
from coordination.commands.transitions import (
    changeable,
    owe_receiver,
    read_transition,
    record_of,
    require_state,
    settle_all_of,
)
from coordination.errors import Unacceptable
from coordination.models import (
    Case,
    DeadlineKind,
    DeclineReason,
    EventKind,
    HoldingReason,
    InvolvementKind,
    Milestone,
    Settlement,
    Transition,
    TransitionState,
    Unit,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.calendars import calendar_of
from coordination.queries.visibility import part_in
from coordination.rules.transitions import may_receive, may_see_transition


@again_after_deadlock
def hand_over(*, transition: Transition, actor: User, now: datetime) -> Transition:
    """Hand the child over to the receiving unit, as the holder or a leader of the unit that the child leaves.

    Refused without a receiver, without a basis under which the reference may go there, and until the child and the
    parents have been asked since the move was planned; where they were not, a reason by a code stands in its place,
    which the leaders see. A move out of town is handed over outside Involver, with the same asked for.
    """
    with changing(transition.case_id, now=now) as case:
        transition = changeable(case, transition, actor, now)
        leaves_town = transition.template.kind.leaves_town
        if transition.to_unit is None and not leaves_town:
            raise Unacceptable(_("Find out first who receives the child."), field="to_unit")
        if transition.to_unit is not None:
            require_sharing(case, transition.to_unit, now=now)
        _require_asked_again(transition)
        transition.state = TransitionState.LEFT if leaves_town else TransitionState.HANDED_OVER
        transition.handed_over_by, transition.handed_over_at = actor, now
        transition.ended_at = now if leaves_town else None
        transition.save(update_fields=["state", "handed_over_by", "handed_over_at", "ended_at"])
        record_of(EventKind.TRANSITION_HANDED_OVER, transition, actor, now, move_on=transition.move_on)
        if leaves_town:
            settle_all_of(transition, now=now)
        elif transition.to_unit is not None:
            owe(
                DeadlineKind.RECEIVE_TRANSITION,
                case=case,
                unit=transition.to_unit,
                owner=None,
                now=now,
                transition=transition,
            )
        return transition


@again_after_deadlock
def receive_child(
    *, transition: Transition, actor: User, now: datetime, has_read: bool, contact: User | None = None
) -> Transition:
    """Receive the child for the receiving unit: name a contact, and confirm having read the record referred to.

    ``contact``: the actor unless named. With the child comes the baton, where that was planned: it moves in the same
    transaction, and the old holder's unit stays as a partner. Otherwise the unit takes part as a partner.
    """
    contact = contact or actor
    with changing(transition.case_id, now=now, people=[contact.pk]) as case:
        transition = _receivable(case, transition, actor, now)
        to_unit = _receiver_of(transition)
        if not has_read:
            raise Unacceptable(_("Please read the record first; then say so here."), field="has_read")
        require_contact(contact, to_unit)
        takes_baton = transition.moves_baton and (contact.pk, to_unit.pk) != (case.holder_id, case.holder_unit_id)
        if takes_baton:
            require_member(contact, to_unit, case, field="contact")
        elif contact.pk == case.holder_id and to_unit.pk != case.holder_unit_id:
            raise Unacceptable(_("The one who holds the baton cannot be a partner's contact too."), field="contact")
        require_sharing(case, to_unit, now=now)
        transition.state, transition.contact = TransitionState.RECEIVED, contact
        transition.received_by, transition.received_at = actor, now
        transition.save(update_fields=["state", "contact", "received_by", "received_at"])
        settle(case, now=now, settlement=Settlement.MET, kind=DeadlineKind.RECEIVE_TRANSITION, transition=transition)
        record_of(EventKind.TRANSITION_RECEIVED, transition, actor, now, contact=contact.pk, takes_baton=takes_baton)
        if takes_baton:
            move_baton(
                case,
                to_person=contact,
                to_unit=to_unit,
                reason=HoldingReason.HANDED_OVER,
                stays_on=True,
                actor=actor,
                now=now,
            )
        elif contact.pk != case.holder_id:
            _let_take_part(case, to_unit, contact, actor=actor, now=now)
        owe_follow_up(transition, now=now)
        return transition


@again_after_deadlock
def decline_child(
    *, transition: Transition, reason: DeclineReason, actor: User, now: datetime, onward: Unit | None = None
) -> Transition:
    """Say no for the receiving unit, with a reason and, if it is known, who receives the child instead.

    The move is planned again: with the unit onward as its receiver for the holder to hand over to, or without one.
    """
    with changing(transition.case_id, now=now, units=[onward.pk] if onward else []) as case:
        transition = _receivable(case, transition, actor, now)
        to_unit = _receiver_of(transition)
        if onward is not None:
            onward = Unit.objects.get(pk=onward.pk)
            if not onward.is_open or onward.pk in (to_unit.pk, transition.from_unit_id):
                raise Unacceptable(_("Point to another unit, or say that you don't know who."), field="onward")
            if onward.root_id_or_self != to_unit.root_id_or_self:
                raise Unacceptable(_("Point to another unit, or say that you don't know who."), field="onward")
        settle(case, now=now, settlement=Settlement.MET, kind=DeadlineKind.RECEIVE_TRANSITION, transition=transition)
        settle(
            case,
            now=now,
            settlement=Settlement.LAPSED,
            milestone__in=Milestone.objects.filter(transition=transition, is_senders=False),
        )
        record_of(
            EventKind.TRANSITION_DECLINED,
            transition,
            actor,
            now,
            reason=reason.code,
            onward=onward.pk if onward else None,
        )
        transition.state, transition.to_unit = TransitionState.PLANNED, None
        transition.handed_over_at = transition.handed_over_by = None
        transition.decline_reason, transition.declined_unit, transition.onward_unit = reason, to_unit, onward
        transition.save()
        # Who receives the child is for the one who hands over to say; the pointer is a suggestion.
        owe_receiver(transition, now=now)
        return transition


def owe_follow_up(transition: Transition, *, now: datetime) -> None:
    """Owe the question whether the child has landed, so many calendar days after the move, by the contact."""
    to_unit = _receiver_of(transition)
    calendar, today = calendar_of(to_unit), timezone.localdate(now)
    due_on = transition.move_on + timedelta(days=transition.template.follow_up_days)
    owe(
        DeadlineKind.FOLLOW_UP,
        case=transition.case,
        unit=to_unit,
        owner=transition.contact,
        now=now,
        due_on=calendar.shift(max(due_on, today), 0),
        transition=transition,
    )


def _require_asked_again(transition: Transition) -> None:
    """Refuse where the child or the parents have not been asked since the move was planned, nor a reason been given."""
    missing = [
        kind
        for kind in InvolvementKind
        if not transition.case.involvements.filter(kind=kind, recorded_at__gte=transition.planned_at).exists()
    ]
    if InvolvementKind.CHILD in missing:
        raise Unacceptable(_("Ask the child about the move first, or say why that was not possible."), field="child")
    if InvolvementKind.PARENTS in missing:
        raise Unacceptable(
            _("Ask the parents about the move first, or say why that was not possible."), field="parents"
        )


def _receivable(case: Case, transition: Transition, actor: User, now: datetime) -> Transition:
    who = actor_of(actor, now)
    transition = read_transition(case, transition)
    sees_it = may_see_transition(who, transition, part_in(who, case))
    require_right(may_receive(who, transition), who, case, sees_it=sees_it)
    require_open(case)
    require_state(transition, TransitionState.HANDED_OVER)
    return transition


def _receiver_of(transition: Transition) -> Unit:
    if transition.to_unit is None:
        raise Unacceptable(_("Find out first who receives the child."), field="to_unit")
    return transition.to_unit


def _let_take_part(case: Case, to_unit: Unit, contact: User, *, actor: User, now: datetime) -> None:
    partnership = case.partnerships.live().filter(unit=to_unit).select_related("unit", "contact", "case").first()
    if partnership is None:
        take_in(case, unit=to_unit, contact=contact, actor=actor, now=now)
    elif partnership.contact_id != contact.pk:
        replace_contact(partnership, contact=contact, actor=actor, now=now)
