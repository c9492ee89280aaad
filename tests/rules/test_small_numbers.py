"""Small numbers: somebody who reckons with everything that is shown never recovers what is hidden."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.rules import small_numbers
from coordination.rules.small_numbers import (
    Hidden,
    Row,
    RowKind,
    Rows,
    Shown,
    bounds,
    choose_rows,
    hide_cells,
    may_show_percentile,
)
from coordination.rules.witnesses import RowKey
from tests.rules.attacking import Attacker, Knowledge, Name, sum_of

Counts = dict[int, tuple[int, ...]]


@dataclass(frozen=True)
class Town:
    """A tree of units, and several tables of the same people by different outcomes."""

    above: dict[int, int | None]
    tables: tuple[Counts, ...]
    threshold: int

    @property
    def own(self) -> dict[int, int]:
        """How many people each unit counts by itself."""
        return {unit: sum(counts) for unit, counts in self.tables[0].items()}


@dataclass(frozen=True)
class Publication:
    """All that anybody is ever shown of a town."""

    rows: Rows
    cells: tuple[dict[RowKey, tuple[Shown, ...]], ...]


def publish(town: Town) -> Publication:
    """Show what may be shown."""
    rows = choose_rows(town.own, town.above, town.threshold)
    return Publication(
        rows, tuple(hide_cells(rows.shown, town.above, counts, town.threshold) for counts in town.tables)
    )


@st.composite
def towns(draw: st.DrawFn, *, tables: int = 1, most_units: int = 7) -> Town:
    """Any tree, with units in which nobody, few or many are; the same people split up in several ways."""
    size = draw(st.integers(1, most_units))
    above: dict[int, int | None] = {1: None}
    for unit in range(2, size + 1):
        above[unit] = draw(st.integers(max(1, unit - 3), unit - 1))
    count = st.one_of(st.just(0), st.integers(0, 4), st.integers(0, 14))
    width = draw(st.integers(2, 4))
    first = {unit: tuple(draw(st.lists(count, min_size=width, max_size=width))) for unit in above}
    others = []
    for _table in range(tables - 1):
        width = draw(st.integers(2, 3))
        others.append({unit: _split(draw, sum(counts), width) for unit, counts in first.items()})
    return Town(above, (first, *others), draw(st.integers(3, 5)))


def _split(draw: st.DrawFn, total: int, width: int) -> tuple[int, ...]:
    cuts = sorted(draw(st.lists(st.integers(0, total), min_size=width - 1, max_size=width - 1)))
    return tuple(right - left for left, right in itertools.pairwise([0, *cuts, total]))


# --- What somebody can conclude -----------------------------------------------------------------------------


def learn(knowledge: Knowledge, town: Town, shown: Publication, when: str = "") -> None:
    """Put down everything that a publication says, and what every reader knows of how it is made."""
    counted = {unit for row in shown.rows.shown for unit in row.units} | set(shown.rows.hidden)
    for unit in town.above:
        everybody = people_in(town, [unit], when)
        if unit not in counted:
            knowledge.equal(everybody, 0)  # neither shown nor hidden: there is nobody
        for number in range(1, len(town.tables)):
            knowledge.equal({**everybody, **people_in(town, [unit], when, number, times=-1)}, 0)
    if not shown.rows.shown and shown.rows.hidden:
        everybody = people_in(town, town.above, when)
        knowledge.at_least(everybody, 1)
        knowledge.at_most(everybody, town.threshold - 1)
    for row in shown.rows.shown:
        knowledge.equal(people_in(town, row.units, when), row.total)
        for number, cells in enumerate(shown.cells):
            _learn_row(knowledge, town.threshold, (row, number, when), cells[row.key])


def people_in(town: Town, units: Iterable[int], when: str = "", number: int = 0, times: int = 1) -> dict[Name, int]:
    """Add up all outcomes of units, in one of the tables."""
    outcomes = {unit: range(len(counts)) for unit, counts in town.tables[number].items()}
    return sum_of(((when, number, unit, outcome) for unit in units for outcome in outcomes[unit]), times)


def _learn_row(knowledge: Knowledge, threshold: int, line: tuple[Row, int, str], cells: Sequence[Shown]) -> None:
    row, number, when = line
    says_few = any(cell is Hidden.FEW for cell in cells)
    for outcome, cell in enumerate(cells):
        names = sum_of(cell_of(row, number, outcome, when))
        if isinstance(cell, int):
            knowledge.equal(names, cell)
        elif cell is Hidden.FEW:
            knowledge.at_most(names, threshold - 1)
        elif says_few:
            knowledge.at_least(names, threshold)


def cell_of(row: Row, number: int, outcome: int, when: str = "") -> list[Name]:
    """Name the unknowns that a cell adds up."""
    return [(when, number, unit, outcome) for unit in row.units]


def hidden_numbers(town: Town, shown: Publication, when: str = "") -> dict[str, list[Name]]:
    """Name everything that is hidden: cells of rows, units without a row, and the outcomes in them."""
    numbers = {}
    for number, cells in enumerate(shown.cells):
        for row in shown.rows.shown:
            for outcome, cell in enumerate(cells[row.key]):
                if not isinstance(cell, int):
                    numbers[f"{row.key} {number}.{outcome} {cell}"] = cell_of(row, number, outcome, when)
    for unit in shown.rows.hidden:
        numbers[f"how many are in {unit}"] = list(people_in(town, members_of(town.above, unit), when))
    return numbers


def members_of(above: Mapping[int, int | None], unit: int) -> list[int]:
    """A unit and all below it."""
    found = [unit]
    for other in sorted(above):
        if above[other] in found and other not in found:
            found.append(other)
    return found


def recovered(town: Town, shown: Publication, *, narrower_than: int = 1) -> list[str]:
    """Name the hidden numbers that can be worked out, or that lie closer together than they may."""
    knowledge = Knowledge()
    learn(knowledge, town, shown)
    return found_by(Attacker(knowledge), hidden_numbers(town, shown), narrower_than)


def found_by(attacker: Attacker, numbers: Mapping[str, list[Name]], narrower_than: int = 1) -> list[str]:
    """Name the numbers that an attacker knows too well."""
    found = []
    for what, names in numbers.items():
        least, most = attacker.between(sum_of(names))
        if most - least < narrower_than:
            found.append(f"{what}: {least} to {most}")
    return found


def recovered_over_time(dates: Sequence[tuple[Town, Publication]]) -> list[str]:
    """The same period shown on several dates, between which so many people have come in late as the totals tell."""
    knowledge = Knowledge()
    numbers: dict[str, list[Name]] = {}
    for date, (town, shown) in enumerate(dates):
        learn(knowledge, town, shown, f"{date}")
        numbers |= hidden_numbers(town, shown, f"{date}")
    for date, (town, _shown) in enumerate(dates[1:]):
        for name in people_in(town, town.above):
            assert isinstance(name, tuple)
            grown: dict[Name, int] = {(f"{date + 1}", *name[1:]): 1, (f"{date}", *name[1:]): -1}
            knowledge.at_least(grown, 0)
    return found_by(Attacker(knowledge), numbers)


# --- Any town -----------------------------------------------------------------------------------------------
QUICKLY = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@QUICKLY
@given(towns())
def test_nothing_hidden_can_be_worked_out_from_all_that_is_shown(town: Town) -> None:
    assert recovered(town, publish(town)) == []


@QUICKLY
@given(towns(tables=3, most_units=5))
def test_nor_from_several_tables_of_the_same_people(town: Town) -> None:
    assert recovered(town, publish(town)) == []


@QUICKLY
@given(towns(tables=2))
def test_every_hidden_number_keeps_as_much_room_as_there_is_under_the_threshold(town: Town) -> None:
    shown = publish(town)
    # Where the whole town is too small, all that is known is that there is somebody.
    room = town.threshold - 1 if shown.rows.shown else town.threshold - 2
    assert recovered(town, shown, narrower_than=room) == []


@QUICKLY
@given(towns())
def test_what_is_shown_is_true(town: Town) -> None:
    shown = publish(town)
    for row in shown.rows.shown:
        assert row.total == sum(town.own[unit] for unit in row.units) >= town.threshold
        for outcome, cell in enumerate(shown.cells[0][row.key]):
            value = sum(town.tables[0][unit][outcome] for unit in row.units)
            assert value < town.threshold if cell is Hidden.FEW else cell in (value, Hidden.KEPT)
            assert cell is not value or value >= town.threshold


@pytest.mark.parametrize(
    ("above", "width", "threshold", "most"),
    [({1: None}, 3, 3, 12), ({1: None}, 3, 5, 14), ({1: None}, 4, 3, 10), ({1: None, 2: 1, 3: 1}, 2, 3, 8)],
)
def test_nor_by_one_who_knows_how_it_is_made_and_tries_all_tables_that_there_are(
    above: dict[int, int | None], width: int, threshold: int, most: int
) -> None:
    lowest = [unit for unit in above if unit not in above.values()]
    lines = [line for line in itertools.product(range(most + 1), repeat=width) if sum(line) <= most]
    alike: dict[str, list[Counts]] = defaultdict(list)
    for chosen in itertools.product(lines, repeat=len(lowest)):
        counts = {**dict.fromkeys(above, (0,) * width), **dict(zip(lowest, chosen, strict=True))}
        alike[repr(publish(Town(above, (counts,), threshold)))].append(counts)
    for tables in alike.values():
        shown = publish(Town(above, (tables[0],), threshold))
        for row in shown.rows.shown:
            for outcome, cell in enumerate(shown.cells[0][row.key]):
                if not isinstance(cell, int):
                    possible = {sum(counts[unit][outcome] for unit in row.units) for counts in tables}
                    assert max(possible) - min(possible) >= threshold - 1


# --- The attacker is no straw man: with any guard taken away something is found -------------------------------
SCHOOLS: dict[int, int | None] = {1: None, 2: 1, 3: 1, 4: 1}


def a_town(*schools: tuple[int, int], hall: tuple[int, int] = (0, 0)) -> Town:
    """A town with three schools, and so many people in the town hall itself."""
    return Town(SCHOOLS, ({1: hall, **dict(enumerate(schools, start=2))},), 5)


ONE_FEW = a_town((38, 2), (30, 8), (40, 10))
ALL_FOUR = a_town((30, 4), (31, 4), (32, 4))
ONE_SMALL = a_town((2, 1), (30, 8), (40, 10), hall=(6, 6))
TWO_OF_FOUR = a_town((2, 2), (3, 1), (40, 10))


def only_the_first(table: Any) -> None:
    """Hide the cells that are too small, and nothing beside them."""
    for key, row in table.rows.items():
        few = [outcome for outcome in table.outcomes if table.values[key, outcome] < table.threshold]
        table._hide(key, few, 0, table.threshold - 1)
        assert row.total


def test_hiding_only_what_is_too_small_gives_it_away(monkeypatch: pytest.MonkeyPatch) -> None:
    assert recovered(ONE_FEW, publish(ONE_FEW)) == []
    monkeypatch.setattr(small_numbers._Table, "protect", only_the_first)
    assert recovered(ONE_FEW, publish(ONE_FEW)) == ["('unit', 2) 0.1 few: 2 to 2"]


@pytest.mark.parametrize("town", [ONE_FEW, ALL_FOUR])
def test_hiding_beside_it_only_within_the_row_gives_it_away(monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    assert recovered(town, publish(town)) == []
    monkeypatch.setattr(small_numbers._Table, "_is_safe", lambda _table, _cell: True)
    assert recovered(town, publish(town)) != []


def test_leaving_out_only_the_units_that_are_too_small_gives_them_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def who_is_counted() -> Publication:
        return Publication(choose_rows(ONE_SMALL.own, ONE_SMALL.above, ONE_SMALL.threshold), ())

    assert recovered(ONE_SMALL, who_is_counted()) == []
    monkeypatch.setattr(
        small_numbers, "_grouped", lambda parts, threshold: [part for part in parts if part.total < threshold]
    )
    assert recovered(ONE_SMALL, who_is_counted()) == ["how many are in 2: 3 to 3"]


def test_a_guess_that_all_that_are_together_are_small_gives_none_of_them_away() -> None:
    shown = publish(TWO_OF_FOUR)
    assert {2, 3} <= set(shown.rows.hidden)
    knowledge = Knowledge()
    learn(knowledge, TWO_OF_FOUR, shown)
    for unit in (2, 3):
        knowledge.at_most(people_in(TWO_OF_FOUR, [unit]), 4)
    assert found_by(Attacker(knowledge), hidden_numbers(TWO_OF_FOUR, shown), 4) == []


def test_the_order_in_which_units_stand_together_does_not_tell_why() -> None:
    [first, second] = (
        publish(a_town(schools, (40, 10), other)) for schools, other in [((2, 1), (9, 9)), ((9, 9), (2, 1))]
    )
    assert first.rows.hidden == second.rows.hidden == (2, 4)
    assert [row.units for row in first.rows.shown] == [row.units for row in second.rows.shown]


def test_the_same_period_shown_anew_when_somebody_has_come_in_late_gives_a_cell_away() -> None:
    before = a_town((36, 4), (35, 3), (40, 1))
    after = a_town((36, 5), (35, 3), (40, 1))
    assert recovered(before, publish(before)) == recovered(after, publish(after)) == []
    anew = recovered_over_time([(before, publish(before)), (after, publish(after))])
    assert "('unit', 2) 0.1 few: 4 to 4" in anew
    assert recovered_over_time([(before, publish(before)), (before, publish(before))]) == []


def test_a_share_of_all_or_none_is_not_told() -> None:
    for all_or_none in ((40, 0), (0, 40), (8, 0), (0, 8)):
        shown = publish(a_town(all_or_none, (30, 8), (40, 10)))
        assert all(not isinstance(cell, int) for cell in shown.cells[0]["unit", 2])


def test_what_is_nought_looks_like_what_is_few() -> None:
    none, four = (publish(a_town((40 - few, few), (30, 8), (40, 10))) for few in (0, 4))
    assert none.cells[0]["unit", 2] == four.cells[0]["unit", 2] == (Hidden.KEPT, Hidden.KEPT)
    alone = [publish(Town({1: None}, ({1: (40 - few, few)},), 5)).cells[0]["unit", 1] for few in (0, 4)]
    assert alone == [(Hidden.KEPT, Hidden.FEW)] * 2


def test_a_unit_with_nobody_in_it_hides_nothing() -> None:
    shown = publish(a_town((0, 0), (30, 8), (40, 10)))
    assert shown.rows.hidden == ()
    assert [row.key for row in shown.rows.shown] == [("unit", 1), ("unit", 3), ("unit", 4)]
    assert shown.cells[0]["unit", 1] == (70, 18)


def test_a_unit_with_nobody_in_it_looks_like_the_small_ones_beside_it() -> None:
    shown = publish(a_town((0, 0), (3, 0), (40, 10)))
    assert shown.rows.hidden == (2, 3, 4)
    assert [row.key for row in shown.rows.shown] == [("unit", 1)]


def test_a_town_that_is_too_small_shows_nothing_and_an_empty_one_hides_nothing() -> None:
    assert choose_rows({1: 4}, {1: None}, 5) == Rows((), (1,))
    assert choose_rows({1: 0}, {1: None}, 5) == Rows((), ())


def test_what_a_unit_counts_by_itself_is_a_row_beside_those_below_it() -> None:
    rows = choose_rows({1: 6, 2: 7, 3: 8}, {1: None, 2: 1, 3: 1}, 5).shown
    assert [(row.kind, row.unit, row.total) for row in rows] == [
        (RowKind.UNIT, 1, 21),
        (RowKind.OWN, 1, 6),
        (RowKind.UNIT, 2, 7),
        (RowKind.UNIT, 3, 8),
    ]


def test_no_municipality_can_choose_less_than_three() -> None:
    for few in (0, 1, 2):
        with pytest.raises(ValueError, match="under 3"):
            choose_rows({1: 9}, {1: None}, few)
        with pytest.raises(ValueError, match="under 3"):
            hide_cells((), {1: None}, {}, few)


def test_bounds_say_what_is_shown_and_no_more() -> None:
    assert bounds((36, 4), 40, [0], 5) == (36, 36)
    assert bounds((Hidden.KEPT, Hidden.FEW), 40, [0], 5) == (36, 40)
    assert bounds((Hidden.KEPT, Hidden.FEW), 40, [1], 5) == (0, 4)
    assert bounds((Hidden.KEPT, 10, Hidden.FEW, Hidden.FEW), 40, [2, 3], 5) == (0, 8)
    assert bounds((Hidden.KEPT, Hidden.KEPT), 40, [0], 5) is None


def test_a_percentile_is_shown_when_enough_lie_on_either_side_of_it() -> None:
    assert [may_show_percentile(total, 0.5, 5) for total in (9, 10)] == [False, True]
    assert [may_show_percentile(total, 0.9, 5) for total in (49, 50)] == [False, True]


def test_what_is_hidden_for_the_sake_of_one_unit_is_hidden_beside_it_and_not_in_the_whole_town() -> None:
    above: dict[int, int | None] = {1: None, 2: 1, 3: 1, 4: 1, 5: 2, 6: 2}
    counts: Counts = {1: (0, 0), 2: (0, 0), 3: (80, 20), 4: (6, 3), 5: (15, 15), 6: (13, 13)}
    cells = publish(Town(above, (counts,), 5)).cells[0]
    assert cells["unit", 4] == cells["unit", 2] == cells["unit", 6] == (Hidden.KEPT, Hidden.KEPT)
    assert cells["unit", 1] == (114, 51)
    assert cells["unit", 3] == (80, 20)
    assert cells["unit", 5] == (15, 15)


def test_a_large_municipality_shows_its_departments_and_many_of_its_schools() -> None:
    above: dict[int, int | None] = {1: None, **dict.fromkeys(range(2, 12), 1)}
    above |= {unit: 2 + unit % 10 for unit in range(12, 412)}
    counts: Counts = {unit: (20 + unit % 41, unit * 3 % 13) if unit > 11 else (0, 0) for unit in above}
    shown = publish(Town(above, (counts,), 5))
    cells = shown.cells[0]
    assert all(isinstance(cell, int) for unit in range(1, 12) for cell in cells["unit", unit])
    schools = [cells["unit", unit] for unit in range(12, 412)]
    assert sum(isinstance(late, int) for _in_time, late in schools) > 200
    assert sum(late is Hidden.FEW for _in_time, late in schools) > 100
