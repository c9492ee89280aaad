"""`manage.py import_people`: wholly checked, all or nothing, the same twice; nobody is deleted, no baton is dropped."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from coordination.imports.people import import_people
from coordination.imports.tables import Refused
from coordination.models import Case, Event, EventKind, Membership, Role, Unit, User
from tests.builders import World, a_case, accepted, build_world, on
from tests.imports.tools import PEOPLE_COLUMNS, Importer, whole_database

NINA = "nina,Nina Ny,nina@lilleby.example,09 11 22 33"
MAJA = "maja,Maja Holm,maja@lilleby.example,"


@pytest.fixture
def people(world: World, tmp_path: Path) -> Importer:
    return Importer(tmp_path, "import_people", PEOPLE_COLUMNS)


def places(username: str) -> dict[str, str]:
    memberships = Membership.objects.live().filter(user__username=username)
    return dict(memberships.values_list("unit__code", "role"))


def everybody(*but: str) -> list[str]:
    """The rows that say what is there already."""
    rows = []
    for membership in Membership.objects.live().select_related("user", "unit").exclude(user__username__in=but):
        person = membership.user
        rows.append(f"{person.username},{person.name},{person.email},,{membership.unit.code},{membership.role}")
    return rows


def test_somebody_new_is_registered_in_their_units_and_cannot_sign_in_yet(people: Importer) -> None:
    said = people(f"{NINA},school,leder", f"{NINA},ppr,Fagperson")
    nina = User.objects.get(username="nina")
    assert "+ nina" in said
    assert (nina.name, nina.email, nina.phone) == ("Nina Ny", "nina@lilleby.example", "09 11 22 33")
    assert not nina.has_usable_password()
    assert places("nina") == {"school": Role.LEADER, "ppr": Role.PROFESSIONAL}


def test_the_second_time_nothing_changes(people: Importer) -> None:
    rows = (f"{NINA},school,leader", *everybody())
    people(*rows)
    before = whole_database()
    assert "Ingen ændringer" in people(*rows, complete=True)
    assert whole_database() == before


def test_names_roles_and_units_change_and_nobody_else_does(people: Importer) -> None:
    people(f"{NINA},school,fagperson", f"{NINA},health,fagperson")
    before = whole_database()
    rows = (
        "nina,Nina Nu,nina@lilleby.example,09 11 22 33,school,leder",
        "nina,Nina Nu,nina@lilleby.example,09 11 22 33,ppr,fagperson",
    )
    said = people(*rows, dry_run=True)
    assert whole_database() == before
    for words in ("~ nina", "Nina Ny → Nina Nu", "+ PPR", "- Sundhedsplejen", "~ Bakkeskolen"):
        assert words in said
    people(*rows)
    assert User.objects.get(username="nina").name == "Nina Nu"
    assert places("nina") == {"school": Role.LEADER, "ppr": Role.PROFESSIONAL}
    assert places("maja") == {"school": Role.PROFESSIONAL}


def test_moving_somebody_lets_their_batons_fall_and_the_dry_run_says_to_whom(people: Importer, world: World) -> None:
    cases = [a_case(world), a_case(world)]
    before = whole_database()
    said = people(f"{MAJA},other_school,fagperson", dry_run=True)
    assert "2 tovholderroller" in said
    assert "Lone Leder, Bakkeskolen" in said
    assert whole_database() == before
    assert "2 tovholderroller" in people(f"{MAJA},other_school,fagperson")
    assert {Case.objects.get(pk=case.pk).holder for case in cases} == {world.lone}


def test_leaders_come_before_batons_fall(people: Importer, world: World) -> None:
    case = a_case(world)
    people(
        f"{MAJA},other_school,fagperson",
        "lone,Lone Leder,lone@lilleby.example,,other_school,leder",
        f"{NINA},school,leder",
    )
    case.refresh_from_db()
    assert case.holder.username == "nina"


def test_active_no_deactivates_and_active_yes_lets_in_again(people: Importer, world: World) -> None:
    columns = f"{PEOPLE_COLUMNS},active"
    case = a_case(world)
    assert "- maja" in people(f"{MAJA},school,fagperson,nej", columns=columns)
    world.maja.refresh_from_db()
    case.refresh_from_db()
    assert not world.maja.is_active
    assert case.holder == world.lone
    assert "Ingen ændringer" in people(f"{MAJA},,,nej", columns=columns)
    people(f"{MAJA},school,fagperson,ja", columns=columns)
    assert places("maja") == {"school": Role.PROFESSIONAL}
    assert "Ingen ændringer" in people("ukendt,Ukendt,,,,,nej", columns=columns)


def test_a_contact_is_replaced_and_the_dry_run_says_by_whom(people: Importer, world: World) -> None:
    accepted(world, a_case(world))
    said = people("anna,Anna Bang,anna@lilleby.example,,health,fagperson", dry_run=True)
    assert "Per Psykolog bliver kontaktperson i 1 forløb" in said


def test_complete_deactivates_whoever_is_not_in_the_file(people: Importer, world: World) -> None:
    rows = everybody("maja", "ove")
    people(*rows)
    assert User.objects.get(username="maja").is_active
    said = people(*rows, complete=True)
    assert "- maja" in said
    assert set(User.objects.filter(is_active=False).values_list("username", flat=True)) == {"maja", "ove"}
    assert Event.objects.filter(kind=EventKind.PERSON_DEACTIVATED).count() == 2


def test_a_municipality_is_never_left_without_a_coordinator(people: Importer, world: World) -> None:
    karin = "karin,Karin Koordinator,karin@lilleby.example,,town"
    assert "koordinator" in people.refused(f"{karin},leder")
    assert "koordinator" in people.refused(*everybody("karin"), complete=True)
    people(f"{karin},leder", f"{NINA},town,koordinator")
    assert places("nina") == {"town": Role.COORDINATOR}
    Membership.objects.filter(role=Role.COORDINATOR).delete()
    assert "koordinator" in people.refused(f"{MAJA},school,fagperson")


def test_an_officer_belongs_to_the_municipality_itself_and_stays_so_the_second_time(people: Importer) -> None:
    line = f"{NINA},town,Databeskyttelsesrådgiver"
    people(line)
    begun = Membership.objects.get(user__username="nina", ended_at=None)
    assert (begun.unit.code, begun.role) == ("town", Role.OFFICER)
    people(line)
    assert Membership.objects.get(user__username="nina") == begun
    people(f"{NINA},town,fagperson")
    begun.refresh_from_db()
    assert begun.role == Role.PROFESSIONAL


def test_one_municipality_at_a_time(people: Importer, world: World, tmp_path: Path) -> None:
    units = Importer(tmp_path, "import_units", "id,name,kind,parent,serves,continues_at")
    units("U,Udby Kommune,kommune,,,", root="U")
    assert "--root" in people.refused(f"{NINA},U,koordinator")
    people(f"{MAJA},U,koordinator", root="U")
    assert places("maja") == {"school": Role.PROFESSIONAL, "U": Role.COORDINATOR}
    assert Unit.objects.get(code="U").is_open
    people(*everybody("maja"), root="town", complete=True)
    world.maja.refresh_from_db()
    assert world.maja.is_active
    assert places("maja") == {"U": Role.COORDINATOR}


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (",Nina,,,school,leder,", "række 3, kolonne username"),
        ("nina nu,Nina,,,school,leder,", "række 3, kolonne username"),
        (f"{'n' * 61},Nina,,,school,leder,", "række 3, kolonne username"),
        ("MAJA,Maja,,,school,leder,", "række 3, kolonne username"),
        ("nina,,,,school,leder,", "række 3, kolonne name"),
        (f"nina,{'N' * 121},,,school,leder,", "række 3, kolonne name"),
        ("nina,Nina 010203-1234,,,school,leder,", "række 3, kolonne name"),
        ("nina,Nina 61 02 03 1234,,,school,leder,", "række 3, kolonne name"),
        ("nina,Nina,0102031234@lilleby.example,,school,leder,", "række 3, kolonne email"),
        ("nina,Nina,nina,,school,leder,", "række 3, kolonne email"),
        ("nina,Nina,,ring nu,school,leder,", "række 3, kolonne phone"),
        ("nina,Nina,,12345678901234567890123,school,leder,", "række 3, kolonne phone"),
        ("nina,Nina,,,slottet,leder,", "række 3, kolonne unit"),
        ("nina,Nina,,,,leder,", "række 3, kolonne unit"),
        ("nina,Nina,,,school,konge,", "række 3, kolonne role"),
        ("nina,Nina,,,school,,", "række 3, kolonne role"),
        ("nina,Nina,,,school,koordinator,", "række 3, kolonne role"),
        ("nina,Nina,,,school,databeskyttelsesrådgiver,", "række 3, kolonne role"),
        ("nina,Nina,,,school,leder,måske", "række 3, kolonne active"),
        ("mads,Mads Munk,mads@lilleby.example,,school,leder,", "række 3, kolonne unit"),
        ("mads,Mads Monk,mads@lilleby.example,,ppr,leder,", "række 3, kolonne name"),
        ("mads,Mads Munk,mads@lilleby.example,,ppr,leder,nej", "række 3, kolonne active"),
        ("nina,Nina,,,school,leder,,mere", "række 3: "),
    ],
)
def test_every_error_names_its_row_and_column(people: Importer, row: str, place: str) -> None:
    first = "mads,Mads Munk,mads@lilleby.example,,school,fagperson,"
    said = people.refused(first, row, columns=f"{PEOPLE_COLUMNS},active")
    assert f"import_people.csv, {place}" in said
    assert len(said.splitlines()) == 2, said


def test_a_closed_unit_takes_nobody(people: Importer, world: World) -> None:
    Unit.objects.filter(pk=world.health.pk).update(closed_at=on())
    assert "række 2, kolonne unit" in people.refused(f"{NINA},health,fagperson")


def test_what_a_command_refuses_in_the_middle_undoes_the_rest(
    people: Importer, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coordination.errors import Unacceptable

    def refuse(**_how: object) -> None:
        raise Unacceptable("no")

    monkeypatch.setattr("coordination.imports.people.end_membership", refuse)
    said = people.refused(f"{NINA},school,leder", f"{MAJA},ppr,fagperson")
    assert "no" in said
    assert not User.objects.filter(username="nina").exists()


CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "maja",
            "karin",
            "nina",
            "Nina",
            "town",
            "school",
            "ppr",
            "leder",
            "fagperson",
            "koordinator",
            "nej",
            '"',
            ";",
        ]
    ),
    st.text(max_size=8),
)
ROWS = st.lists(st.lists(CELLS, min_size=6, max_size=8).map(",".join), max_size=5)
FILES = st.one_of(
    st.binary(max_size=100),
    ROWS.map(lambda rows: "\n".join([f"{PEOPLE_COLUMNS},active", *rows]).encode("utf-8", "surrogatepass")),
)


@pytest.mark.django_db
def test_garbage_is_refused_or_imported_wholly() -> None:
    world = build_world()
    case = a_case(world)

    @settings(max_examples=100, deadline=None)
    @given(data=FILES, complete=st.booleans())
    def try_it(data: bytes, complete: bool) -> None:
        with transaction.atomic():
            before = whole_database()
            try:
                import_people(data, file_name="people.csv", actor=None, now=on(1), complete=complete)
            except Refused as refused:
                said = str(refused)
                assert said
                assert whole_database() == before
            assert Case.objects.get(pk=case.pk).holder.is_active
            assert Membership.objects.live().filter(role=Role.COORDINATOR, unit=world.town).exists()
            transaction.set_rollback(True)

    try_it()
