"""An attacker who knows everything that is shown and nothing else, and reckons exactly.

What is shown becomes equations and bounds over unknown counts that are not negative; for every hidden number the least
and the most that it can be are found by the simplex method over the rationals. A number is recovered when only one
whole number lies between them.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

Name = Hashable
Sum = Mapping[Name, int]

_HELPER = -1


@dataclass
class Knowledge:
    """Equations and bounds over unknowns that are nought or more."""

    names: dict[Name, int] = field(default_factory=dict)
    rows: list[tuple[dict[int, int], int]] = field(default_factory=list)
    slacks: int = 0

    def equal(self, total: Sum, value: int) -> None:
        """A sum is known."""
        self.rows.append(({self._number(name): times for name, times in total.items()}, value))

    def at_most(self, total: Sum, value: int) -> None:
        """A sum is known not to be more."""
        self.slacks += 1
        self.equal({**total, ("slack", self.slacks): 1}, value)

    def at_least(self, total: Sum, value: int) -> None:
        """A sum is known not to be less."""
        self.slacks += 1
        self.equal({**total, ("slack", self.slacks): -1}, value)

    def _number(self, name: Name) -> int:
        return self.names.setdefault(name, len(self.names))


def sum_of(names: Iterable[Name], times: int = 1) -> dict[Name, int]:
    """Add unknowns up."""
    return dict.fromkeys(names, times)


class Attacker:
    """Solves what is known once, and then answers any number of questions from there.

    The table of the simplex method holds whole numbers over one common denominator, so that nothing is ever rounded.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.names, self.width = knowledge.names, len(knowledge.names)
        self.denominator = 1
        self.table: list[list[int]] = []
        for row, value in knowledge.rows:
            sign = -1 if value < 0 else 1
            line = [0] * self.width + [sign * value]
            for place, times in row.items():
                line[place] = sign * times
            self.table.append(line)
        self.basis = [_HELPER] * len(self.table)
        self._find_any_table()

    def between(self, total: Sum) -> tuple[int, float]:
        """Find the least and the most whole number that a sum can be."""
        least, most = self._most({name: -times for name, times in total.items()}), self._most(total)
        if least is None:
            raise AssertionError("a count is never less than nought")
        return math.ceil(-least), math.inf if most is None else math.floor(most)

    def _find_any_table(self) -> None:
        """Drive out the helper of each equation. There is a table that fits, since what is shown is true."""
        columns = range(self.width + 1)
        self.table.append([-sum(row[place] for row in self.table) for place in columns])
        while self._step(self.table[-1]):
            pass
        if self.table.pop()[-1] != 0:
            raise AssertionError("what is shown contradicts itself")
        for number in range(len(self.basis)):
            if self.basis[number] == _HELPER:
                column = next((place for place in range(self.width) if self.table[number][place]), None)
                if column is not None:
                    if self.table[number][column] < 0:
                        self.table[number] = [-value for value in self.table[number]]
                    self._pivot(number, column)
        kept = [number for number, column in enumerate(self.basis) if column != _HELPER]
        self.basis = [self.basis[number] for number in kept]
        self.table = [self.table[number] for number in kept]

    def _most(self, total: Sum) -> Fraction | None:
        """Climb to the most that a sum can be; None where there is no end to it."""
        weights = [0] * (self.width + 1)
        for name, times in total.items():
            weights[self.names[name]] = times
        goal = [-weight * self.denominator for weight in weights]
        for column, row in zip(self.basis, self.table, strict=True):
            if weights[column]:
                goal = [value + weights[column] * taken for value, taken in zip(goal, row, strict=True)]
        self.table.append(goal)
        climbs: bool | None = True
        while climbs:
            climbs = self._step(self.table[-1])
        goal = self.table.pop()
        return None if climbs is None else Fraction(goal[-1], self.denominator)

    def _step(self, goal: list[int]) -> bool | None:
        """Go one step up, by the first column that leads there, so that it never goes in circles; None: no end."""
        entering = next((place for place in range(self.width) if goal[place] < 0), None)
        if entering is None:
            return False
        leaving: int | None = None
        for number, column in enumerate(self.basis):
            row = self.table[number]
            if row[entering] <= 0:
                continue
            if leaving is not None:
                best = self.table[leaving]
                difference = row[-1] * best[entering] - best[-1] * row[entering]
                if difference > 0 or (difference == 0 and column > self.basis[leaving]):
                    continue
            leaving = number
        if leaving is None:
            return None
        self._pivot(leaving, entering)
        return True

    def _pivot(self, number: int, column: int) -> None:
        line, before = self.table[number], self.denominator
        pivot = line[column]
        places = [place for place, value in enumerate(line) if value]
        for other, row in enumerate(self.table):
            if other == number:
                continue
            times = row[column]
            if pivot != before:
                row[:] = [value * pivot for value in row]
            elif not times:
                continue
            else:
                row[:] = [value * before for value in row] if before != 1 else row
            for place in places:
                row[place] -= times * line[place]
            if before != 1:
                row[:] = [value // before for value in row]
        self.basis[number], self.denominator = column, pivot
