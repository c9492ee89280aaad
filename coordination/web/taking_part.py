"""Pages about something in a case: who may be there, whether it is still open, and where one goes afterwards."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.commands.changing import require_open, require_part
from coordination.commands.looks import look_at_case
from coordination.errors import Unseen
from coordination.models import Case
from coordination.queries.receipts import cases_stayed_in
from coordination.queries.visibility import cases_seen_by, part_in
from coordination.rules.access import Part
from coordination.web.requests import PageRequest, find


def find_case(request: PageRequest, code: str, *, least: Part = Part.PARTNER) -> Case:
    """Find an open case in which one plays at least the part ``least``; a closed one has moved on."""
    case = find(cases_seen_by(request.actor).select_related("theme", "holder", "holder_unit"), code=code)
    admit(request, case, least=least)
    return case


def admit(request: PageRequest, case: Case, *, least: Part = Part.LEADER) -> None:
    """Refuse whoever plays less than ``least`` in an open case. Seeing any of its pages is a look, and is logged.

    So is sending a form, which may come back with the page. That a case is closed is told to those who stayed so long.
    """
    if not case.is_open and not cases_stayed_in(request.actor).filter(pk=case.pk).exists():
        raise Unseen(_("Not found."))
    require_open(case)
    part = require_part(least, request.actor, case)
    look_at_case(case=case, actor=request.user, now=request.now, part=part)


def case_or_desk(request: PageRequest, case_id: int) -> str:
    """Give the address to go to afterwards: the case, or the desk for whoever does not (any longer) see it."""
    case = Case.objects.select_related("holder_unit").get(pk=case_id)
    if part_in(request.actor, case) > Part.RECEIPT:
        return reverse("case", args=[case.code])
    return reverse("desk")
