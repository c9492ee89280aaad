"""Clearing the logs: who looked at what is kept for so many months. That it was cleared is a trace of its own."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.deletion import Collector
from django.utils import timezone

from coordination.commands.changing import again_after_deadlock, record
from coordination.models import AccessRecord, Event, EventKind, Log, LogCleared, LogLink
from coordination.queries.log import cleared_before, midnight
from coordination.rules.periods import months_before

BATCH = 1000
LEAST_MONTHS = 6  # whatever is set: who looked at what can be asked for half a year


@again_after_deadlock
def clear_logs(*, now: datetime, batch: int = BATCH) -> int:
    """Delete looks, and readings of the log, from before the months that they are kept; say how many there were.

    At most ``batch`` at a time, and a month at once. Events of cases are no log of looks: they end with their case.
    Only what is linked is deleted, and its link stays: so it shows that it was there, and when.
    """
    before = _first_kept(now)
    with transaction.atomic():
        return sum(_clear(log, rows, before, now, batch) for log, rows in _clearable(before).items())


def _first_kept(now: datetime) -> datetime:
    """Give the beginning, in Denmark, of the first month that is kept."""
    day = months_before(timezone.localdate(now).replace(day=1), max(settings.ACCESS_LOG_MONTHS, LEAST_MONTHS))
    return midnight(day)


def _clearable(before: datetime) -> dict[Log, QuerySet[AccessRecord] | QuerySet[Event]]:
    return {
        Log.ACCESS: AccessRecord.objects.filter(at__lt=before),
        Log.EVENT: Event.objects.filter(at__lt=before, kind=EventKind.LOG_READ),
    }


def _clear(
    log: Log, rows: QuerySet[AccessRecord] | QuerySet[Event], before: datetime, now: datetime, batch: int
) -> int:
    linked = LogLink.objects.filter(log=log, row_id=OuterRef("pk"), linked_at__lt=before)
    ids = list(rows.filter(Exists(linked)).order_by("at").values_list("pk", flat=True)[:batch])
    if not ids:
        return 0
    latest = cleared_before(log, now=now)
    if latest is None or latest < before:
        cleared = LogCleared.objects.create(log=log, before=before, at=now)
        record(EventKind.LOG_CLEARED, at=now, actor=None, about=cleared, log=log.value, before_at=before.isoformat())
    # Past the model, which refuses to delete: the database lets it be done with what the row above says, and no more.
    collector = Collector(using=DEFAULT_DB_ALIAS)
    collector.collect(rows.model.objects.filter(pk__in=ids))
    collector.delete()
    return len(ids)
