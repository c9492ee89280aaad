"""The messages that somebody has had in the app, worded as things are now, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.models import Case, Event, EventKind
from coordination.queries.labels import Labels
from coordination.queries.visibility import cases_led, cases_seen_by, cases_taken_part_in, join_requests_seen_by
from coordination.rules.actors import Actor
from notifications.delivery.claims import MESSAGE_PARTS
from notifications.models import Audience, Channel, Message, MessageState
from notifications.planning.asks import Waiting, asks_that_wait, is_ask, waits
from notifications.wording.facts import Background
from notifications.wording.saying import Said, say

PER_PAGE = 50

# The events that have a reason, and the vocabulary that it is from.
_REASONS = {
    EventKind.INVITATION_DECLINED: "decline_reason",
    EventKind.HANDOVER_DECLINED: "decline_reason",
    EventKind.BATON_REQUEST_DECLINED: "decline_reason",
    EventKind.PARTNERSHIP_LEFT: "leave_reason",
    EventKind.AGREEMENT_DROPPED: "drop_reason",
}


@dataclass(frozen=True)
class Line:
    """One message. ``href``: where one goes on, empty where there is nowhere that the reader may go."""

    headline: str
    detail: str
    code: str
    at: datetime
    href: str
    is_new: bool
    is_over: bool

    @property
    def day(self) -> date:
        """The Danish day on which it came."""
        return timezone.localdate(self.at)


@dataclass(frozen=True)
class Inbox:
    """A page of messages, the newest first. ``older``: the id to go on from, zero where there are no more."""

    lines: list[Line]
    newest: int
    oldest: int
    older: int

    @property
    def has_new(self) -> bool:
        """Whether any of them has not been read."""
        return any(line.is_new for line in self.lines)


@dataclass(frozen=True)
class _Reader:
    """Who reads, and what they may see of what their messages are about."""

    today: date
    background: Background
    waiting: Waiting
    seen: frozenset[int]
    taking_part: frozenset[int]
    join_requests: frozenset[int]
    labels: Labels


def read_inbox(actor: Actor, labels: Labels, *, before: int = 0) -> Inbox:
    """Read the newest messages of the actor in the app, or the newest of those older than the id ``before``."""
    rows = Message.objects.filter(person=actor.user, channel=Channel.IN_APP, state=MessageState.SENT)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related(*MESSAGE_PARTS).order_by("-pk")[: PER_PAGE + 1])
    messages = found[:PER_PAGE]
    if not messages:
        return Inbox([], newest=0, oldest=0, older=0)
    reader = _reader(actor, labels, messages)
    oldest = messages[-1].pk
    return Inbox(
        lines=[_line(message, reader) for message in messages],
        newest=messages[0].pk,
        oldest=oldest,
        older=oldest if len(found) > PER_PAGE else 0,
    )


def _reader(actor: Actor, labels: Labels, messages: Sequence[Message]) -> _Reader:
    events = [message.event for message in messages if message.event is not None]
    cases = {case.pk for message in messages if (case := _case_of(message)) is not None}
    asked = [event.subject_id or 0 for event in events if event.subject == "joinrequest"]
    labels.expect(units=[event.data.get("onward") for event in events if event.kind == EventKind.INVITATION_DECLINED])
    return _Reader(
        today=actor.today,
        background=Background(events),
        waiting=asks_that_wait([message.event for message in messages if message.event and is_ask(message)]),
        seen=_ids(cases_seen_by(actor), cases),
        taking_part=_ids(cases_taken_part_in(actor), cases) | _ids(cases_led(actor), cases),
        join_requests=frozenset(join_requests_seen_by(actor).filter(pk__in=asked).values_list("pk", flat=True)),
        labels=labels,
    )


def _ids(cases: QuerySet[Case], among: Iterable[int]) -> frozenset[int]:
    return frozenset(cases.filter(pk__in=among).values_list("pk", flat=True))


def _line(message: Message, reader: _Reader) -> Line:
    said = say(message, today=reader.today, background=reader.background)
    is_over = _is_over(message, reader)
    return Line(
        headline=said.headline,
        # What was to be done by a day is not asked again of those who have done it.
        detail="" if is_over else _why_not(message, said, reader) or said.detail,
        code=said.code,
        at=message.made_at,
        href=_href(message, said, reader, is_over=is_over),
        is_new=message.read_at is None,
        is_over=is_over,
    )


def _case_of(message: Message) -> Case | None:
    if message.event is not None:
        return message.event.case
    return message.step.deadline.case if message.step is not None else None


def _is_over(message: Message, reader: _Reader) -> bool:
    """Say whether what the message asks has been settled since, by the reader or somebody else."""
    if message.step is not None:
        return not message.step.deadline.is_open
    return message.event is not None and is_ask(message) and not waits(message, message.event, reader.waiting)


def _href(message: Message, said: Said, reader: _Reader, *, is_over: bool) -> str:
    """Find where the reader may go on: where the message leads, or else the case as far as it is theirs to see."""
    case = _case_of(message)
    if case is None or (message.audience == Audience.OWNER and not is_over):
        return said.path
    if message.event is not None and message.event.subject_id in _join_requests_led_to(message.event, reader):
        return said.path
    if case.pk in reader.seen:
        return reverse("case", args=[case.code])
    return said.path if message.step is not None and not is_over else ""


def _join_requests_led_to(event: Event, reader: _Reader) -> frozenset[int]:
    return reader.join_requests if event.subject == "joinrequest" else frozenset()


def _why_not(message: Message, said: Said, reader: _Reader) -> str:
    """Say why it was a no, and what follows, to those who see the case as it goes on: in here, never in a mail."""
    event = message.event
    if event is None or event.kind not in _REASONS or event.case_id not in reader.taking_part:
        return ""
    code = event.data.get("reason", "")
    if not code:
        return ""
    reason = _("Why: %(reason)s.") % {"reason": reader.labels.term(_REASONS[EventKind(event.kind)], code)}
    if message.audience == Audience.OWNER:
        return f"{said.detail} {reason}"
    return f"{reason} {_what_follows(event, reader)}".strip()


def _what_follows(event: Event, reader: _Reader) -> str:
    if event.kind in (EventKind.HANDOVER_DECLINED, EventKind.BATON_REQUEST_DECLINED):
        return _("The baton is where it was.")
    if event.kind != EventKind.INVITATION_DECLINED:
        return ""
    if onward := reader.labels.unit(event.data.get("onward")):
        return _("They point to %(unit)s.") % {"unit": onward}
    return _("They do not know who else can help, so a leader finds out.")
