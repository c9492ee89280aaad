"""The level of a case follows from who takes part."""

from __future__ import annotations

import pytest

from coordination.rules.levels import OWN_UNIT, SEVERAL_UNITS, TWO_UNITS, WONDERING, level_of


@pytest.mark.parametrize(
    ("unit_ids", "people", "level"),
    [
        ([1], 1, WONDERING),
        ([1], 2, OWN_UNIT),
        ([1, 1], 2, OWN_UNIT),
        ([1, 2], 2, TWO_UNITS),
        ([1, 2, 1], 3, TWO_UNITS),
        ([1, 2, 3], 3, SEVERAL_UNITS),
        ([1, 2, 3, 4], 5, SEVERAL_UNITS),
    ],
)
def test_the_level_counts_units_and_then_people(unit_ids: list[int], people: int, level: int) -> None:
    assert level_of(unit_ids=unit_ids, people=people) == level


def test_levels_are_numbered_as_municipalities_name_them() -> None:
    assert (WONDERING, OWN_UNIT, TWO_UNITS, SEVERAL_UNITS) == (0, 1, 2, 3)
