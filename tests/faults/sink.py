"""A mail server that keeps what it is sent, and can be down, slow, full, deaf or rude. Loopback only."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope

from tests.services import free_port

logging.getLogger("mail.log").setLevel(logging.ERROR)
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)


class Mood(Enum):
    """How the server answers."""

    FINE = auto()
    LATER = auto()  # 451 to every recipient
    HANGS = auto()  # takes the message and says nothing; nothing is accepted
    DROPS = auto()  # accepts the message, and hangs up instead of saying so


class Sink:
    """The server, in a thread of its own; ``accepted`` holds the Message-IDs in the order in which they came."""

    def __init__(self) -> None:
        """Start at once, on a free port."""
        self.port = free_port()
        self.accepted: list[str] = []
        self.calm()
        self._controller: _Controller | None = None
        self.come_up()

    @property
    def url(self) -> str:
        """The address for EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def calm(self) -> None:
        """Be an ordinary server again."""
        self.mood = Mood.FINE
        self.pause = 0.0  # seconds before a message is accepted
        self.refused: set[str] = set()  # recipients that nobody knows
        self.on_accept: Callable[[int], None] | None = None  # before the answer goes out
        self.moody_for: int | None = None  # so many messages, then fine
        self.takes_many_at_once = True

    def count_since(self, number: int) -> Counter[str]:
        """Count how often each message was accepted, leaving out the first so many."""
        return Counter(self.accepted[number:])

    def go_down(self) -> None:
        """Close the port and all connections."""
        if self._controller is not None:
            self._controller.hang_up()
            self._controller.stop()
            self._controller = None

    def come_up(self) -> None:
        """Listen again."""
        self._controller = _Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    async def handle_EHLO(  # noqa: N802 -- aiosmtpd's name
        self, _server: SMTP, session: Any, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Say what it can do: like most servers it takes several commands at once, which aiosmtpd does not mention."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self.takes_many_at_once else responses

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer whether the recipient is known."""
        if self.mood == Mood.LATER and self._is_still_moody():
            return "451 4.3.0 not now"
        if address in self.refused:
            return "550 5.1.1 nobody here has that name"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Accept the message, or not, as the mood is."""
        if self.mood == Mood.HANGS and self._is_still_moody():
            while self._is_hanging():
                await asyncio.sleep(0.02)
            abort(server)
            return "421 4.3.2 gone"
        if self.pause:
            await asyncio.sleep(self.pause)
        content = envelope.content
        found = _MESSAGE_ID.search(content if isinstance(content, bytes) else b"")
        self.accepted.append(found[1].decode() if found else "")
        if self.on_accept is not None:
            self.on_accept(len(self.accepted))
        if self.mood == Mood.DROPS and self._is_still_moody():
            abort(server)
        return "250 2.0.0 accepted"

    def _is_hanging(self) -> bool:
        return self.mood == Mood.HANGS

    def _is_still_moody(self) -> bool:
        if self.moody_for is None:
            return True
        self.moody_for -= 1
        return self.moody_for >= 0


def abort(connection: SMTP) -> None:
    """Let go of somebody who is connected, in the midst of whatever is said."""
    transport: Any = connection.transport
    if transport is not None:
        transport.abort()


class _Controller(Controller):
    def __init__(self, handler: Sink, **where: Any) -> None:
        super().__init__(handler, **where)
        self._connections: list[SMTP] = []

    def factory(self) -> SMTP:
        connection: SMTP = super().factory()  # type: ignore[no-untyped-call]
        self._connections.append(connection)
        return connection

    def hang_up(self) -> None:
        """Let go of everybody who is connected, as a server that is killed does."""
        for connection in self._connections:
            self.loop.call_soon_threadsafe(abort, connection)
