"""Folds the many ways to write a text into one, and remembers where each character came from.

What cannot be seen is dropped; digits of any script, dashes, quotes and spaces become plain ones; letters of other
scripts that look like ours are read as ours inside our words. One space stands for any run of them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"  # letters and signs that show nothing
_DASHES = frozenset("\u2212\u02d7\u00ad\u2043\u30fc\u2500\u2501")
_QUOTES = frozenset("\u2018\u2019\u201a\u201b\u2032\u02bc\u0060\u00b4")
_LIKE_OURS = str.maketrans(
    "аеорсухіјѕһԁԛԝпАВЕКМНОРСТУХІЈЅαοινρΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijshdqwnABEKMHOPCTYXIJSaoivpABEZHIKMNOPTYX",
)
_OTHER_SCRIPT = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Folded:
    """A text as it is read. ``low`` has the same length in small letters; ``breaks`` are spaces that ended a line."""

    text: str
    low: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    breaks: frozenset[int]

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Give the place in the text as it was written."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """Read a text, whatever its script, spaces and invisible characters."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    breaks: set[int] = set()
    for cluster, start, end in _clusters(text):
        for character in _plain(cluster):
            if character == " " and characters and characters[-1] == " ":
                ends[-1] = end
            else:
                characters.append(character)
                starts.append(start)
                ends.append(end)
            if cluster in "\n\r\x0b\x0c\x85\u2028\u2029":
                breaks.add(len(characters) - 1)
    read = _as_our_letters("".join(characters))
    low = "".join(small if len(small := character.lower()) == 1 else character for character in read)
    return Folded(read, low, tuple(starts), tuple(ends), frozenset(breaks))


def as_digits(text: str) -> str:
    """Fold the many ways to write a digit into one; drop what cannot be seen. Letters of any script stay."""
    visible = "".join(
        character for character in unicodedata.normalize("NFKC", text) if unicodedata.category(character) != "Cf"
    )
    return "".join(
        str(digit) if (digit := unicodedata.digit(character, None)) is not None else character for character in visible
    )


def _clusters(text: str) -> list[tuple[str, int, int]]:
    """Cut the text into visible characters, each with the marks that belong on it."""
    found: list[tuple[str, int, int]] = []
    for at, character in enumerate(text):
        if character.isascii():
            if character.isprintable() or character in "\t\n\r\x0b\x0c":
                found.append((character, at, at + 1))
            continue
        category = unicodedata.category(character)
        if category in {"Mn", "Me"}:
            if found:
                base, start, _end = found[-1]
                found[-1] = (base + character, start, at + 1)
        elif category not in {"Cf", "Cc", "Cs", "Co", "Cn"} or character == "\x85":
            found.append((" " if character in _BLANK_LETTERS else character, at, at + 1))
    return found


def _plain(cluster: str) -> str:
    if cluster.isascii():
        return " " if cluster.isspace() else cluster
    return "".join(
        _plain_character(character)
        for character in unicodedata.normalize("NFKC", cluster)
        if unicodedata.category(character) not in {"Mn", "Me", "Cf"}
    )


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    if character in _DASHES or unicodedata.category(character) == "Pd":
        return "-"
    if character in _QUOTES:
        return "'"
    return " " if character.isspace() else character


def _as_our_letters(text: str) -> str:
    """Read letters that look like ours as ours, in words that hold ours, or nothing but such letters."""
    if not _OTHER_SCRIPT.search(text):
        return text
    return _WORD.sub(_our_word, text)


def _our_word(match: re.Match[str]) -> str:
    word = match[0]
    read = word.translate(_LIKE_OURS)
    if read.isascii() or any(character < "\u0250" for character in word):
        return read
    return word
