"""Who takes part in a case just now: its holder, and the contact persons of its partners."""

from __future__ import annotations

from dataclasses import dataclass

from coordination.models import Case, Unit, User


@dataclass(frozen=True)
class Participant:
    """Somebody who takes part, and for which unit."""

    person: User
    unit: Unit


def participants_of(case: Case) -> list[Participant]:
    """List everybody who takes part, the holder first, each once and for the unit they take part for."""
    found = {case.holder_id: Participant(case.holder, case.holder_unit)}
    for partnership in case.partnerships.live().select_related("contact", "unit"):
        found.setdefault(partnership.contact_id, Participant(partnership.contact, partnership.unit))
    return list(found.values())
