"""Pages: a case from outside, kept for a complaint, asked to be closed, or erased."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.commands.erasures import ask_for_erasure, erase_case, lift_hold, place_hold, withdraw_erasure
from coordination.commands.subjects import look_as_officer
from coordination.errors import Unseen
from coordination.models import Case, ErasureCause, Role
from coordination.queries.officers import HOLDING_BACK, cases_in, roots_of
from coordination.queries.subjects import read_subject_cases
from coordination.rules.codes import tidy_code
from coordination.rules.day_words import whole_day
from coordination.web.erasing.forms import CodeForm, ConfirmForm, EraseForm
from coordination.web.forms_base import InvolverForm
from coordination.web.requests import PageRequest, carry_out, find, show_form


@require_safe
def find_one(request: PageRequest) -> HttpResponse:
    """Find a case by its code; show those that are kept for a complaint."""
    roots = roots_of(request.user, *HOLDING_BACK)
    if not roots:
        raise Unseen(_("Not found."))
    form = CodeForm(request.GET if "kode" in request.GET else None)
    if form.is_bound and form.is_valid():
        code = tidy_code(form.cleaned_data["kode"])
        if code is not None and cases_in(roots).filter(code=code).exists():
            return redirect("outside", code=code)
        form.add_error("kode", _("There is no case with this code."))
    kept = cases_in(roots).filter(holds__isnull=False, holds__lifted_at=None)
    found = read_subject_cases(list(kept.values_list("pk", flat=True)))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "erasing/find.html", {"form": form, "kept": found}, status=status)


@require_safe
def show(request: PageRequest, code: str) -> HttpResponse:
    """Show what is known of a case from outside, and what can be done with it."""
    case = _find(request, code, *HOLDING_BACK)
    look_as_officer(case=case, actor=request.user, now=request.now)
    [found] = read_subject_cases([case.pk])
    return render(request, "erasing/case.html", {"found": found, "is_officer": _is_officer(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: PageRequest, code: str) -> HttpResponse:
    """Erase a closed case, after saying why."""
    case = _find(request, code)
    form = EraseForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        cause = ErasureCause(form.cleaned_data["cause"])
        erase_case(case=case, cause=cause, actor=request.user, now=request.now)
        messages.success(request, _("The case has been erased. A receipt without its content stays."))
        return reverse("subject")

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or _show(
        request,
        case,
        form,
        heading=_("Erase the case"),
        text=_("This cannot be undone, not from a backup either."),
        consequences=[
            _("Everything about the case goes: who took part, what was agreed, references, log and messages."),
            _("What stays is that a case was erased, when, by whom and why; and the counts of periods that are over."),
            _("What stands in the journal systems is not touched."),
        ],
        danger=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: PageRequest, code: str) -> HttpResponse:
    """Keep a case while a complaint is dealt with."""
    return _confirm(
        request,
        _find(request, code, *HOLDING_BACK),
        place_hold,
        heading=_("Keep the case while a complaint is dealt with"),
        consequences=[
            _("It is not erased, not when its time is over either, until somebody lifts this again."),
            _("You, or the coordinator, have to think of lifting it when the complaint has been settled."),
        ],
        said=_("The case is kept until you lift it."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def let_go(request: PageRequest, code: str) -> HttpResponse:
    """Let a case be erased in its time again."""
    return _confirm(
        request,
        _find(request, code, *HOLDING_BACK),
        lift_hold,
        heading=_("Stop keeping the case"),
        consequences=[_("If its time is over, it is erased within a day.")],
        said=_("The case is no longer kept. It is erased when its time is over."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: PageRequest, code: str) -> HttpResponse:
    """Ask the holder of an open case to close it, so that it can be erased."""
    case = _find(request, code)
    return _confirm(
        request,
        case,
        ask_for_erasure,
        heading=_("Ask for the case to be erased"),
        consequences=[
            _("The case is open: %(unit)s is asked to close it, with a limit and reminders.")
            % {"unit": case.holder_unit.name},
            _("The day after it has been closed it is erased by itself."),
            _("The law gives one month from the day the child or the parents asked. You can follow it here."),
        ],
        said=_("The holder has been asked to close the case. It is erased the day after."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: PageRequest, code: str) -> HttpResponse:
    """Take back that a case is to be erased."""
    return _confirm(
        request,
        _find(request, code),
        withdraw_erasure,
        heading=_("The case is not to be erased after all"),
        consequences=[_("The holder no longer has to close it, and is told so.")],
        said=_("The case goes on as before."),
    )


def _confirm(
    request: PageRequest, case: Case, command: Callable[..., Any], *, said: str, **context: Any
) -> HttpResponse:
    form = ConfirmForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        command(case=case, actor=request.user, now=request.now)
        return reverse("outside", args=[case.code])

    done = carry_out(request, form, act, said=said) if request.method == "POST" else None
    return done or _show(request, case, form, **context)


def _show(request: PageRequest, case: Case, form: InvolverForm, **context: Any) -> HttpResponse:
    where = _("Case %(code)s") % {"code": case.code}
    if case.closed_at is not None:
        where = _("Case %(code)s, closed %(day)s") % {"code": case.code, "day": whole_day(case.closed_at.date())}
    back_url = reverse("outside", args=[case.code])
    return show_form(request, "confirm.html", form, where=where, back_url=back_url, **context)


def _find(request: PageRequest, code: str, *roles: Role) -> Case:
    own = cases_in(roots_of(request.user, *(roles or (Role.OFFICER,))))
    return find(own.select_related("holder_unit"), code=code)


def _is_officer(request: PageRequest) -> bool:
    return bool(request.actor.officer_paths)
