"""Whoever is called to a meeting owes an answer; whoever holds the baton, what came of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coordination.commands.bases import record_basis
from coordination.commands.cases import close_case
from coordination.commands.handovers import accept_handover
from coordination.commands.invitations import accept_invitation, change_contact, invite_unit, leave_case
from coordination.commands.meetings import (
    WhenAndWhere,
    answer_meeting,
    call_meeting,
    cancel_meeting,
    hold_meeting,
    move_meeting,
)
from coordination.commands.people import begin_membership, deactivate_person
from coordination.commands.time import pass_time
from coordination.commands.units import UnitDraft, close_unit, place_unit
from coordination.errors import Forbidden, MovedOn, Unacceptable, Unseen
from coordination.models import (
    Ask,
    AttendanceAnswer,
    Case,
    CaseOutcome,
    Deadline,
    DeadlineKind,
    EventKind,
    LeaveReason,
    Meeting,
    MeetingKind,
    MeetingState,
    Partnership,
    ReferencePurpose,
    Role,
    Room,
    Settlement,
    StepTaken,
    Unit,
    UnitKind,
    User,
)
from tests.builders import World, a_case, a_consent, a_reference, accepted, day, on, term, the_invitation
from tests.promises.telling import (
    call_of,
    called,
    happened,
    how_settled,
    is_owed,
    last_event,
    offered,
    owed,
)

MET, LAPSED = Settlement.MET, Settlement.LAPSED


def those_called(meeting: Meeting) -> set[User]:
    """Those who are called to a meeting still."""
    return {call.person for call in meeting.attendances.called()}


def what_was_owed(case: Case) -> set[tuple[int, int]]:
    """The deadlines of a case with the steps taken of them, by their ids."""
    return {(row.pk, row.steps_taken.count()) for row in Deadline.objects.filter(case=case)}


def close(world: World, case: Case, *, days: float = 2) -> None:
    """Maja closes the case, on Wednesday."""
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(days))


def leave(world: World, partnership: Partnership) -> None:
    """Anna leaves the case, on Sunday."""
    leave_case(partnership=partnership, reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(6, hours=1))


def test_everybody_called_owes_an_answer_but_the_one_who_calls(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    meeting = called(world, case, world.anna, world.maja)
    assert owed(case, DeadlineKind.ANSWER_MEETING).owner == world.anna
    assert call_of(meeting, world.maja).answer == AttendanceAnswer.YES
    outcome = owed(case, DeadlineKind.MEETING_OUTCOME)
    assert (outcome.owner, outcome.due_on) == (world.maja, day(8))


@pytest.mark.parametrize("comes", [True, False])
def test_an_answer_to_a_call_ends_it_and_may_be_changed(world: World, comes: bool) -> None:
    case = a_case(world)
    accepted(world, case)
    call = call_of(called(world, case, world.anna), world.anna)
    answer_meeting(attendance=call, comes=comes, actor=world.anna, now=on(2))
    assert how_settled(case, DeadlineKind.ANSWER_MEETING) == [MET]
    assert case.events.latest("pk").data == {"comes": comes}
    answer_meeting(attendance=call, comes=not comes, actor=world.anna, now=on(3))
    call.refresh_from_db()
    assert (call.answer == AttendanceAnswer.YES) is not comes


def test_nobody_answers_for_somebody_else(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    call = call_of(called(world, case, world.anna), world.anna)
    with pytest.raises(Forbidden):
        answer_meeting(attendance=call, comes=True, actor=world.maja, now=on(2))
    with pytest.raises(Unseen):
        answer_meeting(attendance=call, comes=True, actor=world.ove, now=on(2))


def test_a_meeting_that_is_moved_asks_everybody_again(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    meeting = called(world, case, world.anna)
    answer_meeting(attendance=call_of(meeting, world.anna), comes=True, actor=world.anna, now=on(2))
    at = WhenAndWhere(starts_at=on(14), ends_at=on(14, hours=1), place=world.ppr)
    move_meeting(meeting=meeting, at=at, actor=world.maja, now=on(3))
    assert owed(case, DeadlineKind.ANSWER_MEETING).owner == world.anna
    assert owed(case, DeadlineKind.MEETING_OUTCOME).due_on == day(15)
    assert call_of(meeting, world.anna).answer == AttendanceAnswer.ASKED


def test_moving_a_meeting_keeps_the_call_and_all_that_was_owed_for_it(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    meeting = called(world, case, world.anna)
    pass_time(now=on(4))  # a reminder has gone out, and Anna has not answered
    call, before = call_of(meeting, world.anna), what_was_owed(case)
    assert StepTaken.objects.filter(deadline__attendance=call).exists()
    at = WhenAndWhere(starts_at=on(14), ends_at=on(14, hours=1), place=world.ppr)
    move_meeting(meeting=meeting, at=at, actor=world.maja, now=on(5))
    assert call_of(meeting, world.anna) == call
    assert before <= what_was_owed(case)
    assert how_settled(case, DeadlineKind.ANSWER_MEETING) == [LAPSED]
    assert owed(case, DeadlineKind.ANSWER_MEETING, attendance=call).due_on == day(11)


def test_whoever_moves_a_meeting_and_has_not_answered_gets_a_new_day_to_answer_by(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    meeting = called(world, case, world.maja, actor=world.anna)
    for days in (14, 21):
        at = WhenAndWhere(starts_at=on(days), ends_at=on(days, hours=1), place=world.ppr)
        move_meeting(meeting=meeting, at=at, actor=world.maja, now=on(2))
    assert owed(case, DeadlineKind.ANSWER_MEETING, owner=world.maja).due_on == day(18)
    answer_meeting(attendance=call_of(meeting, world.maja), comes=True, actor=world.maja, now=on(3))
    move_meeting(meeting=meeting, at=at, actor=world.maja, now=on(3))
    assert call_of(meeting, world.maja).answer == AttendanceAnswer.YES


def test_a_meeting_that_is_cancelled_or_held_asks_nobody(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    cancel_meeting(meeting=called(world, case, world.anna), actor=world.maja, now=on(2))
    assert how_settled(case, DeadlineKind.ANSWER_MEETING) == [LAPSED]
    held = called(world, case, world.anna)
    with pytest.raises(Unacceptable):
        hold_meeting(meeting=held, came=[world.anna], actor=world.maja, now=on(6))
    hold_meeting(meeting=held, came=[world.anna], actor=world.maja, now=on(7, hours=2))
    assert call_of(held, world.anna).came
    assert not call_of(held, world.maja).came
    assert how_settled(case, DeadlineKind.MEETING_OUTCOME) == [LAPSED, MET]
    assert not is_owed(case, DeadlineKind.ANSWER_MEETING)
    for meeting in case.meetings.all():
        with pytest.raises(MovedOn):
            cancel_meeting(meeting=meeting, actor=world.maja, now=on(8))


def test_the_contact_who_follows_is_called_in_the_place_of_the_one_who_went(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    meeting = called(world, case, world.anna)
    deactivate_person(user=world.anna, actor=None, now=on(2))
    assert those_called(meeting) == {world.maja, world.per}
    assert owed(case, DeadlineKind.ANSWER_MEETING).owner == world.per
    assert case.events.get(kind=EventKind.MEETING_RELEASED).data == {"instead": world.per.pk}


@pytest.mark.parametrize("has_answered", [False, True])
def test_whose_part_ends_is_called_no_longer_and_whoever_called_them_is_told(world: World, has_answered: bool) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    meeting = called(world, case, world.anna)
    call = call_of(meeting, world.anna)
    pass_time(now=on(4))
    if has_answered:
        answer_meeting(attendance=call, comes=True, actor=world.anna, now=on(5))
    before, since = what_was_owed(case), last_event()
    leave(world, partnership)
    call.refresh_from_db()
    assert (call.answer, call.answered_at) == (AttendanceAnswer.RELEASED, on(6, hours=1))
    assert those_called(meeting) == {world.maja}
    assert before <= what_was_owed(case)
    assert how_settled(case, DeadlineKind.ANSWER_MEETING) == [MET if has_answered else LAPSED]
    assert happened(case, since=since) == [EventKind.PARTNERSHIP_LEFT, EventKind.MEETING_RELEASED]
    told = case.events.get(kind=EventKind.MEETING_RELEASED)
    assert (told.person, told.unit, told.actor) == (world.anna, world.ppr, world.anna)
    assert (told.subject, told.subject_id, told.data) == ("attendance", call.pk, {"instead": None})
    assert told.outbox_entry.relayed_at is None


def test_whose_part_ends_is_released_once_and_from_meetings_to_come_only(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    been, off, to_come = (called(world, case, world.anna, at=days) for days in (3, 7, 9))
    hold_meeting(meeting=been, came=[world.anna], actor=world.maja, now=on(4))
    cancel_meeting(meeting=off, actor=world.maja, now=on(4))
    leave(world, partnership)
    accept_handover(
        handover=offered(world, case, to_person=world.mads, to_unit=world.school, now=on(7)),
        actor=world.mads,
        now=on(7),
    )  # when the baton moves everybody's part is looked at again
    released = case.events.filter(kind=EventKind.MEETING_RELEASED, person=world.anna)
    assert [event.subject_id for event in released] == [call_of(to_come, world.anna).pk]
    assert call_of(been, world.anna).came


def test_a_call_that_was_taken_back_takes_no_answer_even_from_one_who_takes_part_again(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    meeting = called(world, case, world.anna)
    call = call_of(meeting, world.anna)
    leave(world, partnership)
    with pytest.raises(Unseen):
        answer_meeting(attendance=call, comes=True, actor=world.anna, now=on(7))
    again = invite_unit(case=case, unit=world.ppr, ask=term(Ask, "sparring"), actor=world.maja, now=on(7))
    accept_invitation(invitation=again, actor=world.anna, now=on(7))
    with pytest.raises(MovedOn):
        answer_meeting(attendance=call, comes=True, actor=world.anna, now=on(7))
    call.refresh_from_db()
    assert call.answer == AttendanceAnswer.RELEASED


def test_who_was_released_and_becomes_contact_again_is_asked_again(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    meeting = called(world, case, world.anna, world.maja)
    first = call_of(meeting, world.anna)
    answer_meeting(attendance=first, comes=True, actor=world.anna, now=on(2))
    change_contact(partnership=partnership, contact=world.anton, actor=world.anna, now=on(2))
    assert those_called(meeting) == {world.maja, world.anton}
    change_contact(partnership=partnership, contact=world.anna, actor=world.per, now=on(3))
    assert those_called(meeting) == {world.maja, world.anna}
    first.refresh_from_db()
    assert (first.answer, first.answered_at) == (AttendanceAnswer.ASKED, None)
    deadline = owed(case, DeadlineKind.ANSWER_MEETING)
    assert (deadline.owner, deadline.attendance, deadline.due_on) == (world.anna, first, day(4))
    released = case.events.filter(kind=EventKind.MEETING_RELEASED).order_by("pk")
    assert [(event.person, event.data) for event in released] == [
        (world.anna, {"instead": world.anton.pk}),
        (world.anton, {"instead": world.anna.pk}),
    ]


def test_nobody_is_called_instead_of_a_contact_by_one_who_is_called_already(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, None), (world.health, None)])
    partnership = accepted(world, case)
    accept_invitation(invitation=the_invitation(case, world.health), actor=world.hanne, now=on(hours=2))
    meeting = called(world, case, world.anna, world.hanne)
    answer_meeting(attendance=call_of(meeting, world.hanne), comes=True, actor=world.hanne, now=on(2))
    begin_membership(user=world.hanne, unit=world.ppr, role=Role.PROFESSIONAL, actor=None, now=on(2))
    change_contact(partnership=partnership, contact=world.hanne, actor=world.anna, now=on(2))
    assert call_of(meeting, world.hanne).answer == AttendanceAnswer.YES
    assert case.events.get(kind=EventKind.MEETING_RELEASED).data == {"instead": None}


def test_a_meeting_that_is_moved_or_held_leaves_those_out_who_were_released(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    meeting = called(world, case, world.anna)
    leave(world, partnership)
    at = WhenAndWhere(starts_at=on(14), ends_at=on(14, hours=1), place=world.school)
    move_meeting(meeting=meeting, at=at, actor=world.maja, now=on(7))
    assert not is_owed(case, DeadlineKind.ANSWER_MEETING)
    hold_meeting(meeting=meeting, came=[world.anna, world.maja], actor=world.maja, now=on(15))
    assert (call_of(meeting, world.anna).answer, call_of(meeting, world.anna).came) == ("released", None)
    assert call_of(meeting, world.maja).came


def test_only_those_who_take_part_are_called_and_somebody_else_than_oneself(world: World) -> None:
    case = a_case(world)
    for people in ([world.ove], [world.maja], []):
        with pytest.raises(Unacceptable) as refused:
            called(world, case, *people)
        assert refused.value.field == "people"


def test_minutes_are_a_reference_and_take_a_basis_where_others_take_part(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    meeting = called(world, case, world.anna)
    with pytest.raises(Unacceptable):
        hold_meeting(meeting=meeting, came=[], minutes=a_reference(), actor=world.maja, now=on(8))
    record_basis(case=case, draft=a_consent(), actor=world.maja, now=on(8))
    again = called(world, case, world.anna)
    for each in (meeting, again):  # the minutes of both stand in the same record
        hold_meeting(meeting=each, came=[], minutes=a_reference(), actor=world.maja, now=on(8))
    assert case.references.filter(purpose=ReferencePurpose.MINUTES).count() == 2


# --- Where it is held ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("has_successor", [False, True])
def test_a_meeting_at_a_unit_that_closes_is_held_elsewhere_and_everybody_is_told(
    world: World, has_successor: bool
) -> None:
    case = a_case(world)
    accepted(world, case)
    room = Room.objects.create(unit=world.family, name="Mødelokalet")
    meeting = called(world, case, world.anna)
    at = WhenAndWhere(starts_at=on(7), ends_at=on(7, hours=1), place=world.family, room=room)
    move_meeting(meeting=meeting, at=at, actor=world.maja, now=on(1))
    answer_meeting(attendance=call_of(meeting, world.anna), comes=True, actor=world.anna, now=on(2))
    since = last_event()
    close_unit(unit=world.family, successor=world.health if has_successor else None, actor=None, now=on(3))
    meeting.refresh_from_db()
    elsewhere = world.health if has_successor else world.school
    assert (meeting.place, meeting.room, meeting.state) == (elsewhere, None, MeetingState.PLANNED)
    assert (meeting.starts_at, meeting.moved_count) == (on(7), 2)
    assert call_of(meeting, world.anna).answer == AttendanceAnswer.YES
    assert happened(case, since=since) == [EventKind.MEETING_MOVED]
    told = case.events.get(pk__gt=since)
    assert (told.unit, told.actor, told.data["closed"]) == (elsewhere, None, world.family.pk)
    assert told.outbox_entry.relayed_at is None


def test_a_meeting_at_the_holders_unit_that_closes_is_held_where_the_baton_falls(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    meeting = called(world, case, world.anna)
    close_unit(unit=world.school, actor=None, now=on(3))
    meeting.refresh_from_db()
    assert meeting.place == world.schools


def test_a_successor_in_another_municipality_is_no_place_to_meet(world: World) -> None:
    town = place_unit(draft=UnitDraft("far", "Fjernby Kommune", term(UnitKind, "kommune")), actor=None, now=on(-9))
    case = a_case(world)
    accepted(world, case)
    meeting = called(world, case, world.anna)
    at = WhenAndWhere(starts_at=on(7), ends_at=on(7, hours=1), place=world.family)
    move_meeting(meeting=meeting, at=at, actor=world.maja, now=on(1))
    close_unit(unit=world.family, successor=town, actor=None, now=on(3))
    meeting.refresh_from_db()
    assert meeting.place == world.school


def test_meetings_that_have_begun_or_are_off_stay_where_they_were(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    begun, off, to_come = (called(world, case, world.anna, at=days) for days in (3, 7, 8))
    for meeting, days in ((begun, 3), (off, 7), (to_come, 8)):
        at = WhenAndWhere(starts_at=on(days), ends_at=on(days, hours=1), place=world.family)
        move_meeting(meeting=meeting, at=at, actor=world.maja, now=on(1))
    cancel_meeting(meeting=off, actor=world.maja, now=on(2))
    close_unit(unit=world.family, actor=None, now=on(3))
    assert set(Meeting.objects.filter(place=world.family)) == {begun, off}


def test_nobody_meets_at_a_unit_that_has_closed_in_the_meantime(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    meeting = called(world, case, world.anna)
    seen_open = Unit.objects.get(pk=world.family.pk)
    close_unit(unit=world.family, actor=None, now=on(2))
    at = WhenAndWhere(starts_at=on(7), ends_at=on(7, hours=1), place=seen_open)
    kind = term(MeetingKind, "network")
    attempts: list[Callable[[], Meeting]] = [
        lambda: move_meeting(meeting=meeting, at=at, actor=world.maja, now=on(3)),
        lambda: call_meeting(case=case, kind=kind, at=at, people=[world.anna], actor=world.maja, now=on(3)),
    ]
    for attempt in attempts:
        with pytest.raises(Unacceptable) as refused:
            attempt()
        assert refused.value.field == "place"
    assert Meeting.objects.get().place == world.school
