"""Messages that are due, and a channel that answers as a test wants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Self

import pytest

from coordination.models import Event, EventKind, User
from notifications.channels.outcomes import SENT, Outcome, Tried
from notifications.delivery import sending
from notifications.models import Audience, Channel, Message
from notifications.wording.saying import Said
from tests.builders import World, on

Answer = Callable[[Message, Said], Tried]


def due(person: User | None, *, at: datetime | None = None, **fields: Any) -> Message:
    """News by e-mail that is due on the Monday morning of the tests: that the person stands in for themselves."""
    moment = at or on(0)
    how: dict[str, Any] = {
        "event": Event.objects.create(kind=EventKind.ABSENCE_SET, at=moment, person=person),
        "channel": Channel.EMAIL,
        "audience": Audience.NEWS,
        "made_at": moment,
        "due_at": moment,
        "next_at": moment,
    }
    return Message.objects.create(person=person, **{**how, **fields})


def some_due(world: World, number: int) -> list[Message]:
    """So many messages to Maja."""
    return [due(world.maja) for _each in range(number)]


class Line:
    """A channel that notes what it is asked to send, and answers each in turn; then everything with yes."""

    def __init__(self, *answers: Tried | Answer) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[Message, Said]] = []
        self.times_opened = 0

    def __call__(self) -> Self:
        """Give itself, as a class would give an instance."""
        return self

    def __enter__(self) -> Self:
        """Begin a batch."""
        self.times_opened += 1
        return self

    def __exit__(self, *_error: object) -> None:
        """End it."""

    def write(self, _message: Message, said: Said) -> Said:
        """Leave it as it is said."""
        return said

    def send(self, message: Message, said: Said) -> Tried:
        """Answer."""
        answer = self.answers.pop(0) if self.answers else SENT
        tried = answer if isinstance(answer, Tried) else answer(message, said)
        if tried.outcome == Outcome.SENT:
            self.sent.append((message, said))
        return tried

    @property
    def ids(self) -> list[int]:
        """The messages that were sent."""
        return [message.pk for message, _said in self.sent]


def answering(monkeypatch: pytest.MonkeyPatch, *answers: Tried | Answer) -> Line:
    """Let a channel stand in for e-mail."""
    line = Line(*answers)
    monkeypatch.setitem(sending.SENDERS, Channel.EMAIL, line)
    return line
