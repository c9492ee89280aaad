"""Where the people of a case can meet: the units that take part, and their rooms."""

from __future__ import annotations

from dataclasses import dataclass

from coordination.models import Case, Meeting, Room, Unit
from coordination.queries.participants import participants_of


@dataclass(frozen=True)
class Place:
    """A unit with the rooms that can be used."""

    unit: Unit
    rooms: tuple[Room, ...]


def places_for(case: Case, *, first: Unit | None = None, meeting: Meeting | None = None) -> list[Place]:
    """List the open units that take part, with their rooms; ``first`` before the others.

    ``meeting``: one that is planned already, whose place stays possible even if that unit no longer takes part.
    """
    units = {each.unit.pk: each.unit for each in participants_of(case) if each.unit.is_open}
    if meeting is not None and meeting.place.is_open:
        units.setdefault(meeting.place.pk, meeting.place)
    rooms: dict[int, list[Room]] = {}
    for room in Room.objects.filter(unit__in=units, is_retired=False).order_by("name"):
        rooms.setdefault(room.unit_id, []).append(room)
    ordered = sorted(units.values(), key=lambda unit: (unit != first, unit.name))
    return [Place(unit, tuple(rooms.get(unit.pk, []))) for unit in ordered]
