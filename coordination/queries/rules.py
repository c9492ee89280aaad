"""The rules of deadlines as a municipality has set them."""

from __future__ import annotations

from dataclasses import dataclass

from coordination.models import DeadlineKind, RuleStep
from coordination.models import DeadlineRule as RuleRow
from coordination.rules.steps import PlannedStep, Told


@dataclass(frozen=True)
class Rule:
    """How many working days one has, and the steps."""

    limit_days: int
    urgent_limit_days: int
    steps: tuple[PlannedStep, ...]
    again_weeks: int | None = None

    def limit(self, *, urgent: bool) -> int:
        """The working days that one has."""
        return self.urgent_limit_days if urgent else self.limit_days


def rule_for(kind: DeadlineKind) -> Rule:
    """Read the rule of a kind of deadline."""
    row = RuleRow.objects.prefetch_related("steps").get(kind=kind)
    steps = tuple(planned(step) for step in row.steps.all())
    return Rule(row.limit_days, row.urgent_limit_days, steps, row.again_weeks)


def planned(step: RuleStep) -> PlannedStep:
    """Turn a stored step into what the pure rules work with."""
    return PlannedStep(
        offset=step.offset_days,
        told=Told(
            owner=step.tells_owner,
            asker=step.tells_asker,
            leader=step.tells_leader,
            leader_above=step.tells_leader_above,
        ),
        repeat=step.repeat_days,
    )
