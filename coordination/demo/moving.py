"""How a move of the demonstration goes: planned, prepared, handed over, received, followed up and reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from django.utils import timezone

from coordination.commands.handing_over import decline_child, hand_over, receive_child
from coordination.commands.landings import follow_up, review_transition
from coordination.commands.milestones import do_milestone, skip_milestone
from coordination.commands.transitions import MoveDraft, cancel_transition, plan_transition
from coordination.demo.absences import present
from coordination.demo.cases import Opening, begin
from coordination.demo.consents import cover
from coordination.demo.involvements import involve
from coordination.demo.play import Play, Story, open_now
from coordination.models import (
    CancelReason,
    Case,
    Deadline,
    DeclineReason,
    InvolvementKind,
    Landing,
    Milestone,
    MissingKnowledge,
    NotRelevantReason,
    Transition,
    TransitionKind,
    TransitionState,
    Unit,
    User,
)
from coordination.rules.milestones import next_usual_day

SOON_IS_WITHIN = timedelta(days=70)
FOLLOWED_UP_AFTER = timedelta(days=80)
# Who speaks of a child with special needs one and a half years before has few to speak of.
FOR_FEW = {"special_meeting"}


class Day(Enum):
    """When a child moves, seen from the end of the play."""

    PAST = "past"
    SOON = "soon"
    MARCH = "march"
    AUGUST = "august"
    FAR = "far"


class Ending(Enum):
    """How far a move has come by the end."""

    PLANNED = "planned"
    LEFT = "left"
    CANCELLED = "cancelled"
    WAITING = "waiting"  # handed over
    DECLINED = "declined"
    RECEIVED = "received"
    LANDED = "landed"
    HALF_REVIEWED = "half reviewed"  # by the leader of the unit that the child has left
    REVIEWED = "reviewed"


@dataclass(frozen=True)
class Move:
    """One move. ``share``: of the milestones, so many are done in time; the rest late, or not yet."""

    kind: str
    from_unit: str
    to_unit: str | None
    day: Day
    ending: Ending = Ending.PLANNED
    share: float = 0.85
    landing: Landing = Landing.WELL
    missing: str | None = None
    onward: str | None = None
    consent_days: int | None = None
    asks: bool = True  # whether the child and the parents are asked again
    days_waited: int = 4
    then_to: str | None = None  # where the child goes on from there, in the move that usually follows
    keeps_baton: bool = False


def moving(play: Play, move: Move) -> Story:
    """A move from its planning to wherever it has come by the end."""
    home, move_on = play.units[move.from_unit], day_of(play, move.day)
    yield _beginning(play, home, move, move_on)
    case = _open(play, home, move)
    yield play.later(play.now, home, 1, 4)
    current = open_now(case)
    if current is None:
        return
    transition = _plan(play, current, move, move_on)
    for milestone in transition.milestones.all():
        play.start(reaching(play, milestone, share=move.share))
    if move.then_to is not None:
        yield play.later(play.now, home, 0)
        _plan_the_next(play, transition, play.units[move.then_to])
    if move.asks:
        for kind in InvolvementKind:
            play.start(asking_again(play, transition, kind))
    play.start(going_on(play, transition, move))


def day_of(play: Play, day: Day) -> date:
    """Find the day of a move: 1 March and 1 August, and the first of other months where these are far away."""
    today = timezone.localdate(play.end)
    march, august = next_usual_day(3, 1, today), next_usual_day(8, 1, today)
    if day == Day.PAST:
        usual = max(_year_before(march), _year_before(august))
        room = timezone.localdate(play.begin) + timedelta(days=35) <= usual <= today - timedelta(days=25)
        return usual if room else (today - timedelta(days=75)).replace(day=1)
    if day == Day.SOON:
        usual = min(march, august)
        return usual if usual - today <= SOON_IS_WITHIN else (today + timedelta(days=62)).replace(day=1)
    if day == Day.FAR:
        return (today + timedelta(days=640)).replace(day=15)
    return march if day == Day.MARCH else august


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1)


def _beginning(play: Play, home: Unit, move: Move, move_on: date) -> datetime:
    """When the case is opened: early enough for everything that is to happen until the end."""
    if move.day == Day.PAST:
        day = max(move_on - timedelta(days=55), timezone.localdate(play.begin) + timedelta(days=1))
        return play.moment(play.calendar(home).shift(day, play.rng.randint(0, 3)))
    return play.ago(play.rng.randint(28, 60) + move.days_waited, home)


def _open(play: Play, home: Unit, move: Move) -> Case:
    partners = (play.units["PPR"],) if move.kind in ("to_special", "from_special") else ()
    how = Opening(
        opener=present(play, home),
        unit=home,
        theme="overgang",
        ask="joint_plan",
        partners=partners,
        has_reference=True,
        consent_days=move.consent_days,
        is_involving=move.asks,
    )
    return begin(play, how, now=play.now)


def _plan(play: Play, case: Case, move: Move, move_on: date) -> Transition:
    draft = MoveDraft(
        kind=play.term(TransitionKind, move.kind),
        from_unit=play.units[move.from_unit],
        to_unit=play.units[move.to_unit] if move.to_unit else None,
        move_on=move_on,
        moves_baton=not move.keeps_baton,
    )
    return plan_transition(case=case, draft=draft, actor=case.holder, now=play.now)


def _plan_the_next(play: Play, transition: Transition, to_unit: Unit) -> None:
    """Plan the move that usually follows, on the next usual day of its own."""
    kind, current = transition.template.kind.next_kind, open_now(transition.case)
    if kind is None or current is None or transition.to_unit is None:
        return
    move_on = next_usual_day(kind.move_month or 8, kind.move_day or 1, transition.move_on)
    draft = MoveDraft(kind=kind, from_unit=transition.to_unit, to_unit=to_unit, move_on=move_on)
    plan_transition(case=current, draft=draft, actor=current.holder, now=play.now, follows=transition)


def reaching(play: Play, milestone: Milestone, *, share: float) -> Story:
    """A milestone is done in time, done late, not relevant for this child, or forgotten."""
    owed = Deadline.objects.open().filter(milestone=milestone).select_related("unit").first()
    due_on = owed.due_on if owed else milestone.due_on
    unit = owed.unit if owed else milestone.transition.from_unit
    is_for_few = milestone.kind.code in FOR_FEW and play.chance(0.7)
    in_time = play.chance(share)
    if not in_time and play.chance(0.7):
        return
    days = -play.rng.randint(0, 12) if in_time else play.rng.randint(3, 9)
    yield play.moment(play.calendar(unit).shift(due_on, days))
    found = Milestone.objects.select_related("transition__case").get(pk=milestone.pk)
    owed = Deadline.objects.open().filter(milestone=milestone).select_related("unit", "owner").first()
    if owed is None or open_now(found.transition.case) is None:
        return
    actor = owed.owner or present(play, owed.unit)
    if is_for_few or (found.kind.is_meeting and play.chance(0.1)):
        reason = play.term(NotRelevantReason, "not_needed" if is_for_few else "done_otherwise")
        skip_milestone(milestone=found, reason=reason, actor=actor, now=play.now)
    else:
        do_milestone(milestone=found, actor=actor, now=play.now)


def asking_again(play: Play, transition: Transition, kind: InvolvementKind) -> Story:
    """The child, or the parents, are asked about the move some time after it was planned."""
    yield play.later(play.now, transition.from_unit, 3, 18)
    current = open_now(transition.case)
    if current is not None and transition_now(transition).state == TransitionState.PLANNED:
        involve(play, current, kind, not_yet=play.chance(0.1))


def transition_now(transition: Transition) -> Transition:
    """The move as it is at this moment."""
    found = Transition.objects.select_related("case", "from_unit", "to_unit", "contact", "template__kind")
    return found.get(pk=transition.pk)


def going_on(play: Play, transition: Transition, move: Move) -> Story:
    """What becomes of a move that has been planned."""
    if move.ending == Ending.PLANNED:
        return
    home = transition.from_unit
    is_past = move.day == Day.PAST
    yield (
        play.moment(play.calendar(home).shift(transition.move_on, -12))
        if is_past
        else play.ago(move.days_waited + 4, home)
    )
    current = open_now(transition.case)
    if current is None:
        return
    if move.ending == Ending.CANCELLED:
        reason = play.term(CancelReason, "stays" if move.to_unit else "moved_away")
        cancel_transition(transition=transition, reason=reason, actor=current.holder, now=play.now)
        return
    _ask_who_was_not(play, current, transition)
    yield play.later(play.now, home, 0, 2)
    current = open_now(transition.case)
    if current is None:
        return
    if transition.to_unit is not None:
        cover(play, current, transition.to_unit)
    hand_over(transition=transition, actor=current.holder, now=play.now)
    if move.ending not in (Ending.LEFT, Ending.WAITING):
        yield from _answering(play, transition_now(transition), move)


def _ask_who_was_not(play: Play, case: Case, transition: Transition) -> None:
    for kind in InvolvementKind:
        if not case.involvements.filter(kind=kind, recorded_at__gte=transition.planned_at).exists():
            involve(play, case, kind, not_yet=play.chance(0.2))


def _answering(play: Play, transition: Transition, move: Move) -> Story:
    """The receiving unit says yes and names a contact, or says no and points onward."""
    to_unit = transition.to_unit
    if to_unit is None:
        return
    yield play.later(play.now, to_unit, 1, 2)
    person = present(play, to_unit, but=[transition.handed_over_by_id or 0])
    if move.ending == Ending.DECLINED:
        onward = play.units[move.onward] if move.onward else None
        reason = play.term(DeclineReason, "no_capacity")
        decline_child(transition=transition, reason=reason, onward=onward, actor=person, now=play.now)
        return
    receive_child(transition=transition, actor=person, now=play.now, has_read=True)
    if move.ending != Ending.RECEIVED:
        yield from _landing(play, transition_now(transition), move, to_unit)


def _landing(play: Play, transition: Transition, move: Move, to_unit: Unit) -> Story:
    """The contact says how the child has landed; the leaders look back."""
    calendar = play.calendar(to_unit)
    latest = calendar.shift(timezone.localdate(play.end), -play.rng.randint(8, 12))
    asked_on = max(transition.move_on, min(transition.move_on + FOLLOWED_UP_AFTER, latest))
    working = calendar.shift(asked_on + timedelta(days=1), -1)  # before the holidays rather than after them
    yield play.moment(working if working >= transition.move_on else calendar.shift(asked_on, 0))
    transition = transition_now(transition)
    if open_now(transition.case) is None or transition.contact is None:
        return
    follow_up(
        transition=transition,
        landing=move.landing,
        missing=play.term(MissingKnowledge, move.missing) if move.missing else None,
        actor=transition.contact,
        now=play.now,
    )
    if move.ending == Ending.LANDED:
        return
    for unit in (transition.from_unit, to_unit)[: 1 if move.ending == Ending.HALF_REVIEWED else 2]:
        yield play.later(play.now, unit, 1, 2)
        review_transition(transition=transition, unit=unit, actor=_leads(play, unit), now=play.now)


def _leads(play: Play, unit: Unit) -> User:
    return play.leader_of(unit).user
