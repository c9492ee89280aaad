"""How delivery is doing, in figures: for operators, and for whatever watches over the installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from coordination.models import OutboxEntry
from notifications.models import Channel, Message, MessageState


@dataclass(frozen=True)
class Figures:
    """Ages in seconds, None where nothing waits; how many messages there are of each channel in each state."""

    oldest_due_seconds: float | None
    oldest_unrelayed_seconds: float | None
    counts: dict[tuple[Channel, MessageState], int]


def read_figures(now: datetime) -> Figures:
    """Read the figures as of ``now`` (aware). Three queries, each over an index."""
    waiting = Message.objects.filter(state=MessageState.WAITING)
    due_at = waiting.filter(due_at__lte=now).aggregate(oldest=Min("due_at"))["oldest"]
    rows = Message.objects.order_by().values_list("channel", "state").annotate(count=Count("pk"))
    return Figures(
        oldest_due_seconds=_age(due_at, now),
        oldest_unrelayed_seconds=_age(_oldest_unrelayed_at(), now),
        counts={(Channel(channel), MessageState(state)): count for channel, state, count in rows},
    )


def _oldest_unrelayed_at() -> datetime | None:
    """Find when the cause of the first row of the outbox that nobody has relayed came about."""
    oldest = OutboxEntry.objects.filter(relayed_at=None).order_by("pk").values_list("event__at", "step__taken_at")
    return next((happened_at or taken_at for happened_at, taken_at in oldest[:1]), None)


def _age(moment: datetime | None, now: datetime) -> float | None:
    return max((now - moment).total_seconds(), 0.0) if moment is not None else None
