"""Whoever is offered the baton, asked for it, or to assign it, owes an answer; it passes on when they go."""

from __future__ import annotations

import pytest

from coordination.commands.cases import close_case
from coordination.commands.handovers import (
    accept_handover,
    ask_for_release,
    assign_holder,
    decline_handover,
    withdraw_handover,
)
from coordination.commands.join_requests import (
    ask_to_join,
)
from coordination.commands.people import change_role, deactivate_person
from coordination.commands.units import close_unit
from coordination.errors import MovedOn
from coordination.models import (
    AssignReason,
    Case,
    CaseOutcome,
    DeadlineKind,
    DeclineReason,
    EventKind,
    HandoverState,
    JoinRequest,
    ReferenceSystem,
    Role,
    Settlement,
    Theme,
)
from tests.builders import World, a_case, a_case_with_reference, accepted, day, on, term
from tests.promises.telling import (
    agreed,
    called,
    happened,
    holder_of,
    how_settled,
    leaves,
    offered,
    owed,
    requested,
)

MET, LAPSED = Settlement.MET, Settlement.LAPSED


def close(world: World, case: Case, *, days: float = 2) -> None:
    """Maja closes the case, on Wednesday."""
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(days))


def join(world: World, **changes: object) -> JoinRequest:
    """Ove of the other school meets the same child, on Tuesday."""
    how = {
        "system": term(ReferenceSystem, "ppr_journal"),
        "number": "p 2026 1042".upper().replace(" ", "-"),
        "unit": world.other_school,
        "theme": term(Theme, "trivsel"),
        "actor": world.ove,
        "now": on(1),
    }
    return ask_to_join(**{**how, **changes})


# --- A handover ----------------------------------------------------------------------------------------------


def test_whoever_is_offered_the_baton_owes_an_answer(world: World) -> None:
    case = a_case(world)
    offered(world, case)
    deadline = owed(case, DeadlineKind.ANSWER_HANDOVER)
    assert (deadline.owner, deadline.unit, deadline.due_on) == (world.anna, world.ppr, day(4))


def test_whoever_is_asked_for_the_baton_owes_an_answer(world: World) -> None:
    case = a_case(world)
    requested(world, accepted(world, case))
    deadline = owed(case, DeadlineKind.ANSWER_HANDOVER)
    assert (deadline.owner, deadline.unit) == (world.maja, world.school)


@pytest.mark.parametrize("kind", ["offer", "request"])
def test_a_no_to_a_handover_names_its_reason(world: World, kind: str) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    handover = offered(world, case) if kind == "offer" else requested(world, partnership)
    answerer = world.anna if kind == "offer" else world.maja
    reason = term(DeclineReason, "no_capacity")
    decline_handover(handover=handover, reason=reason, actor=answerer, now=on(2))
    assert how_settled(case, DeadlineKind.ANSWER_HANDOVER) == [MET]
    assert case.events.latest("pk").data == {"reason": "no_capacity"}
    assert holder_of(case) == world.maja
    with pytest.raises(MovedOn):
        accept_handover(handover=handover, actor=answerer, now=on(2))


def test_a_withdrawn_offer_is_owed_no_longer(world: World) -> None:
    case = a_case(world)
    withdraw_handover(handover=offered(world, case), actor=world.maja, now=on(2))
    assert how_settled(case, DeadlineKind.ANSWER_HANDOVER) == [LAPSED]


@pytest.mark.parametrize("way", ["deactivated", "left", "unit closed"])
def test_an_offer_to_somebody_who_is_gone_ends_and_says_so(world: World, way: str) -> None:
    case = a_case(world)
    handover = offered(world, case)
    if way == "deactivated":
        deactivate_person(user=world.anna, actor=None, now=on(2))
    elif way == "left":
        leaves(world.anna, world.ppr, now=on(2))
    else:
        close_unit(unit=world.ppr, actor=None, now=on(2))
    handover.refresh_from_db()
    assert handover.state == HandoverState.WITHDRAWN
    assert how_settled(case, DeadlineKind.ANSWER_HANDOVER) == [LAPSED]
    assert EventKind.HANDOVER_WITHDRAWN in happened(case)


def test_a_request_goes_to_the_new_holder_when_the_old_one_is_gone(world: World) -> None:
    case = a_case(world)
    handover = requested(world, accepted(world, case))
    deactivate_person(user=world.maja, actor=None, now=on(2))
    assert owed(case, DeadlineKind.ANSWER_HANDOVER).owner == world.lone
    accept_handover(handover=handover, actor=world.lone, now=on(3))
    assert holder_of(case) == world.anna


# --- To assign -----------------------------------------------------------------------------------------------


def test_a_leader_who_goes_leaves_the_assigning_to_the_next(world: World) -> None:
    case = a_case(world)
    ask_for_release(case=case, actor=world.maja, now=on(1))
    due_on = owed(case, DeadlineKind.ASSIGN_HOLDER).due_on
    assert due_on == day(3)
    deactivate_person(user=world.lone, actor=None, now=on(2))
    deadline = owed(case, DeadlineKind.ASSIGN_HOLDER)
    assert (deadline.owner, deadline.unit, deadline.due_on) == (world.sanne, world.schools, due_on)


def test_a_leader_who_is_no_leader_any_more_leaves_the_assigning_to_the_next(world: World) -> None:
    case = a_case(world)
    ask_for_release(case=case, actor=world.maja, now=on(1))
    change_role(membership=world.lone.memberships.get(), role=Role.PROFESSIONAL, actor=None, now=on(2))
    assert owed(case, DeadlineKind.ASSIGN_HOLDER).owner == world.sanne
    assign_holder(
        case=case,
        to_person=world.mads,
        to_unit=world.school,
        reason=term(AssignReason, "holder_asked"),
        actor=world.sanne,
        now=on(3),
    )
    assert how_settled(case, DeadlineKind.ASSIGN_HOLDER) == [MET]


def test_a_handover_answers_the_request_for_release_too(world: World) -> None:
    case = a_case(world)
    ask_for_release(case=case, actor=world.maja, now=on(1))
    accept_handover(handover=offered(world, case), actor=world.anna, now=on(2))
    assert how_settled(case, DeadlineKind.ASSIGN_HOLDER) == [MET]
    case.refresh_from_db()
    assert case.release_asked_at is None


# --- Nobody is left with what nobody can do ------------------------------------------------------------------


def test_everything_that_was_owed_by_one_who_goes_is_owed_by_somebody_who_is_there(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    join(world)
    agreed(world, case, owner=world.maja, look_again_on=day(20))
    agreed(world, case, owner=world.anna)
    called(world, case, world.anna)
    offered(world, case, to_person=world.mads, to_unit=world.school)
    for gone in (world.anna, world.mads, world.maja, world.lone, world.per):
        deactivate_person(user=gone, actor=None, now=on(2))
        for deadline in case.deadlines.open().select_related("owner", "unit"):
            assert deadline.owner is None or deadline.owner.is_active, (gone.username, deadline.kind)
            assert deadline.unit.is_open
    assert holder_of(case) == world.sanne
