"""Noting that the child was heard and that the parents took part, and what the case page begins with."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from coordination.commands.cases import close_case
from coordination.commands.involvements import InvolvementDraft, record_involvement
from coordination.models import (
    Case,
    CaseOutcome,
    Involvement,
    InvolvementForm,
    InvolvementKind,
    NotInvolvedReason,
    Term,
)
from tests.builders import World, a_case, a_case_with_reference, accepted, day, on, term
from tests.pages.asking import chosen, said, see, send, words
from tests.pages.desks import desk_of, part, text_of

CHILD, PARENTS = "child_heard", "parents_involved"


def page_of(case: Case, name: str = CHILD) -> str:
    return reverse(name, args=[case.code])


def card(vocabulary: type[Term], code: str) -> str:
    """The value of a way to be involved, or of a reason why not yet."""
    kind = "form" if vocabulary is InvolvementForm else "reason"
    return f"{kind}-{term(vocabulary, code).pk}"


def heard(**changes: Any) -> dict[str, Any]:
    """What is typed where the child has talked with somebody on the Monday, and changed the plan."""
    return {"how": card(InvolvementForm, "talk"), "changed_plan": "yes", "on": "2026-09-14", **changes}


@pytest.mark.parametrize("name", [CHILD, PARENTS])
def test_only_those_who_take_part_note_it(world: World, name: str) -> None:
    case = a_case(world)
    url = page_of(case, name)
    for person in (world.ove, world.per, world.anna):
        assert see(person, url).status_code == 404
        assert send(person, url, heard()).status_code == 404
    assert see(world.lone, url).status_code == 403
    assert send(world.lone, url, heard()).status_code == 403
    accepted(world, case)
    assert see(world.anna, url).status_code == 200
    assert not Involvement.objects.exists()


def test_in_a_closed_case_nothing_more_is_noted(world: World) -> None:
    case = a_case(world, invite=[])
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(hours=1))
    assert see(world.maja, page_of(case)).status_code == 409


def test_the_form_begins_with_today_and_offers_what_is_meant_for_whom(world: World) -> None:
    case = a_case(world)
    child, parents = words(see(world.maja, page_of(case))), words(see(world.maja, page_of(case, PARENTS)))
    assert 'name="on" value="2026-09-15"' in child
    assert card(InvolvementForm, "play") in child
    assert card(InvolvementForm, "play") not in parents
    assert card(InvolvementForm, "phone") in parents
    assert card(InvolvementForm, "phone") not in child
    assert card(NotInvolvedReason, "too_young") not in parents
    assert "changed_plan" in child
    assert "changed_plan" not in parents


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"how": ""}, "Choose how, or why not yet."),
        ({"changed_plan": ""}, "Did what the child said change the plan?"),
        ({"on": ""}, "Write on which day it was."),
        ({"on": "2026-09-16"}, "This day has not come yet."),
        ({"on": "2026-01-01"}, "That is long before the case was opened."),
        ({"on": "in spring"}, "Write the day like"),
    ],
)
def test_what_cannot_be_noted_comes_back_as_it_was_typed(world: World, changes: dict[str, Any], why: str) -> None:
    case = a_case(world)
    typed = heard(**changes)
    response = send(world.maja, page_of(case), typed)
    assert response.status_code == 422
    assert why in words(response)
    for name in ("how", "changed_plan"):
        assert chosen(response, name) == ({typed[name]} if typed[name] else set())
    assert f'value="{typed["on"]}"' in words(response) or not typed["on"]
    assert not Involvement.objects.exists()


def test_that_the_child_was_heard_is_noted_once_and_owed_again(world: World) -> None:
    case = a_case(world)
    typed = heard(submission="0b0e3b6a-3c2a-4b4e-9f3e-7d1b7f8f0a11")
    for _time in range(2):
        assert send(world.maja, page_of(case), typed).headers["Location"] == reverse("case", args=[case.code])
    noted = case.involvements.get()
    assert (noted.kind, noted.on, noted.changed_plan) == (InvolvementKind.CHILD, date(2026, 9, 14), True)
    assert noted.form == term(InvolvementForm, "talk")


def test_what_was_noted_is_said_with_the_day_on_which_it_is_owed_again(world: World) -> None:
    case = a_case(world)
    assert said(world.maja, page_of(case), heard()) == (
        "Noted: the child has been heard. The child is to be heard again by Monday 9 November."
    )
    not_yet = {"how": card(NotInvolvedReason, "planned"), "on": "2026-09-15"}
    assert "have not taken part yet" in said(world.maja, page_of(case, PARENTS), not_yet)
    assert "has not been heard yet" in said(world.maja, page_of(case), {**not_yet, "changed_plan": "yes"})
    assert case.involvements.filter(changed_plan__isnull=False).count() == 1


def test_the_case_begins_with_the_child_the_parents_and_the_work_across(world: World) -> None:
    case = a_case_with_reference(world)
    text = text_of(words(see(world.maja, reverse("case", args=[case.code]))))
    assert "The child Not heard yet" in text
    assert "The parents Have not taken part yet Consent until" in text
    assert text.index("The child") < text.index("The parents") < text.index("Across") < text.index("What has happened?")
    assert "PPR" in part(text, "Across", "See what can be done")


def test_the_boxes_say_day_form_change_and_when_again(world: World) -> None:
    case = a_case_with_reference(world)
    involve(case, world, InvolvementDraft(InvolvementKind.CHILD, day(), term(InvolvementForm, "talk"), None, False))
    involve(case, world, InvolvementDraft(InvolvementKind.PARENTS, day(), None, term(NotInvolvedReason, "planned")))
    text = text_of(words(see(world.maja, reverse("case", args=[case.code]))))
    child = part(text, "The child Heard", "The parents")
    assert "yesterday : Talk" in child
    assert "The plan stayed as it was" in child
    assert "again by Monday 9 November" in child
    parents = part(text, "The parents", "Across")
    assert term(NotInvolvedReason, "planned").label_en in parents
    assert "again" not in parents


def test_the_boxes_lead_to_where_it_is_noted_those_who_may(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    links = {person: words(see(person, reverse("case", args=[case.code]))) for person in (world.maja, world.anna)}
    for text in links.values():
        assert text.count(f'href="{page_of(case)}"') == 1
        assert text.count(f'href="{page_of(case, PARENTS)}"') == 1
    leader = words(see(world.lone, reverse("case", args=[case.code])))
    assert "Not heard yet" in leader
    assert page_of(case) not in leader


def test_what_is_late_stands_on_the_desk_with_the_way_to_note_it(world: World) -> None:
    case = a_case(world)
    now = desk_of(world.maja, on(20))
    assert "Hear the child" in now
    assert "Involve the parents" in now
    with time_machine.travel(on(20), tick=False):
        assert page_of(case) in words(see(world.maja, "/", at=on(20)))


def involve(case: Case, world: World, draft: InvolvementDraft) -> None:
    record_involvement(case=case, draft=draft, actor=world.maja, now=on(hours=2))
