"""Two at once about a baton: somebody there holds it afterwards, and only one."""

from __future__ import annotations

from functools import partial

import pytest

from coordination.commands.handovers import (
    accept_handover,
    ask_for_release,
    assign_holder,
    request_baton,
    withdraw_handover,
    withdraw_release,
)
from coordination.commands.invitations import change_contact
from coordination.commands.people import begin_membership, deactivate_person
from coordination.commands.units import close_unit
from coordination.errors import MovedOn, Refusal, Unacceptable
from coordination.models import (
    AssignReason,
    DeadlineKind,
    Handover,
    HandoverState,
    Membership,
    Role,
)
from tests.builders import (
    World,
    a_case,
    accepted,
    on,
    term,
)
from tests.promises.telling import holder_of, how_settled, offered, requested
from tests.races.meeting_point import (
    Point,
    at_once,
    nobody_gone_is_responsible,
    the_winner,
)

pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("round_number", range(3))


@rounds
def test_of_two_handovers_offered_at_once_one_is_under_way(world: World, round_number: int) -> None:
    case = a_case(world)
    handover = the_winner(
        at_once(
            partial(offered, world, case),
            partial(offered, world, case, to_person=world.mads, to_unit=world.school),
        )
    )
    assert case.handovers.get() == handover
    assert holder_of(case) == world.maja


@rounds
def test_a_handover_is_accepted_or_withdrawn(world: World, round_number: int) -> None:
    case = a_case(world)
    handover = offered(world, case)
    the_winner(
        at_once(
            partial(accept_handover, handover=handover, actor=world.anna, now=on(2)),
            partial(withdraw_handover, handover=handover, actor=world.maja, now=on(2)),
        )
    )
    handover.refresh_from_db()
    assert holder_of(case) == (world.anna if handover.state == HandoverState.ACCEPTED else world.maja)
    assert case.holdings.count() == (2 if handover.state == HandoverState.ACCEPTED else 1)


@rounds
def test_an_offer_and_a_request_accepted_at_once_leave_one_holder(world: World, round_number: int) -> None:
    case = a_case(world)
    request = requested(world, accepted(world, case))
    offer = offered(world, case, to_person=world.mads, to_unit=world.school)
    outcomes = at_once(
        partial(accept_handover, handover=request, actor=world.maja, now=on(2)),
        partial(accept_handover, handover=offer, actor=world.mads, now=on(2)),
    )
    assert [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    assert all(isinstance(outcome, Refusal) for outcome in outcomes if isinstance(outcome, Exception))
    assert holder_of(case) in (world.anna, world.mads)


@rounds
def test_whoever_accepts_the_baton_while_being_deactivated_does_not_keep_it(world: World, round_number: int) -> None:
    case = a_case(world)
    handover = offered(world, case)
    took, gone = at_once(
        partial(accept_handover, handover=handover, actor=world.anna, now=on(2)),
        partial(deactivate_person, user=world.anna, actor=None, now=on(2)),
    )
    assert not isinstance(gone, Exception)
    assert isinstance(took, MovedOn) or not isinstance(took, Exception)
    assert holder_of(case) == (world.maja if isinstance(took, MovedOn) else world.per)
    nobody_gone_is_responsible()


@rounds
def test_a_baton_does_not_fall_to_a_leader_who_goes_meanwhile(world: World, round_number: int) -> None:
    case = a_case(world)
    outcomes = at_once(
        partial(deactivate_person, user=world.maja, actor=None, now=on(2)),
        partial(deactivate_person, user=world.lone, actor=None, now=on(2)),
        points=[Point(number=3), Point(number=2)],
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert holder_of(case) == world.sanne
    nobody_gone_is_responsible()


@rounds
def test_a_baton_does_not_stay_in_a_unit_that_closes_meanwhile(world: World, round_number: int) -> None:
    opened, closed = at_once(
        partial(a_case, world, invite=[]), partial(close_unit, unit=world.school, actor=None, now=on(1))
    )
    assert not isinstance(closed, Exception)
    assert isinstance(opened, Unacceptable) or holder_of(opened) == world.sanne
    nobody_gone_is_responsible()


@rounds
def test_a_baton_is_not_assigned_to_somebody_who_goes_meanwhile(world: World, round_number: int) -> None:
    case = a_case(world)
    ask_for_release(case=case, actor=world.maja, now=on(1))
    assigned, gone = at_once(
        partial(
            assign_holder,
            case=case,
            to_person=world.mads,
            to_unit=world.school,
            reason=term(AssignReason, "holder_asked"),
            actor=world.lone,
            now=on(2),
        ),
        partial(deactivate_person, user=world.mads, actor=None, now=on(2)),
    )
    assert not isinstance(gone, Exception)
    assert holder_of(case) == (world.maja if isinstance(assigned, Unacceptable) else world.lone)


@rounds
def test_the_baton_is_asked_for_in_the_name_of_the_contact_or_of_nobody(world: World, round_number: int) -> None:
    """Per, the leader, asks for Anna, while she names Anton as contact: nobody is asked about who was not meant."""
    case = a_case(world)
    partnership = accepted(world, case)
    asked, changed = at_once(
        partial(request_baton, partnership=partnership, actor=world.per, now=on(2)),
        partial(change_contact, partnership=partnership, contact=world.anton, actor=world.anna, now=on(2)),
    )
    assert not isinstance(changed, Exception), changed
    assert isinstance(asked, Handover | MovedOn), asked
    assert not case.handovers.exclude(to_person=world.anna).exists()
    assert not case.handovers.filter(state=HandoverState.OFFERED).exists()


@rounds
def test_a_request_for_release_is_taken_back_or_met(world: World, round_number: int) -> None:
    case = a_case(world)
    ask_for_release(case=case, actor=world.maja, now=on(1))
    outcomes = at_once(
        partial(withdraw_release, case=case, actor=world.maja, now=on(2)),
        partial(
            assign_holder,
            case=case,
            to_person=world.mads,
            to_unit=world.school,
            reason=term(AssignReason, "holder_asked"),
            actor=world.lone,
            now=on(2),
        ),
    )
    assert len([outcome for outcome in outcomes if isinstance(outcome, Refusal)]) == 1, outcomes
    assert holder_of(case) == (world.mads if isinstance(outcomes[0], Refusal) else world.maja)
    assert len(how_settled(case, DeadlineKind.ASSIGN_HOLDER)) == 1


@rounds
def test_the_last_two_coordinators_do_not_both_go(world: World, round_number: int) -> None:
    begin_membership(user=world.mads, unit=world.town, role=Role.COORDINATOR, actor=None, now=on(0))
    outcomes = at_once(
        partial(deactivate_person, user=world.karin, actor=None, now=on(1)),
        partial(deactivate_person, user=world.mads, actor=None, now=on(1)),
    )
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [Unacceptable]
    assert Membership.objects.live().filter(unit=world.town, role=Role.COORDINATOR).count() == 1
