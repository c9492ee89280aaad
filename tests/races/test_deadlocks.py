"""Two who wait for each other: PostgreSQL ends one of them, which begins anew, and nobody notices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from coordination.commands.invitations import (
    accept_invitation,
    change_contact,
)
from coordination.commands.people import begin_membership, deactivate_person
from coordination.commands.submissions import carry_out_once
from coordination.commands.units import close_unit
from coordination.errors import Refusal
from coordination.models import (
    Partnership,
    Role,
    User,
)
from tests.builders import (
    World,
    a_case,
    accepted,
    on,
    the_invitation,
)
from tests.promises.telling import fresh, holder_of
from tests.races.meeting_point import (
    BEFORE_A_PERSON,
    BEFORE_THE_CASE,
    Act,
    Point,
    at_once,
    nobody_gone_is_responsible,
)

pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("round_number", range(3))


def form(world: World, actor: User, act: Callable[[], Any]) -> Act:
    """Carry an act out as a page does."""
    return partial(carry_out_once, key=uuid4(), actor=actor, now=on(2), act=lambda: f"/{act().pk}/")


@rounds
@pytest.mark.parametrize("by", ["form", "command"])
def test_two_who_wait_for_each_other_both_get_through(world: World, round_number: int, by: str) -> None:
    """Closing a unit holds the case and waits for a person; naming that person as contact waits for the case."""
    case = a_case(world)
    partnership = accepted(world, case)
    command = partial(change_contact, partnership=partnership, contact=world.anton, actor=world.anna, now=on(2))
    change = form(world, world.anna, command) if by == "form" else command
    closing = partial(close_unit, unit=world.ppr, actor=None, now=on(2))
    changed, closed = at_once(change, closing, points=[Point(BEFORE_THE_CASE), Point(BEFORE_A_PERSON, number=3)])
    assert not isinstance(closed, Exception), closed
    assert isinstance(changed, str | Partnership | Refusal), changed
    partnership.refresh_from_db()
    assert partnership.ended_at is not None
    nobody_gone_is_responsible()


@rounds
def test_two_who_go_at_once_with_parts_in_the_same_cases_both_go(world: World, round_number: int) -> None:
    """Each holds a case of their own and is the contact in the other one's."""
    case = a_case(world)
    accepted(world, case)
    other = a_case(world, actor=world.anna, unit=world.ppr, invite=[(world.school, None)])
    accept_invitation(invitation=the_invitation(other, world.school), actor=world.maja, now=on(1))
    outcomes = at_once(
        *(partial(deactivate_person, user=user, actor=None, now=on(2)) for user in (world.maja, world.anna))
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert holder_of(case) == world.lone
    assert holder_of(other) == world.per
    nobody_gone_is_responsible()


@rounds
def test_a_holder_and_the_leader_who_takes_part_go_at_once(world: World, round_number: int) -> None:
    """One waits for the leader to whom the baton falls, who waits for the case."""
    case = a_case(world, invite=[(world.kindergarten, None)])
    accept_invitation(invitation=the_invitation(case, world.kindergarten), actor=world.kirsten, now=on(1))
    begin_membership(user=world.kirsten, unit=world.school, role=Role.LEADER, actor=None, now=on(-40))
    outcomes = at_once(
        partial(deactivate_person, user=world.maja, actor=None, now=on(2)),
        partial(deactivate_person, user=world.kirsten, actor=None, now=on(2)),
        points=[Point(number=2), Point(number=1)],
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert holder_of(case) == world.lone
    assert fresh(case).holder.is_active
    nobody_gone_is_responsible()
