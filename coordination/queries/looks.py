"""Who has looked at a case, by day and person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDate

from coordination.models import AccessRecord, Case, Membership

PER_PAGE = 30


@dataclass(frozen=True)
class OpenedReference:
    """That a reference was opened: into which system it points, and the reason that a leader gave."""

    system: str
    reason: str


@dataclass(frozen=True)
class Looks:
    """What one person looked at on one Danish day."""

    day: date
    person: str
    units: str
    times: int
    opened: list[OpenedReference] = field(default_factory=list)


def read_looks(case: Case, *, page: int) -> Page[Any]:
    """Read one page of who has looked at the case, newest first; its ``object_list`` holds looks. Four queries."""
    records = AccessRecord.objects.filter(case=case).order_by()
    grouped = (
        records.annotate(day=TruncDate("at"))
        .values("day", "viewer_id", "viewer__name")
        .annotate(times=Count("pk", filter=Q(reference=None)), last_at=Max("at"))
        .order_by("-day", "-last_at")
    )
    found = Paginator(grouped, PER_PAGE).get_page(page)
    rows = list(found.object_list)
    people = {row["viewer_id"] for row in rows}
    units = _units_of(people)
    opened = _opened(records, people)
    found.object_list = [
        Looks(
            day=row["day"],
            person=row["viewer__name"],
            units=", ".join(units[row["viewer_id"]]),
            times=row["times"],
            opened=opened[row["day"], row["viewer_id"]],
        )
        for row in rows
    ]
    return found


def _units_of(people: set[int]) -> dict[int, list[str]]:
    names = defaultdict(list)
    for user_id, name in Membership.objects.live().filter(user_id__in=people).values_list("user_id", "unit__name"):
        names[user_id].append(name)
    return names


def _opened(records: Any, people: set[int]) -> dict[tuple[date, int], list[OpenedReference]]:
    """Find the references opened by these people; each reference once a day and reason."""
    found: dict[tuple[date, int], list[OpenedReference]] = defaultdict(list)
    opened = records.filter(viewer_id__in=people, reference__isnull=False).annotate(day=TruncDate("at"))
    for record in opened.select_related("reference__system", "reason").order_by("at"):
        line = OpenedReference(
            system=record.reference.system.label if record.reference else "",
            reason=record.reason.label if record.reason else "",
        )
        if line not in found[record.day, record.viewer_id]:
            found[record.day, record.viewer_id].append(line)
    return found
