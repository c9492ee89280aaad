"""Who may do what with a transition: pure functions, as in ``coordination.rules.access``."""

from __future__ import annotations

from coordination.models import Basis, Case, Milestone, Reference, ReferencePurpose, Transition, TransitionState
from coordination.rules.access import Part, Parts, leads_in, may_hold, sharing_is_allowed
from coordination.rules.actors import Actor

# Until somebody has received the child, the whole unit is asked; afterwards it is its contact's matter.
_ASKED = (TransitionState.PLANNED, TransitionState.HANDED_OVER)


def may_see_transition(actor: Actor, transition: Transition, part: Part) -> bool:
    """Say whether the actor may see the move itself: its day, its units and milestones, and nothing of the case.

    Those who take part in the case and the leaders above them, who see its page; the leaders of both units and above;
    and the receiving unit while it is asked.
    """
    if part >= Part.LEADER or actor.leads(transition.from_unit):
        return True
    return _is_of_receivers(actor, transition)


def may_plan(actor: Actor, case: Case, parts: Parts) -> bool:
    """Say whether the actor may plan a move: the holder, or a leader of a unit that takes part in the open case.

    A contact person who leads some other unit may not: here they do what was asked of theirs.
    """
    return may_hold(actor, case) or leads_in(actor, parts)


def may_change(actor: Actor, transition: Transition, parts: Parts) -> bool:
    """Say whether the actor may change a move: whoever may plan it, or a leader of the unit that the child leaves."""
    return may_plan(actor, transition.case, parts) or actor.leads(transition.from_unit)


def may_do_milestone(actor: Actor, milestone: Milestone, part: Part) -> bool:
    """Say whether the actor may settle a milestone: the unit that owes it, or whoever holds the baton."""
    transition = milestone.transition
    if may_hold(actor, transition.case):
        return True
    if milestone.is_senders:
        return actor.leads(transition.from_unit) or (part >= Part.PARTNER and actor.is_in(transition.from_unit))
    return _is_of_receivers(actor, transition)


def may_receive(actor: Actor, transition: Transition) -> bool:
    """Say whether the actor may receive the child, or say no: of the receiving unit, and not who hands over."""
    if transition.to_unit is None:
        return False
    return actor.is_in(transition.to_unit) and actor.user.pk != transition.handed_over_by_id


def may_read_to_receive(actor: Actor, transition: Transition, reference: Reference, basis: Basis | None) -> bool:
    """Say whether the actor may see the number of a record before receiving the child: nothing else of the case.

    Somebody of the receiving unit itself, while the child is being handed over to it and the basis covers it.
    """
    if transition.state != TransitionState.HANDED_OVER or reference.case_id != transition.case_id:
        return False
    to_unit = transition.to_unit
    if reference.purpose != ReferencePurpose.RECORD or to_unit is None or to_unit.pk not in actor.units:
        return False
    return sharing_is_allowed(basis, actor.today, to_unit.kind_id) or reference.unit_id == to_unit.pk


def may_follow_up(actor: Actor, transition: Transition) -> bool:
    """Say whether the actor may say how the child landed: the contact who received it, or a leader of their unit."""
    if transition.to_unit is None:
        return False
    return actor.is_one_of(transition.contact_id) or actor.leads(transition.to_unit)


def may_remind(actor: Actor, transition: Transition) -> bool:
    """Say whether the actor may remind whoever owes something in the move: a leader of its units, or the holder."""
    leads = actor.leads(transition.from_unit) or (transition.to_unit is not None and actor.leads(transition.to_unit))
    return leads or may_hold(actor, transition.case)


def _is_of_receivers(actor: Actor, transition: Transition) -> bool:
    if transition.to_unit is None:
        return False
    if actor.leads(transition.to_unit) or actor.is_one_of(transition.contact_id):
        return True
    return transition.state in _ASKED and actor.is_in(transition.to_unit)
