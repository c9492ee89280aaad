"""A move that cannot be is neither planned nor changed: it is said which input is meant, and nothing happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import override

from coordination.commands.handing_over import hand_over, receive_child
from coordination.commands.invitations import leave_case
from coordination.commands.landings import follow_up
from coordination.commands.milestones import do_milestone
from coordination.commands.transitions import cancel_transition, name_receiver, postpone_transition
from coordination.commands.units import close_unit
from coordination.errors import Forbidden, MovedOn, Unacceptable, Unseen
from coordination.models import (
    CancelReason,
    Case,
    DeadlineKind,
    Landing,
    LeaveReason,
    Transition,
    TransitionKind,
    TransitionState,
    Unit,
)
from tests.builders import World, accepted, day, on, term
from tests.promises.moving import a_childs_case, a_move, again, handed_over, heard, milestone, received, took_part
from tests.promises.telling import is_owed, owed
from tests.promises.the_child_is_heard.refusing import closed, elsewhere, refuses


# --- planning ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"from_unit": "other_school"}, "from_unit"),
        ({"to_unit": "kindergarten"}, "to_unit"),
        ({"to_unit": "elsewhere"}, "to_unit"),
        ({"move_on": day(3 * 366 + 2)}, "move_on"),
        ({"move_on": day(-90)}, "move_on"),
        ({"kind": "to_other_town"}, "to_unit"),
    ],
)
def test_a_move_that_cannot_be_is_not_planned(world: World, changes: dict[str, Any], field: str) -> None:
    world.units["elsewhere"] = elsewhere(world)
    case = a_childs_case(world)
    units = {name: world.units[unit] for name, unit in changes.items() if name.endswith("_unit")}
    refuses(Unacceptable, lambda: a_move(world, case, **{**changes, **units}), field)
    assert not case.transitions.exists()


def test_the_farthest_days_are_planned(world: World) -> None:
    case = a_childs_case(world)
    a_move(world, case, move_on=day(1 + 3 * 366))
    a_move(world, case, move_on=day(1 - 90))


def test_a_kind_that_has_been_retired_is_not_planned(world: World) -> None:
    case = a_childs_case(world)
    TransitionKind.objects.filter(code="kindergarten_to_school").update(is_retired=True)
    refuses(Unacceptable, lambda: a_move(world, case), "kind")


def test_nobody_is_planned_to_a_unit_that_has_closed(world: World) -> None:
    case = a_childs_case(world)
    close_unit(unit=world.other_school, actor=None, now=on(hours=1))
    refuses(Unacceptable, lambda: a_move(world, case, to_unit=world.other_school), "to_unit")
    move = a_move(world, case)
    refuses(
        Unacceptable,
        lambda: name_receiver(transition=move, to_unit=world.other_school, actor=world.rikke, now=on(2)),
        "to_unit",
    )


def test_the_child_leaves_a_unit_that_takes_part_now_opened_the_case_or_received_it(world: World) -> None:
    case = a_childs_case(world, invite=[(world.ppr, None)])
    refuses(Unacceptable, lambda: a_move(world, case, from_unit=world.ppr), "from_unit")
    partnership = accepted(world, case)
    a_move(world, case, from_unit=world.ppr, now=on(1))
    leave_case(partnership=partnership, reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(2))
    refuses(Unacceptable, lambda: a_move(world, case, from_unit=world.ppr, move_on=day(50), now=on(3)), "from_unit")
    close_unit(unit=world.kindergarten, actor=None, now=on(4))  # which opened it
    refuses(
        Unacceptable,
        lambda: a_move(world, case, actor=world.dorte, move_on=day(60), now=on(5)),
        "from_unit",
    )


def test_from_where_a_case_was_opened_a_child_still_moves_when_the_baton_has_gone_on(world: World) -> None:
    case = a_childs_case(world)
    received(world, a_move(world, case))
    leave_case(
        partnership=case.partnerships.live().get(unit=world.kindergarten),
        reason=term(LeaveReason, "no_capacity"),
        actor=world.rikke,
        now=on(5),
    )
    made = a_move(world, case, "to_other_town", actor=world.maja, to_unit=None, move_on=day(60), now=on(6))
    assert made.from_unit == world.kindergarten


def test_a_move_goes_on_from_one_of_the_same_case(world: World) -> None:
    first = a_move(world, a_childs_case(world))
    case = a_childs_case(world, reference=None, basis=None)
    refuses(Unacceptable, lambda: a_move(world, case, follows=first, move_on=day(400)), "move_on")
    later = {"from_unit": world.school, "to_unit": world.other_school, "follows": first}
    refuses(Unacceptable, lambda: a_move(world, first.case, move_on=first.move_on, **later), "move_on")


def test_without_a_receiver_somebody_has_to_find_one(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case, to_unit=None)
    deadline = owed(case, DeadlineKind.NAME_RECEIVER)
    assert (deadline.owner, deadline.unit) == (world.rikke, world.kindergarten)
    assert not case.deadlines.open().filter(milestone__is_senders=False).exists()
    asked_again(world, case)
    refuses(Unacceptable, lambda: hand_over(transition=move, actor=world.rikke, now=on(4)), "to_unit")
    refuses(Forbidden, lambda: receive_child(transition=move, actor=world.rikke, now=on(4), has_read=True))
    refuses(Forbidden, lambda: follow_up(transition=move, landing=Landing.WELL, actor=world.kirsten, now=on(4)))
    refuses(Unseen, lambda: receive_child(transition=move, actor=world.maja, now=on(4), has_read=True))


def asked_again(world: World, case: Case) -> None:
    """Rikke asks the child and the parents once more."""
    heard(case, world.rikke, on_day=3)
    took_part(case, world.rikke, on_day=3)


def test_a_move_out_of_town_gets_no_receiver_and_no_baton(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case, "to_other_town", to_unit=None, move_on=day(40))
    assert move.moves_baton is False
    refuses(
        Unacceptable,
        lambda: name_receiver(transition=move, to_unit=world.school, actor=world.rikke, now=on(2)),
        "to_unit",
    )
    assert again(move).to_unit is None
    handed_over(world, move)
    assert (again(move).state, again(move).ended_at) == (TransitionState.LEFT, on(3, hours=2))
    assert not is_owed(case, DeadlineKind.RECEIVE_TRANSITION)


# --- changing ---------------------------------------------------------------------------------------------------
def test_a_move_is_changed_to_something_else_that_can_be(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)

    def postpone(to: int) -> Callable[[], object]:
        return lambda: postpone_transition(transition=move, move_on=day(to), actor=world.rikke, now=on(2))

    refuses(Unacceptable, postpone((move.move_on - day()).days), "move_on")
    refuses(Unacceptable, postpone(-89), "move_on")
    postpone(400)()
    assert again(move).move_on == day(400)

    def name(unit: Unit) -> Callable[[], object]:
        return lambda: name_receiver(transition=move, to_unit=unit, actor=world.rikke, now=on(2))

    refuses(MovedOn, name(world.school), "to_unit")
    refuses(Unacceptable, name(world.kindergarten), "to_unit")
    refuses(Unacceptable, name(elsewhere(world)), "to_unit")


def test_another_receiver_owes_what_the_one_before_owed(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)
    theirs = case.deadlines.open().filter(milestone__is_senders=False)
    before = theirs.count()
    assert {each.unit for each in theirs} == {world.school}
    name_receiver(transition=move, to_unit=world.other_school, actor=world.rikke, now=on(2))
    assert ({each.unit for each in theirs.all()}, theirs.count()) == ({world.other_school}, before)


LATER: dict[str, Callable[[World, Transition], object]] = {
    "postpone": lambda w, m: postpone_transition(transition=m, move_on=day(500), actor=w.dorte, now=on(31)),
    "name": lambda w, m: name_receiver(transition=m, to_unit=w.other_school, actor=w.dorte, now=on(31)),
    "hand over": lambda w, m: hand_over(transition=m, actor=w.dorte, now=on(31)),
    "cancel": lambda w, m: cancel_transition(
        transition=m, reason=term(CancelReason, "stays"), actor=w.dorte, now=on(31)
    ),
}
FROM_PLANNED = [name for name in LATER if name != "cancel"]


@pytest.mark.parametrize("name", FROM_PLANNED)
def test_what_has_been_handed_over_is_not_changed(world: World, name: str) -> None:
    move = handed_over(world, a_move(world, a_childs_case(world)))
    refuses(MovedOn, lambda: LATER[name](world, move))


@pytest.mark.parametrize("name", LATER)
def test_what_has_come_to_its_end_is_not_changed(world: World, name: str) -> None:
    move = received(world, a_move(world, a_childs_case(world), move_on=day(5)))
    follow_up(transition=move, landing=Landing.WELL, actor=world.maja, now=on(7))
    refuses(MovedOn, lambda: LATER[name](world, move))
    assert again(move).state == TransitionState.LANDED


@pytest.mark.parametrize("how_far", [handed_over, received])
def test_a_cancelled_move_leaves_nothing_owed(world: World, how_far: Callable[[World, Transition], object]) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)
    how_far(world, move)
    cancel_transition(transition=move, reason=term(CancelReason, "stays"), actor=world.dorte, now=on(6))
    found = again(move)
    assert (found.state, found.ended_at, found.cancel_reason) == (
        TransitionState.CANCELLED,
        on(6),
        term(CancelReason, "stays"),
    )
    assert not case.deadlines.open().filter(transition=move).exists()
    assert not case.deadlines.open().filter(milestone__transition=move).exists()


def test_of_a_closed_case_it_is_said_that_it_has_been_closed(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)
    closed(case)
    acts: list[Callable[[], object]] = [
        lambda: a_move(world, case, move_on=day(300), now=on(31)),
        lambda: postpone_transition(transition=move, move_on=day(300), actor=world.rikke, now=on(31)),
        lambda: receive_child(transition=move, actor=world.lone, now=on(31), has_read=True),
        lambda: follow_up(transition=move, landing=Landing.WELL, actor=world.lone, now=on(31)),
        lambda: do_milestone(milestone=milestone(move, "visit"), actor=world.rikke, now=on(31)),
    ]
    for act in acts:
        with override("en"), pytest.raises(MovedOn, match="The case has been closed"):
            act()
