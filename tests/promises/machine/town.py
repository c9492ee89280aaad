"""What the machine knows of units and people, written from DOMAIN and not from the code that it watches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

LEADING = ("leader", "coordinator")


@dataclass
class Member:
    """A person's place in a unit; ``order`` says who came first."""

    person: str
    unit: str
    role: str
    order: int


@dataclass
class Away:
    """Somebody away, both days included, and who stands in."""

    pk: int
    person: str
    stand_in: str
    first_on: date
    last_on: date

    def covers(self, day: date) -> bool:
        """Whether they are away on the day."""
        return self.first_on <= day <= self.last_on


@dataclass
class Town:
    """Units as a tree, people as members; everything by name."""

    parents: dict[str, str | None] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    inactive: set[str] = field(default_factory=set)
    members: list[Member] = field(default_factory=list)
    absences: list[Away] = field(default_factory=list)
    order: int = 0

    def line(self, unit: str) -> list[str]:
        """The unit itself, the one above it, and so on up to the municipality."""
        here: str | None = unit
        found = []
        while here is not None:
            found.append(here)
            here = self.parents[here]
        return found

    def below(self, unit: str) -> list[str]:
        """The unit and everything below it."""
        return [other for other in self.parents if unit in self.line(other)]

    def open_units(self) -> list[str]:
        """Every unit that has not closed."""
        return [unit for unit in self.parents if unit not in self.closed]

    def join(self, person: str, unit: str, role: str) -> None:
        """Place a person in a unit."""
        self.order += 1
        self.members.append(Member(person, unit, role, self.order))

    def place_of(self, person: str, unit: str) -> Member | None:
        """A person's place in a unit."""
        return next((found for found in self.members if (found.person, found.unit) == (person, unit)), None)

    def units_of(self, person: str) -> list[str]:
        """The units that a person belongs to, the first one first."""
        return [found.unit for found in self.members if found.person == person]

    def leads(self, person: str, unit: str) -> bool:
        """Whether the person themself leads the unit or one above it."""
        above = self.line(unit)
        return any(found.person == person and found.role in LEADING and found.unit in above for found in self.members)

    def belongs(self, person: str, unit: str) -> bool:
        """Whether the person themself is of the unit, or leads it."""
        return self.place_of(person, unit) is not None or self.leads(person, unit)

    def away(self, person: str, day: date) -> bool:
        """Whether somebody is away on a day."""
        return any(found.person == person and found.covers(day) for found in self.absences)

    def acting_for(self, person: str, day: date) -> set[str]:
        """The person, and everybody whom they stand in for that day, also by way of somebody else."""
        if person in self.inactive:
            return set()
        found = {person}
        while True:
            more = {
                absence.person
                for absence in self.absences
                if absence.covers(day) and absence.stand_in in found and absence.person not in self.inactive
            } - found
            if not more:
                return found
            found |= more

    def is_of(self, person: str, unit: str, day: date) -> bool:
        """Whether somebody, or one they stand in for, is of the unit or leads it."""
        return any(self.belongs(one, unit) for one in self.acting_for(person, day))

    def is_leader_of(self, person: str, unit: str, day: date) -> bool:
        """Whether somebody, or one they stand in for, leads the unit or one above it."""
        return any(self.leads(one, unit) for one in self.acting_for(person, day))

    def nearest_leader(self, unit: str, *, other_than: str | None = None) -> tuple[str, str] | None:
        """Who leads the unit, else the one above, and so on; a leader before a coordinator, then who came first."""
        for place in self.line(unit):
            leaders = [
                found
                for found in self.members
                if found.unit == place and found.role in LEADING and found.person != other_than
            ]
            if leaders:
                leader = min(leaders, key=lambda found: (found.role != "leader", found.order))
                return leader.person, leader.unit
        return None

    def has_coordinator(self, *, but: Member | None = None) -> bool:
        """Whether the municipality has a coordinator, one member not counted."""
        return any(
            found.role == "coordinator" and self.parents[found.unit] is None and found is not but
            for found in self.members
        )
