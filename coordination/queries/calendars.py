"""The working days of a unit."""

from __future__ import annotations

from coordination.models import ClosingPeriod, Unit
from coordination.rules.workdays import WorkCalendar


def calendar_of(unit: Unit) -> WorkCalendar:
    """Read the closing periods of the unit and of all units above it."""
    periods = ClosingPeriod.objects.filter(unit_id__in=unit.line).values_list("first_on", "last_on")
    return WorkCalendar(periods)
