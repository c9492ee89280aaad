"""The officer's pages for a child or its parents: found by the number of a record, handed out, kept, erased."""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.commands.subjects import MOST_LOOK_UPS, look_up_subject
from coordination.errors import TooOften, Unseen
from coordination.models import (
    AccessRecord,
    Case,
    Erasure,
    ErasureRequest,
    Event,
    EventKind,
    ReferenceSystem,
    RetentionHold,
    User,
)
from tests.builders import World, a_case_with_reference, on, term
from tests.promises.everything_ends.ending import a_closed_case, an_officer

pytestmark = pytest.mark.django_db
NUMBER = "P-2026-93174"
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
OF_A_CASE = ["outside", "outside_erase", "outside_hold", "outside_let_go", "outside_ask", "outside_take_back"]
FOR_HOLDS = ["outside", "outside_hold", "outside_let_go"]


@pytest.fixture
def officer(world: World) -> User:
    """Oda."""
    return an_officer(world)


def looks_up(client: Client, number: str = NUMBER, system: str = "ppr_journal") -> Any:
    """Send the form."""
    which = term(ReferenceSystem, system).pk
    return client.post(reverse("subject"), {"system": which, "number": number}, **ENGLISH)  # type: ignore[arg-type]


def sends(client: Client, name: str, case: Case, **data: Any) -> Any:
    """Send one of the forms of a case."""
    return client.post(reverse(name, args=[case.code]), {"submission": str(uuid4()), **data}, **ENGLISH)  # type: ignore[arg-type]


