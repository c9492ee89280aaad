"""Values: what is said of one measure in one place, no more than the numbers that are shown allow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.models import FigureRow, FigureRowKind
from coordination.queries.figures.reading import Line
from coordination.rules.periods import month_of, quarter_of
from coordination.rules.small_numbers import Hidden, Shown, bounds
from coordination.web.figures.specs import Better, Days, Measure, Share


@dataclass(frozen=True)
class Value:
    """A value in words, and as the plot draws it: nothing where it is hidden.

    ``bound``: "least", "most" or "between" where the number is not the value itself but what is known of it.
    """

    words: str
    number: float | None = None
    bound: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether the number is the value itself."""
        return self.number is not None and not self.bound


def nothing() -> Value:
    """Say that there is nothing to say."""
    return Value("–")


def too_few() -> Value:
    """Say that a row is hidden with its total."""
    return Value(_("too few to show"))


def hidden() -> Value:
    """Say that a cell is hidden."""
    return Value(_("hidden"))


def value_of(measure: Measure, line: Line) -> Value:
    """Give the value of a measure in a line."""
    row = line.rows.get(measure.population)
    if row is None:
        return Value(_("nothing to count")) if line.kind == FigureRowKind.UNIT else nothing()
    if row.total is None:
        return too_few()
    if isinstance(measure, Days):
        return _days(getattr(row, measure.name))
    return _share(measure, row, line.period.threshold)


def shown_of(cell: Any) -> Shown:
    """Turn a stored cell back into what the rules work with."""
    return cell if isinstance(cell, int) else Hidden(cell)


def cell_words(cell: Any, threshold: int) -> str:
    """Say what is shown of one count."""
    shown = shown_of(cell)
    if isinstance(shown, int):
        return str(shown)
    return fewer_than(threshold) if shown is Hidden.FEW else _("hidden")


def fewer_than(threshold: int) -> str:
    """Say that a count is under the threshold."""
    return _("fewer than %(count)d") % {"count": threshold}


def _days(days: int | None) -> Value:
    if days is None:
        return hidden()
    words = ngettext("%(count)d working day", "%(count)d working days", days) % {"count": days}
    return Value(_("the same day") if days == 0 else words, float(days))


def _share(measure: Share, row: FigureRow, threshold: int) -> Value:
    cells = {outcome: shown_of(cell) for outcome, cell in row.outcomes(measure.table).items()}
    total = row.total or 0
    places = [place for place, outcome in enumerate(cells) if outcome in measure.outcomes]
    between = bounds(list(cells.values()), total, places, threshold)
    if between is None or between == (0, total):
        return Value(_("hidden (of %(total)d)") % {"total": total})
    least, most = (100 * count / total for count in between)
    said = {
        "total": total,
        "least": math.floor(least),
        "most": math.ceil(most),
        "fewer": threshold,
        "count": between[0],
    }
    if least == most:
        said["percent"] = math.floor(least + 0.5)
        return Value(_("%(percent)d %% (%(count)d of %(total)d)") % said, least)
    if [cells[outcome] for outcome in measure.outcomes if outcome in cells] == [Hidden.FEW]:
        return Value(_("fewer than %(fewer)d of %(total)d (at most %(most)d %%)") % said, most, "most")
    if between[1] == total:
        return Value(_("at least %(least)d %% (of %(total)d)") % said, least, "least")
    if between[0] == 0:
        return Value(_("at most %(most)d %% (of %(total)d)") % said, most, "most")
    return Value(_("%(least)d to %(most)d %% (of %(total)d)") % said, (least + most) / 2, "between")


def period_words(first_on: date, last_on: date) -> str:
    """Say a period: "3rd quarter 2026", "September 2026", or from its first day to its last."""
    whole_month, whole_quarter = month_of(first_on), quarter_of(first_on)
    if (first_on, last_on) == (whole_quarter.first_on, whole_quarter.last_on):
        return _("quarter %(number)d %(year)d") % {"number": (first_on.month + 2) // 3, "year": first_on.year}
    if (first_on, last_on) == (whole_month.first_on, whole_month.last_on):
        return f"{MONTHS[first_on.month]} {first_on.year}"
    return f"{first_on:%d.%m.%Y} – {last_on:%d.%m.%Y}"


@dataclass(frozen=True)
class Trend:
    """How a measure has moved since the period before that shows it; ``state`` is that of a status."""

    words: str
    state: str


def trend_of(measure: Measure, values: Sequence[Value]) -> Trend | None:
    """Compare the last value with the one before; nothing to say where one of the two is not shown."""
    if len(values) < 2 or not (values[-1].is_exact and values[-2].is_exact):
        return None
    change = round((values[-1].number or 0) - (values[-2].number or 0), 1)
    is_share = isinstance(measure, Share)
    size = abs(math.floor(change + 0.5)) if is_share else abs(int(change))
    if size == 0:
        return Trend(_("as in the period before"), "later")
    is_better = (change > 0) == (measure.better == Better.MORE)
    if is_share:
        better = ngettext("%(count)d percentage point better", "%(count)d percentage points better", size)
        worse = ngettext("%(count)d percentage point worse", "%(count)d percentage points worse", size)
    else:
        better = ngettext("%(count)d working day faster", "%(count)d working days faster", size)
        worse = ngettext("%(count)d working day slower", "%(count)d working days slower", size)
    return Trend((better if is_better else worse) % {"count": size}, "done" if is_better else "today")
