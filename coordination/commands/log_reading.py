"""Reading the log: whoever looks after who looked leaves a trace, too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from coordination.commands.changing import record
from coordination.errors import Unseen
from coordination.models import EventKind, User
from coordination.queries.actors import actor_of
from coordination.queries.log_reading import LogFilter

_MOST_NAMED = 50


def note_reading(*, wanted: LogFilter, is_export: bool = False, actor: User, now: datetime) -> None:
    """Note that the data-protection officer reads the log, and what was asked for. Raises ``Unseen`` for others.

    It is no event of the case: those who take part are not told of an inquiry by it.
    """
    if not actor_of(actor, now).officer_paths:
        raise Unseen("")
    asked: dict[str, Any] = {
        "people": list(wanted.people[:_MOST_NAMED]) if wanted.people is not None else None,
        "read_unit": wanted.unit.pk if wanted.unit is not None else None,
        "first_on": wanted.first_on,
        "last_on": wanted.last_on,
        "only": wanted.only.value if wanted.only is not None else None,
        "is_export": is_export or None,
    }
    named = {name: value for name, value in asked.items() if value is not None}
    record(EventKind.LOG_READ, at=now, actor=actor, about=wanted.case, **named)
