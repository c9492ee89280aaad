"""Whatever looks like a CPR number, in any spelling, in a short field or in the number of a record.

How such numbers look is known in one place, ``coordination.screening.cpr``; among words, where days and times are
written too, ``coordination.screening.check`` looks for them.
"""

from __future__ import annotations

import re

from coordination.screening.cpr import FACET, RUN, is_cpr, joins_to_cpr, letters_as_digits
from coordination.screening.folding import as_digits

_FACET_OF_KLE = re.compile(r"(?<=\d\d\.\d\d\.\d\d)-[A-Za-z]\d\d(?=-)")


def looks_like_cpr(text: str) -> bool:
    """Say whether ten digits of a plausible day, month and year, and four more, stand together in the text.

    Digits of any script count, and so do O, Q, I, l and | among digits; whatever stands between groups of digits is
    passed over. The year may be written with two digits or with four.
    """
    return any(joins_to_cpr(RUN.findall(letters_as_digits(part))) for part in FACET.split(as_digits(text)))


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
        is_cpr(digits[first : first + 10])
        for part in _FACET_OF_KLE.split(as_digits(number))
        for digits in ["".join(RUN.findall(letters_as_digits(part)))]
        for first in range(len(digits) - 9)
    )
