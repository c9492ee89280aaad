"""Meetings: called, answered, moved, cancelled and taken down, at Danish times."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.commands.bases import record_basis
from coordination.commands.invitations import accept_invitation, invite_unit
from coordination.commands.meetings import WhenAndWhere, answer_meeting, call_meeting, cancel_meeting
from coordination.models import (
    AccessRecord,
    Ask,
    Attendance,
    AttendanceAnswer,
    Case,
    Meeting,
    MeetingKind,
    MeetingState,
    Reference,
    ReferencePurpose,
    ReferenceSystem,
    Room,
)
from coordination.web.meetings.when_and_where import danish_time
from tests.builders import World, a_case, a_consent, accepted, on, term
from tests.pages.asking import chosen, said, see, send, words


@pytest.fixture
def case(world: World) -> Case:
    case = a_case(world)
    accepted(world, case)
    return case


@pytest.fixture
def meeting(world: World, case: Case) -> Meeting:
    """Thursday from 13:00 to 14:00 Danish time at PPR, called by Maja."""
    return call_meeting(
        case=case,
        kind=term(MeetingKind, "network"),
        at=WhenAndWhere(starts_at=on(3, hours=4), ends_at=on(3, hours=5), place=world.ppr),
        people=[world.anna],
        actor=world.maja,
        now=on(hours=2),
    )


def call_url(case: Case) -> str:
    return reverse("meeting_call", args=[case.code])


def when(world: World, **changes: object) -> dict[str, object]:
    return {
        "starts_on": "2026-09-21",
        "starts_at": "13:00",
        "minutes_long": "90",
        "place": f"unit-{world.school.pk}",
        **changes,
    }


def filled(world: World, **changes: object) -> dict[str, object]:
    return when(world, **{"kind": term(MeetingKind, "network").pk, "people": [world.anna.pk], **changes})


# --- Danish times -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "clock", "instant"),
    [
        (date(2026, 7, 1), time(13, 0), datetime(2026, 7, 1, 11, 0, tzinfo=UTC)),
        (date(2026, 12, 1), time(13, 0), datetime(2026, 12, 1, 12, 0, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2027, 3, 28), time(2, 30), None),
        (date(2027, 3, 28), time(3, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
    ],
)
def test_a_danish_time_is_one_instant_or_none(day: date, clock: time, instant: datetime | None) -> None:
    assert danish_time(day, clock) == instant


# --- Calling ------------------------------------------------------------------------------------------------
def test_everybody_else_is_ticked_and_the_places_are_units_and_rooms(world: World, case: Case) -> None:
    room = Room.objects.create(unit=world.ppr, name="Mødelokale 1")
    Room.objects.create(unit=world.ppr, name="Kælderen", is_retired=True)
    Room.objects.create(unit=world.health, name="Stuen")
    response = see(world.maja, call_url(case))
    page = words(response)
    assert chosen(response, "people") == {str(world.anna.pk)}
    assert "Anna Bang" in page
    assert f'<option value="unit-{world.school.pk}" selected>' in page
    assert f'<option value="room-{room.pk}">' in page
    assert "Kælderen" not in page
    assert "Stuen" not in page


def test_calling_a_meeting_is_for_those_who_take_part(world: World, case: Case) -> None:
    for person, status in ((world.hanne, 404), (world.anton, 404), (world.lone, 403)):
        assert see(person, call_url(case)).status_code == status
        assert send(person, call_url(case), filled(world)).status_code == status
    assert not Meeting.objects.exists()


def test_a_holder_alone_is_told_to_invite_first(world: World) -> None:
    page = words(see(world.maja, call_url(a_case(world))))
    assert "There is nobody to meet yet" in page
    assert "starts_on" not in page


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"starts_on": "31-02-2027"}, "Write the day like 31-12-2026."),
        ({"starts_on": "31-12-9999"}, "Write the day like 31-12-2026."),
        ({"starts_on": "2026-09-01"}, "This time has passed."),
        ({"starts_on": "2030-01-01"}, "Choose a day within two years."),
        ({"starts_on": "28-03-2027", "starts_at": "2.30"}, "the clock is put forward"),
        ({"starts_at": "kl. to"}, "Write the time like 13:30."),
        ({"starts_at": "25:00"}, "Write the time like 13:30."),
        ({"minutes_long": "481"}, "Select a valid choice"),
        ({"place": "unit-999999"}, "Select a valid choice"),
        ({"place": "room-1"}, "Select a valid choice"),
        ({"people": ["999999"]}, "Select a valid choice"),
        ({"people": []}, "Choose at least one person."),
        ({"kind": "999999"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_with_everything_typed_kept(
    world: World, case: Case, typed: dict[str, object], why: str
) -> None:
    sent = filled(world, **typed)
    response = send(world.maja, call_url(case), sent)
    page = words(response)
    assert response.status_code == 422
    assert why in page
    assert "people" in typed or chosen(response, "people") == {str(world.anna.pk)}
    assert "kind" in typed or chosen(response, "kind") == {str(sent["kind"])}
    if typed.get("starts_on") == "31-02-2027":
        assert 'value="31-02-2027"' in page
    if "starts_at" in typed and typed["starts_at"] != "2.30":
        assert f'type="text" name="starts_at" value="{typed["starts_at"]}"' in page
    elif "starts_at" not in typed:
        assert 'type="time" name="starts_at" value="13:00"' in page
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("typed", ["13:00", "13.00", "1300", "13", "13:00:00"])
def test_a_time_is_understood_in_every_usual_spelling(world: World, case: Case, typed: str) -> None:
    said(world.maja, call_url(case), filled(world, starts_at=typed))
    assert Meeting.objects.get().starts_at == datetime(2026, 9, 21, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["9:05", "9.05", "905", "0905"])
def test_a_morning_needs_no_nought(world: World, case: Case, typed: str) -> None:
    said(world.maja, call_url(case), filled(world, starts_at=typed))
    assert Meeting.objects.get().starts_at == datetime(2026, 9, 21, 7, 5, tzinfo=UTC)


def test_a_time_that_comes_twice_is_the_first_and_a_length_is_real_time(world: World, case: Case) -> None:
    said(world.maja, call_url(case), filled(world, starts_on="25-10-2026", starts_at="2:30"))
    meeting = Meeting.objects.get()
    assert meeting.starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert meeting.ends_at == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)


def test_a_meeting_sent_twice_is_one_and_says_who_is_asked(world: World, case: Case) -> None:
    room = Room.objects.create(unit=world.ppr, name="Mødelokale 1")
    sent = filled(world, submission=str(uuid4()), place=f"room-{room.pk}")
    message = said(world.maja, call_url(case), sent)
    assert message == "The meeting is called for Monday at 13:00. 1 person has been asked to answer."
    assert send(world.maja, call_url(case), sent).headers["location"] == reverse("case", args=[case.code])
    meeting = Meeting.objects.get()
    assert (meeting.place, meeting.room) == (world.ppr, room)
    assert [(each.person, each.answer) for each in meeting.attendances.order_by("pk")] == [
        (world.maja, AttendanceAnswer.YES),
        (world.anna, AttendanceAnswer.ASKED),
    ]


# --- The meeting --------------------------------------------------------------------------------------------
def test_those_who_take_part_see_when_where_and_who_comes(world: World, case: Case, meeting: Meeting) -> None:
    page = words(see(world.anna, reverse("meeting", args=[meeting.pk])))
    assert "at 13:00</time>–14:00" in page
    assert "PPR" in page
    assert "has not answered" in page
    assert "Do you come?" in page
    assert reverse("meeting_move", args=[meeting.pk]) not in page
    assert AccessRecord.objects.filter(case=case, viewer=world.anna).count() == 1
    callers = words(see(world.maja, reverse("meeting", args=[meeting.pk])))
    assert reverse("meeting_move", args=[meeting.pk]) in callers
    assert reverse("meeting_hold", args=[meeting.pk]) not in callers
    assert "I cannot come" not in words(see(world.lone, reverse("meeting", args=[meeting.pk])))


@pytest.mark.parametrize("name", ["meeting", "meeting_answer", "meeting_move", "meeting_cancel", "meeting_hold"])
def test_a_meeting_is_unknown_to_outsiders(world: World, meeting: Meeting, name: str) -> None:
    url = reverse(name, args=[meeting.pk])
    for stranger in (world.hanne, world.anton):
        assert see(stranger, url).status_code == (302 if name == "meeting_answer" else 404)
        assert name == "meeting" or send(stranger, url, {"comes": "yes"}).status_code == 404
    assert Meeting.objects.get().state == MeetingState.PLANNED


def test_the_page_reads_the_same_however_many_are_called(world: World, case: Case, meeting: Meeting) -> None:
    url = reverse("meeting", args=[meeting.pk])
    see(world.maja, url)
    with CaptureQueriesContext(connection) as few:
        see(world.maja, url)
    for unit, person in ((world.health, world.hanne), (world.family, world.frida)):
        asked = invite_unit(case=case, unit=unit, ask=term(Ask, "sparring"), actor=world.maja, now=on(hours=3))
        accept_invitation(invitation=asked, actor=person, now=on(hours=4))
        Attendance.objects.create(meeting=meeting, person=person, unit=unit)
    with CaptureQueriesContext(connection) as many:
        assert "Frida Friis" in words(see(world.maja, url))
    assert len(many) == len(few)


# --- Answering ----------------------------------------------------------------------------------------------
def test_one_answers_and_may_change_ones_mind(world: World, meeting: Meeting) -> None:
    url = reverse("meeting_answer", args=[meeting.pk])
    message = said(world.anna, url, {"comes": "yes"})
    assert message == "You come, Thursday at 13:00. Maja Holm can see it on the meeting."
    assert meeting.attendances.get(person=world.anna).answer == AttendanceAnswer.YES
    assert "You cannot come" in said(world.anna, url, {"comes": "no"})
    assert meeting.attendances.get(person=world.anna).answer == AttendanceAnswer.NO


def test_an_answer_of_nothing_is_asked_again(world: World, meeting: Meeting) -> None:
    response = send(world.anna, reverse("meeting_answer", args=[meeting.pk]))
    assert response.status_code == 422
    assert "Choose whether you come." in words(response)


def test_nobody_answers_for_others_and_a_get_answers_nothing(world: World, meeting: Meeting) -> None:
    url = reverse("meeting_answer", args=[meeting.pk])
    assert send(world.per, url, {"comes": "yes"}).status_code == 403
    assert see(world.anna, f"{url}?comes=yes").headers["location"] == reverse("meeting", args=[meeting.pk])
    assert meeting.attendances.get(person=world.anna).answer == AttendanceAnswer.ASKED


def test_a_cancelled_meeting_takes_no_answer(world: World, meeting: Meeting) -> None:
    cancel_meeting(meeting=meeting, actor=world.maja, now=on(hours=3))
    response = send(world.anna, reverse("meeting_answer", args=[meeting.pk]), {"comes": "yes"})
    assert response.status_code == 409
    assert "no longer planned (cancelled)" in words(response)
    assert "The meeting is cancelled." in words(response)


# --- Moving and cancelling ----------------------------------------------------------------------------------
def test_only_the_caller_and_the_holder_change_a_meeting(world: World, meeting: Meeting) -> None:
    for name in ("meeting_move", "meeting_cancel", "meeting_hold"):
        url = reverse(name, args=[meeting.pk])
        for person in (world.anna, world.lone):
            assert see(person, url).status_code == 403
            assert send(person, url, when(world)).status_code == 403
    meeting.refresh_from_db()
    assert (meeting.state, meeting.moved_count) == (MeetingState.PLANNED, 0)


def test_moving_shows_what_is_planned_and_asks_everybody_again(world: World, meeting: Meeting) -> None:
    answer_meeting(attendance=meeting.attendances.get(person=world.anna), comes=True, actor=world.anna, now=on(hours=3))
    url = reverse("meeting_move", args=[meeting.pk])
    page = words(see(world.maja, url))
    assert 'value="2026-09-17"' in page
    assert 'value="13:00"' in page
    assert f'<option value="unit-{world.ppr.pk}" selected>' in page
    message = said(world.maja, url, when(world, starts_at="9.15"))
    assert message == "The meeting is moved to Monday at 09:15. Everybody else is asked again."
    assert meeting.attendances.get(person=world.anna).answer == AttendanceAnswer.ASKED


def test_a_length_that_is_not_on_the_list_can_stay(world: World, case: Case) -> None:
    odd = call_meeting(
        case=case,
        kind=term(MeetingKind, "network"),
        at=WhenAndWhere(starts_at=on(3, hours=4), ends_at=on(3, hours=4.5 + 1 / 3), place=world.ppr),
        people=[world.anna],
        actor=world.maja,
        now=on(hours=2),
    )
    url = reverse("meeting_move", args=[odd.pk])
    assert '<option value="50" selected>' in words(see(world.maja, url))
    said(world.maja, url, when(world, minutes_long="50"))
    odd.refresh_from_db()
    assert odd.ends_at - odd.starts_at == on(hours=50 / 60) - on()


def test_cancelling_asks_first(world: World, meeting: Meeting) -> None:
    url = reverse("meeting_cancel", args=[meeting.pk])
    assert "Everybody who was called is told." in words(see(world.maja, url))
    assert Meeting.objects.get().state == MeetingState.PLANNED
    assert "The meeting is cancelled." in said(world.maja, url)
    assert Meeting.objects.get().state == MeetingState.CANCELLED
    assert see(world.maja, url).status_code == 409
    assert send(world.maja, url).status_code == 409


# --- Taking down --------------------------------------------------------------------------------------------
AFTER = on(3, hours=6)


def hold_url(meeting: Meeting) -> str:
    return reverse("meeting_hold", args=[meeting.pk])


def test_a_meeting_is_not_taken_down_before_it_has_begun(world: World, meeting: Meeting) -> None:
    assert see(world.maja, hold_url(meeting)).status_code == 422
    response = send(world.maja, hold_url(meeting), {"came": [world.anna.pk]})
    assert response.status_code == 422
    assert "The meeting has not begun yet." in words(response)
    assert Meeting.objects.get().state == MeetingState.PLANNED


def test_those_who_said_yes_are_ticked(world: World, meeting: Meeting) -> None:
    assert reverse("meeting_hold", args=[meeting.pk]) in words(
        see(world.maja, reverse("meeting", args=[meeting.pk]), at=AFTER)
    )
    assert chosen(see(world.maja, hold_url(meeting), at=AFTER), "came") == {str(world.maja.pk)}
    sent = {"came": [world.anna.pk], "submission": str(uuid4())}
    assert said(world.maja, hold_url(meeting), sent, at=AFTER) == "The meeting is taken down."
    assert send(world.maja, hold_url(meeting), sent, at=AFTER).status_code == 302
    assert send(world.maja, hold_url(meeting), {"came": []}, at=AFTER).status_code == 409
    assert dict(meeting.attendances.values_list("person", "came")) == {world.maja.pk: False, world.anna.pk: True}
    shown = words(see(world.anna, reverse("meeting", args=[meeting.pk]), at=AFTER))
    assert "did not come" in shown


@pytest.mark.parametrize(
    "typed", ["010203-1234", "0102031234", "610203 1234", "01.02.2003-1234", "O1O2O3-1234", "10102031234"]
)
def test_a_cpr_number_is_refused_and_never_shown_again(world: World, meeting: Meeting, typed: str) -> None:
    sent = {"came": [world.anna.pk], "system": term(ReferenceSystem, "ppr_journal").pk, "number": typed}
    response = send(world.maja, hold_url(meeting), sent, at=AFTER)
    page = words(response)
    assert response.status_code == 422
    assert "This looks like a CPR number." in page
    assert typed not in page
    assert chosen(response, "came") == {str(world.anna.pk)}
    assert not Reference.objects.exists()
    assert Meeting.objects.get().state == MeetingState.PLANNED


def test_half_a_reference_is_refused_and_a_wrong_number_is_kept(world: World, meeting: Meeting) -> None:
    system = term(ReferenceSystem, "ppr_journal").pk
    assert "Write the number, or choose no minutes." in words(
        send(world.maja, hold_url(meeting), {"system": system}, at=AFTER)
    )
    alone = words(send(world.maja, hold_url(meeting), {"number": "P-2026-1042"}, at=AFTER))
    assert "Choose the system that the number is from." in alone
    wrong = words(send(world.maja, hold_url(meeting), {"system": system, "number": "xyz"}, at=AFTER))
    assert "looks like" in wrong
    assert 'value="xyz"' in wrong
    assert Meeting.objects.get().state == MeetingState.PLANNED


def test_the_minutes_are_a_reference(world: World, meeting: Meeting) -> None:
    sent = {
        "came": [world.anna.pk, world.maja.pk],
        "system": term(ReferenceSystem, "ppr_journal").pk,
        "number": " p-2026-1042 ",
    }
    refused = words(send(world.maja, hold_url(meeting), sent, at=AFTER))
    assert "record a consent or a legal basis first" in refused
    assert 'value=" p-2026-1042 "' in refused
    record_basis(case=meeting.case, draft=a_consent(), actor=world.maja, now=on(1))
    assert "with a reference to the minutes" in said(world.maja, hold_url(meeting), sent, at=AFTER)
    assert Reference.objects.get().purpose == ReferencePurpose.MINUTES
    page = words(see(world.anna, reverse("meeting", args=[meeting.pk]), at=AFTER))
    assert "PPR" in page
    assert "1042" not in page
