"""Whoever is called to a meeting finds it in their calendar, and no longer finds it there when they are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from coordination.commands.agreements import make_agreement
from coordination.commands.cases import close_case
from coordination.commands.invitations import accept_invitation, change_contact, leave_case
from coordination.commands.meetings import (
    WhenAndWhere,
    answer_meeting,
    call_meeting,
    cancel_meeting,
    move_meeting,
)
from coordination.commands.units import close_unit
from coordination.models import (
    AgreementKind,
    Case,
    CaseOutcome,
    EventKind,
    LeaveReason,
    Meeting,
    MeetingKind,
    Room,
    User,
)
from notifications.channels.calendar import invite_for, timezone_of_denmark, uid_of_call
from notifications.models import Channel, Message, Pace, Preference
from tests.builders import COPENHAGEN, World, a_case, accepted, day, on, term, the_invitation
from tests.notifications.mails import brought_by, brought_to, mails_at, mails_to, subject_of, text_of
from tests.promises.telling import away, call_of

# Monday week at nine, at the school.
TIME = on(7)


@pytest.fixture(autouse=True)
def with_email(settings: Settings) -> None:
    """E-mail is set up, and comes from the municipality."""
    settings.HAS_EMAIL = True
    settings.DEFAULT_FROM_EMAIL = "Lilleby <involver@lilleby.example>"
    settings.BASE_URL = "https://involver.lilleby.example"


@pytest.fixture
def case(world: World) -> Case:
    """Maja holds the baton; Anna of PPR and Hanne of the health service take part. Everybody knows so far."""
    case = a_case(world, invite=[(world.ppr, None), (world.health, None)])
    accepted(world, case)
    accept_invitation(invitation=the_invitation(case, world.health), actor=world.hanne, now=on(hours=1))
    mails_at(on(hours=2))
    return case


@pytest.fixture
def at_school(world: World) -> WhenAndWhere:
    """An hour in a room of the school."""
    room = Room.objects.create(unit=world.school, name="Lokale 12")
    return WhenAndWhere(starts_at=TIME, ends_at=TIME + timedelta(hours=1), place=world.school, room=room)


@pytest.fixture
def meeting(world: World, case: Case, at_school: WhenAndWhere) -> Meeting:
    """On Tuesday Maja calls Anna and Hanne there."""
    return call(case, at_school, world.anna, world.hanne, by=world.maja)


def call(case: Case, at: WhenAndWhere, *people: User, by: User) -> Meeting:
    """Call people to a meeting, on Tuesday."""
    return call_meeting(case=case, kind=term(MeetingKind, "network"), at=at, people=people, actor=by, now=on(1))


def put_off(meeting: Meeting, at: WhenAndWhere, *, by: User, days: int = 1) -> None:
    """Move a meeting by days, an hour after it was called."""
    later = timedelta(days=days)
    at = replace(at, starts_at=at.starts_at + later, ends_at=at.ends_at + later)
    move_meeting(meeting=meeting, at=at, actor=by, now=on(1, hours=1))


def message_about(meeting: Meeting, kind: EventKind, person: User) -> Message:
    """The e-mail that told somebody of an event."""
    return Message.objects.select_related("event", "person").get(
        event__kind=kind, event__case=meeting.case_id, person=person, channel=Channel.EMAIL
    )


def test_whoever_is_called_gets_an_invitation_for_themselves_alone(world: World, meeting: Meeting) -> None:
    mails = mails_at(on(1))
    assert {each["To"] for each in mails} == {world.anna.email, world.hanne.email}
    brought = brought_to(world.anna, mails)
    assert brought.method == "REQUEST"
    assert brought.summary == f"Møde · {meeting.case.code}"
    assert brought.location == "Bakkeskolen, Lokale 12"
    link = f"https://involver.lilleby.example/moeder/{meeting.pk}/"
    assert brought.url == link
    assert brought.description == f"Svar i Involver, om du kommer.\n{link}"
    assert (brought.sequence, brought.status, brought.transp) == ("0", "CONFIRMED", "OPAQUE")
    attendee = brought.event["ATTENDEE"]
    assert attendee == f"mailto:{world.anna.email}"  # one, not a list
    assert attendee.params["CN"] == "Anna Bang"
    assert (attendee.params["RSVP"], attendee.params["PARTSTAT"]) == ("FALSE", "NEEDS-ACTION")


def test_answers_go_to_the_sender_of_the_mail_and_to_no_person(world: World, meeting: Meeting) -> None:
    brought = brought_to(world.anna, mails_at(on(1)))
    assert brought.organizer == "mailto:involver@lilleby.example"
    assert brought.event["ORGANIZER"].params["CN"] == "Involver"
    assert not [name for name in ("Maja", "Hanne", "maja@", "hanne@") if name in brought.text]


def test_an_invitation_names_neither_the_kind_of_meeting_nor_the_theme(world: World, meeting: Meeting) -> None:
    text = brought_to(world.anna, mails_at(on(1))).text
    assert not [term for term in (meeting.kind, meeting.case.theme) if term.label_da in text or term.label_en in text]


def test_the_time_is_danish_time(world: World, meeting: Meeting) -> None:
    brought = brought_to(world.anna, mails_at(on(1)))
    assert "DTSTART;TZID=Europe/Copenhagen:20260921T090000" in brought.text
    assert "DTEND;TZID=Europe/Copenhagen:20260921T100000" in brought.text
    assert brought.text.count("BEGIN:VTIMEZONE") == 1


def test_the_description_of_danish_time_agrees_with_the_world() -> None:
    described: Any = timezone_of_denmark().to_tz(lookup_tzid=False)
    nights = [date(year, month, day_of) for year in (2026, 2031, 2037) for month in (3, 10) for day_of in range(22, 32)]
    for night in [*nights, date(2026, 1, 1), date(2026, 7, 1)]:
        noon = datetime(night.year, night.month, night.day, 12, tzinfo=UTC).replace(tzinfo=None)
        assert described.utcoffset(noon) == noon.replace(tzinfo=COPENHAGEN).utcoffset(), night


def test_mail_programs_find_it_where_each_of_them_looks(world: World, meeting: Meeting) -> None:
    [message] = mails_to(world.anna, mails_at(on(1)))
    assert message.get_content_type() == "multipart/mixed"
    together, attached = message.iter_parts()
    assert isinstance(together, EmailMessage)
    assert together.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in together.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    [part] = [part for part in together.iter_parts() if part.get_content_type() == "text/calendar"]
    assert (part.get_param("method"), part.get_content_charset()) == ("REQUEST", "utf-8")
    assert isinstance(attached, EmailMessage)
    assert (attached.get_content_type(), attached.get_filename()) == ("application/ics", "invite.ics")
    assert attached.get_content().decode().split() == str(part.get_content()).split()


def test_a_meeting_that_is_moved_moves_in_the_calendar(world: World, meeting: Meeting, at_school: WhenAndWhere) -> None:
    first = brought_to(world.anna, mails_at(on(1)))
    put_off(meeting, at_school, by=world.maja)
    moved = brought_to(world.anna, mails_at(on(1, hours=1)))
    assert moved.method == "REQUEST"
    assert moved.uid == first.uid
    assert (first.sequence, moved.sequence) == ("0", "1")
    assert "DTSTART;TZID=Europe/Copenhagen:20260922T090000" in moved.text


def test_only_the_newest_time_comes_where_it_was_moved_before_anybody_was_told(
    world: World, meeting: Meeting, at_school: WhenAndWhere
) -> None:
    put_off(meeting, at_school, by=world.maja)
    brought = brought_to(world.anna, mails_at(on(1, hours=1)))
    assert "20260922T090000" in brought.text
    assert brought.sequence == "1"


def test_a_meeting_that_is_cancelled_leaves_the_calendar(
    world: World, meeting: Meeting, at_school: WhenAndWhere
) -> None:
    first = brought_to(world.anna, mails_at(on(1)))
    put_off(meeting, at_school, by=world.maja)
    mails_at(on(1, hours=1))
    cancel_meeting(meeting=meeting, actor=world.maja, now=on(1, hours=2))
    ended = brought_to(world.anna, mails_at(on(1, hours=2)))
    assert (ended.method, ended.status, ended.uid) == ("CANCEL", "CANCELLED", first.uid)
    assert ended.sequence == "2"
    assert ended.description.startswith("Mødet er aflyst.")


def test_whoever_leaves_is_released_in_their_calendar_and_nobody_else_is(
    world: World, case: Case, meeting: Meeting
) -> None:
    first = brought_to(world.anna, mails_at(on(1)))
    leave_case(
        partnership=case.partnerships.get(unit=world.ppr),
        reason=term(LeaveReason, "family_wish"),
        actor=world.per,
        now=on(1, hours=1),
    )
    mails = mails_at(on(1, hours=1))
    ended = [brought for each in mails_to(world.anna, mails) if (brought := brought_by(each))]
    assert [(each.method, each.uid, each.sequence) for each in ended] == [("CANCEL", first.uid, "1")]
    assert ended[0].description.startswith("Du er ikke længere indkaldt til mødet.")
    assert "Bakkeskolen" not in ended[0].text  # where the others meet is no longer theirs to know
    assert not [each for each in mails if each["To"] != world.anna.email and brought_by(each)]
    assert any("Anna Bang er ikke længere indkaldt" in subject_of(each) for each in mails_to(world.maja, mails))


def test_a_new_contact_person_is_called_instead(world: World, case: Case, meeting: Meeting) -> None:
    mails_at(on(1))
    change_contact(
        partnership=case.partnerships.get(unit=world.ppr), contact=world.anton, actor=world.per, now=on(1, hours=1)
    )
    mails = mails_at(on(1, hours=1))
    [called] = [each for each in mails_to(world.anton, mails) if brought_by(each)]
    assert subject_of(called) == f"Involver: Møde mandag den 21. september 2026 ({case.code})"
    assert "Indkaldelsen er gået videre fra Anna Bang." in text_of(called)
    brought = brought_by(called)
    assert brought is not None
    assert (brought.method, brought.event["ATTENDEE"]) == ("REQUEST", f"mailto:{world.anton.email}")
    assert brought.uid == uid_of_call(call_of(meeting, world.anton))
    [ended] = [found for each in mails_to(world.anna, mails) if (found := brought_by(each))]
    assert ended.method == "CANCEL"


def test_whoever_is_called_again_finds_it_in_their_calendar_again(world: World, case: Case, meeting: Meeting) -> None:
    mails_at(on(1))
    ppr = case.partnerships.get(unit=world.ppr)
    change_contact(partnership=ppr, contact=world.anton, actor=world.per, now=on(1, hours=1))
    ended = [found for each in mails_to(world.anna, mails_at(on(1, hours=1))) if (found := brought_by(each))]
    change_contact(partnership=ppr, contact=world.anna, actor=world.per, now=on(1, hours=2))
    again = [found for each in mails_to(world.anna, mails_at(on(1, hours=2))) if (found := brought_by(each))]
    assert [each.method for each in [*ended, *again]] == ["CANCEL", "REQUEST"]
    assert again[0].uid == ended[0].uid
    assert int(again[0].sequence) > int(ended[0].sequence)


def test_a_call_that_has_passed_on_is_not_told_of_once_the_meeting_is_cancelled(
    world: World, case: Case, meeting: Meeting
) -> None:
    mails_at(on(1))
    ppr = case.partnerships.get(unit=world.ppr)
    change_contact(partnership=ppr, contact=world.anton, actor=world.per, now=on(1, hours=1))
    cancel_meeting(meeting=meeting, actor=world.maja, now=on(1, hours=2))
    mails = mails_to(world.anton, mails_at(on(1, hours=2)))
    assert [found.method for each in mails if (found := brought_by(each))] == ["CANCEL"]
    assert sorted(subject_of(each) for each in mails) == [
        f"Involver: Mødet mandag den 21. september 2026 er aflyst ({case.code})",
        f"Involver: Nu er du kontaktperson for PPR ({case.code})",
    ]


def test_an_invitation_that_was_overtaken_says_nothing(world: World, case: Case, meeting: Meeting) -> None:
    mails_at(on(1))
    call = message_about(meeting, EventKind.MEETING_CALLED, world.anna)
    ppr = case.partnerships.get(unit=world.ppr)
    change_contact(partnership=ppr, contact=world.anton, actor=world.per, now=on(1, hours=1))
    mails_at(on(1, hours=1))
    release = message_about(meeting, EventKind.MEETING_RELEASED, world.anna)
    assert invite_for(call, url="") is None
    assert invite_for(release, url="") is not None
    change_contact(partnership=ppr, contact=world.anna, actor=world.per, now=on(1, hours=2))
    assert invite_for(release, url="") is None


def test_a_stand_in_is_told_and_the_calendar_stays_with_whoever_is_called(
    world: World, case: Case, at_school: WhenAndWhere
) -> None:
    away(world.anna, world.anton, first=0, last=5)
    mails_at(on(hours=3))
    call(case, at_school, world.anna, world.hanne, by=world.maja)
    mails = mails_at(on(1))
    [to_stand_in] = mails_to(world.anton, mails)
    assert brought_by(to_stand_in) is None
    assert brought_to(world.anna, mails).method == "REQUEST"


def test_whoever_called_the_meeting_gets_its_new_time_when_the_holder_moves_it(
    world: World, case: Case, at_school: WhenAndWhere
) -> None:
    meeting = call(case, at_school, world.maja, world.hanne, by=world.anna)
    assert mails_to(world.anna, mails_at(on(1))) == []
    put_off(meeting, at_school, by=world.maja)
    mails = mails_at(on(1, hours=1))
    assert brought_to(world.anna, mails).sequence == "1"
    assert mails_to(world.maja, mails) == []


def test_a_meeting_whose_place_closes_is_held_elsewhere_and_needs_no_new_answer(
    world: World, case: Case, at_school: WhenAndWhere
) -> None:
    at = replace(at_school, place=world.kindergarten, room=None)
    meeting = call(case, at, world.anna, by=world.maja)
    mails_at(on(1))
    answer_meeting(attendance=call_of(meeting, world.anna), comes=True, actor=world.anna, now=on(1, hours=1))
    mails_at(on(1, hours=1))
    close_unit(unit=world.kindergarten, actor=None, now=on(1, hours=2))
    [message] = mails_to(world.anna, mails_at(on(1, hours=2)))
    assert subject_of(message) == f"Involver: Mødet bliver et andet sted: Bakkeskolen ({case.code})"
    assert "Du skal ikke svare igen." in text_of(message)
    brought = brought_by(message)
    assert brought is not None
    assert (brought.location, brought.sequence) == ("Bakkeskolen", "1")
    assert brought.event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


def test_nobody_is_told_that_a_meeting_is_cancelled_which_has_been(world: World, case: Case, meeting: Meeting) -> None:
    mails_at(on(1))
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(8))
    subjects = [subject_of(each) for each in mails_to(world.anna, mails_at(on(8)))]
    assert f"Involver: Forløbet er afsluttet ({case.code})" in subjects
    assert not [subject for subject in subjects if "aflyst" in subject]


def test_a_uid_is_the_same_for_ever_and_says_nothing(world: World, meeting: Meeting, settings: Settings) -> None:
    anna, hanne = call_of(meeting, world.anna), call_of(meeting, world.hanne)
    uid = uid_of_call(anna)
    assert uid != uid_of_call(hanne)
    settings.SECRET_KEY = "another one"
    settings.DEFAULT_FROM_EMAIL = "Another sender <somebody@lilleby.example>"
    assert uid_of_call(anna) == uid
    settings.INDEX_KEY = bytes(32)
    assert uid_of_call(anna) != uid  # whoever has not the key cannot make it from what they know


def test_a_meeting_comes_at_once_also_to_those_who_have_chosen_digests(
    world: World, case: Case, at_school: WhenAndWhere
) -> None:
    Preference.objects.create(person=world.anna, email_pace=Pace.WEEKLY)
    make_agreement(
        case=case, kind=term(AgreementKind, "observation"), owner=world.anna, due_on=day(4), actor=world.maja, now=on(1)
    )
    meeting = call(case, at_school, world.anna, by=world.maja)
    [called] = mails_to(world.anna, mails_at(on(1)))
    assert brought_by(called) is not None
    put_off(meeting, at_school, by=world.maja)
    assert brought_to(world.anna, mails_at(on(1, hours=1))).sequence == "1"
    cancel_meeting(meeting=meeting, actor=world.maja, now=on(1, hours=2))
    assert brought_to(world.anna, mails_at(on(1, hours=2))).method == "CANCEL"
    [digest] = mails_to(world.anna, mails_at(on(7)))
    assert brought_by(digest) is None
    assert "Der er en aftale til dig" in text_of(digest)


def test_a_meeting_does_not_break_the_night(world: World, case: Case, at_school: WhenAndWhere) -> None:
    Preference.objects.create(person=world.anna, email_pace=Pace.DAILY)
    call(case, at_school, world.anna, by=world.maja)
    assert mails_to(world.anna, mails_at(on(1, hours=12))) == []
    assert brought_to(world.anna, mails_at(on(2))).method == "REQUEST"


def test_it_is_worded_in_the_language_of_whoever_is_called(world: World, meeting: Meeting) -> None:
    User.objects.filter(pk=world.anna.pk).update(language="en")
    mails = mails_at(on(1))
    assert brought_to(world.anna, mails).summary == f"Meeting · {meeting.case.code}"
    assert brought_to(world.hanne, mails).summary == f"Møde · {meeting.case.code}"


def test_a_name_cannot_write_into_the_calendar(world: World, case: Case, at_school: WhenAndWhere) -> None:
    User.objects.filter(pk=world.anna.pk).update(name='Anna "A": Bang;\r\nATTENDEE:mailto:x@example.org')
    call(case, at_school, world.anna, by=world.maja)
    brought = brought_to(world.anna, mails_at(on(1)))
    assert brought.event["ATTENDEE"] == f"mailto:{world.anna.email}"


def test_danish_summer_time_ends_and_the_meeting_stays_at_nine(
    world: World, case: Case, at_school: WhenAndWhere
) -> None:
    winter = datetime(2026, 10, 26, 9, tzinfo=ZoneInfo("Europe/Copenhagen"))
    call(case, replace(at_school, starts_at=winter, ends_at=winter + timedelta(hours=1)), world.anna, by=world.maja)
    brought = brought_to(world.anna, mails_at(on(1)))
    assert "DTSTART;TZID=Europe/Copenhagen:20261026T090000" in brought.text
    assert brought.event["DTSTART"].dt == winter
