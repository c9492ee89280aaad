"""What can come of trying to send a message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto


class Outcome(Enum):
    """How a try ended."""

    SENT = auto()
    LATER = auto()  # the other side said "not now": tried again, a limited number of times
    UNSURE = auto()  # it was handed over, then the other side was gone: tried again like LATER
    NEVER = auto()  # the other side said no for good
    UNREACHABLE = auto()  # the other side was not there for anybody: says nothing about this message
    NOT_TRIED = auto()  # its turn has not come: put back as it was
    UNWANTED = auto()  # there was nothing left to say


@dataclass(frozen=True)
class Tried:
    """The outcome, and a short code for whoever looks after the system: never the other side's own words.

    ``pause``: how long the other side asks to be left alone.
    """

    outcome: Outcome
    code: str = ""
    pause: timedelta = timedelta()


SENT = Tried(Outcome.SENT)
NOT_TRIED = Tried(Outcome.NOT_TRIED)
UNWANTED = Tried(Outcome.UNWANTED)
