"""The same child, twice: found through the blind index, without any search."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from coordination.models import Case, CaseState, JoinState, Reference, ReferencePurpose, ReferenceSystem, Unit
from coordination.privacy.references import index_number


def open_cases_with(indexes: Collection[bytes] | QuerySet[Any, Any], *, unit: Unit) -> QuerySet[Case]:
    """Find the open cases that have one of these references, other than those that have told this unit no."""
    same = Reference.objects.filter(case=OuterRef("pk"), purpose=ReferencePurpose.RECORD, number_index__in=indexes)
    said_no = unit.join_requests.filter(case=OuterRef("pk"), state=JoinState.DECLINED)
    return Case.objects.filter(Exists(same), ~Exists(said_no), state=CaseState.OPEN)


def open_case_with(system: ReferenceSystem, number: str, *, unit: Unit, other_than: Case | None = None) -> Case | None:
    """Find the oldest open case that has the same reference, other than those that have told this unit no."""
    found = open_cases_with([index_number(system, number)], unit=unit)
    if other_than is not None:
        found = found.exclude(pk=other_than.pk)
    return found.order_by("opened_at", "pk").first()
