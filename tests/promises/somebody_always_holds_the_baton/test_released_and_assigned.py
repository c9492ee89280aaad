"""A leader finds another holder: where the holder is away or asks for it, and where the baton fell to the leader."""

from __future__ import annotations

import pytest

from coordination.commands.handovers import accept_handover, ask_for_release, assign_holder, withdraw_release
from coordination.commands.people import change_role, deactivate_person
from coordination.errors import Forbidden, MovedOn, Unacceptable, Unseen
from coordination.models import AssignReason, Case, DeadlineKind, EventKind, HoldingReason, Role, Settlement
from tests.builders import World, a_case, accepted, on, term
from tests.promises.telling import (
    away,
    fresh,
    happened,
    holder_of,
    how_settled,
    is_owed,
    last_event,
    offered,
    owed,
)

# --- Assigned ---------------------------------------------------------------------------------------


def assign(world: World, case: object, **changes: object) -> None:
    """Lone, the school's leader, gives the baton to Mads, on Wednesday."""
    how = {"to_person": world.mads, "to_unit": world.school, "reason": term(AssignReason, "holder_away")}
    assign_holder(case=case, **{**how, "actor": world.lone, "now": on(2), **changes})  # type: ignore[arg-type]


def test_a_leader_cannot_take_the_baton_from_a_holder_who_is_there(world: World) -> None:
    case = a_case(world)
    with pytest.raises(Forbidden):
        assign(world, case)
    assert holder_of(case) == world.maja


def test_a_leader_assigns_where_the_holder_is_away_and_only_on_those_days(world: World) -> None:
    case = a_case(world)
    away(world.maja, world.mads, first=2, last=3)
    for not_away in (on(1), on(4)):
        with pytest.raises(Forbidden):
            assign(world, case, now=not_away)
    assign(world, case, now=on(2))
    assert holder_of(case) == world.mads
    assert case.holdings.last().reason == HoldingReason.ASSIGNED  # type: ignore[union-attr]


def test_a_leader_assigns_where_the_holder_has_asked(world: World) -> None:
    case = a_case(world)
    ask_for_release(case=case, actor=world.maja, now=on(1))
    asked = owed(case, DeadlineKind.ASSIGN_HOLDER)
    assert asked.owner == world.lone
    assert holder_of(case) == world.maja
    assign(world, case, reason=term(AssignReason, "holder_asked"))
    assert holder_of(case) == world.mads
    assert how_settled(case, DeadlineKind.ASSIGN_HOLDER) == [Settlement.MET]
    with pytest.raises(Forbidden):
        assign(world, case, to_person=world.maja)


def test_a_leader_assigns_the_baton_that_fell_to_them(world: World) -> None:
    case = a_case(world)
    deactivate_person(user=world.maja, actor=None, now=on(1))
    assign(world, case, reason=term(AssignReason, "fell_to_me"))
    assert holder_of(case) == world.mads


