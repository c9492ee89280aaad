"""Addresses of mail, also said in words: "maja snabel-a skole punktum dk"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coordination.screening.findings import Kind, Level, Spot
from coordination.screening.folding import Folded

_TOP = (
    r"(?:dk|com|net|org|eu|nu|se|no|de|uk|info|io|me|biz|live|mail|online|gl|fo|fi|nl|fr|pl|es|it|us|ru|ua|tr|ro|lt|lv|"
    r"ee|is)"
)
_PART = r"(?<![\w+%\-])[\w+%\-]{1,64}(?![\w+%\-])"
_DOT = r"(?:\s?\.\s?|\s?[(\[{]\s?(?:dot|punktum|prik|punkt|\.)\s?[)\]}]\s?|\s(?:dot|punktum|prik|punkt|pkt)\s)"
# Before the @ a dot with a space ends a sentence.
_INNER_DOT = _DOT.replace(r"\s?\.\s?|", r"\.|", 1)
_SURE_AT = (
    r"(?:\s?@\s?|\s?[(\[{<]\s?(?:at|a|snabel-?\s?a|snabel|@)\s?[)\]}>]\s?|\s?-?\b(?:snabel\s?-?\s?a|snabela|snable-?a|"
    r"snabel|alfakrøl|krølle\s?-?\s?alfa|krøl\s?-?\s?a|krølle\s?-?\s?a|at-?tegn|apestart|at-sign|at sign)\b-?\s?)"
)
_SHAPES = (
    re.compile(rf"{_PART}(?:{_INNER_DOT}{_PART}){{0,4}}{_SURE_AT}{_PART}(?:{_DOT}{_PART}){{0,4}}(?:\s{_TOP}\b)?"),
    re.compile(rf"{_PART}(?:{_INNER_DOT}{_PART}){{0,4}}\s(?:at|på)\s{_PART}(?:{_DOT}{_PART}){{0,3}}{_DOT}{_TOP}\b"),
    re.compile(
        rf"{_PART}(?:{_INNER_DOT}{_PART}){{0,4}}[\s.]\s?(?:at\s)?(?:gmail|hotmail|outlook|yahoo|icloud|jubii|protonmail|msn)"
        rf"(?:{_DOT}|\s){_TOP}\b"
    ),
    re.compile(rf"(?<![\w.])@{_PART}(?:{_DOT}{_PART}){{0,3}}{_DOT}{_TOP}\b"),
)


def find(folded: Folded) -> Iterator[Spot]:
    """Find addresses of mail."""
    for shape in _SHAPES:
        for match in shape.finditer(folded.low):
            yield Spot(Kind.EMAIL, match.start(), match.end(), Level.BLOCK, "email")
