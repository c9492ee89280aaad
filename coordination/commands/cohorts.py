"""Cohorts: a year's moves planned at once, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from coordination.commands.changing import again_after_deadlock
from coordination.commands.transitions import MoveDraft, plan_transition
from coordination.errors import Refusal
from coordination.models import Case, Transition, User


@dataclass(frozen=True)
class CohortRow:
    """One line of a cohort: a case, and its move. ``number`` is the line's own, for whoever reads what is wrong."""

    number: int
    case: Case
    draft: MoveDraft


@dataclass
class Planned:
    """What came of a cohort: the moves made, and how many had been planned before, each with the number of its line."""

    made: dict[int, Transition] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)
    refusals: dict[int, Refusal] = field(default_factory=dict)


class CohortRefused(Exception):
    """Some lines cannot be planned; nothing has been. ``refusals``: the number of each line, and why."""

    def __init__(self, refusals: dict[int, Refusal]) -> None:
        super().__init__(f"{len(refusals)} lines")
        self.refusals = refusals


@again_after_deadlock
def plan_cohort(
    *,
    rows: Sequence[CohortRow],
    actor: User,
    now: datetime,
    progress: Callable[[int], None] = lambda _done: None,
) -> Planned:
    """Plan the moves of a cohort in one transaction, as each of them is planned by itself.

    The same list again makes nothing twice: a move of the same case and unit on the same day counts as known. Raises
    ``CohortRefused`` with all that is wrong. ``progress`` is told how many lines have been dealt with.
    """
    planned = Planned()
    for done in plan_step_by_step(rows, planned, actor=actor, now=now):
        progress(done)
    return planned


@again_after_deadlock
def try_cohort(*, rows: Sequence[CohortRow], actor: User, now: datetime) -> Planned:
    """Say what would come of a cohort, line by line, by planning it and taking all of it back."""
    planned = Planned()
    with transaction.atomic():
        for _done in _plan_rows(rows, planned, actor=actor, now=now):
            pass
        transaction.set_rollback(True)
    return planned


def plan_step_by_step(rows: Sequence[CohortRow], planned: Planned, *, actor: User, now: datetime) -> Iterator[int]:
    """Plan a cohort as ``plan_cohort`` does, and say after each line how many have been dealt with.

    For whoever shows how far it has come. Whoever stops listening before the end has planned nothing; and where the
    database ends it for somebody else, it is not begun anew.
    """
    with transaction.atomic():
        yield from _plan_rows(rows, planned, actor=actor, now=now)
        if planned.refusals:
            raise CohortRefused(planned.refusals)


def _plan_rows(rows: Sequence[CohortRow], planned: Planned, *, actor: User, now: datetime) -> Iterator[int]:
    # In the order of the cases, so that two cohorts at once do not wait for each other in a ring.
    for done, row in enumerate(sorted(rows, key=lambda row: row.case.pk), start=1):
        if _is_known(row):
            planned.known.add(row.number)
        else:
            try:
                with transaction.atomic():
                    made = plan_transition(case=row.case, draft=row.draft, actor=actor, now=now)
                    planned.made[row.number] = made
            except Refusal as refusal:
                planned.refusals[row.number] = refusal
        yield done


def _is_known(row: CohortRow) -> bool:
    same = row.case.transitions.filter(from_unit=row.draft.from_unit, move_on=row.draft.move_on)
    return same.exclude(state="cancelled").exists()
