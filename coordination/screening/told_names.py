"""Names that no list has, told by the words around them: "hedder zayda", "zaydas mor", "husk emill"."""

from __future__ import annotations

from collections.abc import Iterator

from coordination.screening.findings import Kind, Level, Spot
from coordination.screening.lists import read_words
from coordination.screening.name_words import (
    AFTER_KIN,
    BEFORE_NAMES,
    CALLED,
    FAMILY,
    KIN,
    SPEAKING_OF,
    forms,
    is_common_word,
    is_institution,
    is_never,
)
from coordination.screening.typos import is_near_any
from coordination.screening.words import Word

_ENDS_OF_NOUNS = ("en", "et", "erne", "ene", "e", "ing", "hed", "ag")


def find(words: list[Word]) -> Iterator[Spot]:
    """Find words that are told to be names."""
    for at, word in enumerate(words):
        before = words[at - 1].low if at else ""
        if before in CALLED and word.gap in {" ", ": ", ":"} and len(word.low) > 1 and not _is_plain(word):
            yield Spot(Kind.NAME, word.start, word.end, Level.WARN, "name.called")
        if at > 1 and before in {"til", "of"} and words[at - 2].low in KIN and word.gap == " " and _is_unknown(word):
            yield Spot(Kind.NAME, word.start, word.end, Level.WARN, "name.kin")
        after = words[at + 1] if at + 1 < len(words) else None
        if after and (after.low in KIN or after.low == "lille") and after.gap == " " and _is_unknown_genitive(word):
            yield Spot(Kind.NAME, word.start, word.end, Level.WARN, "name.kin")
        if _could_be_slip(at, words):
            yield Spot(Kind.NAME, word.start, word.end, Level.WARN, "name.slip")
        if not word.low.isascii() and _is_other_script(word.low):
            yield Spot(Kind.NAME, word.start, word.end, Level.WARN, "name.script")


def _is_plain(word: Word) -> bool:
    return is_never(word.low) or is_common_word(word.low) or is_institution(word.low)


def _could_be_slip(at: int, words: list[Word]) -> bool:
    """Say whether a frequent name was meant, with one letter wrong, where somebody is spoken of: "husk emill"."""
    word = words[at]
    if len(word.low) < 5 or _is_plain(word) or word.low in read_words("names_that_are_words.txt"):
        return False
    before = words[at - 1].low if at else ""
    after = words[at + 1].low if at + 1 < len(words) else ""
    is_named = before in BEFORE_NAMES and (word.is_capital or before not in KIN)
    spoken_of = is_named or before in FAMILY or before in SPEAKING_OF or after in AFTER_KIN
    acts = word.opens and (after in read_words("acting_words.txt") or after in {"er", "skal", "vil", "kan"})
    return (spoken_of or acts) and any(
        is_near_any(form, read_words("first_names_most.txt")) for form in forms(word.low)
    )


def _is_unknown(word: Word) -> bool:
    return not _is_plain(word) and len(word.low) > 2 and not word.low.endswith((*_ENDS_OF_NOUNS, "er"))


def _is_unknown_genitive(word: Word) -> bool:
    if not word.low.endswith("s") or len(word.low) < 3 or _is_plain(word):
        return False
    stem = word.low[:-1].rstrip("'")
    if is_never(stem) or is_common_word(stem):
        return False
    return (word.is_capital and not word.opens) or not stem.endswith(_ENDS_OF_NOUNS)


def _is_other_script(low: str) -> bool:
    return len(low) > 1 and all(character > "\u036f" and not "\u1e00" <= character <= "\u1eff" for character in low)
