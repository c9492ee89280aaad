"""What is known of a child's cases, as it may be told to the child or the parents: no employee is named."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone

from coordination.models import (
    NOTES_ARE_KEPT,
    Basis,
    Case,
    ErasureRequest,
    Holding,
    Partnership,
    PracticalNote,
    Reference,
    ReferencePurpose,
    ReferenceSystem,
    RetentionHold,
)
from coordination.privacy.references import indexes_of
from coordination.queries.officers import cases_in


@dataclass(frozen=True)
class Stretch:
    """Something from a day to a day: that a unit took part, or that a basis was in force. None: it still is."""

    what: str
    first_on: date
    last_on: date | None


@dataclass(frozen=True)
class SubjectCase:
    """One case from outside."""

    case: Case
    opened_on: date
    closed_on: date | None
    theme: str
    units: tuple[Stretch, ...]
    bases: tuple[Stretch, ...]
    systems: tuple[str, ...]
    notes: tuple[Stretch, ...]
    held_since: date | None
    asked_on: date | None


def cases_with_record(system: ReferenceSystem, number: str, *, roots: set[int]) -> QuerySet[Case]:
    """Find the cases of these municipalities that have a record, open and closed."""
    same = Reference.objects.filter(
        case=OuterRef("pk"), purpose=ReferencePurpose.RECORD, number_index__in=indexes_of(system, number)
    )
    return cases_in(roots).filter(Exists(same))


def read_subject_cases(ids: Collection[int]) -> list[SubjectCase]:
    """Read cases from outside, the newest first; with as many queries however many there are."""
    cases = Case.objects.filter(pk__in=ids).select_related("theme", "holder_unit").order_by("-opened_at", "-pk")
    found = cases.prefetch_related(
        Prefetch("holdings", Holding.objects.select_related("unit")),
        Prefetch("partnerships", Partnership.objects.select_related("unit")),
        Prefetch("bases", Basis.objects.select_related("statutory")),
        Prefetch("references", Reference.objects.select_related("system").defer("sealed_number", "number_index")),
        Prefetch("notes", PracticalNote.objects.defer("text")),
        Prefetch("holds", RetentionHold.objects.filter(lifted_at=None)),
    )
    asked = dict(ErasureRequest.objects.filter(case__in=ids).values_list("case", "asked_at"))
    return [_as_subject_case(case, asked.get(case.pk)) for case in found]


def _as_subject_case(case: Case, asked_at: datetime | None) -> SubjectCase:
    taking_part = [*case.holdings.all(), *case.partnerships.all()]
    held = next((timezone.localdate(hold.placed_at) for hold in case.holds.all()), None)
    return SubjectCase(
        case=case,
        opened_on=timezone.localdate(case.opened_at),
        closed_on=_day(case.closed_at),
        theme=case.theme.label,
        units=tuple(
            Stretch(part.unit.name, timezone.localdate(part.began_at), _day(part.ended_at or case.closed_at))
            for part in sorted(taking_part, key=lambda part: part.began_at)
        ),
        bases=tuple(
            Stretch(
                basis.statutory.label if basis.statutory else basis.get_kind_display(),
                timezone.localdate(basis.recorded_at),
                _day(basis.ended_at) or basis.ends_on,
            )
            for basis in case.bases.all()
        ),
        systems=tuple(sorted({reference.system.label for reference in case.references.all()})),
        notes=tuple(
            # That it stands there, and until when at the latest; its words are for those who see the case.
            Stretch(
                "",
                timezone.localdate(note.written_at),
                timezone.localdate(note.written_at + NOTES_ARE_KEPT),
            )
            for note in case.notes.all()
        ),
        held_since=held,
        asked_on=_day(asked_at),
    )


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at is not None else None
