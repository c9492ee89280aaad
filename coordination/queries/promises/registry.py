"""What an invariant is: a named question to the database, of any size, that finds the rows that break a promise.

Each is a query of its own, so that what it finds was so at one instant, also while people work. Nothing is read that
says anything about a child: an answer holds the names of tables, ids and case codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

Rows = QuerySet[Any, Any]
Find = Callable[[date], Iterable[Rows]]

# How a row leads to the case that it belongs to; a table that is not named here belongs to none.
_CASE_CODE = {
    "case": "code",
    "attendance": "meeting__case__code",
    "outboxentry": "event__case__code",
    "milestone": "transition__case__code",
    "steptaken": "deadline__case__code",
    **dict.fromkeys(
        (
            "agreement", "basis", "deadline", "event", "handover", "holding", "invitation", "involvement",
            "joinrequest", "meeting", "partnership", "practicalnote", "reference", "transition",
        ),
        "case__code",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Invariant:
    """Something that holds at every instant. ``among``: the rows it is asked of; ``find``: those that break it."""

    name: str
    promise: int
    says: str
    among: Rows
    find: Find


@dataclass(frozen=True)
class Break:
    """One row that breaks an invariant. ``where`` holds the table, the id and the code of the case."""

    promise: int
    name: str
    where: str


@dataclass(frozen=True)
class Verdict:
    """What came of asking for one invariant: how many rows it is about, how many break it, and some of these."""

    invariant: Invariant
    checked: int
    broken: int
    examples: tuple[Break, ...]

    @property
    def holds(self) -> bool:
        """Whether no row breaks it."""
        return self.broken == 0


INVARIANTS: dict[str, Invariant] = {}


def invariant(promise: int, among: Rows) -> Callable[[Find], Find]:
    """Register a function that finds, for a day, the rows that break what its docstring says."""

    def register(find: Find) -> Find:
        says = (find.__doc__ or "").strip().splitlines()[0]
        INVARIANTS[find.__name__] = Invariant(find.__name__, promise, says, among, find)
        return find

    return register


def find_breaks(asked: Invariant, *, now: datetime) -> Iterator[Break]:
    """Go through the rows that break an invariant at ``now``, without ever holding all of them."""
    for rows in asked.find(timezone.localdate(now)):
        table = rows.model.__name__.lower()
        path = _CASE_CODE.get(table)
        found = rows.order_by("pk").values_list("pk", *([path] if path else []))
        for pk, *codes in found.iterator(chunk_size=500):
            of_case = f" of case {codes[0]}" if codes and codes[0] else ""
            yield Break(asked.promise, asked.name, f"{table} {pk}{of_case}")


def judge(asked: Invariant, *, now: datetime, limit: int) -> Verdict:
    """Count the rows that an invariant is about and those that break it; give at most ``limit`` of these."""
    breaks = find_breaks(asked, now=now)
    examples = tuple(islice(breaks, limit))
    broken = len(examples) + sum(1 for _more in breaks)
    return Verdict(asked, asked.among.all().count(), broken, examples)
