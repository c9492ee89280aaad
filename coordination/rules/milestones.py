"""When the milestones of a move are due: so long from the move, or on a fixed day of some year before. Pure."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from coordination.models import Span
from coordination.rules.workdays import WorkCalendar


@dataclass(frozen=True)
class Offset:
    """So many days, weeks or months from the day of the move; negative: before it."""

    amount: int
    span: Span


@dataclass(frozen=True)
class FixedDay:
    """A day of the year of the move less so many years.

    Vejle's "1 November, one and a half years before the start on 1 August" is ``FixedDay(11, 1, years_before=2)``.
    """

    month: int
    day: int
    years_before: int


def milestone_day(when: Offset | FixedDay, move_on: date, work: WorkCalendar) -> date:
    """Find the working day by which a milestone is due.

    What falls on a day off is due on the working day before it, so that it is done in time; after the move, on the
    next one.
    """
    day = plain_day(when, move_on)
    if work.is_working(day):
        return day
    return work.shift(day, -1) if day <= move_on else work.shift(day, 0)


def plain_day(when: Offset | FixedDay, move_on: date) -> date:
    """Find the day that a milestone is counted to, be it a day off or not."""
    if isinstance(when, FixedDay):
        return date(move_on.year - when.years_before, when.month, when.day)
    if when.span == Span.MONTHS:
        return add_months(move_on, when.amount)
    return move_on + timedelta(days=when.amount * (7 if when.span == Span.WEEKS else 1))


def add_months(day: date, months: int) -> date:
    """Go so many months on; from the 31st to the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def next_usual_day(month: int, day: int, after: date) -> date:
    """Find the next usual day of a kind of move after a day: 1 August, say."""
    this_year = date(after.year, month, day)
    return this_year if this_year > after else date(after.year + 1, month, day)
