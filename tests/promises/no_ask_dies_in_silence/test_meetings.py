"""Whoever is called to a meeting owes an answer; whoever holds the baton, what came of it."""

from __future__ import annotations

import pytest

from coordination.commands.bases import record_basis
from coordination.commands.cases import close_case
from coordination.commands.meetings import WhenAndWhere, answer_meeting, cancel_meeting, hold_meeting, move_meeting
from coordination.commands.people import deactivate_person
from coordination.errors import Forbidden, MovedOn, Unacceptable, Unseen
from coordination.models import (
    Attendance,
    AttendanceAnswer,
    Case,
    CaseOutcome,
    DeadlineKind,
    ReferencePurpose,
    Settlement,
)
from tests.builders import World, a_case, a_consent, a_reference, accepted, day, on, term
from tests.promises.telling import (
    call_of,
    called,
    how_settled,
    is_owed,
    owed,
)

MET, LAPSED = Settlement.MET, Settlement.LAPSED


def close(world: World, case: Case, *, days: float = 2) -> None:
    """Maja closes the case, on Wednesday."""
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(days))


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
    assert set(Attendance.objects.filter(meeting=meeting).values_list("person", flat=True)) == {
        world.maja.pk,
        world.per.pk,
    }
    assert owed(case, DeadlineKind.ANSWER_MEETING).owner == world.per


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
