"""The list of cases, and finding one by its code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from coordination.models import Case, CaseState
from coordination.queries.case_rows import read_case_rows
from coordination.queries.receipts import cases_stayed_in
from coordination.queries.visibility import cases_led, cases_left_behind, cases_seen_by, cases_taken_part_in
from coordination.rules.actors import Actor
from coordination.rules.codes import tidy_code
from coordination.web.desk.rows import case_line
from coordination.web.requests import PageRequest
from coordination.web.searching import turn_cpr_away

PAGE_SIZE = 25
ENDED = "afsluttede"


@dataclass(frozen=True)
class Tab:
    """One way of looking at the cases one has to do with."""

    name: str
    label: str
    is_current: bool


@require_safe
def show_cases(request: PageRequest) -> HttpResponse:
    """Show the cases that somebody holds, takes part in, leads the units of, or took part in once."""
    return render(request, "desk/cases.html", _list(request))


@require_http_methods(["GET", "HEAD", "POST"])
def find_case(request: PageRequest) -> HttpResponse:
    """Go to the case with a code, or back to the list with a word about it: what is typed stays nowhere.

    A code that is not theirs is answered like one that never was. A mere visit, as after signing in, finds nothing.
    """
    if request.method != "POST":
        return redirect("cases")
    typed = request.POST.get("kode", "").strip()
    away = turn_cpr_away(request, typed, "cases")
    if away is not None:
        return away
    code = tidy_code(typed)
    case = cases_seen_by(request.actor).filter(code=code).first() if code else None
    if case is not None:
        return redirect("case", case.code)
    messages.warning(
        request,
        _(
            "You have no case with this code. Check the code with whoever gave it to you."
            " Only those who take part in a case can find it."
        ),
    )
    return redirect("cases")


def _list(request: PageRequest) -> dict[str, Any]:
    labels = _labels(request.actor)
    wanted = request.GET.get("vis", "")
    current = wanted if wanted in labels else next(iter(labels))
    cases = _cases(current, request.actor)
    page = Paginator(cases, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = cases[max(page.start_index() - 1, 0) : page.end_index()]
    context: dict[str, Any] = {
        "tabs": [Tab(name, label, is_current=name == current) for name, label in labels.items()],
        "tab": current,
        "page": page,
    }
    if current == ENDED:
        # What remains to be seen is a receipt: no theme, no level, no holder, nothing that is due.
        return {**context, "receipts": shown}
    rows = read_case_rows(shown, request.actor)
    return {**context, "cases": [case_line(row, request.actor.today) for row in rows]}


def _labels(actor: Actor) -> dict[str, str]:
    led = {"ledelse": _("In my units")} if actor.led_paths else {}
    return {"tovholder": _("I hold the baton"), "med": _("I take part"), **led, ENDED: pgettext("cases", "Ended")}


def _cases(tab: str, actor: Actor) -> QuerySet[Case]:
    if tab == "tovholder":
        return Case.objects.filter(holder_id__in=actor.persons, state=CaseState.OPEN)
    if tab == "med":
        return cases_taken_part_in(actor).exclude(holder_id__in=actor.persons)
    if tab == "ledelse":
        return cases_led(actor)
    takes_part = cases_taken_part_in(actor).values("pk")
    stayed = Exists(cases_stayed_in(actor).filter(pk=OuterRef("pk")))
    ended = cases_left_behind(actor).exclude(pk__in=takes_part).annotate(stayed=stayed)
    return ended.order_by("-pk")
