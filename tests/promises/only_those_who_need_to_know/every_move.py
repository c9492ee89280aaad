"""Every command that concerns a child's move, for somebody to try in a case in which moves of every kind go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from coordination.commands import (
    cohorts,
    handing_over,
    involvements,
    landings,
    looks,
    milestones,
    reminding,
    transitions,
)
from coordination.commands.cohorts import CohortRefused, CohortRow
from coordination.commands.involvements import InvolvementDraft
from coordination.commands.transitions import MoveDraft
from coordination.models import (
    CancelReason,
    Case,
    DeclineReason,
    InvolvementForm,
    InvolvementKind,
    Landing,
    NotRelevantReason,
    Transition,
    TransitionKind,
    User,
)
from tests.builders import World, a_case, accepted, day, on, term
from tests.promises.moving import milestone

MODULES = (cohorts, handing_over, involvements, landings, milestones, reminding, transitions)


@dataclass
class Moves:
    """A case with a move at every point of its way."""

    world: World
    case: Case
    planned: Transition
    handed: Transition
    received: Transition
    landed: Transition


def build_moves(world: World) -> Moves:
    """Maja holds, Anna of PPR takes part; Åskolen is to receive a child, and Hanne of health has received two."""
    case = a_case(world)
    accepted(world, case)
    planned = _planned(world, case, to="other_school", days=300)
    handed = _planned(world, case, to="other_school", days=20)
    received = _planned(world, case, to="health", days=1, moves_baton=False)
    landed = _planned(world, case, to="health", days=0, moves_baton=False)
    for kind in InvolvementKind:
        involvements.record_involvement(case=case, draft=_involved(kind), actor=world.maja, now=on(hours=3))
    for transition in (handed, received, landed):
        handing_over.hand_over(transition=transition, actor=world.maja, now=on(hours=4))
    for transition in (received, landed):
        handing_over.receive_child(transition=transition, actor=world.hanne, now=on(hours=5), has_read=True)
    landings.follow_up(transition=landed, landing=Landing.WELL, actor=world.hanne, now=on(hours=6))
    return Moves(world, case, planned, handed, received, landed)


def a_draft(world: World, *, to: str, days: int, moves_baton: bool = True) -> MoveDraft:
    """A move from the school so many days after the Monday."""
    return MoveDraft(
        kind=term(TransitionKind, "school_to_school"),
        from_unit=world.school,
        to_unit=world.units[to],
        move_on=day(days),
        moves_baton=moves_baton,
    )


def _planned(world: World, case: Case, **how: Any) -> Transition:
    return transitions.plan_transition(case=case, draft=a_draft(world, **how), actor=world.maja, now=on(hours=2))


def _involved(kind: InvolvementKind) -> InvolvementDraft:
    is_child = kind == InvolvementKind.CHILD
    return InvolvementDraft(
        kind, day(), form=term(InvolvementForm, "talk" if is_child else "meeting"), changed_plan=is_child or None
    )


def _with_its_refusal(cohort: Callable[[], cohorts.Planned]) -> cohorts.Planned:
    """Plan a cohort of one line; where that is refused, raise why."""
    try:
        planned = cohort()
    except CohortRefused as refused:
        raise refused.refusals[1] from refused
    if planned.refusals:
        raise planned.refusals[1]
    return planned


Attempt = Callable[[Moves, User], Any]
NOW = on(2)

OF_MOVES: dict[str, Attempt] = {
    "record_involvement": lambda m, who: involvements.record_involvement(
        case=m.case, draft=_involved(InvolvementKind.CHILD), actor=who, now=NOW
    ),
    "plan_transition": lambda m, who: transitions.plan_transition(
        case=m.case, draft=a_draft(m.world, to="other_school", days=100), actor=who, now=NOW
    ),
    "postpone_transition": lambda m, who: transitions.postpone_transition(
        transition=m.planned, move_on=day(310), actor=who, now=NOW
    ),
    "name_receiver": lambda m, who: transitions.name_receiver(
        transition=m.planned, to_unit=m.world.health, actor=who, now=NOW
    ),
    "cancel_transition": lambda m, who: transitions.cancel_transition(
        transition=m.planned, reason=term(CancelReason, "stays"), actor=who, now=NOW
    ),
    "do_milestone": lambda m, who: milestones.do_milestone(
        milestone=milestone(m.planned, "description"), actor=who, now=NOW
    ),
    "skip_milestone": lambda m, who: milestones.skip_milestone(
        milestone=milestone(m.planned, "talk_with_child"),
        reason=term(NotRelevantReason, "not_needed"),
        actor=who,
        now=NOW,
    ),
    "hand_over": lambda m, who: handing_over.hand_over(transition=m.planned, actor=who, now=NOW),
    "receive_child": lambda m, who: handing_over.receive_child(transition=m.handed, actor=who, now=NOW, has_read=True),
    "decline_child": lambda m, who: handing_over.decline_child(
        transition=m.handed, reason=term(DeclineReason, "no_capacity"), onward=m.world.health, actor=who, now=NOW
    ),
    "follow_up": lambda m, who: landings.follow_up(
        transition=m.received, landing=Landing.NEEDS_MORE, actor=who, now=NOW
    ),
    "review_transition": lambda m, who: landings.review_transition(
        transition=m.landed, unit=m.world.school, actor=who, now=NOW
    ),
    "remind_owner": lambda m, who: reminding.remind_owner(transition=m.planned, actor=who, now=NOW),
    "plan_cohort": lambda m, who: _with_its_refusal(lambda: cohorts.plan_cohort(rows=[_row(m)], actor=who, now=NOW)),
    "try_cohort": lambda m, who: _with_its_refusal(lambda: cohorts.try_cohort(rows=[_row(m)], actor=who, now=NOW)),
    "look_at_move": lambda m, who: looks.look_at_move(transition=m.handed, actor=who, now=NOW),
}


def _row(moves: Moves) -> CohortRow:
    return CohortRow(1, moves.case, a_draft(moves.world, to="other_school", days=200))
