"""Two who act on a move at once: it is received once, never by somebody gone, never without what it takes."""

from __future__ import annotations

from functools import partial

import pytest

from coordination.commands.bases import withdraw_basis
from coordination.commands.cohorts import CohortRow, plan_cohort
from coordination.commands.handing_over import decline_child, hand_over, receive_child
from coordination.commands.landings import follow_up, review_transition
from coordination.commands.transitions import MoveDraft, cancel_transition, name_receiver
from coordination.commands.units import close_unit
from coordination.errors import Refusal
from coordination.models import (
    CancelReason,
    DeadlineKind,
    DeclineReason,
    Landing,
    Transition,
    TransitionKind,
    TransitionState,
)
from coordination.queries.promises import INVARIANTS, find_breaks
from tests.builders import World, day, on, term
from tests.promises.moving import FIRST_OF_AUGUST, a_childs_case, a_move, again, handed_over, heard, received, took_part
from tests.promises.telling import owed
from tests.races.meeting_point import Act, at_once, the_winner

pytestmark = pytest.mark.django_db(transaction=True)
NO_REMINDER_IS_LOST = 7
rounds = pytest.mark.parametrize("round_number", range(3))


def receiving(world: World, transition: Transition, **how: object) -> Act:
    """Maja receives the child for the school, or whoever else is named."""
    act = {"actor": world.maja, "has_read": True, "now": on(5)} | how
    return partial(receive_child, transition=transition, **act)


def under_way(world: World) -> Transition:
    """A move that waits for the school to receive it."""
    return again(handed_over(world, a_move(world, a_childs_case(world))))


def promises_hold() -> None:
    """All that can be asked of the database holds, but for what only time brings, which has not been let pass here."""
    asked = [each for each in INVARIANTS.values() if each.promise != NO_REMINDER_IS_LOST]
    assert {each.name for each in asked if any(True for _row in find_breaks(each, now=on(6)))} == set()


@rounds
def test_of_two_who_receive_at_once_one_does(world: World, round_number: int) -> None:
    transition = under_way(world)
    outcomes = at_once(receiving(world, transition), receiving(world, transition, actor=world.mads))
    winner = the_winner(outcomes)
    transition = again(transition)
    assert transition.contact_id == winner.contact_id == transition.case.holder_id
    assert transition.case.deadlines.open().filter(kind=DeadlineKind.FOLLOW_UP).count() == 1
    promises_hold()


@rounds
def test_a_child_is_received_or_the_move_is_cancelled_or_declined(world: World, round_number: int) -> None:
    transition = under_way(world)
    cancelling = partial(
        cancel_transition, transition=transition, reason=term(CancelReason, "stays"), actor=world.rikke, now=on(5)
    )
    declining = partial(
        decline_child,
        transition=transition,
        reason=term(DeclineReason, "no_capacity"),
        actor=world.mads,
        now=on(5),
    )
    outcomes = at_once(receiving(world, transition), cancelling, declining)
    assert all(isinstance(each, Refusal | Transition) for each in outcomes), outcomes
    transition = again(transition)
    kinds = set(transition.case.deadlines.open().filter(transition=transition).values_list("kind", flat=True))
    expected = {
        TransitionState.RECEIVED: {DeadlineKind.FOLLOW_UP},
        TransitionState.PLANNED: {DeadlineKind.NAME_RECEIVER},
        TransitionState.CANCELLED: set(),
    }
    assert kinds == expected[TransitionState(transition.state)]
    promises_hold()


@rounds
def test_a_child_is_not_left_with_a_unit_that_closes(world: World, round_number: int) -> None:
    transition = under_way(world)
    closing = partial(close_unit, unit=world.school, actor=None, now=on(5))
    _received, closed = at_once(receiving(world, transition), closing)
    assert not isinstance(closed, Exception), closed
    transition = again(transition)
    if transition.state == TransitionState.PLANNED:
        assert transition.to_unit is None
        assert owed(transition.case, DeadlineKind.NAME_RECEIVER)
    promises_hold()


@rounds
def test_a_child_is_not_handed_over_on_a_consent_that_is_withdrawn(world: World, round_number: int) -> None:
    transition = a_move(world, a_childs_case(world))
    heard(transition.case, world.rikke, on_day=2)
    took_part(transition.case, world.rikke, on_day=2)
    handing = partial(hand_over, transition=transition, actor=world.rikke, now=on(3))
    withdrawing = partial(withdraw_basis, basis=transition.case.bases.get(), actor=world.rikke, now=on(3))
    handed, withdrawn = at_once(handing, withdrawing)
    assert not isinstance(withdrawn, Exception), withdrawn
    assert isinstance(handed, Refusal | Transition), handed
    [outcome] = at_once(receiving(world, transition))
    assert isinstance(outcome, Refusal)  # whichever came first: without a basis nobody receives
    promises_hold()


@rounds
def test_two_who_name_a_receiver_at_once_leave_one(world: World, round_number: int) -> None:
    transition = a_move(world, a_childs_case(world), to_unit=None)
    naming = [
        partial(name_receiver, transition=transition, to_unit=unit, actor=world.rikke, now=on(3))
        for unit in (world.school, world.other_school)
    ]
    outcomes = at_once(*naming)
    assert all(isinstance(each, Refusal | Transition) for each in outcomes), outcomes
    transition = again(transition)
    owing = transition.case.deadlines.open().filter(kind=DeadlineKind.DO_MILESTONE, milestone__is_senders=False)
    assert set(owing.values_list("unit_id", flat=True)) == {transition.to_unit_id}
    promises_hold()


@rounds
def test_one_list_planned_twice_at_once_plans_each_move_once(world: World, round_number: int) -> None:
    cases = [a_childs_case(world, reference=None, basis=None) for _child in range(3)]
    kind = term(TransitionKind, "kindergarten_to_school")
    draft = MoveDraft(kind, world.kindergarten, world.school, FIRST_OF_AUGUST)
    rows = [CohortRow(number, case, draft) for number, case in enumerate(cases, start=1)]
    planning = partial(plan_cohort, actor=world.rikke, now=on(2))
    outcomes = at_once(partial(planning, rows=rows), partial(planning, rows=rows[::-1]))
    assert any(not isinstance(each, Exception) for each in outcomes), outcomes
    assert [case.transitions.count() for case in cases] == [1, 1, 1]
    promises_hold()


@rounds
def test_two_leaders_who_review_at_once_end_the_move_once(world: World, round_number: int) -> None:
    transition = received(world, a_move(world, a_childs_case(world), move_on=day(2)))
    follow_up(transition=transition, landing=Landing.WELL, actor=world.maja, now=on(5))
    reviewing = [
        partial(review_transition, transition=transition, unit=unit, actor=leader, now=on(6))
        for unit, leader in ((world.kindergarten, world.kirsten), (world.school, world.lone))
    ]
    outcomes = at_once(*reviewing)
    assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
    transition = again(transition)
    assert transition.state == TransitionState.REVIEWED
    assert transition.reviews.count() == 2
    assert not transition.case.deadlines.open().filter(kind=DeadlineKind.REVIEW_TRANSITION).exists()
    promises_hold()
