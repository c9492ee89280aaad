"""What a story of a deadline tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from coordination.models import Deadline, DeadlineKind
from tests.builders import World
from tests.promises.telling_people import Line

Closed = tuple[str, date, date]
BOTH = "bell+mail"


@dataclass(frozen=True)
class Story:
    """Something owed, who is closed when, who is told when and why, and how it ends on the day of the last line."""

    kind: DeadlineKind
    owed: Callable[[World], Deadline]
    ends: Callable[[World, Deadline, datetime], None]
    told: list[Line]
    closed: list[Closed] = field(default_factory=list)
