"""Rows of the page: the same values for the plots, the tables beside them and the files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from coordination.models import FigureRowKind
from coordination.queries.figures.reading import Figures, Line
from coordination.web.figures.specs import FIGURES, Days, Figure, OutcomeWords
from coordination.web.figures.values import Trend, Value, cell_words, period_words, trend_of, value_of


@dataclass(frozen=True)
class TableRow:
    """One row of a table: its heading, and a value for each measure."""

    heading: str
    values: list[Value]
    is_chosen: bool = False


@dataclass(frozen=True)
class Spread:
    """The outcomes of a table one by one, for the chosen unit and period."""

    rows: list[tuple[str, str, float | None]]
    total: int


@dataclass(frozen=True)
class Shown:
    """One figure as the page shows it."""

    key: str
    title: str
    explained: str
    is_days: bool
    measures: list[str]
    latest: list[tuple[str, Value, Trend | None]]
    over_time: list[TableRow]
    below: list[TableRow]
    left_out: list[str]
    spread: Spread | None


def line_words(line: Line) -> str:
    """Say what a line is about."""
    if line.kind == FigureRowKind.OWN:
        return _("%(unit)s, without the units below it") % {"unit": line.unit.name}
    if line.kind == FigureRowKind.GROUP:
        return _("%(units)s together") % {"units": ", ".join(line.members)}
    return line.unit.name


def show_all(figures: Figures) -> list[Shown]:
    """Put all figures of a unit together."""
    words = OutcomeWords()
    return [_show(figure, figures, words) for figure in FIGURES]


def _show(figure: Figure, figures: Figures, words: OutcomeWords) -> Shown:
    over_time = [
        TableRow(
            period_words(line.period.first_on, line.period.last_on),
            [value_of(measure, line) for measure in figure.measures],
            line.period == figures.chosen,
        )
        for line in figures.over_time
    ]
    below, left_out = [], []
    for line in figures.below:
        values = [value_of(measure, line) for measure in figure.measures]
        if any(value.number is not None for value in values):
            below.append(TableRow(line_words(line), values))
        elif any(measure.population in line.rows for measure in figure.measures):
            left_out.append(line_words(line))
    until = [row.is_chosen for row in over_time].index(True) + 1 if figures.chosen else 0
    columns = list(zip(*(row.values for row in over_time[:until]), strict=True))
    return Shown(
        figure.key,
        str(figure.title),
        str(figure.explained),
        isinstance(figure.measures[0], Days),
        [str(measure.label) for measure in figure.measures],
        [
            (str(measure.label), column[-1], trend_of(measure, column))
            for measure, column in zip(figure.measures, columns, strict=False)
        ],
        over_time,
        below,
        left_out,
        _spread(figure, figures, words),
    )


def _spread(figure: Figure, figures: Figures, words: OutcomeWords) -> Spread | None:
    line = next((line for line in figures.over_time if line.period == figures.chosen), None)
    for population, table in figure.spread:
        row = line.rows.get(population) if line else None
        if line is not None and row is not None and row.total is not None:
            cells = row.outcomes(table)
            return Spread(
                [
                    (
                        words(table, outcome),
                        cell_words(cell, line.period.threshold),
                        float(cell) if isinstance(cell, int) else None,
                    )
                    for outcome, cell in cells.items()
                ],
                row.total,
            )
    return None


@dataclass(frozen=True)
class Record:
    """One row of a file."""

    period: str
    first_on: str
    last_on: str
    unit: str
    figure: str
    outcome: str
    count: int | str
    total: int | str


def records_of(figures: Figures) -> Iterator[Record]:
    """Give everything the page rests on: the unit in all periods, and in the chosen one what is below it."""
    words = OutcomeWords()
    for line in (*figures.over_time, *figures.below):
        for figure in FIGURES:
            yield from _records(figure, line, words)


def _records(figure: Figure, line: Line, words: OutcomeWords) -> Iterator[Record]:
    seen: set[str] = set()
    for measure in figure.measures:
        row = line.rows.get(measure.population)
        is_there = row is not None or line.kind == FigureRowKind.UNIT

        def record(outcome: str, count: int | str, total: int | str) -> Record:
            period = line.period
            return Record(
                period_words(period.first_on, period.last_on),
                period.first_on.isoformat(),
                period.last_on.isoformat(),
                line_words(line),
                str(figure.title),
                outcome,
                count,
                total,
            )

        if isinstance(measure, Days):
            value = value_of(measure, line)
            number = value.words if value.number is None else int(value.number)
            if is_there:
                yield record(f"{measure.label} ({_('working days')})", number, _total(row.total if row else 0))
        elif measure.table not in seen and is_there:
            seen.add(measure.table)
            if row is None or row.total is None:
                yield record(_("in all"), _total(row.total if row else 0), _total(row.total if row else 0))
                continue
            for outcome, cell in row.outcomes(measure.table).items():
                shown = cell if isinstance(cell, int) else cell_words(cell, line.period.threshold)
                yield record(words(measure.table, outcome), shown, row.total)


def _total(total: int | None) -> int | str:
    return _("too few to show") if total is None else total
