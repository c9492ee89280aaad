"""How much there is that somebody has not read."""

from __future__ import annotations

from coordination.models import User
from notifications.models import Channel, Message, MessageState


def count_unread(person: User) -> int:
    """Count a person's new messages in the app: one query over its own index."""
    return Message.objects.filter(person=person, channel=Channel.IN_APP, state=MessageState.SENT, read_at=None).count()
