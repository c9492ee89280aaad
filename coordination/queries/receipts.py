"""Receipts: what remains to be seen of a case by those whose part in it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from coordination.models import Case, CaseState, Holding, HoldingReason, Partnership, PartnershipEnd
from coordination.queries.own_asks import OwnAsks, asked_in
from coordination.rules.actors import Actor


@dataclass(frozen=True)
class PartPlayed:
    """One stretch of taking part.

    ``end`` is a code: that of a partnership, or "replaced" (by another contact), or "passed_on", or "reopened".
    """

    unit: str
    was_holder: bool
    began_at: datetime
    ended_at: datetime | None
    end: str


@dataclass(frozen=True)
class Receipt:
    """The code, one's own parts and asks and, for those who took part until it closed, what came of the case."""

    code: str
    parts: list[PartPlayed]
    asks: OwnAsks
    closed_at: datetime | None
    outcome: str
    is_last_holder: bool


def cases_stayed_in(actor: Actor) -> QuerySet[Case]:
    """Closed cases in which the actor took part until the end: whoever left before has no part in how it ended."""
    until_the_end = Q(case=OuterRef("pk"), ended_at=F("case__closed_at"))
    holdings = Holding.objects.filter(until_the_end | Q(case=OuterRef("pk"), ended_at=None))
    partnerships = Partnership.objects.filter(until_the_end)
    return Case.objects.filter(
        Exists(holdings.filter(holder_id__in=actor.persons))
        | Exists(partnerships.filter(contact_id__in=actor.persons)),
        state=CaseState.CLOSED,
    )


def read_receipt(case: Case, actor: Actor) -> Receipt:
    """Read the actor's own receipt, or that of those they stand in for. ``case`` comes with its outcome."""
    parts = [*_held(case, actor), *_taken_part(case, actor)]
    stayed = cases_stayed_in(actor).filter(pk=case.pk).exists()
    return Receipt(
        code=case.code,
        parts=sorted(parts, key=lambda part: part.began_at),
        asks=asked_in(case, actor),
        closed_at=case.closed_at if stayed else None,
        outcome=case.outcome.label if stayed and case.outcome else "",
        is_last_holder=not case.is_open and actor.is_one_of(case.holder_id),
    )


def _held(case: Case, actor: Actor) -> Iterator[PartPlayed]:
    """Give the stretches for which the actor held the baton."""
    holdings = list(case.holdings.select_related("unit"))
    for holding, following in zip(holdings, [*holdings[1:], None], strict=True):
        if actor.is_one_of(holding.holder_id):
            yield PartPlayed(
                unit=holding.unit.name,
                was_holder=True,
                began_at=holding.began_at,
                ended_at=holding.ended_at or case.closed_at,
                end=_end_of(holding, following),
            )


def _taken_part(case: Case, actor: Actor) -> Iterator[PartPlayed]:
    """Give the stretches for which the actor was the contact of a partner, before and after others."""
    for partnership in case.partnerships.select_related("unit").prefetch_related("former_contacts"):
        began_at = partnership.began_at
        for former in partnership.former_contacts.all():
            if actor.is_one_of(former.person_id):
                yield PartPlayed(
                    unit=partnership.unit.name,
                    was_holder=False,
                    began_at=former.began_at,
                    ended_at=former.ended_at,
                    end="replaced",
                )
            began_at = former.ended_at
        if actor.is_one_of(partnership.contact_id):
            yield PartPlayed(
                unit=partnership.unit.name,
                was_holder=False,
                began_at=began_at,
                ended_at=partnership.ended_at,
                end=partnership.end,
            )


def _end_of(holding: Holding, following: Holding | None) -> str:
    if holding.ended_at is None:
        return PartnershipEnd.CASE_CLOSED
    return "reopened" if following and following.reason == HoldingReason.REOPENED else "passed_on"
