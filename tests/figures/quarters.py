"""Whole quarters of a municipality, one after the other, in which things get better; for pages and pictures."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from coordination.commands.figures import reckon_figures
from coordination.models import (
    Case,
    CaseState,
    Deadline,
    DeadlineKind,
    InvolvementKind,
    Landing,
    Settlement,
)
from coordination.rules.periods import Period, quarter_of
from tests.builders import World
from tests.figures.town import answers, at, cases, close, involve, moves, open_asks, owe

A_DAY = timedelta(days=1)


def quarters(world: World, *firsts: date) -> None:
    """Let these quarters go by, each of them reckoned on the morning after."""
    for number, first in enumerate(firsts):
        quarter = quarter_of(first)
        _answer(world, quarter, number)
        _hold(world, quarter, number)
        _move(world, quarter, number)
        after = quarter.last_on + A_DAY
        assert reckon_figures(now=at(after, 3)) == 1
        left = Case.objects.filter(code__endswith="-FIGS", state=CaseState.OPEN)
        Deadline.objects.open().filter(case__in=left).update(settled_at=at(after, 4), settlement=Settlement.LAPSED)
        close(left, on=after)


def _answer(world: World, quarter: Period, number: int) -> None:
    middle, before = quarter.first_on + timedelta(days=43), quarter.last_on - timedelta(days=30)
    answers(world, world.school, in_time=28 + 4 * number, late=12 - 2 * number, on=middle, days=6 - number)
    answers(world, world.other_school, in_time=22, late=4, on=middle, days=7)
    answers(world, world.ppr, in_time=40 + 6 * number, late=20 - 3 * number, on=middle, days=12 - 2 * number)
    answers(world, world.health, in_time=3, late=1, on=middle)
    answers(world, world.family, in_time=25, late=9, on=middle, days=3)
    open_asks(world, world.ppr, 16 - 3 * number, opened_on=before, due_on=before)
    open_asks(world, world.family, 8, opened_on=quarter.last_on - A_DAY, due_on=quarter.last_on + A_DAY)
    open_asks(world, world.school, 12, opened_on=quarter.last_on - 12 * A_DAY, due_on=quarter.last_on + A_DAY)


def _hold(world: World, quarter: Period, number: int) -> None:
    for unit, holder, count in (
        (world.school, world.mads, 30 + number),
        (world.other_school, world.ove, 26),
        (world.kindergarten, world.rikke, 20),
        (world.ppr, world.anton, 9),
    ):
        held = cases(world, unit, count, holder=holder, opened_on=quarter.first_on)
        owe(DeadlineKind.NEXT_STEP, held[: count // 3 - number], since=quarter.first_on)
        owe(DeadlineKind.ASSIGN_HOLDER, held[-5 - count // 9 :], since=quarter.first_on)
        involve(InvolvementKind.CHILD, held[: count // 2 + 2 * number], on=quarter.last_on)
        involve(InvolvementKind.PARENTS, held[: 2 * count // 3 + number], on=quarter.last_on)


def _move(world: World, quarter: Period, number: int) -> None:
    day = quarter.first_on + timedelta(days=45)
    for unit, count in ((world.school, 18), (world.other_school, 14)):
        moved = partial(moves, world, unit, received_on=day, landed_on=quarter.last_on)
        moved(count + number, due_on=day + A_DAY, landing=Landing.WELL)
        moved(7 - number, due_on=day - A_DAY, landing=Landing.NEEDS_MORE)
        moved(5, due_on=day, landing=Landing.KNOWLEDGE_MISSING, missing="relations")
        moved(2, due_on=day, landing=Landing.KNOWLEDGE_MISSING, missing="support")
