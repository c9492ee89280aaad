"""The steps of a deadline: each is owed once, whatever days somebody looks."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice, pairwise

from hypothesis import given
from hypothesis import strategies as st

from coordination.models import Escalation
from coordination.rules.steps import PlannedStep, Told, first_step_after, planned_days, steps_owed
from coordination.rules.workdays import WorkCalendar

ORDINARY = WorkCalendar()
MONDAY = date(2026, 9, 14)
OWNER, ASKER, LEADER, ABOVE = Told(owner=True), Told(asker=True), Told(leader=True), Told(leader_above=True)

TOLD = st.builds(Told, owner=st.booleans(), asker=st.booleans(), leader=st.booleans(), leader_above=st.booleans())
RULES = st.lists(
    st.builds(PlannedStep, offset=st.integers(-25, 25), told=TOLD, repeat=st.none() | st.integers(1, 10)),
    max_size=5,
    unique_by=lambda step: step.offset,
)
DUE = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@given(rule=RULES, due_on=DUE, start=st.integers(-60, 0), lengths=st.lists(st.integers(0, 30), min_size=1, max_size=12))
def test_splitting_the_time_anywhere_owes_the_same_steps(
    rule: list[PlannedStep], due_on: date, start: int, lengths: list[int]
) -> None:
    looks = [due_on + timedelta(days=start)]
    for length in lengths:
        looks.append(looks[-1] + timedelta(days=length))
    at_once = steps_owed(rule, due_on, ORDINARY, after=looks[0], until=looks[-1])
    piece_by_piece = [
        step
        for after, until in pairwise(looks)
        for step in steps_owed(rule, due_on, ORDINARY, after=after, until=until)
    ]
    assert piece_by_piece == at_once


@given(rule=RULES, due_on=DUE, start=st.integers(-60, 60))
def test_the_first_step_after_a_day_is_the_first_that_will_be_owed(
    rule: list[PlannedStep], due_on: date, start: int
) -> None:
    after = due_on + timedelta(days=start)
    day = first_step_after(rule, due_on, ORDINARY, after)
    if day is None:
        assert steps_owed(rule, due_on, ORDINARY, after=after, until=after + timedelta(days=400)) == []
    else:
        assert day > after
        assert steps_owed(rule, due_on, ORDINARY, after=after, until=day - timedelta(days=1)) == []
        assert steps_owed(rule, due_on, ORDINARY, after=after, until=day) != []


def test_steps_fall_on_working_days_counted_from_the_due_day() -> None:
    rule = [PlannedStep(-2, OWNER), PlannedStep(0, OWNER), PlannedStep(2, ASKER), PlannedStep(5, LEADER)]
    thursday = date(2026, 9, 17)
    assert [day for day, _step in planned_days(rule, thursday, ORDINARY)] == [
        date(2026, 9, 15),
        date(2026, 9, 17),
        date(2026, 9, 21),
        date(2026, 9, 24),
    ]


def test_steps_are_taken_in_order_however_they_are_written_down() -> None:
    rule = [PlannedStep(5, LEADER), PlannedStep(-1, OWNER), PlannedStep(0, ASKER)]
    assert [step.offset for _day, step in planned_days(rule, MONDAY, ORDINARY)] == [-1, 0, 5]


def test_the_last_step_repeats_without_end_and_an_earlier_one_never() -> None:
    rule = [PlannedStep(0, OWNER, repeat=1), PlannedStep(1, LEADER, repeat=5)]
    days = [day for day, _step in islice(planned_days(rule, MONDAY, ORDINARY), 4)]
    assert days == [MONDAY, date(2026, 9, 15), date(2026, 9, 22), date(2026, 9, 29)]


def test_no_steps_are_owed_of_a_rule_without_steps() -> None:
    assert steps_owed([], MONDAY, ORDINARY, after=date(2020, 1, 1), until=date(2030, 1, 1)) == []
    assert first_step_after([], MONDAY, ORDINARY, MONDAY) is None


def test_a_step_of_the_day_itself_is_owed_that_day_and_never_again() -> None:
    rule = [PlannedStep(0, OWNER)]
    sunday = MONDAY - timedelta(days=1)
    assert steps_owed(rule, MONDAY, ORDINARY, after=sunday, until=MONDAY) == [(MONDAY, rule[0])]
    assert steps_owed(rule, MONDAY, ORDINARY, after=MONDAY, until=MONDAY + timedelta(days=9)) == []


def test_several_steps_together_tell_everybody_whom_each_tells() -> None:
    assert Told(owner=True, asker=True) == OWNER | ASKER
    assert Told(leader=True, leader_above=True) == LEADER | ABOVE
    assert Told() | OWNER == OWNER


def test_how_far_up_a_step_takes_a_deadline() -> None:
    assert (OWNER | ASKER).escalation == Escalation.NONE
    assert (OWNER | LEADER).escalation == Escalation.LEADER
    assert (LEADER | ABOVE).escalation == Escalation.LEADER_ABOVE
    assert ABOVE.escalation == Escalation.LEADER_ABOVE
