"""Figures: reckoned once for each period that is over, and from then on shown as they were."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from coordination.models import (
    Case,
    FigurePeriod,
    FigureRow,
    FigureRowKind,
    FigureRule,
    PeriodLength,
    Population,
    Unit,
)
from coordination.queries.figures.counting import Tally, count
from coordination.queries.figures.waits import Waits, count_waits, percentile
from coordination.rules.periods import Period, month_of, periods_over, quarter_of
from coordination.rules.small_numbers import (
    Above,
    Row,
    RowKind,
    Shown,
    choose_rows,
    hide_cells,
    may_show_percentile,
)
from coordination.rules.witnesses import RowKey

# Where figures have never been reckoned, they begin this long ago, or with the first case if there was none before.
FARTHEST_BACK = timedelta(days=2 * 365)

logger = logging.getLogger(__name__)


def reckon_figures(*, now: datetime, failed: set[int] | None = None) -> int:
    """Reckon the oldest period that is over and has no figures yet, of each municipality; say how many there were.

    Doing it twice, or in two places at once, reckons nothing twice. ``failed``: ids of municipalities to pass over, to
    which those are added whose figures could not be reckoned.
    """
    failed, done = set() if failed is None else failed, 0
    for root in Unit.objects.filter(parent=None).exclude(pk__in=failed):
        try:
            done += _reckon_oldest(root, now)
        except Exception:
            logger.exception("The figures of unit %s could not be reckoned; tried again next round.", root.pk)
            failed.add(root.pk)
    return done


def _reckon_oldest(root: Unit, now: datetime) -> bool:
    rule = FigureRule.objects.filter(root=root).first() or FigureRule(root=root)
    months, today = rule.length == PeriodLength.MONTH, timezone.localdate(now)
    latest = root.figure_periods.order_by("-last_on").values_list("last_on", flat=True).first()
    after = latest or _day_before_the_first(root, today, months=months)
    owed = periods_over(after, today, months=months) if after is not None else []
    return bool(owed) and _reckon(root, owed[0], rule, now)


def _day_before_the_first(root: Unit, today: date, *, months: bool) -> date | None:
    opened = Case.objects.filter(opened_unit__path__startswith=root.place).order_by("opened_at")
    first_at = opened.values_list("opened_at", flat=True).first()
    if first_at is None:
        return None
    day = max(timezone.localdate(first_at), today - FARTHEST_BACK)
    return (month_of(day) if months else quarter_of(day)).first_on - timedelta(days=1)


def _reckon(root: Unit, period: Period, rule: FigureRule, now: datetime) -> bool:
    try:
        with transaction.atomic():
            # First of all, so that of two that come at once the second one waits here, and then gives way.
            kept = FigurePeriod.objects.create(
                root=root,
                first_on=period.first_on,
                last_on=period.last_on,
                threshold=rule.threshold,
                reckoned_at=now,
            )
            units = Unit.objects.below(root.place).order_by("path")
            above = {unit: parent if unit != root.pk else None for unit, parent in units.values_list("pk", "parent_id")}
            waits = count_waits(root, period)
            for population in Population:
                rows = _rows(kept, population, count(population, root, period), above, waits)
                FigureRow.objects.bulk_create(rows, batch_size=500)
    except IntegrityError:
        if FigurePeriod.objects.filter(root=root, first_on=period.first_on).exists():
            return False
        raise
    return True


def _rows(
    period: FigurePeriod, population: Population, tally: Tally, above: Above, waits: Waits
) -> Iterator[FigureRow]:
    chosen = choose_rows(tally.totals, above, period.threshold)
    cells = {table: hide_cells(chosen.shown, above, counts, period.threshold) for table, counts in tally.counts.items()}
    for row in chosen.shown:
        is_answers = population == Population.ANSWERS
        yield FigureRow(
            period=period,
            population=population,
            kind=FigureRowKind(row.kind.value),
            unit_id=row.unit,
            under_id=above[row.unit] if row.kind == RowKind.UNIT else row.unit,
            members=_topmost(row, above) if row.kind == RowKind.GROUP else [],
            total=row.total,
            cells={table: _named(tally.outcomes[table], cells[table], row) for table in cells},
            median=_percentile(period, row, cells, waits, 0.5) if is_answers else None,
            ninetieth=_percentile(period, row, cells, waits, 0.9) if is_answers else None,
        )
    for unit in chosen.hidden:
        yield FigureRow(
            period=period,
            population=population,
            kind=FigureRowKind.UNIT,
            unit_id=unit,
            under_id=above[unit],
        )


def _named(outcomes: tuple[str, ...], cells: Mapping[RowKey, tuple[Shown, ...]], row: Row) -> list[list[str | int]]:
    shown = zip(outcomes, cells[row.key], strict=True)
    return [[outcome, cell if isinstance(cell, int) else cell.value] for outcome, cell in shown]


def _topmost(row: Row, above: Above) -> list[int]:
    """Name the units of a group, but not those that are below others of it."""
    return [unit for unit in row.units if unit == row.unit or above[unit] not in row.units or above[unit] == row.unit]


def _percentile(
    period: FigurePeriod,
    row: Row,
    cells: Mapping[str, Mapping[RowKey, tuple[Shown, ...]]],
    waits: Waits,
    share: float,
) -> int | None:
    """Give a percentile where enough answers lie on either side of it, and it tells nothing of a row kept back."""
    is_kept_back = not any(isinstance(cell, int) or cell == "few" for cell in cells["answers"][row.key])
    if is_kept_back or not may_show_percentile(row.total, share, period.threshold):
        return None
    return percentile(waits, row.units, share)
