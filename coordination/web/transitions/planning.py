"""Pages: a move is planned, and the one that usually goes on from it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.changing import require_open, require_right
from coordination.commands.looks import look_at_case
from coordination.commands.transitions import MoveDraft, plan_transition
from coordination.errors import MovedOn
from coordination.models import Case, Transition, TransitionKind, Unit
from coordination.queries.leaving import Leaving, read_leaving
from coordination.queries.receivers import suggest_receivers
from coordination.queries.visibility import cases_seen_by, parts_in
from coordination.rules.access import part_of
from coordination.rules.day_words import due_words, whole_day
from coordination.rules.transitions import may_plan
from coordination.web.forms_base import InvolverForm
from coordination.web.requests import PageRequest, carry_out, find, show_form
from coordination.web.transitions.finding import find_move
from coordination.web.transitions.forms import WITH_CHILD, PlanForm, usual_day
from coordination.web.transitions.receivers import ReceiverPicker
from coordination.web.unit_picker import as_id, is_finding, kept


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: PageRequest, code: str) -> HttpResponse:
    """Plan a move; ``?efter=`` names the one that it goes on from."""
    case = _find(request, code)
    leaving = read_leaving(case, request.actor, follows=_followed(request, case))
    options: dict[str, Any] = {"leaving": leaving}
    if is_finding(request):
        form = kept(PlanForm, request, **options)
    else:
        form = PlanForm(request.POST if request.method == "POST" else None, **options)
    from_unit, kinds = form.asked()
    picker = ReceiverPicker.of(
        request, beside=from_unit, suggested=suggest_receivers(from_unit, kinds), without={from_unit.pk}
    )
    picker.offer(form, "to_unit")

    def act() -> str:
        chosen = form.cleaned_data
        draft = MoveDraft(
            kind=chosen["kind"],
            from_unit=chosen["from_unit"],
            to_unit=chosen["to_unit"],
            move_on=chosen["move_on"],
            moves_baton=chosen["baton"] == WITH_CHILD,
        )
        return _planned(request, case, draft, leaving.follows)

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or show_form(
        request,
        "transitions/plan.html",
        form,
        case=case,
        follows=leaving.follows,
        field=form["to_unit"],
        picker=picker,
        theme_id="id_kind",
        back_url=_way_back(leaving),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def plan_next(request: PageRequest, pk: int) -> HttpResponse:
    """Plan the move that usually goes on from another one, at one tap: on its usual day, to where one usually goes.

    A mere visit, or one tap that says too little, leads to the page on which it is planned.
    """
    follows, _part = find_move(request, pk)
    case = follows.case
    require_right(may_plan(request.actor, case, parts_in(case)), request.actor, case, sees_it=True)
    draft = next_draft(follows)
    whole_page = f"{reverse('transition_plan', args=[case.code])}?efter={follows.pk}"
    if request.method != "POST" or draft is None:
        return redirect(whole_page)
    form = InvolverForm(request.POST)
    done = carry_out(request, form, lambda: _planned(request, case, draft, follows))
    if done is None:
        for error in form.non_field_errors():
            messages.warning(request, str(error))
    return done or redirect(whole_page)


def next_draft(follows: Transition) -> MoveDraft | None:
    """Draft the move that usually goes on from another one; None where its kind, unit or day cannot be known."""
    kind: TransitionKind | None = follows.template.kind.next_kind
    if kind is None or kind.is_retired or follows.to_unit is None:
        return None
    day = usual_day(kind, follows.move_on)
    if day is None:
        return None
    usual = [each.unit_id for each in suggest_receivers(follows.to_unit, [kind]) if each.is_usual]
    to_unit = Unit.objects.get(pk=usual[0]) if len(usual) == 1 else None
    return MoveDraft(kind=kind, from_unit=follows.to_unit, to_unit=to_unit, move_on=day)


def _planned(request: PageRequest, case: Case, draft: MoveDraft, follows: Transition | None) -> str:
    made = plan_transition(case=case, draft=draft, follows=follows, actor=request.user, now=request.now)
    said = _("The move from %(unit)s is planned for %(day)s.") % {
        "unit": made.from_unit.name,
        "day": whole_day(made.move_on),
    }
    first = case.deadlines.open().filter(milestone__transition=made).order_by("due_on").first()
    if first is not None:
        due = {"day": due_words(first.due_on, request.actor.today)}
        said = f"{said} {_('The first milestone is due by %(day)s.') % due}"
    messages.success(request, said)
    return reverse("transition", args=[made.pk])


def _find(request: PageRequest, code: str) -> Case:
    seen = cases_seen_by(request.actor).select_related("theme", "holder", "holder_unit", "opened_unit")
    case = find(seen, code=code)
    parts = parts_in(case)
    require_right(may_plan(request.actor, case, parts), request.actor, case)
    require_open(case)
    look_at_case(case=case, actor=request.user, now=request.now, part=part_of(request.actor, parts))
    return case


def _followed(request: PageRequest, case: Case) -> Transition | None:
    named = as_id(request.GET.get("efter", ""))
    moves = case.transitions.exclude(state="cancelled").select_related("to_unit__kind", "template__kind__next_kind")
    follows = moves.filter(pk=named).first()
    if named and follows is None and request.method != "POST":
        raise MovedOn(_("The move that this one goes on from has been cancelled."))
    return follows


def _way_back(leaving: Leaving) -> str:
    if leaving.follows is not None:
        return reverse("transition", args=[leaving.follows.pk])
    return reverse("case", args=[leaving.case.code])
