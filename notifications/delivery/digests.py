"""Digests: what somebody wanted to be told together, put into one message when its time has come."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from coordination.commands.changing import again_after_deadlock
from notifications.models import Channel, Message, MessageState
from notifications.planning.choices import Choices

logger = logging.getLogger(__name__)

BATCH = 100


def gather_digests(*, now: datetime, limit: int = BATCH, failed: set[int] | None = None) -> int:
    """Make the digests whose time has come, for up to ``limit`` people and channels; say how many things were done.

    A person whose digest cannot be made keeps no other one waiting: ``failed`` holds the ids of those to pass over, to
    which theirs is added.
    """
    failed = set() if failed is None else failed
    due = Message.objects.filter(state=MessageState.WAITING, is_gathered=True, next_at__lte=now)
    due = due.exclude(person_id__in=failed)
    done = 0
    for person_id, channel in list(due.order_by().values_list("person_id", "channel").distinct()[:limit]):
        try:
            done += _gather(person_id, Channel(channel), now)
        except OperationalError:
            raise  # the database is away, or busy with somebody else for too long
        except Exception:
            logger.exception("A digest could not be made; the next round tries again.")
            failed.add(person_id)
    return done


@again_after_deadlock
def _gather(person_id: int, channel: Channel, now: datetime) -> bool:
    """Put what waits for one person into one digest. Two at once make one; a second one of a day waits for the next."""
    today = timezone.localdate(now)
    with transaction.atomic():
        due = Message.objects.filter(
            person_id=person_id, channel=channel, state=MessageState.WAITING, is_gathered=True, next_at__lte=now
        )
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        ids = list(due.order_by("pk").values_list("pk", flat=True))
        if not ids:
            return False
        gathered = Message.objects.filter(pk__in=ids)
        try:
            with transaction.atomic():
                digest = Message.objects.create(
                    digest_on=today, person_id=person_id, channel=channel, made_at=now, due_at=now, next_at=now
                )
        except IntegrityError:
            when = Choices([person_id]).when(person_id, channel, now=now, is_urgent=False)
            gathered.update(due_at=when.next_at, next_at=when.next_at, is_gathered=when.is_gathered)
            return True
        gathered.update(state=MessageState.BUNDLED, settled_at=now, bundle=digest)
        return True
