"""`manage.py import_units`: wholly checked, all or nothing, the same twice."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from coordination.imports.tables import Refused
from coordination.imports.units import import_units
from coordination.models import Event, EventKind, Unit
from tests.builders import World, a_case
from tests.imports.tools import UNIT_COLUMNS, Importer, whole_database

RANDERS = Path(__file__).parents[2] / "coordination" / "demo" / "randers" / "units.csv"
TOWN = "T,Testby Kommune,kommune,,,"
SCHOOLS = "S,Skoler,afdeling,T,,"
NOW = datetime(2026, 9, 14, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def units(tmp_path: Path) -> Importer:
    return Importer(tmp_path, "import_units", UNIT_COLUMNS)


def unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


# --- Randers ----------------------------------------------------------------------------------------------------
def test_the_units_of_randers_come_in_as_they_are() -> None:
    import_units(RANDERS.read_bytes(), file_name="units.csv", actor=None, now=NOW)
    assert Unit.objects.count() == 43
    assert Unit.objects.filter(kind__code="skole").count() == 21
    assert [u.code for u in Unit.objects.filter(parent=None)] == ["RK"]
    for code, above in {"BS": "RK", "SKOLE": "BS", "SK-HOR": "SKOLE", "BH-LIN": "DT-M", "VS-KRI": "DT-SO"}.items():
        assert unit(code).parent == unit(above)
        assert unit(code).place.startswith(unit(above).place)
    assert {u.code for u in unit("PPR").serves.all()} == {"SKOLE", "BOERN"}
    assert {u.code for u in unit("FAM").serves.all()} == {"RK"}
    goes_on = Unit.objects.exclude(continues_at=None).values_list("code", "continues_at__code")
    assert dict(goes_on) == {"SK-ASF": "SK-BLI", "SK-BJE": "SK-HOR", "SK-FAA": "SK-BLI", "SK-KOR": "SK-RIS"}
    assert unit("BH-LIN").name == "Børnehuset Lindehuset"
    assert unit("BH-LIN").kind.code == "boernehus"
    assert Event.objects.filter(kind=EventKind.UNIT_PLACED).count() == 43


def test_the_second_time_nothing_changes() -> None:
    import_units(RANDERS.read_bytes(), file_name="units.csv", actor=None, now=NOW)
    before = whole_database()
    report = import_units(RANDERS.read_bytes(), file_name="units.csv", actor=None, now=NOW)
    assert report.changes_nothing
    assert report.differences == []
    assert whole_database() == before


# --- how it is written --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_comma_or_semicolon_and_the_encodings_of_danish_spreadsheets(
    units: Importer, encoding: str, delimiter: str
) -> None:
    rows = [row.replace(",", delimiter) for row in (TOWN, "B,Børnehuset Å,børnehus,T,,")]
    units.write(*rows, columns=UNIT_COLUMNS.replace(",", delimiter), encoding=encoding)
    units.run()
    assert unit("B").name == "Børnehuset Å"


def test_rows_stand_in_any_order_and_other_columns_are_passed_over(units: Importer) -> None:
    columns = f"source,{UNIT_COLUMNS},phone"
    units("x,K,Klubben,Skole,S,,,", f"x,{SCHOOLS},09 11 22 33", ",,,,,,,", f"x,{TOWN},", columns=columns)
    assert unit("K").parent == unit("S")
    assert unit("S").phone == "09 11 22 33"


def test_a_column_for_phones_that_is_not_there_leaves_phones_alone(units: Importer) -> None:
    units(f"{TOWN},09 11 22 33", columns=f"{UNIT_COLUMNS},phone")
    units(TOWN)
    assert unit("T").phone == "09 11 22 33"
    units(f"{TOWN},", columns=f"{UNIT_COLUMNS},phone")
    assert unit("T").phone == ""


# --- dry run and difference ---------------------------------------------------------------------------------------
def test_a_dry_run_shows_the_difference_and_writes_nothing(units: Importer) -> None:
    units(TOWN, SCHOOLS, "A,A-skolen,skole,S,,B", "B,B-skolen,skole,S,,", "P,PPR,ppr,T,S,")
    before = whole_database()
    rows = (TOWN, SCHOOLS, "A,Åskolen,skole,T,,", "P,PPR,ppr,T,T;S,", "C,C-skolen,skole,S,,")
    said = units(*rows, dry_run=True)
    assert whole_database() == before
    assert "A-skolen → Åskolen" in said
    assert "S → T" in said
    assert "S → S, T" in said
    assert "B → –" in said
    lines = {line[:3].strip() for line in said.splitlines()}
    assert {"+ C", "~ A", "~ P", "? B"} <= lines
    assert "~ S" not in lines
    assert units(*rows) != said
    assert unit("A").parent == unit("T")
    assert unit("B").is_open


def test_units_that_are_not_in_the_file_are_closed_only_when_asked_to(world: World, tmp_path: Path) -> None:
    case = a_case(world)
    units = Importer(tmp_path, "import_units", UNIT_COLUMNS)
    rows = []
    for one in Unit.objects.exclude(code__in=["school", "kindergarten"]).select_related("parent", "kind"):
        serves = ";".join(served.code for served in one.serves.all())
        rows.append(f"{one.code},{one.name},{one.kind.code},{one.parent.code if one.parent else ''},{serves},")
    assert "? school" in units(*rows)
    assert unit("school").is_open
    said = units(*rows, close_missing=True)
    assert "- school" in said
    assert not unit("school").is_open
    assert not unit("kindergarten").is_open
    case.refresh_from_db()
    assert case.holder == world.sanne
    assert "række" in units.refused(*rows, "school,Bakkeskolen,skole,schools,,")


def test_a_unit_with_others_below_it_is_not_closed_under_them(units: Importer) -> None:
    units(TOWN, SCHOOLS, "A,A-skolen,skole,S,,")
    said = units.refused(TOWN, "A,A-skolen,skole,S,,", close_missing=True)
    assert "række 3, kolonne parent" in said
    units(TOWN, "A,A-skolen,skole,T,,", close_missing=True)
    assert not unit("S").is_open


def test_two_units_can_change_places(units: Importer) -> None:
    units(TOWN, "A,A,afdeling,T,,", "B,B,afdeling,A,,", "C,C,skole,B,,")
    units(TOWN, "A,A,afdeling,B,,", "B,B,afdeling,T,,", "C,C,skole,A,,")
    assert unit("C").line == [unit("T").pk, unit("B").pk, unit("A").pk, unit("C").pk]


def test_a_file_with_some_of_the_units_is_enough(units: Importer) -> None:
    units(TOWN, SCHOOLS)
    units("A,A-skolen,skole,S,T,")
    assert unit("A").parent == unit("S")


def test_a_second_municipality_is_named(units: Importer) -> None:
    units(TOWN, SCHOOLS)
    assert "kolonne parent" in units.refused("U,Udby Kommune,kommune,,,")
    units("U,Udby Kommune,kommune,,,", "S,Skoler,afdeling,U,,", root="U")
    assert Unit.objects.filter(code="S").count() == 2
    assert "--root" in units.refused("X,X,skole,S,,")
    units("X,X,skole,S,,", root="T")
    assert unit("X").root == unit("T")
    assert "Z" in units.refused("X,X,skole,S,,", root="Z")


# --- what is wrong ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("A,A-skolen,slot,S,,", "række 4, kolonne kind"),
        ("A,A-skolen,,S,,", "række 4, kolonne kind"),
        ("A,A-skolen,skole,X,,", "række 4, kolonne parent"),
        ("A,A-skolen,skole,,,", "række 4, kolonne parent"),
        ("A,A-skolen,skole,A,,", "række 4, kolonne parent"),
        ("A,A-skolen,skole,S,X,", "række 4, kolonne serves"),
        ("A,A-skolen,skole,S,T;X,", "række 4, kolonne serves"),
        ("A,A-skolen,skole,S,A,", "række 4, kolonne serves"),
        ("A,A-skolen,skole,S,,X", "række 4, kolonne continues_at"),
        ("A,A-skolen,skole,S,,A", "række 4, kolonne continues_at"),
        ("S,Skoler igen,skole,T,,", "række 4, kolonne id"),
        ("s,Skoler igen,skole,T,,", "række 4, kolonne id"),
        (",A-skolen,skole,S,,", "række 4, kolonne id"),
        ("A B,A-skolen,skole,S,,", "række 4, kolonne id"),
        ("A,,skole,S,,", "række 4, kolonne name"),
        (f"A,{'A' * 121},skole,S,,", "række 4, kolonne name"),
        (f"{'A' * 21},A-skolen,skole,S,,", "række 4, kolonne id"),
        ("A,A\u200bskolen,skole,S,,", "række 4, kolonne name"),
        ("A,A\x00skolen,skole,S,,", "række 4, kolonne name"),
        ('A,"A\nskolen",skole,S,,', "række 4, kolonne name"),
        ("A,BÃ¸rnehuset,skole,S,,", "række 4, kolonne name"),
        ("A,Barn 010203-1234,skole,S,,", "række 4, kolonne name"),
        ("A,A-skolen,skole,S,,,for meget", "række 4: "),
        ("A,A-skolen,skole,S", "række 4: "),
        ('A,"A-skolen,skole,S,,', "række 4: "),
    ],
)
def test_every_error_names_its_row_and_column(units: Importer, row: str, place: str) -> None:
    said = units.refused(TOWN, SCHOOLS, row)
    assert f"import_units.csv, {place}" in said
    assert len(said.splitlines()) == 2, said  # this one thing, and that nothing has been written


def test_a_cpr_number_is_not_repeated(units: Importer) -> None:
    assert "010203" not in units.refused(TOWN, "A,A-skolen,skole,010203-1234,,")
    assert "010203" not in units.refused(columns="Ole,010203-1234")


def test_a_ring_of_parents_is_named_in_each_of_its_rows(units: Importer) -> None:
    said = units.refused(TOWN, "A,A,afdeling,C,,", "B,B,afdeling,A,,", "C,C,afdeling,B,,")
    for row in (3, 4, 5):
        assert f"række {row}, kolonne parent" in said


@pytest.mark.parametrize("missing", ["id", "name", "kind", "parent", "serves", "continues_at"])
def test_a_missing_column_is_named(units: Importer, missing: str) -> None:
    columns = ",".join(column for column in UNIT_COLUMNS.split(",") if column != missing)
    assert f"række 1, kolonne {missing}" in units.refused("a,b,c,d,e", columns=columns)


def test_a_column_that_stands_twice_is_named(units: Importer) -> None:
    assert "række 1, kolonne name" in units.refused(f"{TOWN},X", columns=f"{UNIT_COLUMNS},Name")


@pytest.mark.parametrize("data", [b"", b"\n\n", "id,name".encode("utf-16"), b"\x81\x8d\xff", UNIT_COLUMNS.encode()])
def test_a_file_that_is_none_is_refused(units: Importer, data: bytes) -> None:
    units.path.write_bytes(data)
    with pytest.raises(CommandError, match=r"import_units\.csv"):
        units.run()


def test_a_file_with_one_broken_letter_is_not_guessed_at(units: Importer) -> None:
    units.path.write_bytes(f"{UNIT_COLUMNS}\n{TOWN}\nB,Børnehus,børnehus,T,,\nC,C".encode() + b"\xe6,skole,T,,\n")
    with pytest.raises(CommandError, match="UTF-8"):
        units.run()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    units = Importer(tmp_path, "import_units", UNIT_COLUMNS)
    with pytest.raises(CommandError, match=r"import_units\.csv"):
        units.run()


def test_all_errors_are_said_at_once_but_no_more_than_a_hundred(units: Importer) -> None:
    said = units.refused(TOWN, *(f"A{number},,slot,X,," for number in range(60)))
    assert "række 2," not in said
    assert "række 3, kolonne kind" in said
    assert len(said.splitlines()) == 102
    assert "80" in said.splitlines()[-2]


def test_what_a_command_refuses_in_the_middle_undoes_the_rest(units: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    units(TOWN, SCHOOLS)
    before = whole_database()
    monkeypatch.setattr("coordination.imports.units.close_unit", _refuse)
    data = f"{UNIT_COLUMNS}\n{TOWN}\nA,A-skolen,skole,T,,\n".encode()
    with pytest.raises(Refused):
        import_units(data, file_name="units.csv", actor=None, now=NOW, close_missing=True)
    assert whole_database() == before


def _refuse(**_how: object) -> None:
    from coordination.errors import Unacceptable

    raise Unacceptable("no")


CELLS = st.one_of(
    st.sampled_from(
        ["", "T", "S", "A", "skole", "kommune", "T;S", "børnehus", '"', "\x00", "\r", ";", "Ã¸", "0102031234"]
    ),
    st.text(max_size=8),
)
FILES = st.one_of(
    st.binary(max_size=200),
    st.lists(st.lists(CELLS, max_size=8).map(",".join), max_size=6).map(
        lambda rows: "\n".join([UNIT_COLUMNS, *rows]).encode("utf-8", "surrogatepass")
    ),
)


@settings(max_examples=120, deadline=None)
@given(data=FILES)
def test_garbage_is_refused_or_imported_wholly(data: bytes) -> None:
    with transaction.atomic():
        before = whole_database()
        try:
            report = import_units(data, file_name="units.csv", actor=None, now=NOW)
        except Refused as refused:
            said = str(refused)
            assert said
            assert whole_database() == before
        else:
            assert Unit.objects.count() == len(report.differences)
        transaction.set_rollback(True)
