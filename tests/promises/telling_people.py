"""Lets the days pass as the scheduler does, and keeps a record of who has been told of what, when, and over what."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core import mail
from django.core.mail import EmailMessage

from coordination.commands.time import pass_time
from coordination.models import Deadline, Event, EventKind
from notifications.delivery.digests import gather_digests
from notifications.delivery.relay import relay
from notifications.delivery.sending import send_due
from notifications.models import Channel, Message, MessageState
from tests.builders import COPENHAGEN, World, day

# The rounds of a day, by Danish clocks: just after midnight, and when it is no longer quiet.
CLOCKS = (time(0, 10), time(8, 1))
BELL, MAIL = Channel.IN_APP, Channel.EMAIL

# When (a Danish day), over what ("bell", "mail" or "bell+mail"), why, and who.
Line = tuple[str, str, str, str]


@dataclass(frozen=True)
class Reached:
    """That somebody was reached over a channel at a time."""

    at: datetime
    name: str
    message: Message


def at(on: date, clock: time = time(9)) -> datetime:
    """The moment at which Danish clocks show a time on a day."""
    return datetime.combine(on, clock, tzinfo=COPENHAGEN)


def deliver(now: datetime) -> None:
    """Relay, gather and send all that is due, over the two channels that everybody has."""
    failed: set[int] = set()
    while relay(now=now, failed=failed):
        pass
    while gather_digests(now=now):
        pass
    # Again until there is nothing: what turns out to be for somebody else by now reaches that one the next time.
    while any(send_due(channel, clock=lambda: now) for channel in (BELL, MAIL)):
        pass


class Post:
    """All that has reached anybody, as it reached them: in the app by its row, by e-mail by what was sent."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.names = {user.pk: name for name, user in world.people.items()}
        self.reached: list[Reached] = []

    def round(self, now: datetime) -> None:
        """Let time pass and tell everybody, as of ``now``."""
        failed: set[int] = set()
        while pass_time(now=now, failed=failed):
            pass
        self.deliver(now)

    def deliver(self, now: datetime) -> None:
        """Tell everybody, as of ``now``, without letting time pass; note who was reached."""
        told_before = set(Message.objects.filter(channel=BELL, state=MessageState.SENT).values_list("pk", flat=True))
        mails_before = len(mail.outbox)
        deliver(now)
        bells = Message.objects.filter(channel=BELL, state=MessageState.SENT).exclude(pk__in=told_before)
        for message in bells.order_by("pk"):
            self.reached.append(Reached(now, self.names[message.person_id or 0], message))
        for email in mail.outbox[mails_before:]:
            message = message_of(email)
            assert message.person is not None
            assert email.to == [message.person.email]
            self.reached.append(Reached(now, self.names[message.person_id or 0], message))

    def days(self, last: date, *, first: date | None = None) -> None:
        """Let the days pass until ``last``, with several rounds on each. ``first``: the day after what was before."""
        on = first or (self.reached[-1].at.astimezone(COPENHAGEN).date() if self.reached else day(0))
        while on <= last:
            for clock in CLOCKS:
                self.round(at(on, clock))
            on += timedelta(days=1)

    def of_deadline(self, deadline: Deadline) -> list[Line]:
        """Who was told of a deadline on which day, over what, and why."""
        return lines(each for each in self.reached if of_steps(each.message, deadline))

    def of_event(self, kind: EventKind) -> dict[str, str]:
        """Who was told of the newest event of a kind, and why; makes sure that e-mail reached the same people."""
        event = Event.objects.filter(kind=kind).latest("pk")
        of_it = [each for each in self.reached if each.message.event_id == event.pk]
        told = {each.name: str(each.message.audience) for each in of_it if each.message.channel == BELL}
        assert sorted(told) == sorted(each.name for each in of_it if each.message.channel == MAIL)
        return told

    def mails_to(self, name: str) -> list[EmailMessage]:
        """The e-mails that somebody got, in the order in which they came."""
        return [email for email in mail.outbox if email.to == [self.world.people[name].email]]


def of_steps(message: Message, deadline: Deadline) -> bool:
    """Whether a message tells of a step of the deadline."""
    return message.step is not None and message.step.deadline_id == deadline.pk


def message_of(email: EmailMessage) -> Message:
    """The message that an e-mail has delivered, by its Message-ID."""
    found = re.fullmatch(r"<([0-9a-f-]{36})@[^@>]+>", str(email.extra_headers["Message-ID"]))
    assert found is not None, email.extra_headers
    return Message.objects.get(uid=found[1])


def lines(reached: Iterable[Reached]) -> list[Line]:
    """Put what has reached people into one line for each day, way and reason."""
    ways: dict[tuple[date, str, str], set[str]] = defaultdict(set)
    for each in reached:
        on = each.at.astimezone(COPENHAGEN).date()
        ways[on, each.message.audience, each.name].add("bell" if each.message.channel == BELL else "mail")
    rows: dict[tuple[date, str, str], list[str]] = defaultdict(list)
    for (on, audience, name), found in ways.items():
        rows[on, audience, "+".join(sorted(found))].append(name)
    order = ("owner", "asker", "leader", "news")
    return [
        (f"{on:%a %d %b}", way, audience, " ".join(sorted(names)))
        for (on, audience, way), names in sorted(
            rows.items(), key=lambda row: (row[0][0], order.index(row[0][1]), row[0][2])
        )
    ]
