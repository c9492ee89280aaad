"""Where everything ends up that goes out: e-mails, pushes, calls of systems, feeds, files, the app, and the logs."""

from __future__ import annotations

import email
import logging
from dataclasses import dataclass
from datetime import datetime
from email import policy
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from backend.logs import Formatter
from coordination.models import Attendance, User
from notifications.channels import outward, push
from notifications.channels.calendar import write_meeting
from notifications.channels.email import Mailer, compose
from notifications.channels.feed import write_feed
from notifications.channels.outcomes import Outcome, Tried
from notifications.commands.feeds import make_feed
from notifications.delivery.claims import MESSAGE_PARTS
from notifications.models import Channel, Device, Message, MessageState
from notifications.passing import run_round
from notifications.queries.feeds import read_plans
from notifications.wording.saying import Said, say
from tests.promises.nothing_sensitive_is_stored.marks import MARK

READ_EVERY = 8  # rounds
OTHER = {"da": "en", "en": "da"}


@dataclass(frozen=True)
class Sunk:
    """One text that has gone out; ``where`` names the channel and what it is of."""

    where: str
    text: str


class Logs(logging.Handler):
    """Takes all that is logged: the lines as they are written, and what the loggers were given for them."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(Formatter())
        self.sunk: list[Sunk] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note a record."""
        given = "" if record.name.startswith("django.") else f"{record.msg} {record.args!r}"
        self.sunk.append(Sunk(f"log of {record.name}", f"{self.format(record)} {given}"))


class Sinks:
    """Takes what goes out. To one person, ``unreachable``, no e-mail can be delivered.

    On each channel it happens once that sending fails in a way that nobody has thought of.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, unreachable: User) -> None:
        self.sunk: list[Sunk] = []
        self.said: list[tuple[Message, Said]] = []
        self._mails = 0
        self._worded: set[int] = set()
        self._rounds = 0
        self._breaks = {"e-mail", "push", "call"}
        self._addresses: list[tuple[User, str]] = []
        hand_over = Mailer._hand_over

        def refuse_one(mailer: Mailer, message: Any) -> Tried:
            if message.to == [unreachable.email]:
                return Tried(Outcome.NEVER, "550")
            self._break("e-mail")
            return hand_over(mailer, message)

        def take_payload(payload: bytes, _device: Device) -> bytes:
            self.take("push", payload.decode())
            self._break("push")
            return payload

        def take_call(_outward: Any, url: str, body: bytes, _headers: dict[str, str]) -> outward.Answer:
            if "hook" in url:
                self.take(f"call of {url}", body.decode())
                self._break("call")
            return outward.Answer(200)

        monkeypatch.setattr(Mailer, "_hand_over", refuse_one)
        monkeypatch.setattr(push, "encrypt", take_payload)
        monkeypatch.setattr(outward.Outward, "post", take_call)

    def take(self, where: str, text: str) -> None:
        """Note what has gone out."""
        self.sunk.append(Sunk(where, text))

    @property
    def secrets(self) -> list[str]:
        """What the addresses of the feeds hold that nobody else is to know."""
        return [token for _person, token in self._addresses]

    def offer_feeds(self, people: list[User], now: datetime) -> None:
        """Let everybody have a feed."""
        self._addresses = [(each, make_feed(actor=each, now=now)) for each in people]

    def everything_goes_out(self, moment: datetime) -> None:
        """Let time pass and tell everybody by ``moment``; read every feed, and everybody's messages in the app."""
        with time_machine.travel(moment, tick=False):
            run_round()
            self._take_mails()
            self._take_what_was_told()
            self._rounds += 1
            if self._rounds % READ_EVERY == 0:
                self._read_feeds()
                self._write_meetings()

    def _break(self, what: str) -> None:
        if what in self._breaks:
            self._breaks.remove(what)
            raise RuntimeError(f"{MARK}: what went wrong quotes what it went wrong with")

    def _read_feeds(self) -> None:
        assert Client().get(reverse("notifications:feed", args=[f"{self.secrets[0]}x"])).status_code == 404
        for person, token in self._addresses:
            response = Client().get(reverse("notifications:feed", args=[token]))
            assert response.status_code == 200
            self.take(f"feed of {person}", unfolded(response.content.decode()))
            with translation.override(OTHER[person.language]):
                self.take(f"feed of {person}", unfolded(write_feed(read_plans(person, now=timezone.now()))))

    def _write_meetings(self) -> None:
        for call in Attendance.objects.select_related("person", "meeting__case", "meeting__place", "meeting__room"):
            for language in OTHER:
                with translation.override(language):
                    text = write_meeting(call.meeting, reader=call.person, now=timezone.now())
                self.take(f"file for {call.person}", unfolded(text))

    def _take_mails(self) -> None:
        for sent in mail.outbox[self._mails :]:
            self.take(f"e-mail to {sent.to}", whole(sent))
        self._mails = len(mail.outbox)

    def _take_what_was_told(self) -> None:
        """Word everything that has gone out once more, in both languages: what was sent was in one of them."""
        told = Message.objects.filter(person__isnull=False, state__in=(MessageState.SENT, MessageState.BUNDLED))
        for message in told.exclude(pk__in=self._worded).select_related(*MESSAGE_PARTS).order_by("pk"):
            self._worded.add(message.pk)
            for language in OTHER:
                with translation.override(language):
                    self._take_words(message)

    def _take_words(self, message: Message) -> None:
        said = say(message, today=timezone.localdate())
        if message.state == MessageState.SENT and message.digest_on is None:
            self.said.append((message, said))  # of what waited for a digest, some was over by then
        self.take(f"app of {message.person}", f"{said.title}\n{said.detail}\n{said.why}\n{said.url}")
        if message.channel == Channel.EMAIL:
            self.take(f"e-mail to {message.person}", whole(compose(message, said)))
        elif message.channel == Channel.PUSH:
            self.take("push", push.payload_of(message, said).decode())


def whole(sent: mail.EmailMessage) -> str:
    """Give all of an e-mail as text: every header, every part and its headers, decoded."""
    message = email.message_from_bytes(sent.message().as_bytes(), policy=policy.default)
    texts = []
    for part in message.walk():
        texts += [f"{name}: {value}" for name, value in part.items()]
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            texts.append(unfolded(payload.decode()))
    return "\n".join(texts)


def unfolded(text: str) -> str:
    """Join the lines of a calendar object that are folded in the midst of a word."""
    return text.replace("\r\n ", "").replace("\n ", "")
