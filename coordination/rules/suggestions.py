"""Which units to suggest as partners: those that work for the unit, first those that usually help with the theme."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A unit that could be invited: what it is, and whom it works for (paths)."""

    unit_id: int
    name: str
    kind_id: int
    path: str
    serves_paths: tuple[str, ...] = ()


def suggest_units(candidates: Iterable[Candidate], *, own_path: str, theme_kind_ids: Iterable[int]) -> list[Candidate]:
    """Sort out the units that work for the unit at ``own_path``, the theme's usual helpers first, then by name.

    A helper's place in ``theme_kind_ids`` counts: the municipality has put them in order.
    """
    ranks = {kind_id: rank for rank, kind_id in enumerate(theme_kind_ids)}
    serving = [
        candidate
        for candidate in candidates
        if candidate.path != own_path and any(own_path.startswith(served) for served in candidate.serves_paths)
    ]
    return sorted(serving, key=lambda candidate: (ranks.get(candidate.kind_id, len(ranks)), candidate.name))
