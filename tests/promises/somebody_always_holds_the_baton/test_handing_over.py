"""The old holder holds the baton until the new one has accepted it."""

from __future__ import annotations

import pytest

from coordination.commands.handovers import accept_handover, decline_handover, withdraw_handover
from coordination.commands.invitations import accept_invitation, change_contact, leave_case
from coordination.errors import Forbidden, MovedOn, Unacceptable, Unseen
from coordination.models import (
    Case,
    DeadlineKind,
    DeclineReason,
    EventKind,
    HandoverState,
    HoldingReason,
    InvitationState,
    LeaveReason,
    Partnership,
    PartnershipEnd,
    Settlement,
)
from coordination.queries.actors import actor_of
from coordination.queries.visibility import part_in
from coordination.rules.access import Part
from tests.builders import World, a_case, a_case_with_reference, a_reference, accepted, on, term, the_invitation
from tests.promises.telling import (
    agreed,
    away,
    fresh,
    happened,
    holder_of,
    how_settled,
    is_owed,
    last_event,
    leaves,
    offered,
    owed,
    requested,
)


def test_whoever_opens_a_case_holds_it(world: World) -> None:
    case = a_case(world)
    assert holder_of(case) == world.maja
    assert case.holder_unit == world.school


def test_an_offer_moves_nothing(world: World) -> None:
    case = a_case(world)
    offered(world, case)
    assert holder_of(case) == world.maja


def test_the_baton_moves_with_the_acceptance(world: World) -> None:
    case = a_case(world)
    accept_handover(handover=offered(world, case), actor=world.anna, now=on(2))
    assert holder_of(case) == world.anna
    assert fresh(case).holder_unit == world.ppr
    assert [(holding.holder, holding.reason) for holding in case.holdings.all()] == [
        (world.maja, HoldingReason.OPENED),
        (world.anna, HoldingReason.HANDED_OVER),
    ]
    first, second = case.holdings.all()
    assert first.ended_at == second.began_at == on(2)


def test_the_old_holders_unit_stays_as_a_partner_with_the_old_holder_for_contact(world: World) -> None:
    case = a_case(world)
    accept_handover(handover=offered(world, case), actor=world.anna, now=on(2))
    assert case.partnerships.live().get(unit=world.school).contact == world.maja


def test_the_old_holders_unit_leaves_where_that_was_offered(world: World) -> None:
    case = a_case(world)
    accept_handover(handover=offered(world, case, stays_on=False), actor=world.anna, now=on(2))
    assert not case.partnerships.live().filter(unit=world.school).exists()


def test_a_declined_offer_leaves_the_baton_where_it_is(world: World) -> None:
    case = a_case(world)
    handover = offered(world, case)
    decline_handover(handover=handover, reason=term(DeclineReason, "no_capacity"), actor=world.anna, now=on(2))
    assert holder_of(case) == world.maja
    assert fresh(case).holder_unit == world.school


def test_a_withdrawn_offer_cannot_be_accepted_any_more(world: World) -> None:
    case = a_case(world)
    handover = offered(world, case)
    withdraw_handover(handover=handover, actor=world.maja, now=on(1, hours=1))
    with pytest.raises(MovedOn):
        accept_handover(handover=handover, actor=world.anna, now=on(2))
    assert holder_of(case) == world.maja


def test_the_baton_is_offered_to_one_person_at_a_time(world: World) -> None:
    case = a_case(world)
    first = offered(world, case)
    with pytest.raises(MovedOn):
        offered(world, case, to_person=world.anton)
    withdraw_handover(handover=first, actor=world.maja, now=on(1, hours=1))
    accept_handover(
        handover=offered(world, case, to_person=world.anton, now=on(1, hours=2)), actor=world.anton, now=on(2)
    )
    assert holder_of(case) == world.anton


def test_only_the_one_it_is_offered_to_accepts(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    handover = offered(world, case, to_person=world.anton)
    for other, refusal in (
        (world.anna, Forbidden),
        (world.maja, Forbidden),
        (world.per, Forbidden),
        (world.ove, Unseen),
    ):
        with pytest.raises(refusal):
            accept_handover(handover=handover, actor=other, now=on(2))
    assert holder_of(case) == world.maja


def test_an_offer_to_oneself_is_refused(world: World) -> None:
    case = a_case(world)
    with pytest.raises(Unacceptable):
        offered(world, case, to_person=world.maja, to_unit=world.school)


def test_a_stand_in_does_not_offer_the_baton_to_themselves(world: World) -> None:
    case = a_case(world)
    away(world.maja, world.mads, first=0, last=5)
    with pytest.raises(Unacceptable):
        offered(world, case, to_person=world.mads, to_unit=world.school, actor=world.mads)
    assert not case.handovers.exists()
    assert holder_of(case) == world.maja


def test_a_request_for_the_baton_lasts_no_longer_than_the_part_it_came_from(world: World) -> None:
    for leaves_the_case in (True, False):
        case = a_case(world)
        partnership = accepted(world, case)
        request = requested(world, partnership)
        if leaves_the_case:
            reason = term(LeaveReason, "no_capacity")
            leave_case(partnership=partnership, reason=reason, actor=world.anna, now=on(1))
        else:
            change_contact(partnership=partnership, contact=world.anton, actor=world.anna, now=on(1))
        request.refresh_from_db()
        assert request.state == HandoverState.WITHDRAWN
        with pytest.raises(MovedOn):
            accept_handover(handover=request, actor=world.maja, now=on(2))
        assert holder_of(case) == world.maja


def test_whoever_was_invited_in_person_and_takes_the_baton_is_asked_no_more(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, world.anna)])
    accept_handover(handover=offered(world, case), actor=world.anna, now=on(1))
    assert the_invitation(case, world.ppr).state == InvitationState.WITHDRAWN
    assert not is_owed(case, DeadlineKind.ANSWER_INVITATION)


