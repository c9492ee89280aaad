"""Claims: who sends what. A claim is a lease; what its worker does not mark in time is given to another one."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, F, Q, QuerySet, When

from coordination.commands.changing import again_after_deadlock
from notifications.channels.outcomes import Outcome, Tried
from notifications.models import Channel, Message, MessageState, Webhook

Result = TypeVar("Result")

MOST_ATTEMPTS = 12
LONGEST_PAUSE = timedelta(hours=4)
_MOST_SPREAD = 1.5
DATABASE_IS_AWAY = 600.0  # seconds, for which a worker remembers what it has sent
# All that is needed to judge and word a message.
MESSAGE_PARTS = (
    "person",
    "webhook",
    "failed",
    "event__case",
    "event__unit",
    "event__person",
    "event__actor",
    "step__deadline__case",
    "step__deadline__unit",
    "step__deadline__owner",
    "step__deadline__attendance",
)


@dataclass(frozen=True)
class Claim:
    """Messages that are this worker's to send until the lease is over.

    ``released``: how many others were found whose worker has let its lease run out.
    """

    token: uuid.UUID
    messages: list[Message]
    released: int = 0
    begun: float = field(default_factory=time.monotonic)

    @property
    def is_past_half_time(self) -> bool:
        """Whether it is too late to begin with another message."""
        return time.monotonic() > self.begun + lease().total_seconds() / 2


@again_after_deadlock
def claim_due(channel: Channel, *, now: datetime, limit: int) -> Claim:
    """Claim up to ``limit`` messages of a channel whose time has come, the longest due first.

    Those whose worker has let its lease run out are not given to another one at once. They are released first, and
    rest for half a lease: what that worker may be in the midst of sending, because it is only slow or because the
    clock has been put forward, is marked by then. Those that wait for a time that only a clock since set back can have
    shown are released in the same way, when there is nothing else to do.
    """
    token = uuid.uuid4()
    with transaction.atomic():
        due = Message.objects.filter(
            channel=channel, state=MessageState.WAITING, is_gathered=False, next_at__lte=now
        ).order_by("next_at", "pk")
        if channel == Channel.WEBHOOK:
            # Nothing is left alone for longer, but by a clock that has been set back since.
            longest = now + LONGEST_PAUSE * _MOST_SPREAD
            alone = Webhook.objects.filter(paused_until__gt=now, paused_until__lte=longest)
            paused = list(alone.values_list("pk", flat=True))
            due = due.exclude(webhook_id__in=paused)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        rows = list(due.values_list("pk", "claim")[:limit])
        ids = [pk for pk, claim in rows if claim is None]
        abandoned = [pk for pk, claim in rows if claim is not None]
        if ids:
            Message.objects.filter(pk__in=ids).update(claim=token, next_at=now + lease(), attempts=F("attempts") + 1)
        if not rows:
            abandoned = list(_held_by_another_time(channel, now).values_list("pk", flat=True)[:limit])
        if abandoned:
            Message.objects.filter(pk__in=abandoned).update(
                claim=None,
                next_at=now + lease() / 2,
                attempts=Case(When(claim=None, then=F("attempts")), default=F("attempts") - 1),
            )
    messages = Message.objects.filter(pk__in=ids, claim=token).select_related(*MESSAGE_PARTS).order_by("pk")
    return Claim(token, list(messages) if ids else [], released=len(abandoned))


def _held_by_another_time(channel: Channel, now: datetime) -> QuerySet[Message]:
    """Messages whose time has come, and that wait for longer than any claim, rest or pause of now would have them."""
    short, long = max(lease(), pause_for_all()), LONGEST_PAUSE * _MOST_SPREAD
    is_claimed, is_untried = Q(claim__isnull=False), Q(claim=None, attempts=0)
    held = (is_claimed | is_untried) & Q(next_at__gt=now + short) | Q(next_at__gt=now + long)
    waiting = Message.objects.filter(held, channel=channel, state=MessageState.WAITING, is_gathered=False)
    free = waiting.filter(due_at__lte=now).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        free = free.select_for_update(skip_locked=True)
    return free


def lease() -> timedelta:
    """Say for how long a claim is good."""
    seconds: float = settings.DELIVERY_LEASE
    return timedelta(seconds=seconds)


def mark_sent(claim: Claim, ids: Collection[int], *, now: datetime) -> bool:
    """Mark messages as sent; say whether they were still this claim's.

    Sent they are in any case: where they have been given to another worker meanwhile, that one is spared them.
    """
    sent = {"state": MessageState.SENT, "settled_at": now, "claim": None, "failure": ""}
    is_mine = _mine(claim, ids).update(**sent) == len(ids)
    if not is_mine:
        Message.objects.filter(pk__in=ids, state=MessageState.WAITING).update(**sent)
    return is_mine


def mark_one_sent(claim: Claim, pk: int, *, now: datetime) -> bool:
    """Mark a message as sent, as ``mark_sent`` does, without waiting until PostgreSQL has it on its disk.

    The mark outlives its worker, but not a crash of the database: ``keep_sent`` is to follow.
    """
    if connection.vendor != "postgresql":
        return mark_sent(claim, [pk], now=now)
    with connection.cursor() as cursor:
        cursor.execute(_MARK_ONE, [now, pk, claim.token])
        is_mine = cursor.rowcount == 1
    return is_mine or mark_sent(claim, [pk], now=now)


# In SQL, since nothing is done as often. The last condition is true; it is there for what it does to this transaction.
_MARK_ONE = """
    UPDATE notifications_message SET state = 'sent', settled_at = %s, claim = NULL, failure = ''
    WHERE id = %s AND claim = %s AND state = 'waiting' AND set_config('synchronous_commit', 'off', true) = 'off'
