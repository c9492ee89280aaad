"""Witnesses: other tables that agree with everything that is shown of one.

The cells of a table of units (a tree) by outcomes are the flows of a network: each cell flows from its outcome in the
row above to the same outcome in its own row, and in the lowest rows all outcomes flow together into the row's total.
What is shown does not move; what is hidden may, within its bounds. Another table with the same totals is a flow that
goes round in circles, and one that makes a cell larger by one is found by walking from its end back to its beginning.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping

RowKey = tuple[str, int]
Cell = tuple[RowKey, int]
_Node = tuple[RowKey | None, int | None]
_Step = tuple[Cell, int]

_TOP: _Node = (None, None)


class Witnesses:
    """The hidden cells of a table, and how far each could be from what it is."""

    def __init__(self, values: Mapping[Cell, int], parents: Mapping[RowKey, RowKey | None]) -> None:
        self._values, self._parents = values, parents
        self._inner = set(parents.values())
        self._at: dict[_Node, set[Cell]] = defaultdict(set)
        self.hidden: dict[Cell, tuple[int, int]] = {}

    def hide(self, cell: Cell, least: int, most: int) -> None:
        """Hide a cell of which no more is known than that it lies between ``least`` and ``most``."""
        self.hidden[cell] = (least, most)
        for node in self._ends(cell):
            self._at[node].add(cell)

    def show(self, cell: Cell) -> None:
        """Show a cell again that was hidden."""
        del self.hidden[cell]
        for node in self._ends(cell):
            self._at[node].discard(cell)

    def spread(self, cell: Cell, wanted: int) -> int:
        """Count by how much a hidden cell differs between tables that agree with what is shown; ``wanted`` is enough.

        Each of these tables has been found, so that what this says is true however it was worked out.
        """
        down = self._shift(cell, -1, wanted)
        return down + self._shift(cell, 1, wanted - down)

    def _shift(self, cell: Cell, direction: int, wanted: int) -> int:
        """Find by how much a cell can be moved in one direction, all else that is shown being as it is."""
        moved: dict[Cell, int] = defaultdict(int)
        wanted = min(wanted, self._room(cell, direction, moved))
        done = 0
        while done < wanted:
            way = self._way_round(cell, direction, moved)
            if way is None:
                break
            amount = min(wanted - done, *(self._room(step, sign, moved) for step, sign in way))
            for step, sign in way:
                moved[step] += sign * amount
            done += amount
        return done

    def _way_round(self, cell: Cell, direction: int, moved: Mapping[Cell, int]) -> list[_Step] | None:
        """Find the shortest way from where the cell ends to where it begins, through cells that can give way."""
        beginning, end = self._ends(cell)[::direction]
        came: dict[_Node, tuple[_Node, _Step] | None] = {end: None}
        waiting = deque([end])
        while waiting and beginning not in came:
            node = waiting.popleft()
            for other, step in self._steps_from(node, moved):
                if step[0] != cell and other not in came:
                    came[other] = (node, step)
                    waiting.append(other)
        return None if beginning not in came else list(_walk_back(came, beginning))

    def _steps_from(self, node: _Node, moved: Mapping[Cell, int]) -> Iterator[tuple[_Node, _Step]]:
        for cell in sorted(self._at[node]):
            beginning, end = self._ends(cell)
            other, sign = (end, 1) if node == beginning else (beginning, -1)
            if self._room(cell, sign, moved):
                yield other, (cell, sign)

    def _room(self, cell: Cell, direction: int, moved: Mapping[Cell, int]) -> int:
        least, most = self.hidden[cell]
        value = self._values[cell] + moved.get(cell, 0)
        return most - value if direction > 0 else value - least

    def _ends(self, cell: Cell) -> tuple[_Node, _Node]:
        row, outcome = cell
        parent = self._parents[row]
        return (
            _TOP if parent is None else (parent, outcome),
            (row, outcome) if row in self._inner else (row, None),
        )


def _walk_back(came: Mapping[_Node, tuple[_Node, _Step] | None], node: _Node) -> Iterator[_Step]:
    while (before := came[node]) is not None:
        node, step = before
        yield step
