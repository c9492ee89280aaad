"""Pages: why information may be shared is recorded, and ends."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.bases import record_basis, withdraw_basis
from coordination.commands.changing import require_right
from coordination.errors import MovedOn
from coordination.models import Basis, BasisKind, BasisState, Case
from coordination.queries.bases import active_basis, kinds_around, left_out
from coordination.queries.visibility import cases_seen_by
from coordination.rules.access import may_hold
from coordination.rules.day_words import day_words, due_words
from coordination.web.bases import cover_words, giver_words, names_of, words_of
from coordination.web.cases.forms import BasisForm
from coordination.web.forms_base import InvolverForm
from coordination.web.requests import PageRequest, carry_out, find, show_form
from coordination.web.taking_part import admit, find_case


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: PageRequest, code: str) -> HttpResponse:
    """Record a consent or a legal basis, as the holder; it takes the place of the one before."""
    case = find_case(request, code)
    require_right(may_hold(request.actor, case), request.actor, case)
    before = active_basis(case)
    form = BasisForm(
        request.POST if request.method == "POST" else None,
        today=request.actor.today,
        suggested=_suggested(case, before),
    )

    def act() -> str:
        draft = form.basis_draft()
        if draft is None:
            raise ValueError("a valid form has a basis")
        basis = record_basis(case=case, draft=draft, actor=request.user, now=request.now)
        messages.success(request, _said(basis, request))
        _say_left_out(request, case, basis)
        return reverse("case", args=[case.code])

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or show_form(
        request,
        "confirm.html",
        form,
        heading=_("Record a basis"),
        where=_("Case %(code)s") % {"code": case.code},
        text=_("Why may the reference be shared with those who take part?"),
        consequences=_what_changes(before, request),
        submit_label=_("Record it"),
        back_url=reverse("case", args=[case.code]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Withdraw a basis, as the holder: references close to the other units at once."""
    seen = Basis.objects.filter(case__in=cases_seen_by(request.actor)).select_related(
        "case__holder", "case__holder_unit", "statutory"
    )
    basis = find(seen, pk=pk)
    case = basis.case
    admit(request, case)
    require_right(may_hold(request.actor, case), request.actor, case)
    if request.method != "POST" and basis.state != BasisState.ACTIVE:
        raise MovedOn(_("This basis has already ended."))
    form = InvolverForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        withdraw_basis(basis=basis, actor=request.user, now=request.now)
        messages.success(
            request, _("The basis is withdrawn. Nobody outside the unit that a reference is from can open it now.")
        )
        return reverse("case", args=[case.code])

    done = carry_out(request, form, act) if request.method == "POST" else None
    is_consent = basis.kind == BasisKind.CONSENT
    return done or show_form(
        request,
        "confirm.html",
        form,
        heading=_("Withdraw the consent") if is_consent else _("Withdraw the basis"),
        where=_("Case %(code)s") % {"code": case.code},
        text=words_of(basis, request.actor.today),
        consequences=[
            _("At once nobody outside the unit that a reference is from can open it."),
            _("No other unit can be invited until there is a new basis."),
            _("The case goes on, and those who take part still do, without the reference."),
            _("You renew it, or close the case. With a new basis the references open again."),
        ],
        submit_label=_("Withdraw it"),
        back_url=reverse("case", args=[case.code]),
        danger=True,
    )


def _suggested(case: Case, before: Basis | None) -> set[int]:
    """The kinds that are ticked beforehand: those around the case, and what the consent before covers by name."""
    named = before.covered_kinds if before is not None and before.kind == BasisKind.CONSENT else None
    return kinds_around(case) | (named or frozenset())


def facts_of(basis: Basis, today: date) -> list[tuple[str, str]]:
    """Say on whose word a basis rests, and what it covers: nothing else stands on the case's page."""
    if basis.kind == BasisKind.ANONYMOUS:
        return []
    facts = [(_("Covers"), cover_words(basis))]
    if basis.kind == BasisKind.CONSENT:
        facts.insert(0, (_("Given by"), giver_words(basis)))
    if basis.given_on is not None:
        facts.insert(1, (_("Given"), day_words(basis.given_on, today)))
    return facts


def _what_changes(before: Basis | None, request: PageRequest) -> list[str]:
    said = []
    if before is not None and before.kind != BasisKind.ANONYMOUS:
        said.append(_("It takes the place of: %(basis)s.") % {"basis": words_of(before, request.actor.today)})
    said.append(_("Those who take part can open the references while it lasts, if it covers their kind of unit."))
    said.append(_("Whoever it does not cover loses the references at once."))
    said.append(_("You are reminded before a consent ends."))
    return said


def _said(basis: Basis, request: PageRequest) -> str:
    if basis.kind == BasisKind.CONSENT and basis.ends_on is not None:
        return _("The consent is recorded until %(day)s. You renew it before then.") % {
            "day": due_words(basis.ends_on, request.actor.today)
        }
    return _("The basis is recorded. Those whom it covers can open the references.")


def _say_left_out(request: PageRequest, case: Case, basis: Basis) -> None:
    """Say who takes part and has lost the references, or never had them."""
    units = left_out(case, basis) if case.references.exists() else []
    if units:
        said = _("It does not cover %(units)s, who cannot open the reference.")
        messages.warning(request, said % {"units": names_of(units)})
