"""What the reader may do with the case as a whole: a few buttons, and the rest under "more"."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from coordination.models import DeadlineKind, HandoverKind
from coordination.rules.access import Part
from coordination.web.cases.rows import Act, Reader, link


@dataclass(frozen=True)
class Actions:
    """Buttons, the first being the main one, and rarer acts."""

    buttons: list[Act]
    more: list[Act]


def actions_for(reader: Reader) -> Actions:
    """Say what the reader may do: the holder, a partner, or a leader above."""
    if reader.page.part == Part.HOLDER:
        return _holders(reader)
    if reader.page.part == Part.PARTNER:
        return _partners(reader)
    plan = [Act(_("Plan a move"), link("transition_plan", reader.page.case.code))]
    return Actions(_leaders(reader), plan)


def _holders(reader: Reader) -> Actions:
    page, code = reader.page, reader.page.case.code
    buttons = [
        Act(_("Invite"), link("invite", code)),
        Act(_("Make an agreement"), link("agreement_make", code)),
        Act(_("Call a meeting"), link("meeting_call", code)),
    ]
    if page.offer is None:
        buttons.append(Act(_("Hand the baton over"), link("handover_offer", code)))
    more = [
        Act(_("Plan a move"), link("transition_plan", code)),
        Act(_("Add a reference"), link("reference_add", code)),
        Act(_("Record a basis"), link("basis_record", code)),
    ]
    if page.case.release_asked_at is None and page.due(DeadlineKind.ASSIGN_HOLDER) is None:
        more.append(Act(_("Ask to be relieved"), link("release", code)))
    return Actions([*buttons, *_leaders(reader)], [*more, Act(_("Close the case"), link("case_close", code))])


def _partners(reader: Reader) -> Actions:
    page, code = reader.page, reader.page.case.code
    buttons = [
        Act(_("Make an agreement"), link("agreement_make", code)),
        Act(_("Call a meeting"), link("meeting_call", code)),
    ]
    asked = {waiting.to_person_id for waiting in page.handovers if waiting.kind == HandoverKind.REQUEST}
    more = [
        Act(_("Ask to take the baton over"), link("baton_request", partnership.pk))
        for partnership in page.live_partnerships
        if reader.actor.is_one_of(partnership.contact_id) and partnership.contact_id not in asked
    ]
    return Actions([*buttons, *_leaders(reader)], more)


def _leaders(reader: Reader) -> list[Act]:
    if not reader.page.may_assign:
        return []
    return [Act(_("Name a new holder"), link("assign", reader.page.case.code))]
