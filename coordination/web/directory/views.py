"""Who can do what: the units, and the card of each."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.commands.units import set_offers
from coordination.errors import Forbidden
from coordination.models import Ask, Term, UnitKind
from coordination.queries.directory import find_units, read_unit_card, units_seen_by
from coordination.web.directory.forms import OffersForm
from coordination.web.requests import PageRequest, carry_out, find, show_form
from coordination.web.unit_picker import LONGEST_SEARCH

PAGE_SIZE = 60


@require_safe
def show_units(request: PageRequest) -> HttpResponse:
    """Show the open units of the municipality, narrowed down by name, kind and what they can be asked for."""
    words = request.GET.get("navn", "")[:LONGEST_SEARCH]
    kinds = UnitKind.objects.filter(units__in=units_seen_by(request.actor)).distinct()
    asks = Ask.objects.filter(is_retired=False)
    kind, ask = _one_of(kinds, request.GET.get("slags", "")), _one_of(asks, request.GET.get("kan", ""))
    found = find_units(request.actor, words=words, kind=kind, ask=ask)
    context = {
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "kinds": kinds,
        "asks": asks,
        "words": words,
        "kind": kind,
        "ask": ask,
        "is_narrowed": bool(words or kind or ask),
    }
    return render(request, "directory/units.html", context)


def _one_of(terms: Iterable[Term], wanted: str) -> str:
    """Give the code that is wanted where it is one of theirs, else nothing."""
    return wanted if wanted in {term.code for term in terms} else ""


@require_safe
def show_unit(request: PageRequest, pk: int) -> HttpResponse:
    """Show the card of a unit."""
    units = units_seen_by(request.actor)
    unit = find(units.select_related("kind", "parent", "root", "continues_at"), pk=pk)
    context = {
        "card": read_unit_card(unit, now=request.now),
        "offers": unit.offers.all(),
        "serves": unit.serves.all(),
        "continues_from": unit.continues_from.filter(closed_at__isnull=True),
        "below": unit.children.filter(closed_at__isnull=True),
        "may_edit": unit.is_open and request.actor.leads(unit),
    }
    return render(request, "directory/unit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_offers(request: PageRequest, pk: int) -> HttpResponse:
    """Let a leader of the unit say what it can be asked for."""
    unit = find(units_seen_by(request.actor), pk=pk)
    if not (unit.is_open and request.actor.leads(unit)):
        raise Forbidden(_("Only those who lead the unit can change what it can be asked for."))
    form = OffersForm(request.POST if request.method == "POST" else None, unit=unit)

    def act() -> str:
        set_offers(unit=unit, offers=list(form.cleaned_data["offers"]), actor=request.user, now=request.now)
        return reverse("unit", args=[unit.pk])

    said = _("Everybody can now see what %(unit)s can be asked for.") % {"unit": unit.name}
    return carry_out(request, form, act, said=said) or show_form(request, "directory/offers.html", form, unit=unit)
