"""What the data-protection officer reads: both logs of their municipalities as one, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case as Case_
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from coordination.models import AccessRecord, Case, Event, EventKind, Log, Membership, Unit, User
from coordination.queries.log import midnight
from coordination.queries.names import has_words
from coordination.queries.officers import cases_in
from coordination.queries.timeline import Happening, as_happening
from coordination.queries.visibility import at_or_below
from coordination.rules.actors import Actor

PER_PAGE = 50
MOST_PEOPLE = 50

Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Place:
    """A row's place in both logs: the moment, which log, and its id there."""

    at: datetime
    log: Log
    row_id: int


@dataclass(frozen=True)
class LogFilter:
    """What is asked for. ``people``: the ids of those of whom the rows are; None for everybody's. Days are Danish."""

    case: Case | None = None
    people: tuple[int, ...] | None = None
    unit: Unit | None = None
    first_on: date | None = None
    last_on: date | None = None
    only: Log | None = None


@dataclass(frozen=True)
class LogRow:
    """One row of the logs: who, when, in which case; a look with what was opened, or what happened."""

    place: Place
    who: str
    username: str
    code: str
    opened_reference: bool = False
    system: str = ""
    reason: str = ""
    happening: Happening | None = None

    @property
    def at(self) -> datetime:
        """When it was."""
        return self.place.at


@dataclass(frozen=True)
class LogPage:
    """Rows, newest first; ``next_after``: the place after which the next page begins, if there is one."""

    rows: list[LogRow]
    next_after: Place | None


@dataclass(frozen=True)
class Consultation:
    """How often, on a day, the case or a reference of it was looked at, and why where a reason was asked for."""

    day: date
    opened_reference: bool
    reason: str
    times: int


def roots_read_by(actor: Actor) -> set[int]:
    """Give the ids of the municipalities whose logs the actor reads."""
    if not actor.officer_paths:
        return set()
    return set(Unit.objects.filter(path__in=actor.officer_paths).values_list("pk", flat=True))


def find_case(actor: Actor, code: str) -> Case | None:
    """Find a case of the actor's municipalities by its code; None for any other, whether or not there is one."""
    return cases_in(roots_read_by(actor)).filter(code=code).first()


def find_people(actor: Actor, words: str) -> list[User]:
    """Find the people who are or were in the actor's municipalities, by name or user name; the first ones."""
    there = Membership.objects.filter(at_or_below(actor.officer_paths, "unit__path"))
    found = User.objects.filter(has_words(words, "name", "username"), pk__in=there.values("user"))
    return list(found.order_by("name", "pk")[: MOST_PEOPLE + 1])


def units_read_by(actor: Actor) -> QuerySet[Unit]:
    """Find all units of the actor's municipalities, open and closed."""
    return Unit.objects.filter(at_or_below(actor.officer_paths, "path")).order_by("name", "pk")


def read_log(actor: Actor, wanted: LogFilter, *, after: Place | None = None, most: int = PER_PAGE) -> LogPage:
    """Read one page of what is asked for, of the actor's municipalities only. Three queries."""
    cases = cases_in(roots_read_by(actor))
    rows = []
    if wanted.only != Log.EVENT:
        looks = _beyond(_looks(cases, wanted), Log.ACCESS, after)
        rows += [_look(row) for row in looks.order_by("-at", "-pk").values(*_OF_LOOKS)[: most + 1]]
    if wanted.only != Log.ACCESS:
        events = _beyond(_events(actor, cases, wanted), Log.EVENT, after)
        rows += [_event(row) for row in events.order_by("-at", "-pk").values(*_OF_EVENTS)[: most + 1]]
    rows.sort(key=lambda row: (row.place.at, row.place.log, row.place.row_id), reverse=True)
    return LogPage(rows[:most], rows[most - 1].place if len(rows) > most else None)


