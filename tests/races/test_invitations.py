"""Two at once about an invitation: one wins, the other is told that somebody came first.

SQLite lets one transaction write at a time: the evidence that the locks are needed comes from PostgreSQL.
"""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from coordination.commands.invitations import (
    accept_invitation,
    decline_invitation,
    invite_unit,
    withdraw_invitation,
)
from coordination.commands.people import deactivate_person
from coordination.commands.submissions import carry_out_once
from coordination.commands.units import close_unit
from coordination.errors import Unacceptable
from coordination.models import (
    Ask,
    Case,
    DeadlineKind,
    DeclineReason,
    EventKind,
    InvitationState,
    Unit,
    User,
)
from tests.builders import (
    World,
    a_case,
    on,
    term,
    the_invitation,
)
from tests.promises.telling import away, how_settled, owed
from tests.races.meeting_point import (
    Act,
    Point,
    at_once,
    nobody_gone_is_responsible,
    shown,
    the_winner,
)

pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("round_number", range(3))


def invite(world: World, case: Case, unit: Unit, person: User | None = None) -> Act:
    """Maja invites, on Tuesday."""
    return partial(
        invite_unit, case=case, unit=unit, person=person, ask=term(Ask, "sparring"), actor=world.maja, now=on(1)
    )


@rounds
def test_of_two_who_accept_at_once_one_is_the_contact(world: World, round_number: int) -> None:
    case = a_case(world)
    invitation = the_invitation(case, world.ppr)
    partnership = the_winner(
        at_once(
            partial(accept_invitation, invitation=invitation, actor=world.anna, now=on(1)),
            partial(accept_invitation, invitation=invitation, actor=world.anton, now=on(1)),
        )
    )
    assert case.partnerships.get() == partnership
    assert case.events.filter(kind=EventKind.INVITATION_ACCEPTED).count() == 1


@rounds
def test_an_invitation_is_accepted_or_withdrawn(world: World, round_number: int) -> None:
    case = a_case(world)
    invitation = the_invitation(case, world.ppr)
    the_winner(
        at_once(
            partial(accept_invitation, invitation=invitation, actor=world.anna, now=on(1)),
            partial(withdraw_invitation, invitation=invitation, actor=world.maja, now=on(1)),
        )
    )
    invitation.refresh_from_db()
    assert case.partnerships.exists() == (invitation.state == InvitationState.ACCEPTED)
    assert len(how_settled(case, DeadlineKind.ANSWER_INVITATION)) == 1


@rounds
def test_an_invitation_is_accepted_or_declined(world: World, round_number: int) -> None:
    case = a_case(world)
    invitation = the_invitation(case, world.ppr)
    no = term(DeclineReason, "no_capacity")
    the_winner(
        at_once(
            partial(accept_invitation, invitation=invitation, actor=world.anna, now=on(1)),
            partial(decline_invitation, invitation=invitation, reason=no, actor=world.anton, now=on(1)),
        )
    )
    invitation.refresh_from_db()
    assert case.partnerships.exists() == (invitation.state == InvitationState.ACCEPTED)


@rounds
def test_a_unit_is_invited_once(world: World, round_number: int) -> None:
    case = a_case(world, invite=[])
    away(world.maja, world.mads, first=0, last=5)
    by_stand_in = partial(
        invite_unit, case=case, unit=world.ppr, ask=term(Ask, "sparring"), actor=world.mads, now=on(1)
    )
    the_winner(at_once(invite(world, case, world.ppr), by_stand_in))
    assert case.invitations.count() == 1


@rounds
def test_no_invitation_waits_at_a_unit_that_closes_meanwhile(world: World, round_number: int) -> None:
    case = a_case(world, invite=[])
    invited, closed = at_once(
        invite(world, case, world.ppr),
        partial(close_unit, unit=world.ppr, actor=None, now=on(1)),
        points=[Point(), Point(number=4)],  # three people leave the unit before it has closed
    )
    assert not isinstance(closed, Exception)
    assert not case.invitations.filter(state=InvitationState.SENT).exists()
    if isinstance(invited, Exception):
        assert isinstance(invited, Unacceptable)
    else:
        assert owed(case, DeadlineKind.FIND_PARTNER).owner == world.maja
    nobody_gone_is_responsible()


@rounds
def test_no_invitation_waits_for_somebody_who_goes_meanwhile(world: World, round_number: int) -> None:
    case = a_case(world, invite=[])
    invited, gone = at_once(
        invite(world, case, world.ppr, world.anna), partial(deactivate_person, user=world.anna, actor=None, now=on(1))
    )
    assert not isinstance(gone, Exception)
    assert isinstance(invited, Unacceptable) or not isinstance(invited, Exception)
    assert not case.invitations.filter(person=world.anna).exists()
    nobody_gone_is_responsible()


@rounds
def test_no_contact_is_somebody_who_goes_meanwhile(world: World, round_number: int) -> None:
    case = a_case(world)
    invitation = the_invitation(case, world.ppr)
    _accepted, gone = at_once(
        partial(accept_invitation, invitation=invitation, actor=world.anton, contact=world.anna, now=on(1)),
        partial(deactivate_person, user=world.anna, actor=None, now=on(1)),
    )
    assert not isinstance(gone, Exception)
    assert not case.partnerships.live().filter(contact=world.anna).exists()


@rounds
def test_no_search_is_left_with_a_leader_who_goes_meanwhile(world: World, round_number: int) -> None:
    case = a_case(world)
    no = term(DeclineReason, "no_capacity")
    outcomes = at_once(
        partial(
            carry_out_once,
            key=uuid4(),
            actor=world.anna,
            now=on(1),
            act=partial(
                shown,
                decline_invitation,
                invitation=the_invitation(case, world.ppr),
                reason=no,
                actor=world.anna,
                now=on(1),
            ),
        ),
        partial(deactivate_person, user=world.lone, actor=None, now=on(1)),
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert owed(case, DeadlineKind.FIND_PARTNER).owner == world.sanne
