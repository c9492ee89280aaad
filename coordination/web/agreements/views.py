"""Pages: an agreement is made, done, moved, dropped and looked at again."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.agreements import (
    drop_agreement,
    look_at_agreement_again,
    make_agreement,
    mark_done,
    move_agreement,
)
from coordination.commands.changing import require_right
from coordination.errors import MovedOn
from coordination.models import Agreement, AgreementState, LookResult
from coordination.queries.notes import notes_are_on
from coordination.queries.participants import participants_of
from coordination.queries.visibility import cases_seen_by
from coordination.rules.access import may_do_agreement, may_hold
from coordination.rules.day_words import day_words, due_words
from coordination.web.agreements.forms import DropForm, LookForm, MakeForm, MoveForm
from coordination.web.forms_base import InvolverForm
from coordination.web.requests import PageRequest, carry_out, find, show_form
from coordination.web.taking_part import admit, case_or_desk, find_case

USUAL_LIMIT = timedelta(weeks=2)


@require_http_methods(["GET", "HEAD", "POST"])
def make(request: PageRequest, code: str) -> HttpResponse:
    """Agree that somebody who takes part does something by a day."""
    case = find_case(request, code)
    form = MakeForm(
        request.POST if request.method == "POST" else None,
        participants=participants_of(case),
        me=request.user,
        with_note=notes_are_on(case.holder_unit),
        initial={"due_on": request.actor.today + USUAL_LIMIT},
    )

    def act() -> str:
        due_on = form.cleaned_data["due_on"]
        agreement = make_agreement(
            case=case,
            kind=form.cleaned_data["kind"],
            owner=form.chosen_owner,
            due_on=due_on,
            look_again_on=form.look_after(due_on),
            actor=request.user,
            now=request.now,
        )
        form.put_note(agreement, actor=request.user, now=request.now)
        messages.success(request, f"{_said_owed(request, agreement)} {_said_look(request, agreement)}".strip())
        return case_or_desk(request, case.pk)

    done_ = carry_out(request, form, act) if request.method == "POST" else None
    return done_ or show_form(
        request, "agreements/make.html", form, case=case, back_url=reverse("case", args=[case.code])
    )


@require_http_methods(["GET", "HEAD", "POST"])
def done(request: PageRequest, pk: int) -> HttpResponse:
    """Say that an agreement is done: one tap by POST; GET asks first, for links that could not send a form."""
    agreement = _find_doable(request, pk)
    form = InvolverForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        did = mark_done(agreement=agreement, actor=request.user, now=request.now)
        messages.success(
            request, f"{_('Done: %(kind)s.') % {'kind': did.kind.label}} {_said_look(request, did)}".strip()
        )
        return case_or_desk(request, did.case_id)

    done_ = carry_out(request, form, act) if request.method == "POST" else None
    return done_ or _confirm(request, agreement, form, heading=_("Is it done?"), submit_label=_("Done"))


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: PageRequest, pk: int) -> HttpResponse:
    """Give an open agreement another day."""
    agreement = _find_doable(request, pk)
    form = MoveForm(request.POST if request.method == "POST" else None, initial={"due_on": agreement.due_on})

    def act() -> str:
        moved = move_agreement(
            agreement=agreement, due_on=form.cleaned_data["due_on"], actor=request.user, now=request.now
        )
        messages.success(request, _said_owed(request, moved))
        return case_or_desk(request, moved.case_id)

    done_ = carry_out(request, form, act) if request.method == "POST" else None
    return done_ or _confirm(
        request, agreement, form, heading=_("Move the agreement"), submit_label=_("Move the agreement")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: PageRequest, pk: int) -> HttpResponse:
    """Drop an open agreement, with a reason."""
    agreement = _find_doable(request, pk)
    form = DropForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        dropped = drop_agreement(
            agreement=agreement, reason=form.cleaned_data["reason"], actor=request.user, now=request.now
        )
        messages.success(request, _("Dropped: %(kind)s. Nobody owes it any more.") % {"kind": dropped.kind.label})
        return case_or_desk(request, dropped.case_id)

    done_ = carry_out(request, form, act) if request.method == "POST" else None
    return done_ or _confirm(
        request, agreement, form, heading=_("Drop the agreement"), submit_label=_("Drop the agreement"), danger=True
    )


@require_http_methods(["GET", "HEAD", "POST"])
def look(request: PageRequest, pk: int) -> HttpResponse:
    """Look at an agreement again, as the holder: keep it, change it or end it."""
    agreement = _find(request, pk)
    require_right(may_hold(request.actor, agreement.case), request.actor, agreement.case)
    is_over = agreement.state in (AgreementState.DROPPED, AgreementState.ENDED)
    if request.method != "POST" and (agreement.look_again_on is None or is_over):
        raise MovedOn(_("This agreement is not to be looked at again."))
    form = LookForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        result = LookResult(form.cleaned_data["result"])
        due_on = form.cleaned_data["due_on"] if result == LookResult.CHANGED else None
        looked_at = look_at_agreement_again(
            agreement=agreement,
            result=result,
            due_on=due_on,
            look_again_on=form.look_after(due_on or max(request.actor.today, agreement.due_on)),
            actor=request.user,
            now=request.now,
        )
        messages.success(request, _said_result(request, looked_at, result))
        return case_or_desk(request, looked_at.case_id)

    done_ = carry_out(request, form, act) if request.method == "POST" else None
    return done_ or _confirm(request, agreement, form, heading=_("Look at the agreement again"), submit_label=_("Save"))


def _find(request: PageRequest, pk: int) -> Agreement:
    agreement = find(
        Agreement.objects.filter(case__in=cases_seen_by(request.actor)).select_related(
            "case__holder", "case__holder_unit", "kind", "owner", "unit"
        ),
        pk=pk,
    )
    admit(request, agreement.case)
    return agreement


def _find_doable(request: PageRequest, pk: int) -> Agreement:
    """Find an agreement that the actor may mark as done, move or drop; GET refuses one that is no longer open."""
    agreement = _find(request, pk)
    require_right(may_do_agreement(request.actor, agreement), request.actor, agreement.case)
    if request.method != "POST" and agreement.state != AgreementState.OPEN:
        raise MovedOn(_("This agreement is no longer open (%(state)s).") % {"state": agreement.get_state_display()})
    return agreement


def _confirm(
    request: PageRequest,
    agreement: Agreement,
    form: InvolverForm,
    *,
    heading: str,
    submit_label: str,
    danger: bool = False,
) -> HttpResponse:
    return show_form(
        request,
        "confirm.html",
        form,
        heading=heading,
        where=_("Case %(code)s") % {"code": agreement.case.code},
        text=_("%(kind)s. %(person)s, %(unit)s, by %(day)s.")
        % {
            "kind": agreement.kind.label,
            "person": agreement.owner.name,
            "unit": agreement.unit.name,
            "day": due_words(agreement.due_on, request.actor.today),
        },
        submit_label=submit_label,
        danger=danger,
        back_url=reverse("case", args=[agreement.case.code]),
    )


def _said_owed(request: PageRequest, agreement: Agreement) -> str:
    words = {
        "kind": agreement.kind.label,
        "person": agreement.owner.name,
        "day": due_words(agreement.due_on, request.actor.today),
    }
    if agreement.owner_id == request.user.pk:
        return _("Agreed: %(kind)s. You do it by %(day)s.") % words
    return _("Agreed: %(kind)s. %(person)s does it by %(day)s.") % words


def _said_look(request: PageRequest, agreement: Agreement) -> str:
    if agreement.look_again_on is None:
        return ""
    words = {
        "holder": agreement.case.holder.name,
        "day": day_words(agreement.look_again_on, request.actor.today),
    }
    if agreement.case.holder_id == request.user.pk:
        return _("You look at it again %(day)s.") % words
    return _("%(holder)s looks at it again %(day)s.") % words


def _said_result(request: PageRequest, agreement: Agreement, result: LookResult) -> str:
    words = {"kind": agreement.kind.label}
    if result == LookResult.ENDED:
        return _("Ended: %(kind)s. Nobody owes it any more.") % words
    if result == LookResult.KEPT:
        return f"{_('Kept: %(kind)s.') % words} {_said_look(request, agreement)}".strip()
    return f"{_said_owed(request, agreement)} {_said_look(request, agreement)}".strip()
