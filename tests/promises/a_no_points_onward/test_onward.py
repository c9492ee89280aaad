"""A no names a reason and a better partner, or says "I don't know who": then a leader finds out."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from coordination.commands.handovers import accept_handover
from coordination.commands.invitations import (
    accept_invitation,
    decline_invitation,
    drop_search,
    invite_unit,
    point_onward,
)
from coordination.commands.people import change_role, deactivate_person
from coordination.commands.units import UnitDraft, close_unit, place_unit
from coordination.errors import Forbidden, MovedOn, Unacceptable, Unseen
from coordination.models import (
    Ask,
    Case,
    DeadlineKind,
    DeclineReason,
    EventKind,
    Invitation,
    InvitationState,
    Role,
    Settlement,
    Unit,
    UnitKind,
)
from tests.builders import World, a_case, accepted, day, on, term, the_invitation
from tests.promises.telling import happened, how_settled, is_owed, last_event, offered, owed


def says_no(world: World, case: Case, *, onward: Unit | None = None) -> Invitation:
    """Anna says no for PPR, on Tuesday."""
    return decline_invitation(
        invitation=the_invitation(case, world.ppr),
        reason=term(DeclineReason, "not_our_task"),
        onward=onward,
        actor=world.anna,
        now=on(1),
    )


def asks_next(world: World, case: Case, unit: Unit, follows: Invitation) -> Invitation:
    """Maja asks the unit that was pointed to, on Wednesday."""
    return invite_unit(case=case, unit=unit, ask=term(Ask, "sparring"), follows=follows, actor=world.maja, now=on(2))


def test_a_no_that_names_a_better_partner_sends_the_holder_there(world: World) -> None:
    case = a_case(world)
    invitation = says_no(world, case, onward=world.health)
    assert (invitation.state, invitation.onward_unit) == (InvitationState.DECLINED, world.health)
    assert invitation.decline_reason == term(DeclineReason, "not_our_task")
    assert not invitation.onward_unknown
    assert how_settled(case, DeadlineKind.ANSWER_INVITATION) == [Settlement.MET]
    search = owed(case, DeadlineKind.FIND_PARTNER)
    assert (search.owner, search.unit, search.due_on) == (world.maja, world.school, day(4))


def test_a_no_that_knows_nobody_lets_the_holders_leader_find_out(world: World) -> None:
    case = a_case(world)
    invitation = says_no(world, case)
    assert invitation.onward_unknown
    search = owed(case, DeadlineKind.FIND_PARTNER)
    assert (search.owner, search.unit, search.due_on) == (world.lone, world.school, day(4))


def test_the_leader_above_finds_out_where_the_holder_is_the_leader(world: World) -> None:
    case = a_case(world, actor=world.lone)
    says_no(world, case)
    assert owed(case, DeadlineKind.FIND_PARTNER).owner == world.sanne


def test_somebody_finds_out_even_where_the_holder_is_the_only_leader_left(world: World) -> None:
    for leader in (world.sanne, world.lone, world.dorte):
        deactivate_person(user=leader, actor=None, now=on(-2))
    case = a_case(world, actor=world.karin, unit=world.town)
    says_no(world, case)
    assert owed(case, DeadlineKind.FIND_PARTNER).owner == world.karin


def test_the_no_tells_its_reason_and_where_it_points(world: World) -> None:
    case = a_case(world)
    since = last_event()
    says_no(world, case, onward=world.health)
    event = case.events.get(pk__gt=since)
    assert (event.kind, event.actor, event.unit) == (EventKind.INVITATION_DECLINED, world.anna, world.ppr)
    assert event.data == {"reason": "not_our_task", "onward": world.health.pk}


def test_a_no_does_not_point_to_itself_or_to_a_closed_unit_or_to_another_municipality(world: World) -> None:
    elsewhere = place_unit(
        draft=UnitDraft(code="village", name="Landsbyen", kind=term(UnitKind, "kommune")), actor=None, now=on(-30)
    )
    case = a_case(world)
    close_unit(unit=world.family, actor=None, now=on(0))
    for onward in (world.ppr, world.family, elsewhere):
        with pytest.raises(Unacceptable) as refused:
            says_no(world, case, onward=onward)
        assert refused.value.field == "onward"
    assert the_invitation(case, world.ppr).state == InvitationState.SENT


def test_asking_the_one_pointed_to_ends_the_search_and_remembers_where_it_came_from(world: World) -> None:
    case = a_case(world)
    declined = says_no(world, case, onward=world.health)
    invitation = asks_next(world, case, world.health, declined)
    assert invitation.follows == declined
    assert how_settled(case, DeadlineKind.FIND_PARTNER) == [Settlement.MET]
    assert owed(case, DeadlineKind.ANSWER_INVITATION).unit == world.health


def test_the_holder_may_ask_somebody_else_than_the_one_pointed_to(world: World) -> None:
    case = a_case(world)
    declined = says_no(world, case, onward=world.health)
    asks_next(world, case, world.family, declined)
    assert not is_owed(case, DeadlineKind.FIND_PARTNER)


def test_one_no_after_another_is_followed_to_the_end(world: World) -> None:
    case = a_case(world)
    declined = says_no(world, case, onward=world.health)
    second = asks_next(world, case, world.health, declined)
    decline_invitation(
        invitation=second,
        reason=term(DeclineReason, "no_capacity"),
        onward=world.family,
        actor=world.hanne,
        now=on(3),
    )
    third = asks_next(world, case, world.family, second)
    accept_invitation(invitation=third, actor=world.frida, now=on(4))
    assert third.follows is not None
    assert third.follows.follows == declined
    assert not is_owed(case, DeadlineKind.FIND_PARTNER)


def test_a_search_that_is_over_is_not_followed_again(world: World) -> None:
    case = a_case(world)
    declined = says_no(world, case, onward=world.health)
    asks_next(world, case, world.health, declined)
    with pytest.raises(MovedOn):
        asks_next(world, case, world.family, declined)
    assert not case.invitations.filter(unit=world.family).exists()


def test_the_leader_points_onward_and_the_holder_then_owes_to_ask(world: World) -> None:
    case = a_case(world)
    declined = says_no(world, case)
    since = last_event()
    pointed = point_onward(invitation=declined, onward=world.family, actor=world.lone, now=on(2))
    assert pointed.onward_unit == world.family
    assert pointed.onward_unknown
    search = owed(case, DeadlineKind.FIND_PARTNER)
    assert (search.owner, search.due_on) == (world.maja, day(7))
    assert happened(case, since=since) == [EventKind.ONWARD_POINTED]
    assert asks_next(world, case, world.family, declined).follows == declined


def test_a_leader_above_may_point_onward_too_and_nobody_else(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, None), (world.health, None)])
    declined = says_no(world, case)
    accept_invitation(invitation=the_invitation(case, world.health), actor=world.hanne, now=on(1))
    for other, refusal in (
        (world.hanne, Forbidden),
        (world.maja, Forbidden),
        (world.mads, Unseen),
        (world.per, Unseen),
        (world.kirsten, Unseen),
    ):
        with pytest.raises(refusal):
            point_onward(invitation=declined, onward=world.family, actor=other, now=on(2))
    point_onward(invitation=declined, onward=world.family, actor=world.sanne, now=on(2))


def test_somebody_is_found_once(world: World) -> None:
    case = a_case(world)
    declined = says_no(world, case)
    point_onward(invitation=declined, onward=world.family, actor=world.lone, now=on(2))
    with pytest.raises(MovedOn):
        point_onward(invitation=declined, onward=world.health, actor=world.lone, now=on(2))


def test_a_leader_does_not_point_to_the_unit_that_said_no_or_to_a_closed_one(world: World) -> None:
    case = a_case(world)
    declined = says_no(world, case)
    stale = Unit.objects.get(pk=world.family.pk)
    close_unit(unit=world.family, actor=None, now=on(1))
    for onward in (world.ppr, stale):
        with pytest.raises(Unacceptable):
            point_onward(invitation=declined, onward=onward, actor=world.lone, now=on(2))
    assert owed(case, DeadlineKind.FIND_PARTNER).owner == world.lone


def test_the_holder_may_say_that_nobody_else_is_needed(world: World) -> None:
    case = a_case(world)
    declined = says_no(world, case)
    with pytest.raises(Forbidden):
        drop_search(invitation=declined, actor=world.lone, now=on(2))
    drop_search(invitation=declined, actor=world.maja, now=on(2))
    assert how_settled(case, DeadlineKind.FIND_PARTNER) == [Settlement.LAPSED]
    assert happened(case)[-1] == EventKind.SEARCH_DROPPED
    with pytest.raises(MovedOn):
        drop_search(invitation=declined, actor=world.maja, now=on(2))


def test_a_search_goes_along_with_the_baton_and_the_leaders_stays_with_a_leader(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, None), (world.health, None)])
    says_no(world, case, onward=world.family)
    decline_invitation(
        invitation=the_invitation(case, world.health),
        reason=term(DeclineReason, "no_capacity"),
        actor=world.hanne,
        now=on(1),
    )
    accept_handover(
        handover=offered(world, case, to_person=world.mads, to_unit=world.school), actor=world.mads, now=on(2)
    )
    owners = set(case.deadlines.open().filter(kind=DeadlineKind.FIND_PARTNER).values_list("owner__username", flat=True))
    assert owners == {"mads", "lone"}


@pytest.mark.parametrize("way", ["deactivated", "no leader any more"])
def test_when_the_leader_goes_the_next_finds_out(world: World, way: str) -> None:
    case = a_case(world)
    says_no(world, case)
    if way == "deactivated":
        deactivate_person(user=world.lone, actor=None, now=on(2))
    else:
        change_role(membership=world.lone.memberships.get(), role=Role.PROFESSIONAL, actor=None, now=on(2))
    assert owed(case, DeadlineKind.FIND_PARTNER).owner == world.sanne


def test_a_unit_that_said_no_may_be_asked_again_another_time(world: World) -> None:
    case = a_case(world)
    says_no(world, case, onward=world.health)
    again = invite_unit(case=case, unit=world.ppr, ask=term(Ask, "observe"), actor=world.maja, now=on(5))
    accept_invitation(invitation=again, actor=world.anna, now=on(6))


def test_a_unit_is_not_asked_while_it_is_asked_or_takes_part(world: World) -> None:
    case = a_case(world)
    with pytest.raises(MovedOn) as refused:
        invite_unit(case=case, unit=world.ppr, ask=term(Ask, "observe"), actor=world.maja, now=on(1))
    assert refused.value.field == "units"
    accepted(world, case)
    with pytest.raises(MovedOn):
        invite_unit(case=case, unit=world.ppr, ask=term(Ask, "observe"), actor=world.maja, now=on(2))


# --- In the database ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lacking", ["decline_reason", "onward_unit"])
def test_a_no_without_a_reason_or_a_way_onward_cannot_be_stored(world: World, lacking: str) -> None:
    case = a_case(world)
    declined = says_no(world, case, onward=world.health)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=declined.pk).update(**{lacking: None})


def test_a_no_that_knows_nobody_needs_no_unit(world: World) -> None:
    case = a_case(world)
    declined = says_no(world, case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=declined.pk).update(onward_unknown=False)


def test_a_search_goes_along_with_the_baton_to_the_leader_whom_the_new_holder_has(world: World) -> None:
    case = a_case(world)
    invitation = says_no(world, case)
    assert owed(case, DeadlineKind.FIND_PARTNER).owner == world.lone
    handover = offered(world, case, to_person=world.rikke, to_unit=world.kindergarten, stays_on=False)
    accept_handover(handover=handover, actor=world.rikke, now=on(2))
    search = owed(case, DeadlineKind.FIND_PARTNER)
    assert (search.owner, search.unit) == (world.kirsten, world.kindergarten)
    with pytest.raises(Unseen):
        point_onward(invitation=invitation, onward=world.health, actor=world.lone, now=on(3))
    point_onward(invitation=invitation, onward=world.health, actor=world.kirsten, now=on(3))
    assert owed(case, DeadlineKind.FIND_PARTNER).owner == world.rikke