def says(response: Any) -> str:
    """The words of the main part of a page."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_the_officer_finds_the_open_and_the_closed_cases_of_a_record(
    world: World, client: Client, officer: User
) -> None:
    closed = a_closed_case(world, NUMBER)
    still_open = a_case_with_reference(world, NUMBER, now=on(2))
    other = a_case_with_reference(world, "P-2026-7")
    client.force_login(officer)
    found = looks_up(client, number=" p-2026-93174 ")
    assert found.status_code == 200
    said = says(found)
    assert "2 cases were found" in said
    for case in (closed, still_open):
        assert case.code in said
    assert other.code not in said
    assert "Bakkeskolen" in said
    assert "PPR" in said
    for name in ("Maja", "Anna", "Holm", NUMBER, "93174"):
        assert name not in found.content.decode()
    assert "no-store" in found["Cache-Control"]


def test_each_look_up_is_written_down_without_the_number_and_no_holder_is_told(
    world: World, client: Client, officer: User
) -> None:
    case = a_closed_case(world, NUMBER)
    looks = AccessRecord.objects.count()
    client.force_login(officer)
    looks_up(client)
    looks_up(client, number="P-2026-5")
    events = Event.objects.filter(kind=EventKind.SUBJECT_LOOKED_UP).order_by("pk")
    assert [event.data for event in events] == [
        {"system": "ppr_journal", "found": 1},
        {"system": "ppr_journal", "found": 0},
    ]
    assert all(event.actor == officer and event.case is None for event in events)
    assert AccessRecord.objects.count() == looks
    client.get(reverse("outside", args=[case.code]))
    read = Event.objects.filter(kind=EventKind.LOG_READ).latest("pk")
    assert (read.actor, read.subject, read.subject_id, read.case) == (officer, "case", case.pk, None)


def test_what_was_found_is_handed_out_without_names_and_only_to_whoever_found_it(
    world: World, client: Client, officer: User
) -> None:
    case = a_closed_case(world, NUMBER)
    client.force_login(officer)
    token = re.search(r'name="found" value="([^"]+)"', looks_up(client).content.decode())
    assert token is not None
    handed = client.post(reverse("subject_file"), {"found": token[1]}, **ENGLISH)  # type: ignore[arg-type]
    assert handed["Content-Type"].startswith("text/csv")
    text = handed.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0] == ["Case", "What", "Which", "From", "To"]
    assert [case.code, "Unit that took part", "PPR", "2026-09-14", "2026-09-15"] in rows
    assert [case.code, "Where the record stands", "PPR journal", "", ""] in rows
    assert not any(name in text for name in ("Maja", "Anna", NUMBER))
    assert client.post(reverse("subject_file"), {"found": token[1] + "x"}).status_code == 404
    another = an_officer_called(world, "otto")
    client.force_login(another)
    assert client.post(reverse("subject_file"), {"found": token[1]}).status_code == 404


def an_officer_called(world: World, username: str) -> User:
    """A second officer."""
    from coordination.commands.people import PersonDraft, begin_membership, register_person
    from coordination.models import Role

    person = register_person(draft=PersonDraft(username, username.title()), actor=None, now=on(-20))
    begin_membership(user=person, unit=world.town, role=Role.OFFICER, actor=None, now=on(-20))
    return person


@pytest.mark.parametrize("name", ["maja", "lone", "dorte", "karin", None])
def test_nobody_else_finds_such_pages(world: World, client: Client, name: str | None) -> None:
    case = a_closed_case(world, NUMBER)
    if name:
        client.force_login(world.people[name])
    own = {*FOR_HOLDS, "outside_find"} if name == "karin" else set()
    for page in ("subject", "outside_find"):
        expected = 200 if page in own else (404 if name else 302)
        assert client.get(reverse(page)).status_code == expected, page
    for page in OF_A_CASE:
        expected = 200 if page in own else (404 if name else 302)
        assert client.get(reverse(page, args=[case.code])).status_code == expected, page
    assert looks_up(client).status_code == (404 if name else 302)
    with pytest.raises(Unseen):
        look_up_subject(
            system=term(ReferenceSystem, "ppr_journal"), number=NUMBER, actor=world.people[name or "maja"], now=on(2)
        )
    assert not Event.objects.filter(kind=EventKind.SUBJECT_LOOKED_UP).exists()


def test_a_cpr_number_is_refused_and_not_shown_again(client: Client, officer: User) -> None:
    client.force_login(officer)
    answer = looks_up(client, number="010190-1234")
    assert answer.status_code == 422
    assert "CPR" in says(answer)
    assert "010190" not in answer.content.decode()
    wrong = looks_up(client, number="hello")
    assert wrong.status_code == 422
    assert "P-2026-1042" in says(wrong)
    assert not Event.objects.filter(kind=EventKind.SUBJECT_LOOKED_UP).exists()


def test_after_many_look_ups_within_a_day_no_more_are_made_until_the_first_is_a_day_old(
    world: World, client: Client, officer: User
) -> None:
    system = term(ReferenceSystem, "ppr_journal")
    for number in range(MOST_LOOK_UPS):
        look_up_subject(system=system, number=f"P-2026-{number + 1}", actor=officer, now=on(1, hours=number / 60))
    with pytest.raises(TooOften, match="30"):
        look_up_subject(system=system, number="P-2026-99", actor=officer, now=on(1.9))
    client.force_login(officer)
    with time_machine.travel(on(1.9), tick=False):
        client.force_login(officer)
        refused = looks_up(client)
    assert refused.status_code == 429
    assert "Try again in 3 hours" in says(refused)
    assert Event.objects.filter(kind=EventKind.SUBJECT_LOOKED_UP).count() == MOST_LOOK_UPS
    assert look_up_subject(system=system, number=NUMBER, actor=officer, now=on(2.1)) == []


def test_a_closed_case_is_erased_after_saying_why(world: World, client: Client, officer: User) -> None:
    case = a_closed_case(world, NUMBER)
    client.force_login(officer)
    assert "Erase the case" in says(client.get(reverse("outside", args=[case.code]), **ENGLISH))  # type: ignore[arg-type]
    assert sends(client, "outside_erase", case).status_code == 422
    assert Case.objects.filter(pk=case.pk).exists()
    key = str(uuid4())
    for _twice in range(2):
        done = sends(client, "outside_erase", case, cause="subject request", submission=key)
        assert (done.status_code, done["Location"]) == (302, reverse("subject"))
    assert not Case.objects.exists()
    assert Erasure.objects.get().by == officer
    assert "0 cases" in says(looks_up(client)) or "No case" in says(looks_up(client))


def test_an_open_case_is_asked_to_be_closed_and_that_can_be_taken_back(
    world: World, client: Client, officer: User
) -> None:
    case = a_case_with_reference(world, NUMBER)
    client.force_login(officer)
    assert sends(client, "outside_erase", case, cause="mistake").status_code == 409
    assert sends(client, "outside_ask", case).status_code == 302
    assert sends(client, "outside_ask", case).status_code == 409
    assert ErasureRequest.objects.get().case == case
    assert "To be erased" in says(client.get(reverse("outside", args=[case.code]), **ENGLISH))  # type: ignore[arg-type]
    client.force_login(world.maja)
    assert "want it erased" in says(client.get(reverse("desk"), **ENGLISH))  # type: ignore[arg-type]
    client.force_login(officer)
    assert sends(client, "outside_take_back", case).status_code == 302
    assert not ErasureRequest.objects.exists()


def test_a_case_is_kept_for_a_complaint_by_the_coordinator_too_and_found_by_its_code(
    world: World, client: Client, officer: User
) -> None:
    case = a_closed_case(world, NUMBER)
    client.force_login(world.karin)
    page = reverse("outside_find")
    found = client.get(page, {"kode": case.code.lower().replace("-", " ")})
    assert (found.status_code, found["Location"]) == (302, reverse("outside", args=[case.code]))
    assert client.get(page, {"kode": "K7M3-92QD"}).status_code == 422
    assert "Erase" not in says(client.get(found["Location"], **ENGLISH))  # type: ignore[arg-type]
    assert sends(client, "outside_hold", case).status_code == 302
    assert case.code in says(client.get(page))
    client.force_login(officer)
    assert sends(client, "outside_erase", case, cause="mistake").status_code == 422
    assert sends(client, "outside_let_go", case).status_code == 302
    assert sends(client, "outside_let_go", case).status_code == 409
    assert RetentionHold.objects.get().lifted_by == officer


def test_the_page_takes_as_many_queries_however_many_cases_are_found(
    world: World, client: Client, officer: User
) -> None:
    client.force_login(officer)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert looks_up(client).status_code == 200
        return len(found)

    a_closed_case(world, NUMBER)
    looks_up(client)
    one = queries()
    for _more in range(3):
        a_closed_case(world, NUMBER)
    assert queries() == one
