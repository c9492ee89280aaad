"""Two who change the tree of units at once: it stays a tree, and nothing is planned where somebody closes."""

from __future__ import annotations

from functools import partial

import pytest

from coordination.commands.meetings import WhenAndWhere, call_meeting
from coordination.commands.units import UnitDraft, change_unit, close_unit, place_unit
from coordination.errors import Unacceptable
from coordination.models import Meeting, MeetingKind, Unit, UnitKind
from tests.builders import World, a_case, accepted, on, term
from tests.races.meeting_point import Act, Point, at_once

pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("round_number", range(3))


def moving(unit: Unit, parent: Unit) -> Act:
    """Place a unit below another one."""
    draft = UnitDraft(unit.code, unit.name, unit.kind, parent, unit.phone)
    return partial(change_unit, unit=unit, draft=draft, actor=None, now=on(1))


def placing(parent: Unit) -> Act:
    """Place a new school below a unit."""
    draft = UnitDraft("new", "Ny Skole", term(UnitKind, "skole"), parent)
    return partial(place_unit, draft=draft, actor=None, now=on(1))


def every_path_goes_through_the_unit_above() -> None:
    """The paths are those of a tree."""
    for unit in Unit.objects.select_related("parent"):
        assert unit.line == [*(unit.parent.line if unit.parent else []), unit.pk], unit.code


@rounds
def test_two_units_moved_at_once_each_below_the_other_make_no_ring(world: World, round_number: int) -> None:
    outcomes = at_once(moving(world.schools, world.kindergarten), moving(world.daycare, world.school))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [type(error) for error in refused] == [Unacceptable], outcomes
    every_path_goes_through_the_unit_above()


@rounds
def test_a_unit_placed_below_one_that_moves_moves_along(world: World, round_number: int) -> None:
    outcomes = at_once(moving(world.schools, world.daycare), placing(world.school))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    every_path_goes_through_the_unit_above()


@rounds
def test_a_unit_placed_below_one_that_closes_keeps_it_open_or_is_refused(world: World, round_number: int) -> None:
    closing = partial(close_unit, unit=world.school, actor=None, now=on(1))
    outcomes = at_once(closing, placing(world.school))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [type(error) for error in refused] == [Unacceptable], outcomes
    assert not Unit.objects.open().filter(parent__closed_at__isnull=False).exists()


@rounds
def test_a_meeting_called_at_a_unit_that_closes_is_refused_or_held_elsewhere(world: World, round_number: int) -> None:
    case = a_case(world)
    accepted(world, case)
    calling = partial(
        call_meeting,
        case=case,
        kind=term(MeetingKind, "network"),
        at=WhenAndWhere(starts_at=on(7), ends_at=on(7, hours=1), place=world.family),
        people=[world.anna],
        actor=world.maja,
        now=on(1),
    )
    closing = partial(close_unit, unit=world.family, actor=None, now=on(1))
    called, closed = at_once(calling, closing, points=[Point(), Point(number=2)])  # the first tells that Frida goes
    assert not isinstance(closed, Exception), closed
    assert isinstance(called, Meeting | Unacceptable), called
    assert not Meeting.objects.filter(place=world.family).exists()
