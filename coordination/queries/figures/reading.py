"""Reading the figures that were kept: of one unit over time, and of what is below it in one period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from coordination.models import FigurePeriod, FigureRow, FigureRowKind, Population, Unit
from coordination.queries.visibility import at_or_below
from coordination.rules.actors import Actor

MOST_PERIODS = 8


@dataclass(frozen=True)
class Line:
    """The figures of one unit, or of a part of one, in one period.

    A population that is in none of ``rows`` counts nobody. ``members``: the names of the units of a group.
    """

    period: FigurePeriod
    kind: FigureRowKind
    unit: Unit
    rows: Mapping[Population, FigureRow]
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figures:
    """All that the page of a unit shows; the oldest period first."""

    unit: Unit
    chosen: FigurePeriod | None
    over_time: tuple[Line, ...]
    below: tuple[Line, ...]


def units_with_figures(actor: Actor) -> QuerySet[Unit]:
    """Units of which the actor sees the figures: those that they lead, with all below them."""
    return Unit.objects.filter(at_or_below(actor.led_paths, "path")).order_by("path")


def read_figures(unit: Unit, actor: Actor, *, first_on: str = "") -> Figures:
    """Read the figures of a unit that the actor leads. Four queries.

    ``first_on``: the month in which the chosen period begins, as ``2026-07``; the latest one where there is no such.
    """
    latest = FigurePeriod.objects.filter(root_id=unit.root_id_or_self).order_by("-first_on")[:MOST_PERIODS]
    periods = sorted(latest, key=lambda period: period.first_on)
    chosen = next((period for period in periods if f"{period.first_on:%Y-%m}" == first_on), None)
    chosen = chosen or (periods[-1] if periods else None)
    rows = _rows_of(unit, periods, chosen)
    names = _names_in(rows)
    return Figures(
        unit,
        chosen,
        tuple(
            Line(period, FigureRowKind.UNIT, unit, _by_population(row for row in rows if _is_of(row, unit, period)))
            for period in periods
        ),
        tuple(_lines_below(unit, chosen, rows, names, actor)) if chosen else (),
    )


def _rows_of(unit: Unit, periods: Iterable[FigurePeriod], chosen: FigurePeriod | None) -> list[FigureRow]:
    wanted = Q(unit=unit, kind=FigureRowKind.UNIT, period__in=periods) | Q(under=unit, period=chosen)
    return list(FigureRow.objects.filter(wanted).select_related("unit").order_by("unit__name", "pk"))


def _is_of(row: FigureRow, unit: Unit, period: FigurePeriod) -> bool:
    return row.unit_id == unit.pk and row.kind == FigureRowKind.UNIT and row.period_id == period.pk


def _by_population(rows: Iterable[FigureRow]) -> dict[Population, FigureRow]:
    return {Population(row.population): row for row in rows}


def _names_in(rows: Iterable[FigureRow]) -> dict[int, str]:
    ids = {unit for row in rows for unit in row.members}
    return dict(Unit.objects.filter(pk__in=ids).values_list("pk", "name"))


def _lines_below(
    unit: Unit, period: FigurePeriod, rows: Iterable[FigureRow], names: Mapping[int, str], actor: Actor
) -> list[Line]:
    """Put the rows of what was below the unit into lines; a unit that has gone elsewhere since is left out.

    Which units are together differs from one population to the next: each group is a line of its own.
    """
    units: dict[tuple[FigureRowKind, int], list[FigureRow]] = {}
    groups: dict[tuple[int, ...], list[FigureRow]] = {}
    for row in rows:
        if row.under_id != unit.pk or row.period_id != period.pk:
            continue
        if row.kind == FigureRowKind.GROUP:
            groups.setdefault(tuple(row.members), []).append(row)
        elif actor.leads(row.unit):
            units.setdefault((FigureRowKind(row.kind), row.unit_id), []).append(row)
    lines = [Line(period, kind, found[0].unit, _by_population(found)) for (kind, _unit), found in units.items()]
    lines.sort(key=lambda line: (line.kind != FigureRowKind.UNIT, line.unit.name))
    return lines + [
        Line(period, FigureRowKind.GROUP, unit, _by_population(found), tuple(sorted(map(names.__getitem__, members))))
        for members, found in sorted(groups.items())
    ]
