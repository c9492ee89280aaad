"""What a leader does from the board: remind whoever owes something, and look back on moves, several at once."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from coordination.commands.landings import review_transition
from coordination.commands.reminding import remind_owner
from coordination.errors import Forbidden, MovedOn, Refusal, Unacceptable
from coordination.models import Deadline, Transition, TransitionState, Unit
from coordination.queries.board import transitions_led
from coordination.rules.day_words import due_words
from coordination.web.board.filters import read_address, require_leader
from coordination.web.forms_base import InvolverForm
from coordination.web.requests import PageRequest, carry_out, find
from coordination.web.unit_picker import as_id

MOST_AT_ONCE = 200


@require_POST
def remind(request: PageRequest, pk: int) -> HttpResponse:
    """Remind whoever owes what is due first in a move, and come back to the board."""
    require_leader(request)
    move = find(transitions_led(request.actor), pk=pk)
    form = InvolverForm(request.POST)

    def act() -> str:
        deadline = remind_owner(transition=move, actor=request.user, now=request.now)
        messages.success(request, _said_reminded(deadline, request))
        return _back(request)

    return carry_out(request, form, act) or _refused(request, form)


@require_POST
def review(request: PageRequest) -> HttpResponse:
    """Look back on every move that was ticked, for the units that one leads; say which ones could not be."""
    require_leader(request)
    form = InvolverForm(request.POST)
    ticked = request.POST.getlist("only") or request.POST.getlist("transition")
    asked_for = {as_id(one) for one in ticked[:MOST_AT_ONCE]} - {0}

    def act() -> str:
        if not asked_for:
            raise Unacceptable(_("Tick the moves that you have looked back on."))
        moves = transitions_led(request.actor).filter(pk__in=asked_for)
        done, refused = 0, list[str]()
        # In the order of the cases, so that two leaders at once do not wait for each other in a ring.
        for move in moves.select_related("case", "from_unit", "to_unit").order_by("case_id", "pk"):
            why = _review(move, request)
            done += not why
            refused += [f"{move.case.code}: {why}"] if why else []
        gone = len(asked_for) - done - len(refused)
        if gone:
            refused.append(ngettext("%(n)s move was not found.", "%(n)s moves were not found.", gone) % {"n": gone})
        if done:
            said = ngettext("You have looked back on %(n)s move.", "You have looked back on %(n)s moves.", done)
            messages.success(request, said % {"n": done})
        if refused:
            messages.warning(request, _("This could not be done. %(list)s") % {"list": " ".join(refused)})
        return _back(request)

    return carry_out(request, form, act) or _refused(request, form)


def _review(move: Transition, request: PageRequest) -> str:
    """Review a move for each of its units that the actor leads; say why not where none could be."""
    units: list[Unit] = [unit for unit in (move.from_unit, move.to_unit) if unit and request.actor.leads(unit)]
    why, done = "", 0
    for unit in units:
        try:
            with transaction.atomic():
                review_transition(transition=move, unit=unit, actor=request.user, now=request.now)
            done += 1
        except (MovedOn, Forbidden, Unacceptable) as refusal:
            why = str(refusal.message)
            if move.state == TransitionState.RECEIVED:
                why = _("Whether the child has landed has not been answered yet.")
    return "" if done else why


def _said_reminded(deadline: Deadline, request: PageRequest) -> str:
    who = deadline.owner.name if deadline.owner else deadline.unit.name
    day = due_words(deadline.due_on, request.actor.today)
    if deadline.due_on < request.actor.today:
        return _("%(who)s has been reminded. It was due %(day)s.") % {"who": who, "day": day}
    return _("%(who)s has been reminded. It is due by %(day)s.") % {"who": who, "day": day}


def _refused(request: PageRequest, form: InvolverForm) -> HttpResponse:
    """Come back to the board with the reason why not: there is no page of its own to show it on."""
    for errors in form.errors.values():
        for error in errors:
            messages.warning(request, str(error))
    return HttpResponseRedirect(_back(request))


def _back(request: PageRequest) -> str:
    """Give the address of the board with the filter that it was sent from."""
    given = QueryDict(request.POST.get("back", "").removeprefix("?"))
    try:
        query = read_address(request, given).query()
    except Refusal:
        query = ""
    return f"{reverse('board')}{query}"
