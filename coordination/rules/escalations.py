"""Whose table a deadline has come up to: the nearest leader of its unit, and the next one above. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from coordination.models import Role


@dataclass(frozen=True)
class Answered:
    """The units for which somebody is the nearest leader, and those for which they are that or the next one above.

    ``above_one``: by the one person who leads units in which nobody leads, those units, where they are the next above.
    """

    nearest: frozenset[int]
    nearest_or_above: frozenset[int]
    above_one: dict[int, frozenset[int]]


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
    nearest, above, above_one = set(), set(), defaultdict[int, set[int]](set)
    for unit_id, path in units:
        line = [int(part) for part in reversed(path.strip("/").split("/"))]
        told = [
            places[place, is_leader] for place in line for is_leader in (True, False) if (place, is_leader) in places
        ]
        if told and not told[0].isdisjoint(persons):
            nearest.add(unit_id)
        if any(not people.isdisjoint(persons) for people in told[:2]):
            above.add(unit_id)
            if unit_id not in nearest and len(told[0]) == 1 and not _is_led(unit_id, places):
                above_one[min(told[0])].add(unit_id)
    alone = {person_id: frozenset(led) for person_id, led in above_one.items()}
    return Answered(frozenset(nearest), frozenset(above), alone)


def _is_led(unit_id: int, places: Mapping[tuple[int, bool], set[int]]) -> bool:
    return (unit_id, True) in places or (unit_id, False) in places