def consultations_of(case: Case, wanted: LogFilter) -> Iterator[Consultation]:
    """Count, day by day, the looks at a case, for whoever it is about: nobody's name, and no unit. One query."""
    days = _looks(Case.objects.filter(pk=case.pk), replace(wanted, case=case, people=None, unit=None))
    counted = (
        days.order_by()
        .annotate(day=TruncDate("at"), opened=Case_(When(reference=None, then=Value(0)), default=Value(1)))
        .values("day", "opened", "reason__code")
        .annotate(times=Count("pk"))
        .order_by("day", "opened", "reason__code")
    )
    for row in counted:
        yield Consultation(row["day"], bool(row["opened"]), row["reason__code"] or "", row["times"])


_OF_LOOKS = (
    "pk",
    "at",
    "viewer__name",
    "viewer__username",
    "case__code",
    "reference_id",
    "reference__system__code",
    "reason__code",
)
_OF_EVENTS = (
    "pk",
    "kind",
    "at",
    "data",
    "actor__name",
    "actor__username",
    "unit__name",
    "person__name",
    "case__code",
)


def _look(row: dict[str, Any]) -> LogRow:
    return LogRow(
        place=Place(row["at"], Log.ACCESS, row["pk"]),
        who=row["viewer__name"],
        username=row["viewer__username"],
        code=row["case__code"],
        opened_reference=row["reference_id"] is not None,
        system=row["reference__system__code"] or "",
        reason=row["reason__code"] or "",
    )


def _event(row: dict[str, Any]) -> LogRow:
    return LogRow(
        place=Place(row["at"], Log.EVENT, row["pk"]),
        who=row["actor__name"] or "",
        username=row["actor__username"] or "",
        code=row["case__code"] or "",
        happening=as_happening(row),
    )


def _looks(cases: QuerySet[Case], wanted: LogFilter) -> Rows:
    looks = _within(AccessRecord.objects.all(), wanted)
    looks = looks.filter(case=wanted.case) if wanted.case is not None else looks.filter(case__in=cases.values("pk"))
    if wanted.people is not None:
        looks = looks.filter(viewer_id__in=wanted.people)
    return looks.filter(_belonged("viewer", wanted.unit)) if wanted.unit is not None else looks


def _events(actor: Actor, cases: QuerySet[Case], wanted: LogFilter) -> Rows:
    events = _within(Event.objects.all(), wanted)
    if wanted.case is not None:
        events = events.filter(Q(case=wanted.case) | Q(subject="case", subject_id=wanted.case.pk))
    else:
        theirs = Membership.objects.filter(at_or_below(actor.officer_paths, "unit__path")).values("user")
        of_people = Q(unit=None, person__in=theirs) | Q(unit=None, person=None, actor__in=theirs)
        of_nobody = Q(case=None) & (at_or_below(actor.officer_paths, "unit__path") | of_people)
        events = events.filter(Q(case__in=cases.values("pk")) | of_nobody | Q(kind=EventKind.LOG_CLEARED))
    if wanted.people is not None:
        events = events.filter(Q(actor_id__in=wanted.people) | Q(person_id__in=wanted.people))
    if wanted.unit is not None:
        events = events.filter(Q(unit__path__startswith=wanted.unit.place) | _belonged("actor", wanted.unit))
    return events


def _belonged(person: str, unit: Unit) -> Exists:
    """Build the condition that the person of a row belonged to the unit, or one below it, when it was."""
    return Exists(
        Membership.objects.filter(
            Q(ended_at=None) | Q(ended_at__gte=OuterRef("at")),
            user=OuterRef(person),
            unit__path__startswith=unit.place,
            began_at__lte=OuterRef("at"),
        )
    )


def _within(rows: Rows, wanted: LogFilter) -> Rows:
    if wanted.first_on is not None:
        rows = rows.filter(at__gte=midnight(wanted.first_on))
    if wanted.last_on is not None:
        rows = rows.filter(at__lt=midnight(wanted.last_on + timedelta(days=1)))
    return rows


def _beyond(rows: Rows, log: Log, after: Place | None) -> Rows:
    """Keep the rows that come after a place, in the order of time, log and id; all of them from the beginning."""
    if after is None:
        return rows
    same_moment = Q(at=after.at)
    if log == after.log:
        same_moment &= Q(pk__lt=after.row_id)
    elif log > after.log:
        same_moment &= Q(pk__in=[])
    return rows.filter(Q(at__lt=after.at) | same_moment)
