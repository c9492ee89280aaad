"""What has happened in a case, ready to be said: its events with names beside them, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from coordination.models import Case, Event, EventKind
from coordination.rules.access import Part

PER_PAGE = 20

_BATON = frozenset(
    {
        EventKind.CASE_OPENED,
        EventKind.CASE_REOPENED,
        EventKind.HANDOVER_ACCEPTED,
        EventKind.BATON_REQUEST_ACCEPTED,
        EventKind.HOLDER_ASSIGNED,
        EventKind.BATON_FELL,
    }
)
_FOR_THE_HOLDER = (EventKind.JOIN_ASKED, EventKind.JOIN_DECLINED, EventKind.JOIN_WITHDRAWN)
_NO = frozenset(
    {
        EventKind.INVITATION_DECLINED,
        EventKind.JOIN_DECLINED,
        EventKind.HANDOVER_DECLINED,
        EventKind.BATON_REQUEST_DECLINED,
    }
)


# What an event names by id beside its own unit and person.
_UNITS = ("onward", "closed", "from_unit", "to_unit", "reviewed_unit")
_PEOPLE = ("before", "gone", "instead", "contact")


@dataclass(frozen=True)
class Happening:
    """One event as its sentence needs it: names instead of rows, and days in ``data`` as days."""

    kind: str
    at: datetime
    actor: str
    unit: str
    person: str
    data: dict[str, Any]

    @property
    def template(self) -> str:
        """The template that says it."""
        return f"events/{self.kind}.html"

    @property
    def mark(self) -> str:
        """How the timeline marks it: "baton" where the baton moved, "no" for a no."""
        if self.kind in _BATON:
            return "baton"
        return "no" if self.kind in _NO else ""

    @property
    def day(self) -> date:
        """The Danish day on which it happened."""
        return timezone.localdate(self.at)


@dataclass(frozen=True)
class Timeline:
    """One page of what has happened, newest first; the numbers of the next newer and older one, zero for none."""

    happenings: list[Happening]
    newer: int
    older: int


def read_timeline(case: Case, part: Part, *, page: int) -> Timeline:
    """Read one page of what has happened: one query, since nobody needs to know how many pages there are.

    That another unit has met the same child is for the holder to know until they let it in.
    """
    number = max(1, page)
    events = Event.objects.filter(case=case).order_by("-at", "-id")
    if part < Part.HOLDER:
        events = events.exclude(kind__in=_FOR_THE_HOLDER)
    rows = events.values("kind", "at", "data", "actor__name", "unit__name", "person__name")
    found = list(rows[(number - 1) * PER_PAGE : number * PER_PAGE + 1])
    return Timeline(
        happenings=[as_happening(row) for row in found[:PER_PAGE]],
        newer=number - 1,
        older=number + 1 if len(found) > PER_PAGE else 0,
    )


def as_happening(row: dict[str, Any]) -> Happening:
    """Turn a row of values into what its sentence needs."""
    return Happening(
        kind=row["kind"],
        at=row["at"],
        actor=row["actor__name"] or "",
        unit=row["unit__name"] or "",
        person=row["person__name"] or "",
        data={key: _as_time(key, value) for key, value in row["data"].items()},
    )


def ids_named_in(happenings: Iterable[Happening]) -> tuple[set[int], set[int]]:
    """Gather the ids of units and of people that the sentences name beside the events' own."""
    rows = list(happenings)
    units = {row.data[key] for row in rows for key in _UNITS if row.data.get(key)}
    people = {row.data[key] for row in rows for key in _PEOPLE if row.data.get(key)}
    return units, people


def _as_time(key: str, value: Any) -> Any:
    """Read days and times back from JSON; the suffix says which it is."""
    if isinstance(value, str) and key.endswith("_on"):
        return date.fromisoformat(value)
    if isinstance(value, str) and key.endswith("_at"):
        return timezone.localtime(datetime.fromisoformat(value))
    return value
