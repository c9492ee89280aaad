"""How a refusal is tried, and what the refusals of moves have in common."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coordination.commands.cases import close_case
from coordination.commands.people import PersonDraft, begin_membership, register_person
from coordination.commands.units import UnitDraft, place_unit
from coordination.errors import Refusal
from coordination.models import (
    Case,
    CaseOutcome,
    Event,
    Role,
    Unit,
    UnitKind,
)
from tests.builders import World, on, term
from tests.promises.telling import fresh


def refuses(kind: type[Refusal], act: Callable[[], object], field: str | None = None) -> None:
    """See to it that something is refused, of which nothing is told."""
    before = Event.objects.count()
    with pytest.raises(kind) as refused:
        act()
    assert type(refused.value) is kind
    assert refused.value.field == field
    assert Event.objects.count() == before


def elsewhere(world: World) -> Unit:
    """A school of another municipality."""
    town = place_unit(
        draft=UnitDraft(code="nabo", name="Naboby", kind=term(UnitKind, "kommune"), parent=None), actor=None, now=on(-2)
    )
    karl = register_person(draft=PersonDraft("karl", "Karl Nabo", "karl@naboby.example"), actor=None, now=on(-2))
    begin_membership(user=karl, unit=town, role=Role.COORDINATOR, actor=None, now=on(-2))
    draft = UnitDraft(code="naboskolen", name="Naboskolen", kind=term(UnitKind, "skole"), parent=town)
    return place_unit(draft=draft, actor=None, now=on(-2))


def closed(case: Case) -> Case:
    """The case, closed by its holder."""
    return close_case(case=fresh(case), outcome=term(CaseOutcome, "solved"), actor=fresh(case).holder, now=on(30))
