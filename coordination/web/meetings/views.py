"""Pages: a meeting, the answers to it, and what came of it."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.commands.changing import require_right
from coordination.commands.meetings import answer_meeting, hold_meeting
from coordination.errors import Unacceptable
from coordination.models import Attendance, AttendanceAnswer, Meeting, MeetingState
from coordination.queries.notes import note_of, notes_are_on
from coordination.web.meetings.finding import find_changeable, find_meeting, may_change
from coordination.web.meetings.forms import AnswerForm, HoldForm
from coordination.web.meetings.planning import when_words
from coordination.web.requests import PageRequest, carry_out, show_form
from coordination.web.taking_part import case_or_desk


@require_safe
def show(request: PageRequest, pk: int) -> HttpResponse:
    """Show when and where a meeting is, who answered what, and what the reader can do about it."""
    return _show(request, find_meeting(request, pk), AnswerForm())


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: PageRequest, pk: int) -> HttpResponse:
    """Say whether one comes, for oneself or for the one for whom one stands in."""
    if request.method != "POST":
        return redirect("meeting", pk)
    meeting = find_meeting(request, pk)
    own = _own_attendance(request, meeting)
    if own is None:
        require_right(False, request.actor, meeting.case)
    form = AnswerForm(request.POST)

    def act() -> str:
        assert own is not None  # noqa: S101 (for the type checker)
        answered = answer_meeting(attendance=own, comes=form.cleaned_data["comes"], actor=request.user, now=request.now)
        messages.success(request, _said_answered(request, answered))
        return case_or_desk(request, meeting.case_id)

    return carry_out(request, form, act) or _show(request, meeting, form)


@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: PageRequest, pk: int) -> HttpResponse:
    """Take down that a meeting was held: who came, and where the minutes are."""
    meeting = find_changeable(request, pk)
    if request.method != "POST" and request.now < meeting.starts_at:
        raise Unacceptable(_("The meeting has not begun yet."))
    attendances = list(meeting.attendances.called().select_related("person", "unit"))
    form = HoldForm(request.POST if request.method == "POST" else None, attendances=attendances)

    def act() -> str:
        held = hold_meeting(
            meeting=meeting,
            came=form.cleaned_data["came"],
            minutes=form.minutes,
            actor=request.user,
            now=request.now,
        )
        said = _("The meeting is taken down, with a reference to the minutes.")
        messages.success(request, said if held.minutes_id else _("The meeting is taken down."))
        return case_or_desk(request, held.case_id)

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or show_form(
        request,
        "meetings/hold.html",
        form,
        case=meeting.case,
        meeting=meeting,
        back_url=reverse("meeting", args=[meeting.pk]),
    )


def _said_answered(request: PageRequest, answered: Attendance) -> str:
    words = {
        "person": answered.person.name,
        "when": when_words(request, answered.meeting),
        "caller": answered.meeting.called_by.name,
    }
    comes = answered.answer == AttendanceAnswer.YES
    if answered.person_id != request.user.pk:
        said = _("%(person)s comes, %(when)s.") if comes else _("%(person)s cannot come, %(when)s.")
    else:
        said = _("You come, %(when)s.") if comes else _("You cannot come, %(when)s.")
    return f"{said % words} {_('%(caller)s can see it on the meeting.') % words}"


def _own_attendance(request: PageRequest, meeting: Meeting) -> Attendance | None:
    """Find the call that the actor answers: their own before that of somebody for whom they stand in."""
    calls = [call for call in meeting.attendances.all() if request.actor.is_one_of(call.person_id)]
    return min(calls, key=lambda call: call.person_id != request.user.pk, default=None)


def _show(request: PageRequest, meeting: Meeting, form: AnswerForm) -> HttpResponse:
    if form.is_bound:
        meeting.refresh_from_db(fields=["state", "starts_at", "ends_at", "settled_at"])
    attendances = list(meeting.attendances.select_related("person", "unit"))
    own = _own_attendance(request, meeting)
    is_called = own is not None and own.answer != AttendanceAnswer.RELEASED
    is_planned = meeting.state == MeetingState.PLANNED
    has_begun = meeting.starts_at <= request.now
    context = {
        "meeting": meeting,
        "case": meeting.case,
        "attendances": attendances,
        "own": own if is_called and is_planned and not has_begun else None,
        "answer_by": own.deadlines.open().values_list("due_on", flat=True).first() if own else None,
        "may_change": is_planned and may_change(request, meeting),
        "is_planned": is_planned,
        "has_begun": has_begun,
        "note": note_of(meeting),
        "has_notes": notes_are_on(meeting.case.holder_unit),
        "form": form,
    }
    status = getattr(form, "refused_with", HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    return render(request, "meetings/meeting.html", context, status=status)
