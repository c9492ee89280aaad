"""The relay: from the outbox to messages. A row of the outbox is done when all whom it tells have their messages."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from coordination.commands.changing import again_after_deadlock
from coordination.models import Event, OutboxEntry, StepTaken, Urgency
from notifications.models import Audience, Channel, Message, Webhook
from notifications.planning.choices import Choices
from notifications.planning.events import IN_CALENDARS
from notifications.planning.people import Told, told_of_event, told_of_step
from notifications.planning.systems import is_told

logger = logging.getLogger(__name__)

BATCH = 200


@again_after_deadlock
def relay(*, now: datetime, limit: int = BATCH, failed: set[int] | None = None) -> int:
    """Turn up to ``limit`` rows of the outbox into messages, in one transaction; say how many rows were done.

    Doing it twice, or in two places at once, makes no message twice. A row that cannot be turned stays where it is, and
    keeps no other one waiting: ``failed`` holds the ids to pass over, to which it is added.
    """
    failed = set() if failed is None else failed
    with transaction.atomic():
        waiting = OutboxEntry.objects.filter(relayed_at=None).exclude(pk__in=failed)
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True, of=("self",))
        plans: list[tuple[OutboxEntry, Told]] = []
        for entry in waiting.select_related(*_PARTS).order_by("pk")[:limit]:
            with _passed_over_where_it_fails(entry, failed), transaction.atomic():
                plans.append((entry, _told_by(entry, now)))
        choices = Choices(person_id for _entry, told in plans for person_id in told)
        webhooks = list(Webhook.objects.filter(is_active=True).select_related("unit"))
        messages: list[Message] = []
        for entry, told in plans:
            with _passed_over_where_it_fails(entry, failed):
                messages += [*_messages_for(entry, told, choices, now), *_for_systems(entry, webhooks, now)]
        Message.objects.bulk_create(messages, ignore_conflicts=True)
        done = {entry.pk for entry, _told in plans} - failed
        return OutboxEntry.objects.filter(pk__in=done).update(relayed_at=now)


@contextmanager
def _passed_over_where_it_fails(entry: OutboxEntry, failed: set[int]) -> Iterator[None]:
    try:
        yield
    except OperationalError:
        raise  # ended for another transaction: the whole batch is begun anew
    except Exception:
        logger.exception("Row %s of the outbox could not be relayed; the next round tries again.", entry.pk)
        failed.add(entry.pk)


_PARTS = (
    "event__case",
    "event__unit",
    "step__deadline__case",
    "step__deadline__unit",
    "step__deadline__invitation",
    "step__deadline__handover",
    "step__deadline__join_request",
    "step__deadline__agreement",
    "step__deadline__attendance__meeting",
)


def _told_by(entry: OutboxEntry, now: datetime) -> Told:
    today = timezone.localdate(now)
    if entry.event is not None:
        return told_of_event(entry.event, today=today)
    if entry.step is not None and entry.step.deadline.is_open:
        return told_of_step(entry.step, today=today)
    return {}


def _messages_for(entry: OutboxEntry, told: Told, choices: Choices, now: datetime) -> list[Message]:
    """Make (not yet save) a message for everybody told, over each of their channels."""
    case = entry.event.case if entry.event else entry.step.deadline.case if entry.step else None
    is_urgent = case is not None and case.urgency == Urgency.URGENT
    is_in_calendars = entry.event is not None and entry.event.kind in IN_CALENDARS
    found = []
    for person_id, audience in told.items():
        for channel in choices.channels(person_id):
            breaks_digests = is_in_calendars or (is_urgent and audience != Audience.NEWS)
            when = choices.when(person_id, channel, now=now, is_urgent=breaks_digests)
            found.append(
                Message(
                    event_id=entry.event_id,
                    step_id=entry.step_id,
                    person_id=person_id,
                    channel=channel,
                    audience=audience,
                    made_at=now,
                    due_at=when.next_at,
                    next_at=when.next_at,
                    is_gathered=when.is_gathered,
                )
            )
    return found


def tell_those_whose_it_is(*, steps: Collection[int], events: Collection[int], now: datetime) -> None:
    """Tell those who are told of these steps, and asked by these events, as things are now, if they have not been.

    What was for somebody to do has passed to somebody else before they were told of it.
    """
    parts = [part.removeprefix("step__") for part in _PARTS if part.startswith("step__")]
    for step in StepTaken.objects.filter(pk__in=steps).select_related(*parts):
        _tell(OutboxEntry(step=step), told_of_step(step, today=timezone.localdate(now)), now)
    for event in Event.objects.filter(pk__in=events).select_related("case", "unit"):
        told = told_of_event(event, today=timezone.localdate(now))
        asked: Told = {person_id: audience for person_id, audience in told.items() if audience == Audience.OWNER}
        _tell(OutboxEntry(event=event), asked, now)


def _tell(entry: OutboxEntry, told: Told, now: datetime) -> None:
    Message.objects.bulk_create(_messages_for(entry, told, Choices(told), now), ignore_conflicts=True)


def _for_systems(entry: OutboxEntry, webhooks: list[Webhook], now: datetime) -> list[Message]:
    if entry.event is None:
        return []
    return [
        Message(event=entry.event, webhook=webhook, channel=Channel.WEBHOOK, made_at=now, due_at=now, next_at=now)
        for webhook in webhooks
        if is_told(webhook, entry.event)
    ]
