"""CPR numbers in any spelling: the one place that knows how they look.

A date that could be a birth date decides, never the modulus 11 check, which numbers issued since 2007 need not pass.
Replacement numbers have 60 added to the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from coordination.screening.dates import MONTH_NUMBERS, MONTHS
from coordination.screening.findings import Kind, Level, Spot
from coordination.screening.folding import Folded
from coordination.screening.numbers import HIDDEN, Atom, is_counted_up, windows, without_counted

RUN = re.compile(r"\d+")
_LETTERS_FOR_DIGITS = str.maketrans({"O": "0", "o": "0", "Q": "0", "I": "1", "l": "1", "|": "1"})
_LETTERS = re.compile(r"(?<=\d)[OoQIl|]+|[OoQIl|]+(?=\d)")
# The facet of a KLE number, as in 27.12.06-G01-1234-26: what stands on its two sides is never one number.
FACET = re.compile(r"(?<=\d)-[A-Za-z]\d\d(?=-)")

_NEAR = re.compile(r"[^\w]{1,4}")
_NO_LINK = re.compile(
    r"\b(?:kl|klokken|lok|lokale|lokalet|rum|uge|tlf|tel|telefon|mobil|mob|sag|kode|ean|cvr|km|kr|"
    r"inden|efter|fra|før|senest|indtil|mellem)\b"
)
_COUNTED = re.compile(
    r"\b(?:uge|uger|ugerne|kl|klokken|lokale|lokaler|klasse|side|siderne|ean|ean-nr|ean-nummer)[.: ]*$"
)
_P_NUMBER = re.compile(r"\b(?:p-?\s?(?:nr|n[a-zæøå]{2,8})|produktionsenhed\w*)[.: ]*$")
_DATED = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:\s?[./ -]\s?(\d{{1,2}})|\.?\s?({MONTHS})\.?)\s?[./ -]?\s?((?:18|19|20)?\d\d)"
    r"(?P<between>[^\d]{1,24}?)(\d{4})(?!\d)"
)
# The last four made unreadable: the day of birth is there all the same.
_MASKED = re.compile(r"(?<!\d)(?P<born>\d{6})\s?-?\s?(?:x{3,4}|\*{3,4}|•{3,4}|#{3,4}|\?{3,4}|_{3,4})(?!\w)")
_ONWARD = re.compile(r"\s?-\s?\d|[.:]\d")


def letters_as_digits(text: str) -> str:
    """Read letters as the digits they look like, only where they have a digit beside them; the length stays."""
    return _LETTERS.sub(lambda run: run[0].translate(_LETTERS_FOR_DIGITS), text)


def is_cpr(digits: str) -> bool:
    """Say whether ten digits, or twelve with the year in four, begin with a day, a month and a year."""
    if len(digits) == 10:
        return _is_day_and_month(int(digits[:2]), int(digits[2:4]))
    if len(digits) == 12 and digits[4:6] in {"18", "19", "20"}:
        return _is_day_and_month(int(digits[:2]), int(digits[2:4]))
    return False


def joins_to_cpr(groups: list[str]) -> bool:
    """Say whether groups of digits that follow each other make a CPR number, whatever stands between them."""
    for first in range(len(groups)):
        digits = ""
        for group in groups[first:]:
            digits += group
            if len(digits) > 12:
                break
            if is_cpr(digits):
                return True
    return False


@dataclass
class Row:
    """Groups of digits that follow each other, from the first to the last; ``gaps``: after how many digits, what."""

    low: str
    groups: list[tuple[int, int]]
    first: int
    last: int = 0
    read: str = ""
    gaps: list[tuple[int, str]] = field(default_factory=list)

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return self.groups[self.first][0]

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.groups[self.last][1]

    @property
    def before(self) -> str:
        """What stands before it."""
        return self.low[max(0, self.start - 40) : self.start]


def find(folded: Folded, atoms: list[Atom], today: date) -> Iterator[Spot]:
    """Find CPR numbers among words, where dates, times and rooms are written, too."""
    digits = FACET.sub(lambda facet: "-" + HIDDEN * (len(facet[0]) - 1), letters_as_digits(folded.text))
    digits = without_counted(folded.low, digits)
    groups = [(run.start(), run.end()) for run in RUN.finditer(digits)]
    for first in range(len(groups)):
        yield from _find_from(first, groups, digits, folded.low, today)
    for match in _DATED.finditer(folded.low):
        if _is_dated_cpr(match, folded.low, today):
            yield Spot(Kind.CPR, match.start(), match.end(), Level.BLOCK, "cpr.date")
    for match in _MASKED.finditer(folded.low):
        if is_cpr(f"{match['born']}0000"):
            yield Spot(Kind.CPR, match.start(), match.end(), Level.BLOCK, "cpr.masked")
    for start, end, said in windows(atoms, lengths=(10, 12)):
        if is_cpr(said) and not is_counted_up(said):
            yield Spot(Kind.CPR, start, end, Level.BLOCK, "cpr.spoken")


def _find_from(first: int, groups: list[tuple[int, int]], digits: str, low: str, today: date) -> Iterator[Spot]:
    row = Row(low, groups, first)
    for number, (start, end) in enumerate(groups[first:], first):
        if row.read:
            gap = digits[groups[number - 1][1] : start].lower()
            if not _NEAR.fullmatch(gap) and not (end - start == 4 and _links(gap, len(row.read))):
                return
            row.gaps.append((len(row.read), gap))
        row.read += digits[start:end]
        row.last = number
        if len(row.read) > 12:
            return
        if is_cpr(row.read) and _is_written_so(row, today):
            yield Spot(Kind.CPR, row.start, row.end, Level.BLOCK, "cpr.digits")


def _links(gap: str, before: int) -> bool:
    """Say whether words may stand between the date and the last four digits."""
    return (
        before in {6, 8}
        and len(gap) <= 45
        and HIDDEN not in gap
        and not _NO_LINK.search(gap)
        and not re.search(r"[.!?] ", gap)
    )


def _is_written_so(row: Row, today: date) -> bool:
    """Say whether groups that make ten digits are one number, not a day with its times or a row of weeks."""
    if _P_NUMBER.search(row.before) and not row.gaps and re.match(r"10[0-3]", row.read):
        return False
    cut = len(row.read) - 4
    if all(at == cut for at, _gap in row.gaps):
        return True
    if any("," in gap or ":" in gap for at, gap in row.gaps if at < cut):
        return False
    onward, between = row.low[row.end : row.end + 4], dict(row.gaps).get(cut, "")
    if _is_soon(row.read[:cut], today) and _is_time(row.read[cut:], onward, between):
        return False
    is_cut = any(at > cut for at, _gap in row.gaps)
    return not is_cut or (not is_counted_up(row.read) and _is_spelled_evenly(row.gaps, cut) and _stands_alone(row))


def _is_spelled_evenly(gaps: list[tuple[int, str]], cut: int) -> bool:
    between = {gap.strip() for at, gap in gaps if at != cut}
    return len(between) == 1


def _stands_alone(row: Row) -> bool:
    if _COUNTED.search(row.before):
        return False
    groups, low = row.groups, row.low
    before = row.first == 0 or not _NEAR.fullmatch(low[groups[row.first - 1][1] : row.start])
    after = row.last + 1 == len(groups) or not _NEAR.fullmatch(low[row.end : groups[row.last + 1][0]])
    return before and after


def _is_dated_cpr(match: re.Match[str], low: str, today: date) -> bool:
    """Say whether a day in words or single digits and four more digits are a CPR number: 3/4-14 1234."""
    day, year = int(match[1]), match[4]
    month = int(match[2]) if match[2] else MONTH_NUMBERS[match[3]]
    if not _is_day_and_month(day, month) or _NO_LINK.search(match["between"]):
        return False
    if re.search(r"[.!?] |\d", match["between"]):
        return False
    return not (
        _is_soon(f"{day:02d}{month:02d}{year}", today)
        and _is_time(match[6], low[match.end() : match.end() + 4], match["between"])
    )


def _is_soon(born: str, today: date) -> bool:
    """Say whether the day is one that people make appointments for, and no day of birth."""
    year = int(born[4:]) if len(born) == 8 else 2000 + int(born[4:])
    try:
        day = date(year, int(born[2:4]), int(born[:2]))
    except ValueError:
        return False
    return today - timedelta(days=60) <= day <= today + timedelta(days=800)


def _is_time(digits: str, onward: str, gap: str) -> bool:
    written_as_time = int(digits[:2]) < 24 and int(digits[2:]) < 60
    return written_as_time and ("-" not in gap or bool(_ONWARD.match(onward)))


def _is_day_and_month(day: int, month: int) -> bool:
    if day > 60:
        day -= 60
    longest = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= longest[month - 1]
