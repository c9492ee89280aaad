"""The data-protection officer's pages: the logs of the municipality, and what is handed out of them."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coordination.commands.log_reading import note_reading
from coordination.errors import Unseen
from coordination.models import NoteRule
from coordination.queries.log_reading import Consultation, LogPage, consultations_of, read_log, roots_read_by
from coordination.queries.look_checks import looks_to_explain, samples_late_for
from coordination.queries.timeline import ids_named_in
from coordination.templatetags.labels import labels_of
from coordination.web.protection.filters import AFTER, LogForm, read_place, write_place
from coordination.web.protection.words import WORDS, words_of
from coordination.web.requests import PageRequest
from coordination.web.searching import turn_cpr_away
from coordination.web.spreadsheets import CONTENT_TYPE, csv_lines

MOST_SHOWN = 50


def require_officer(request: PageRequest) -> None:
    """Answer everybody else as if there were no such pages."""
    if not request.actor.officer_paths:
        raise Unseen(_("Not found."))


@require_safe
def show_log(request: PageRequest) -> HttpResponse:
    """Show both logs as one, newest first, narrowed down by case, person, unit and day. That it is shown is noted."""
    require_officer(request)
    away = _turn_away(request)
    if away is not None:
        return away
    form = LogForm(request.GET, actor=request.actor)
    if not form.is_valid():
        return render(request, "protection/log.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    after = read_place(request.GET.get(AFTER, ""))
    note_reading(wanted=form.wanted, actor=request.user, now=request.now)
    page = read_log(request.actor, form.wanted, after=after)
    _expect_names(request, page)
    context = {
        "form": form,
        "rows": [(row, words_of(row)) for row in page.rows],
        "first_url": form.query() or "." if after is not None else "",
        "next_url": form.query(**{AFTER: write_place(page.next_after)}) if page.next_after else "",
        "to_explain": list(looks_to_explain(request.actor)[:MOST_SHOWN]),
        "late": list(samples_late_for(request.actor)[:MOST_SHOWN]),
        "has_notes": NoteRule.objects.filter(root__in=roots_read_by(request.actor), is_on=True).exists(),
        "export_query": form.query() if form.wanted.case is not None else "",
    }
    return render(request, "protection/log.html", context)


@require_safe
def export(request: PageRequest) -> HttpResponse:
    """Hand out, as a CSV file, on which days and for what a case was looked at: no employee is named."""
    require_officer(request)
    away = _turn_away(request)
    if away is not None:
        return away
    form = LogForm(request.GET, actor=request.actor)
    case = form.wanted.case if form.is_valid() else None
    if case is None:
        raise Unseen(_("Not found."))
    note_reading(wanted=form.wanted, is_export=True, actor=request.user, now=request.now)
    lines = [_line(request, looks) for looks in consultations_of(case, form.wanted)]
    columns = [_("Day"), _("What"), _("Purpose"), _("Times")]
    response = HttpResponse(b"".join(csv_lines(columns, lines)), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="indsigt-{case.code}.csv"'
    return response


def _line(request: PageRequest, looks: Consultation) -> list[int | str]:
    what = _("The reference to the record was opened") if looks.opened_reference else _("The case was looked at")
    purpose = (
        labels_of(request).term("look_reason", looks.reason) if looks.reason else _("Working together on the case")
    )
    return [looks.day.isoformat(), what, purpose, looks.times]


def _turn_away(request: PageRequest) -> HttpResponse | None:
    typed = " ".join(request.GET.get(name, "") for name in ("kode", "hvem"))
    return turn_cpr_away(request, typed, "protection")


def _expect_names(request: PageRequest, page: LogPage) -> None:
    """Read all names that the sentences need at once."""
    told = [row.happening for row in page.rows if row.happening is not None]
    units, people = ids_named_in(told)
    for happening in told:
        if happening.kind in WORDS:
            people |= set(happening.data.get("people") or ())
            units |= {happening.data["read_unit"]} if happening.data.get("read_unit") else set()
    labels_of(request).expect(units=units, people=people)