def test_nobody_is_offered_the_baton_for_a_unit_that_is_not_theirs(world: World) -> None:
    case = a_case(world)
    with pytest.raises(Unacceptable):
        offered(world, case, to_person=world.anna, to_unit=world.health)


def test_one_who_has_left_the_unit_meanwhile_does_not_get_the_baton(world: World) -> None:
    case = a_case(world)
    handover = offered(world, case)
    leaves(world.anna, world.ppr, now=on(1, hours=2))
    handover.refresh_from_db()
    assert handover.state == HandoverState.WITHDRAWN
    with pytest.raises(MovedOn):
        accept_handover(handover=handover, actor=world.anna, now=on(2))
    assert holder_of(case) == world.maja


def test_a_reference_without_a_basis_keeps_the_baton_in_its_unit(world: World) -> None:
    case = a_case(world, invite=[], reference=a_reference())
    with pytest.raises(Unacceptable) as refused:
        offered(world, case)
    assert refused.value.field == "basis"
    assert offered(world, case, to_person=world.mads, to_unit=world.school)


def test_what_the_holder_owed_the_new_holder_owes_by_the_same_day(world: World) -> None:
    case = a_case_with_reference(world)
    before = owed(case, DeadlineKind.RENEW_CONSENT)
    assert before.owner == world.maja
    accept_handover(handover=offered(world, case), actor=world.anna, now=on(2))
    after = owed(case, DeadlineKind.RENEW_CONSENT)
    assert (after.owner, after.unit, after.due_on) == (world.anna, world.ppr, before.due_on)


def test_agreements_of_a_holder_who_does_not_stay_pass_to_the_new_one(world: World) -> None:
    case = a_case(world)
    agreement = agreed(world, case, owner=world.maja)
    accept_handover(handover=offered(world, case, stays_on=False), actor=world.anna, now=on(2))
    agreement.refresh_from_db()
    assert agreement.owner == world.anna
    assert owed(case, DeadlineKind.DO_AGREEMENT).owner == world.anna


def test_a_partner_asks_for_the_baton_and_the_holder_says_yes(world: World) -> None:
    case = a_case(world)
    handover = requested(world, accepted(world, case))
    assert holder_of(case) == world.maja
    accept_handover(handover=handover, actor=world.maja, now=on(2))
    assert holder_of(case) == world.anna
    assert EventKind.BATON_REQUEST_ACCEPTED in happened(case)


