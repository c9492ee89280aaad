"""Finding a move for a page about it: who may be there, and where one goes afterwards."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.commands.changing import require_open, require_right
from coordination.commands.looks import look_at_move
from coordination.errors import MovedOn
from coordination.models import Transition, TransitionState
from coordination.queries.visibility import parts_in, transitions_visible_to
from coordination.rules.access import Part
from coordination.rules.transitions import may_change
from coordination.web.requests import PageRequest, find
from coordination.web.taking_part import case_or_desk

_SHOWN = (
    "case__holder",
    "case__holder_unit",
    "from_unit",
    "to_unit",
    "contact",
    "template__kind__next_kind",
    "decline_reason",
    "declined_unit",
    "onward_unit",
    "cancel_reason",
    "missing",
    "follows__template__kind",
    "handed_over_by",
)


def moves_seen_by(request: PageRequest) -> QuerySet[Transition]:
    """The moves that the reader may see, with what their pages show."""
    return transitions_visible_to(request.actor).select_related(*_SHOWN)


def find_move(request: PageRequest, pk: int) -> tuple[Transition, Part]:
    """Find a move and the part that the reader plays in its case. Being on a page about it is a look, and is logged."""
    move = find(moves_seen_by(request), pk=pk)
    return move, look_at_move(transition=move, actor=request.user, now=request.now)


def find_changeable(
    request: PageRequest, pk: int, *, states: tuple[TransitionState, ...] = (TransitionState.PLANNED,)
) -> Transition:
    """Find a move that the reader may postpone, cancel, hand over or name a receiver of; refuse everybody else."""
    move, _part = find_move(request, pk)
    require_right(may_change(request.actor, move, parts_in(move.case)), request.actor, move.case, sees_it=True)
    refuse_ended(request, move, *states)
    return move


def refuse_ended(request: PageRequest, move: Transition, *states: TransitionState) -> None:
    """Refuse to show a form that could only be refused; one that was sent is for its command to refuse."""
    if request.method != "POST":
        require_open(move.case)
        require_one_of(move, *states)


def require_one_of(move: Transition, *states: TransitionState) -> None:
    """Refuse where the move is in none of the states: it has moved on."""
    if move.state not in states:
        raise MovedOn(_("This has moved on meanwhile (%(state)s).") % {"state": move.get_state_display()})


def move_or_desk(request: PageRequest, move: Transition) -> str:
    """Give the address to go to afterwards: the move, or whatever the reader still sees."""
    if transitions_visible_to(request.actor).filter(pk=move.pk).exists():
        return reverse("transition", args=[move.pk])
    return case_or_desk(request, move.case_id)
