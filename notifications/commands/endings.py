"""What ends by itself of what people are told, and of how."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from coordination.commands.changing import again_after_deadlock
from coordination.commands.endings import delete_some
from coordination.models import RetentionKind
from coordination.queries.retention import kept_since
from notifications.models import Device, Feed, Message, MessageState


@again_after_deadlock
def clear_messages(*, now: datetime, limit: int) -> int:
    """Delete at most ``limit`` messages that ended long ago, and the devices and feeds of people who have left.

    What a deadline that is still open has said stays with it, so that nobody is told the same anew.
    """
    ended = Message.objects.exclude(state=MessageState.WAITING)
    old = ended.filter(settled_at__lt=kept_since(RetentionKind.MESSAGE, now))
    old = old.exclude(step__isnull=False, step__deadline__settled_at=None)
    devices, feeds = Device.objects.filter(person__is_active=False), Feed.objects.filter(person__is_active=False)
    with transaction.atomic():
        return sum(delete_some(rows, limit=limit) for rows in (old, devices, feeds))
