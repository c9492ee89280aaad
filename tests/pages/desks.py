"""What somebody reads on their desk, and what tests of desks begin with."""

from __future__ import annotations

import re
from datetime import datetime

import time_machine
from django.test import Client

from coordination.commands.join_requests import (
    ask_to_join,
)
from coordination.commands.time import pass_time
from coordination.models import (
    JoinRequest,
    Theme,
    User,
)
from tests.builders import (
    World,
    a_reference,
    on,
    term,
)


def desk_of(person: User, now: datetime, query: str = "") -> str:
    """The words of somebody's desk at a time, without markup, in English."""
    return text_of(html_of(person, now, query))


def html_of(person: User, now: datetime, query: str = "") -> str:
    """The page itself."""
    client = Client(headers={"accept-language": "en"})
    with time_machine.travel(now, tick=False):
        client.force_login(person)
        answer = client.get(f"/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def text_of(html: str) -> str:
    """What is seen of a page: the part in main, without tags and what is for screen readers only."""
    main = html.split("<main", 1)[1].split(">", 1)[1].split("</main>", 1)[0]
    main = re.sub(r'<span class="sr-only">.*?</span>', "", main, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("&#x27;", "'").split())


def part(text: str, start: str, end: str | None = None) -> str:
    """What stands between two headings."""
    found = text.split(start, 1)[1]
    return found.split(end, 1)[0] if end else found


def late(days: float) -> datetime:
    """Let so many days pass, with the scheduler running, and say when that is."""
    pass_time(now=on(days))
    return on(days, hours=1)


def join_of(world: World, number: str = "P-2026-1042") -> JoinRequest:
    """Frida of the family department meets the reference of Maja's case, and asks to take part."""
    reference = a_reference(number)
    return ask_to_join(
        system=reference.system,
        number=reference.number,
        unit=world.family,
        theme=term(Theme, "trivsel"),
        actor=world.frida,
        now=on(hours=2),
    )
