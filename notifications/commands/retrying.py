"""Trying again what could not be delivered, when an operator has mended what was in the way."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock
from coordination.errors import Forbidden
from coordination.models import User
from notifications.models import Channel, Message, MessageState
from notifications.planning.choices import Choices


@again_after_deadlock
def retry(*, ids: Collection[int], actor: User, now: datetime) -> int:
    """Let discarded messages wait again as if they had never been tried; say how many there were.

    They come as soon as it is not quiet for whoever is told. Whether they are still wanted is asked when they are sent.
    """
    if not (actor.is_active and actor.is_staff):
        raise Forbidden(_("This is for somebody else to do."))
    with transaction.atomic():
        discarded = Message.objects.filter(pk__in=ids, state=MessageState.DISCARDED)
        messages = list(discarded.select_for_update().order_by("pk"))
        choices = Choices(message.person_id for message in messages if message.person_id)
        for message in messages:
            message.state, message.settled_at, message.claim = MessageState.WAITING, None, None
            message.attempts, message.failure = 0, ""
            message.due_at = message.next_at = _soonest(message, choices, now)
        Message.objects.bulk_update(
            messages, ["state", "settled_at", "claim", "attempts", "failure", "due_at", "next_at"], batch_size=200
        )
        return len(messages)


def _soonest(message: Message, choices: Choices, now: datetime) -> datetime:
    if message.person_id is None:
        return now
    return choices.when(message.person_id, Channel(message.channel), now=now, is_urgent=True).next_at
