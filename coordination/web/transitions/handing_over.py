"""Pages: the child is handed over, and the receiving unit reads, receives or says no."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.changing import require_right
from coordination.commands.handing_over import decline_child, hand_over, receive_child
from coordination.errors import MovedOn
from coordination.models import DeadlineKind, Transition, TransitionState, Unit
from coordination.queries.bases import active_basis
from coordination.queries.contacts import possible_contacts
from coordination.queries.receivers import suggest_receivers
from coordination.queries.transitions import readiness_of, records_of
from coordination.rules.day_words import due_words, whole_day
from coordination.rules.transitions import may_read_to_receive, may_receive
from coordination.web.forms_base import InvolverForm
from coordination.web.requests import PageRequest, carry_out, show_form
from coordination.web.transitions.finding import find_changeable, find_move, move_or_desk, refuse_ended
from coordination.web.transitions.forms import DeclineForm, ReceiveForm
from coordination.web.transitions.readiness import rows_of_readiness
from coordination.web.transitions.receivers import ReceiverPicker
from coordination.web.transitions.saying import way_words
from coordination.web.unit_picker import is_finding, kept


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_child(request: PageRequest, pk: int) -> HttpResponse:
    """Hand the child over; the page says exactly what still lacks, and leads there."""
    move = find_changeable(request, pk)
    form = InvolverForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        handed = hand_over(transition=move, actor=request.user, now=request.now)
        messages.success(request, _said_handed_over(request, handed))
        return move_or_desk(request, handed)

    done = carry_out(request, form, act) if request.method == "POST" else None
    if done:
        return done
    has = readiness_of(move, request.actor.today)
    rows = rows_of_readiness(move, has, request.actor.today, may_act=True, takes_part=True)
    return show_form(
        request,
        "transitions/hand_over.html",
        form,
        move=move,
        way=way_words(move),
        readiness=rows,
        is_ready=has.is_ready,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: PageRequest, pk: int) -> HttpResponse:
    """Read the record, and receive the child with a contact person: oneself unless another is chosen."""
    move, to_unit = _find_receivable(request, pk)
    records = records_of(move)
    people = possible_contacts(to_unit, actor=request.user, without=0)
    form = ReceiveForm(
        request.POST if request.method == "POST" else None,
        people=people,
        has_record=bool(records),
        initial={"contact": request.user.pk},
    )

    def act() -> str:
        received = receive_child(
            transition=move,
            contact=form.cleaned_data["contact"],
            has_read=form.cleaned_data["has_read"],
            actor=request.user,
            now=request.now,
        )
        messages.success(request, _said_received(request, received))
        return move_or_desk(request, received)

    done = carry_out(request, form, act) if request.method == "POST" else None
    if done:
        return done
    basis = active_basis(move.case)
    rows = [(each, may_read_to_receive(request.actor, move, each, basis)) for each in records]
    return show_form(request, "transitions/receive.html", form, move=move, to_unit=to_unit, records=rows)


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: PageRequest, pk: int) -> HttpResponse:
    """Say no for the receiving unit, with a reason and, if it is known, who receives the child instead."""
    move, to_unit = _find_receivable(request, pk)
    form = kept(DeclineForm, request) if is_finding(request) else DeclineForm(
        request.POST if request.method == "POST" else None
    )  # fmt: skip
    without = {to_unit.pk, move.from_unit_id}
    suggested = suggest_receivers(move.from_unit, [move.template.kind], without=without)
    picker = ReceiverPicker.of(request, beside=to_unit, suggested=suggested, without=without)
    picker.offer(form, "onward")

    def act() -> str:
        chosen = form.cleaned_data
        declined = decline_child(
            transition=move, reason=chosen["reason"], onward=chosen["onward"], actor=request.user, now=request.now
        )
        said = _("You said no. %(holder)s is told why, and finds out who receives the child.")
        messages.success(request, said % {"holder": declined.case.holder.name})
        return move_or_desk(request, declined)

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or show_form(request, "transitions/decline.html", form, move=move, field=form["onward"], picker=picker)


def _find_receivable(request: PageRequest, pk: int) -> tuple[Transition, Unit]:
    """Find a move that the reader may receive; who could have, had nobody come first, learns that it has moved on."""
    move, _part = find_move(request, pk)
    to_unit = move.to_unit
    refuse_ended(request, move, TransitionState.HANDED_OVER)
    require_right(may_receive(request.actor, move), request.actor, move.case, sees_it=True)
    if to_unit is None:
        raise MovedOn(_("Find out first who receives the child."))
    return move, to_unit


def _said_handed_over(request: PageRequest, move: Transition) -> str:
    if move.to_unit is None:
        return _("The child has been handed over to another municipality. The move ends here.")
    owed = move.case.deadlines.open().filter(kind=DeadlineKind.RECEIVE_TRANSITION, transition=move).first()
    return _("%(unit)s has been asked to receive the child by %(day)s.") % {
        "unit": move.to_unit.name,
        "day": due_words(owed.due_on, request.actor.today) if owed else "",
    }


def _said_received(request: PageRequest, move: Transition) -> str:
    words = {"contact": move.contact.name if move.contact else ""}
    if move.contact_id == request.user.pk:
        said = _("You have received the child, and are its contact.")
    else:
        said = _("The child has been received. %(contact)s is its contact.") % words
    if move.moves_baton:
        said = f"{said} {_('%(contact)s holds the baton now.') % words}"
    owed = move.case.deadlines.open().filter(kind=DeadlineKind.FOLLOW_UP, transition=move).first()
    if owed is None:
        return said
    return f"{said} {_('Whether it has landed is asked %(day)s.') % {'day': whole_day(owed.due_on)}}"
