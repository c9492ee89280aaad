"""The same child, twice: found through the blind index, without any search."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from coordination.models import Case, CaseState, JoinState, Reference, ReferencePurpose, ReferenceSystem, Unit
from coordination.privacy.references import indexes_of


def open_cases_with(indexes: Collection[bytes], *, unit: Unit) -> QuerySet[Case]:
    """Find the open cases of the unit's municipality with one of these references, but for those that told it no.

    Numbers of journal systems repeat between municipalities.
    """
    root = unit.root_id_or_self
    own = Q(holder_unit_id=root) | Q(holder_unit__root_id=root)
    same = Reference.objects.filter(case=OuterRef("pk"), purpose=ReferencePurpose.RECORD, number_index__in=indexes)
    said_no = unit.join_requests.filter(case=OuterRef("pk"), state=JoinState.DECLINED)
    return Case.objects.filter(own, Exists(same), ~Exists(said_no), state=CaseState.OPEN)


def open_case_with(system: ReferenceSystem, number: str, *, unit: Unit, other_than: Case | None = None) -> Case | None:
    """Find the oldest open case that has the same reference, other than those that have told this unit no."""
    found = open_cases_with(indexes_of(system, number), unit=unit)
    if other_than is not None:
        found = found.exclude(pk=other_than.pk)
    return found.order_by("opened_at", "pk").first()