def test_nobody_says_yes_to_their_own_request(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    away(world.maja, world.anna, first=0, last=5)
    handover = requested(world, partnership)
    with pytest.raises(Forbidden):
        accept_handover(handover=handover, actor=world.anna, now=on(2))
    assert holder_of(case) == world.maja


def test_a_request_is_not_the_holders_to_withdraw(world: World) -> None:
    case = a_case(world)
    handover = requested(world, accepted(world, case))
    with pytest.raises(Forbidden):
        withdraw_handover(handover=handover, actor=world.maja, now=on(2))
    withdraw_handover(handover=handover, actor=world.anna, now=on(2))
    assert how_settled(case, DeadlineKind.ANSWER_HANDOVER) == [Settlement.LAPSED]


def test_an_offer_under_way_ends_when_the_baton_moves_another_way(world: World) -> None:
    case = a_case(world)
    offer = offered(world, case, to_person=world.mads, to_unit=world.school)
    request = requested(world, accepted(world, case))
    accept_handover(handover=request, actor=world.maja, now=on(2))
    offer.refresh_from_db()
    assert offer.state == HandoverState.WITHDRAWN
    assert holder_of(case) == world.anna
    assert not is_owed(case, DeadlineKind.ANSWER_HANDOVER)


def test_whoever_gets_the_baton_another_way_no_longer_asks_for_it(world: World) -> None:
    case = a_case(world)
    request = requested(world, accepted(world, case))
    accept_handover(handover=offered(world, case), actor=world.anna, now=on(2))
    request.refresh_from_db()
    assert request.state == HandoverState.WITHDRAWN
    assert not is_owed(case, DeadlineKind.ANSWER_HANDOVER)


def test_the_baton_can_go_back(world: World) -> None:
    case = a_case(world)
    accept_handover(handover=offered(world, case), actor=world.anna, now=on(2))
    back = offered(world, case, to_person=world.maja, to_unit=world.school, actor=world.anna, now=on(3))
    accept_handover(handover=back, actor=world.maja, now=on(4))
    assert holder_of(case) == world.maja
    assert case.holdings.count() == 3


def test_a_holder_cannot_leave_the_case_as_a_partner_does(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    with pytest.raises(Forbidden):
        leave_case(partnership=partnership, reason=term(LeaveReason, "no_capacity"), actor=world.maja, now=on(1))


def test_whoever_comes_too_late_is_told_that_the_handover_has_been_answered(world: World) -> None:
    case = a_case(world)
    handover = offered(world, case, stays_on=False)
    accept_handover(handover=handover, actor=world.anna, now=on(2))
    with pytest.raises(MovedOn):
        withdraw_handover(handover=handover, actor=world.maja, now=on(2))
    with pytest.raises(MovedOn):
        accept_handover(handover=handover, actor=world.anna, now=on(2))
    for other in (world.anton, world.ove):
        with pytest.raises((Forbidden, Unseen)):
            accept_handover(handover=handover, actor=other, now=on(2))


# --- Leaving with the baton ---------------------------------------------------------------------------------


def test_who_goes_with_the_baton_keeps_no_part_that_their_unit_had_beside_it(world: World) -> None:
    case = came_back(world)
    beside = case.partnerships.live().get(unit=world.school)
    agreement = agreed(world, case, owner=world.maja, now=on(4))
    since = last_event()
    accept_handover(handover=offered(world, case, stays_on=False, now=on(5)), actor=world.anna, now=on(6))
    beside.refresh_from_db()
    assert (beside.ended_at, beside.end) == (on(6), PartnershipEnd.LEFT)
    assert part_in(actor_of(world.maja, on(6)), fresh(case)) == Part.RECEIPT
    agreement.refresh_from_db()
    assert agreement.owner == world.anna
    told = [EventKind.HANDOVER_ACCEPTED, EventKind.PARTNERSHIP_LEFT, EventKind.AGREEMENT_PASSED_ON]
    assert happened(case, since=since) == [EventKind.HANDOVER_OFFERED, *told]


def test_a_unit_that_was_invited_leaves_its_invitation_with_the_baton(world: World) -> None:
    case = a_case(world, actor=world.anna, unit=world.ppr, invite=[(world.school, None)])
    invitation = the_invitation(case, world.school)
    accept_invitation(invitation=invitation, actor=world.maja, now=on(1))
    handed = offered(world, case, to_person=world.maja, to_unit=world.school, actor=world.anna)
    accept_handover(handover=handed, actor=world.maja, now=on(2))
    accept_handover(handover=offered(world, case, stays_on=False, now=on(3)), actor=world.anna, now=on(4))
    invitation.refresh_from_db()
    assert (invitation.state, invitation.ended_at) == (InvitationState.LEFT, on(4))
    assert not case.partnerships.live().filter(contact=world.maja).exists()


def test_who_stays_on_keeps_the_part_that_their_unit_had_beside_the_baton(world: World) -> None:
    case = came_back(world)
    accept_handover(handover=offered(world, case, now=on(5)), actor=world.anna, now=on(6))
    assert case.partnerships.live().get(unit=world.school).contact == world.maja


def test_somebody_else_who_is_the_units_contact_stays_when_its_holder_goes(world: World) -> None:
    case = came_back(world)
    beside = case.partnerships.live().get(unit=world.school)
    change_contact(partnership=beside, contact=world.mads, actor=world.maja, now=on(4))
    accept_handover(handover=offered(world, case, stays_on=False, now=on(5)), actor=world.anna, now=on(6))
    assert case.partnerships.live().get(unit=world.school).contact == world.mads
    assert part_in(actor_of(world.maja, on(6)), fresh(case)) == Part.RECEIPT


def came_back(world: World) -> Case:
    """Maja hands over to Anna, stays on for the school, and gets the baton back, by Thursday."""
    case = a_case(world)
    accept_handover(handover=offered(world, case), actor=world.anna, now=on(2))
    back = offered(world, case, to_person=world.maja, to_unit=world.school, actor=world.anna, now=on(3))
    accept_handover(handover=back, actor=world.maja, now=on(3, hours=1))
    return case


# --- Asked for in the name of somebody ----------------------------------------------------------------------


def test_the_baton_is_asked_for_only_for_the_contact_who_was_meant(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    assert partnership.contact == world.anna
    row = Partnership.objects.get(pk=partnership.pk)
    change_contact(partnership=row, contact=world.anton, actor=world.anna, now=on(1))
    with pytest.raises(MovedOn):
        requested(world, partnership, actor=world.per)
    assert not case.handovers.exists()
    assert requested(world, Partnership.objects.get(pk=partnership.pk), actor=world.per).to_person == world.anton
