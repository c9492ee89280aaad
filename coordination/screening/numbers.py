"""Numbers that are said in words: "tyve tredive", "nul en", "to og tyve", mixed with digits."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from coordination.screening.folding import Folded

_ONES = {
    "nul": 0, "en": 1, "én": 1, "et": 1, "ét": 1, "to": 2, "tre": 3, "fire": 4, "fem": 5, "seks": 6, "syv": 7,
    "otte": 8,
    "ni": 9, "zero": 0, "oh": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9,
}  # fmt: skip
_TEENS = {
    "ti": 10, "elleve": 11, "tolv": 12, "tretten": 13, "fjorten": 14, "femten": 15, "seksten": 16, "sytten": 17,
    "atten": 18, "nitten": 19, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "tyve": 20, "tredive": 30, "tredve": 30, "fyrre": 40, "fyrretyve": 40, "halvtreds": 50, "halvtres": 50,
    "halvtredsindstyve": 50, "tres": 60, "tress": 60, "tresindstyve": 60, "halvfjerds": 70, "halvfjers": 70,
    "halvfjerdsindstyve": 70, "firs": 80, "firsindstyve": 80, "halvfems": 90, "halvfemsindstyve": 90, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SMALL = {word: value for word, value in _ONES.items() if 0 < value < 10}
_BOTH = {f"{one}og{ten}": _SMALL[one] + _TENS[ten] for one in _SMALL for ten in _TENS}
_BOTH |= {f"{ten}-{one}": _SMALL[one] + _TENS[ten] for one in _SMALL for ten in _TENS}
# Days and months are said so: "den første i ottende".
_ORDINALS = [
    "første", "anden", "tredje", "fjerde", "femte", "sjette", "syvende", "ottende", "niende", "tiende", "ellevte",
    "tolvte", "trettende", "fjortende", "femtende", "sekstende", "syttende", "attende", "nittende", "tyvende",
    "enogtyvende", "toogtyvende", "treogtyvende", "fireogtyvende", "femogtyvende", "seksogtyvende", "syvogtyvende",
    "otteogtyvende", "niogtyvende", "tredivte", "enogtredivte",
]  # fmt: skip
SAID = {word: str(value) for word, value in {**_ONES, **_TEENS, **_TENS, **_BOTH}.items()}
SAID |= {word: f"{value:02d}" for value, word in enumerate(_ORDINALS, 1)}
_JOINED = re.compile(
    rf"\b(?:(?:{'|'.join(_SMALL)}) og (?:{'|'.join(_TENS)})|(?:{'|'.join(_TENS)})-(?:{'|'.join(_SMALL)}))\b"
)
_PIECE = re.compile(r"\d+|[^\W\d_]+(?:\x00[^\W\d_]+)*")
_LINK = re.compile(r"[ ,./-]{0,3}(?:(?:og|så|og så|i|streg|bindestreg|and|dash)[ ,]{1,2})?")
# Times, days, weeks, rooms and classes: their digits have nothing to do with those beside them.
_COUNTED = re.compile(
    r"\b(?:lokale|lokalet|lok|rum|sal|stue|klasse|bygning|opgang|uge)\.? \d{1,3}(?:\.\d{1,3})?(?=[ ,;]|\. )|"
    r"\b(?:kl|klokken)\.? \d{1,2}(?:[.:]\d\d)?(?=[ ,;]|\. )|\b(?:d|den)\.? \d{1,2}[./]\d{1,2}(?=[ ,;])|"
    r"(?<![\d:.])\d{1,2}:\d\d(?![\d:])|\d{1,2}(?=\. (?:klasse|kl|sal|årgang|etage|[abcde])\b)"
)
HIDDEN = "\u00aa"  # stands for a digit that is none; folding leaves no such letter in a text
_MOST = 14


class Atom(NamedTuple):
    """One number, as digits or as a word."""

    start: int
    end: int
    digits: str
    is_said: bool
    links: bool  # whether it follows the one before as part of one long number


def read_numbers(folded: Folded) -> list[Atom]:
    """Read all numbers of the text, in words or in digits; nothing where no number is said in words."""
    atoms: list[Atom] = []
    pieces = _JOINED.sub(lambda both: re.sub("[ -]", "\x00", both[0]), folded.low)
    for match in _PIECE.finditer(pieces):
        word = match[0].replace("\x00", "-" if "\x00og\x00" not in match[0] else "")
        said = SAID.get(word) if not word.isdigit() else word
        if said is None:
            continue
        links = bool(atoms) and _LINK.fullmatch(folded.low[atoms[-1].end : match.start()]) is not None
        atoms.append(Atom(match.start(), match.end(), said, not word.isdigit(), links))
    return atoms if any(atom.is_said for atom in atoms) else []


def without_counted(low: str, digits: str) -> str:
    """Take the digits of times, days, weeks and rooms out of a text; its length stays."""
    for match in _COUNTED.finditer(low):
        digits = digits[: match.start()] + re.sub(r"\d", HIDDEN, match[0]) + digits[match.end() :]
    return digits


def is_counted_up(digits: str) -> bool:
    """Say whether pairs of digits count up, as weeks and hours in a row do: 44 45 46 47."""
    pairs = [int(digits[at : at + 2]) for at in range(0, len(digits) - 1, 2)]
    return all(after - before == 1 for before, after in itertools.pairwise(pairs))


def windows(atoms: list[Atom], lengths: tuple[int, ...]) -> Iterator[tuple[int, int, str]]:
    """Give each row of linked numbers with so many digits, three of them said in words, or one among pairs."""
    for first in range(len(atoms)):
        read, said = "", 0
        for number in range(first, min(first + _MOST, len(atoms))):
            if number > first and not atoms[number].links:
                break
            read += atoms[number].digits
            said += atoms[number].is_said
            pairs = all(len(atom.digits) == 2 for atom in atoms[first : number + 1])
            if len(read) in lengths and (said >= 3 or (said and pairs and not is_counted_up(read))):
                yield atoms[first].start, atoms[number].end, read
