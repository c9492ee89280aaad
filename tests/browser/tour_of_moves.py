"""Children on their way: a move at every turn of its life, for the tour of all pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from coordination.commands.handing_over import decline_child
from coordination.commands.landings import follow_up
from coordination.models import Case, DeclineReason, Landing, MilestoneState, Transition
from tests.builders import World, a_reference, day, on, term
from tests.promises.moving import a_childs_case, a_move, handed_over, received


@dataclass
class Moves:
    """One move at each turn."""

    planned: Transition
    declined: Transition
    handed_over: Transition
    received: Transition
    landed: Transition

    @property
    def milestone(self) -> int:
        """The id of an open milestone of the kindergarten's."""
        return self.planned.milestones.filter(is_senders=True, state=MilestoneState.OPEN).earliest("pk").pk


def set_children_moving(world: World) -> Moves:
    """Rikke of the kindergarten plans five moves to the school, and each of them has come farther."""
    preschool = date(2027, 3, 1)
    planned = a_move(world, _case(world, 1), "kindergarten_to_preschool", move_on=preschool, now=on(-6))
    declined = handed_over(world, a_move(world, _case(world, 2), now=on(-6)), on_day=-5)
    decline_child(
        transition=declined,
        reason=term(DeclineReason, "no_capacity"),
        onward=world.other_school,
        actor=world.maja,
        now=on(-4),
    )
    waiting = handed_over(world, a_move(world, _case(world, 3), now=on(-6)), on_day=-5)
    here = received(world, a_move(world, _case(world, 4), now=on(-20), move_on=day(-5)), on_day=-18)
    landed = received(world, a_move(world, _case(world, 5), now=on(-20), move_on=day(-6)), on_day=-18)
    follow_up(transition=landed, landing=Landing.WELL, actor=world.maja, now=on(-1))
    return Moves(planned, declined, waiting, here, landed)


def _case(world: World, number: int) -> Case:
    return a_childs_case(world, now=on(-28), reference=a_reference(f"P-2026-280{number}"))
