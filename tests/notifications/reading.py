"""What tests of the pages of messages begin with: time passes, everybody is told, somebody reads."""

from __future__ import annotations

import re
from datetime import datetime

import time_machine
from django.urls import reverse

from coordination.models import User
from notifications.models import Channel, Message, MessageState
from notifications.passing import run_round
from tests.pages.asking import see
from tests.pages.desks import text_of

BELL = "notifications:bell"


def tell(now: datetime) -> None:
    """Let time pass, and tell everybody who is to be told by then."""
    with time_machine.travel(now, tick=False):
        run_round()


def bell_page(person: User, *, now: datetime | None = None, query: str = "") -> str:
    """The words of somebody's messages, in English."""
    answer = see(person, f"{reverse(BELL)}{query}", at=now)
    assert answer.status_code == 200
    return text_of(answer.content.decode())


def bell_of(html: str) -> str:
    """What the bell in the header says, to eyes and to screen readers."""
    [bell] = re.findall(r'<a class="bell".*?</a>', html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", bell).split())


def in_app(person: User) -> list[Message]:
    """Somebody's messages in the app, the newest first."""
    return list(Message.objects.filter(person=person, channel=Channel.IN_APP, state=MessageState.SENT).order_by("-pk"))


def row_with(text: str, html: str) -> str:
    """The markup of the first row that says this."""
    rows: list[str] = re.findall(r'<li class="task message.*?</li>', html, re.DOTALL)
    return next(row for row in rows if text in row)
