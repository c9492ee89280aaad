"""Counting: what the figures of a municipality are, before anything is hidden. One query for each population.

What is counted on a day is counted as it stood at the end of that day, by the times that the rows hold: reckoned an
hour or a week later, it is the same. A case is counted in the unit that held the baton, an ask in the one asked.
What has to be done by a day counts in the period of that day, so that silence counts as much as a late answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from coordination.models import (
    Absence,
    Deadline,
    DeadlineKind,
    Holding,
    Involvement,
    InvolvementKind,
    Landing,
    Membership,
    MissingKnowledge,
    Population,
    Settlement,
    Transition,
    Unit,
)
from coordination.rules.periods import Period

ASKS = (DeadlineKind.ANSWER_INVITATION, DeadlineKind.ANSWER_HANDOVER, DeadlineKind.ANSWER_JOIN_REQUEST)
MISSING = "missing:"

# Shorter than a period: an ask of the oldest kind need not have been open on the last day of the one before.
A_WEEK, THREE_WEEKS = timedelta(days=7), timedelta(days=21)


@dataclass(frozen=True)
class Tally:
    """For each table its outcomes in order, and for each unit by itself how many had which."""

    outcomes: Mapping[str, tuple[str, ...]]
    counts: Mapping[str, Mapping[int, tuple[int, ...]]]

    @property
    def totals(self) -> dict[int, int]:
        """How many each unit counts by itself; the same in every table."""
        return {unit: sum(counts) for unit, counts in next(iter(self.counts.values())).items()}


def count(population: Population, root: Unit, period: Period) -> Tally:
    """Count one population of a municipality in a period."""
    return _COUNTED[population](root.place, period)


def begins_at(day: date) -> datetime:
    """Give the moment at which a Danish day begins."""
    return timezone.make_aware(datetime.combine(day, time()))


def ends_at(period: Period) -> datetime:
    """Give the moment at which the last day of a period is over."""
    return begins_at(period.last_on + timedelta(days=1))


def asks_due(place: str, period: Period) -> QuerySet[Deadline]:
    """Asks of units at or below a place whose day lay in a period, but not those taken back by then.

    ``settled_on``: the day on which a yes or a no came, or the ask was taken back; none while it waits.
    """
    due = _due(ASKS, place, period)
    return due.filter(Q(settled_on=None) | Q(settled_on__gt=F("due_on")) | Q(settlement=Settlement.MET))


def _answers(place: str, period: Period) -> Tally:
    in_time = Q(settlement=Settlement.MET, settled_on__lte=F("due_on"))
    return _tally(asks_due(place, period), "unit_id", {"answers": _two("in_time", "late", in_time)})


def _open_asks(place: str, period: Period) -> Tally:
    end = ends_at(period)
    asks = Deadline.objects.filter(_open_at(end), kind__in=ASKS, unit__path__startswith=place).order_by()
    young, old = Q(opened_at__gte=end - A_WEEK), Q(opened_at__lt=end - THREE_WEEKS)
    return _tally(asks, "unit_id", {"ages": {"week": young, "three_weeks": ~young & ~old, "older": old}})


def _cases(place: str, period: Period) -> Tally:
    end = ends_at(period)
    held = (
        Holding.objects.filter(Q(ended_at=None) | Q(ended_at__gte=end), unit__path__startswith=place, began_at__lt=end)
        .filter(Q(case__closed_at=None) | Q(case__closed_at__gte=end), case__opened_at__lt=end)
        .annotate(
            is_without_step=_owed(DeadlineKind.NEXT_STEP, end),
            is_heard=_involved(InvolvementKind.CHILD, end),
            is_involved=_involved(InvolvementKind.PARENTS, end),
            baton=_baton(period.last_on, end),
        )
        .order_by()
    )
    return _tally(
        held,
        "unit_id",
        {
            "next_step": _two("has", "missing", Q(is_without_step=False)),
            "baton": {state: Q(baton=state) for state in ("safe", "away", "asked", "gone")},
            "child": _two("heard", "not_yet", Q(is_heard=True)),
            "parents": _two("involved", "not_yet", Q(is_involved=True)),
        },
    )


def _receptions(place: str, period: Period) -> Tally:
    """Count the children to be received, but not those whom the unit said no to by then."""
    due = _due([DeadlineKind.RECEIVE_TRANSITION], place, period)
    is_received = Q(settled_at=F("transition__received_at"))
    due = due.filter(Q(settled_on=None) | Q(settled_on__gt=F("due_on")) | is_received)
    in_time = is_received & Q(settled_on__lte=F("due_on"))
    return _tally(due, "unit_id", {"received": _two("in_time", "late", in_time)})


def _landings(place: str, period: Period) -> Tally:
    landed = Transition.objects.filter(
        to_unit__path__startswith=place,
        landed_at__gte=begins_at(period.first_on),
        landed_at__lt=ends_at(period),
    ).order_by()
    missing = MissingKnowledge.objects.values_list("code", flat=True)
    outcomes = {"well": Q(landing=Landing.WELL), "needs_more": Q(landing=Landing.NEEDS_MORE)}
    outcomes |= {f"{MISSING}{code}": Q(missing__code=code) for code in missing}
    return _tally(landed, "to_unit_id", {"landed": outcomes})


_COUNTED = {
    Population.ANSWERS: _answers,
    Population.OPEN_ASKS: _open_asks,
    Population.CASES: _cases,
    Population.RECEPTIONS: _receptions,
    Population.LANDINGS: _landings,
}


def _due(kinds: Collection[DeadlineKind], place: str, period: Period) -> QuerySet[Deadline]:
    due = Deadline.objects.filter(
        kind__in=kinds,
        unit__path__startswith=place,
        due_on__gte=period.first_on,
        due_on__lte=period.last_on,
    )
    return due.annotate(settled_on=TruncDate("settled_at")).order_by()


def _two(yes: str, no: str, condition: Q) -> dict[str, Q]:
    return {yes: condition, no: ~condition}


def _tally(queryset: QuerySet[Any], unit: str, tables: Mapping[str, Mapping[str, Q]]) -> Tally:
    """Let the database count, for each unit, how many rows have which outcome of each table."""
    numbered = {
        f"n{place}": (table, outcome)
        for place, (table, outcome) in enumerate(
            (table, outcome) for table, outcomes in tables.items() for outcome in outcomes
        )
    }
    counted = queryset.values(unit).annotate(
        **{name: Count("pk", filter=tables[table][outcome]) for name, (table, outcome) in numbered.items()}
    )
    counts: dict[str, dict[int, tuple[int, ...]]] = {table: {} for table in tables}
    for row in counted:
        for table in tables:
            counts[table][row[unit]] = tuple(row[name] for name, (other, _) in numbered.items() if other == table)
    return Tally({table: tuple(outcomes) for table, outcomes in tables.items()}, counts)


def _open_at(end: datetime) -> Q:
    return Q(opened_at__lt=end) & (Q(settled_at=None) | Q(settled_at__gte=end))


def _owed(kind: DeadlineKind, end: datetime) -> Exists:
    return Exists(Deadline.objects.filter(_open_at(end), case=OuterRef("case"), kind=kind))


def _involved(kind: InvolvementKind, end: datetime) -> Exists:
    took_place = Involvement.objects.filter(case=OuterRef("case"), kind=kind, form__isnull=False)
    return Exists(took_place.filter(recorded_at__lt=end))


def _baton(last_on: date, end: datetime) -> Choose:
    """Say what threatens a baton, the worst first: its holder gone, wanting to let it go, or away."""
    belongs = Membership.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=end), user=OuterRef("holder"), unit=OuterRef("unit"), began_at__lt=end
    )
    away = Absence.objects.filter(user=OuterRef("holder"), first_on__lte=last_on, last_on__gte=last_on)
    return Choose(
        When(~Exists(belongs) | _owed(DeadlineKind.ASSIGN_HOLDER, end), then=Value("gone")),
        When(case__release_asked_at__lt=end, then=Value("asked")),
        When(Exists(away), then=Value("away")),
        default=Value("safe"),
    )
