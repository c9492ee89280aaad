"""Sending: claim some messages, ask whether they are still wanted, send them outside any transaction, mark each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, Protocol, Self

from django.db import InterfaceError, OperationalError
from django.utils import timezone, translation

from notifications.channels.email import Mailer
from notifications.channels.outcomes import NOT_TRIED, UNWANTED, Outcome, Tried
from notifications.channels.push import Pusher
from notifications.channels.webhook import Caller
from notifications.delivery.claims import (
    MESSAGE_PARTS,
    Claim,
    claim_due,
    keep_sent,
    mark_failed,
    mark_one_sent,
    mark_sent,
    mark_unwanted,
    patiently,
    pause_for_all,
    put_back,
    put_off,
)
from notifications.delivery.relay import tell_those_whose_it_is
from notifications.delivery.wanted import Verdict, judge
from notifications.delivery.webhooks import take_note
from notifications.models import Channel, Message
from notifications.wording.facts import Background
from notifications.wording.saying import Said, say

logger = logging.getLogger(__name__)

BATCH = 200
# So many messages are written in one go: each by itself, between two waits for the mail server, it takes twice as long.
WRITTEN_AHEAD = 20


class Sender(Protocol):
    """One channel for the length of a batch. What it opens it keeps open until the batch is done."""

    def __enter__(self) -> Self:
        """Begin a batch."""
        ...

    def __exit__(self, *_error: object) -> None:
        """End it, and close what was opened."""
        ...

    def write(self, message: Message, said: Said) -> Any:
        """Write what is to be sent, a little before it is; what can only end one way is an outcome (``Tried``)."""
        ...

    def send(self, message: Message, written: Any) -> Tried:
        """Try to send one message; whatever the other side does is an outcome, not an error."""
        ...


# None: the message's row is all there is to it, so that a whole batch is sent by marking it.
SENDERS: dict[Channel, Callable[[], Sender] | None] = {
    Channel.IN_APP: None,
    Channel.EMAIL: Mailer,
    Channel.PUSH: Pusher,
    Channel.WEBHOOK: Caller,
}
BATCHES = {Channel.IN_APP: 500}


def go_on() -> bool:
    """Never stop early: for callers that nobody asks to stop."""
    return True


def send_due(
    channel: Channel, *, clock: Callable[[], datetime] = timezone.now, may_go_on: Callable[[], bool] = go_on
) -> int:
    """Send a batch of what is due over one channel; say how many messages were dealt with.

    Zero where none was due, where nobody could be reached, or where some have to wait for another round. ``clock``
    gives aware times; ``may_go_on`` is asked before each message.
    """
    claim = claim_due(channel, now=clock(), limit=BATCHES.get(channel, BATCH))
    if not claim.messages:
        return claim.released
    verdict = judge(claim.messages, now=clock())
    # Before the mark: a worker that dies in between must not leave those untold to whom it has passed.
    _pass_on(verdict, now=clock())
    mark_unwanted(claim, verdict.unwanted, now=clock())
    put_off(claim, verdict.later)
    wanted = [message for message in claim.messages if message.pk not in {*verdict.unwanted, *verdict.later}]
    sender = SENDERS[channel]
    if sender is None:
        mark_sent(claim, _ids(wanted), now=clock())
        return len(claim.messages)
    return len(claim.messages) if _send_all(sender, claim, wanted, clock, may_go_on) else 0


def _send_all(
    open_sender: Callable[[], Sender],
    claim: Claim,
    wanted: list[Message],
    clock: Callable[[], datetime],
    may_go_on: Callable[[], bool],
) -> bool:
    """Send one after another; false where the other side could not be reached at all, or some are to wait for it.

    Nothing is begun in the second half of the lease: by the time it ends, another worker may send the rest.
    """
    is_all_tried, marked, written = True, list[int](), dict[int, Any]()
    background = _read_together(wanted)
    with _kept(marked, clock), open_sender() as sender:
        for place, message in enumerate(wanted):
            if claim.is_past_half_time or not may_go_on():
                put_back(claim, _ids(wanted[place:]), now=clock())
                return True
            if place % WRITTEN_AHEAD == 0:
                next_ones = wanted[place : place + WRITTEN_AHEAD]
                written = {each.pk: _write_one(sender, each, background, clock) for each in next_ones}
            tried = _try_one(sender, message, written[message.pk])
            # Each by itself and at once, so that a worker that dies leaves no more than one in doubt.
            is_ours = patiently(
                partial(_mark, claim, message, tried, now=clock()), anew=lambda: keep_sent(marked, now=clock())
            )
            if tried.outcome == Outcome.SENT:
                marked.append(message.pk)
            if message.webhook is not None:
                take_note(message.webhook, tried, now=clock())
            if not is_ours:
                logger.warning("%s: another worker has been given what this one was sending.", message.channel)
                return True
            if tried.outcome in (Outcome.UNREACHABLE, Outcome.UNSURE):
                logger.warning("%s cannot be reached (%s); tried again soon.", message.channel, tried.code)
                put_back(claim, _ids(wanted[place + 1 :]), now=clock(), pause=pause_for_all())
                return False
            is_all_tried &= tried.outcome != Outcome.NOT_TRIED
    return is_all_tried


@contextmanager
def _kept(marked: list[int], clock: Callable[[], datetime]) -> Iterator[None]:
    """Wait for the disk once, when all is sent: a mark by itself would wait longer for it than for the mail server."""
    try:
        yield
    finally:
        patiently(lambda: keep_sent(marked, now=clock()))


def _read_together(messages: Iterable[Message]) -> Background | None:
    """Read what the wordings need. None where one makes that fail: each is read by itself, and only that one fails."""
    try:
        return Background(message.event for message in messages if message.event is not None)
    except Exception:
        logger.exception("What is to be said could not be read together.")
        return None


def _write_one(sender: Sender, message: Message, background: Background | None, clock: Callable[[], datetime]) -> Any:
    def write() -> Any:
        said = _worded(message, background, clock())
        return sender.write(message, said) if said is not None else UNWANTED

    return _carefully(message, write)


def _try_one(sender: Sender, message: Message, written: Any) -> Tried:
    if isinstance(written, Tried):
        return written
    tried: Tried = _carefully(message, lambda: sender.send(message, written))
    return tried


def _carefully(message: Message, act: Callable[[], Any]) -> Any:
    """Do something for one message in its reader's language. What goes wrong is an outcome, and no other one's."""
    try:
        with translation.override(message.person.language if message.person else None):
            return act()
    except (OperationalError, InterfaceError):
        logger.warning("The database is away; message %s waits for it.", message.pk)
        return NOT_TRIED
    except Exception as error:
        logger.exception("Message %s could not be sent.", message.pk)
        return Tried(Outcome.LATER, type(error).__name__)


def _mark(claim: Claim, message: Message, tried: Tried, *, now: datetime) -> bool:
    """Mark what has come of a message; false where it was not this worker's to send any more."""
    match tried.outcome:
        case Outcome.SENT:
            return mark_one_sent(claim, message.pk, now=now)
        case Outcome.LATER | Outcome.UNSURE | Outcome.NEVER:
            mark_failed(claim, message, tried, now=now)
        case Outcome.UNWANTED:
            mark_unwanted(claim, [message.pk], now=now)
        case Outcome.UNREACHABLE | Outcome.NOT_TRIED:
            put_back(claim, [message.pk], now=now, pause=pause_for_all())
    return True


def _worded(message: Message, background: Background | None, now: datetime) -> Said | None:
    """Word a message; None for a digest of which nothing is wanted any more."""
    today = timezone.localdate(now)
    if message.webhook is not None:
        return Said("", "", "")  # a system is told codes, and of events that people are not told of
    if message.digest_on is None:
        return say(message, today=today, background=background)
    gathered = list(message.bundled.select_related(*MESSAGE_PARTS).order_by("pk"))
    verdict = judge(gathered, now=now)
    _pass_on(verdict, now=now)
    left = [each for each in gathered if each.pk not in verdict.unwanted]
    background = Background(each.event for each in left if each.event is not None)
    lines = tuple(say(each, today=today, background=background) for each in left)
    return say(message, today=today, lines=lines) if lines else None


def _pass_on(verdict: Verdict, *, now: datetime) -> None:
    """Tell those to whom asks and steps have passed. Doing it twice tells nobody twice."""
    tell_those_whose_it_is(steps=verdict.steps, events=verdict.events, now=now)


def _ids(messages: Iterable[Message]) -> list[int]:
    return [message.pk for message in messages]
