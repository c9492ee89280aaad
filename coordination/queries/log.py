"""The logs as the chain sees them: which rows there are, which are linked, and which may be gone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, QuerySet
from django.utils import timezone

from coordination.models import AccessRecord, Erasure, Event, Log, LogCleared, LogLink

LEAST_KEPT = timedelta(days=180)
LOGS: dict[Log, type[Event] | type[AccessRecord]] = {Log.EVENT: Event, Log.ACCESS: AccessRecord}


def midnight(day: date) -> datetime:
    """Give the moment at which a Danish day begins."""
    return timezone.make_aware(datetime.combine(day, time()))


def unlinked(log: Log, *, above: int = 0) -> QuerySet[Any]:
    """Find the rows of a log with an id greater than ``above`` that no link holds fast yet, in their order."""
    links = LogLink.objects.filter(log=log, row_id=OuterRef("pk"))
    return LOGS[log].objects.filter(~Exists(links), pk__gt=above).order_by("pk")


def newest_link() -> LogLink | None:
    """Find the head of the chain."""
    return LogLink.objects.order_by("-position").first()


def newest_linked_row(log: Log) -> int:
    """Find the greatest id of the rows of a log that are linked; 0 where there are none."""
    return LogLink.objects.filter(log=log).aggregate(newest=Max("row_id"))["newest"] or 0


def cleared_before(log: Log, *, now: datetime) -> datetime | None:
    """Say before which moment of linking a log has been cleared, if it ever was.

    What says that it cleared younger rows than ever may be, or that it will have been, cleared nothing rightly.
    """
    rightly = LogCleared.objects.filter(log=log, at__lte=now, before__lte=F("at") - LEAST_KEPT)
    newest: datetime | None = rightly.aggregate(newest=Max("before"))["newest"]
    return newest


def erased_case_numbers(among: Collection[int]) -> set[int]:
    """Say which of these cases have been erased, with a receipt: their rows are rightly gone."""
    return set(Erasure.objects.filter(case_number__in=among).values_list("case_number", flat=True))
