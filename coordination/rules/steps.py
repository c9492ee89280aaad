"""The steps of a deadline: on which days who is told. Pure: days in, days out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from coordination.models import Escalation
from coordination.rules.workdays import WorkCalendar


@dataclass(frozen=True)
class Told:
    """Who is told by a step, or by several taken together."""

    owner: bool = False
    asker: bool = False
    leader: bool = False
    leader_above: bool = False

    def __or__(self, other: Told) -> Told:
        """Tell everybody whom either tells."""
        return Told(
            self.owner or other.owner,
            self.asker or other.asker,
            self.leader or other.leader,
            self.leader_above or other.leader_above,
        )

    @property
    def escalation(self) -> Escalation:
        """How far up this takes the deadline."""
        if self.leader_above:
            return Escalation.LEADER_ABOVE
        return Escalation.LEADER if self.leader else Escalation.NONE


@dataclass(frozen=True)
class PlannedStep:
    """So many working days from the due day, these are told; perhaps again every so many working days."""

    offset: int
    told: Told
    repeat: int | None = None


def planned_days(
    steps: Sequence[PlannedStep], due_on: date, calendar: WorkCalendar
) -> Iterator[tuple[date, PlannedStep]]:
    """Go through the days of the steps in order; without end where the last step repeats."""
    ordered = sorted(steps, key=lambda step: step.offset)
    day = due_on
    for step in ordered:
        # Days after a due day that nobody works on are counted from the working day that it comes to.
        day = calendar.shift(calendar.shift(due_on, 0) if step.offset > 0 else due_on, step.offset)
        yield day, step
    if ordered and ordered[-1].repeat:
        while True:
            day = calendar.shift(day, ordered[-1].repeat)
            yield day, ordered[-1]


def first_step_after(steps: Sequence[PlannedStep], due_on: date, calendar: WorkCalendar, after: date) -> date | None:
    """Find the day of the first step later than ``after``; none where no step is left."""
    return next((day for day, _step in planned_days(steps, due_on, calendar) if day > after), None)


def steps_owed(
    steps: Sequence[PlannedStep], due_on: date, calendar: WorkCalendar, *, after: date, until: date
) -> list[tuple[date, PlannedStep]]:
    """List the steps of the days later than ``after`` and no later than ``until``."""
    owed = []
    for day, step in planned_days(steps, due_on, calendar):
        if day > until:
            break
        if day > after:
            owed.append((day, step))
    return owed
