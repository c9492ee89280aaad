"""Logs that hold no personal data."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

_Exception = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Formatter(logging.Formatter):
    """Write one line a record, and of an exception its type and the way there, never its words.

    The words of an exception quote what was typed or stored: "Key (email)=(…) already exists".
    """

    def __init__(self) -> None:
        """Use one format everywhere."""
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

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
