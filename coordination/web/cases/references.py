"""References on the case page: shown closed, opened by one deliberate act, and added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from coordination.commands.cases import add_reference
from coordination.commands.changing import require_right
from coordination.commands.looks import open_reference
from coordination.errors import Unacceptable
from coordination.models import LookReason, Reference, ReferencePurpose
from coordination.privacy.references import ReferenceLost
from coordination.queries.bases import active_basis, kinds_around
from coordination.queries.case_page import CasePage
from coordination.queries.visibility import part_in, references_seen_by, transitions_to_receive
from coordination.rules.access import Part, is_in_force, may_hold, may_open_reference
from coordination.rules.actors import Actor
from coordination.web.cases.forms import LookReasonForm, ReferenceForm
from coordination.web.requests import PageRequest, carry_out, find, show_form
from coordination.web.taking_part import find_case


@dataclass(frozen=True)
class ReferenceRow:
    """One reference, closed. ``reason_form`` is there for a leader, who has to say why.

    ``is_uncovered``: there is a basis, but it does not cover the reader.
    """

    reference: Reference
    what: str
    may_open: bool
    is_uncovered: bool
    reason_form: LookReasonForm | None


def rows_of_references(page: CasePage, actor: Actor, reasons: Sequence[LookReason]) -> list[ReferenceRow]:
    """Build the rows of the references to records, then those to minutes. ``reasons``: what a leader chooses from."""
    meetings = {meeting.minutes_id: meeting for meeting in page.meetings if meeting.minutes_id}
    rows = []
    for reference in sorted(page.references, key=lambda each: each.purpose != ReferencePurpose.RECORD):
        meeting = meetings.get(reference.pk)
        may_open = may_open_reference(actor, page.part, reference, page.active_basis, page.kinds)
        needs_reason = may_open and page.part == Part.LEADER
        rows.append(
            ReferenceRow(
                reference=reference,
                what=_("Minutes: %(kind)s") % {"kind": meeting.kind.label} if meeting else "",
                may_open=may_open,
                is_uncovered=not may_open and is_in_force(page.active_basis, actor.today),
                reason_form=LookReasonForm(reference=reference, reasons=reasons) if needs_reason else None,
            )
        )
    return rows


def current_reasons() -> list[LookReason]:
    """Read the reasons that a leader can choose from."""
    return list(cast("QuerySet[LookReason]", LookReason.objects.current()))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables("number")
def open_(request: PageRequest, pk: int) -> HttpResponse:
    """Show the number of a reference, once: it stands in this answer and nowhere else.

    A mere visit, as after signing in, opens nothing: it goes to the case, or to the child that is to be received.
    """
    reference = find(references_seen_by(request.actor).select_related("case", "system", "unit"), pk=pk)
    if request.method != "POST":
        return redirect(_page_of(request, reference))
    form = LookReasonForm(request.POST, reference=reference, reasons=current_reasons())
    try:
        number = open_reference(reference=reference, actor=request.user, now=request.now, reason=form.chosen_reason())
    except Unacceptable as refusal:
        form.errors.pop("reason", None)
        form.add_error("reason", str(refusal.message))
        return _show(request, reference, form=form, status=refusal.status)
    except ReferenceLost:
        return _show(request, reference, is_lost=True, status=HTTPStatus.INTERNAL_SERVER_ERROR)
    template = reference.system.link_template
    return _show(
        request, reference, number=number, link=template.replace("{number}", quote(number, safe="")) if template else ""
    )


def _page_of(request: PageRequest, reference: Reference) -> str:
    """Give the address of the page on which the reference stands closed, for this reader."""
    to_receive = transitions_to_receive(request.actor).filter(case_id=reference.case_id).first()
    if to_receive is None or part_in(request.actor, reference.case) > Part.RECEIPT:
        return reverse("case", args=[reference.case.code])
    return reverse("transition_receive", args=[to_receive.pk])


def _show(request: PageRequest, reference: Reference, *, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
    template = "cases/_reference_opened.html" if request.htmx else "cases/reference.html"  # type: ignore[attr-defined]
    shown = {"reference": reference, "case": reference.case, "back_url": _page_of(request, reference)}
    return render(request, template, {**shown, **context}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("number")
def add(request: PageRequest, code: str) -> HttpResponse:
    """Add a reference, as the holder; where nothing allows sharing it yet, a basis comes with it."""
    case = find_case(request, code)
    require_right(may_hold(request.actor, case), request.actor, case)
    form = ReferenceForm(
        request.POST if request.method == "POST" else None,
        today=request.actor.today,
        takes_basis=not is_in_force(active_basis(case), request.actor.today),
        suggested=kinds_around(case),
    )

    def act() -> str:
        reference = add_reference(
            case=case,
            reference=form.reference_draft(),
            basis=form.basis_draft(),
            actor=request.user,
            now=request.now,
        )
        messages.success(
            request,
            _("The reference to %(system)s has been added. The number is encrypted.")
            % {"system": reference.system.label},
        )
        return reverse("case", args=[case.code])

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or show_form(
        request, "cases/reference_add.html", form, case=case, back_url=reverse("case", args=[case.code])
    )
