"""A baton falls up the tree of units: nothing hangs below what has closed, below itself, or where it is not."""

from __future__ import annotations

import pytest

from coordination.commands.units import UnitDraft, change_unit, close_unit, place_unit
from coordination.errors import MovedOn, Unacceptable
from coordination.models import Unit, UnitKind
from tests.builders import World, a_case, on, term
from tests.promises.telling import holder_of, last_event, leaves


def below(unit: Unit, parent: Unit | None) -> UnitDraft:
    """A unit as it is, below another one."""
    return UnitDraft(unit.code, unit.name, unit.kind, parent, unit.phone)


def a_school_below(parent: Unit) -> Unit:
    """A new school."""
    return place_unit(draft=UnitDraft("new", "Ny Skole", term(UnitKind, "skole"), parent), actor=None, now=on(2))


def test_no_unit_is_placed_below_one_that_has_closed(world: World) -> None:
    as_it_was_seen = Unit.objects.get(pk=world.school.pk)
    close_unit(unit=world.school, actor=None, now=on(1))
    since = last_event()
    with pytest.raises(Unacceptable) as refused:
        a_school_below(as_it_was_seen)
    assert refused.value.field == "parent"
    assert "Bakkeskolen" in str(refused.value.message)
    assert last_event() == since
    assert not Unit.objects.filter(code="new").exists()


def test_no_unit_is_moved_below_one_that_has_closed(world: World) -> None:
    as_it_was_seen = Unit.objects.get(pk=world.school.pk)
    close_unit(unit=world.school, actor=None, now=on(1))
    with pytest.raises(Unacceptable) as refused:
        change_unit(unit=world.ppr, draft=below(world.ppr, as_it_was_seen), actor=None, now=on(2))
    assert refused.value.field == "parent"
    assert Unit.objects.get(pk=world.ppr.pk).parent == world.town


def test_a_unit_that_closed_below_another_that_closed_can_be_given_its_right_name(world: World) -> None:
    close_unit(unit=world.kindergarten, actor=None, now=on(1))
    close_unit(unit=world.daycare, actor=None, now=on(1))
    draft = UnitDraft("kindergarten", "Solsikken", world.kindergarten.kind, world.daycare)
    assert change_unit(unit=world.kindergarten, draft=draft, actor=None, now=on(2)) == ["name"]


def test_a_unit_is_placed_where_the_one_above_is_now(world: World) -> None:
    as_it_was_seen = Unit.objects.get(pk=world.school.pk)
    change_unit(unit=world.school, draft=below(world.school, world.daycare), actor=None, now=on(1))
    placed = a_school_below(as_it_was_seen)
    assert placed.line == [world.town.pk, world.daycare.pk, world.school.pk, placed.pk]


def test_a_unit_is_moved_to_where_the_one_above_is_now(world: World) -> None:
    as_it_was_seen = Unit.objects.get(pk=world.school.pk)
    change_unit(unit=world.school, draft=below(world.school, world.daycare), actor=None, now=on(1))
    change_unit(unit=world.ppr, draft=below(world.ppr, as_it_was_seen), actor=None, now=on(2))
    moved = Unit.objects.get(pk=world.ppr.pk)
    assert moved.line == [world.town.pk, world.daycare.pk, world.school.pk, world.ppr.pk]
    case = a_case(world, actor=world.ove, unit=world.other_school, invite=[])
    change_unit(unit=world.other_school, draft=below(world.other_school, moved), actor=None, now=on(3))
    leaves(world.ove, world.other_school, now=on(3))
    assert holder_of(case) == world.per


def test_no_unit_is_moved_below_itself_however_it_was_seen(world: World) -> None:
    as_it_was_seen = Unit.objects.get(pk=world.ppr.pk)  # beside the school
    change_unit(unit=world.ppr, draft=below(world.ppr, world.school), actor=None, now=on(1))
    for parent in (world.school, as_it_was_seen):
        with pytest.raises(Unacceptable) as refused:
            change_unit(unit=world.school, draft=below(world.school, parent), actor=None, now=on(2))
        assert refused.value.field == "parent"
    assert Unit.objects.get(pk=world.school.pk).parent == world.schools


def test_a_unit_stays_in_its_municipality(world: World) -> None:
    far = place_unit(draft=UnitDraft("far", "Fjernby Kommune", term(UnitKind, "kommune")), actor=None, now=on(0))
    for parent in (far, None):
        with pytest.raises(Unacceptable) as refused:
            change_unit(unit=world.ppr, draft=below(world.ppr, parent), actor=None, now=on(2))
        assert refused.value.field == "parent"
    assert Unit.objects.get(pk=world.ppr.pk).line == [world.town.pk, world.ppr.pk]


def test_a_successor_stays_open(world: World) -> None:
    close_unit(unit=world.family, actor=None, now=on(1))
    for successor in (world.family, world.health):
        with pytest.raises(Unacceptable) as refused:
            close_unit(unit=world.health, successor=successor, actor=None, now=on(2))
        assert refused.value.field == "successor"
    with pytest.raises(MovedOn):
        close_unit(unit=world.family, successor=world.health, actor=None, now=on(2))
    assert Unit.objects.get(pk=world.health.pk).is_open
