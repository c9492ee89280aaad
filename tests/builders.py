"""A small municipality with a cast that tests can tell stories about. Everything is made through the commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from coordination.commands.bases import BasisDraft
from coordination.commands.cases import ReferenceDraft, open_case
from coordination.commands.invitations import accept_invitation
from coordination.commands.people import PersonDraft, begin_membership, register_person
from coordination.commands.units import UnitDraft, place_unit, set_relations
from coordination.models import (
    Ask,
    BasisKind,
    Case,
    Giver,
    Invitation,
    Partnership,
    ReferenceSystem,
    Role,
    Term,
    Theme,
    Unit,
    UnitKind,
    User,
)

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
# A Monday morning with five ordinary working days before and after it.
MONDAY = datetime(2026, 9, 14, 9, 0, tzinfo=COPENHAGEN).astimezone(UTC)
PASSWORD = "Noget-langt-og-glemsomt"

TermType = TypeVar("TermType", bound=Term)


def term(vocabulary: type[TermType], code: str) -> TermType:
    """Look a shipped term up."""
    return vocabulary.objects.get(code=code)  # type: ignore[return-value]


def on(days: float = 0, *, hours: float = 0) -> datetime:
    """A time so many days after the Monday morning of the tests."""
    return MONDAY + timedelta(days=days, hours=hours)


def day(days: int = 0) -> date:
    """The Danish day so many days after the Monday of the tests."""
    return (MONDAY + timedelta(days=days)).astimezone(COPENHAGEN).date()


@dataclass
class World:
    """The units by code and the people by first name; ``world.maja`` is short for ``world.people["maja"]``."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """Give a person or a unit by name."""
        for found in (self.__dict__.get("people", {}), self.__dict__.get("units", {})):
            if name in found:
                return found[name]
        raise AttributeError(name)


UNITS: tuple[tuple[str, str, str, str | None], ...] = (
    ("town", "Lilleby Kommune", "kommune", None),
    ("schools", "Skole", "afdeling", "town"),
    ("daycare", "Dagtilbud", "afdeling", "town"),
    ("school", "Bakkeskolen", "skole", "schools"),
    ("other_school", "Åskolen", "skole", "schools"),
    ("kindergarten", "Børnehuset Solsikken", "boernehus", "daycare"),
    ("ppr", "PPR", "ppr", "town"),
    ("health", "Sundhedsplejen", "sundhedspleje", "town"),
    ("family", "Familieafdelingen", "familie", "town"),
)
PEOPLE: tuple[tuple[str, str, str, Role], ...] = (
    ("karin", "Karin Koordinator", "town", Role.COORDINATOR),
    ("dorte", "Dorte Dahl", "town", Role.LEADER),
    ("sanne", "Sanne Skolechef", "schools", Role.LEADER),
    ("lone", "Lone Leder", "school", Role.LEADER),
    ("maja", "Maja Holm", "school", Role.PROFESSIONAL),
    ("mads", "Mads Munk", "school", Role.PROFESSIONAL),
    ("ove", "Ove Odgaard", "other_school", Role.PROFESSIONAL),
    ("kirsten", "Kirsten Krogh", "kindergarten", Role.LEADER),
    ("rikke", "Rikke Ravn", "kindergarten", Role.PROFESSIONAL),
    ("per", "Per Psykolog", "ppr", Role.LEADER),
    ("anna", "Anna Bang", "ppr", Role.PROFESSIONAL),
    ("anton", "Anton Beck", "ppr", Role.PROFESSIONAL),
    ("hanne", "Hanne Hede", "health", Role.PROFESSIONAL),
    ("frida", "Frida Friis", "family", Role.PROFESSIONAL),
)


def build_world() -> World:
    """Build the municipality, a day before the Monday of the tests."""
    world, now = World(), on(-30)
    for code, name, kind, parent in UNITS:
        draft = UnitDraft(
            code=code, name=name, kind=term(UnitKind, kind), parent=world.units[parent] if parent else None
        )
        world.units[code] = place_unit(draft=draft, actor=None, now=now)
    for server in ("ppr", "health", "family"):
        set_relations(unit=world.units[server], serves=[world.units["town"]], continues_at=None, actor=None, now=now)
    hashed = make_password(PASSWORD)
    for first_name, name, unit, role in PEOPLE:
        draft_person = PersonDraft(username=first_name, name=name, email=f"{first_name}@lilleby.example")
        person = register_person(draft=draft_person, actor=None, now=now, password=hashed)
        begin_membership(user=person, unit=world.units[unit], role=role, actor=None, now=now)
        world.people[first_name] = person
    return world


def a_case(world: World, **changes: Any) -> Case:
    """Maja of the school opens a case and asks PPR for sparring, on the Monday, without a reference."""
    how: dict[str, Any] = {
        "theme": term(Theme, "trivsel"),
        "ask": term(Ask, "sparring"),
        "unit": world.school,
        "invite": [(world.ppr, None)],
        "actor": world.maja,
        "now": MONDAY,
    }
    return open_case(**{**how, **changes})


def a_case_with_reference(world: World, number: str = "P-2026-1042", **changes: Any) -> Case:
    """The same with a reference, on a consent of a year."""
    return a_case(world, reference=a_reference(number), basis=a_consent(), **changes)


def a_reference(number: str = "P-2026-1042") -> ReferenceDraft:
    """A reference into the PPR journal."""
    return ReferenceDraft(term(ReferenceSystem, "ppr_journal"), number)


def a_consent(days: int = 365, *covers: str, given_by: Giver = Giver.BOTH, given_on: date | None = None) -> BasisDraft:
    """A consent that ends so many days after the Monday, from both with custody. ``covers``: codes of kinds; else all.

    It was given on the day on which it is recorded, unless said otherwise.
    """
    return BasisDraft(
        BasisKind.CONSENT,
        given_by=given_by,
        given_on=given_on,
        ends_on=day(days),
        covers=tuple(term(UnitKind, code) for code in covers),
        covers_all=not covers,
    )


def the_invitation(case: Case, unit: Unit) -> Invitation:
    """The newest invitation of a unit to a case."""
    return case.invitations.filter(unit=unit).latest("sent_at", "pk")


def accepted(world: World, case: Case, *, now: datetime | None = None) -> Partnership:
    """Anna accepts for PPR an hour after the Monday morning."""
    return accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.anna, now=now or on(hours=1))
