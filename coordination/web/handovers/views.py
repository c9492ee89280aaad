"""Pages: a handover that waits, for the one who answers it and for the one who asked."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from django.contrib import messages
from django.db.models import Q
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.commands.changing import require_right
from coordination.commands.handovers import accept_handover, decline_handover, withdraw_handover
from coordination.commands.looks import look_at_case
from coordination.errors import MovedOn
from coordination.models import Case, Handover, HandoverKind, HandoverState
from coordination.queries.visibility import handovers_seen_by, part_in
from coordination.rules.access import Part, may_answer_handover, may_hold, may_see_handover
from coordination.web.forms_base import InvolverForm
from coordination.web.handovers.forms import DeclineForm
from coordination.web.requests import PageRequest, carry_out, find, show_form
from coordination.web.taking_part import case_or_desk


@require_safe
def show(request: PageRequest, pk: int) -> HttpResponse:
    """Show a handover: what is asked, by whom and by when. Nothing of the case that an invited unit would not see."""
    return _show(request, _find(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: PageRequest, pk: int) -> HttpResponse:
    """Say yes: the baton moves at once."""
    if request.method != "POST":
        return redirect("handover", pk)
    handover = _find(request, pk)
    form = InvolverForm(request.POST, auto_id="yes_%s")

    def act() -> str:
        accepted = accept_handover(handover=handover, actor=request.user, now=request.now)
        messages.success(request, _said_accepted(request, accepted))
        return case_or_desk(request, handover.case_id)

    return carry_out(request, form, act) or _show(request, handover, yes_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: PageRequest, pk: int) -> HttpResponse:
    """Say no, with a reason: the baton stays where it is."""
    if request.method != "POST":
        return redirect("handover", pk)
    handover = _find(request, pk)
    if handover.state == HandoverState.OFFERED:  # whoever comes too late hears what has become of it
        require_right(may_answer_handover(request.actor, handover), request.actor, handover.case, sees_it=True)
    form = DeclineForm(request.POST, auto_id="no_%s")

    def act() -> str:
        declined = decline_handover(
            handover=handover, reason=form.cleaned_data["reason"], actor=request.user, now=request.now
        )
        messages.success(
            request,
            _("You said no. %(asker)s is told why; %(holder)s still holds the baton.")
            % {"asker": declined.begun_by.name, "holder": declined.case.holder.name},
        )
        return case_or_desk(request, handover.case_id)

    return carry_out(request, form, act) or _show(request, handover, no_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Take an offer or a request back before it is answered."""
    handover = _find(request, pk)
    case = handover.case
    require_right(_may_withdraw(request, handover), request.actor, case, sees_it=True)
    _log_look(request, case)
    form = InvolverForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        withdraw_handover(handover=handover, actor=request.user, now=request.now)
        return case_or_desk(request, case.pk)

    is_offer = handover.kind == HandoverKind.OFFER
    asked = handover.to_person.name if is_offer else case.holder.name
    words = {"asked": asked, "holder": case.holder.name}
    said = _("Taken back. %(holder)s still holds the baton.") % words
    done = carry_out(request, form, act, said=said) if request.method == "POST" else None
    return done or show_form(
        request,
        "confirm.html",
        form,
        heading=_("Take the offer back") if is_offer else _("Take the request back"),
        where=_("Case %(code)s") % {"code": case.code},
        text=_("%(asked)s has not answered yet.") % words,
        consequences=[
            _("%(asked)s no longer has to answer, and is told so.") % words,
            _("%(holder)s still holds the baton.") % words,
        ],
        submit_label=_("Take back"),
        back_url=reverse("handover", args=[handover.pk]),
    )


def _find(request: PageRequest, pk: int) -> Handover:
    """Find a handover that the actor sees, or one made to them that no longer waits: then it has moved on."""
    read = Handover.objects.select_related(
        "case__theme", "case__holder", "case__holder_unit", "to_person", "to_unit", "begun_by", "begun_unit"
    ).select_related("decline_reason", "answered_by")
    seen = Q(pk__in=handovers_seen_by(request.actor).values("pk"))
    handover = find(read.filter(seen | Q(to_person_id__in=request.actor.persons)), pk=pk)
    if handover.state != HandoverState.OFFERED and request.method != "POST":
        _require_seen(request, handover)
    return handover


def _require_seen(request: PageRequest, handover: Handover, why: str = "") -> None:
    """Refuse to show a handover that is over to somebody who had no part in how it ended."""
    if not may_see_handover(request.actor, handover):
        raise MovedOn(
            why
            or _("This handover is no longer waiting for an answer (%(state)s).")
            % {"state": handover.get_state_display()}
        )


def _show(
    request: PageRequest, handover: Handover, *, yes_form: BaseForm | None = None, no_form: BaseForm | None = None
) -> HttpResponse:
    refused = next((form for form in (yes_form, no_form) if form is not None), None)
    if refused is not None:
        handover.refresh_from_db(fields=["state", "answered_by", "answered_at", "decline_reason"])
        _require_seen(request, handover, " ".join(str(error) for error in refused.non_field_errors()))
    waits = handover.state == HandoverState.OFFERED
    takes_part = _log_look(request, handover.case)
    context = {
        "handover": handover,
        "case": handover.case,
        "is_offer": handover.kind == HandoverKind.OFFER,
        "waits": waits,
        "is_open": handover.case.is_open,
        "answers": waits and may_answer_handover(request.actor, handover),
        "may_withdraw": waits and _may_withdraw(request, handover),
        "takes_part": takes_part,
        "answer_by": _answer_by(handover),
        "form": refused,
        "yes_form": yes_form or InvolverForm(auto_id="yes_%s"),
        "no_form": no_form or DeclineForm(auto_id="no_%s"),
        "no_is_open": no_form is not None,
    }
    status = HTTPStatus.OK
    if refused is not None:
        status = getattr(refused, "refused_with", HTTPStatus.UNPROCESSABLE_ENTITY)
    return render(request, "handovers/handover.html", context, status=status)


def _log_look(request: PageRequest, case: Case) -> bool:
    """Log the look of somebody who takes part, and say whether they do; others see no more than what they are asked."""
    part = part_in(request.actor, case)
    if part > Part.RECEIPT:
        look_at_case(case=case, actor=request.user, now=request.now, part=part)
    return part > Part.RECEIPT


def _answer_by(handover: Handover) -> date | None:
    return handover.deadlines.open().values_list("due_on", flat=True).first()


def _may_withdraw(request: PageRequest, handover: Handover) -> bool:
    if handover.kind == HandoverKind.OFFER:
        return may_hold(request.actor, handover.case)
    return request.actor.is_one_of(handover.begun_by_id, handover.to_person_id)


def _said_accepted(request: PageRequest, handover: Handover) -> str:
    if handover.to_person_id == request.user.pk:
        return _("You hold the baton now. %(asker)s has been told.") % {"asker": handover.begun_by.name}
    return _("%(person)s holds the baton now, and has been told.") % {"person": handover.to_person.name}
