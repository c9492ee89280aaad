"""When somebody may be told: quiet hours and digests. Pure: a moment in, a moment out; clock times are Danish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from coordination.rules.workdays import WorkCalendar
from notifications.models import Pace

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
_ONE_DAY = timedelta(days=1)
# No closing period is longer; whoever is closed for a year is told all the same.
_FARTHEST = 366


@dataclass(frozen=True)
class Quiet:
    """When somebody is not to be disturbed: from one clock time until another, and perhaps on days off."""

    quiet_from: time
    quiet_until: time
    days_off: bool
    calendar: WorkCalendar

    def is_quiet(self, moment: datetime) -> bool:
        """Whether the moment (aware) is quiet."""
        local = moment.astimezone(COPENHAGEN)
        if self.days_off and not self.calendar.is_working(local.date()):
            return True
        clock = local.time().replace(tzinfo=None)
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= clock < self.quiet_until
        return clock >= self.quiet_from or clock < self.quiet_until


def loud_from(moment: datetime, quiet: Quiet) -> datetime:
    """Find the first moment from ``moment`` on that is not quiet."""
    if not quiet.is_quiet(moment):
        return moment
    day = moment.astimezone(COPENHAGEN).date()
    # A day begins to be loud when the quiet of the night ends, or at midnight where the quiet lies within the day.
    # When summer time ends, the clock comes by some times twice, and it can be quiet again until the second one.
    clocks = (time(0), quiet.quiet_until, quiet.quiet_until.replace(fold=1))
    for _attempt in range(_FARTHEST):
        for clock in clocks:
            begins = at_clock(day, clock)
            if begins >= moment and not quiet.is_quiet(begins):
                return begins
        day += _ONE_DAY
    return moment


def digest_after(moment: datetime, pace: Pace, *, at: time, weekday: int, calendar: WorkCalendar) -> datetime:
    """Find the next time of a daily or weekly digest after ``moment``.

    A digest comes on working days: one that falls on a day off comes on the next working day.
    """
    day = _after_the_last_working_day(calendar, moment.astimezone(COPENHAGEN).date())
    for _attempt in range(2 * _FARTHEST):
        if pace == Pace.DAILY or day.weekday() == weekday:
            comes = at_clock(_next_working_day(calendar, day), at)
            if comes > moment:
                return comes
        day += _ONE_DAY
    return moment


def _after_the_last_working_day(calendar: WorkCalendar, day: date) -> date:
    """Go back over the days off just before a day: what fell on one of them may still be to come."""
    for _attempt in range(_FARTHEST):
        if calendar.is_working(day - _ONE_DAY):
            break
        day -= _ONE_DAY
    return day


def _next_working_day(calendar: WorkCalendar, day: date) -> date:
    """Find the first working day from a day on; the day itself where there is none within a year."""
    days = (day + timedelta(days=number) for number in range(_FARTHEST))
    return next((found for found in days if calendar.is_working(found)), day)


def at_clock(day: date, clock: time) -> datetime:
    """Find the moment at which Danish clocks show ``clock`` on a day, in UTC's terms.

    On the night when summer time ends the first of two; on the night when it begins, where there is none, an hour on.
    """
    return datetime.combine(day, clock, tzinfo=COPENHAGEN).astimezone(ZoneInfo("UTC"))
