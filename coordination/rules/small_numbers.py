"""Small numbers: which counts over people may be shown, so that nothing shown gives a hidden one away.

The reasons stand in docs/decisions/0006-small-numbers.md. In short: first it is decided which units have a row of
their own; units with too few are shown together, so that every row that is there counts enough people. Then cells
under the threshold are hidden in each row, with another one beside them, and rows are kept back until for every
hidden cell there are tables, just as possible as the true one, in which it has every value that it might have.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from coordination.rules.witnesses import Cell, RowKey, Witnesses

LOWEST_THRESHOLD = 3

# For each unit the unit above it; none for the root.
Above = Mapping[int, int | None]


class RowKind(StrEnum):
    """What a row counts."""

    UNIT = "unit"  # a unit with everything below it
    OWN = "own"  # a unit without what is below it
    GROUP = "group"  # several parts of a unit together, each of them too small to stand alone, or hiding one that is


class Hidden(StrEnum):
    """Why a cell has no number."""

    FEW = "few"  # under the threshold
    KEPT = "kept"  # kept back, so that another one cannot be worked out


Shown = int | Hidden


@dataclass(frozen=True)
class Row:
    """One row of a table. ``units``: those that it counts, each without what is below it."""

    kind: RowKind
    unit: int
    units: tuple[int, ...]
    total: int

    @property
    def key(self) -> RowKey:
        """What tells it from all other rows."""
        return (self.kind.value, self.unit)


@dataclass(frozen=True)
class Rows:
    """The rows of a table, each after the one above it, and the units of which it is not even said how many they count.

    Of a unit that is in neither it is known that it counts nobody.
    """

    shown: tuple[Row, ...]
    hidden: tuple[int, ...]


def choose_rows(own: Mapping[int, int], above: Above, threshold: int) -> Rows:
    """Choose the rows of a table that counts ``own`` many people in each unit, the units below not counted.

    Every row counts at least ``threshold`` people; so does every difference between rows that is not nothing, for the
    lowest rows have nobody in common, and all others are sums of them.
    """
    _require(threshold)
    tree = _Tree(own, above)
    everybody = tree.whole[tree.root]
    rows: list[Row] = []
    hidden = tree.members[tree.root] if 0 < everybody < threshold else ()
    waiting = deque([tree.root] if everybody >= threshold else [])
    while waiting:
        unit = waiting.popleft()
        rows.append(tree.row(RowKind.UNIT, unit))
        parts = tree.parts(unit)
        grouped = _grouped(parts, threshold)
        hidden += tuple(member for part in grouped if part.kind == RowKind.UNIT for member in part.units)
        if len(grouped) == len(parts):
            continue  # together they are the unit itself
        alone = [part for part in parts if part.total and part not in grouped]
        rows += [part for part in alone if part.kind == RowKind.OWN]
        waiting += [part.unit for part in alone if part.kind == RowKind.UNIT]
        if grouped:
            together = tuple(sorted(counted for part in grouped for counted in part.units))
            rows.append(Row(RowKind.GROUP, unit, together, sum(part.total for part in grouped)))
    return Rows(tuple(rows), tuple(sorted(hidden)))  # in no order that tells why they are there


def hide_cells(
    rows: Sequence[Row], above: Above, counts: Mapping[int, Sequence[int]], threshold: int
) -> dict[RowKey, tuple[Shown, ...]]:
    """Say for each of the ``rows`` what is shown of each outcome; ``counts`` has them for each unit by itself.

    The totals of the rows count as known. For every hidden cell there are then other tables that agree with all that
    is shown, in which it is less or more by as much as lies between nothing and the threshold.
    """
    _require(threshold)
    table = _Table(rows, above, counts, threshold)
    table.protect()
    return table.shown()


def may_show_percentile(total: int, share: float, threshold: int) -> bool:
    """Say whether a percentile of so many values may be shown: as many as the threshold lie on either side of it."""
    return total * min(share, 1 - share) >= threshold - 1e-9


def bounds(cells: Sequence[Shown], total: int, outcomes: Sequence[int], threshold: int) -> tuple[int, int] | None:
    """Give the least and the most that the outcomes may count together, from what is shown; None if nothing is."""
    if all(cell is Hidden.KEPT for cell in cells):
        return None
    low = [cell if isinstance(cell, int) else 0 for cell in cells]
    high = [cell if isinstance(cell, int) else threshold - 1 if cell is Hidden.FEW else total for cell in cells]
    others = [place for place in range(len(cells)) if place not in outcomes]
    least = max(sum(low[place] for place in outcomes), total - sum(high[place] for place in others))
    most = min(sum(high[place] for place in outcomes), total - sum(low[place] for place in others))
    return least, most


class _Tree:
    """The units with what each counts by itself, and together with all below it."""

    def __init__(self, own: Mapping[int, int], above: Above) -> None:
        self.own, self.above = own, above
        self.below: dict[int, list[int]] = defaultdict(list)
        for unit, parent in above.items():
            if parent is not None:
                self.below[parent].append(unit)
        [self.root] = (unit for unit, parent in above.items() if parent is None)
        self.members = {unit: tuple(self._members(unit)) for unit in above}
        self.whole = {unit: sum(own.get(member, 0) for member in members) for unit, members in self.members.items()}

    def _members(self, unit: int) -> Iterator[int]:
        waiting = [unit]
        while waiting:
            unit = waiting.pop()
            yield unit
            waiting += self.below[unit]

    def row(self, kind: RowKind, unit: int) -> Row:
        if kind == RowKind.OWN:
            return Row(kind, unit, (unit,), self.own.get(unit, 0))
        return Row(kind, unit, self.members[unit], self.whole[unit])

    def parts(self, unit: int) -> list[Row]:
        """Give the rows that a unit could be split into; none for the lowest."""
        below = [self.row(RowKind.UNIT, child) for child in self.below[unit]]
        return [self.row(RowKind.OWN, unit), *below] if below else []


def _grouped(parts: Sequence[Row], threshold: int) -> list[Row]:
    """Pick the parts to be shown together: all that are too small, with the smallest others until there are enough.

    Where there is nobody nothing is hidden, unless it stands beside others that are too small: then nobody is told in
    which of them there is somebody.
    """
    grouped = [part for part in parts if part.total < threshold]
    if not any(part.total for part in grouped):
        return []
    others = sorted(
        (part for part in parts if part.total >= threshold), key=lambda part: (len(part.units) > 1, part.total)
    )
    # Were all of them small, as one may guess: any of them could still be empty, so that none is all but given away.
    most = (sum(part.total > 0 for part in grouped) - 1) * (threshold - 1)
    while others and not threshold <= sum(part.total for part in grouped) <= most:
        largest = others.pop(0)
        grouped.append(largest)
        most += largest.total + threshold
    return grouped


class _Table:
    """The cells of a table while it is decided which of them are hidden."""

    def __init__(self, rows: Sequence[Row], above: Above, counts: Mapping[int, Sequence[int]], threshold: int) -> None:
        self.rows = {row.key: row for row in rows}
        self.threshold = threshold
        outcomes = len(next(iter(counts.values()), ()))
        self.values: dict[Cell, int] = {
            (row.key, outcome): sum(counts[unit][outcome] for unit in row.units if unit in counts)
            for row in rows
            for outcome in range(outcomes)
        }
        self.outcomes = range(outcomes)
        self.parents = {row.key: _above(row, above) for row in rows}
        self.below: dict[RowKey | None, list[RowKey]] = defaultdict(list)
        for key, parent in self.parents.items():
            self.below[parent].append(key)
        self.withheld: set[RowKey] = set()
        self.witnesses = Witnesses(self.values, self.parents)
        self.unsure: deque[Cell] = deque()

    def protect(self) -> None:
        """Hide until every hidden cell is safe. Hiding more never makes one unsafe that was safe before."""
        for key in self.rows:
            self._hide_within(key)
        while self.unsure:
            cell = self.unsure.popleft()
            while not self._is_safe(cell):
                plans = self._what_could_help(cell[0])
                for row in next((plan for plan in plans if self._would_help(plan, cell)), plans[0]):
                    self._keep_back(row)
            while not self.unsure and (rows := self._not_alike()):
                for row in rows:
                    self._keep_back(row)

    def shown(self) -> dict[RowKey, tuple[Shown, ...]]:
        """Give what may be shown."""
        return {key: tuple(self._shown(key, outcome) for outcome in self.outcomes) for key in self.rows}

    def _shown(self, key: RowKey, outcome: int) -> Shown:
        value = self.values[key, outcome]
        if (key, outcome) not in self.witnesses.hidden:
            return value
        return Hidden.FEW if key not in self.withheld and value < self.threshold else Hidden.KEPT

    def _hide_within(self, key: RowKey) -> None:
        """Hide what is too small in a row, and the first other cell of it, which the small ones get lost in.

        It is the first one, whatever it counts: were it the largest, that would say something of the small ones. A row
        in which it is not large enough is kept back whole, and then does not even say which cells are small.
        """
        few = [outcome for outcome in self.outcomes if self.values[key, outcome] < self.threshold]
        if not few:
            return
        first = next((outcome for outcome in self.outcomes if outcome not in few), few[0])
        if sum(self.values[key, outcome] for outcome in {*few, first}) < 2 * self.threshold:
            self._keep_back(key)
            return
        self._hide(key, few, 0, self.threshold - 1)
        if first not in few:
            self._hide(key, [first], self.threshold, self.rows[key].total)

    def _not_alike(self) -> list[RowKey]:
        """List the rows that hide something, where one beside, above or below them is kept back whole.

        They are kept back too: else what each of them hides would tell why the other one was chosen.
        """
        families = [[*rows, *([parent] if parent else [])] for parent, rows in self.below.items()]
        return [
            row
            for family in families
            if not self.withheld.isdisjoint(family)
            for row in family
            if row not in self.withheld and self._seen(row) < len(self.outcomes)
        ]

    def _keep_back(self, key: RowKey) -> None:
        self.withheld.add(key)
        self._hide(key, self.outcomes, 0, self.rows[key].total)

    def _hide(self, key: RowKey, outcomes: Sequence[int], least: int, most: int) -> None:
        for outcome in outcomes:
            if (key, outcome) not in self.witnesses.hidden:
                self.unsure.append((key, outcome))
            self.witnesses.hide((key, outcome), least, most)

    def _is_safe(self, cell: Cell) -> bool:
        return self.witnesses.spread(cell, self.threshold - 1) >= self.threshold - 1

    def _would_help(self, plan: Sequence[RowKey], cell: Cell) -> bool:
        """Try whether the cell is safe if these rows are kept back."""
        before = {
            (key, outcome): self.witnesses.hidden.get((key, outcome)) for key in plan for outcome in self.outcomes
        }
        for tried in before:
            self.witnesses.hide(tried, 0, self.rows[tried[0]].total)
        is_safe = self._is_safe(cell)
        for tried, between in before.items():
            if between is None:
                self.witnesses.show(tried)
            else:
                self.witnesses.hide(tried, *between)
        return is_safe

    def _what_could_help(self, key: RowKey) -> list[list[RowKey]]:
        """List what could be kept back for the sake of a row, the cheapest first and everything at the last.

        What moves in the row has to move the other way in another one, and in what that one is the sum of, down to the
        lowest row. The other one stands beside it, or beside a row above it: then what lies between moves as well.
        """
        plans: list[list[RowKey]] = []
        between: list[RowKey] = []
        line = key
        while True:
            parent = self.parents[line]
            plans += [[*between, *self._way_down(row)] for row in self.below[parent]]
            if parent is None:
                break
            between.append(parent)
            line = parent
        plans.append(between)  # of the topmost row there is nothing that it is a part of
        plans = [[row for row in plan if row not in self.withheld] for plan in plans]
        rest = [row for row in self.rows if row not in self.withheld]
        if not rest:
            raise RuntimeError("a table that shows nothing gives nothing away")
        return [*sorted(filter(None, plans), key=self._cost), rest]

    def _way_down(self, key: RowKey) -> list[RowKey]:
        """Go from a row down to a lowest one, through those that cost the least."""
        return [key, *min((self._way_down(row) for row in self.below[key]), key=self._cost, default=[])]

    def _cost(self, plan: Sequence[RowKey]) -> int:
        """Say what is lost: the people in each row, as often as there are cells of it still to be seen."""
        return sum(self.rows[row].total * self._seen(row) for row in plan)

    def _seen(self, key: RowKey) -> int:
        return sum((key, outcome) not in self.witnesses.hidden for outcome in self.outcomes)


def _above(row: Row, above: Above) -> RowKey | None:
    parent = above[row.unit] if row.kind == RowKind.UNIT else row.unit
    return None if parent is None else (RowKind.UNIT.value, parent)


def _require(threshold: int) -> None:
    if threshold < LOWEST_THRESHOLD:
        raise ValueError(f"a threshold under {LOWEST_THRESHOLD} protects nobody")
