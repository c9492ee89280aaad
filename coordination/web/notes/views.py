"""Pages: the practical note of an ask, and how many notes were kept against a warning."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.commands.changing import require_right
from coordination.commands.notes import Noted
from coordination.errors import MovedOn, Unseen
from coordination.models import LIVE_INVITATION, Agreement, AgreementState
from coordination.queries.notes import note_of, notes_are_on, notes_kept
from coordination.queries.visibility import cases_seen_by
from coordination.rules.access import may_hold, may_note_agreement
from coordination.rules.notes import KIND_WORDS
from coordination.templatetags.labels import labels_of
from coordination.web.invitations.common import invitation_of_case, let_in, typed
from coordination.web.meetings.finding import find_changeable
from coordination.web.notes.forms import NoteForm
from coordination.web.requests import PageRequest, carry_out, find, show_form
from coordination.web.taking_part import admit, case_or_desk


@require_http_methods(["GET", "HEAD", "POST"])
def of_invitation(request: PageRequest, pk: int) -> HttpResponse:
    """Write, change or take away the note of an invitation, as the holder."""
    invitation = invitation_of_case(request, pk)
    let_in(request, invitation.case, allowed=may_hold(request.actor, invitation.case))
    _require_live(request, is_live=invitation.state in LIVE_INVITATION)
    about = _("Invitation to %(unit)s") % {"unit": invitation.unit.name}
    return _show(request, invitation, about=about, seen_by=_("%(unit)s sees it.") % {"unit": invitation.unit.name})


@require_http_methods(["GET", "HEAD", "POST"])
def of_agreement(request: PageRequest, pk: int) -> HttpResponse:
    """Write, change or take away the note of an agreement, as its owner, its maker or the holder."""
    seen = Agreement.objects.filter(case__in=cases_seen_by(request.actor))
    agreement = find(seen.select_related("case__holder", "case__holder_unit", "kind", "owner"), pk=pk)
    admit(request, agreement.case)
    require_right(may_note_agreement(request.actor, agreement), request.actor, agreement.case)
    _require_live(request, is_live=agreement.state == AgreementState.OPEN)
    about = f"{agreement.kind.label}. {agreement.owner.name}"
    return _show(request, agreement, about=about, seen_by=_("Those who take part in the case see it."))


@require_http_methods(["GET", "HEAD", "POST"])
def of_meeting(request: PageRequest, pk: int) -> HttpResponse:
    """Write, change or take away the note of a meeting, as its caller or the holder."""
    meeting = find_changeable(request, pk)
    return _show(request, meeting, about=meeting.kind.label, seen_by=_("Those who take part in the case see it."))


@require_safe
def kept(request: PageRequest) -> HttpResponse:
    """Count for leaders and officers which notes were kept against a warning; none is shown."""
    if not request.actor.led_paths and not request.actor.officer_paths:
        raise Unseen(_("Not found."))
    labels = labels_of(request)
    rows = [
        (
            row.unit,
            labels.term("keep_reason", row.reason),
            row.notes,
            ", ".join(f"{KIND_WORDS[kind]} ({count})" for kind, count in row.kinds),
        )
        for row in notes_kept(request.actor)
    ]
    return render(request, "notes/kept.html", {"rows": rows})


def _require_live(request: PageRequest, *, is_live: bool) -> None:
    """Refuse to show a form that could only be refused."""
    if request.method != "POST" and not is_live:
        raise MovedOn(_("This has ended, so no note is kept beside it."))


def _show(request: PageRequest, ask: Noted, *, about: str, seen_by: str) -> HttpResponse:
    case = ask.case
    if not notes_are_on(case.holder_unit):
        raise Unseen(_("Not found."))
    before = note_of(ask)
    form = NoteForm(typed(request), with_note=True, initial={"note": before})

    def act() -> str:
        form.put_note(ask, actor=request.user, now=request.now)
        return case_or_desk(request, case.pk)

    is_written = bool(request.POST.get("note", "").strip())
    said = _("The note stands there now.") if is_written else _("There is no note now.")
    response = carry_out(request, form, act, said=said)
    return response or show_form(
        request,
        "confirm.html",
        form,
        heading=_("Practical note"),
        where=_("Case %(code)s") % {"code": case.code},
        text=about,
        consequences=[
            seen_by,
            _("It is deleted when this has ended, and after 30 days at the latest."),
            *([_("Leave the line empty to take the note away.")] if before else []),
        ],
        submit_label=_("Save the note"),
        back_url=reverse("case", args=[case.code]),
    )
