"""Phone numbers: eight digits that are no date, time, year, CVR number or number of a case; or any after "tlf"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from coordination.screening.findings import Kind, Level, Spot
from coordination.screening.folding import Folded
from coordination.screening.numbers import Atom, is_counted_up, windows, without_counted

_LETTERS = re.compile(r"(?<![^\W\d_])(?:(?<=\d)[OoIl|]+|[OoIl|]+(?=\d))(?![^\W\d_])|(?<=\d)[OoIl|]+(?=\d)")
_AS_DIGITS = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "|": "1"})
_GAP = r"[ ./,\-]{0,3}"
_EIGHT = re.compile(
    rf"(?<![\d])(?P<code>(?:\(?\s?(?:\+|00)\s?45\s?\)?|\(45\)|45[ .-]){_GAP})?(?P<number>\d(?:{_GAP}\d){{7}})(?![\d])"
)
_ABROAD = re.compile(r"(?<![\w+])(?:\+|00)\s?[1-9]\d{0,2}(?:[ ().\-]{0,2}\d){5,13}(?!\d)")
_CALLED = re.compile(
    r"\b(?:tlf|tel|telefon\w*|mobil\w*|mob|tlfnr|tlf-nr|mobilnr|nummer|nummeret|"
    r"(?:nyt|nye|gamle|hans|hendes|deres|mit|mors|fars|rigtige|andet) (?:nyt? |nye )?nr|"
    r"ring\w*|sms\w*|kald\w*|fang\w*|træffes|nås|"
    r"kontakt\w*|opkald|phone|mobile|cell|call|text|whatsapp|signal)\b[^\d!?]{0,22}$"
)
_ANY = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{5,11}}(?![\d])")
_NOT_CALLED = re.compile(
    r"(?:\b(?:cvr|ean|p|pnr|se|sag|sags|sagen|journal\w*|j|esdh|sbsys|konto\w*|kode\w*|faktura\w*|ordre\w*|kle|id|"
    r"mødeid|møde-id|meeting id|reg|bilag\w*|matrikel\w*|pin|login|bestilling\w*|serie\w*|licens\w*|"
    r"dok|dokument\w*|dokid|akt|ref|reference\w*|rekvisition\w*|vare\w*|model\w*|ticket|inventar\w*)"
    r"[-. ]?(?:nr|nummer|nummeret|no)?|\b(?!tlf|tel|mob)[a-z]{2,4}-nr|\bsagsnummer|"
    r"\bsagsnr|\bjournalnummer|\bjournalnr|\bjnr)[.: #]*(?:er )?$"
)
_COUNTED = re.compile(
    r"\b(?:uge|uger|ugerne|kl|klokken|lokale|lokaler|lokalerne|rum|klasse|klasserne|side|siderne|tidspunkter|"
    r"årgang|skoleår|"
    r"skoleåret|dage|dagene|stol|plads|pladser|§|år|årene|hold)[.: ]*$"
)
_TIMES = re.compile(r"(?:[01]?\d|2[0-3])[.: ]?[0-5]\d\s?[-/ ,]\s?(?:[01]?\d|2[0-3])[.: ]?[0-5]\d")
_DATES = (
    re.compile(r"(\d{1,2})\s?[./ -]\s?(\d{1,2})\s?[./ -]\s?((?:19|20)\d\d)"),
    re.compile(r"((?:19|20)\d\d)[./-](\d{1,2})[./-](\d{1,2})"),
)
_PAIR_OF_DAYS = re.compile(r"(\d{1,2})[./](\d{1,2})[ ,]?[-,/ ][ ,]?(\d{1,2})[./](\d{1,2})")
_YEARS = re.compile(r"(?:19|20)\d\d\s?[/ -]\s?(?:19|20)\d\d")
_GROUPS = {(8,), (2, 2, 2, 2), (4, 4), (2, 3, 3), (3, 3, 2), (3, 2, 3), (2, 6), (2, 2, 4), (4, 2, 2), (6, 2), (2, 4, 2)}
_SOLID_DATE = re.compile(r"(\d\d)(\d\d)((?:19|20)\d\d)|(20\d\d)(\d\d)(\d\d)")


def find(folded: Folded, atoms: list[Atom]) -> Iterator[Spot]:
    """Find phone numbers, in figures or said in words."""
    digits = _LETTERS.sub(lambda run: run[0].translate(_AS_DIGITS), folded.text)
    low = without_counted(folded.low, folded.low)
    digits = without_counted(folded.low, digits)
    for match in _EIGHT.finditer(digits):
        if _is_phone(match, low):
            yield Spot(Kind.PHONE, match.start(), match.end(), Level.BLOCK, "phone.eight")
    for match in _ABROAD.finditer(digits):
        yield Spot(Kind.PHONE, match.start(), match.end(), Level.BLOCK, "phone.abroad")
    for match in _ANY.finditer(digits):
        before = low[max(0, match.start() - 40) : match.start()]
        if _CALLED.search(before) and not _is_other(match[0], before):
            yield Spot(Kind.PHONE, match.start(), match.end(), Level.BLOCK, "phone.called")
    for start, end, said in windows(atoms, lengths=(7, 8, 9, 10)):
        is_called = bool(_CALLED.search(low[max(0, start - 40) : start]))
        if is_called or (
            len(said) == 8 and said[0] in "23456789" and not _COUNTED.search(low[max(0, start - 40) : start])
        ):
            yield Spot(Kind.PHONE, start, end, Level.BLOCK, "phone.spoken")


def _is_phone(match: re.Match[str], low: str) -> bool:
    number = match["number"]
    before = low[max(0, match.start() - 40) : match.start()]
    if match["code"]:
        return True
    if _CALLED.search(before):
        return not _is_other(number, before)
    if number[0] in "01" or not _is_grouped(number) or _is_other(number, before) or _is_part_of_more(match, low):
        return False
    return not _SOLID_DATE.fullmatch(number) or not _is_solid_date(number)


def _is_other(number: str, before: str) -> bool:
    """Say whether the digits are something else: times, days, years, or what the word before them says."""
    if _NOT_CALLED.search(before) or _COUNTED.search(before):
        return True
    if _CALLED.search(before) and re.fullmatch(r"\d{4}\s?[- ]?\s?\d{4}", number):
        return False
    return bool(
        (" " in number and is_counted_up(re.sub(r"\D", "", number)))
        or _are_times(number)
        or any(shape.fullmatch(number) and _is_day(shape, number) for shape in _DATES)
        or _is_pair_of_days(number)
        or _are_years(number)
    )


def _are_years(number: str) -> bool:
    if not _YEARS.fullmatch(number):
        return False
    digits = re.sub(r"\D", "", number)
    return 0 < int(digits[4:]) - int(digits[:4]) <= 20


def _is_grouped(number: str) -> bool:
    """Say whether the digits stand in groups as phone numbers are written."""
    sizes = tuple(len(run) for run in re.findall(r"\d+", number))
    if "/" in number and set(sizes) != {2}:
        return False
    return sizes in _GROUPS or set(sizes) == {1}


def _is_part_of_more(match: re.Match[str], low: str) -> bool:
    """Say whether the eight digits go on, as those of a KLE number, a long number or a case do."""
    return bool(
        re.search(r"(?<!\d{8})[-./](?<=\d[-./])$|[a-z]\d*[-/]$", low[max(0, match.start() - 40) : match.start()])
        or (" " in match["number"] and re.search(r"\d $", low[max(0, match.start() - 40) : match.start()]))
        or re.match(r"[-/.](?!\d{8}(?!\d))\w|[ ]\d\d? ?\d?\b(?! ?(?:min|kl|om|i|efter))|[.:]\d", low[match.end() :])
    )


def _are_times(number: str) -> bool:
    """Say whether the digits are from when to when: 10.15-11.30, or 2000-2130 where the minutes look like times."""
    if not _TIMES.fullmatch(number) or number.replace(" ", "").isdigit():
        return False
    minutes = re.sub(r"\D", "", number)
    return ":" in number or "." in number or (minutes[3] in "05" and minutes[7] in "05")


def _is_day(shape: re.Pattern[str], number: str) -> bool:
    found = shape.fullmatch(number)
    if not found:
        return False
    parts = [int(part) for part in found.groups()]
    year, month, day = parts if parts[0] > 31 else (parts[2], parts[1], parts[0])
    return _is_possible(year, month, day)


def _is_solid_date(number: str) -> bool:
    found = _SOLID_DATE.fullmatch(number)
    if not found:
        return False
    parts = [int(part) for part in found.groups() if part]
    year, month, day = parts if parts[0] > 1000 else (parts[2], parts[1], parts[0])
    return _is_possible(year, month, day)


def _is_pair_of_days(number: str) -> bool:
    found = _PAIR_OF_DAYS.fullmatch(number)
    if not found:
        return False
    first_day, first_month, last_day, last_month = (int(part) for part in found.groups())
    return _is_possible(2000, first_month, first_day) and _is_possible(2000, last_month, last_day)


def _is_possible(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
