"""How long ago something has to be over for its time to have come."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def same_day_months_ago(day: date, months: int) -> date:
    """Give the same day of the month so many months earlier; the last one of a shorter month."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))
