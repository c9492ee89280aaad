"""Which units to suggest as partners, and which others a search finds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from coordination.models import Theme, Unit
from coordination.rules.suggestions import Candidate, suggest_units

MOST_FOUND = 12


@dataclass(frozen=True)
class Suggestion:
    """A unit to suggest. ``is_usual``: of a kind that the municipality has named as usual helpers with the theme."""

    unit_id: int
    name: str
    is_usual: bool


def open_units_beside(unit: Unit) -> Q:
    """Build the condition for the open units of the same municipality as ``unit``, itself included."""
    root_id = unit.root_id_or_self
    return Q(closed_at__isnull=True) & (Q(root_id=root_id) | Q(pk=root_id))


def suggest_partners(unit: Unit, *, theme: Theme | None = None, without: Collection[int] = ()) -> list[Suggestion]:
    """Suggest the open units that work for ``unit``, the theme's usual helpers first; ``without`` leaves some out."""
    serving = (
        Unit.objects.filter(open_units_beside(unit), serves__isnull=False)
        .exclude(pk__in=without)
        .distinct()
        .prefetch_related("serves")
    )
    usual_kinds = list(theme.helpers.values_list("unitkind", flat=True)) if theme is not None else []
    candidates = [
        Candidate(
            unit_id=candidate.pk,
            name=candidate.name,
            kind_id=candidate.kind_id,
            path=candidate.place,
            serves_paths=tuple(served.place for served in candidate.serves.all()),
        )
        for candidate in serving
    ]
    return [
        Suggestion(unit_id=found.unit_id, name=found.name, is_usual=found.kind_id in usual_kinds)
        for found in suggest_units(candidates, own_path=unit.place, theme_kind_ids=usual_kinds)
    ]


def search_units(words: str, *, beside: Unit, without: Collection[int] = ()) -> list[Unit]:
    """Find open units of the same municipality whose name or kind has all the words; at most ``MOST_FOUND``.

    Letters are compared without regard to case, in Danish too, on every database.
    """
    wanted = words.casefold().split()
    if not wanted:
        return []
    units = Unit.objects.filter(open_units_beside(beside)).exclude(pk__in=without).select_related("kind")
    found = (
        unit
        for unit in units
        if all(word in f"{unit.name} {unit.kind.label_da} {unit.kind.label_en}".casefold() for word in wanted)
    )
    return [unit for unit, _place in zip(found, range(MOST_FOUND), strict=False)]
