"""What the pages about invitations, partnerships and requests to join share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from coordination.commands.bases import refusal_to_share
from coordination.commands.changing import require_open, require_right
from coordination.commands.looks import look_at_case
from coordination.models import Case, Invitation, Unit
from coordination.queries.bases import active_basis
from coordination.queries.visibility import cases_seen_by, part_in
from coordination.rules.access import is_in_force, may_hold, sharing_is_allowed
from coordination.web.forms_base import InvolverForm
from coordination.web.requests import PageRequest, carry_out, find, show_form


def typed(request: PageRequest) -> Any:
    """Give what was sent, or None where nothing has been sent yet."""
    return request.POST if request.method == "POST" else None


def lacks_basis(case: Case, *, today: date) -> str:
    """Say what to do first where the case has a reference that nothing allows to leave the unit it is from."""
    if not case.references.exists() or is_in_force(active_basis(case), today):
        return ""
    return _(
        "The case has a reference. Before it is shared with another unit there has to be a consent or a legal basis."
    )


def why_not_shared(case: Case, unit: Unit, *, today: date) -> str:
    """Say what to do first where the case has a reference that nothing allows to share with the unit."""
    basis = active_basis(case)
    if not case.references.exclude(unit=unit).exists() or sharing_is_allowed(basis, today, unit.kind_id):
        return ""
    return refusal_to_share(basis, unit, today)


def confirm(
    request: PageRequest, form: InvolverForm, act: Callable[[], str], *, case: Case, said: str, **context: Any
) -> HttpResponse:
    """Show the page that asks whether this is meant; carry it out when it is sent."""
    response = carry_out(request, form, act, said=said)
    where = _("Case %(code)s") % {"code": case.code}
    return response or show_form(request, "confirm.html", form, where=where, **context)


def held_case(request: PageRequest, code: str) -> Case:
    """Find the open case that the actor holds; refuse whoever sees it and does not hold it."""
    case = find(cases_seen_by(request.actor).select_related("holder", "holder_unit", "theme"), code=code)
    let_in(request, case, allowed=may_hold(request.actor, case))
    require_open(case)
    return case


def let_in(request: PageRequest, case: Case, *, allowed: bool) -> None:
    """Refuse whoever is not ``allowed`` on a page about the case. Being there is a look at it, and is logged."""
    require_right(allowed, request.actor, case)
    look_at_case(case=case, actor=request.user, now=request.now, part=part_in(request.actor, case))


def invitation_of_case(request: PageRequest, pk: int) -> Invitation:
    """Find an invitation of a case that the actor sees."""
    of_seen = Invitation.objects.filter(case__in=cases_seen_by(request.actor))
    return find(of_seen.select_related("case__holder", "case__holder_unit", "case__theme", "unit"), pk=pk)
