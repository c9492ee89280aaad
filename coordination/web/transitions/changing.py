"""Pages: a planned move gets another day or a receiver, or is cancelled."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.transitions import STILL_OPEN, cancel_transition, name_receiver, postpone_transition
from coordination.models import Transition
from coordination.queries.receivers import suggest_receivers
from coordination.rules.day_words import whole_day
from coordination.web.forms_base import InvolverForm
from coordination.web.requests import PageRequest, carry_out, show_form
from coordination.web.transitions.finding import find_changeable, move_or_desk
from coordination.web.transitions.forms import CancelForm, PostponeForm, ReceiverForm
from coordination.web.transitions.receivers import ReceiverPicker
from coordination.web.transitions.saying import way_words
from coordination.web.unit_picker import is_finding, kept


@require_http_methods(["GET", "HEAD", "POST"])
def postpone(request: PageRequest, pk: int) -> HttpResponse:
    """Give a planned move another day."""
    move = find_changeable(request, pk)
    form = PostponeForm(request.POST if request.method == "POST" else None, initial={"move_on": move.move_on})

    def act() -> str:
        day = form.cleaned_data["move_on"]
        postponed = postpone_transition(transition=move, move_on=day, actor=request.user, now=request.now)
        said = _("The move has a new day: %(day)s. Its open milestones have moved with it.")
        messages.success(request, said % {"day": whole_day(postponed.move_on)})
        return move_or_desk(request, postponed)

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or confirm_move(
        request,
        move,
        form,
        heading=_("Give the move another day"),
        text=_("It is planned for %(day)s.") % {"day": whole_day(move.move_on)},
        consequences=[
            _("Open milestones move with it; what has been done stays done."),
            _("Both units are told."),
        ],
        submit_label=_("Save the new day"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def name_receiver_of(request: PageRequest, pk: int) -> HttpResponse:
    """Say who receives the child; where somebody has said no, the unit that they point to comes first."""
    move = find_changeable(request, pk)
    if is_finding(request):
        form = kept(ReceiverForm, request)
    else:
        begun = move.onward_unit_id or move.to_unit_id
        form = ReceiverForm(request.POST if request.method == "POST" else None, initial={"to_unit": begun})
    without = {move.from_unit_id, *([move.declined_unit_id] if move.declined_unit_id else [])}
    suggested = suggest_receivers(move.from_unit, [move.template.kind], without=without)
    picker = ReceiverPicker.of(request, beside=move.from_unit, suggested=suggested, without={move.from_unit_id})
    picker.offer(form, "to_unit")

    def act() -> str:
        unit = form.cleaned_data["to_unit"]
        named = name_receiver(transition=move, to_unit=unit, actor=request.user, now=request.now)
        said = _("%(unit)s receives the child. They owe their milestones from now on.") % {"unit": unit.name}
        messages.success(request, said)
        return move_or_desk(request, named)

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or show_form(
        request, "transitions/receiver.html", form, move=move, field=form["to_unit"], picker=picker
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: PageRequest, pk: int) -> HttpResponse:
    """Cancel a move, with a reason."""
    move = find_changeable(request, pk, states=STILL_OPEN)
    form = CancelForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        cancelled = cancel_transition(transition=move, reason=reason, actor=request.user, now=request.now)
        messages.success(request, _("The move has been cancelled. Nobody owes anything in it any more."))
        return move_or_desk(request, cancelled)

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or confirm_move(
        request,
        move,
        form,
        heading=_("Cancel the move"),
        consequences=[_("Nobody owes anything in it any more."), _("Both units are told.")],
        submit_label=_("Cancel the move"),
        danger=True,
    )


def confirm_move(request: PageRequest, move: Transition, form: InvolverForm, **context: Any) -> HttpResponse:
    """Show the page that asks whether this is meant."""
    back_url = reverse("transition", args=[move.pk])
    return show_form(request, "confirm.html", form, where=way_words(move), back_url=back_url, **context)
