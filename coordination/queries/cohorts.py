"""Cohorts: which children of a unit may move at a day, and who is likely to receive each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q

from coordination.models import Case, Partnership, Transition, TransitionKind, TransitionState, Unit
from coordination.queries.suggestions import open_units_beside
from coordination.queries.visibility import cases_led
from coordination.rules.actors import Actor

# Who has been received elsewhere has moved, though the old place may still take part.
_GONE = (TransitionState.RECEIVED, TransitionState.LANDED, TransitionState.REVIEWED, TransitionState.LEFT)


@dataclass(frozen=True)
class Candidate:
    """An open case of a unit, with the unit that is likely to receive the child. ``is_known``: planned already."""

    case: Case
    unit: Unit
    suggested: Unit | None
    is_known: bool

    @property
    def key(self) -> str:
        """The name of the row in a form."""
        return f"{self.case.pk}-{self.unit.pk}"


def candidates_of(
    actor: Actor, unit: Unit, kind: TransitionKind, move_on: date, receivers: Iterable[Unit], *, most: int
) -> list[Candidate]:
    """List the open cases of a unit and those below it that ``kind`` may move, oldest first; at most ``most``.

    A case stands here once for each unit that the child can move from, and has not moved from before. Four queries.
    """
    kinds = set(kind.from_kinds.values_list("pk", flat=True))
    below = Q(unit__path__startswith=unit.place)
    partnerships = Partnership.objects.live().filter(below)
    cases = (
        cases_led(actor)
        .filter(Q(holder_unit__path__startswith=unit.place) | Exists(partnerships.filter(case=OuterRef("pk"))))
        .select_related("theme", "holder_unit__continues_at")
        .prefetch_related(Prefetch("partnerships", partnerships.select_related("unit__continues_at"), "parts_below"))
        .order_by("opened_at", "pk")[:most]
    )
    found = [
        (case, place)
        for case in cases
        for place in _places(case, unit)
        if place.is_open and (not kinds or place.kind_id in kinds)
    ]
    moves = Transition.objects.filter(case__in=[case for case, _place in found])
    known, gone = set[tuple[int, int]](), set[tuple[int, int]]()
    for case_id, unit_id, day, state in moves.values_list("case_id", "from_unit_id", "move_on", "state"):
        if state in _GONE:
            gone.add((case_id, unit_id))
        elif day == move_on and state != TransitionState.CANCELLED:
            known.add((case_id, unit_id))
    receivers = list(receivers)
    return [
        Candidate(case, place, likely_receiver(place, receivers), (case.pk, place.pk) in known)
        for case, place in found
        if (case.pk, place.pk) not in gone
    ][:most]


def receivers_for(kind: TransitionKind, beside: Unit) -> list[Unit]:
    """List the open units of the municipality that receive children by this kind of move, by name. Two queries."""
    if kind.leaves_town:
        return []
    units = Unit.objects.filter(open_units_beside(beside)).prefetch_related("serves").order_by("name", "pk")
    kinds = list(kind.to_kinds.values_list("pk", flat=True))
    return list(units.filter(kind__in=kinds) if kinds else units)


def likely_receiver(unit: Unit, receivers: list[Unit]) -> Unit | None:
    """Suggest who receives the children of a unit: where they go on by rule, else the one that works for the unit.

    Of several, the one that works for the smallest part of the town; where two are as near, nobody.
    """
    by_id = {receiver.pk: receiver for receiver in receivers if receiver.pk != unit.pk}
    if unit.continues_at_id in by_id:
        return by_id[unit.continues_at_id]
    near = sorted(
        ((_nearness(receiver, unit), receiver.pk) for receiver in by_id.values() if _nearness(receiver, unit)),
        reverse=True,
    )
    if not near or (len(near) > 1 and near[0][0] == near[1][0]):
        return None
    return by_id[near[0][1]]


def _nearness(receiver: Unit, unit: Unit) -> int:
    return max(
        (len(served.place) for served in receiver.serves.all() if unit.place.startswith(served.place)), default=0
    )


def _places(case: Case, unit: Unit) -> list[Unit]:
    """List the units that take part in a case, the holder's first, of those at or below ``unit``."""
    parts = [part.unit for part in case.parts_below]  # type: ignore[attr-defined]
    holders = [case.holder_unit] if case.holder_unit.place.startswith(unit.place) else []
    return [*holders, *(place for place in parts if place.pk != case.holder_unit_id)]
