"""`manage.py screen`: one line in, one line out, never a word of the text, whatever is wrong with a line."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from coordination.queries.known_words import forget_known_words


class Stdin:
    """Standard input that holds these bytes."""

    def __init__(self, given: bytes) -> None:
        self.buffer = io.BytesIO(given)


def screen(monkeypatch: pytest.MonkeyPatch, given: bytes, *options: str) -> list[dict[str, Any]]:
    """Run the command and read its lines."""
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdin", Stdin(given))
    try:
        call_command("screen", *options, stdout=out)
    finally:
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        screen.lines = lines  # type: ignore[attr-defined]
    return lines


def test_each_line_gets_its_findings_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    given = '{"text": "cpr 010112-1234"}\n\n{"text": "vi ses i lokale 2"}\r\n{"text": "han har adhd", "other": 1}'
    assert screen(monkeypatch, given.encode()) == [
        {"findings": [{"kind": "cpr", "start": 4, "end": 15, "level": "block", "rule": "cpr.digits"}]},
        {"findings": []},
        {"findings": [{"kind": "health", "start": 8, "end": 12, "level": "warn", "rule": "health.word"}]},
    ]


def test_a_line_may_say_its_day_and_the_option_says_that_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    given = b'{"text": "vi ses 3/12-2026"}\n{"text": "vi ses 3/12-2026", "today": "2029-01-01"}\n'
    then, later = screen(monkeypatch, given, "--today", "2026-11-23")
    assert then == {"findings": []}
    assert [each["kind"] for each in later["findings"]] == ["birth_date"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"emil jensen", "not JSON"),
        (b"[1, 2]", "no text"),
        (b'{"note": "emil jensen"}', "no text"),
        (b'{"text": 7}', "no text"),
        (b'{"text": null}', "no text"),
        (b'{"text": "emil\xff jensen"}', "not UTF-8"),
        (b'{"text": "x", "today": "emil jensen"}', "today is no day"),
        (b'{"text": "x", "today": 7}', "today is no day"),
        (b"[" * 100_000, "not JSON"),
        (b'{"text": "' + b"x" * 100_001 + b'"}', "text too long"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_a_line_that_cannot_be_read_is_named_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: bytes, error: str
) -> None:
    with pytest.raises(CommandError) as caught:
        screen(monkeypatch, line + b'\n{"text": "cpr 010112-1234"}\n')
    first, second = screen.lines  # type: ignore[attr-defined]
    assert first == {"error": error}
    assert [each["kind"] for each in second["findings"]] == ["cpr"]
    assert caught.value.returncode == 1
    assert "emil" not in str(caught.value)
    assert "emil" not in "".join(capsys.readouterr())


def test_lone_surrogates_are_screened_like_other_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    (answer,) = screen(monkeypatch, b'{"text": "\\ud800 cpr 010112-1234"}')
    assert [(each["start"], each["end"]) for each in answer["findings"]] == [(6, 17)]


def test_nothing_given_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert screen(monkeypatch, b"") == []


def test_a_byte_order_mark_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    assert screen(monkeypatch, b'\xef\xbb\xbf{"text": ""}') == [{"findings": []}]


def test_a_day_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="2026-11-23"):
        screen(monkeypatch, b"", "--today", "tomorrow")


@pytest.mark.usefixtures("world")
def test_the_people_of_a_municipality_are_no_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_known_words()
    given = b'{"text": "Maja Holm kommer i Bakkeskolen"}'
    (unknown,) = screen(monkeypatch, given)
    (known,) = screen(monkeypatch, given, "--root", "town")
    assert unknown["findings"]
    assert known["findings"] == []


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("root", ["elsewhere", "school", ""])
def test_a_municipality_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, root: str) -> None:
    with pytest.raises(CommandError, match="municipality"):
        screen(monkeypatch, b"", "--root", root)
