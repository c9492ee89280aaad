"""The one function of this package."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from coordination.screening import addresses, births, cpr, emails, names, phones, told_names, topics
from coordination.screening.findings import TOPICS, Finding, Kind, Level, Spot
from coordination.screening.folding import fold
from coordination.screening.known import Known
from coordination.screening.lists import read_lines
from coordination.screening.numbers import read_numbers
from coordination.screening.words import words_of

_ORDER = {kind: number for number, kind in enumerate(Kind)}
_NOTHING = Known()
_METHODS = Known.of(places=read_lines("methods.txt"))


def check(text: str, today: date, known: Known = _NOTHING) -> list[Finding]:
    """Find what in a note could tell who somebody is, or something sensitive about them, in the order of the text.

    ``today`` tells an appointment from a day of birth. ``known`` holds units, rooms and colleagues: no alarms.
    ``start`` and ``end`` of a finding count the characters of ``text`` as it was given.
    """
    folded = fold(text)
    if not folded.text.strip():
        return []
    words = words_of(folded)
    atoms = read_numbers(folded)
    places = [*known.place_spans(folded), *_METHODS.place_spans(folded)]
    spots = [
        *cpr.find(folded, atoms, today),
        *emails.find(folded),
        *phones.find(folded, atoms),
        *births.find(folded, today),
        *_outside(addresses.find(folded), places),
        *names.find(words, known, places),
        *_outside(told_names.find(words), places),
        *_outside(topics.find(folded), places),
    ]
    findings = []
    for spot in _settle(spots):
        found = folded.text[spot.start : spot.end]
        start = spot.start + len(found) - len(found.lstrip(" ,"))
        start, end = folded.written(start, spot.start + len(found.rstrip(" ,")))
        findings.append(Finding(spot.kind, start, end, spot.level, spot.rule))
    return sorted(findings, key=lambda each: (each.start, each.end, _ORDER[each.kind]))


def _outside(spots: Iterable[Spot], places: list[tuple[int, int]]) -> list[Spot]:
    """Leave out what lies inside the name of a known place."""
    return [spot for spot in spots if not any(start <= spot.start and spot.end <= end for start, end in places)]


def _settle(spots: list[Spot]) -> list[Spot]:
    """Tell each place once: the more certain kind first, and of one kind the longest.

    A topic is told beside another topic, for one word can say two things.
    """
    told: list[Spot] = []
    for spot in sorted(
        spots, key=lambda each: (_ORDER[each.kind], each.level is Level.WARN, each.start - each.end, each.start)
    ):
        if not any(_covers(other, spot) for other in told):
            told.append(spot)
    return told


def _covers(other: Spot, spot: Spot) -> bool:
    if other.kind is not spot.kind and other.kind in TOPICS and spot.rule != "name.capital":
        return False
    if other.kind is spot.kind:
        return other.start < spot.end and spot.start < other.end
    return other.start <= spot.start and spot.end <= other.end
