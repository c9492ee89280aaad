"""Suggested partners: who works for the unit, the theme's usual helpers first."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from coordination.models import Theme, UnitKind
from coordination.rules.suggestions import Candidate, suggest_units
from tests.builders import term

VOCABULARIES = Path(__file__).parents[2] / "coordination" / "defaults" / "vocabularies.json"
UNITS_FILE = Path(__file__).parents[2] / "coordination" / "demo" / "randers" / "units.csv"


@pytest.fixture
def kinds(db: None) -> dict[str, int]:
    """The ids of the shipped kinds of units by their Danish names."""
    return {kind.label_da.lower(): kind.pk for kind in UnitKind.objects.all()}


def rows() -> list[dict[str, str]]:
    """The real units of a municipality."""
    with UNITS_FILE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def paths() -> dict[str, str]:
    """The path of each unit."""
    found: dict[str, str] = {}
    for row in rows():
        found[row["id"]] = f"{found.get(row['parent'], '/')}{row['id']}/"
    return found


def candidates(kinds: dict[str, int]) -> list[Candidate]:
    """The units as candidates."""
    path = paths()
    return [
        Candidate(
            unit_id=number,
            name=row["name"],
            kind_id=kinds[row["kind"]],
            path=path[row["id"]],
            serves_paths=tuple(path[served] for served in row["serves"].split(";") if served),
        )
        for number, row in enumerate(rows())
    ]


def suggested(kinds: dict[str, int], unit: str, theme: str) -> list[str]:
    """The names of the units that are suggested to a unit for a theme."""
    helpers = term(Theme, theme).helpers.values_list("unitkind", flat=True)
    found = suggest_units(candidates(kinds), own_path=paths()[unit], theme_kind_ids=list(helpers))
    return [candidate.name for candidate in found]


def test_a_daycare_that_wonders_about_language_gets_its_usual_helpers_first(kinds: dict[str, int]) -> None:
    assert suggested(kinds, "BH-LIN", "sprog") == ["PPR", "Sundhedsplejen", "Familie", "Tandplejen"]


@pytest.mark.django_db
def test_the_helpers_of_every_shipped_theme_come_in_the_order_in_which_they_are_written_down() -> None:
    written = json.loads(VOCABULARIES.read_text(encoding="utf-8"))["theme"]
    assert sum(len(row["unit_kinds"]) for row in written) > 15
    for row in written:
        helpers = term(Theme, row["code"]).helpers.select_related("unitkind")
        assert [helper.unitkind.code for helper in helpers] == row["unit_kinds"]


def test_a_theme_has_an_order_of_its_own_whatever_that_of_the_kinds(kinds: dict[str, int]) -> None:
    assert kinds["afdeling"] < kinds["ppr"] < kinds["sundhedspleje"]
    assert suggested(kinds, "SK-BLI", "hverdag")[:3] == ["Sundhedsplejen", "PPR", "Familie"]


def test_a_school_gets_those_who_work_for_schools(kinds: dict[str, int]) -> None:
    names = suggested(kinds, "SK-BLI", "laering")
    assert set(names[:2]) == {"PPR", "Læringscenter Randers"}
    assert "Læringscenter Randers" not in suggested(kinds, "BH-LIN", "laering")


@pytest.mark.parametrize("unit", ["PPR", "FAM", "SPL", "LC"])
def test_a_unit_is_not_suggested_to_itself(kinds: dict[str, int], unit: str) -> None:
    own = next(row["name"] for row in rows() if row["id"] == unit)
    assert own not in suggested(kinds, unit, "sprog")
    assert suggested(kinds, unit, "sprog")


def test_those_who_work_for_nobody_are_not_suggested(kinds: dict[str, int]) -> None:
    serving = {row["name"] for row in rows() if row["serves"]}
    for row in rows():
        assert set(suggested(kinds, row["id"], "overgang")) <= serving


def test_helpers_come_in_the_order_they_were_put_in_and_others_by_name() -> None:
    units = [Candidate(number, name, number, f"/{number}/", ("/9/",)) for number, name in enumerate("DCBA")]
    order = suggest_units(units, own_path="/9/5/", theme_kind_ids=[2, 0])
    assert [unit.name for unit in order] == ["B", "D", "A", "C"]


def test_a_place_whose_number_begins_alike_is_not_below() -> None:
    neighbour = Candidate(1, "PPR", 1, "/1/", ("/7/1/",))
    assert suggest_units([neighbour], own_path="/7/12/", theme_kind_ids=[]) == []
