"""Pages: a case, what has happened in it, who has looked at it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coordination.commands.changing import require_part
from coordination.commands.looks import look_at_case
from coordination.models import BasisKind, Case, LookReason
from coordination.queries.case_page import read_case_page, read_people
from coordination.queries.looks import read_looks
from coordination.queries.notes import WITH_NOTE_RULE
from coordination.queries.receipts import read_receipt
from coordination.queries.timeline import ids_named_in, read_timeline
from coordination.queries.visibility import cases_seen_by
from coordination.rules.access import Part
from coordination.templatetags.labels import labels_of
from coordination.web.bases import names_of
from coordination.web.cases.across import rows_across, rows_before
from coordination.web.cases.actions import actions_for
from coordination.web.cases.basis import facts_of
from coordination.web.cases.baton import rows_of_handovers, way_of_baton
from coordination.web.cases.moves import rows_of_moves
from coordination.web.cases.owed import next_words, rows_waiting
from coordination.web.cases.plans import rows_of_agreements, rows_of_meetings
from coordination.web.cases.references import rows_of_references
from coordination.web.cases.rows import Reader, without
from coordination.web.cases.voices import partners_of, voices_of
from coordination.web.desk.asked import rows_asked
from coordination.web.requests import PageRequest, find

MORE_EVENTS = "more-events"


@require_safe
def show_case(request: PageRequest, code: str) -> HttpResponse:
    """Show a case to those who take part or lead; to those who did take part, their receipt."""
    case = _find(request, code)
    people = read_people(case)
    playing = people.part_of(request.actor)
    part = look_at_case(
        case=case, actor=request.user, now=request.now, part=playing if playing > Part.RECEIPT else None
    )
    if part == Part.RECEIPT:
        receipt = read_receipt(case, request.actor)
        asked = rows_asked(receipt.asks, request.actor)
        return render(request, "cases/receipt.html", {"receipt": receipt, "asked": asked})
    timeline = read_timeline(case, part, page=_page_number(request))
    units, persons = ids_named_in(timeline.happenings)
    labels = labels_of(request)
    labels.expect(units=units, people=persons)
    context = {"case": case, "timeline": timeline}
    if request.htmx.target == MORE_EVENTS:  # type: ignore[attr-defined]
        return render(request, "cases/_timeline.html", {**context, "is_more": True})
    page = read_case_page(people, part, request.actor)
    reader = Reader(page, request.actor)
    waiting, baton = rows_waiting(reader), way_of_baton(reader)
    voices, across = voices_of(reader), rows_across(reader)
    waiting = without(waiting, {voice.act.url for voice in voices if voice.act is not None}, drop_bare=True)
    shown = {act.url for row in waiting for act in row.acts}
    return render(
        request,
        "cases/case.html",
        {
            **context,
            "page": page,
            "level": page.level,
            "level_name": labels.term("level_name", str(page.level)),
            "is_holder": part == Part.HOLDER,
            "is_leader": part == Part.LEADER,
            "own_units": _own_units(reader),
            "baton": baton,
            "baton_acts": [act for act in baton.acts if act.url not in shown],
            "next": next_words(reader),
            "actions": actions_for(reader),
            "waiting": waiting,
            "handovers": without(rows_of_handovers(reader), shown, drop_bare=True),
            "voices": voices,
            "partners": partners_of(across),
            "across": without(across, shown, drop_bare=True),
            "before": rows_before(reader),
            "agreements": without(rows_of_agreements(reader, is_open=True), shown),
            "settled_agreements": rows_of_agreements(reader, is_open=False),
            "meetings": without(rows_of_meetings(reader, is_open=True), shown),
            "past_meetings": rows_of_meetings(reader, is_open=False),
            "moves": without(rows_of_moves(reader, is_live=True), shown),
            "ended_moves": rows_of_moves(reader, is_live=False),
            "references": rows_of_references(page, request.actor, labels.current(LookReason)),
            "basis": page.basis,
            "is_consent": page.basis is not None and page.basis.kind == BasisKind.CONSENT,
            "basis_is_active": page.active_basis is not None,
            "basis_facts": facts_of(page.basis, request.actor.today) if page.basis is not None else [],
            "left_out": names_of(page.left_out),
        },
    )


@require_safe
def show_looks(request: PageRequest, code: str) -> HttpResponse:
    """Show those who take part who has looked at the case, and when."""
    case = _find(request, code)
    part = require_part(Part.PARTNER, request.actor, case)
    look_at_case(case=case, actor=request.user, now=request.now, part=part)
    return render(request, "cases/looks.html", {"case": case, "page": read_looks(case, page=_page_number(request))})


def _find(request: PageRequest, code: str) -> Case:
    rule = [f"holder_unit__{way}" for way in WITH_NOTE_RULE]
    seen = cases_seen_by(request.actor).select_related("theme", "holder", "holder_unit", "outcome", *rule)
    return find(seen, code=code)


def _page_number(request: PageRequest) -> int:
    typed = request.GET.get("page", "")
    return int(typed) if typed.isdecimal() and len(typed) < 7 else 1


def _own_units(reader: Reader) -> str:
    """Name the units for which the reader takes part."""
    return ", ".join(
        partnership.unit.name
        for partnership in reader.page.live_partnerships
        if reader.actor.is_one_of(partnership.contact_id)
    )
