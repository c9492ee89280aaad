"""Who plans a child's move: the holder, and those who lead a unit that takes part; no other leader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from coordination.commands.cases import close_case
from coordination.commands.handing_over import hand_over
from coordination.commands.invitations import accept_invitation, leave_case
from coordination.commands.people import begin_membership
from coordination.commands.transitions import cancel_transition, name_receiver, postpone_transition
from coordination.errors import Forbidden, Refusal, Unseen
from coordination.models import CancelReason, Case, CaseOutcome, LeaveReason, Role, Transition, User
from tests.builders import World, accepted, day, on, term, the_invitation
from tests.promises.moving import a_childs_case, a_move, heard, took_part
from tests.promises.telling import away, fresh

ACTS: dict[str, Callable[[World, Transition, User], object]] = {
    "plan": lambda w, m, who: a_move(w, m.case, actor=who, move_on=day(200), now=on(3)),
    "postpone": lambda w, m, who: postpone_transition(transition=m, move_on=day(300), actor=who, now=on(3)),
    "name": lambda w, m, who: name_receiver(transition=m, to_unit=w.other_school, actor=who, now=on(3)),
    "cancel": lambda w, m, who: cancel_transition(
        transition=m, reason=term(CancelReason, "stays"), actor=who, now=on(3)
    ),
    "hand over": lambda _w, m, who: hand_over(transition=m, actor=who, now=on(3)),
}
EVERY_ACT = pytest.mark.parametrize("name", ACTS)


def refused(world: World, move: Transition, who: User, name: str) -> type[Refusal] | None:
    """Try it and take it back; say how it was refused."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                ACTS[name](world, move, who)
        except Refusal as refusal:
            return type(refusal)
        finally:
            transaction.set_rollback(True)
    return None


def with_health(world: World) -> tuple[Case, Transition]:
    """Rikke of the kindergarten holds, and health takes part; its contact Lone leads the school, which has no part."""
    begin_membership(user=world.lone, unit=world.health, role=Role.PROFESSIONAL, actor=None, now=on(-1))
    case = a_childs_case(world, invite=[(world.health, None)])
    accept_invitation(invitation=the_invitation(case, world.health), actor=world.lone, now=on(hours=1))
    move = a_move(world, case, to_unit=world.family)
    heard(case, world.rikke, on_day=2)
    took_part(case, world.rikke, on_day=2)
    return case, move


@EVERY_ACT
def test_a_contact_who_leads_another_unit_plans_nothing_for_theirs(world: World, name: str) -> None:
    _case, move = with_health(world)
    assert refused(world, move, world.lone, name) is Forbidden
    assert refused(world, move, world.sanne, name) is Unseen  # who leads the schools has no part at all
    assert refused(world, move, world.rikke, name) is None
    assert refused(world, move, world.kirsten, name) is None
    assert refused(world, move, world.dorte, name) is None  # above both units


@EVERY_ACT
def test_a_contact_who_leads_the_unit_that_takes_part_plans_as_its_leader(world: World, name: str) -> None:
    case = a_childs_case(world, invite=[(world.ppr, None)])
    accepted(world, case)
    move = a_move(world, case, to_unit=world.family)
    heard(case, world.rikke, on_day=2)
    took_part(case, world.rikke, on_day=2)
    assert refused(world, move, world.anna, name) is Forbidden
    assert refused(world, move, world.per, name) is None
    begin_membership(user=world.anna, unit=world.family, role=Role.LEADER, actor=None, now=on(2))
    assert refused(world, move, world.anna, name) is Forbidden


@EVERY_ACT
def test_a_stand_in_plans_for_the_holder_while_they_are_away(world: World, name: str) -> None:
    _case, move = with_health(world)
    assert refused(world, move, world.hanne, name) is Unseen
    away(world.rikke, world.hanne, first=3, last=3)
    assert refused(world, move, world.hanne, name) is None


@EVERY_ACT
def test_a_leader_plans_no_longer_than_their_unit_takes_part(world: World, name: str) -> None:
    case = a_childs_case(world, invite=[(world.ppr, None)])
    partnership = accepted(world, case)
    move = a_move(world, case, to_unit=world.family)
    leave_case(partnership=partnership, reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(2))
    assert refused(world, move, world.per, name) is Unseen


def test_in_a_closed_case_no_leader_plans(world: World) -> None:
    case = a_childs_case(world, invite=[(world.ppr, None)])
    accepted(world, case)
    move = a_move(world, case, to_unit=world.family)
    close_case(case=fresh(case), outcome=term(CaseOutcome, "solved"), actor=world.rikke, now=on(2))
    assert refused(world, move, world.per, "plan") is Unseen
