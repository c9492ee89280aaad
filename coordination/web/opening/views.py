"""Opening a case, and asking to join the one that is open already."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.commands.cases import open_case
from coordination.commands.join_requests import ask_to_join
from coordination.commands.looks import look_at_case
from coordination.commands.same_references import SameReference
from coordination.errors import Forbidden, Unacceptable
from coordination.models import BasisKind, Deadline, DeadlineKind, JoinRequest, Theme, Unit, Urgency
from coordination.queries.asks import told_when_late, waiting_asks
from coordination.queries.bases import active_basis
from coordination.queries.suggestions import suggest_partners
from coordination.queries.visibility import cases_taken_part_in
from coordination.rules.access import may_see_join_request
from coordination.web.bases import cover_words, in_a_row
from coordination.web.opening.forms import OpenForm
from coordination.web.requests import PageRequest, carry_out, find, show_form
from coordination.web.unit_picker import Picker, as_id, is_finding, kept, picked_in


@require_http_methods(["GET", "HEAD", "POST"])
def open_case_page(request: PageRequest) -> HttpResponse:
    """Open a case on one page; a reference that is on an open case already leads to asking to join that one."""
    if is_finding(request):
        return find_partners(request)
    page = Page(request)
    met: list[SameReference] = []
    response = carry_out(request, page.form, lambda: opened(request, page.form, met))
    return response or page.show(same=met[0] if met else None)


@require_http_methods(["GET", "HEAD", "POST"])
def find_partners(request: PageRequest) -> HttpResponse:
    """Show which units to invite, for the theme chosen and the words searched for; nothing is carried out."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("open_case"))
    page = Page(request, is_sent=False)
    return page.show("opening/_partners.html" if request.headers.get("HX-Request") else "opening/open.html")


@require_http_methods(["GET", "HEAD", "POST"])
def join_ask(request: PageRequest) -> HttpResponse:
    """Ask the holder of the open case with the same reference to let one's unit in. Nothing else is learnt of it."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("open_case"))
    page = Page(request)
    asked: list[JoinRequest] = []
    response = carry_out(request, page.form, lambda: asked_to_join(request, page.form, asked))
    for join_request in asked:
        if not may_see_join_request(request.actor, join_request):
            words = {"person": join_request.asked_by.name, "unit": join_request.unit.name}
            messages.info(request, _("%(person)s has asked already, for %(unit)s, and gets the answer.") % words)
    return response or page.show()


@require_safe
def case_opened(request: PageRequest, code: str) -> HttpResponse:
    """Say who has been asked, by when they answer, what happens if they do not, and who holds the baton."""
    held = cases_taken_part_in(request.actor).filter(holder_id__in=request.actor.persons)
    case = find(held.select_related("holder", "holder_unit", "theme"), code=code)
    look_at_case(case=case, actor=request.user, now=request.now)
    basis = active_basis(case)
    next_step = Deadline.objects.open().filter(case=case, kind=DeadlineKind.NEXT_STEP).first()
    context = {
        "case": case,
        "asks": waiting_asks(case),
        "told": told_when_late(DeadlineKind.ANSWER_INVITATION),
        "next_step": next_step,
        "consent_covers": cover_words(basis) if basis is not None and basis.kind == BasisKind.CONSENT else "",
    }
    return render(request, "opening/opened.html", context)


def opened(request: PageRequest, form: OpenForm, met: list[SameReference]) -> str:
    """Open the case that the form describes; give the page that says what happens now."""
    chosen = form.cleaned_data
    try:
        case = open_case(
            theme=chosen["theme"],
            ask=chosen["ask"],
            unit=chosen["unit"],
            invite=[(unit, None) for unit in chosen["units"]],
            urgency=Urgency(chosen["urgency"]),
            reference=form.reference_draft(),
            basis=form.basis_draft(),
            actor=request.user,
            now=request.now,
        )
    except SameReference as same:
        met[:] = [same]
        raise
    return reverse("case_opened", args=[case.code])


def asked_to_join(request: PageRequest, form: OpenForm, asked: list[JoinRequest]) -> str:
    """Ask to join with the reference that was typed; give the page where the asker sees what becomes of it.

    A colleague may have asked already: theirs is then the ask that counts, and theirs to see.
    """
    reference = form.reference_draft()
    if reference is None:
        raise Unacceptable(_("Choose the system and write the number."), field="system")
    join_request = ask_to_join(
        system=reference.system,
        number=reference.number,
        unit=form.cleaned_data["unit"],
        theme=form.cleaned_data["theme"],
        actor=request.user,
        now=request.now,
    )
    asked[:] = [join_request]
    is_seen = may_see_join_request(request.actor, join_request)
    return reverse("join_request", args=[join_request.pk]) if is_seen else reverse("desk")


def own_units(request: PageRequest) -> list[Unit]:
    """List the units that the actor belongs to; a case is opened for one of them."""
    mine = Unit.objects.filter(memberships__in=request.user.memberships.live()).select_related("root").distinct()
    units = list(mine)
    if not units:
        raise Forbidden(_("You do not belong to a unit yet. Ask your leader or an administrator to place you in one."))
    return units


class Page:
    """The page on which a case is opened, for one of the actor's units."""

    def __init__(self, request: PageRequest, *, is_sent: bool = True) -> None:
        """Read the form, kept as it is where ``is_sent`` is false, and find out which partners to suggest."""
        self.request, self.units = request, own_units(request)
        options: dict[str, Any] = {"own_units": self.units, "today": request.actor.today}
        if request.method != "POST":
            named = as_id(request.GET.get("enhed", ""))
            first = next((unit for unit in self.units if unit.pk == named), self.units[0])
            self.form = OpenForm(initial={"unit": first.pk}, **options)
        elif is_sent:
            self.form = OpenForm(request.POST, **options)
        else:
            self.form = kept(OpenForm, request, **options)
        self.unit = next((unit for unit in self.units if {unit.pk} == picked_in(self.form, "unit")), self.units[0])
        theme = cast("Theme | None", Theme.objects.filter(pk__in=picked_in(self.form, "theme")).first())
        suggested = suggest_partners(self.unit, theme=theme)
        self.picker = Picker.of(request, beside=self.unit, suggested=suggested, address=reverse("open_case_partners"))
        self.picker.offer(self.form, "units")

    @property
    def covered(self) -> str:
        """What a consent would cover as the form stands: one's own kind, and those of the units picked."""
        units = Unit.objects.filter(pk__in={self.unit.pk, *picked_in(self.form, "units")})
        kinds = {unit.kind_id: unit.kind for unit in units.select_related("kind")}
        named = sorted(kinds.values(), key=lambda kind: (kind.pk != self.unit.kind_id, kind.position, kind.code))
        return in_a_row(kind.label for kind in named)

    def show(self, template: str = "opening/open.html", *, same: SameReference | None = None) -> HttpResponse:
        """Show it. ``same``: the reference that was typed is on an open case."""
        return show_form(
            self.request,
            template,
            self.form,
            field=self.form["units"],
            picker=self.picker,
            unit=self.unit,
            covered=self.covered,
            shows_cover=any(self.form[name].errors or self.form[name].value() for name in ("given_on", "also_covers")),
            other_units=[unit for unit in self.units if unit != self.unit],
            same=same,
        )
