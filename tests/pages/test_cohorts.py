"""Cohorts: a year's moves seen first, planned at once or not at all, from a list or from a file."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from coordination.commands.units import set_relations
from coordination.models import Case, Event, Transition, TransitionKind
from coordination.queries.cohorts import likely_receiver, receivers_for
from tests.builders import World, a_case, accepted, on, term
from tests.pages.asking import see, send, words
from tests.pages.cohort_town import children
from tests.promises.moving import FIRST_OF_AUGUST, a_childs_case, a_move

LIST, SEE_FIRST, PLAN, FILE = (f"/overgange/aargang/{end}" for end in ("", "se-foerst/", "planlaeg/", "fil/"))
KIND = "kindergarten_to_school"


def query(world: World, *, unit: str = "kindergarten", kind: str = KIND, day: str = "2027-08-01") -> str:
    """The address of a list."""
    return f"?enhed={world.units[unit].pk}&slags={kind}&dag={day}"


def ticked(world: World, cases: list[Case], **to: Any) -> dict[str, Any]:
    """What is sent with these cases ticked; ``to``: a receiving unit by the name of its place in the list."""
    keys = [f"{case.pk}-{world.kindergarten.pk}" for case in cases]
    chosen = {f"to-{key}": to.get(f"n{number}", to.get("everybody", "")) for number, key in enumerate(keys)}
    return {"enhed": world.kindergarten.pk, "slags": KIND, "dag": "2027-08-01", "row": keys, **chosen}


def lines_on(response: HttpResponse) -> list[str]:
    """The lines that the page would plan."""
    return re.findall(r'name="line" value="([^"]*)"', words(response))


def upload(world: World, text: str, who: str = "kirsten") -> HttpResponse:
    """Send a file."""
    sent = SimpleUploadedFile("moves.csv", text.encode(), content_type="text/csv")
    return send(world.people[who], FILE, {"table": sent})


def test_the_list_shows_the_open_cases_of_the_unit_and_suggests_who_receives(world: World) -> None:
    set_relations(unit=world.kindergarten, serves=[], continues_at=world.school, actor=None, now=on(-2))
    case = a_childs_case(world)
    school_case = a_case(world, invite=[])
    text = words(see(world.kirsten, LIST + query(world)))
    assert case.code in text
    assert school_case.code not in text
    assert f'<option value="{world.school.pk}" selected>' in text
    assert f'<option value="{world.other_school.pk}">' in text
    assert f'<option value="{world.ppr.pk}"' not in text, "no unit of a kind that receives nobody by this move"
    assert " checked" not in text
    assert " checked" in words(see(world.kirsten, f"{LIST}{query(world)}&alle=1"))


def test_the_list_is_of_units_that_one_leads(world: World) -> None:
    case = a_childs_case(world)
    for name in ("lone", "per", "sanne"):
        assert see(world.people[name], LIST + query(world)).status_code == 404, name
        data = ticked(world, [case])
        assert send(world.people[name], SEE_FIRST, data).status_code == 404, name
    assert case.code in words(see(world.dorte, LIST + query(world, unit="town")))


def test_a_case_that_a_unit_takes_part_in_stands_in_its_list(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    assert case.code in words(see(world.dorte, LIST + query(world, unit="school", kind="school_to_school")))
    assert case.code not in words(see(world.dorte, LIST + query(world, unit="kindergarten")))


def test_without_a_day_the_usual_one_of_the_kind_is_meant(world: World) -> None:
    a_childs_case(world)
    text = words(see(world.kirsten, f"{LIST}?enhed={world.kindergarten.pk}&slags={KIND}"))
    assert 'name="dag" value="2027-08-01"' in text
    assert "Write the day" in words(see(world.kirsten, f"{LIST}?slags={KIND}&dag=31-02"))


def test_who_is_likely_to_receive(world: World) -> None:
    kind = term(TransitionKind, KIND)
    assert likely_receiver(world.kindergarten, receivers_for(kind, world.kindergarten)) is None
    set_relations(unit=world.school, serves=[world.daycare], continues_at=None, actor=None, now=on(-2))
    assert likely_receiver(world.kindergarten, receivers_for(kind, world.kindergarten)) == world.school
    set_relations(unit=world.other_school, serves=[world.daycare], continues_at=None, actor=None, now=on(-2))
    assert likely_receiver(world.kindergarten, receivers_for(kind, world.kindergarten)) is None, "two as near"
    set_relations(unit=world.other_school, serves=[world.kindergarten], continues_at=None, actor=None, now=on(-2))
    assert likely_receiver(world.kindergarten, receivers_for(kind, world.kindergarten)) == world.other_school
    world.kindergarten.continues_at = world.school
    assert likely_receiver(world.kindergarten, receivers_for(kind, world.kindergarten)) == world.school


def test_what_would_be_planned_is_shown_and_nothing_has_happened(world: World) -> None:
    cases = children(world, 3)
    a_move(world, cases[2], now=on(0, hours=2))
    before = Event.objects.count()
    response = send(world.kirsten, SEE_FIRST, ticked(world, cases, n0=world.school.pk))
    text = words(response)
    assert "2 moves would be planned" in text
    assert "will be planned; a receiver is to be found" in text
    assert lines_on(response) == [
        f"{cases[0].code};kindergarten;school;2027-08-01;{KIND}",
        f"{cases[1].code};kindergarten;;2027-08-01;{KIND}",
    ]
    assert (Event.objects.count(), Transition.objects.count()) == (before, 1)


def test_what_cannot_be_planned_is_left_out_and_says_why(world: World) -> None:
    case = a_childs_case(world)
    response = send(world.kirsten, SEE_FIRST, {**ticked(world, [case]), "dag": "2035-08-01"})
    text = words(response)
    assert "Choose a day within the next three years." in text
    assert "1 cannot be planned, and is left out." in text
    assert lines_on(response) == []


def test_nothing_ticked_leads_back_to_the_list(world: World) -> None:
    case = a_childs_case(world)
    response = send(world.kirsten, SEE_FIRST, {**ticked(world, [case]), "row": [f"{case.pk}-999"]}, follow=True)
    assert "Tick the children that move" in words(response)


def test_the_cohort_is_planned_and_the_same_list_again_makes_nothing_twice(world: World) -> None:
    cases = children(world, 4)
    lines = lines_on(send(world.kirsten, SEE_FIRST, ticked(world, cases, everybody=world.school.pk)))
    response = send(world.kirsten, PLAN, {"line": lines}, follow=True)
    assert "4 moves have been planned." in words(response)
    assert response.redirect_chain[-1][0] == f"/overgange/?dag=2027-08-01&slags={KIND}"  # type: ignore[attr-defined]
    assert {move.to_unit for move in Transition.objects.all()} == {world.school}
    again = send(world.kirsten, PLAN, {"line": lines}, follow=True)
    assert "0 moves have been planned. 4 were planned before." in words(again)
    assert Transition.objects.count() == 4


def test_the_same_form_twice_is_carried_out_once(world: World) -> None:
    lines = lines_on(send(world.kirsten, SEE_FIRST, ticked(world, children(world, 1))))
    form = {"line": lines, "submission": str(uuid4())}
    assert send(world.kirsten, PLAN, form)["Location"] == send(world.kirsten, PLAN, form)["Location"]
    assert Transition.objects.count() == 1


def test_all_or_nothing(world: World) -> None:
    cases = children(world, 2)
    lines = lines_on(send(world.kirsten, SEE_FIRST, ticked(world, cases, everybody=world.school.pk)))
    lines[1] = lines[1].replace("2027-08-01", "2040-08-01")
    response = send(world.kirsten, PLAN, {"line": lines})
    assert response.status_code == 422
    assert "row 3, column day: Choose a day within the next three years." in words(response)
    assert not Transition.objects.exists()


def test_of_many_moves_it_is_shown_how_far_it_has_come(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coordination.web.board.cohorts.AT_ONCE", 3)
    monkeypatch.setattr("coordination.web.board.planning.STEP", 2)
    cases = children(world, 5)
    lines = lines_on(send(world.kirsten, SEE_FIRST, ticked(world, cases, everybody=world.school.pk)))
    response = send(world.kirsten, PLAN, {"line": lines})
    assert not Transition.objects.exists(), "it is planned while the page is written"
    parts = [part.decode() for part in response.streaming_content]  # type: ignore[attr-defined]
    assert [" ".join(part.split()) for part in parts[1:3]] == ["<li>2 of 5</li>", "<li>4 of 5</li>"]
    assert "5 moves have been planned." in "".join(parts)
    assert parts[-1].strip().endswith("</html>")
    assert Transition.objects.count() == 5


def test_whoever_leaves_while_it_is_planned_has_planned_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coordination.web.board.cohorts.AT_ONCE", 3)
    monkeypatch.setattr("coordination.web.board.planning.STEP", 1)
    lines = lines_on(send(world.kirsten, SEE_FIRST, ticked(world, children(world, 5))))
    response = send(world.kirsten, PLAN, {"line": lines})
    parts = iter(response.streaming_content)  # type: ignore[attr-defined]
    assert b"<li>2 of 5</li>" in [next(parts), next(parts), next(parts)][2]
    response._resource_closers[0]()  # type: ignore[attr-defined]  # what a server calls where nobody listens any more
    assert not Transition.objects.exists()


def test_a_refusal_on_the_way_is_said_and_nothing_is_planned(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coordination.web.board.cohorts.AT_ONCE", 1)
    lines = lines_on(send(world.kirsten, SEE_FIRST, ticked(world, children(world, 3))))
    response = send(world.kirsten, PLAN, {"line": [*lines[:2], lines[2].replace("2027", "2041")]})
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert "row 4, column day" in text
    assert not Transition.objects.exists()


def test_a_file_is_shown_first_and_then_planned(world: World) -> None:
    cases = children(world, 3)
    rows = [
        f"{cases[0].code};kindergarten;school;2027-08-01;{KIND}",
        f"{cases[1].code.lower().replace('-', ' ')};KINDERGARTEN;;01-08-2027;",
        f"{cases[2].code};kindergarten;other_school;1.8.2027;{KIND}",
    ]
    label = term(TransitionKind, KIND).label_en
    rows[1] += label
    response = upload(world, "\n".join(["\ufeffcode;from;to;day;kind", *rows]))
    assert "3 moves would be planned" in words(response)
    send(world.kirsten, PLAN, {"line": lines_on(response)})
    receivers = {move.case.code: move.to_unit for move in Transition.objects.select_related("case", "to_unit")}
    assert receivers == {cases[0].code: world.school, cases[1].code: None, cases[2].code: world.other_school}
    assert {move.move_on for move in Transition.objects.all()} == {FIRST_OF_AUGUST}


def test_everything_that_is_wrong_with_a_file_is_said_by_row_and_column(world: World) -> None:
    [case], elsewhere = children(world, 1), a_case(world, invite=[])
    rows = [
        f"{case.code};kindergarten;school;2027-08-01;{KIND}",
        f"{elsewhere.code};school;other_school;2027-08-01;{KIND}",
        f"{case.code};nowhere;school;31-02-2027;{KIND}",
        f"{case.code};kindergarten;nobody;2027-08-02;flight",
        f"{case.code};kindergarten;;2027-08-01;{KIND}",
        f";kindergarten;;2027-08-01;{KIND}",
        f"010190-1234;kindergarten;;2027-08-01;{KIND}",
    ]
    response = upload(world, "\n".join(["code;from;to;day;kind", *rows]))
    text = words(response)
    assert response.status_code == 422
    for fault in (
        "row 3, column code: No open case of your units has this code.",
        "row 4, column day: Write the day like 31-12-2026.",
        "row 4, column from: No open unit has this code.",
        "row 5, column kind: There is no such kind of move.",
        "row 5, column to: No open unit has this code.",
        "row 6, column code: stands in row 2 already",
        "row 7, column code: is empty",
        "row 8, column code: looks like a CPR number",
    ):
        assert fault in text, fault
    assert "010190" not in text
    assert elsewhere.code not in text
    assert not Transition.objects.exists()


def test_what_cannot_be_planned_is_a_fault_of_the_file(world: World) -> None:
    cases = children(world, 2)
    rows = [f"{cases[0].code};kindergarten;;2027-08-01;{KIND}", f"{cases[1].code};school;;2027-08-01;{KIND}"]
    text = words(upload(world, "\n".join(["code;from;to;day;kind", *rows])))
    assert "row 3, column from: The child leaves a unit that takes part in the case." in text
    assert not Transition.objects.exists()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("", "The file is empty."),
        ("code;from;to;day\nx", "This column is missing."),
        ("code;from;to;day;kind", "There is nothing below the header."),
        ("code;from;to;day;kind\n" + "x;y;;2027-08-01;z\n" * 501, "There are more than 500 moves."),
    ],
)
def test_a_file_that_is_no_list_of_moves(world: World, data: str, fault: str) -> None:
    response = upload(world, data)
    assert response.status_code == 422
    assert fault in words(response)


def test_no_file_at_all(world: World) -> None:
    response = send(world.kirsten, FILE, {})
    assert response.status_code == 422
    assert "Choose a file." in words(response)


def test_the_list_as_a_file_can_be_sent_back(world: World) -> None:
    cases = children(world, 2)
    response = see(world.kirsten, f"/overgange/aargang/liste.csv{query(world)}")
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.split("\r\n")[0] == "\ufeffcode;from;to;day;kind"
    assert all(case.code in text for case in cases)
    assert "2 moves would be planned" in words(upload(world, text))
    assert see(world.kirsten, "/overgange/aargang/liste.csv").status_code == 404
