"""Whatever looks like a CPR number, in any spelling.

A date that could be a birth date decides, never the modulus 11 check, which numbers issued since 2007 need not pass.
Replacement numbers have 60 added to the day.
"""

from __future__ import annotations

import re
import unicodedata

_LETTERS_FOR_DIGITS = str.maketrans({"O": "0", "o": "0", "Q": "0", "I": "1", "l": "1", "|": "1"})
_RUN = re.compile(r"\d+")
# The facet of a KLE number, as in 27.12.06-G01-1234-26: what stands on its two sides is never one number.
_FACET = re.compile(r"(?<=\d)-[A-Za-z]\d\d(?=-)")
_FACET_OF_KLE = re.compile(r"(?<=\d\d\.\d\d\.\d\d)-[A-Za-z]\d\d(?=-)")


def looks_like_cpr(text: str) -> bool:
    """Say whether ten digits of a plausible day, month and year, and four more, stand together in the text.

    Digits of any script count, and so do O, Q, I, l and | among digits; whatever stands between groups of digits is
    passed over. The year may be written with two digits or with four.
    """
    return any(_has_cpr(_RUN.findall(_letters_as_digits(part))) for part in _FACET.split(_as_digits(text)))


def may_hide_cpr(number: str) -> bool:
    """Say whether ten digits in a row, anywhere in the number of a record, could be a CPR number.

    ``looks_like_cpr`` reads groups of digits whole, as people write them among words. The pattern of a journal system
    may want digits before and after, behind which a CPR number would be stored unseen; so here whatever stands between
    digits is passed over, and each ten that follow each other are tried. One in fourteen looks like a day and a month:
    of bare numbers with 11 digits some 14 % are refused, with 13 digits 26 %. That is the price. Somebody whose number
    is refused can open the case without a reference; a CPR number that was stored is never called back from backups.

    Of the shipped systems only SBSYS has as many digits. ``27.12.06-G01-1234-26`` would often be taken for one, so
    KLE's three pairs, with their dots, are read apart from what follows their facet; no other form is.
    """
    return any(
        _is_cpr(digits[first : first + 10])
        for part in _FACET_OF_KLE.split(_as_digits(number))
        for digits in ["".join(_RUN.findall(_letters_as_digits(part)))]
        for first in range(len(digits) - 9)
    )


def _has_cpr(groups: list[str]) -> bool:
    for first in range(len(groups)):
        digits = ""
        for group in groups[first:]:
            digits += group
            if len(digits) > 12:
                break
            if _is_cpr(digits):
                return True
    return False


def _as_digits(text: str) -> str:
    """Fold the many ways to write a digit into one; drop what cannot be seen."""
    folded = unicodedata.normalize("NFKC", text)
    visible = "".join(character for character in folded if unicodedata.category(character) != "Cf")
    return "".join(
        str(unicodedata.digit(character)) if unicodedata.digit(character, None) is not None else character
        for character in visible
    )


def _letters_as_digits(text: str) -> str:
    """Read letters as the digits they look like, only where they have a digit beside them."""
    return re.sub(r"(?<=\d)[OoQIl|]+|[OoQIl|]+(?=\d)", lambda run: run[0].translate(_LETTERS_FOR_DIGITS), text)


def _is_cpr(digits: str) -> bool:
    if len(digits) == 10:
        day, month = int(digits[:2]), int(digits[2:4])
        return _is_day_and_month(day, month)
    if len(digits) == 12 and digits[4:6] in {"18", "19", "20"}:
        return _is_day_and_month(int(digits[:2]), int(digits[2:4]))
    return False


def _is_day_and_month(day: int, month: int) -> bool:
    if day > 60:
        day -= 60
    longest = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= longest[month - 1]
