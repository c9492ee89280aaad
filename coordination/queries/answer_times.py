"""How fast units usually answer when they are invited, as measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from statistics import median_low

from django.utils import timezone

from coordination.models import ClosingPeriod, Invitation, Unit
from coordination.rules.workdays import WorkCalendar

MEASURED_OVER = timedelta(days=365)
FEWEST_ANSWERS = 5


def usual_answer_days(unit_ids: Collection[int], *, now: datetime) -> dict[int, int | None]:
    """Measure the median working days from ask to answer in the last twelve months, for each unit.

    Zero: the same day. None under five answers, which say little (and tell too much about the few who gave them).
    """
    answered = Invitation.objects.filter(unit_id__in=unit_ids, answered_at__gt=now - MEASURED_OVER).order_by()
    waits: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for unit_id, sent_at, answered_at in answered.values_list("unit_id", "sent_at", "answered_at"):
        if answered_at is not None:
            waits[unit_id].append((timezone.localdate(sent_at), timezone.localdate(answered_at)))
    enough = {unit_id for unit_id, days in waits.items() if len(days) >= FEWEST_ANSWERS}
    calendars = calendars_of(enough)
    return {
        unit_id: median_low(working_days_between(calendars[unit_id], asked, told) for asked, told in waits[unit_id])
        if unit_id in enough
        else None
        for unit_id in unit_ids
    }


def calendars_of(unit_ids: Collection[int]) -> dict[int, WorkCalendar]:
    """Read the working days of many units; those that never close share one calendar."""
    if not unit_ids:
        return {}
    lines = {unit.pk: unit.line for unit in Unit.objects.filter(pk__in=unit_ids).only("path")}
    closed: dict[int, list[tuple[date, date]]] = defaultdict(list)
    above = {place for line in lines.values() for place in line}
    for unit_id, first_on, last_on in ClosingPeriod.objects.filter(unit_id__in=above).values_list(
        "unit_id", "first_on", "last_on"
    ):
        closed[unit_id].append((first_on, last_on))
    shared: dict[tuple[tuple[date, date], ...], WorkCalendar] = {}
    found = {}
    for unit_id, line in lines.items():
        periods = tuple(sorted(period for place in line for period in closed[place]))
        found[unit_id] = shared.setdefault(periods, WorkCalendar(periods))
    return found


def working_days_between(calendar: WorkCalendar, asked: date, told: date) -> int:
    """Count the working days after ``asked`` up to and including ``told``."""
    ahead = range(1, (told - asked).days + 1)
    return sum(calendar.is_working(asked + timedelta(days=days)) for days in ahead)
