"""Logs that hold no personal data."""

from __future__ import annotations

import copy
import logging
import re
import traceback
from collections.abc import Mapping
from types import TracebackType

from coordination.privacy.cpr import looks_like_cpr

_Exception = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


HIDDEN = "…"
# The address of somebody's calendar feed is its key: whoever reads the log shall not read the calendar.
_SECRET = re.compile(r"(?<=/kalender/)[^\s\"'<>)\]]+")
_PATH = re.compile(r"(?<=/kalender/).+", re.DOTALL)
# What Celery says of a task besides its name and id: what it was given, and the words of what went wrong.
_WORDS_OF_TASKS = ("exc", "traceback", "args", "kwargs")


class Formatter(logging.Formatter):
    """Write one line a record, and of an exception its type and the way there, never its words.

    The words of an exception quote what was typed or stored: "Key (email)=(…) already exists".
    """

    def __init__(self) -> None:
        """Use one format everywhere."""
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; others that handle the same record find it as it was."""
        bare = copy.copy(record)
        bare.exc_text = None  # as another handler may have written it, with its words
        if record.name.startswith("django."):
            bare.args = _without_cpr(record)
            if looks_like_cpr(str(record.msg)):  # such as the name of a host that nobody has
                bare.msg = HIDDEN
        elif record.name.startswith("celery.") and isinstance(record.args, Mapping):
            bare.args = {**record.args, **{key: HIDDEN for key in _WORDS_OF_TASKS if key in record.args}}
        return _SECRET.sub(HIDDEN, super().format(bare))

    def formatException(self, ei: _Exception) -> str:  # noqa: N802 -- logging's own name
        """Give file, line and function of every frame, and the types of the exception and of its causes."""
        lines = []
        error = ei[1]
        while error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            lines += [f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}' for frame in frames]
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)


def _without_cpr(record: logging.LogRecord) -> tuple[object, ...] | Mapping[str, object] | None:
    """Give what a record of Django's is about without what looks like a CPR number, such as a mistyped address.

    An address that leads nowhere may hold whatever somebody has typed: none of it is written down.
    """
    if not isinstance(record.args, tuple):
        return record.args
    request = getattr(record, "request", None)
    # The address stands escaped in the record: whether it holds a number shows in the request's own.
    is_in_path = looks_like_cpr(_SECRET.sub(HIDDEN, getattr(request, "path", "")))
    leads_nowhere = getattr(request, "resolver_match", "") is None
    args = (_hidden(arg) if isinstance(arg, str) else arg for arg in record.args)
    return tuple(
        HIDDEN
        if isinstance(arg, str) and (looks_like_cpr(arg) or ((is_in_path or leads_nowhere) and arg.startswith("/")))
        else arg
        for arg in args
    )


def _hidden(arg: str) -> str:
    """Leave out the secret; of a path all that follows, for what was mistyped may hold anything."""
    return _PATH.sub(HIDDEN, arg) if arg.startswith("/") else _SECRET.sub(HIDDEN, arg)
