"""A municipality changes a rule while deadlines are open: the steps to come follow it, those taken stay taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from coordination.commands import rules, time
from coordination.commands.deadlines import move_due
from coordination.commands.invitations import accept_invitation
from coordination.commands.rules import change_rule
from coordination.commands.time import pass_time
from coordination.errors import Forbidden
from coordination.models import Case, Deadline, DeadlineKind, OutboxEntry, StepTaken, User
from coordination.queries.rules import Rule, rule_for
from coordination.rules.steps import PlannedStep, Told
from tests.builders import PASSWORD, World, a_case, day, on, the_invitation
from tests.promises.telling import owed

KIND = DeadlineKind.ANSWER_INVITATION
OWNER, ASKER, LEADER, ABOVE = Told(owner=True), Told(asker=True), Told(leader=True), Told(leader_above=True)


@pytest.fixture
def clerk(world: World) -> User:
    """An administrator, whose the rules are."""
    return User.objects.create_user("clerk", PASSWORD, name="Clerk Administrator", is_staff=True)


def a_rule(*steps: PlannedStep, limit: int = 3) -> Rule:
    """A rule of three days, or another limit, with these steps."""
    return Rule(limit, 1, steps)


def days_pass(first: int, last: int) -> None:
    """Let time pass in the morning of each day, as often as there is something to do."""
    for number in range(first, last + 1):
        while pass_time(now=on(number)):
            pass


def taken(deadline: Deadline) -> list[tuple[int, str]]:
    """The steps taken: how many days after the Monday, and whom each told."""
    names = ("owner", "asker", "leader", "leader_above")
    return [
        ((step.planned_on - day()).days, "+".join(name for name in names if getattr(step, f"tells_{name}")))
        for step in StepTaken.objects.filter(deadline=deadline).order_by("pk")
    ]


def invited(world: World) -> tuple[Case, Deadline]:
    """Asked on the Monday, to be answered by the Thursday."""
    case = a_case(world)
    deadline = owed(case, KIND)
    assert deadline.due_on == day(3)
    return case, deadline


def test_the_steps_to_come_follow_the_new_rule_and_those_taken_are_not_taken_again(world: World, clerk: User) -> None:
    _case, deadline = invited(world)
    days_pass(0, 2)
    assert taken(deadline) == [(2, "owner")]
    # From now on: on the due day only the leader, two days after it the asker, then every two days the leader above.
    rule = a_rule(PlannedStep(-1, OWNER), PlannedStep(0, LEADER), PlannedStep(2, ASKER), PlannedStep(3, ABOVE, 2))
    assert change_rule(kind=KIND, rule=rule, actor=clerk, now=on(2, hours=1))
    days_pass(2, 15)
    assert taken(deadline) == [
        (2, "owner"),
        (3, "leader"),
        (7, "asker"),
        (8, "leader_above"),
        (10, "leader_above"),
        (14, "leader_above"),
    ]
    deadline.refresh_from_db()
    assert deadline.due_on == day(3)


def test_a_new_step_whose_day_has_passed_is_not_owed_not_even_together_with_the_next(world: World, clerk: User) -> None:
    change_rule(kind=KIND, rule=a_rule(PlannedStep(-1, OWNER), PlannedStep(9, LEADER)), actor=clerk, now=on(-1))
    _case, deadline = invited(world)
    days_pass(0, 4)
    assert taken(deadline) == [(2, "owner")]
    late = a_rule(PlannedStep(-2, ASKER), PlannedStep(0, ABOVE), PlannedStep(1, ABOVE), PlannedStep(3, LEADER))
    change_rule(kind=KIND, rule=late, actor=clerk, now=on(5))
    days_pass(5, 20)
    assert taken(deadline) == [(2, "owner"), (8, "leader")]
    deadline.refresh_from_db()
    assert deadline.next_step_on is None


def test_a_new_step_of_today_is_taken_today(world: World, clerk: User) -> None:
    _case, deadline = invited(world)
    rule = a_rule(PlannedStep(-2, OWNER), PlannedStep(1, LEADER))
    change_rule(kind=KIND, rule=rule, actor=clerk, now=on(1))
    days_pass(1, 1)
    assert taken(deadline) == [(1, "owner")]


def test_a_deadline_whose_steps_were_all_taken_gets_the_new_ones(world: World, clerk: User) -> None:
    change_rule(kind=KIND, rule=a_rule(PlannedStep(0, LEADER)), actor=clerk, now=on(-1))
    _case, deadline = invited(world)
    days_pass(0, 4)
    deadline.refresh_from_db()
    assert (taken(deadline), deadline.next_step_on) == ([(3, "leader")], None)
    change_rule(kind=KIND, rule=a_rule(PlannedStep(0, LEADER), PlannedStep(3, ABOVE)), actor=clerk, now=on(4))
    days_pass(4, 20)
    assert taken(deadline) == [(3, "leader"), (8, "leader_above")]


def test_what_the_old_rule_owed_while_nobody_was_there_is_taken_before_the_change(world: World, clerk: User) -> None:
    _case, deadline = invited(world)
    # Nothing has run since the Monday; on the Friday the rule changes, and tells the leader above from the day before.
    change_rule(kind=KIND, rule=a_rule(PlannedStep(0, ABOVE), PlannedStep(4, ABOVE)), actor=clerk, now=on(4))
    assert taken(deadline) == [(4, "owner+asker+leader")]
    assert OutboxEntry.objects.filter(step__deadline=deadline).count() == 1
    days_pass(4, 20)
    assert taken(deadline)[1:] == [(9, "leader_above")]


def test_another_limit_holds_for_what_is_asked_from_then_on(world: World, clerk: User) -> None:
    _case, deadline = invited(world)
    change_rule(kind=KIND, rule=replace(rule_for(KIND), limit_days=5), actor=clerk, now=on(hours=1))
    deadline.refresh_from_db()
    assert deadline.due_on == day(3)
    assert owed(a_case(world), KIND).due_on == day(7)
    days_pass(0, 4)
    assert taken(deadline) == [(2, "owner"), (3, "owner+leader"), (4, "asker+leader")]


def test_other_kinds_settled_ones_and_the_same_rule_once_more_are_left_alone(world: World, clerk: User) -> None:
    case, deadline = invited(world)
    answered = a_case(world)
    gone = owed(answered, KIND)
    accept_invitation(invitation=the_invitation(answered, world.ppr), actor=world.anna, now=on(hours=1))
    before = {row.pk: row.next_step_on for row in Deadline.objects.all()}
    assert change_rule(kind=KIND, rule=rule_for(KIND), actor=clerk, now=on(1)) is False
    assert {row.pk: row.next_step_on for row in Deadline.objects.all()} == before
    assert change_rule(kind=KIND, rule=a_rule(PlannedStep(0, LEADER)), actor=clerk, now=on(1))
    after = {row.pk: row.next_step_on for row in Deadline.objects.all()}
    assert {pk for pk in after if after[pk] != before[pk]} == {deadline.pk}
    gone.refresh_from_db()
    assert (gone.next_step_on, gone.steps_after) == (None, None)
    assert case.deadlines.filter(kind=KIND).count() == 1


def test_what_other_kinds_owe_is_left_to_the_passing_of_time(world: World, clerk: User) -> None:
    quiet = owed(a_case(world, invite=[]), DeadlineKind.NEXT_STEP)
    change_rule(kind=KIND, rule=a_rule(PlannedStep(0, LEADER)), actor=clerk, now=on(15))
    assert taken(quiet) == []
    days_pass(15, 15)
    assert taken(quiet) == [(14, "owner")]


def test_many_are_planned_anew_batch_by_batch(world: World, clerk: User) -> None:
    deadlines = [invited(world)[1] for _number in range(7)]
    change_rule(kind=KIND, rule=a_rule(PlannedStep(1, LEADER)), actor=clerk, now=on(1))
    rounds = 0
    while pass_time(now=on(1), limit=3):
        rounds += 1
    assert rounds == 3
    assert not StepTaken.objects.exists()
    for deadline in deadlines:
        deadline.refresh_from_db()
        assert deadline.next_step_on == day(4)


def test_a_batch_whose_steps_cannot_be_taken_keeps_none_behind_it_from_its_own(
    world: World, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    *broken, behind = (invited(world)[1] for _number in range(3))
    right = time._take_steps

    def breaks(deadline: Deadline, *rest: datetime) -> None:
        if deadline in broken:
            raise ValueError
        right(deadline, *rest)

    monkeypatch.setattr(time, "_take_steps", breaks)
    monkeypatch.setattr(rules, "BATCH", 2)
    change_rule(kind=KIND, rule=a_rule(PlannedStep(4, ABOVE)), actor=clerk, now=on(4))
    assert taken(behind) == [(4, "owner+asker+leader")]
    assert [taken(deadline) for deadline in broken] == [[], []]


def test_moving_the_day_afterwards_counts_from_the_new_day(world: World, clerk: User) -> None:
    _case, deadline = invited(world)
    change_rule(kind=KIND, rule=a_rule(PlannedStep(-2, OWNER), PlannedStep(0, LEADER)), actor=clerk, now=on(1))
    days_pass(1, 2)
    deadline.refresh_from_db()
    move_due(deadline, day(8), now=on(2))
    days_pass(3, 20)
    assert taken(deadline) == [(1, "owner"), (4, "owner"), (8, "leader")]


def test_nobody_but_administrators_changes_a_rule(world: World, clerk: User) -> None:
    before = rule_for(KIND)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    clerk.refresh_from_db()
    for actor in (world.karin, world.maja, clerk):
        with pytest.raises(Forbidden):
            change_rule(kind=KIND, rule=a_rule(PlannedStep(0, LEADER)), actor=actor, now=on())
    assert rule_for(KIND) == before
