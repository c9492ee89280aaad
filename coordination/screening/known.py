"""What the directory knows: units and rooms, and the people who work there. None of them is an alarm."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from coordination.screening.folding import Folded, fold
from coordination.screening.words import Word, words_of

_PLACE_PIECE = re.compile(r"[^\W_]+")
Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """Names of places and of colleagues, by their first word. Build it with ``Known.of``; it never changes."""

    places: dict[str, tuple[Phrase, ...]] = field(default_factory=dict, repr=False)
    people: dict[str, tuple[Phrase, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, places: Iterable[str] = (), people: Iterable[str] = ()) -> Known:
        """Take the names of units and rooms, and the full names of colleagues."""
        return cls(_by_first_word(places, _pieces), _by_first_word(people, _names))

    def place_spans(self, folded: Folded) -> list[tuple[int, int]]:
        """Find where the text names a unit or a room."""
        pieces = [(match.start(), match.end(), match[0]) for match in _PLACE_PIECE.finditer(folded.low)]
        return _find(pieces, self.places) if self.places else []

    def people_spans(self, words: list[Word]) -> list[tuple[int, int]]:
        """Find where the text names a colleague by first name and surname, with or without what is between."""
        pieces = [(word.start, word.end, word.low) for word in words]
        return _find(pieces, self.people) if self.people else []

    def has_first_name(self, name: str) -> bool:
        """Say whether a colleague has this first name."""
        return name in self.people


def _pieces(name: str) -> list[Phrase]:
    return [tuple(_PLACE_PIECE.findall(fold(name).low))]


def _names(name: str) -> list[Phrase]:
    """Give the whole name, and the first name with the surname alone."""
    whole = tuple(word.low for word in words_of(fold(name)))
    return [whole, (whole[0], whole[-1])] if len(whole) > 2 else [whole]


def _by_first_word(names: Iterable[str], phrases_of: Callable[[str], list[Phrase]]) -> dict[str, tuple[Phrase, ...]]:
    found: dict[str, set[Phrase]] = defaultdict(set)
    for name in names:
        for phrase in phrases_of(name):
            if phrase:
                found[phrase[0]].add(phrase)
    return {first: tuple(sorted(phrases, key=len, reverse=True)) for first, phrases in found.items()}


def _find(pieces: list[tuple[int, int, str]], phrases: dict[str, tuple[Phrase, ...]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for at, (start, _end, first) in enumerate(pieces):
        for phrase in phrases.get(first, ()):
            piece = [word for _start, _end, word in pieces[at : at + len(phrase)]]
            if len(piece) == len(phrase) and _same(piece, phrase):
                found.append((start, pieces[at + len(phrase) - 1][1]))
                break
    return found


def _same(written: list[str], phrase: Phrase) -> bool:
    """Say whether the words are those of the name; the last one may be in the genitive."""
    *before, last = written
    return tuple(before) == phrase[:-1] and last in {phrase[-1], f"{phrase[-1]}s", f"{phrase[-1]}'", f"{phrase[-1]}'s"}
