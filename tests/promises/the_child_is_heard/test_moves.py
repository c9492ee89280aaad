"""At every move the child and the parents are asked again; nothing that was known is lost between two units."""

from __future__ import annotations

from datetime import date

import pytest

from coordination.commands.bases import record_basis
from coordination.commands.cases import close_case
from coordination.commands.handing_over import decline_child, hand_over, receive_child
from coordination.commands.landings import follow_up, review_transition
from coordination.commands.milestones import do_milestone, skip_milestone
from coordination.commands.time import pass_time
from coordination.commands.transitions import cancel_transition, name_receiver, postpone_transition
from coordination.commands.units import close_unit
from coordination.errors import Forbidden, MovedOn, Unacceptable, Unseen
from coordination.models import (
    CancelReason,
    CaseOutcome,
    DeadlineKind,
    DeclineReason,
    InvolvementKind,
    Landing,
    MissingKnowledge,
    NotRelevantReason,
    TransitionState,
)
from tests.builders import World, a_consent, day, on, term
from tests.promises.moving import (
    FIRST_OF_AUGUST,
    a_childs_case,
    a_move,
    again,
    days_of,
    handed_over,
    heard,
    milestone,
    not_yet,
    received,
    took_part,
)
from tests.promises.telling import fresh, happened, holder_of, is_owed, leaves, owed


def test_the_annual_wheel_of_vejle(world: World) -> None:
    """Three months before school at the latest the description is written; who needs more, is spoken of long before."""
    transition = a_move(world, a_childs_case(world), move_on=date(2028, 8, 1))
    days = days_of(transition)
    assert days["special_meeting"] == "2026-10-30"  # 1 November, one and a half years before, was a Sunday
    assert days["description"] == "2028-05-01"
    assert days["summer_review"] == "2028-10-02"  # 1 October is a Sunday; after the move the next working day
    assert owed(transition.case, DeadlineKind.DO_MILESTONE, milestone=milestone(transition, "description")).owner == (
        world.rikke
    )


def test_randers_preschool_and_school_are_two_linked_moves(world: World) -> None:
    case = a_childs_case(world)
    first = a_move(world, case, "kindergarten_to_preschool", move_on=date(2027, 3, 1))
    following = first.template.kind.next_kind
    assert following is not None
    assert (following.code, following.move_month, following.move_day) == ("preschool_to_school", 8, 1)
    second = a_move(
        world, case, following.code, from_unit=world.school, to_unit=world.other_school, follows=first, now=on(2)
    )
    assert second.follows == first
    early = date(2027, 2, 1)
    with pytest.raises(Unacceptable):  # it comes after the one that it follows
        a_move(world, case, following.code, from_unit=world.school, to_unit=None, move_on=early, follows=first)
    received(world, first, on_day=5)
    assert holder_of(case) == world.maja


def test_what_is_due_before_it_was_planned_makes_nobody_late(world: World) -> None:
    transition = a_move(world, a_childs_case(world))  # Vejle's meeting would have been in November 2025
    assert days_of(transition)["special_meeting"] == "2025-10-31"
    assert owed(
        transition.case, DeadlineKind.DO_MILESTONE, milestone=milestone(transition, "special_meeting")
    ).due_on == (day(15))


def test_a_move_hands_the_baton_over_and_ends_with_what_both_leaders_learn(world: World) -> None:
    case = a_childs_case(world)
    transition = received(world, a_move(world, case))
    assert holder_of(case) == world.maja
    assert [each.contact for each in case.partnerships.live()] == [world.rikke]  # the old place stays with them
    deadline = owed(case, DeadlineKind.FOLLOW_UP)
    assert (deadline.owner, deadline.due_on) == (world.maja, date(2027, 11, 1))  # 90 days on is a Saturday
    with pytest.raises(Unacceptable):
        follow_up(transition=transition, landing=Landing.WELL, actor=world.maja, now=on(10))
    follow_up(
        transition=transition,
        landing=Landing.KNOWLEDGE_MISSING,
        missing=term(MissingKnowledge, "what_helps"),
        actor=world.maja,
        now=on(400),
    )
    reviews = case.deadlines.open().filter(kind=DeadlineKind.REVIEW_TRANSITION)
    assert {each.owner for each in reviews} == {world.lone, world.kirsten}
    review_transition(transition=transition, unit=world.school, actor=world.lone, now=on(401))
    assert again(transition).state == TransitionState.LANDED
    with pytest.raises(MovedOn):
        review_transition(transition=transition, unit=world.school, actor=world.lone, now=on(401))
    review_transition(transition=transition, unit=world.kindergarten, actor=world.kirsten, now=on(402))
    assert again(transition).state == TransitionState.REVIEWED
    assert happened(case)[-3:] == ["transition_landed", "transition_reviewed", "transition_reviewed"]


