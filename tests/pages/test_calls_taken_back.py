"""Meetings as they are shown when somebody is no longer called, or called again."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from coordination.commands.invitations import accept_invitation, change_contact, complete_partnership, invite_unit
from coordination.commands.units import close_unit
from coordination.models import Ask, AttendanceAnswer, Case, Meeting, Partnership, PartnershipOutcome
from tests.builders import World, a_case, accepted, on, term
from tests.pages.asking import said, see, send, words
from tests.promises.telling import called

AFTER = on(7, hours=2)


@pytest.fixture
def case(world: World) -> Case:
    return a_case(world)


@pytest.fixture
def partnership(world: World, case: Case) -> Partnership:
    return accepted(world, case)


@pytest.fixture
def meeting(world: World, case: Case, partnership: Partnership) -> Meeting:
    """Monday at the school: Anna is called, and her part ends on Wednesday."""
    planned = called(world, case, world.anna)
    complete_partnership(
        partnership=partnership, outcome=term(PartnershipOutcome, "as_agreed"), actor=world.anna, now=on(2)
    )
    return planned


def text(page: str) -> str:
    """The words of a page without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_meeting_says_who_is_no_longer_called_and_the_case_why(world: World, case: Case, meeting: Meeting) -> None:
    page = text(words(see(world.maja, reverse("meeting", args=[meeting.pk]), at=on(3))))
    assert "Anna Bang PPR is no longer called" in page
    story = text(words(see(world.maja, reverse("case", args=[case.code]), at=on(3))))
    assert "Anna Bang, PPR, is no longer called to the meeting." in story
    assert "comes: Maja Holm" in story
    assert "has not answered: Anna Bang" not in story


def test_who_is_no_longer_called_is_not_asked_whether_they_came(world: World, meeting: Meeting) -> None:
    url = reverse("meeting_hold", args=[meeting.pk])
    page = words(see(world.maja, url, at=AFTER))
    assert "Maja Holm" in page
    assert "Anna Bang" not in page
    assert send(world.maja, url, {"came": [world.anna.pk]}, at=AFTER).status_code == 422
    said(world.maja, url, {"came": [world.maja.pk]}, at=AFTER)
    assert dict(meeting.attendances.values_list("person", "came")) == {world.maja.pk: True, world.anna.pk: None}
    shown = text(words(see(world.maja, reverse("meeting", args=[meeting.pk]), at=AFTER)))
    assert "Anna Bang PPR is no longer called" in shown


def test_an_old_page_of_a_call_that_was_taken_back_says_so(world: World, case: Case, meeting: Meeting) -> None:
    show, answer = (reverse(name, args=[meeting.pk]) for name in ("meeting", "meeting_answer"))
    assert send(world.anna, answer, {"comes": "yes"}, at=on(3)).status_code == 404
    again = invite_unit(case=case, unit=world.ppr, ask=term(Ask, "sparring"), actor=world.maja, now=on(3))
    accept_invitation(invitation=again, actor=world.anna, now=on(3))
    page = words(see(world.anna, show, at=on(3)))
    assert "Do you come?" not in page
    assert answer not in page
    refused = send(world.anna, answer, {"comes": "yes"}, at=on(3))
    assert refused.status_code == 409
    assert "Anna Bang is no longer called to this meeting." in words(refused)
    assert meeting.attendances.get(person=world.anna).answer == AttendanceAnswer.RELEASED


def test_who_is_called_again_is_asked_again(world: World, case: Case, partnership: Partnership) -> None:
    planned = called(world, case, world.anna)
    for contact, actor in ((world.anton, world.anna), (world.anna, world.anton)):
        change_contact(partnership=partnership, contact=contact, actor=actor, now=on(2))
    url = reverse("meeting", args=[planned.pk])
    assert "Do you come?" in words(see(world.anna, url, at=on(3)))
    assert "Answer" in words(see(world.anna, reverse("desk"), at=on(3)))
    said(world.anna, reverse("meeting_answer", args=[planned.pk]), {"comes": "yes"}, at=on(3))
    page = text(words(see(world.maja, url, at=on(3))))
    assert "Anna Bang PPR comes" in page
    assert "Anton Beck PPR is no longer called" in page
    story = text(words(see(world.maja, reverse("case", args=[case.code]), at=on(3))))
    assert "Anton Beck, PPR, is no longer called to the meeting. Anna Bang is called instead." in story


def test_a_meeting_whose_place_has_closed_says_where_it_is_held_now(world: World, case: Case, meeting: Meeting) -> None:
    close_unit(unit=world.school, successor=world.other_school, actor=None, now=on(3))
    page = text(words(see(world.sanne, reverse("meeting", args=[meeting.pk]), at=on(4))))
    assert "Where Åskolen" in page
    story = text(words(see(world.sanne, reverse("case", args=[case.code]), at=on(4))))
    assert "Bakkeskolen has closed: the meeting on Monday 21 September" in story
    assert "is held at Åskolen instead." in story
