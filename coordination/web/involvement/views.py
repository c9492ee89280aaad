"""Page: it is noted that the child was heard, or that the parents took part. When and how; never what was said."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.commands.involvements import OWED, record_involvement
from coordination.models import Case, Involvement, InvolvementKind
from coordination.rules.day_words import due_words
from coordination.web.involvement.forms import NoteForm
from coordination.web.requests import PageRequest, carry_out, show_form
from coordination.web.taking_part import case_or_desk, find_case
from coordination.web.unit_picker import as_id


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: PageRequest, code: str, kind: InvolvementKind) -> HttpResponse:
    """Note that they were involved, or why not yet. ``?overgang=`` names the move for which they were asked again."""
    case = find_case(request, code)
    back_url = _way_back(request, case)
    form = NoteForm(request.POST if request.method == "POST" else None, kind=kind, today=request.actor.today)

    def act() -> str:
        noted = record_involvement(case=case, draft=form.draft(), actor=request.user, now=request.now)
        messages.success(request, _said(request, case, noted))
        return back_url or case_or_desk(request, case.pk)

    done = carry_out(request, form, act) if request.method == "POST" else None
    return done or show_form(
        request,
        "involvement/note.html",
        form,
        case=case,
        is_child=kind == InvolvementKind.CHILD,
        is_for_move=bool(back_url),
        back_url=back_url or reverse("case", args=[case.code]),
    )


def _way_back(request: PageRequest, case: Case) -> str:
    move = case.transitions.filter(pk=as_id(request.GET.get("overgang", ""))).first()
    return reverse("transition", args=[move.pk]) if move is not None else ""


def _said(request: PageRequest, case: Case, noted: Involvement) -> str:
    kind = InvolvementKind(noted.kind)
    owed = case.deadlines.open().filter(kind=OWED[kind]).first()
    words = {"day": due_words(owed.due_on, request.actor.today) if owed else ""}
    if kind == InvolvementKind.CHILD:
        if noted.took_place:
            return _("Noted: the child has been heard. The child is to be heard again by %(day)s.") % words
        return _("Noted: the child has not been heard yet. The child is to be heard by %(day)s.") % words
    if noted.took_place:
        return _("Noted: the parents took part. They are to be involved again by %(day)s.") % words
    return _("Noted: the parents have not taken part yet. They are to be involved by %(day)s.") % words
