"""Who could hold the baton of a case: contacts of its partners, and people found through their unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from coordination.models import Case, Membership, Unit, User
from coordination.queries.visibility import at_or_below

MOST_UNITS = 12


@dataclass(frozen=True)
class Candidate:
    """Somebody, in the unit for which they would hold the baton. ``said``: what choosing them is called, if not so."""

    person: User
    unit: Unit
    said: str = ""

    @property
    def key(self) -> str:
        """The candidate as the value of a form's choice."""
        return f"{self.unit.pk}-{self.person.pk}"


def contacts_of(case: Case) -> list[Candidate]:
    """List the contact persons of the partners, other than the holder, who still work in their unit."""
    working = Membership.objects.live().filter(user=OuterRef("contact"), unit=OuterRef("unit"))
    partnerships = case.partnerships.live().filter(Exists(working)).exclude(contact=case.holder_id)
    return [Candidate(each.contact, each.unit) for each in partnerships.select_related("contact", "unit")]


def people_in(unit: Unit, case: Case) -> list[Candidate]:
    """List the people who work in the unit, by name, other than the holder."""
    memberships = Membership.objects.live().filter(unit=unit).exclude(user=case.holder_id)
    return [Candidate(each.user, unit) for each in memberships.select_related("user").order_by("user__name", "pk")]


def units_for_baton(case: Case, *, led_paths: tuple[str, ...] | None = None) -> QuerySet[Unit]:
    """Open units of the case's municipality that have somebody; with ``led_paths`` only those at or below them."""
    people = Membership.objects.live().filter(unit=OuterRef("pk"))
    root = Unit.objects.get(pk=case.holder_unit.root_id_or_self)
    units = Unit.objects.open().below(root.place).filter(Exists(people))
    return units if led_paths is None else units.filter(at_or_below(led_paths, "path"))


def named_like(units: QuerySet[Unit], words: str) -> list[Unit]:
    """List the first units whose name has every word in it. Letters are compared here: SQLite knows no Å as å."""
    wanted = words.casefold().split()
    found = [pk for pk, name in units.values_list("pk", "name") if all(word in name.casefold() for word in wanted)]
    return list(units.filter(pk__in=found[:MOST_UNITS])) if wanted else []
