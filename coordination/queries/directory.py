"""Who can do what: the units of one's municipality, and what there is to know of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from coordination.models import Membership, Unit
from coordination.queries.answer_times import usual_answer_days
from coordination.queries.leaders import nearest_leader
from coordination.queries.names import has_words
from coordination.rules.actors import Actor


@dataclass(frozen=True)
class UnitCard:
    """A unit as others meet it. ``answer_days``: the median in working days; None where too few answered."""

    unit: Unit
    leaders: list[Membership]
    leader_above: Membership | None
    answer_days: int | None


def units_seen_by(actor: Actor) -> QuerySet[Unit]:
    """Every unit of the municipalities that the actor works in, open or closed; an administrator sees all."""
    if actor.user.is_staff and actor.user.is_active:
        return Unit.objects.all()
    roots = Unit.objects.filter(pk__in=actor.units).annotate(top=Coalesce("root_id", "pk")).values("top")
    return Unit.objects.filter(Q(pk__in=roots) | Q(root_id__in=roots))


def find_units(actor: Actor, *, words: str = "", kind: str = "", ask: str = "") -> QuerySet[Unit]:
    """Find open units by name, by kind and by what they can be asked for (codes), in the order of what is above."""
    units = units_seen_by(actor).filter(closed_at__isnull=True).filter(has_words(words, "name"))
    if kind:
        units = units.filter(kind__code=kind)
    if ask:
        units = units.filter(offers__code=ask)
    return (
        units.select_related("kind", "parent")
        .prefetch_related("offers")
        .order_by(F("parent__name").asc(nulls_first=True), "parent_id", "name", "pk")
    )


def read_unit_card(unit: Unit, *, now: datetime) -> UnitCard:
    """Read what the card of a unit shows. A unit without a leader is led from above."""
    leaders = list(unit.memberships.live().leading().select_related("user").order_by("role", "began_at", "pk"))
    return UnitCard(
        unit=unit,
        leaders=leaders,
        leader_above=None if leaders else nearest_leader(unit),
        answer_days=usual_answer_days([unit.pk], now=now)[unit.pk],
    )
