"""Page: one move, where it stands, and what this reader may do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coordination.models import Deadline, DeadlineKind, Milestone, MilestoneState, Transition, TransitionState, Unit
from coordination.queries.transitions import MovePage, Readiness, read_move, readiness_of
from coordination.queries.visibility import parts_in
from coordination.rules.access import Part
from coordination.rules.actors import Actor
from coordination.rules.day_words import due_words
from coordination.rules.transitions import may_change, may_do_milestone, may_follow_up, may_plan, may_receive
from coordination.web.cases.rows import Act, without
from coordination.web.desk.row import state_of, when_words
from coordination.web.desk.rows import next_words
from coordination.web.requests import PageRequest
from coordination.web.transitions.finding import find_move
from coordination.web.transitions.planning import next_draft
from coordination.web.transitions.readiness import rows_of_readiness
from coordination.web.transitions.saying import landing_words, milestone_words, shape_of, way_words

_BEFORE = (TransitionState.PLANNED, TransitionState.HANDED_OVER)


@dataclass(frozen=True)
class MilestoneRow:
    """One milestone, by when it is owed, and by whom; ``may_do``: this reader may say that it is done."""

    milestone: Milestone
    state: str
    when: str
    owes: str
    may_do: bool
    submission: UUID = field(default_factory=uuid4)


@require_safe
def show(request: PageRequest, pk: int) -> HttpResponse:
    """Show a move to those who take part in its case, the leaders of both units and whoever receives the child.

    The latter see the move, and nothing of the case.
    """
    move, part = find_move(request, pk)
    page = read_move(move)
    actor = request.actor
    leads = actor.leads(move.from_unit) or (move.to_unit is not None and actor.leads(move.to_unit))
    readiness = readiness_of(move, actor.today) if _shows_readiness(move, part, leads=leads) else None
    parts = parts_in(move.case)
    changes = move.case.is_open and may_change(actor, move, parts)
    plans = move.case.is_open and may_plan(actor, move.case, parts)
    main_act = _main_act(page, actor, readiness, changes=changes)
    goes_on = next_draft(move) if plans and move.is_live and page.followed_by is None else None
    takes_part = part >= Part.PARTNER and move.case.is_open
    rows = rows_of_readiness(move, readiness, actor.today, may_act=changes, takes_part=takes_part) if readiness else []
    return render(
        request,
        "transitions/transition.html",
        {
            "move": move,
            "page": page,
            "way": way_words(move),
            "landed": landing_words(move),
            "shape": shape_of(move, page.deadlines, actor.today),
            "sees_case": part > Part.RECEIPT,
            "milestone_words": milestone_words(page.milestones, page.deadlines, actor.today),
            "milestones": [_row(page, milestone, actor, part) for milestone in page.milestones],
            "readiness": without(rows, {main_act.url} if main_act is not None else set()),
            "is_ready": readiness is not None and readiness.is_ready,
            "main_act": main_act,
            "acts": _acts(page, actor, changes=changes),
            "next": _next(page, actor),
            "goes_on": goes_on,
            "submission": uuid4(),
        },
    )


def _next(page: MovePage, actor: Actor) -> str:
    """Say what is due next in the move, by whom and by when."""
    return capfirst(next_words(page.deadlines[0], actor.today)) if page.deadlines else ""


def _shows_readiness(move: Transition, part: Part, *, leads: bool) -> bool:
    return move.state in _BEFORE and (part >= Part.LEADER or leads)


def _row(page: MovePage, milestone: Milestone, actor: Actor, part: Part) -> MilestoneRow:
    move = page.transition
    milestone.transition = move  # what has been read with its units and its case
    unit = move.from_unit if milestone.is_senders else move.to_unit
    deadline = page.due(DeadlineKind.DO_MILESTONE, milestone_id=milestone.pk)
    state = {MilestoneState.DONE: "done", MilestoneState.NOT_RELEVANT: "ended"}.get(
        MilestoneState(milestone.state), state_of(deadline.due_on, actor.today) if deadline is not None else "later"
    )
    goes_on = move.is_live and move.state != TransitionState.LANDED
    is_open = milestone.state == MilestoneState.OPEN and goes_on
    left = milestone.state == MilestoneState.OPEN and not goes_on
    return MilestoneRow(
        milestone=milestone,
        state="ended" if left else state,
        when=_("not reached") if left else _when(milestone, deadline, actor),
        owes=_owes(unit, deadline.owner.name if deadline is not None and deadline.owner is not None else ""),
        may_do=is_open and move.case.is_open and may_do_milestone(actor, milestone, part),
    )


def _when(milestone: Milestone, deadline: Deadline | None, actor: Actor) -> str:
    """Say by when it is owed, which for what was planned late is later than its day; or what became of it."""
    if milestone.state != MilestoneState.OPEN:
        return milestone.get_state_display()
    if deadline is not None:
        return when_words(deadline, actor.today)
    return due_words(milestone.due_on, actor.today)


def _owes(unit: Unit | None, person: str) -> str:
    if unit is None:
        return _("the receiver, who is not known yet")
    return f"{person}, {unit.name}" if person else unit.name


def _main_act(page: MovePage, actor: Actor, readiness: Readiness | None, *, changes: bool) -> Act | None:
    """The one thing that this reader is asked for now."""
    move = page.transition
    if move.state == TransitionState.PLANNED and changes:
        if readiness is not None and not readiness.has_receiver:
            return Act(_("Find a receiver"), reverse("transition_receiver", args=[move.pk]))
        return Act(_("Hand over"), reverse("transition_hand_over", args=[move.pk]))
    if move.state == TransitionState.HANDED_OVER and may_receive(actor, move):
        return Act(_("Receive the child"), reverse("transition_receive", args=[move.pk]))
    if move.state == TransitionState.RECEIVED and may_follow_up(actor, move) and actor.today >= move.move_on:
        return Act(_("Has the child landed?"), reverse("transition_follow_up", args=[move.pk]))
    for unit in _to_review(page, actor):
        return Act(_("Review it"), reverse("transition_review", args=[move.pk, unit.pk]))
    return None


def _to_review(page: MovePage, actor: Actor) -> list[Unit]:
    move = page.transition
    if move.state != TransitionState.LANDED:
        return []
    reviewed = {review.unit_id for review in page.reviews}
    units = [unit for unit in (move.from_unit, move.to_unit) if unit is not None]
    return [unit for unit in units if unit.pk not in reviewed and actor.leads(unit)]


def _acts(page: MovePage, actor: Actor, *, changes: bool) -> list[Act]:
    """What else may be done: the rarer things."""
    move, acts = page.transition, []
    if move.state == TransitionState.PLANNED and changes:
        acts = [Act(_("Give it another day"), reverse("transition_postpone", args=[move.pk]))]
    if move.state in (*_BEFORE, TransitionState.RECEIVED) and changes:
        acts.append(Act(_("Cancel the move"), reverse("transition_cancel", args=[move.pk])))
    if move.state == TransitionState.HANDED_OVER and may_receive(actor, move):
        acts.append(Act(_("We cannot receive the child"), reverse("transition_decline", args=[move.pk])))
    return acts
