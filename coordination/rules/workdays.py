"""Working days in Denmark: weekends, holidays and the closing periods of a unit are not working days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import holidays

# The library keeps 1 May, 5 June, 24 and 31 December under "optional". Municipal workplaces keep all of them but 1 May,
# which is an ordinary working day (at most half of it is free).
# Filled beforehand: filling a year while another thread asks for it would let that one see a holiday as a working day.
_HOLIDAYS = holidays.country_holidays("DK", categories=("public", "optional"), years=range(2020, 2061))
_WORKED_ALL_THE_SAME = frozenset({(5, 1)})

_ONE_DAY = timedelta(days=1)


class WorkCalendar:
    """The working days of one unit. ``closed`` are its periods and those of the units above it, both days included."""

    def __init__(self, closed: Iterable[tuple[date, date]] = ()) -> None:
        self._closed = tuple(closed)

    def is_working(self, day: date) -> bool:
        """Whether people can be expected to work on the day."""
        if day.weekday() >= 5:
            return False
        if day in _HOLIDAYS and (day.month, day.day) not in _WORKED_ALL_THE_SAME:
            return False
        return not any(first <= day <= last for first, last in self._closed)

    def shift(self, day: date, working_days: int) -> date:
        """Go so many working days forward (or back, if negative). Zero: the day itself, or the next working day."""
        step = -_ONE_DAY if working_days < 0 else _ONE_DAY
        left = abs(working_days)
        if left == 0:
            while not self.is_working(day):
                day += step
        while left:
            day += step
            if self.is_working(day):
                left -= 1
        return day
