"""What is still owed in a move when one of its units has closed: somebody owes it, is told, and leaders are told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from coordination.commands.cases import close_case
from coordination.commands.landings import follow_up, review_transition
from coordination.commands.time import pass_time
from coordination.commands.units import close_unit
from coordination.models import (
    CaseOutcome,
    Deadline,
    DeadlineKind,
    Landing,
    StepTaken,
    Transition,
    TransitionState,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.board import BoardFilter, read_board
from coordination.queries.desk import read_desk
from notifications.models import Audience
from notifications.planning.people import told_of_step
from tests.builders import World, day, on, term
from tests.promises.moving import a_childs_case, a_move, again, milestone, received
from tests.promises.telling import fresh, holder_of, owed

MOST = dict.fromkeys(("escalated", "now", "week", "later", "inbox"), 100)


def noon(on_day: date) -> datetime:
    """The time of a day, in the morning, from the Monday of the tests."""
    return on((on_day - day()).days)


def steps_until(deadline: Deadline, last: date) -> list[StepTaken]:
    """Let the days before one pass, and give the steps that have been taken."""
    today = timezone.localdate(on()) if deadline.next_step_on is None else deadline.next_step_on
    while today <= last:
        pass_time(now=noon(today))
        today += timedelta(days=1)
    return list(deadline.steps_taken.select_related("deadline").order_by("planned_on"))


def told(step: StepTaken) -> dict[User, Audience]:
    """Whom a step tells, all of them active."""
    found = told_of_step(step, today=step.planned_on)
    return {User.objects.get(pk=pk, is_active=True): audience for pk, audience in found.items()}


def desk(person: User, on_day: date, group: str) -> list[Deadline]:
    """What stands in a group of somebody's desk."""
    now = noon(on_day)
    rows: list[Deadline] = getattr(read_desk(actor_of(person, now), now=now, most=MOST), group).rows
    return rows


def on_board_of(person: User, move: Transition, on_day: date, **how: Any) -> bool:
    """Whether somebody's board shows a move."""
    board = read_board(actor_of(person, noon(on_day)), BoardFilter(**how))
    return move in [row.transition for row in board.rows]


def received_by_a_school_that_closes(world: World) -> Transition:
    """Maja of the school has received the child that moves on Thursday the 24th; on Sunday the school closes."""
    transition = received(world, a_move(world, a_childs_case(world), move_on=day(10), moves_baton=False))
    close_unit(unit=world.school, successor=None, actor=None, now=on(6))
    return again(transition)


def test_whether_the_child_has_landed_is_asked_of_the_leader_above_and_then_of_the_next_one(world: World) -> None:
    move = received_by_a_school_that_closes(world)
    deadline = owed(move.case, DeadlineKind.FOLLOW_UP)
    assert (deadline.unit, deadline.owner, deadline.due_on) == (world.school, world.sanne, date(2026, 12, 23))
    before, due, late, *_later = steps_until(deadline, date(2027, 1, 8))
    for step in (before, due):
        assert told(step) == {world.sanne: Audience.OWNER}
    assert told(late) == {world.sanne: Audience.OWNER, world.dorte: Audience.LEADER}
    today = late.planned_on
    assert deadline in desk(world.sanne, today, "now")
    assert deadline in desk(world.dorte, today, "escalated")
    for person in (world.lone, world.maja, world.karin):
        assert deadline not in desk(person, today, "escalated") + desk(person, today, "now")
    follow_up(transition=move, landing=Landing.WELL, actor=world.sanne, now=noon(today))
    assert again(move).state == TransitionState.LANDED


def test_the_milestones_that_the_receiver_has_left_are_done_or_told_of(world: World) -> None:
    move = received_by_a_school_that_closes(world)
    deadline = owed(move.case, DeadlineKind.DO_MILESTONE, milestone=milestone(move, "early_call"))
    assert (deadline.unit, deadline.owner) == (world.school, world.sanne)
    *_before, late = steps_until(deadline, deadline.due_on + timedelta(days=6))
    assert told(late) == {
        world.sanne: Audience.OWNER,
        world.rikke: Audience.ASKER,
        world.dorte: Audience.LEADER,
        world.kirsten: Audience.LEADER,
    }
    assert deadline in desk(world.dorte, late.planned_on, "escalated")


def test_a_unit_that_the_child_leaves_and_that_closes_leaves_its_milestones_to_the_leader_above(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)
    close_unit(unit=world.kindergarten, successor=None, actor=None, now=on(2))
    assert holder_of(case) == world.dorte  # nobody leads the daycare department
    assert again(move).state == TransitionState.PLANNED
    deadline = owed(case, DeadlineKind.DO_MILESTONE, milestone=milestone(move, "description"))
    assert (deadline.unit, deadline.owner) == (world.kindergarten, world.dorte)
    before, due, late, *_later = steps_until(deadline, deadline.due_on + timedelta(days=7))
    for step in (before, due):
        assert told(step) == {world.dorte: Audience.OWNER}
    assert told(late) == {
        world.dorte: Audience.OWNER,
        world.rikke: Audience.ASKER,
        world.karin: Audience.LEADER,
        world.lone: Audience.LEADER,
    }
    assert deadline in desk(world.dorte, late.planned_on, "now")
    assert deadline in desk(world.karin, late.planned_on, "escalated")


@pytest.mark.parametrize("is_closed", [False, True])
def test_what_a_closed_unit_learns_from_the_move_its_leader_above_says_for_it(world: World, is_closed: bool) -> None:
    case = a_childs_case(world)
    move = received(world, a_move(world, case, move_on=day(5)))
    follow_up(transition=move, landing=Landing.WELL, actor=world.maja, now=on(7))
    deadline = owed(case, DeadlineKind.REVIEW_TRANSITION, unit=world.school)
    assert deadline.owner == world.lone
    if is_closed:
        close_case(case=fresh(case), outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(8))
    close_unit(unit=world.school, successor=None, actor=None, now=on(9))
    assert owed(case, DeadlineKind.REVIEW_TRANSITION, unit=world.school).owner == world.sanne
    due, late, *_later = steps_until(deadline, deadline.due_on + timedelta(days=7))
    assert told(due) == {world.sanne: Audience.OWNER}
    assert told(late) == {world.sanne: Audience.OWNER, world.dorte: Audience.LEADER}
    assert deadline in desk(world.sanne, late.planned_on, "now")
    assert deadline in desk(world.dorte, late.planned_on, "escalated")
    for unit, leader in ((world.school, world.sanne), (world.kindergarten, world.kirsten)):
        review_transition(transition=move, unit=unit, actor=leader, now=noon(late.planned_on))
    assert again(move).state == TransitionState.REVIEWED


def test_the_board_shows_the_moves_of_a_unit_that_has_closed(world: World) -> None:
    move = received_by_a_school_that_closes(world)
    for leader in (world.sanne, world.dorte, world.karin, world.kirsten):
        assert on_board_of(leader, move, day(7)), leader
    assert on_board_of(world.sanne, move, day(7), direction="ind", unit_path=world.schools.place)
    assert on_board_of(world.dorte, move, day(150), lack="late")  # nobody has said how the child has landed
    assert not on_board_of(world.lone, move, day(7))
