"""Who acts: a person with the units they belong to, and those they stand in for today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from coordination.models import Unit, User


@dataclass(frozen=True)
class Actor:
    """A person on one day. Rights of those one stands in for are one's own that day."""

    user: User
    today: date
    persons: frozenset[int]
    units: frozenset[int]
    led_paths: tuple[str, ...]
    # Of the municipalities whose logs they read as data-protection officer. Nobody stands in for that.
    officer_paths: tuple[str, ...] = ()

    def is_one_of(self, *person_ids: int | None) -> bool:
        """Whether the actor is one of these people, or stands in for one of them."""
        return not self.persons.isdisjoint(person_ids)

    def leads(self, unit: Unit) -> bool:
        """Whether the actor leads the unit or one above it."""
        return unit.place.startswith(self.led_paths) if self.led_paths else False

    def is_in(self, unit: Unit) -> bool:
        """Whether the actor belongs to the unit, or leads it or one above it."""
        return unit.pk in self.units or self.leads(unit)
