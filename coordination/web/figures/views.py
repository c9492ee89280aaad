"""Ledelse: the figures of the units that one leads. Nobody else sees that there is such a page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coordination.errors import Unseen
from coordination.queries.figures.reading import Figures, read_figures, units_with_figures
from coordination.queries.notes import notes_are_on
from coordination.web.figures.exports import as_csv, as_xlsx
from coordination.web.figures.rows import records_of, show_all
from coordination.web.figures.values import period_words
from coordination.web.requests import PageRequest
from coordination.web.spreadsheets import CONTENT_TYPE

FILES = {
    "csv": (CONTENT_TYPE, as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}


@require_safe
def show_figures(request: PageRequest) -> HttpResponse:
    """Show the figures of a unit: over time, and of what is below it in one period."""
    figures = _find(request)
    chosen = figures.chosen
    asked = {"enhed": figures.unit.pk, **({"periode": f"{chosen.first_on:%Y-%m}"} if chosen else {})}
    periods = [
        (f"{line.period.first_on:%Y-%m}", period_words(line.period.first_on, line.period.last_on))
        for line in reversed(figures.over_time)
    ]
    context = {
        "unit": figures.unit,
        "units": [(unit, "\u2003" * _depth(unit.place, request)) for unit in units_with_figures(request.actor)],
        "periods": periods,
        "chosen": asked.get("periode", ""),
        "period_words": period_words(chosen.first_on, chosen.last_on) if chosen else "",
        "threshold": chosen.threshold if chosen else 0,
        "figures": show_all(figures) if chosen else [],
        "files": [(kind.upper(), f"{reverse('figures_file', args=[kind])}?{urlencode(asked)}") for kind in FILES],
    }
    return render(request, "figures/figures.html", {**context, "has_notes": notes_are_on(figures.unit)})


@require_safe
def send_file(request: PageRequest, kind: str) -> HttpResponse:
    """Send what the page shows as a file."""
    figures = _find(request)
    if kind not in FILES or figures.chosen is None:
        raise Unseen(_("Not found."))
    content_type, write = FILES[kind]
    name = f"involver-{slugify(figures.unit.name)}-{figures.chosen.first_on:%Y-%m}.{kind}"
    return HttpResponse(
        write(records_of(figures)),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _find(request: PageRequest) -> Figures:
    """Find the unit that is asked for among those led, or the topmost of them; nobody who leads none finds anything."""
    units = units_with_figures(request.actor)
    wanted = request.GET.get("enhed", "")
    if wanted:
        units = (
            units.filter(pk=int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else units.none()
        )
    unit = units.first()
    if unit is None:
        raise Unseen(_("Not found."))
    return read_figures(unit, request.actor, first_on=request.GET.get("periode", ""))


def _depth(place: str, request: PageRequest) -> int:
    """Count how far below the topmost unit that the reader leads a unit stands."""
    above = [path for path in request.actor.led_paths if place.startswith(path)]
    return place.count("/") - min(path.count("/") for path in above)
