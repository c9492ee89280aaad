"""Requests to join: the holder answers, the asker sees what has become of it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.join_requests import accept_join_request, decline_join_request, withdraw_join_request
from coordination.commands.looks import look_at_case
from coordination.errors import Forbidden, MovedOn
from coordination.models import JoinRequest, JoinState
from coordination.queries.asks import answer_due
from coordination.queries.contacts import contact_told_of
from coordination.queries.visibility import cases_taken_part_in, join_requests_seen_by
from coordination.rules.access import may_answer_join_request
from coordination.web.forms_base import InvolverForm
from coordination.web.invitations.common import typed, why_not_shared
from coordination.web.invitations.forms import RefuseForm
from coordination.web.requests import PageRequest, carry_out, find, show_form

ANSWER, YES = "answer", "yes"


@require_http_methods(["GET", "HEAD", "POST"])
def join_request_page(request: PageRequest, pk: int) -> HttpResponse:
    """Show the request to the holder with the two answers, and to the asker with what has become of it."""
    join_request = seen_request(request, pk)
    if not may_answer_join_request(request.actor, join_request):
        if request.method == "POST":
            raise Forbidden(_("This is for somebody else to do."))
        return show_state(request, join_request)
    look_at_case(case=join_request.case, actor=request.user, now=request.now)
    if request.method != "POST" and join_request.state != JoinState.ASKED:
        return show_state(request, join_request)
    says_yes = request.POST.get(ANSWER) == YES
    form = InvolverForm(typed(request)) if says_yes else RefuseForm(typed(request))
    unit, case_url = {"unit": join_request.unit.name}, reverse("case", args=[join_request.case.code])

    def act() -> str:
        if says_yes:
            accept_join_request(join_request=join_request, actor=request.user, now=request.now)
        else:
            reason = form.cleaned_data["reason"]
            decline_join_request(join_request=join_request, reason=reason, actor=request.user, now=request.now)
        return case_url

    said = (
        _("%(unit)s takes part now and has been told. You hold the baton.") % unit
        if says_yes
        else _("%(unit)s has been told that the answer is no. They may open a case of their own.") % unit
    )
    response = carry_out(request, form, act, said=said)
    if response:
        return response
    context = {
        "join_request": join_request,
        "due_on": answer_due(join_request),
        "refuse_form": RefuseForm() if says_yes else form,
        "case_url": case_url,
        "why_not": why_not_shared(join_request.case, join_request.unit, today=request.actor.today),
    }
    return show_form(request, "invitations/join_request.html", form, **context)


@require_http_methods(["GET", "HEAD", "POST"])
def join_withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Take one's own request back."""
    join_request = seen_request(request, pk)
    if not request.actor.is_one_of(join_request.asked_by_id):
        raise Forbidden(_("This is for somebody else to do."))
    here = reverse("join_request", args=[pk])
    if request.method != "POST" and join_request.state != JoinState.ASKED:
        raise MovedOn(_("This request is no longer waiting for an answer."))
    form = InvolverForm(typed(request))

    def act() -> str:
        withdraw_join_request(join_request=join_request, actor=request.user, now=request.now)
        return here

    said = _("Your request has been withdrawn. Nobody owes you an answer any more.")
    response = carry_out(request, form, act, said=said)
    # No code: the asker has not been let in.
    return response or show_form(
        request,
        "confirm.html",
        form,
        heading=_("Withdraw your request to join"),
        consequences=[_("The holder owes you no answer any more."), _("You can ask again later.")],
        submit_label=_("Withdraw the request"),
        back_url=here,
        danger=True,
    )


def seen_request(request: PageRequest, pk: int) -> JoinRequest:
    """Find a request to join that the actor may see."""
    seen = join_requests_seen_by(request.actor)
    return find(
        seen.select_related("unit__kind", "theme", "asked_by", "case__holder_unit", "case__holder", "decline_reason"),
        pk=pk,
    )


def show_state(request: PageRequest, join_request: JoinRequest) -> HttpResponse:
    """Show what has become of a request; the case only to somebody who takes part in it now."""
    taking_part = cases_taken_part_in(request.actor).filter(pk=join_request.case_id).first()
    contact = contact_told_of(join_request) if join_request.state == JoinState.ACCEPTED else None
    context = {
        "join_request": join_request,
        "due_on": answer_due(join_request),
        "case": taking_part,
        # Whoever was let in themselves had their part; who speaks for the unit after them is not theirs to know.
        "contact": contact if contact is not None and not request.actor.is_one_of(contact.pk) else None,
        "is_asker": request.actor.is_one_of(join_request.asked_by_id),
    }
    return render(request, "invitations/join_state.html", context)