def test_a_leader_of_other_units_cannot_assign(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    away(world.maja, world.mads, first=0, last=5)
    with pytest.raises(Forbidden):
        assign(world, case, actor=world.per, to_person=world.anton, to_unit=world.ppr)
    with pytest.raises(Unseen):
        assign(world, case, actor=world.kirsten)


def test_a_leader_assigns_within_what_they_lead(world: World) -> None:
    case = a_case(world)
    away(world.maja, world.mads, first=0, last=5)
    with pytest.raises(Unacceptable):
        assign(world, case, to_person=world.anna, to_unit=world.ppr)
    with pytest.raises(Unacceptable):
        assign(world, case, to_person=world.anna, to_unit=world.school)
    assign(world, case, actor=world.dorte, to_person=world.anna, to_unit=world.ppr)
    assert holder_of(case) == world.anna


def test_release_is_asked_for_once(world: World) -> None:
    case = a_case(world)
    ask_for_release(case=case, actor=world.maja, now=on(1))
    with pytest.raises(MovedOn):
        ask_for_release(case=case, actor=world.maja, now=on(2))


def test_a_leader_who_holds_a_baton_asks_the_leader_above_for_release(world: World) -> None:
    case = a_case(world, actor=world.lone)
    ask_for_release(case=case, actor=world.lone, now=on(1))
    assert owed(case, DeadlineKind.ASSIGN_HOLDER).owner == world.sanne


def test_an_assignment_is_one_event_that_names_both(world: World) -> None:
    case = a_case(world)
    away(world.maja, world.mads, first=2, last=3)
    since = last_event()
    assign(world, case)
    assert happened(case, since=since) == [EventKind.HOLDER_ASSIGNED]
    event = case.events.get(kind=EventKind.HOLDER_ASSIGNED)
    assert (event.person, event.data["before"]) == (world.mads, world.maja.pk)


# --- It fell to a leader ------------------------------------------------------------------------------------


def fell(world: World, **changes: object) -> Case:
    """Maja is gone: the baton of her case falls to Lone, on Tuesday."""
    case = a_case(world, **changes)
    deactivate_person(user=world.maja, actor=None, now=on(1))
    assert holder_of(case) == world.lone
    return case


def keep(world: World, case: Case, **changes: object) -> None:
    """Lone keeps it, on Wednesday."""
    assign(world, case, reason=term(AssignReason, "fell_to_me"), **{"to_person": world.lone, **changes})


def test_a_leader_to_whom_the_baton_fell_keeps_it(world: World) -> None:
    case = fell(world)
    since = last_event()
    keep(world, case)
    assert holder_of(case) == world.lone
    assert [holding.reason for holding in case.holdings.all()] == [
        HoldingReason.OPENED,
        HoldingReason.FELL,
        HoldingReason.ASSIGNED,
    ]
    assert how_settled(case, DeadlineKind.ASSIGN_HOLDER) == [Settlement.MET]
    assert happened(case, since=since) == [EventKind.HOLDER_ASSIGNED]
    assert case.events.latest("pk").data == {"reason": "fell_to_me", "before": world.lone.pk, "kept": True}


def test_a_baton_that_is_kept_does_not_fall_a_second_time_by_itself(world: World) -> None:
    case = fell(world)
    keep(world, case)
    with pytest.raises(Forbidden):  # they hold it now as anybody else does
        keep(world, case)
    ask_for_release(case=case, actor=world.lone, now=on(3))
    assert owed(case, DeadlineKind.ASSIGN_HOLDER).owner == world.sanne


def test_a_leader_above_lets_the_one_below_keep_what_fell_to_them(world: World) -> None:
    case = fell(world)
    keep(world, case, actor=world.sanne)
    assert holder_of(case) == world.lone
    assert not is_owed(case, DeadlineKind.ASSIGN_HOLDER)


def test_whoever_keeps_the_baton_no_longer_offers_it(world: World) -> None:
    case = fell(world)
    handover = offered(world, case, actor=world.lone)
    keep(world, case)
    handover.refresh_from_db()
    assert handover.state == "withdrawn"
    assert not is_owed(case, DeadlineKind.ANSWER_HANDOVER)


def test_nobody_is_named_who_holds_the_baton_as_they_should(world: World) -> None:
    case = a_case(world)
    away(world.maja, world.mads, first=2, last=3)
    with pytest.raises(Unacceptable):
        assign(world, case, to_person=world.maja)
    ask_for_release(case=case, actor=world.maja, now=on(2))
    with pytest.raises(Unacceptable):
        assign(world, case, to_person=world.maja)


def test_a_leader_who_leads_no_more_leaves_it_to_the_next_to_find_a_holder(world: World) -> None:
    case = fell(world)
    due_on = owed(case, DeadlineKind.ASSIGN_HOLDER).due_on
    change_role(membership=world.lone.memberships.get(), role=Role.PROFESSIONAL, actor=None, now=on(2))
    assert holder_of(case) == world.lone
    deadline = owed(case, DeadlineKind.ASSIGN_HOLDER)
    assert (deadline.owner, deadline.unit, deadline.due_on) == (world.sanne, world.schools, due_on)
    with pytest.raises(Forbidden):
        keep(world, case, now=on(3))
    keep(world, case, actor=world.sanne, now=on(3))
    assert holder_of(case) == world.lone


# --- Released -----------------------------------------------------------------------------------------------


def test_a_holder_takes_the_request_for_release_back(world: World) -> None:
    case = a_case(world)
    ask_for_release(case=case, actor=world.maja, now=on(1))
    since = last_event()
    withdraw_release(case=case, actor=world.maja, now=on(2))
    assert fresh(case).release_asked_at is None
    assert holder_of(case) == world.maja
    assert how_settled(case, DeadlineKind.ASSIGN_HOLDER) == [Settlement.LAPSED]
    assert happened(case, since=since) == [EventKind.RELEASE_WITHDRAWN]
    event = case.events.latest("pk")
    assert (event.person, event.unit) == (world.lone, world.school)  # the one who was asked learns of it
    with pytest.raises(Forbidden):
        assign(world, case, now=on(3))


def test_a_stand_in_takes_the_request_for_release_back_and_nobody_else(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    ask_for_release(case=case, actor=world.maja, now=on(1))
    away(world.maja, world.mads, first=2, last=3)
    for other, refusal in ((world.lone, Forbidden), (world.anna, Forbidden), (world.mads, Unseen)):
        with pytest.raises(refusal):
            withdraw_release(case=case, actor=other, now=on(1))
    assert is_owed(case, DeadlineKind.ASSIGN_HOLDER)
    withdraw_release(case=case, actor=world.mads, now=on(2))
    assert not is_owed(case, DeadlineKind.ASSIGN_HOLDER)


def test_only_a_request_for_release_that_waits_is_taken_back(world: World) -> None:
    case = a_case(world)
    with pytest.raises(MovedOn):
        withdraw_release(case=case, actor=world.maja, now=on(1))
    ask_for_release(case=case, actor=world.maja, now=on(1))
    accept_handover(handover=offered(world, case), actor=world.anna, now=on(2))
    with pytest.raises(MovedOn):
        withdraw_release(case=case, actor=world.anna, now=on(3))
    deactivate_person(user=world.anna, actor=None, now=on(4))
    with pytest.raises(MovedOn):  # it fell to the leader, who did not ask for anything
        withdraw_release(case=case, actor=world.per, now=on(5))
    assert owed(case, DeadlineKind.ASSIGN_HOLDER).owner == world.per


def test_release_is_asked_for_anew_after_it_was_taken_back(world: World) -> None:
    case = a_case(world)
    for days in (1, 3):
        ask_for_release(case=case, actor=world.maja, now=on(days))
        withdraw_release(case=case, actor=world.maja, now=on(days + 1))
    assert how_settled(case, DeadlineKind.ASSIGN_HOLDER) == [Settlement.LAPSED, Settlement.LAPSED]
