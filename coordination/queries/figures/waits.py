"""Waits: how many working days asks waited for an answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from django.db.models import Count
from django.db.models.functions import TruncDate

from coordination.models import Unit
from coordination.queries.answer_times import calendars_of, working_days_between
from coordination.queries.figures.counting import asks_due
from coordination.rules.periods import Period

# For each unit by itself: how many asks waited so many working days.
Waits = Mapping[int, Counter[int]]


def count_waits(root: Unit, period: Period) -> Waits:
    """Count the asks of a period by the working days that they waited. Three queries.

    What had no answer by the last day of the period had waited until then. The database counts the pairs of days; which
    of the days between are working days is a matter of calendars, and percentiles are the same on every database.
    """
    asks = asks_due(root.place, period).annotate(asked_on=TruncDate("opened_at"))
    rows = list(asks.values_list("unit_id", "asked_on", "settled_on").annotate(asks=Count("pk")))
    calendars = calendars_of({unit for unit, *_days in rows})
    days_between = cache(working_days_between)
    waits: dict[int, Counter[int]] = defaultdict(Counter)
    for unit, asked_on, settled_on, count in rows:
        until = min(settled_on or period.last_on, period.last_on)
        waits[unit][days_between(calendars[unit], asked_on, until)] += count
    return waits


def percentile(waits: Waits, units: Iterable[int], share: float) -> int:
    """Give the number of working days within which such a share of the asks of the units were answered."""
    together: Counter[int] = Counter()
    for unit in units:
        together.update(waits.get(unit, Counter()))
    wanted, reached = share * together.total(), 0
    for days in sorted(together):
        reached += together[days]
        if reached >= wanted - 1e-9:
            return days
    raise ValueError("there are no asks")
