"""Many children of one kindergarten who are to go to school, for the pages that show many moves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from coordination.commands.landings import follow_up
from coordination.models import Case, Landing, Transition
from tests.builders import World, a_reference, on
from tests.promises.moving import FIRST_OF_AUGUST, a_childs_case, a_move, received

AFTER = datetime.fromisoformat("2027-11-02T09:00:00+01:00")  # more than ninety days after the move


def children(world: World, count: int, *, first: int = 1000, **changes: Any) -> list[Case]:
    """Rikke opens so many cases, each with a reference of its own."""
    return [
        a_childs_case(world, reference=a_reference(f"P-2026-{number}"), **changes)
        for number in range(first, first + count)
    ]


def moves(world: World, count: int, *, first: int = 1000, **changes: Any) -> list[Transition]:
    """Rikke plans so many moves to the school."""
    return [a_move(world, case, **changes) for case in children(world, count, first=first)]


def landed(world: World, number: int = 3000, *, move_on: date = FIRST_OF_AUGUST) -> Transition:
    """A child that has moved, and has landed well; both leaders are to look back."""
    [case] = children(world, 1, first=number)
    transition = received(world, a_move(world, case, move_on=move_on))
    return follow_up(transition=transition, landing=Landing.WELL, actor=world.maja, now=on(400))
