"""Working days in Denmark: weekends, holidays and closing periods are none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.models import ClosingPeriod
from coordination.queries.calendars import calendar_of
from coordination.rules.workdays import WorkCalendar
from tests.builders import World

ORDINARY = WorkCalendar()
DAYS = st.dates(date(2023, 1, 1), date(2032, 12, 31))
SHIFTS = st.integers(-60, 60)
CLOSED = st.lists(
    st.tuples(DAYS, st.integers(0, 40)).map(lambda pair: (pair[0], pair[0] + timedelta(days=pair[1]))), max_size=3
)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),  # New Year
        date(2026, 4, 2),  # Maundy Thursday
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 14),  # Ascension
        date(2026, 5, 25),  # Whit Monday
        date(2026, 6, 5),  # Constitution Day
        date(2026, 12, 24),
        date(2026, 12, 25),
        date(2026, 12, 31),
        date(2025, 12, 26),
        date(2023, 5, 5),  # the last Great Prayer Day
        date(2026, 9, 19),  # a Saturday
        date(2026, 9, 20),  # a Sunday
    ],
)
def test_nobody_works_on_holidays_and_at_weekends(day: date) -> None:
    assert not ORDINARY.is_working(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 5, 1),  # the First of May, a Friday
        date(2024, 4, 26),  # what would have been Great Prayer Day
        date(2026, 5, 15),  # the Friday after Ascension
        date(2026, 4, 1),
        date(2026, 4, 7),
        date(2026, 12, 23),
        date(2026, 12, 28),
        date(2026, 12, 30),
    ],
)
def test_people_work_on_days_that_only_look_like_holidays(day: date) -> None:
    assert ORDINARY.is_working(day)


def test_easter_is_passed_over_in_both_directions() -> None:
    assert ORDINARY.shift(date(2026, 4, 1), 1) == date(2026, 4, 7)
    assert ORDINARY.shift(date(2026, 4, 7), -1) == date(2026, 4, 1)


def test_christmas_and_new_year_are_passed_over() -> None:
    assert ORDINARY.shift(date(2026, 12, 23), 1) == date(2026, 12, 28)
    assert ORDINARY.shift(date(2026, 12, 30), 1) == date(2027, 1, 4)


def test_zero_days_is_the_day_itself_or_the_next_working_day() -> None:
    assert ORDINARY.shift(date(2026, 9, 14), 0) == date(2026, 9, 14)
    assert ORDINARY.shift(date(2026, 9, 19), 0) == date(2026, 9, 21)
    assert ORDINARY.shift(date(2026, 4, 2), 0) == date(2026, 4, 7)


def test_one_day_back_from_a_sunday_is_friday_and_forward_is_monday() -> None:
    assert ORDINARY.shift(date(2026, 9, 20), -1) == date(2026, 9, 18)
    assert ORDINARY.shift(date(2026, 9, 20), 1) == date(2026, 9, 21)


def test_both_days_of_a_closing_period_are_closed() -> None:
    summer = WorkCalendar([(date(2026, 6, 29), date(2026, 8, 7))])
    assert summer.is_working(date(2026, 6, 26))
    assert not summer.is_working(date(2026, 6, 29))
    assert not summer.is_working(date(2026, 8, 7))
    assert summer.shift(date(2026, 6, 26), 1) == date(2026, 8, 10)


def test_a_unit_is_closed_when_a_unit_above_it_is(world: World) -> None:
    week = (date(2026, 10, 12), date(2026, 10, 16))
    ClosingPeriod.objects.create(unit=world.schools, first_on=week[0], last_on=week[1])
    ClosingPeriod.objects.create(unit=world.school, first_on=date(2026, 10, 19), last_on=date(2026, 10, 19))
    assert calendar_of(world.school).shift(date(2026, 10, 9), 1) == date(2026, 10, 20)
    assert calendar_of(world.other_school).shift(date(2026, 10, 9), 1) == date(2026, 10, 19)
    assert calendar_of(world.town).shift(date(2026, 10, 9), 1) == date(2026, 10, 12)


@given(day=DAYS, days=SHIFTS, closed=CLOSED)
def test_every_shift_ends_on_a_working_day_on_the_right_side(
    day: date, days: int, closed: list[tuple[date, date]]
) -> None:
    calendar = WorkCalendar(closed)
    there = calendar.shift(day, days)
    assert calendar.is_working(there)
    assert there < day if days < 0 else there >= day


@given(day=DAYS, days=SHIFTS, closed=CLOSED)
def test_from_a_working_day_there_and_back_is_the_same_day(
    day: date, days: int, closed: list[tuple[date, date]]
) -> None:
    calendar = WorkCalendar(closed)
    start = calendar.shift(day, 0)
    assert calendar.shift(calendar.shift(start, days), -days) == start


@given(day=DAYS, first=st.integers(1, 30), second=st.integers(1, 30), closed=CLOSED)
def test_two_shifts_are_one_of_their_sum(day: date, first: int, second: int, closed: list[tuple[date, date]]) -> None:
    calendar = WorkCalendar(closed)
    assert calendar.shift(calendar.shift(day, first), second) == calendar.shift(day, first + second)


@given(day=DAYS, days=st.integers(1, 40), closed=CLOSED)
def test_a_shift_counts_the_working_days_that_lie_between(
    day: date, days: int, closed: list[tuple[date, date]]
) -> None:
    calendar = WorkCalendar(closed)
    there = calendar.shift(day, days)
    between = (day + timedelta(days=number) for number in range(1, (there - day).days + 1))
    assert sum(calendar.is_working(passed) for passed in between) == days
