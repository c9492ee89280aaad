"""Cases as rows of a list: how many take part, what is due next, and whether there is something new to read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from coordination.models import AccessRecord, Case, Deadline, DeadlineKind, Event, Partnership
from coordination.rules.actors import Actor
from coordination.rules.levels import level_of

# All that the words about a deadline are made of.
DEADLINE_PARTS = (
    "case__holder",
    "owner",
    "unit",
    "invitation__ask",
    "invitation__unit",
    "invitation__sent_unit",
    "invitation__onward_unit",
    "join_request__unit",
    "handover__begun_by",
    "handover__to_person",
    "agreement__kind",
    "agreement__owner",
    "basis",
    "meeting__kind",
    "attendance__meeting__kind",
    "attendance__person",
    "milestone__kind",
    "milestone__transition__from_unit",
    "milestone__transition__to_unit",
    "transition__from_unit",
    "transition__to_unit",
)


@dataclass(frozen=True)
class CaseRow:
    """A case, its level, the first thing due in it, and whether others did something since one's last look."""

    case: Case
    level: int
    next_due: Deadline | None
    is_new: bool


def read_case_rows(cases: QuerySet[Case], actor: Actor) -> list[CaseRow]:
    """Read the rows of ``cases``, which the caller has limited: three queries, however many there are."""
    due = Deadline.objects.open().filter(case=OuterRef("pk")).order_by("due_on", "pk")
    looks = AccessRecord.objects.filter(case=OuterRef("pk"), viewer=actor.user).order_by("-at")
    doings = Event.objects.filter(case=OuterRef("pk")).exclude(actor=actor.user).order_by("-pk")
    found = list(
        cases.select_related("theme", "holder", "holder_unit").annotate(
            next_due_id=Subquery(due.exclude(kind=DeadlineKind.RENEW_CONSENT).values("pk")[:1]),
            looked_at=Subquery(looks.values("at")[:1]),
            others_did_at=Subquery(doings.values("at")[:1]),
        )
    )
    next_due = Deadline.objects.select_related(*DEADLINE_PARTS).in_bulk(
        [case.next_due_id for case in found if case.next_due_id]
    )
    levels = levels_of(found)
    return [
        CaseRow(
            case=case,
            level=levels[case.pk],
            next_due=next_due.get(case.next_due_id),
            is_new=case.others_did_at is not None and (case.looked_at is None or case.others_did_at > case.looked_at),
        )
        for case in found
    ]


def levels_of(cases: Sequence[Case]) -> dict[int, int]:
    """Derive the level of each case from its holder and its live partners: one query."""
    units: dict[int, set[int]] = defaultdict(set)
    people: dict[int, set[int]] = defaultdict(set)
    live = Partnership.objects.live().filter(case__in=[case.pk for case in cases])
    for case_id, unit_id, contact_id in live.values_list("case_id", "unit_id", "contact_id"):
        units[case_id].add(unit_id)
        people[case_id].add(contact_id)
    return {
        case.pk: level_of(
            unit_ids=units[case.pk] | {case.holder_unit_id}, people=len(people[case.pk] | {case.holder_id})
        )
        for case in cases
    }
