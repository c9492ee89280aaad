"""Pages: whether the child has landed, and what both leaders learn from the move."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.changing import require_right
from coordination.commands.landings import follow_up, review_transition
from coordination.errors import MovedOn, Unseen
from coordination.models import Landing, MilestoneState, Transition, TransitionState, Unit
from coordination.rules.day_words import whole_day
from coordination.rules.transitions import may_follow_up
from coordination.web.forms_base import InvolverForm
from coordination.web.requests import PageRequest, carry_out, show_form
from coordination.web.transitions.changing import confirm_move
from coordination.web.transitions.finding import find_move, move_or_desk, refuse_ended, require_one_of
from coordination.web.transitions.forms import LandingForm
from coordination.web.transitions.saying import landing_words, way_words


@require_http_methods(["GET", "HEAD", "POST"])
def say_how(request: PageRequest, pk: int) -> HttpResponse:
    """Say how the child has landed: well, needs more, or which knowledge was missing."""
    move, _part = find_move(request, pk)
    require_right(may_follow_up(request.actor, move), request.actor, move.case, sees_it=True)
    refuse_ended(request, move, TransitionState.RECEIVED)
    form = LandingForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        landed = follow_up(
            transition=move,
            landing=Landing(form.cleaned_data["landing"]),
            missing=form.cleaned_data["missing"],
            actor=request.user,
            now=request.now,
        )
        messages.success(request, _("Thank you. The leaders of both units review the move now."))
        return move_or_desk(request, landed)

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or show_form(request, "transitions/landing.html", form, move=move, way=way_words(move))


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: PageRequest, pk: int, unit_id: int) -> HttpResponse:
    """Review a move as a leader of one of its two units, or above; the last one ends it."""
    move, _part = find_move(request, pk)
    unit = next((each for each in (move.from_unit, move.to_unit) if each is not None and each.pk == unit_id), None)
    if unit is None:
        raise Unseen(_("Not found."))
    require_right(request.actor.leads(unit), request.actor, move.case, sees_it=True)
    if request.method != "POST":
        require_one_of(move, TransitionState.LANDED)
        if move.reviews.filter(unit=unit).exists():
            raise MovedOn(_("This move has been reviewed for %(unit)s already.") % {"unit": unit.name})
    form = InvolverForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        reviewed = review_transition(transition=move, unit=unit, actor=request.user, now=request.now)
        messages.success(request, _said_reviewed(reviewed, unit))
        return move_or_desk(request, reviewed)

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or confirm_move(
        request,
        move,
        form,
        heading=_("Review the move"),
        text=_learned(move),
        consequences=[_("The review is noted for %(unit)s.") % {"unit": unit.name}, _other_words(move, unit)],
        submit_label=_("I have reviewed it"),
    )


def _learned(move: Transition) -> str:
    """Say what there is to learn from: how the child landed, and which milestones were left open."""
    words = f"{way_words(move)}, {whole_day(move.move_on)}. {landing_words(move)}"
    left = [each.kind.label for each in move.milestones.filter(state=MilestoneState.OPEN).select_related("kind")]
    return (
        f"{words} {_('Milestones that were not reached: %(names)s.') % {'names': ', '.join(left)}}" if left else words
    )


def _other_words(move: Transition, unit: Unit) -> str:
    other = next(each for each in (move.from_unit, move.to_unit) if each is not None and each.pk != unit.pk)
    if move.reviews.filter(unit=other).exists():
        return _("%(unit)s has reviewed it as well: the move is over then.") % {"unit": other.name}
    return _("The leader of %(unit)s reviews it as well.") % {"unit": other.name}


def _said_reviewed(move: Transition, unit: Unit) -> str:
    if move.state == TransitionState.REVIEWED:
        return _("Both units have reviewed the move. It has come to its end.")
    return _("The move has been reviewed for %(unit)s.") % {"unit": unit.name}
