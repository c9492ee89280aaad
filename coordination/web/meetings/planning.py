"""Pages: a meeting is called, moved and cancelled."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from coordination.commands.meetings import call_meeting, cancel_meeting, move_meeting
from coordination.models import AttendanceAnswer, Case, Meeting
from coordination.queries.notes import note_of, notes_are_on
from coordination.queries.participants import participants_of
from coordination.queries.places import places_for
from coordination.templatetags.days import clock_words, due_words
from coordination.web.forms_base import InvolverForm
from coordination.web.meetings.finding import find_changeable
from coordination.web.meetings.forms import CallForm
from coordination.web.meetings.when_and_where import WhenAndWhereForm, initial_of
from coordination.web.requests import PageRequest, carry_out, show_form
from coordination.web.taking_part import case_or_desk, find_case


@require_http_methods(["GET", "HEAD", "POST"])
def call(request: PageRequest, code: str) -> HttpResponse:
    """Call people who take part to a meeting."""
    case = find_case(request, code)
    participants = participants_of(case)
    others = [each for each in participants if each.person != request.user]
    own_unit = next((each.unit for each in participants if each.person == request.user), case.holder_unit)
    form = CallForm(
        request.POST if request.method == "POST" else None,
        places=places_for(case, first=own_unit),
        people=others,
        with_note=notes_are_on(case.holder_unit),
        initial={"place": f"unit-{own_unit.pk}"},
    )

    def act() -> str:
        meeting = call_meeting(
            case=case,
            kind=form.cleaned_data["kind"],
            at=form.when_and_where,
            people=form.cleaned_data["people"],
            actor=request.user,
            now=request.now,
        )
        form.put_note(meeting, actor=request.user, now=request.now)
        asked = meeting.attendances.filter(answer=AttendanceAnswer.ASKED).count()
        messages.success(
            request,
            ngettext(
                "The meeting is called for %(when)s. %(count)s person has been asked to answer.",
                "The meeting is called for %(when)s. %(count)s people have been asked to answer.",
                asked,
            )
            % {"when": when_words(request, meeting), "count": asked},
        )
        return case_or_desk(request, case.pk)

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or _show(
        request, form, case, template="meetings/call.html", others=others, back_url=reverse("case", args=[case.code])
    )


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: PageRequest, pk: int) -> HttpResponse:
    """Give a planned meeting another time or place; everybody else is asked again."""
    meeting = find_changeable(request, pk)
    case = meeting.case
    form = WhenAndWhereForm(
        request.POST if request.method == "POST" else None,
        places=places_for(case, first=meeting.place, meeting=meeting),
        duration=meeting.ends_at - meeting.starts_at,
        with_note=notes_are_on(case.holder_unit),
        initial={**initial_of(meeting), "note": note_of(meeting)},
    )

    def act() -> str:
        moved = move_meeting(meeting=meeting, at=form.when_and_where, actor=request.user, now=request.now)
        form.put_note(moved, actor=request.user, now=request.now)
        messages.success(
            request,
            _("The meeting is moved to %(when)s. Everybody else is asked again.")
            % {"when": when_words(request, moved)},
        )
        return case_or_desk(request, case.pk)

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or _show(
        request,
        form,
        case,
        template="meetings/move.html",
        meeting=meeting,
        back_url=reverse("meeting", args=[meeting.pk]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: PageRequest, pk: int) -> HttpResponse:
    """Cancel a planned meeting, after a page that says what happens then."""
    meeting = find_changeable(request, pk)
    case = meeting.case
    form = InvolverForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        cancel_meeting(meeting=meeting, actor=request.user, now=request.now)
        return case_or_desk(request, case.pk)

    said = _("The meeting is cancelled. Everybody who was called is told.")
    done = carry_out(request, form, act, said=said) if request.method == "POST" else None
    return done or show_form(
        request,
        "confirm.html",
        form,
        heading=_("Cancel the meeting"),
        where=_("Case %(code)s") % {"code": case.code},
        text=f"{meeting.kind.label}, {when_words(request, meeting)}.",
        consequences=[_("Everybody who was called is told."), _("Nobody owes an answer any more.")],
        submit_label=_("Cancel the meeting"),
        danger=True,
        back_url=reverse("meeting", args=[meeting.pk]),
    )


def when_words(request: PageRequest, meeting: Meeting) -> str:
    """Say when a meeting begins, as it follows "to" or a comma: "Thursday at 13:00"."""
    day = due_words(meeting.starts_at, request.actor.today)
    return _("%(day)s at %(time)s") % {"day": day, "time": clock_words(meeting.starts_at)}


def _show(request: PageRequest, form: InvolverForm, case: Case, *, template: str, **context: Any) -> HttpResponse:
    return show_form(request, template, form, case=case, **context)
