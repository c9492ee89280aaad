"""Each step of a child's way is for those whose it is, in its time and once; whatever else is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from coordination.commands.handing_over import decline_child, hand_over, receive_child
from coordination.commands.landings import follow_up, review_transition
from coordination.commands.milestones import do_milestone, skip_milestone
from coordination.commands.people import begin_membership
from coordination.commands.transitions import cancel_transition, name_receiver
from coordination.commands.units import close_unit
from coordination.errors import Forbidden, MovedOn, Unacceptable, Unseen
from coordination.models import (
    CancelReason,
    DeadlineKind,
    DeclineReason,
    Landing,
    MissingKnowledge,
    NotRelevantReason,
    Role,
    TransitionState,
    Unit,
)
from tests.builders import World, accepted, day, on, term
from tests.promises.moving import a_childs_case, a_move, again, handed_over, heard, milestone, received, took_part
from tests.promises.telling import happened, is_owed
from tests.promises.the_child_is_heard.refusing import closed, elsewhere, refuses


# --- milestones -------------------------------------------------------------------------------------------------
def test_who_settles_a_milestone(world: World) -> None:
    case = a_childs_case(world, invite=[(world.ppr, None)])
    accepted(world, case)
    move = a_move(world, case)
    do_milestone(milestone=milestone(move, "name_group"), actor=world.rikke, now=on(2))  # the holder any of them
    refuses(Forbidden, lambda: do_milestone(milestone=milestone(move, "plan_start"), actor=world.anna, now=on(2)))
    refuses(Unseen, lambda: do_milestone(milestone=milestone(move, "visit"), actor=world.hanne, now=on(2)))
    assert not is_owed(case, DeadlineKind.DO_MILESTONE, milestone=milestone(move, "name_group"))


def test_a_partner_settles_the_milestones_of_the_unit_that_they_belong_to(world: World) -> None:
    case = a_childs_case(world, invite=[(world.ppr, None)])
    accepted(world, case)
    move = a_move(world, case, from_unit=world.ppr)
    refuses(Unseen, lambda: do_milestone(milestone=milestone(move, "visit"), actor=world.anton, now=on(2)))
    do_milestone(milestone=milestone(move, "visit"), actor=world.anna, now=on(2))
    do_milestone(milestone=milestone(move, "description"), actor=world.per, now=on(2))


def test_after_the_child_has_come_its_contact_and_leaders_settle_milestones(world: World) -> None:
    move = received(world, a_move(world, a_childs_case(world), moves_baton=False))
    refuses(Unseen, lambda: do_milestone(milestone=milestone(move, "plan_start"), actor=world.mads, now=on(5)))
    do_milestone(milestone=milestone(move, "plan_start"), actor=world.maja, now=on(5))
    do_milestone(milestone=milestone(move, "early_call"), actor=world.lone, now=on(5))


def test_milestones_are_settled_while_the_move_lasts_and_the_case_is_open(world: World) -> None:
    case = a_childs_case(world)
    move = received(world, a_move(world, case, move_on=day(5)))
    gone = a_move(world, case, actor=world.maja, move_on=day(200), now=on(6))
    cancel_transition(transition=gone, reason=term(CancelReason, "stays"), actor=world.maja, now=on(6))
    refuses(MovedOn, lambda: do_milestone(milestone=milestone(gone, "visit"), actor=world.maja, now=on(7)))
    follow_up(transition=move, landing=Landing.WELL, actor=world.maja, now=on(7))
    closed(case)
    reason = term(NotRelevantReason, "not_needed")
    refuses(
        MovedOn,
        lambda: skip_milestone(milestone=milestone(move, "early_call"), reason=reason, actor=world.maja, now=on(31)),
    )


# --- receiving, landing, reviewing ------------------------------------------------------------------------------
def test_whoever_hands_over_does_not_receive(world: World) -> None:
    case = a_childs_case(world)
    begin_membership(user=world.rikke, unit=world.school, role=Role.PROFESSIONAL, actor=None, now=on(-1))
    move = handed_over(world, a_move(world, case))
    refuses(Forbidden, lambda: receive_child(transition=move, actor=world.rikke, now=on(4), has_read=True))
    why = term(DeclineReason, "no_capacity")
    refuses(Forbidden, lambda: decline_child(transition=move, reason=why, actor=world.rikke, now=on(4)))


def test_a_child_is_received_or_sent_back_once(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)
    why = term(DeclineReason, "no_capacity")
    refuses(MovedOn, lambda: receive_child(transition=move, actor=world.mads, now=on(2), has_read=True))
    refuses(MovedOn, lambda: decline_child(transition=move, reason=why, actor=world.mads, now=on(2)))
    received(world, move)
    refuses(MovedOn, lambda: receive_child(transition=move, actor=world.lone, now=on(5), has_read=True))
    refuses(MovedOn, lambda: decline_child(transition=move, reason=why, actor=world.lone, now=on(5)))


@pytest.mark.parametrize("onward", ["school", "kindergarten", "elsewhere", "other_school"])
def test_a_no_points_to_another_open_unit_of_the_municipality(world: World, onward: str) -> None:
    case = a_childs_case(world)
    move = handed_over(world, a_move(world, case))
    close_unit(unit=world.other_school, actor=None, now=on(3, hours=3))
    world.units["elsewhere"] = elsewhere(world)
    refuses(
        Unacceptable,
        lambda: decline_child(
            transition=move,
            reason=term(DeclineReason, "no_capacity"),
            onward=world.units[onward],
            actor=world.maja,
            now=on(4),
        ),
        "onward",
    )


def test_after_a_no_the_milestones_of_the_receiver_are_owed_by_nobody(world: World) -> None:
    case = a_childs_case(world)
    move = handed_over(world, a_move(world, case))
    decline_child(transition=move, reason=term(DeclineReason, "no_capacity"), actor=world.maja, now=on(4))
    assert not case.deadlines.open().filter(milestone__is_senders=False).exists()
    assert case.deadlines.open().filter(milestone__is_senders=True).exists()
    found = again(move)
    assert (found.declined_unit, found.handed_over_at, found.handed_over_by) == (world.school, None, None)


@pytest.mark.parametrize("moves_baton", [True, False])
def test_the_contact_who_is_named_owes_what_the_whole_unit_owed(world: World, moves_baton: bool) -> None:
    case = a_childs_case(world)
    move = handed_over(world, a_move(world, case, moves_baton=moves_baton))
    theirs = case.deadlines.open().filter(milestone__is_senders=False)
    assert {each.owner for each in theirs} == {None}
    receive_child(transition=move, contact=world.mads, actor=world.lone, now=on(4), has_read=True)
    assert not is_owed(case, DeadlineKind.RECEIVE_TRANSITION)
    assert {each.owner for each in theirs.all()} == {world.mads}
    assert (again(move).received_by, again(move).received_at) == (world.lone, on(4))


def test_a_new_receiver_begins_with_a_clean_sheet(world: World) -> None:
    move = handed_over(world, a_move(world, a_childs_case(world)))
    why = term(DeclineReason, "no_capacity")
    decline_child(transition=move, reason=why, onward=world.other_school, actor=world.maja, now=on(4))
    found = again(move)
    assert (found.decline_reason, found.onward_unit, found.declined_unit) == (why, world.other_school, world.school)
    name_receiver(transition=move, to_unit=world.health, actor=world.rikke, now=on(5))
    found = again(move)
    assert (found.decline_reason, found.onward_unit, found.declined_unit) == (None, None, None)
    assert found.to_unit == world.health


def test_a_receiver_that_closes_has_not_been_handed_anything(world: World) -> None:
    move = handed_over(world, a_move(world, a_childs_case(world)))
    close_unit(unit=world.school, actor=None, now=on(4))
    found = again(move)
    assert (found.state, found.to_unit, found.declined_unit) == (TransitionState.PLANNED, None, world.school)
    assert (found.handed_over_at, found.handed_over_by) == (None, None)
    assert happened(move.case)[-1] == "receiver_lost"


def test_the_contact_belongs_to_the_unit_that_receives(world: World) -> None:
    move = handed_over(world, a_move(world, a_childs_case(world), moves_baton=False))
    refuses(
        Unacceptable,
        lambda: receive_child(transition=move, contact=world.ove, actor=world.maja, now=on(4), has_read=True),
        "contact",
    )


def test_without_the_baton_the_unit_takes_part_with_the_contact_that_it_names(world: World) -> None:
    case = a_childs_case(world)
    received(world, a_move(world, case, moves_baton=False, move_on=day(20)))
    assert case.partnerships.live().get(unit=world.school).contact == world.maja
    again_there = a_move(world, case, moves_baton=False, now=on(5), move_on=day(60))
    heard(case, world.rikke, on_day=6)
    took_part(case, world.rikke, on_day=6)
    hand_over(transition=again_there, actor=world.rikke, now=on(7))
    receive_child(transition=again_there, contact=world.mads, actor=world.lone, now=on(8), has_read=True)
    [partnership] = case.partnerships.live().filter(unit=world.school)
    assert partnership.contact == world.mads


def test_a_basis_that_ends_between_handing_over_and_receiving_is_asked_for_again(world: World) -> None:
    case = a_childs_case(world, consent_days=5)
    move = handed_over(world, a_move(world, case))
    refuses(Unacceptable, lambda: receive_child(transition=move, actor=world.maja, now=on(6), has_read=True), "basis")


def test_how_a_child_has_landed_is_said_by_its_contact_once(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case, move_on=day(5))

    def landed(landing: Landing, who: Any, missing: Any = None, days: int = 7) -> Callable[[], object]:
        return lambda: follow_up(transition=move, landing=landing, missing=missing, actor=who, now=on(days))

    handed_over(world, move)
    refuses(MovedOn, landed(Landing.WELL, world.lone))
    receive_child(transition=move, actor=world.maja, now=on(4), has_read=True)
    refuses(Unseen, landed(Landing.WELL, world.mads))
    refuses(Forbidden, landed(Landing.WELL, world.rikke))
    refuses(Unacceptable, landed(Landing.WELL, world.maja, days=4), "landing")
    refuses(Unacceptable, landed(Landing.KNOWLEDGE_MISSING, world.maja), "missing")
    refuses(Unacceptable, landed(Landing.WELL, world.maja, term(MissingKnowledge, "what_helps")), "missing")
    landed(Landing.WELL, world.lone, days=5)()  # on the day itself
    refuses(MovedOn, landed(Landing.WELL, world.maja))
    assert not is_owed(case, DeadlineKind.FOLLOW_UP)
    assert not case.deadlines.open().filter(milestone__transition=move).exists()


def test_a_move_is_reviewed_by_those_who_lead_its_units_for_the_units_that_it_has(world: World) -> None:
    case = a_childs_case(world)
    move = received(world, a_move(world, case, move_on=day(5)))

    def reviewed(unit: Unit, who: Any) -> Callable[[], object]:
        return lambda: review_transition(transition=move, unit=unit, actor=who, now=on(8))

    refuses(MovedOn, reviewed(world.school, world.lone))
    follow_up(transition=move, landing=Landing.WELL, actor=world.maja, now=on(7))
    refuses(Forbidden, reviewed(world.school, world.maja))
    refuses(Forbidden, reviewed(world.school, world.kirsten))
    refuses(Forbidden, reviewed(world.daycare, world.dorte))
    refuses(Unseen, reviewed(world.school, world.per))
    reviewed(world.school, world.sanne)()
    assert not is_owed(case, DeadlineKind.REVIEW_TRANSITION, unit=world.school)
    assert is_owed(case, DeadlineKind.REVIEW_TRANSITION, unit=world.kindergarten)
    reviewed(world.kindergarten, world.dorte)()
    assert (again(move).state, again(move).ended_at) == (TransitionState.REVIEWED, on(8))
