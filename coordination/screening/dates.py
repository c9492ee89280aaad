"""Days in the many ways to write them, and which year a short one means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

_NAMES = (
    ("januar", "jan", "january"),
    ("februar", "feb", "febr", "february"),
    ("marts", "mar", "march"),
    ("april", "apr"),
    ("maj", "may"),
    ("juni", "jun", "june"),
    ("juli", "jul", "july"),
    ("august", "aug"),
    ("september", "sep", "sept"),
    ("oktober", "okt", "october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
MONTH_NUMBERS = {name: number for number, names in enumerate(_NAMES, 1) for name in names}
MONTHS = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
_YEAR = r"(?P<year>(?:18|19|20)\d\d|'?\d\d)"
_ALONE = r"(?<![\d,/:-])(?<!\d\.)"  # no part of a longer number; "f.1.2.19" has a stop before it
_SHAPES = (
    re.compile(r"(?<!\d)(?<!\d\.)(?P<year>(?:19|20)\d\d)[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})(?!\d)"),
    re.compile(
        rf"{_ALONE}(?P<day>\d{{1,2}})\s?[./-]\s?(?P<month>\d{{1,2}})(?:\s?[./-]\s?|,?\s){_YEAR}(?![\d:/]|[.,]\d)"
    ),
    re.compile(rf"{_ALONE}(?P<day>\d{{1,2}}) (?P<month>\d{{1,2}}) (?P<year>(?:19|20)\d\d)(?!\d)"),
    re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})\s?(?:\.|st|nd|rd|th)?\s?(?:of )?(?P<name>{MONTHS})(?![^\W\d_])\.?"
        rf"(?:,?\s?-?{_YEAR}(?![\d:.]\d|\d))?"
    ),
    re.compile(rf"\b(?P<name>{MONTHS})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>(?:19|20)\d\d))?(?![\d.:])"),
    re.compile(rf"{_ALONE}(?P<day>\d{{1,2}})\s?[./-]\s?(?P<month>\d{{1,2}})(?![\d/:])"),
    re.compile(rf"{_ALONE}(?P<day>\d\d)(?P<month>\d\d)(?P<year>(?:(?:19|20)\d\d|\d\d))(?![\d]|[-.,:/]\d)"),
    re.compile(rf"{_ALONE}(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)(?![\d]|[-.,:/]\d)"),
)
_FROM_TO = re.compile(r"\d{1,2}-\d{1,2}[.:]\d\d$|\d{1,2}[.:]\d\d-\d{1,2}$")
_SOLID = _SHAPES[-2:]


class Day(NamedTuple):
    """A day in the text. ``on`` is None where no year was written; ``is_solid``: six or eight digits in a row."""

    start: int
    end: int
    on: date | None
    is_solid: bool


def find_days(low: str, today: date) -> list[Day]:
    """Find all days, the longest reading of each."""
    found: list[Day] = []
    for shape in _SHAPES:
        for match in shape.finditer(low):
            day = _read(match, today, is_solid=shape in _SOLID)
            if day and not any(day.start < other.end and other.start < day.end for other in found):
                found.append(day)
    return sorted(found)


def _read(match: re.Match[str], today: date, *, is_solid: bool) -> Day | None:
    parts = match.groupdict()
    day = int(parts["day"])
    month = MONTH_NUMBERS[parts["name"]] if parts.get("name") else int(parts["month"])
    year = parts.get("year")
    if _FROM_TO.match(match[0]):
        return None
    try:
        on = date(_whole_year(year, today), month, day) if year else None
        date(2000, month, day)
    except ValueError:
        return None
    return Day(match.start(), match.end(), on, is_solid)


def _whole_year(year: str, today: date) -> int:
    """Read a year of two digits: of the last hundred years, or of the few next ones."""
    if len(year) == 4:
        return int(year)
    short = int(year.strip("'"))
    century = today.year // 100 * 100
    return century + short if century + short <= today.year + 5 else century - 100 + short


def years_before(today: date, on: date) -> float:
    """Count the years from a day to today."""
    return (today - on).days / 365.25


__all__ = ["MONTHS", "MONTH_NUMBERS", "Day", "Iterator", "find_days", "years_before"]
