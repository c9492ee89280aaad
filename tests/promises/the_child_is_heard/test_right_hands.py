"""Whoever owes something in a move is somebody who can do it, whatever happens to people and units meanwhile."""

from __future__ import annotations

import pytest

from coordination.commands.cases import close_case
from coordination.commands.handing_over import receive_child
from coordination.commands.invitations import complete_partnership
from coordination.commands.landings import follow_up
from coordination.commands.people import begin_membership
from coordination.commands.transitions import cancel_transition, postpone_transition
from coordination.commands.units import UnitDraft, change_unit, close_unit
from coordination.errors import MovedOn, Unacceptable
from coordination.models import (
    CancelReason,
    CaseOutcome,
    Deadline,
    DeadlineKind,
    Landing,
    PartnershipOutcome,
    Role,
    TransitionState,
    Unit,
    User,
)
from tests.builders import World, day, on, term
from tests.promises.moving import a_childs_case, a_move, again, handed_over, received
from tests.promises.telling import fresh, holder_of, leaves, owed


def moved_below(world: World, unit: Unit, parent: Unit) -> None:
    """A unit is placed below another one."""
    draft = UnitDraft(unit.code, unit.name, unit.kind, parent, unit.phone)
    change_unit(unit=unit, draft=draft, actor=None, now=on(10))


def reviewer(unit: Unit) -> User | None:
    """Who owes the review for a unit."""
    return Deadline.objects.open().get(kind=DeadlineKind.REVIEW_TRANSITION, unit=unit).owner


def test_a_leader_above_who_goes_passes_on_what_they_owed_for_a_unit_below(world: World) -> None:
    case = a_childs_case(world)
    transition = handed_over(world, a_move(world, case, to_unit=world.other_school, moves_baton=False))
    receive_child(transition=transition, actor=world.ove, now=on(4), has_read=True)
    partnership = case.partnerships.live().get(unit=world.other_school)
    complete_partnership(
        partnership=partnership, outcome=term(PartnershipOutcome, "as_agreed"), actor=world.ove, now=on(5)
    )
    assert owed(case, DeadlineKind.FOLLOW_UP).owner == world.sanne  # nobody nearer leads Åskolen
    leaves(world.sanne, world.schools, now=on(6))
    assert owed(case, DeadlineKind.FOLLOW_UP).owner == world.dorte
    assert again(transition).contact == world.dorte


def test_a_unit_that_moves_in_the_tree_is_reviewed_by_those_who_lead_it_now(world: World) -> None:
    case = a_childs_case(world)
    transition = handed_over(world, a_move(world, case, to_unit=world.other_school, move_on=day(5)))
    receive_child(transition=transition, actor=world.ove, now=on(4), has_read=True)
    follow_up(transition=transition, landing=Landing.WELL, actor=world.ove, now=on(6))
    close_case(case=fresh(case), outcome=term(CaseOutcome, "solved"), actor=world.ove, now=on(7))
    assert reviewer(world.other_school) == world.sanne
    moved_below(world, world.other_school, world.daycare)
    assert reviewer(world.other_school) == world.dorte
    assert reviewer(world.kindergarten) == world.kirsten


def test_the_baton_does_not_go_with_a_child_to_somebody_who_does_not_work_there(world: World) -> None:
    case = a_childs_case(world)
    transition = handed_over(world, a_move(world, case))
    with pytest.raises(Unacceptable) as refused:
        receive_child(transition=transition, actor=world.lone, contact=world.sanne, now=on(4), has_read=True)
    assert refused.value.field == "contact"
    assert again(transition).state == TransitionState.HANDED_OVER
    assert holder_of(case) == world.rikke


def test_a_holder_who_works_at_both_places_takes_the_baton_along(world: World) -> None:
    case = a_childs_case(world)
    begin_membership(user=world.rikke, unit=world.school, role=Role.PROFESSIONAL, actor=None, now=on(0))
    transition = handed_over(world, a_move(world, case))
    receive_child(transition=transition, actor=world.maja, contact=world.rikke, now=on(4), has_read=True)
    assert (fresh(case).holder, fresh(case).holder_unit) == (world.rikke, world.school)
    assert owed(case, DeadlineKind.FOLLOW_UP).owner == world.rikke


def test_a_holder_of_another_place_is_not_its_contact_without_the_baton(world: World) -> None:
    case = a_childs_case(world)
    begin_membership(user=world.rikke, unit=world.school, role=Role.PROFESSIONAL, actor=None, now=on(0))
    transition = handed_over(world, a_move(world, case, moves_baton=False))
    with pytest.raises(Unacceptable) as refused:
        receive_child(transition=transition, actor=world.maja, contact=world.rikke, now=on(4), has_read=True)
    assert refused.value.field == "contact"
    assert again(transition).state == TransitionState.HANDED_OVER


def test_a_move_is_not_planned_or_postponed_to_the_day_of_another_one(world: World) -> None:
    case = a_childs_case(world)
    gone = handed_over(world, a_move(world, case, "to_other_town", to_unit=None, move_on=day(40)))
    assert again(gone).state == TransitionState.LEFT
    with pytest.raises(MovedOn):  # the one before has come to its end, and was a move all the same
        a_move(world, case, move_on=day(40), now=on(5))
    later = a_move(world, case, move_on=day(41), now=on(5))
    with pytest.raises(MovedOn):
        postpone_transition(transition=later, move_on=day(40), actor=world.rikke, now=on(5))
    cancel_transition(transition=later, reason=term(CancelReason, "stays"), actor=world.rikke, now=on(6))
    a_move(world, case, move_on=day(41), now=on(7))


def test_a_receiving_unit_that_closes_after_the_child_has_come_leaves_the_follow_up_to_its_leader(
    world: World,
) -> None:
    case = a_childs_case(world)
    transition = received(world, a_move(world, case, moves_baton=False))
    close_unit(unit=world.school, successor=None, actor=None, now=on(6))
    assert again(transition).state == TransitionState.RECEIVED
    assert owed(case, DeadlineKind.FOLLOW_UP).owner == world.sanne
    follow_up(transition=again(transition), landing=Landing.WELL, actor=world.sanne, now=on(400))
    assert reviewer(world.school) == world.sanne
