"""When somebody may be told. A moment that is found is never quiet, never before, and there always is one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from coordination.rules.workdays import WorkCalendar
from notifications.models import Pace
from notifications.planning.times import COPENHAGEN, Quiet, at_clock, digest_after, loud_from

ORDINARY = WorkCalendar()
OFFICE = Quiet(time(17), time(7), True, ORDINARY)
NEVER_QUIET = Quiet(time(0), time(0), False, ORDINARY)
A_MINUTE = timedelta(minutes=1)

DAYS = st.dates(date(2026, 1, 1), date(2029, 12, 31))
CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
MOMENTS = st.integers(0, 4 * 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * A_MINUTE)
CLOSED = st.lists(
    st.tuples(DAYS, st.integers(0, 60)).map(lambda pair: (pair[0], pair[0] + timedelta(days=pair[1]))), max_size=3
)
CALENDARS = CLOSED.map(WorkCalendar)
QUIETS = st.builds(Quiet, CLOCKS, CLOCKS, st.booleans(), CALENDARS)


def clock(year: int, month: int, day: int, hour: int, minute: int = 0, *, fold: int = 0) -> datetime:
    """What Danish clocks show; ``fold``: the second time that night."""
    return datetime(year, month, day, hour, minute, fold=fold, tzinfo=COPENHAGEN).astimezone(UTC)


# The night when summer time ends, within the hour that comes twice, with a quiet that ends in it.
TWICE = {"quiet": Quiet(time(22), time(2, 30), False, ORDINARY), "moment": clock(2026, 10, 25, 2, 10, fold=1)}
# The night when it begins, with a quiet that ends in the hour that does not come.
SKIPPED = {"quiet": Quiet(time(22), time(2, 30), False, ORDINARY), "moment": clock(2028, 3, 26, 1, 50)}


@given(moment=MOMENTS, quiet=QUIETS)
@example(**TWICE)
@example(**SKIPPED)
def test_it_is_never_quiet_and_never_before(moment: datetime, quiet: Quiet) -> None:
    found = loud_from(moment, quiet)
    assert not quiet.is_quiet(found)
    assert found >= moment


@given(moment=MOMENTS, quiet=QUIETS, part=st.floats(0, 1))
@example(**TWICE, part=0.5)
def test_until_then_it_is_quiet_all_the_time(moment: datetime, quiet: Quiet, part: float) -> None:
    found = loud_from(moment, quiet)
    between = moment + (found - moment) * part
    # On the one night a year when an hour is left out, a quiet that ends in it may last an hour more.
    in_summer = between.astimezone(COPENHAGEN)
    assume(not (in_summer.month == 3 and in_summer.weekday() == 6 and in_summer.day > 24 and in_summer.hour < 5))
    assert between >= found - timedelta(seconds=1) or quiet.is_quiet(between)


@given(moment=MOMENTS, quiet=QUIETS)
def test_when_it_is_loud_one_is_told_at_once_and_a_second_look_changes_nothing(moment: datetime, quiet: Quiet) -> None:
    found = loud_from(moment, quiet)
    assert loud_from(found, quiet) == found
    assert found == moment or quiet.is_quiet(moment)


@given(moment=MOMENTS, quiet=QUIETS)
def test_nobody_waits_much_longer_than_they_are_away(moment: datetime, quiet: Quiet) -> None:
    # Three closings of sixty days, in the worst case one after the other with holidays between.
    assert loud_from(moment, quiet) - moment < timedelta(days=200)


def test_whoever_is_always_away_is_told_all_the_same() -> None:
    closed = WorkCalendar([(date(2020, 1, 1), date(2035, 12, 31))])
    moment = clock(2026, 9, 14, 9)
    assert loud_from(moment, Quiet(time(17), time(7), True, closed)) == moment
    assert digest_after(moment, Pace.DAILY, at=time(8), weekday=0, calendar=closed) == clock(2026, 9, 15, 8)


@pytest.mark.parametrize(
    ("moment", "loud"),
    [
        (clock(2026, 9, 14, 9), clock(2026, 9, 14, 9)),
        (clock(2026, 9, 14, 16, 59), clock(2026, 9, 14, 16, 59)),
        (clock(2026, 9, 14, 17), clock(2026, 9, 15, 7)),
        (clock(2026, 9, 15, 0, 30), clock(2026, 9, 15, 7)),
        (clock(2026, 9, 15, 6, 59), clock(2026, 9, 15, 7)),
        (clock(2026, 9, 18, 17), clock(2026, 9, 21, 7)),  # from Friday to Monday
        (clock(2026, 9, 20, 12), clock(2026, 9, 21, 7)),
        (clock(2026, 12, 23, 18), clock(2026, 12, 28, 7)),  # over Christmas
        (clock(2026, 10, 23, 18), clock(2026, 10, 26, 7)),  # over the end of summer time
        (clock(2028, 3, 24, 18), clock(2028, 3, 27, 7)),  # over its beginning
    ],
)
def test_by_default_nights_weekends_and_holidays_are_quiet(moment: datetime, loud: datetime) -> None:
    assert loud_from(moment, OFFICE) == loud


def test_quiet_can_lie_within_the_day_or_be_none_at_all() -> None:
    noon = Quiet(time(12), time(13), False, ORDINARY)
    assert loud_from(clock(2026, 9, 14, 12, 15), noon) == clock(2026, 9, 14, 13)
    assert loud_from(clock(2026, 9, 19, 3), noon) == clock(2026, 9, 19, 3)
    assert loud_from(clock(2026, 9, 19, 3), NEVER_QUIET) == clock(2026, 9, 19, 3)
    # On a day off it is quiet until midnight, and not until one o'clock the day after.
    assert loud_from(clock(2026, 9, 20, 15), Quiet(time(12), time(13), True, ORDINARY)) == clock(2026, 9, 21, 0)


def test_a_quiet_that_ends_in_the_hour_that_comes_twice_ends_the_first_time_and_again_the_second() -> None:
    quiet = Quiet(time(22), time(2, 30), False, ORDINARY)
    assert loud_from(clock(2026, 10, 25, 1), quiet) == clock(2026, 10, 25, 2, 30)
    assert loud_from(clock(2026, 10, 25, 2, 10, fold=1), quiet) == clock(2026, 10, 25, 2, 30, fold=1)


DIGESTS = st.tuples(st.sampled_from([Pace.DAILY, Pace.WEEKLY]), CLOCKS, st.integers(0, 4), CALENDARS)


@given(moment=MOMENTS, digest=DIGESTS)
def test_a_digest_comes_later_at_its_hour_and_on_a_working_day(
    moment: datetime, digest: tuple[Pace, time, int, WorkCalendar]
) -> None:
    pace, at, weekday, calendar = digest
    comes = digest_after(moment, pace, at=at, weekday=weekday, calendar=calendar)
    day = comes.astimezone(COPENHAGEN).date()
    assert comes > moment
    assert comes == at_clock(day, at)
    assert calendar.is_working(day)


@given(moment=MOMENTS, later=st.integers(0, 60 * 24 * 9), digest=DIGESTS)
def test_whoever_waits_longer_never_gets_an_earlier_digest_and_none_is_passed_over(
    moment: datetime, later: int, digest: tuple[Pace, time, int, WorkCalendar]
) -> None:
    pace, at, weekday, calendar = digest
    first = digest_after(moment, pace, at=at, weekday=weekday, calendar=calendar)
    second = digest_after(moment + timedelta(minutes=later), pace, at=at, weekday=weekday, calendar=calendar)
    assert second == first if moment + timedelta(minutes=later) < first else second > first


@pytest.mark.parametrize(
    ("moment", "comes"),
    [
        (clock(2026, 9, 14, 7, 59), clock(2026, 9, 14, 8)),
        (clock(2026, 9, 14, 8), clock(2026, 9, 21, 8)),
        (clock(2026, 9, 18, 12), clock(2026, 9, 21, 8)),
        (clock(2027, 3, 24, 12), clock(2027, 3, 30, 8)),  # Easter Monday's comes on Tuesday,
        (clock(2027, 3, 30, 7, 59), clock(2027, 3, 30, 8)),  # also for what comes about on Tuesday,
        (clock(2027, 3, 30, 8), clock(2027, 4, 5, 8)),  # and then there is Monday's
    ],
)
def test_a_weekly_digest_comes_on_mondays_or_the_working_day_after(moment: datetime, comes: datetime) -> None:
    assert digest_after(moment, Pace.WEEKLY, at=time(8), weekday=0, calendar=ORDINARY) == comes


def test_digests_of_several_weeks_off_are_one() -> None:
    summer = WorkCalendar([(date(2026, 7, 6), date(2026, 8, 2))])
    back = clock(2026, 8, 3, 8)
    for moment in (clock(2026, 7, 3, 9), clock(2026, 7, 15, 9), clock(2026, 8, 3, 7, 59)):
        assert digest_after(moment, Pace.WEEKLY, at=time(8), weekday=2, calendar=summer) == back


@pytest.mark.parametrize("saturday", [date(2026, 10, 24), date(2028, 3, 25)])
def test_a_daily_digest_comes_once_a_day_over_a_change_of_summer_time(saturday: date) -> None:
    every_day = WorkCalendar()
    moment, came = at_clock(saturday - timedelta(days=2), time(0)), []
    while moment < at_clock(saturday + timedelta(days=4), time(0)):
        moment = digest_after(moment, Pace.DAILY, at=time(8), weekday=0, calendar=every_day)
        came.append(moment.astimezone(COPENHAGEN))
    assert [each.time() for each in came] == [time(8)] * len(came)
    assert [(each.date() - saturday).days for each in came] == [-2, -1, 2, 3, 4]


def test_clock_times_that_come_twice_or_never_are_moments_all_the_same() -> None:
    assert at_clock(date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert at_clock(date(2028, 3, 26), time(2, 30)) == datetime(2028, 3, 26, 1, 30, tzinfo=UTC)
    assert at_clock(date(2026, 9, 14), time(8)) == datetime(2026, 9, 14, 6, tzinfo=UTC)
