"""The level of a case, derived from who takes part and never typed (BTI levels 0 to 3, Socialstyrelsen)."""

from __future__ import annotations

from collections.abc import Collection

WONDERING, OWN_UNIT, TWO_UNITS, SEVERAL_UNITS = range(4)


def level_of(*, unit_ids: Collection[int], people: int) -> int:
    """Derive the level: 0 one person alone, 1 several in one unit, 2 two units, 3 more."""
    units = len(set(unit_ids))
    if units >= 3:
        return SEVERAL_UNITS
    if units == 2:
        return TWO_UNITS
    return OWN_UNIT if people > 1 else WONDERING
