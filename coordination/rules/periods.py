"""Periods: the stretches of days that figures are about. One begins where the last one ended; none overlap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From the first day to the last one, both included."""

    first_on: date
    last_on: date


def month_of(day: date) -> Period:
    """Give the calendar month that a day lies in."""
    first_on = day.replace(day=1)
    return Period(first_on, (first_on + timedelta(days=31)).replace(day=1) - _ONE_DAY)


def quarter_of(day: date) -> Period:
    """Give the calendar quarter that a day lies in."""
    first_on = day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return Period(first_on, month_of(first_on + timedelta(days=70)).last_on)


def periods_over(after: date, today: date, *, months: bool) -> list[Period]:
    """List the periods that have begun after a day and are over before today, by the calendar.

    Where the day ends no such period (months after quarters, or the other way round), the first one is shorter.
    """
    found, first_on = [], after + _ONE_DAY
    while (whole := month_of(first_on) if months else quarter_of(first_on)).last_on < today:
        found.append(Period(first_on, whole.last_on))
        first_on = whole.last_on + _ONE_DAY
    return found


def months_before(first_on: date, months: int) -> date:
    """Give the first day of the month so many months before the month that begins on ``first_on``."""
    count = first_on.year * 12 + first_on.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
