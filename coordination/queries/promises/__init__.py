"""The promises as far as a database can be asked about them: for operators, for tests, after every restore."""

from coordination.queries.promises import asks, batons, endings, moves, owing, parts, traces  # noqa: F401 (they register)
from coordination.queries.promises.registry import INVARIANTS, Break, Invariant, Verdict, find_breaks, judge

__all__ = ["INVARIANTS", "Break", "Invariant", "Verdict", "find_breaks", "judge"]
