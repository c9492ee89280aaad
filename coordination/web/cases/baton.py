"""The way of the baton: who held it, who holds it, and to whom it is offered."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.html import format_html
from django.utils.translation import gettext as _

from coordination.models import Deadline, DeadlineKind, Handover, HandoverKind, Holding
from coordination.rules.access import may_answer_handover
from coordination.web.cases.rows import Act, Reader, Row, link

# So many earlier holders stand beside the one who holds it now; those before them are told by the timeline.
SHOWN_BEFORE = 2


@dataclass(frozen=True)
class BatonWay:
    """The steps as the baton component draws them."""

    past: list[dict[str, str]] = field(default_factory=list)
    now: dict[str, str] = field(default_factory=dict)
    offered: dict[str, str] | None = None
    earlier: int = 0
    acts: list[Act] = field(default_factory=list)


def way_of_baton(reader: Reader) -> BatonWay:
    """Draw the way of the baton from its holdings; of the same holder in a row only the last stretch."""
    page = reader.page
    before: list[Holding] = []
    for holding in page.holdings[:-1]:
        if before and before[-1].holder_id == holding.holder_id:
            before.pop()
        before.append(holding)
    current = page.holdings[-1]
    if before and before[-1].holder_id == current.holder_id:
        before.pop()
    offer = page.offer
    return BatonWay(
        past=[_step(holding, _until(reader, holding)) for holding in before[-SHOWN_BEFORE:]],
        now=_step(current, format_html(_("holder since {day}"), day=reader.day(current.began_at))),
        offered=_offered(reader, offer) if offer is not None else None,
        earlier=max(0, len(before) - SHOWN_BEFORE),
        acts=_acts(reader, offer) if offer is not None else [],
    )


def rows_of_handovers(reader: Reader) -> list[Row]:
    """Build the rows of what the baton is asked for: its holder's release, partners' requests. An offer is drawn."""
    requests = [
        _request_row(reader, handover) for handover in reader.page.handovers if handover.kind == HandoverKind.REQUEST
    ]
    return [*_release_rows(reader), *requests]


def _step(holding: Holding, when: str) -> dict[str, str]:
    return {"unit": holding.unit.name, "person": holding.holder.name, "when": when}


def _until(reader: Reader, holding: Holding) -> str:
    if holding.ended_at is None:
        return ""
    return format_html(_("until {day}"), day=reader.day(holding.ended_at))


def _offered(reader: Reader, offer: Handover) -> dict[str, str]:
    deadline = _deadline(reader, offer)
    return {
        "unit": offer.to_unit.name,
        "person": offer.to_person.name,
        "when": format_html(_("has been asked, {when}"), when=reader.answer_by(deadline)) if deadline else "",
    }


def _deadline(reader: Reader, handover: Handover) -> Deadline | None:
    return reader.page.due(DeadlineKind.ANSWER_HANDOVER, handover_id=handover.pk)


def _release_rows(reader: Reader) -> list[Row]:
    case, deadline = reader.page.case, reader.page.due(DeadlineKind.ASSIGN_HOLDER)
    if case.release_asked_at is None or deadline is None:
        return []
    row = Row(
        title=_("%(person)s has asked to be released") % {"person": case.holder.name},
        state=reader.state_of(deadline),
        when=reader.by(deadline),
        facts=[_("%(person)s finds a new holder") % {"person": deadline.owner.name}] if deadline.owner else [],
        acts=[Act(_("Take back"), link("release_withdraw", case.code))] if reader.holds else [],
    )
    return [row]


def _request_row(reader: Reader, handover: Handover) -> Row:
    deadline = _deadline(reader, handover)
    return Row(
        title=_("%(person)s asks to take the baton over") % {"person": handover.to_person.name},
        state=reader.state_of(deadline),
        when=reader.answer_by(deadline),
        facts=[handover.to_unit.name],
        acts=_acts(reader, handover),
    )


def _acts(reader: Reader, handover: Handover) -> list[Act]:
    acts = []
    if may_answer_handover(reader.actor, handover):
        acts.append(Act(_("Answer"), link("handover", handover.pk)))
    is_askers = reader.actor.is_one_of(handover.begun_by_id, handover.to_person_id)
    if reader.holds if handover.kind == HandoverKind.OFFER else is_askers:
        acts.append(Act(_("Take back"), link("handover_withdraw", handover.pk)))
    return acts
