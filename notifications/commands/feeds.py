"""Feeds: made, made anew, removed. Of the secret in the address only its hash is kept."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from coordination.commands.changing import again_after_deadlock
from coordination.models import User
from notifications.models import Feed
from notifications.queries.feeds import hash_of

SECRET_BYTES = 32
_NOTED_EVERY = timedelta(hours=1)


@again_after_deadlock
def make_feed(*, actor: User, now: datetime) -> str:
    """Make one's feed, or make it anew, which ends the address of before; give the secret, for this once."""
    token = secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        Feed.objects.update_or_create(
            person=actor, defaults={"token_hash": hash_of(token), "made_at": now, "read_at": None}
        )
    return token


@again_after_deadlock
def remove_feed(*, actor: User, now: datetime) -> bool:
    """Remove one's feed: its address leads nowhere from now on. Say whether there was one."""
    deleted, _which = Feed.objects.filter(person=actor).delete()
    return bool(deleted)


def note_read(feed: Feed, *, now: datetime) -> None:
    """Note that a feed was read, at most once an hour: its owner can see whether anybody still does."""
    if feed.read_at is None or now - feed.read_at >= _NOTED_EVERY:
        Feed.objects.filter(pk=feed.pk, token_hash=feed.token_hash).update(read_at=now)
