"""The lists are plain: they say where they come from, are sorted, and hold nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordination.screening.findings import TOPICS
from coordination.screening.lists import FOLDER

LISTS = sorted(FOLDER.glob("*.txt"))


def lines_of(path: Path) -> tuple[list[str], list[str]]:
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines.pop() == "", "the last line ends"
    head = [line for line in lines if line.startswith("#")]
    return head, lines[len(head) :]


def test_every_topic_has_its_list() -> None:
    assert {f"{kind.value}.txt" for kind in TOPICS} <= {path.name for path in LISTS}


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_a_list_says_its_licence_and_is_sorted_without_doubles(path: Path) -> None:
    head, words = lines_of(path)
    assert "MPL-2.0" in head[-1] or "Apache-2.0" in head[-1]
    assert words
    assert words == sorted(set(words))
    assert all(word == word.strip() and not word.startswith("#") for word in words)


def test_health_is_broad() -> None:
    _head, words = lines_of(FOLDER / "health.txt")
    assert len(words) > 500
