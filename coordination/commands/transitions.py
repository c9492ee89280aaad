"""Transitions: planned, given another day or a receiver, and cancelled. Their milestones are owed from the start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock, changing, record, require_open, require_right
from coordination.commands.deadlines import move_due, owe, settle
from coordination.commands.moves import speaker_for
from coordination.errors import MovedOn, Unacceptable
from coordination.models import (
    CancelReason,
    Case,
    DeadlineKind,
    EventKind,
    Milestone,
    MilestoneState,
    Settlement,
    Transition,
    TransitionKind,
    TransitionState,
    TransitionTemplate,
    Unit,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.calendars import calendar_of
from coordination.queries.rules import rule_for
from coordination.queries.templates import planned_when
from coordination.queries.visibility import parts_in
from coordination.rules.access import part_of
from coordination.rules.milestones import milestone_day
from coordination.rules.transitions import may_change, may_plan, may_see_transition

# A move is planned at most so long ahead (young people from 16 until after 18), or taken down so long afterwards.
FARTHEST_AHEAD, FARTHEST_BACK = timedelta(days=3 * 366), timedelta(days=90)


@dataclass(frozen=True)
class MoveDraft:
    """A move as it is planned. Without ``to_unit`` a receiver is still to be found, or it leads out of town."""

    kind: TransitionKind
    from_unit: Unit
    to_unit: Unit | None
    move_on: date
    moves_baton: bool = True


@again_after_deadlock
def plan_transition(
    *, case: Case, draft: MoveDraft, actor: User, now: datetime, follows: Transition | None = None
) -> Transition:
    """Plan a move with the milestones of its kind's template, as the holder or a leader of a unit that takes part.

    ``follows``: the move that it goes on from (børnehave to førskole, førskole to skole). Raises ``MovedOn`` where a
    move of the same unit on the same day has been planned already, ``Unacceptable`` for a day or units that cannot be.
    """
    with changing(case.pk, now=now, units=[unit.pk for unit in (draft.from_unit, draft.to_unit) if unit]) as case:
        who = actor_of(actor, now)
        require_right(may_plan(who, case, parts_in(case)), who, case)
        require_open(case)
        draft = _as_they_are_now(draft)
        _check(draft, case, today=who.today, follows=follows)
        template = TransitionTemplate.objects.filter(kind=draft.kind).order_by("-version").first()
        if template is None:
            raise Unacceptable(_("There is no template for this kind of move yet."), field="kind")
        _require_no_other(case, draft.from_unit.pk, draft.move_on)
        transition = Transition.objects.create(
            case=case,
            template=template,
            from_unit=draft.from_unit,
            to_unit=draft.to_unit,
            move_on=draft.move_on,
            moves_baton=draft.moves_baton and not draft.kind.leaves_town,
            follows=follows,
            planned_by=actor,
            planned_at=now,
        )
        _plan_milestones(transition)
        record_of(EventKind.TRANSITION_PLANNED, transition, actor, now, move_on=draft.move_on)
        owe_milestones(transition, now=now)
        if transition.to_unit is None and not draft.kind.leaves_town:
            owe_receiver(transition, now=now)
        return transition


@again_after_deadlock
def postpone_transition(*, transition: Transition, move_on: date, actor: User, now: datetime) -> Transition:
    """Give a planned move another day: its open milestones move with it, those done stay done."""
    with changing(transition.case_id, now=now) as case:
        transition = changeable(case, transition, actor, now)
        if move_on == transition.move_on:
            raise Unacceptable(_("Choose another day than the one it has."), field="move_on")
        _check_day(move_on, timezone.localdate(now))
        _require_no_other(case, transition.from_unit_id, move_on)
        before, transition.move_on = transition.move_on, move_on
        transition.save(update_fields=["move_on"])
        for milestone in transition.milestones.filter(state=MilestoneState.OPEN):
            _give_day(milestone, transition, now=now)
        record_of(EventKind.TRANSITION_POSTPONED, transition, actor, now, move_on=move_on, before_on=before)
        return transition


@again_after_deadlock
def name_receiver(*, transition: Transition, to_unit: Unit, actor: User, now: datetime) -> Transition:
    """Name the unit that receives the child, while it is planned; the unit owes its milestones from then on."""
    with changing(transition.case_id, now=now, units=[to_unit.pk]) as case:
        transition = changeable(case, transition, actor, now)
        to_unit = Unit.objects.get(pk=to_unit.pk)
        if transition.template.kind.leaves_town:
            raise _no_receiver_here()
        _check_receiver(to_unit, transition.from_unit)
        if transition.to_unit_id == to_unit.pk:
            raise MovedOn(_("%(unit)s receives the child already.") % {"unit": to_unit.name}, field="to_unit")
        settle(case, now=now, settlement=Settlement.LAPSED, milestone__in=_receivers_milestones(transition))
        settle(case, now=now, settlement=Settlement.MET, kind=DeadlineKind.NAME_RECEIVER, transition=transition)
        transition.to_unit, transition.declined_unit = to_unit, None
        transition.decline_reason, transition.onward_unit = None, None
        transition.save(update_fields=["to_unit", "declined_unit", "decline_reason", "onward_unit"])
        owe_milestones(transition, now=now, senders=False)
        record_of(EventKind.RECEIVER_NAMED, transition, actor, now)
        return transition


@again_after_deadlock
def cancel_transition(*, transition: Transition, reason: CancelReason, actor: User, now: datetime) -> Transition:
    """Cancel a move that has not come to its end; everybody who still owed something in it is free."""
    with changing(transition.case_id, now=now) as case:
        transition = changeable(case, transition, actor, now, states=STILL_OPEN)
        transition.cancel_reason = reason
        end_transition(transition, actor=actor, now=now, reason=reason.code)
        return transition


STILL_OPEN = (TransitionState.PLANNED, TransitionState.HANDED_OVER, TransitionState.RECEIVED)


def end_transition(transition: Transition, *, actor: User | None, now: datetime, **why: Any) -> None:
    """Cancel a transition within a change of its case, and say so. ``why``: a reason or a cause, a code."""
    transition.state, transition.ended_at = TransitionState.CANCELLED, now
    transition.save(update_fields=["state", "ended_at", "cancel_reason"])
    settle_all_of(transition, now=now)
    record_of(EventKind.TRANSITION_CANCELLED, transition, actor, now, move_on=transition.move_on, **why)


def settle_all_of(transition: Transition, *, now: datetime) -> None:
    """End everything that is still owed in a transition."""
    case = transition.case
    settle(case, now=now, settlement=Settlement.LAPSED, transition=transition)
    settle(case, now=now, settlement=Settlement.LAPSED, milestone__transition=transition)


def lose_receiver(transition: Transition, *, onward: Unit | None, actor: User | None, now: datetime) -> None:
    """Leave a planned or handed-over move without its receiver, who has closed: another one is to be found.

    ``onward``: the unit that takes its place, as a pointer for whoever finds it.
    """
    case = transition.case
    record_of(EventKind.RECEIVER_LOST, transition, actor, now, onward=onward.pk if onward else None)
    transition.declined_unit, transition.onward_unit = transition.to_unit, onward
    transition.state, transition.to_unit = TransitionState.PLANNED, None
    transition.handed_over_at = transition.handed_over_by = None
    transition.save()
    settle(case, now=now, settlement=Settlement.LAPSED, kind=DeadlineKind.RECEIVE_TRANSITION, transition=transition)
    settle(case, now=now, settlement=Settlement.LAPSED, milestone__in=_receivers_milestones(transition))
    owe_receiver(transition, now=now)


def owe_receiver(transition: Transition, *, now: datetime) -> None:
    """Owe to find out who receives the child, as the holder."""
    case = transition.case
    owe(
        DeadlineKind.NAME_RECEIVER,
        case=case,
        unit=case.holder_unit,
        owner=case.holder,
        now=now,
        transition=transition,
    )


def owe_milestones(transition: Transition, *, now: datetime, senders: bool | None = None) -> None:
    """Owe the open milestones: the sender's by the holder, the receiver's by the whole unit until it has a contact.

    ``senders``: only the sender's, or only the receiver's. What was due before it was planned is due after the limit of
    its rule, so that nobody is late with what they have just been asked.
    """
    wanted = Q() if senders is None else Q(is_senders=senders)
    today = timezone.localdate(now)
    for milestone in transition.milestones.filter(wanted, state=MilestoneState.OPEN):
        unit, owner = _owes(milestone, transition)
        if unit is not None:
            owe(
                DeadlineKind.DO_MILESTONE,
                case=transition.case,
                unit=unit,
                owner=owner,
                now=now,
                due_on=milestone.due_on if milestone.due_on >= today else None,
                milestone=milestone,
            )


def changeable(
    case: Case,
    transition: Transition,
    actor: User,
    now: datetime,
    states: tuple[TransitionState, ...] = (TransitionState.PLANNED,),
) -> Transition:
    """Read a transition under the lock, for somebody who may plan it, in one of the ``states``; else refuse."""
    who = actor_of(actor, now)
    parts = parts_in(case)
    transition = read_transition(case, transition)
    sees_it = may_see_transition(who, transition, part_of(who, parts))
    require_right(may_change(who, transition, parts), who, case, sees_it=sees_it)
    require_open(case)
    require_state(transition, *states)
    return transition


def read_transition(case: Case, transition: Transition) -> Transition:
    """Read a transition of a locked case anew."""
    return case.transitions.select_related("from_unit", "to_unit", "template__kind", "case__holder").get(
        pk=transition.pk
    )


def require_state(transition: Transition, *states: TransitionState) -> None:
    """Refuse with ``MovedOn`` where the transition is in none of the states."""
    if transition.state not in states:
        raise MovedOn(_("This has moved on meanwhile (%(state)s).") % {"state": transition.get_state_display()})


def record_of(kind: EventKind, transition: Transition, actor: User | None, now: datetime, **data: Any) -> None:
    """Record what happened to a transition."""
    record(
        kind,
        at=now,
        actor=actor,
        case=transition.case,
        unit=transition.to_unit or transition.from_unit,
        about=transition,
        from_unit=transition.from_unit_id,
        to_unit=transition.to_unit_id,
        **data,
    )


def _plan_milestones(transition: Transition) -> None:
    for planned in transition.template.milestones.select_related("kind"):
        unit = transition.from_unit if planned.is_senders else transition.to_unit or transition.from_unit
        Milestone.objects.create(
            transition=transition,
            kind=planned.kind,
            position=planned.position,
            is_senders=planned.is_senders,
            due_on=milestone_day(planned_when(planned), transition.move_on, calendar_of(unit)),
        )


def _give_day(milestone: Milestone, transition: Transition, *, now: datetime) -> None:
    planned = transition.template.milestones.get(position=milestone.position)
    unit, _owner = _owes(milestone, transition)
    calendar = calendar_of(unit or transition.from_unit)
    milestone.due_on = milestone_day(planned_when(planned), transition.move_on, calendar)
    milestone.save(update_fields=["due_on"])
    deadline = milestone.deadlines.open().select_related("unit").first()
    if deadline is not None:
        move_due(deadline, _fair_day(milestone, deadline.unit, now=now), now=now)


def _fair_day(milestone: Milestone, unit: Unit, *, now: datetime) -> date:
    """Give the day of a milestone; of one that is past, the day after the limit of its rule, as when it is planned."""
    today = timezone.localdate(now)
    if milestone.due_on >= today:
        return milestone.due_on
    return calendar_of(unit).shift(today, rule_for(DeadlineKind.DO_MILESTONE).limit(urgent=False))


def _owes(milestone: Milestone, transition: Transition) -> tuple[Unit | None, User | None]:
    if milestone.is_senders:
        return transition.from_unit, speaker_for(transition.from_unit, transition.case)
    return transition.to_unit, transition.contact


def _receivers_milestones(transition: Transition) -> Any:
    return transition.milestones.filter(is_senders=False)


def _as_they_are_now(draft: MoveDraft) -> MoveDraft:
    """Read the units anew, which are locked: one may have closed since somebody chose it."""
    to_unit = Unit.objects.get(pk=draft.to_unit.pk) if draft.to_unit else None
    return replace(draft, from_unit=Unit.objects.get(pk=draft.from_unit.pk), to_unit=to_unit)


def _check(draft: MoveDraft, case: Case, *, today: date, follows: Transition | None) -> None:
    if draft.kind.is_retired:
        raise Unacceptable(_("Choose what kind of move it is."), field="kind")
    taking_part: set[int | None] = set(case.partnerships.live().values_list("unit_id", flat=True))
    taking_part |= {case.holder_unit_id, case.opened_unit_id, follows.to_unit_id if follows else None}
    if draft.from_unit.pk not in taking_part or not draft.from_unit.is_open:
        raise Unacceptable(_("The child leaves a unit that takes part in the case."), field="from_unit")
    if draft.kind.leaves_town and draft.to_unit is not None:
        raise _no_receiver_here()
    if draft.to_unit is not None:
        _check_receiver(draft.to_unit, draft.from_unit)
    _check_day(draft.move_on, today)
    if follows is not None and (follows.case_id != case.pk or draft.move_on <= follows.move_on):
        raise Unacceptable(_("This move comes after the one that it follows."), field="move_on")


def _require_no_other(case: Case, from_unit_id: int, move_on: date) -> None:
    """Refuse a second move of the same unit on the same day, also where the first one has come to its end."""
    others = case.transitions.filter(from_unit_id=from_unit_id, move_on=move_on)
    if others.exclude(state=TransitionState.CANCELLED).exists():
        raise MovedOn(_("This move has been planned already."), field="move_on")


def _check_receiver(to_unit: Unit, from_unit: Unit) -> None:
    if to_unit.pk == from_unit.pk:
        raise Unacceptable(_("The child moves to another unit."), field="to_unit")
    if not to_unit.is_open or to_unit.root_id_or_self != from_unit.root_id_or_self:
        raise Unacceptable(_("Choose an open unit of this municipality."), field="to_unit")


def _no_receiver_here() -> Unacceptable:
    return Unacceptable(_("A move to another municipality has no receiving unit here."), field="to_unit")


def _check_day(move_on: date, today: date) -> None:
    if not today - FARTHEST_BACK <= move_on <= today + FARTHEST_AHEAD:
        raise Unacceptable(_("Choose a day within the next three years."), field="move_on")
