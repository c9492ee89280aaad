"""Words, with what their looks and their place say about them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from coordination.screening.folding import Folded

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+|'(?!\w))?")
_ENDS = frozenset('.!?:;*"(')


@dataclass(frozen=True)
class Word:
    """One word. ``gap`` is what stands between it and the word before."""

    start: int
    end: int
    text: str
    low: str
    gap: str
    opens: bool  # whether it begins a sentence or a line

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital letter and is no abbreviation."""
        return self.text[0].isupper() and (len(self.text) == 1 or not self.text.isupper())


def words_of(folded: Folded) -> list[Word]:
    """Cut a text into words; what is joined by hyphens is several words."""
    found: list[Word] = []
    text = folded.text
    shouts = _is_shouted(text)
    end = 0
    for match in _WORD.finditer(text):
        gap = text[end : match.start()]
        before = text[: match.start()].rstrip(" ")
        opens = (
            not before
            or before[-1] in _ENDS
            or match.start() - 1 in folded.breaks
            or (before[-1] == "-" and gap.endswith("- "))
        )
        written = folded.low[match.start() : match.end()] if shouts else match[0]
        found.append(Word(match.start(), match.end(), written, folded.low[match.start() : match.end()], gap, opens))
        end = match.end()
    return found


def _is_shouted(text: str) -> bool:
    """Say whether the text is written in capitals, which then say nothing."""
    letters = [character for character in text if character.isalpha()]
    return len(letters) > 12 and sum(character.isupper() for character in letters) > 0.8 * len(letters)
