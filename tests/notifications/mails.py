"""What comes by e-mail when everybody is told, and what it brings a calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import time_machine
from django.core import mail
from icalendar import Calendar, Component

from coordination.models import User
from notifications.passing import deliver


def mails_at(moment: datetime) -> list[EmailMessage]:
    """Tell everybody who is to be told by ``moment``; give the e-mails as a mail program reads them."""
    before = len(mail.outbox)
    with time_machine.travel(moment, tick=False):
        deliver()
    return [as_received(sent) for sent in mail.outbox[before:]]


def as_received(sent: mail.EmailMessage) -> EmailMessage:
    """Read an e-mail from its bytes."""
    read = BytesParser(policy=policy.default).parsebytes(sent.message().as_bytes())
    assert isinstance(read, EmailMessage)
    return read


def mails_to(person: User, mails: list[EmailMessage]) -> list[EmailMessage]:
    """Keep those that somebody gets."""
    return [each for each in mails if each["To"] == person.email]


@dataclass(frozen=True)
class Brought:
    """The calendar object of an e-mail. ``event``: the meeting in it."""

    method: str
    event: Component
    text: str

    def __getattr__(self, name: str) -> str:
        """Give a property of the meeting as text: ``brought.summary``."""
        return str(self.event[name.replace("_", "-")])


def brought_by(message: EmailMessage) -> Brought | None:
    """Give what an e-mail brings a calendar; none where it has no such part."""
    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    if not parts:
        return None
    [part] = parts
    text = part.get_content()
    calendar = Calendar.from_ical(text)
    assert part.get_param("method") == str(calendar["METHOD"])
    [event] = calendar.walk("VEVENT")
    return Brought(str(calendar["METHOD"]), event, text)


def brought_to(person: User, mails: list[EmailMessage]) -> Brought:
    """Give what the one e-mail that somebody gets brings their calendar."""
    [message] = mails_to(person, mails)
    brought = brought_by(message)
    assert brought is not None
    return brought


def subject_of(message: EmailMessage) -> str:
    """Give the subject of an e-mail."""
    return str(message["Subject"]).strip()


def text_of(message: EmailMessage) -> str:
    """Give the plain words of an e-mail."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
