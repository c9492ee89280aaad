"""Numbers of records that do not exist, in the systems that such units use."""

from __future__ import annotations

from coordination.commands.cases import ReferenceDraft
from coordination.demo.play import Play
from coordination.models import ReferenceSystem, Unit

SYSTEMS = {"PPR": "ppr_journal", "SPL": "novax", "FAM": "dubu"}


def record_of(play: Play, unit: Unit) -> ReferenceDraft:
    """Make up the number of a record in the unit's own system."""
    code = SYSTEMS.get(unit.code, "aula")
    number = {
        "ppr_journal": f"P-{play.begin.year}-{play.rng.randrange(100, 10000)}",
        "novax": f"N{play.rng.randrange(100000, 999999)}",
        "dubu": f"{play.rng.randrange(1000000, 9999999)}",
        "aula": f"A{play.rng.randrange(1000000, 9999999)}",
    }[code]
    return ReferenceDraft(play.term(ReferenceSystem, code), number)
