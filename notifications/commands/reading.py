"""Reading: which messages somebody has had before their eyes."""

from __future__ import annotations

from datetime import datetime

from coordination.models import User
from notifications.models import Channel, Message, MessageState


def mark_read(*, actor: User, now: datetime, until: int, since: int = 0) -> int:
    """Mark one's own messages in the app from the id ``since`` up to ``until`` as read; say how many were new.

    What has come after the page was drawn has not been seen, and stays new.
    """
    unread = Message.objects.filter(person=actor, channel=Channel.IN_APP, state=MessageState.SENT, read_at=None)
    return unread.filter(pk__gte=since, pk__lte=until).update(read_at=now)