"""


def keep_sent(ids: Sequence[int], *, now: datetime) -> None:
    """Wait until marks that have not waited are on the disk. What a crash of the database has undone is marked anew.

    One row is written in any case: its transaction waits for the disk, and with it for all that came before it.
    """
    if ids and connection.vendor == "postgresql":
        undone = Q(state=MessageState.WAITING) | Q(pk=ids[-1])
        Message.objects.filter(undone, pk__in=ids).update(
            state=MessageState.SENT, settled_at=now, claim=None, failure=""
        )


def mark_unwanted(claim: Claim, ids: Collection[int], *, now: datetime) -> int:
    """Mark messages as no longer wanted."""
    return _mine(claim, ids).update(state=MessageState.UNWANTED, settled_at=now, claim=None) if ids else 0


def put_back(claim: Claim, ids: Collection[int], *, now: datetime, pause: timedelta = timedelta()) -> int:
    """Give messages back as if they had not been tried."""
    return _mine(claim, ids).update(claim=None, next_at=now + pause, attempts=F("attempts") - 1) if ids else 0


def put_off(claim: Claim, later: Mapping[int, datetime]) -> None:
    """Give messages back that are not to be sent before some time, as if they had never been due."""
    for moment in set(later.values()):
        ids = [pk for pk, until in later.items() if until == moment]
        _mine(claim, ids).update(claim=None, due_at=moment, next_at=moment, attempts=F("attempts") - 1)


@again_after_deadlock
def mark_failed(claim: Claim, message: Message, tried: Tried, *, now: datetime) -> bool:
    """Mark a message as to be tried again later, or as discarded for good; the person then learns it in the app.

    Says whether it was discarded.
    """
    is_last = message.attempts >= MOST_ATTEMPTS
    if tried.outcome != Outcome.NEVER and not is_last:
        pause = max(pause_before(message.attempts), min(tried.pause, LONGEST_PAUSE))
        _mine(claim, [message.pk]).update(claim=None, next_at=now + pause, failure=tried.code)
        return False
    code = tried.code if tried.outcome == Outcome.NEVER else f"gave up: {tried.code}"
    with transaction.atomic():
        discarded = _mine(claim, [message.pk]).update(
            state=MessageState.DISCARDED, settled_at=now, claim=None, failure=code[:40]
        )
        if discarded and message.person_id is not None:
            Message.objects.bulk_create(
                [
                    Message(
                        failed=message,
                        person_id=message.person_id,
                        channel=Channel.IN_APP,
                        made_at=now,
                        due_at=now,
                        next_at=now,
                    )
                ],
                ignore_conflicts=True,
            )
    return bool(discarded)


def pause_before(attempts: int) -> timedelta:
    """Say how long to wait after so many attempts: twice as long each time, up to four hours, give or take a half."""
    pause: timedelta = min(timedelta(seconds=settings.DELIVERY_PAUSE) * 2 ** min(attempts - 1, 16), LONGEST_PAUSE)
    spread: float = random.uniform(0.5, _MOST_SPREAD)  # noqa: S311 -- so that those that failed together do not come back together
    return pause * spread


def pause_for_all() -> timedelta:
    """Say when to ask a server again that is not there: soon, since what waits for it has done nothing wrong."""
    seconds: float = settings.DELIVERY_PAUSE
    return timedelta(seconds=seconds) / 2


def patiently(mark: Callable[[], Result], *, anew: Callable[[], object] = lambda: None) -> Result:
    """Mark, and while the database is away try again and again: what has been sent must be known.

    Nobody else can be given the message meanwhile, and when the database is back not at once either. ``anew`` is done
    first when it is back.
    """
    end = time.monotonic() + DATABASE_IS_AWAY
    has_been_away = False
    while True:
        try:
            if has_been_away:
                anew()
            return mark()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() > end:
                raise
            connection.close()
            time.sleep(0.2)
            has_been_away = True


def _mine(claim: Claim, ids: Collection[int]) -> QuerySet[Message]:
    return Message.objects.filter(pk__in=ids, claim=claim.token, state=MessageState.WAITING)
