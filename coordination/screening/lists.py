"""The lists of words, read once from plain files. A line that begins with # is a remark."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "data"


@cache
def read_words(file: str) -> frozenset[str]:
    """Read a list, in small letters."""
    return frozenset(line.lower() for line in read_lines(file))


def read_lines(file: str) -> list[str]:
    """Read the lines of a list as they are written, without its remarks."""
    lines = (FOLDER / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def either(file: str) -> str:
    r"""Build the part of an expression that one word of the list fits; a star stands for any letters."""
    words = sorted(read_words(file), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in words)