@pytest.mark.parametrize("left_out", ["child", "parents"])
def test_nobody_is_handed_over_without_being_asked_again(world: World, left_out: str) -> None:
    case = a_childs_case(world)
    heard(case, world.rikke, on_day=0)
    took_part(case, world.rikke, on_day=0)  # before the move was planned: that is not asking again
    transition = a_move(world, case)
    if left_out != "child":
        heard(case, world.rikke, on_day=2)
    if left_out != "parents":
        took_part(case, world.rikke, on_day=2)
    with pytest.raises(Unacceptable) as refused:
        hand_over(transition=transition, actor=world.rikke, now=on(3))
    assert refused.value.field == left_out
    assert again(transition).state == TransitionState.PLANNED
    kind = InvolvementKind.CHILD if left_out == "child" else InvolvementKind.PARENTS
    not_yet(case, world.rikke, kind, "consideration", on_day=3)  # a reason stands in its place
    hand_over(transition=transition, actor=world.rikke, now=on(3, hours=2))
    assert again(transition).state == TransitionState.HANDED_OVER


def test_a_consent_that_runs_out_two_weeks_before_the_move_is_asked_for_again(world: World) -> None:
    ends = (FIRST_OF_AUGUST - day()).days - 14
    case = a_childs_case(world, consent_days=ends)
    transition = a_move(world, case)
    heard(case, world.rikke, on_day=ends)
    took_part(case, world.rikke, on_day=ends)
    pass_time(now=on(ends + 1))
    with pytest.raises(Unacceptable):
        hand_over(transition=transition, actor=world.rikke, now=on(ends + 2))
    record_basis(case=case, draft=a_consent(ends + 365), actor=world.rikke, now=on(ends + 3))
    hand_over(transition=transition, actor=world.rikke, now=on(ends + 4))
    assert again(transition).state == TransitionState.HANDED_OVER


def test_the_receiver_has_to_have_read_what_is_known(world: World) -> None:
    transition = handed_over(world, a_move(world, a_childs_case(world)))
    deadline = owed(transition.case, DeadlineKind.RECEIVE_TRANSITION)
    assert (deadline.owner, deadline.unit, deadline.due_on) == (None, world.school, day(17))
    with pytest.raises(Unacceptable) as refused:
        receive_child(transition=transition, actor=world.maja, now=on(4), has_read=False)
    assert refused.value.field == "has_read"
    with pytest.raises(Unseen):
        receive_child(transition=transition, actor=world.anna, now=on(4), has_read=True)
    with pytest.raises(Forbidden):
        receive_child(transition=transition, actor=world.rikke, now=on(4), has_read=True)
    receive_child(transition=transition, actor=world.lone, contact=world.mads, now=on(4), has_read=True)
    assert holder_of(transition.case) == world.mads


def test_a_receiver_that_says_no_points_onward_and_the_holder_finds_another(world: World) -> None:
    case = a_childs_case(world)
    transition = handed_over(world, a_move(world, case))
    decline_child(
        transition=transition,
        reason=term(DeclineReason, "no_capacity"),
        onward=world.other_school,
        actor=world.lone,
        now=on(5),
    )
    found = again(transition)
    assert (found.state, found.to_unit, found.onward_unit) == (TransitionState.PLANNED, None, world.other_school)
    assert owed(case, DeadlineKind.NAME_RECEIVER).owner == world.rikke
    assert not is_owed(case, DeadlineKind.RECEIVE_TRANSITION)
    assert holder_of(case) == world.rikke
    with pytest.raises(Unacceptable):
        hand_over(transition=found, actor=world.rikke, now=on(6))
    name_receiver(transition=found, to_unit=world.other_school, actor=world.rikke, now=on(6))
    assert not is_owed(case, DeadlineKind.NAME_RECEIVER)
    hand_over(transition=found, actor=world.rikke, now=on(7))
    receive_child(transition=found, actor=world.ove, now=on(8), has_read=True)
    assert holder_of(case) == world.ove


def test_nobody_is_late_with_what_a_nearer_day_leaves_behind(world: World) -> None:
    transition = a_move(world, a_childs_case(world))
    moved = postpone_transition(transition=transition, move_on=day(30), actor=world.rikke, now=on(3))
    passed = moved.milestones.filter(due_on__lt=day(3), is_senders=True)
    assert passed.exists()
    assert {each.deadlines.open().get().due_on for each in passed} == {day(17)}  # ten working days from then


def test_a_postponed_move_takes_its_open_milestones_with_it(world: World) -> None:
    case = a_childs_case(world)
    transition = a_move(world, case, move_on=date(2028, 8, 1))
    do_milestone(milestone=milestone(transition, "special_meeting"), actor=world.rikke, now=on(2))
    before = days_of(transition)
    postpone_transition(transition=transition, move_on=date(2029, 8, 1), actor=world.rikke, now=on(3))
    after = days_of(transition)
    assert after["special_meeting"] == before["special_meeting"]
    assert (before["description"], after["description"]) == ("2028-05-01", "2029-05-01")
    assert owed(case, DeadlineKind.DO_MILESTONE, milestone=milestone(transition, "description")).due_on == (
        date(2029, 5, 1)
    )
    with pytest.raises(Unacceptable):
        postpone_transition(transition=transition, move_on=date(2040, 8, 1), actor=world.rikke, now=on(3))


