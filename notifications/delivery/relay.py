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
from notifications.planning.people import Told, told_by
from notifications.planning.systems import is_told

logger = logging.getLogger(__name__)

BATCH = 200
Plan = tuple[OutboxEntry, Told]


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
        plans = _plans(list(waiting.select_related(*_PARTS).order_by("pk")[:limit]), now, failed)
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


def _plans(entries: list[OutboxEntry], now: datetime, failed: set[int]) -> list[Plan]:
    """Find whom each row tells: of all together, or where one of them makes that fail, of each by itself."""
    try:
        with transaction.atomic():
            return _told_together(entries, now)
    except OperationalError:
        raise
    except Exception:  # noqa: BLE001 -- which row it is, and what is wrong with it, is found next
        plans: list[Plan] = []
        for entry in entries:
            with _passed_over_where_it_fails(entry, failed), transaction.atomic():
                plans += _told_together([entry], now)
        return plans


def _told_together(entries: list[OutboxEntry], now: datetime) -> list[Plan]:
    causes = {entry.pk: cause for entry in entries if (cause := _cause(entry)) is not None}
    told = dict(zip(causes, told_by(list(causes.values()), today=timezone.localdate(now)), strict=True))
    return [(entry, told.get(entry.pk, {})) for entry in entries]


def _cause(entry: OutboxEntry) -> Event | StepTaken | None:
    if entry.step is not None:
        return entry.step if entry.step.deadline.is_open else None
    return entry.event


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
    if not steps and not events:
        return
    causes: list[Event | StepTaken] = [
        *StepTaken.objects.filter(pk__in=steps).select_related("deadline__case"),
        *Event.objects.filter(pk__in=events).select_related("case", "unit"),
    ]
    found: list[Plan] = []
    for cause, told in zip(causes, told_by(causes, today=timezone.localdate(now)), strict=True):
        if isinstance(cause, StepTaken):
            found.append((OutboxEntry(step=cause), told))
        else:
            asked: Told = {person_id: audience for person_id, audience in told.items() if audience == Audience.OWNER}
            found.append((OutboxEntry(event=cause), asked))
    choices = Choices(person_id for _entry, told in found for person_id in told)
    messages = [message for entry, told in found for message in _messages_for(entry, told, choices, now)]
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def _for_systems(entry: OutboxEntry, webhooks: list[Webhook], now: datetime) -> list[Message]:
    if entry.event is None:
        return []
    return [
        Message(event=entry.event, webhook=webhook, channel=Channel.WEBHOOK, made_at=now, due_at=now, next_at=now)
        for webhook in webhooks
        if is_told(webhook, entry.event)
    ]
