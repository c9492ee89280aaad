"""The data-protection officer reads both logs of their own municipality, and leaves a trace; nobody else can."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.template.loader import select_template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from coordination.commands.looks import look_at_case, open_reference
from coordination.commands.people import begin_membership, change_role
from coordination.commands.units import UnitDraft, place_unit
from coordination.errors import Unacceptable
from coordination.models import AccessRecord, Case, Event, EventKind, LookReason, Membership, Role, User
from coordination.queries.log_reading import PER_PAGE
from coordination.web.protection.words import WORDS
from tests.builders import World, a_case, a_case_with_reference, accepted, on, term
from tests.pages.officers import an_officer

pytestmark = pytest.mark.django_db

LOG = "/databeskyttelse/"
EXPORT = "/databeskyttelse/indsigt/"


@pytest.fixture
def officer(world: World) -> User:
    """The officer of the municipality."""
    return an_officer(world)


@pytest.fixture
def case(world: World) -> Case:
    """A case that was looked at by three, twice by one; its reference was opened by two."""
    case = a_case_with_reference(world)
    accepted(world, case)
    look_at_case(case=case, actor=world.maja, now=on(1))
    look_at_case(case=case, actor=world.maja, now=on(1, hours=1))
    look_at_case(case=case, actor=world.anna, now=on(2))
    reference = case.references.get()
    open_reference(reference=reference, actor=world.anna, now=on(2, hours=1))
    open_reference(reference=reference, actor=world.lone, now=on(3), reason=term(LookReason, "complaint"))
    return case


def read(client: Client, user: User, path: str = LOG, **asked: Any) -> Any:
    """Ask as somebody, in English."""
    client.force_login(user)
    return client.get(path, asked, HTTP_ACCEPT_LANGUAGE="en")


def rows(answer: Any) -> list[tuple[str, str, str]]:
    """Who, in which case, and which kind of row, newest first."""
    return [
        (row.username, row.code, row.happening.kind if row.happening else "look")
        for row, _words in answer.context["rows"]
    ]


@pytest.mark.parametrize("path", [LOG, EXPORT])
@pytest.mark.parametrize("who", ["maja", "lone", "karin", "ove"])
def test_nobody_else_finds_the_pages(client: Client, world: World, case: Case, path: str, who: str) -> None:
    answer = read(client, world.people[who], path, kode=case.code)
    assert answer.status_code == 404
    assert LOG not in client.get("/").content.decode()
    assert not Event.objects.filter(kind=EventKind.LOG_READ).exists()


def test_a_stand_in_of_the_officer_does_not_read_the_logs(client: Client, world: World, officer: User) -> None:
    officer.absences.create(stand_in=world.maja, first_on=on(-400).date(), last_on=on(4000).date())
    assert read(client, world.maja).status_code == 404


def test_an_officer_takes_part_in_nothing(client: Client, world: World, officer: User, case: Case) -> None:
    assert read(client, officer, reverse("case", args=[case.code])).status_code == 404
    assert read(client, officer, reverse("board")).status_code == 404
    assert read(client, officer, reverse("desk")).status_code == 200
    assert not Membership.objects.live().filter(user=officer).exists()


def test_the_officer_sees_both_logs_as_one_newest_first(client: Client, officer: User, case: Case) -> None:
    answer = read(client, officer)
    assert answer.status_code == 200
    times = [row.at for row, _words in answer.context["rows"]]
    assert times == sorted(times, reverse=True)
    found = rows(answer)
    assert ("maja", case.code, "look") in found
    assert ("lone", case.code, "reference_opened") in found
    assert "opened the number in" in answer.content.decode()
    assert "complaint" in answer.content.decode().lower()
    assert "P-2026-1042" not in answer.content.decode()


def test_each_look_of_the_officer_is_itself_logged_with_what_was_asked(
    client: Client, world: World, officer: User, case: Case
) -> None:
    before = case.events.count()
    read(client, officer, kode=case.code, hvem="maja", enhed=world.school.pk, fra="2026-09-01", til="2026-12-31")
    [event] = Event.objects.filter(kind=EventKind.LOG_READ)
    assert (event.actor, event.case, event.subject, event.subject_id) == (officer, None, "case", case.pk)
    assert event.data == {
        "people": [world.maja.pk],
        "read_unit": world.school.pk,
        "first_on": "2026-09-01",
        "last_on": "2026-12-31",
    }
    assert case.events.count() == before
    assert ("dorthe", "", "log_read") in rows(read(client, officer, kode=case.code))


def test_a_reading_that_cannot_be_logged_is_not_answered(
    client: Client, officer: User, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_values: object) -> None:
        raise OSError("disk full")

    client.raise_request_exception = False
    monkeypatch.setattr(Event.objects, "create", fail)
    for path in (LOG, EXPORT):
        answer = read(client, officer, path, kode=case.code)
        assert answer.status_code == 500
        assert case.code not in answer.content.decode()


def test_the_log_is_narrowed_down_by_case(client: Client, world: World, officer: User, case: Case) -> None:
    other = a_case(world, actor=world.mads)
    look_at_case(case=other, actor=world.mads, now=on(2))
    found = rows(read(client, officer, kode=case.code.lower().replace("-", " ")))
    assert {code for _who, code, what in found if what != "log_read"} == {case.code}
    assert len([row for row in found if row[2] == "look"]) == 5


def test_the_log_is_narrowed_down_by_person(client: Client, world: World, officer: User, case: Case) -> None:
    found = rows(read(client, officer, hvem="anna", kun="opslag"))
    assert found == [("anna", case.code, "look"), ("anna", case.code, "look")]
    of_maja = rows(read(client, officer, hvem="Maja", kun="haendelser"))
    assert ("maja", case.code, "case_opened") in of_maja
    assert ("", "", "person_registered") in of_maja


def test_the_log_is_narrowed_down_by_the_unit_that_somebody_belonged_to_then(
    client: Client, world: World, officer: User, case: Case
) -> None:
    by_ppr = rows(read(client, officer, enhed=world.ppr.pk, kun="opslag"))
    assert {who for who, _code, _what in by_ppr} == {"anna"}
    Membership.objects.filter(user=world.anna).update(ended_at=on(2, hours=0.5))
    assert len(rows(read(client, officer, enhed=world.ppr.pk, kun="opslag"))) == 1
    above = rows(read(client, officer, enhed=world.schools.pk, kun="opslag"))
    assert {who for who, _code, _what in above} == {"maja", "lone"}


def test_the_log_is_narrowed_down_by_day_and_a_day_is_danish(
    client: Client, world: World, officer: User, case: Case
) -> None:
    late = on(9).replace(hour=22, minute=30)
    look_at_case(case=case, actor=world.maja, now=late)
    day = (late + timedelta(days=1)).date().isoformat()
    assert rows(read(client, officer, fra=day, til=day, kun="opslag")) == [("maja", case.code, "look")]
    assert rows(read(client, officer, til="2020-01-01")) == []


def test_a_case_of_another_municipality_answers_as_one_that_never_was(
    client: Client, world: World, officer: User, case: Case
) -> None:
    town = place_unit(draft=UnitDraft("other", "Storeby", world.town.kind, None), actor=None, now=on(-9))
    stranger = an_officer(world, "Fremmed Ford", unit=town)
    never = read(client, stranger, kode="ZZZZ-ZZZZ").content.decode().replace("ZZZZ-ZZZZ", case.code)
    theirs = read(client, stranger, kode=case.code)
    assert theirs.status_code == 422
    assert without_keys(theirs.content.decode()) == without_keys(never)
    assert read(client, stranger, EXPORT, kode=case.code).status_code == 404
    assert rows(read(client, stranger, hvem="fremmed")) != []
    assert read(client, stranger, hvem="maja").status_code == 422
    assert read(client, stranger, enhed=world.school.pk).status_code == 422
    assert case.code not in read(client, stranger).content.decode()
    assert "maja" not in {who for who, _code, _what in rows(read(client, stranger))}


def without_keys(page: str) -> str:
    """A page without what is different each time."""
    return "\n".join(line for line in page.splitlines() if "csrf" not in line.lower())


def test_many_rows_are_paged_without_losing_or_repeating_one(
    client: Client, world: World, officer: User, case: Case
) -> None:
    same = on(5)
    for _turn in range(PER_PAGE + 20):
        AccessRecord.objects.create(case=case, viewer=world.maja, at=same)
    seen: list[tuple[str, int]] = []
    path, pages = f"{LOG}?kode={case.code}", 0
    client.force_login(officer)
    while path:
        answer = client.get(path)
        seen += [(row.place.log, row.place.row_id) for row, _words in answer.context["rows"]]
        path = f"{LOG}{answer.context['next_url']}" if answer.context["next_url"] else ""
        pages += 1
        assert pages < 9
    looks = [row_id for log, row_id in seen if log == "access"]
    assert sorted(looks) == sorted(AccessRecord.objects.values_list("pk", flat=True))
    assert len(seen) == len(set(seen))


def test_however_many_rows_there_are_as_many_queries_are_asked(
    client: Client, world: World, officer: User, case: Case, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    read(client, officer, kode=case.code)
    with CaptureQueriesContext(connection) as few:
        read(client, officer, kode=case.code)
    for turn in range(20):
        look_at_case(case=case, actor=world.anna, now=on(6, hours=turn))
    with django_assert_num_queries(len(few.captured_queries)):
        read(client, officer, kode=case.code)


@pytest.mark.parametrize(
    "asked",
    [{"kode": "what?"}, {"hvem": "nobody of that name"}, {"fra": "soon"}, {"fra": "2026-10-02", "til": "2026-10-01"}],
)
def test_what_cannot_be_looked_for_is_said_and_kept(client: Client, officer: User, asked: dict[str, str]) -> None:
    answer = read(client, officer, **asked)
    assert answer.status_code == 422
    assert all(value in answer.content.decode() for value in asked.values())
    assert not Event.objects.filter(kind=EventKind.LOG_READ).exists()


def test_a_cpr_number_is_turned_away_and_leaves_the_address(client: Client, officer: User) -> None:
    answer = read(client, officer, hvem="010119-1234")
    assert (answer.status_code, answer.url) == (302, LOG)


def test_a_place_that_is_none_is_passed_over(client: Client, officer: User, case: Case) -> None:
    for place in ("x", "20260101000000000000+0100_nolog_1", "20261301000000000000+0100_event_1", "_event_" + "9" * 30):
        assert rows(read(client, officer, efter=place))


def test_the_child_or_the_parents_get_days_and_purposes_and_no_employee(
    client: Client, world: World, officer: User, case: Case
) -> None:
    answer = read(client, officer, EXPORT, kode=case.code)
    assert answer.status_code == 200
    assert case.code in answer["Content-Disposition"]
    text = answer.content.decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text), delimiter=";"))
    days = [on(turn).date().isoformat() for turn in (1, 2, 3)]
    assert table == [
        ["Day", "What", "Purpose", "Times"],
        [days[0], "The case was looked at", "Working together on the case", "2"],
        [days[1], "The case was looked at", "Working together on the case", "1"],
        [days[1], "The reference to the record was opened", "Working together on the case", "1"],
        [days[2], "The reference to the record was opened", term(LookReason, "complaint").label_en, "1"],
    ]
    for person in world.people.values():
        assert person.name not in text
        assert person.username not in text.lower().split(";")
    for unit in world.units.values():
        assert unit.name not in text.replace("Skole", "")
    [event] = Event.objects.filter(kind=EventKind.LOG_READ)
    assert event.data == {"is_export": True}


def test_every_kind_of_event_can_be_said() -> None:
    for kind in EventKind:
        if kind not in WORDS:
            assert select_template([f"events/{kind}.html"])


def test_an_officer_belongs_to_a_whole_municipality(world: World) -> None:
    with pytest.raises(Unacceptable):
        begin_membership(user=world.maja, unit=world.ppr, role=Role.OFFICER, actor=None, now=on(1))
    with pytest.raises(Unacceptable):
        change_role(membership=world.maja.memberships.get(unit=world.school), role=Role.OFFICER, actor=None, now=on(1))


def test_whoever_becomes_an_officer_gives_up_what_they_held_there(world: World) -> None:
    begin_membership(user=world.mads, unit=world.town, role=Role.PROFESSIONAL, actor=None, now=on(0))
    case = a_case(world, actor=world.mads, unit=world.town, now=on(0), invite=[])
    change_role(membership=world.mads.memberships.get(unit=world.town), role=Role.OFFICER, actor=None, now=on(1))
    case.refresh_from_db()
    assert case.holder != world.mads
