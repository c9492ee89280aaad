"""Whose table a deadline has come up to: the nearest leader of its unit, and the next one above. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from coordination.models import Role


@dataclass(frozen=True)
class Answered:
    """The units for which somebody is the nearest leader, and those for which they are that or the next one above."""

    nearest: frozenset[int]
    nearest_or_above: frozenset[int]


def units_answered_for(
    units: Iterable[tuple[int, str]], leaders: Iterable[tuple[int, str, int]], persons: Collection[int]
) -> Answered:
    """Find for which of ``units`` (id, path) one of ``persons`` is told; ``leaders`` are (unit, role, person).

    In a unit its leaders come first, its coordinators after them; then the unit above. Where nobody leads, that
    place is passed over.
    """
    places: dict[tuple[int, bool], set[int]] = defaultdict(set)
    for unit_id, role, person_id in leaders:
        places[unit_id, role == Role.LEADER].add(person_id)
    nearest, above = set(), set()
    for unit_id, path in units:
        line = [int(part) for part in reversed(path.strip("/").split("/"))]
        told = [
            places[place, is_leader] for place in line for is_leader in (True, False) if (place, is_leader) in places
        ]
        if told and not told[0].isdisjoint(persons):
            nearest.add(unit_id)
        if any(not people.isdisjoint(persons) for people in told[:2]):
            above.add(unit_id)
    return Answered(frozenset(nearest), frozenset(above))
