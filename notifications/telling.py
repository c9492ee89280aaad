"""Telling everybody at a given time instead of now: for the demonstration's play, and for stories in tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from coordination.commands.batches import until_dry
from notifications.delivery.digests import gather_digests
from notifications.delivery.relay import relay
from notifications.delivery.sending import SENDERS, send_due
from notifications.models import Channel, Message

# What somebody in the demonstration has been told before the last days, they have read.
READ_AFTER = timedelta(days=2)


def tell_at(now: datetime) -> None:
    """Relay, gather and send everything that is due at ``now``."""
    until_dry(lambda failed: relay(now=now, failed=failed))
    until_dry(lambda failed: gather_digests(now=now, failed=failed))
    for channel in SENDERS:
        while send_due(channel, clock=lambda: now):
            pass


def read_what_is_old(now: datetime) -> int:
    """Mark what was told in the app more than two days before ``now`` as read; say how much it was."""
    old = Message.objects.filter(channel=Channel.IN_APP, read_at=None, settled_at__lt=now - READ_AFTER)
    return old.update(read_at=now - READ_AFTER)