def test_a_family_that_moves_to_another_municipality_is_handed_over_outside(world: World) -> None:
    case = a_childs_case(world)
    transition = a_move(world, case, "to_other_town", to_unit=None, move_on=day(40))
    assert not is_owed(case, DeadlineKind.NAME_RECEIVER)
    with pytest.raises(Unacceptable):
        hand_over(transition=transition, actor=world.rikke, now=on(2))
    handed_over(world, transition)
    assert again(transition).state == TransitionState.LEFT
    assert not case.deadlines.open().filter(milestone__transition=transition).exists()
    assert holder_of(case) == world.rikke
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.rikke, now=on(5))


@pytest.mark.parametrize("is_handed_over", [False, True])
def test_a_receiving_unit_that_closes_leaves_a_receiver_to_be_found(world: World, *, is_handed_over: bool) -> None:
    case = a_childs_case(world)
    transition = a_move(world, case)
    if is_handed_over:
        handed_over(world, transition)
    close_unit(unit=world.school, successor=world.other_school, actor=None, now=on(6))
    found = again(transition)
    assert (found.state, found.to_unit, found.onward_unit) == (TransitionState.PLANNED, None, world.other_school)
    assert owed(case, DeadlineKind.NAME_RECEIVER).owner == world.rikke
    assert not case.deadlines.open().filter(unit=world.school).exists()


def test_a_sending_unit_that_closes_leaves_its_milestones_with_whoever_holds_the_baton(world: World) -> None:
    case = a_childs_case(world)
    transition = a_move(world, case)
    close_unit(unit=world.kindergarten, successor=None, actor=None, now=on(6))
    holder = holder_of(case)
    still_open = case.deadlines.open().filter(milestone__transition=transition, milestone__is_senders=True)
    assert still_open.exists()
    assert {each.owner for each in still_open} == {holder}


def test_a_contact_who_leaves_passes_the_follow_up_on(world: World) -> None:
    case = a_childs_case(world)
    transition = received(world, a_move(world, case))
    leaves(world.maja, world.school, now=on(10))
    assert holder_of(case) == world.lone
    assert owed(case, DeadlineKind.FOLLOW_UP).owner == world.lone
    assert again(transition).contact == world.lone


def test_a_leader_who_leaves_passes_the_review_on_though_the_case_has_been_closed(world: World) -> None:
    case = a_childs_case(world)
    transition = received(world, a_move(world, case))
    follow_up(transition=transition, landing=Landing.WELL, actor=world.maja, now=on(400))
    close_case(case=fresh(case), outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(401))
    leaves(world.lone, world.school, now=on(402))
    reviews = case.deadlines.open().filter(kind=DeadlineKind.REVIEW_TRANSITION, unit=world.school)
    assert [each.owner for each in reviews] == [world.sanne]
    review_transition(transition=transition, unit=world.school, actor=world.sanne, now=on(403))
    review_transition(transition=transition, unit=world.kindergarten, actor=world.kirsten, now=on(403))
    assert again(transition).state == TransitionState.REVIEWED


def test_a_case_cannot_be_closed_while_a_child_is_between_two_units(world: World) -> None:
    case = a_childs_case(world)
    transition = handed_over(world, a_move(world, case))
    with pytest.raises(Unacceptable):
        close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.rikke, now=on(5))
    cancel_transition(transition=transition, reason=term(CancelReason, "stays"), actor=world.rikke, now=on(5))
    close_case(case=fresh(case), outcome=term(CaseOutcome, "solved"), actor=world.rikke, now=on(6))


def test_a_case_that_is_closed_ends_the_moves_that_were_only_planned(world: World) -> None:
    case = a_childs_case(world)
    transition = a_move(world, case)
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.rikke, now=on(5))
    assert again(transition).state == TransitionState.CANCELLED
    assert not case.deadlines.open().exists()


def test_a_milestone_is_settled_once_by_those_who_owe_it(world: World) -> None:
    transition = a_move(world, a_childs_case(world))
    theirs = milestone(transition, "name_group")
    with pytest.raises(Unseen):
        do_milestone(milestone=theirs, actor=world.anna, now=on(2))
    do_milestone(milestone=theirs, actor=world.mads, now=on(2))
    with pytest.raises(MovedOn):
        skip_milestone(
            milestone=theirs, reason=term(NotRelevantReason, "not_needed"), actor=world.lone, now=on(2, hours=1)
        )
    senders = milestone(transition, "description")
    with pytest.raises(Forbidden):
        do_milestone(milestone=senders, actor=world.mads, now=on(2))
    skip_milestone(milestone=senders, reason=term(NotRelevantReason, "not_needed"), actor=world.kirsten, now=on(2))
    assert not is_owed(transition.case, DeadlineKind.DO_MILESTONE, milestone=senders)


def test_the_same_move_is_not_planned_twice(world: World) -> None:
    case = a_childs_case(world)
    a_move(world, case)
    with pytest.raises(MovedOn):
        a_move(world, case, now=on(2))
