"""Whoever sees a meeting puts it into their calendar by hand: also whoever moved it, whom nobody tells of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from icalendar import Calendar, Component
from pytest_django import Settings

from coordination.commands.cases import close_case
from coordination.commands.invitations import change_contact
from coordination.commands.meetings import WhenAndWhere, answer_meeting, cancel_meeting, move_meeting
from coordination.models import AccessRecord, Case, CaseOutcome, Meeting, User
from tests.builders import World, a_case, accepted, on, term
from tests.notifications.mails import brought_to, mails_at
from tests.pages.asking import see, words
from tests.promises.telling import call_of, called

LINK = "https://involver.lilleby.example/moeder/{}/"


@pytest.fixture(autouse=True)
def with_email(settings: Settings) -> None:
    """E-mail is set up, and comes from the municipality."""
    settings.HAS_EMAIL = True
    settings.DEFAULT_FROM_EMAIL = "Lilleby <involver@lilleby.example>"
    settings.BASE_URL = "https://involver.lilleby.example"


@pytest.fixture
def case(world: World) -> Case:
    """Maja holds the baton, and Anna of PPR takes part."""
    case = a_case(world)
    accepted(world, case)
    return case


@pytest.fixture
def meeting(world: World, case: Case) -> Meeting:
    """On Tuesday Maja calls Anna, to Monday week at nine."""
    return called(world, case, world.anna)


def path_of(meeting: Meeting) -> str:
    """Where the file is."""
    return reverse("notifications:meeting_file", args=[meeting.pk])


def file_for(person: User, meeting: Meeting, *, language: str = "en") -> HttpResponse:
    """Ask for the file."""
    return see(person, path_of(meeting), at=on(2), language=language)


def entry_for(person: User, meeting: Meeting) -> Component:
    """The one entry of the file that somebody gets."""
    response = file_for(person, meeting)
    assert response.status_code == 200
    [entry] = Calendar.from_ical(response.content.decode()).walk("VEVENT")
    return entry


def put_off(world: World, meeting: Meeting, *, by: User) -> None:
    """Move a meeting to the day after."""
    at = WhenAndWhere(
        starts_at=meeting.starts_at + timedelta(days=1), ends_at=meeting.ends_at + timedelta(days=1), place=world.school
    )
    move_meeting(meeting=meeting, at=at, actor=by, now=on(1, hours=1))


def test_whoever_moves_a_meeting_can_put_it_where_it_is_now(world: World, meeting: Meeting) -> None:
    before = entry_for(world.maja, meeting)
    put_off(world, meeting, by=world.maja)
    after = entry_for(world.maja, meeting)
    assert (before["DTSTART"].dt, after["DTSTART"].dt) == (on(7), on(8))
    assert before["UID"] == after["UID"]
    assert (int(before["SEQUENCE"]), int(after["SEQUENCE"])) == (0, 1)
    assert after["DTSTAMP"].dt == on(2)


def test_it_is_the_same_meeting_as_in_the_invitation(world: World, case: Case, meeting: Meeting) -> None:
    ppr = case.partnerships.get(unit=world.ppr)
    change_contact(partnership=ppr, contact=world.anton, actor=world.per, now=on(1, hours=1))
    mails_at(on(1, hours=1))
    put_off(world, meeting, by=world.maja)
    brought = brought_to(world.anton, mails_at(on(1, hours=2)))
    entry = entry_for(world.anton, meeting)
    assert (str(entry["UID"]), str(entry["SEQUENCE"])) == (brought.uid, brought.sequence)
    assert brought.sequence == "2"


def test_it_is_published_and_asks_nobody(world: World, case: Case, meeting: Meeting) -> None:
    response = file_for(world.anna, meeting, language="da")
    assert response["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert response["Content-Disposition"] == f'inline; filename="involver-{case.code}.ics"'
    assert "no-store" in response["Cache-Control"]
    calendar = Calendar.from_ical(response.content.decode())
    assert calendar["METHOD"] == "PUBLISH"
    [entry] = calendar.walk("VEVENT")
    assert entry["SUMMARY"] == f"Møde · {case.code}"
    assert entry["DESCRIPTION"] == f"Svar i Involver, om du kommer.\n{LINK.format(meeting.pk)}"
    assert (entry["LOCATION"], entry["URL"]) == ("Bakkeskolen", LINK.format(meeting.pk))
    assert entry["ORGANIZER"] == "mailto:involver@lilleby.example"
    assert entry["CLASS"] == "PRIVATE"
    assert "ATTENDEE" not in entry


def test_it_says_nothing_but_the_code_the_time_and_the_place(world: World, case: Case, meeting: Meeting) -> None:
    text = file_for(world.anna, meeting).content.decode()
    hidden = [*(f"{term.label_da} {term.label_en}".split(" ") for term in (meeting.kind, case.theme))]
    assert not [word for words in hidden for word in words if word in text]
    assert not [name for name in ("Maja", "Anna", "maja@", "anna@") if name in text]


def test_it_says_what_one_has_answered(world: World, meeting: Meeting) -> None:
    def told() -> tuple[str, str, str]:
        entry = entry_for(world.anna, meeting)
        return entry["STATUS"], entry["TRANSP"], entry["DESCRIPTION"].splitlines()[0]

    assert told() == ("TENTATIVE", "OPAQUE", "Say in Involver whether you come.")
    answer_meeting(attendance=call_of(meeting, world.anna), comes=True, actor=world.anna, now=on(1, hours=1))
    assert told() == ("CONFIRMED", "OPAQUE", "You have said that you come.")
    answer_meeting(attendance=call_of(meeting, world.anna), comes=False, actor=world.anna, now=on(1, hours=2))
    assert told() == ("CONFIRMED", "TRANSPARENT", "You have said that you do not come.")


def test_a_leader_who_is_not_called_has_it_without_being_busy(world: World, meeting: Meeting) -> None:
    entry = entry_for(world.per, meeting)
    assert entry["DESCRIPTION"].startswith("You are not called to the meeting yourself.")
    assert (entry["STATUS"], entry["TRANSP"]) == ("CONFIRMED", "TRANSPARENT")
    assert entry["UID"] != entry_for(world.anna, meeting)["UID"]


def test_a_cancelled_meeting_says_so(world: World, meeting: Meeting) -> None:
    before = entry_for(world.maja, meeting)
    cancel_meeting(meeting=meeting, actor=world.maja, now=on(1, hours=1))
    ended = entry_for(world.maja, meeting)
    assert (ended["STATUS"], ended["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
    assert (ended["UID"], int(ended["SEQUENCE"])) == (before["UID"], int(before["SEQUENCE"]) + 1)
    assert ended["DESCRIPTION"].startswith("The meeting is cancelled.")


def test_whoever_is_released_and_still_sees_it_takes_it_out(world: World, case: Case, meeting: Meeting) -> None:
    ppr = case.partnerships.get(unit=world.ppr)
    change_contact(partnership=ppr, contact=world.per, actor=world.per, now=on(1, hours=1))
    change_contact(partnership=ppr, contact=world.anton, actor=world.per, now=on(1, hours=2))
    ended = entry_for(world.per, meeting)
    assert ended["STATUS"] == "CANCELLED"
    assert ended["DESCRIPTION"].startswith("You are no longer called to the meeting.")
    assert "LOCATION" not in ended


def test_only_those_who_see_the_meeting_get_it(world: World, case: Case, meeting: Meeting) -> None:
    assert file_for(world.hanne, meeting).status_code == 404
    assert Client().get(path_of(meeting)).status_code == 302  # to the sign-in page
    assert see(world.maja, reverse("notifications:meeting_file", args=[10**6])).status_code == 404
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(1, hours=3))
    assert file_for(world.maja, meeting).status_code == 409


def test_getting_it_is_a_look_and_nothing_can_be_sent_there(world: World, case: Case, meeting: Meeting) -> None:
    looks = AccessRecord.objects.filter(case=case, viewer=world.anna)
    assert not looks.exists()
    file_for(world.anna, meeting)
    assert looks.count() == 1
    client = Client()
    client.force_login(world.anna)
    assert client.post(path_of(meeting)).status_code == 405


def test_the_pages_of_the_case_and_of_the_meeting_lead_there(world: World, case: Case, meeting: Meeting) -> None:
    link = f'href="{path_of(meeting)}"'
    for person in (world.maja, world.anna, world.per):
        assert link in words(see(person, reverse("case", args=[case.code])))
        assert f"<a {link}>Put it in my calendar</a>" in words(see(person, reverse("meeting", args=[meeting.pk])))
    cancel_meeting(meeting=meeting, actor=world.maja, now=on(1))
    assert link not in words(see(world.maja, reverse("case", args=[case.code])))
    page = words(see(world.maja, reverse("meeting", args=[meeting.pk])))
    assert f"<a {link}>The cancellation, for my calendar</a>" in page
