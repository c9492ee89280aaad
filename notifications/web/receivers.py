"""Page: who in a unit is told when the unit is asked."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from coordination.errors import Forbidden
from coordination.models import Unit
from coordination.queries.directory import units_seen_by
from coordination.web.requests import PageRequest, carry_out, find, show_form
from notifications.commands.receivers import name_receivers
from notifications.web.forms import ReceiversForm


@require_http_methods(["GET", "HEAD", "POST"])
def choose_receivers(request: PageRequest, pk: int) -> HttpResponse:
    """Let those who lead a unit choose who of its people is told of what it is asked."""
    unit = find(units_seen_by(request.actor), pk=pk)
    if not (unit.is_open and request.actor.leads(unit)):
        raise Forbidden(_("Only those who lead the unit choose who is told."))
    form = ReceiversForm(request.POST if request.method == "POST" else None, unit=unit)

    def act() -> str:
        name_receivers(unit=unit, people=form.cleaned_data["people"], actor=request.user, now=request.now)
        return reverse("unit", args=[unit.pk])

    said = _said(unit, len(form.cleaned_data["people"])) if form.is_bound and form.is_valid() else ""
    return carry_out(request, form, act, said=said) or show_form(
        request, "notifications/receivers.html", form, unit=unit
    )


def _said(unit: Unit, count: int) -> str:
    words = {"unit": unit.name, "count": count}
    if not count:
        return _("Everybody in %(unit)s is told when it is asked.") % words
    return (
        ngettext(
            "From now on %(count)s person is told when %(unit)s is asked.",
            "From now on %(count)s people are told when %(unit)s is asked.",
            count,
        )
        % words
    )
