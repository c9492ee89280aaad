"""Lines in which brackets stand round what must be found: ``ring til [22 33 44 55]``."""

from __future__ import annotations

import re

from coordination.screening import Finding, Kind, Known, Level, check
from tests.screening.slots import TODAY

_MARKED = re.compile(r"\[([^]]*)\]")


def places(line: str) -> tuple[str, list[str]]:
    """Give the text without its brackets, and what stood in them."""
    return _MARKED.sub(r"\1", line), _MARKED.findall(line)


def findings(text: str, known: Known | None = None) -> list[Finding]:
    """Check a text on the day of the tests."""
    return check(text, TODAY, known or Known())


def words(text: str, kind: Kind, level: Level | None = None, known: Known | None = None) -> list[str]:
    """Give the words of all findings of a kind."""
    return [
        text[each.start : each.end]
        for each in findings(text, known)
        if each.kind is kind and (level is None or each.level is level)
    ]


def rules(text: str, known: Known | None = None) -> set[str]:
    """Give the rules by which something was found."""
    return {each.rule for each in findings(text, known)}
