"""Pages: a year's moves planned at once. Chosen from a list or taken from a file, seen first, then planned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordination.commands.cohorts import CohortRefused, CohortRow, Planned, plan_cohort, try_cohort
from coordination.errors import Unseen
from coordination.imports.cohorts import as_file, cells_of, read_cohort, refused_by_row
from coordination.imports.tables import MOST_SHOWN, Refused
from coordination.models import TransitionKind, Unit
from coordination.queries.board import BoardFilter
from coordination.queries.cohorts import Candidate, candidates_of, receivers_for
from coordination.queries.visibility import at_or_below
from coordination.rules.milestones import next_usual_day
from coordination.web.board.filters import Address, as_day, require_leader, units_led
from coordination.web.board.planning import planning_page
from coordination.web.board.rows import short_day
from coordination.web.board.tables import COLUMNS, csv_answer
from coordination.web.forms_base import InvolverForm
from coordination.web.requests import PageRequest, carry_out
from coordination.web.unit_picker import as_id

MOST_LISTED = 300
AT_ONCE = 100  # so many moves are planned while one waits; of more one is shown how far it has come
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Asked:
    """Whose moves, of which kind, on which day; each may not have been said yet."""

    unit: Unit | None
    kind: TransitionKind | None
    move_on: date | None

    @property
    def query(self) -> str:
        """As it stands in an address."""
        if self.unit is None or self.kind is None or self.move_on is None:
            return ""
        return f"?enhed={self.unit.pk}&slags={self.kind.code}&dag={self.move_on.isoformat()}"


@dataclass(frozen=True)
class Outcome:
    """What will become of one move. ``state``: as ``components/status.html`` has it."""

    code: str
    from_unit: str
    to_unit: str
    day: str
    kind: str
    state: str
    says: str


class FileForm(InvolverForm):
    """A file with moves."""

    table = forms.FileField(
        label=gettext_lazy("File (CSV)"),
        error_messages={"required": gettext_lazy("Choose a file."), "empty": gettext_lazy("The file is empty.")},
    )

    def clean_table(self) -> UploadedFile[Any]:
        """Refuse what is far too large to be a list of moves."""
        sent: UploadedFile[Any] = self.cleaned_data["table"]
        if (sent.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        return sent


@require_safe
def choose(request: PageRequest) -> HttpResponse:
    """Choose whose moves, which kind and which day; then list the open cases, to be ticked."""
    require_leader(request)
    asked = _read_asked(request)
    candidates, receivers = _listed(request, asked)
    given = request.GET.get("dag", "")
    context = {
        "units": [(unit.pk, unit.name, unit == asked.unit) for unit in units_led(request.actor)],
        "kinds": [(kind.code, kind.label, kind == asked.kind) for kind in _kinds()],
        "move_on": asked.move_on.isoformat() if asked.move_on else "",
        "wrong_day": bool(given) and as_day(given) is None,
        "asked": asked if asked.query else None,
        "candidates": [each for each in candidates if not each.is_known],
        "known": sum(each.is_known for each in candidates),
        "is_cut": len(candidates) >= MOST_LISTED,
        "most": MOST_LISTED,
        "receivers": receivers,
        "all_ticked": request.GET.get("alle") == "1",
        "submission": uuid4(),
    }
    return render(request, "board/cohort.html", context)


@require_safe
def download(request: PageRequest) -> HttpResponse:
    """Give the list as a file, which can be filled in and sent back."""
    require_leader(request)
    asked = _read_asked(request)
    candidates, _receivers = _listed(request, asked)
    if asked.kind is None or asked.move_on is None:
        raise Unseen(_("Not found."))
    kind, day = asked.kind.code, asked.move_on.isoformat()
    records = [
        (each.case.code, each.unit.code, each.suggested.code if each.suggested else "", day, kind)
        for each in candidates
    ]
    return csv_answer(COLUMNS, records, name=f"aargang-{day}.csv")


@require_http_methods(["GET", "HEAD", "POST"])
def take_file(request: PageRequest) -> HttpResponse:
    """Take a file with moves, and show what would come of it; or everything that is wrong with it."""
    require_leader(request)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            rows, tried = _try_file(request, form.cleaned_data["table"].read())
            return _show_preview(request, rows, tried, back_url=reverse("cohort_file"))
        except Refused as refused:
            faults = str(refused).splitlines()
            form.add_error("table", _("Nothing has been planned. Mend what is wrong, and send the file again."))
    context = {"form": form, "faults": faults, "columns": ";".join(COLUMNS), "kinds": _kinds(), "most": MOST_SHOWN}
    return render(request, "board/cohort_file.html", context, status=422 if form.errors else 200)


def _try_file(request: PageRequest, data: bytes) -> tuple[list[CohortRow], Planned]:
    """Read a file and try it; whatever cannot be planned is wrong with the file."""
    name = _("The file")
    rows = read_cohort(data, file_name=name, actor=request.actor)
    tried = try_cohort(rows=rows, actor=request.user, now=request.now)
    if tried.refusals:
        raise refused_by_row(name, tried.refusals)
    return rows, tried


@require_POST
def preview(request: PageRequest) -> HttpResponse:
    """Show what would come of the moves that were ticked, one by one, without planning any."""
    require_leader(request)
    asked = _read_asked(request, given=request.POST)
    back_url = f"{reverse('cohort')}{asked.query}"
    try:
        rows = read_cohort(as_file(_ticked(request, asked)), file_name=_("The list"), actor=request.actor)
    except Refused:
        messages.warning(request, _("Tick the children that move, in open cases of your units."))
        return HttpResponseRedirect(back_url)
    tried = try_cohort(rows=rows, actor=request.user, now=request.now)
    return _show_preview(request, rows, tried, back_url=back_url)


@require_POST
def plan(request: PageRequest) -> HttpResponse:
    """Plan what was seen first: all of it, or nothing. Of many moves it is shown how far it has come."""
    require_leader(request)
    form = InvolverForm(request.POST)
    try:
        lines = [line.split(";") for line in request.POST.getlist("line")]
        rows = read_cohort(as_file(lines), file_name=_("The list"), actor=request.actor)
    except Refused as refused:
        return _show_refused(request, str(refused).splitlines())
    if len(rows) > AT_ONCE:
        return planning_page(request, rows, done_url=_board_of(rows), says=words_of)
    said: list[str] = []

    def act() -> str:
        planned = plan_cohort(rows=rows, actor=request.user, now=request.now)
        messages.success(request, words_of(planned))
        return _board_of(rows)

    try:
        answer = carry_out(request, form, act)
    except CohortRefused as refused:
        said = str(refused_by_row(_("The list"), refused.refusals)).splitlines()
        answer = None
    return answer or _show_refused(request, said)


def words_of(planned: Planned) -> str:
    """Say what came of a cohort."""
    made = ngettext("%(n)s move has been planned.", "%(n)s moves have been planned.", len(planned.made))
    known = ngettext("%(n)s was planned before.", "%(n)s were planned before.", len(planned.known))
    parts = [made % {"n": len(planned.made)}, known % {"n": len(planned.known)} if planned.known else ""]
    return " ".join(part for part in parts if part)


def _read_asked(request: PageRequest, given: object = None) -> Asked:
    asked = request.POST if given is not None else request.GET
    unit = None
    if asked.get("enhed"):
        led = Unit.objects.open().filter(at_or_below(request.actor.led_paths, "path"))
        unit = led.select_related("kind").filter(pk=as_id(asked.get("enhed", ""))).first()
        if unit is None:
            raise Unseen(_("Not found."))
    kind = next((each for each in _kinds() if each.code == asked.get("slags")), None)
    move_on = as_day(asked.get("dag", ""))
    if move_on is None and kind is not None and kind.move_month and kind.move_day and not asked.get("dag"):
        move_on = next_usual_day(kind.move_month, kind.move_day, request.actor.today)
    return Asked(unit, kind, move_on)


def _kinds() -> list[TransitionKind]:
    return list(TransitionKind.objects.current().order_by("position", "code"))  # type: ignore[arg-type]


def _listed(request: PageRequest, asked: Asked) -> tuple[list[Candidate], list[Unit]]:
    if asked.unit is None or asked.kind is None or asked.move_on is None:
        return [], []
    receivers = receivers_for(asked.kind, asked.unit)
    candidates = candidates_of(request.actor, asked.unit, asked.kind, asked.move_on, receivers, most=MOST_LISTED)
    also = {each.unit.continues_at for each in candidates} - {None, *receivers}
    return candidates, [*receivers, *(unit for unit in also if unit is not None and not receivers)]


def _ticked(request: PageRequest, asked: Asked) -> Iterator[tuple[str, ...]]:
    """Write the moves that were ticked as lines; what does not belong to the list is passed over."""
    candidates, receivers = _listed(request, asked)
    if asked.kind is None or asked.move_on is None:
        return
    codes = {str(unit.pk): unit.code for unit in receivers}
    ticked = set(request.POST.getlist("row"))
    for each in candidates:
        if each.key in ticked:
            to_code = codes.get(request.POST.get(f"to-{each.key}", ""), "")
            yield each.case.code, each.unit.code, to_code, asked.move_on.isoformat(), asked.kind.code


def _show_preview(request: PageRequest, rows: list[CohortRow], tried: Planned, *, back_url: str) -> HttpResponse:
    fit = [row for row in rows if row.number not in tried.refusals]
    context = {
        "outcomes": [_outcome(row, tried) for row in rows],
        "lines": [";".join(cells_of(row)) for row in fit if row.number in tried.made],
        "to_plan": ngettext("Plan %(n)s move", "Plan %(n)s moves", len(tried.made)) % {"n": len(tried.made)},
        "known": len(tried.known),
        "left_out": len(tried.refusals),
        "made": len(tried.made),
        "back_url": back_url,
        "submission": uuid4(),
    }
    return render(request, "board/cohort_preview.html", context)


def _outcome(row: CohortRow, tried: Planned) -> Outcome:
    draft = row.draft
    if row.number in tried.refusals:
        state, says = "late", str(tried.refusals[row.number].message)
    elif row.number in tried.known:
        state, says = "ended", _("planned before")
    elif draft.to_unit is None and not draft.kind.leaves_town:
        state, says = "today", _("will be planned; a receiver is to be found")
    else:
        state, says = "done", _("will be planned")
    to_unit = draft.to_unit.name if draft.to_unit else _("not known yet")
    if draft.kind.leaves_town:
        to_unit = _("another municipality")
    return Outcome(
        row.case.code, draft.from_unit.name, to_unit, short_day(draft.move_on), draft.kind.label, state, says
    )


def _show_refused(request: PageRequest, said: list[str]) -> HttpResponse:
    context = {"faults": said, "back_url": reverse("cohort")}
    return render(request, "board/cohort_refused.html", context, status=422)


def _board_of(rows: list[CohortRow]) -> str:
    """Give the address of the board with the day and the kind of a cohort, where it has but one of them."""
    days, kinds = {row.draft.move_on for row in rows}, {row.draft.kind.code for row in rows}
    wanted = BoardFilter(move_on=days.pop() if len(days) == 1 else None, kind=kinds.pop() if len(kinds) == 1 else "")
    return f"{reverse('board')}{Address(wanted).query()}"
