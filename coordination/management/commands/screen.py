"""`manage.py screen`: what screening finds in texts, for tests and for an operator who wants to know."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coordination.models import Unit
from coordination.queries.known_words import known_words
from coordination.screening import Finding, Known, check

MOST_CHARACTERS = 100_000


class WrongLine(Exception):
    """A line that cannot be read; its words say why, never what stood in it."""


class Command(BaseCommand):
    """Read JSON Lines from standard input and write the findings, one line each, in the same order."""

    help = (
        'Reads lines such as {"text": "…", "today": "2026-11-23"} and writes {"findings": [{"kind", "start", "end", '
        '"level", "rule"}]} for each, or {"error": "…"}. Ends with 1 where a line could not be read. No words of a '
        "text are written anywhere."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --today and --root."""
        parser.add_argument("--today", help="the day from which days are judged, as 2026-11-23 (default: today)")
        parser.add_argument("--root", help="code of the municipality whose units, rooms and people are no alarms")

    def handle(self, *, today: str | None, root: str | None, **options: Any) -> None:
        """Screen each line."""
        try:
            day = date.fromisoformat(today) if today else timezone.localdate()
        except ValueError:
            raise CommandError("--today is a day such as 2026-11-23.") from None
        if root is not None and not Unit.objects.filter(code=root, root=None).exists():
            raise CommandError("There is no municipality with this code.")
        known = Known() if root is None else known_words(root, now=timezone.now())
        wrong = 0
        for line in _lines(sys.stdin.buffer):
            if not line.strip():
                continue
            try:
                answer: dict[str, Any] = {"findings": _screen(line, day, known)}
            except WrongLine as fault:
                answer = {"error": str(fault)}
                wrong += 1
            self.stdout.write(json.dumps(answer))
        if wrong:
            raise CommandError(f"{wrong} lines could not be read.", returncode=1)


def _lines(stream: BinaryIO) -> list[bytes]:
    """Cut at line ends of JSON Lines alone."""
    return stream.read().removeprefix(b"\xef\xbb\xbf").split(b"\n")


def _screen(line: bytes, today: date, known: Known) -> list[dict[str, Any]]:
    try:
        asked = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise WrongLine("not UTF-8") from None
    except (ValueError, RecursionError):
        raise WrongLine("not JSON") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        raise WrongLine("no text")
    text = asked["text"]
    if len(text) > MOST_CHARACTERS:
        raise WrongLine("text too long")
    return [_as_dict(finding) for finding in check(text, _day_of(asked, today), known)]


def _day_of(asked: dict[str, Any], today: date) -> date:
    day = asked.get("today")
    if day is None:
        return today
    try:
        return date.fromisoformat(day)
    except (TypeError, ValueError):
        raise WrongLine("today is no day") from None


def _as_dict(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "start": finding.start,
        "end": finding.end,
        "level": finding.level.value,
        "rule": finding.rule,
    }
