"""What a rule would mean if something were asked today: on which days whom it tells, and how the message begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.utils.translation import gettext as _

from coordination.models import Deadline, DeadlineKind, Unit, User
from coordination.queries.calendars import calendar_of
from coordination.queries.rules import Rule
from coordination.rules.day_words import whole_day
from coordination.rules.steps import PlannedStep, planned_days
from notifications.models import Audience
from notifications.planning.people import leaders_over
from notifications.wording.deadlines import wording_of
from notifications.wording.facts import Facts

REPEATS_SHOWN = 2


@dataclass(frozen=True)
class ToldLine:
    """Who is told, and the headline of the message to them."""

    who: str
    headline: str


@dataclass(frozen=True)
class StepPreview:
    """One step: its day, whom it tells. ``is_past``: its day would have passed already, so that it is not owed."""

    day: date
    lines: list[ToldLine]
    is_past: bool
    is_repeat: bool


@dataclass(frozen=True)
class Preview:
    """One example of a rule."""

    unit: Unit
    due_on: date
    steps: list[StepPreview]


def preview_of(kind: DeadlineKind, rule: Rule, unit: Unit, *, today: date, urgent: bool) -> Preview:
    """Work out what would come if a unit were asked today, in its working days and the active language."""
    calendar = calendar_of(unit)
    due_on = calendar.shift(today, rule.limit(urgent=urgent))
    leader, above = leaders_over(Deadline(kind=kind, unit=unit))
    names = dict(User.objects.filter(pk__in=[leader, above]).values_list("pk", "name"))
    who = {
        "owner": _("the one who owes it"),
        "asker": _("the one who asked, and the holder"),
        "leader": names.get(leader or 0, ""),
        "leader_above": names.get(above or 0, ""),
    }
    facts = Facts(unit=unit.name, day=whole_day(due_on))
    steps = [
        StepPreview(
            day=day,
            lines=_lines(kind, step, who, facts, is_late=due_on < day),
            is_past=day <= today,
            is_repeat=place >= len(rule.steps),
        )
        for place, (day, step) in enumerate(
            islice(planned_days(rule.steps, due_on, calendar), len(rule.steps) + REPEATS_SHOWN)
        )
    ]
    return Preview(unit=unit, due_on=due_on, steps=steps)


def _lines(
    kind: DeadlineKind, step: PlannedStep, who: dict[str, str], facts: Facts, *, is_late: bool
) -> list[ToldLine]:
    audiences = {
        "owner": Audience.OWNER,
        "asker": Audience.ASKER,
        "leader": Audience.LEADER,
        "leader_above": Audience.LEADER,
    }
    return [
        ToldLine(who[name], facts.filled_in(str(wording_of(kind, audience, is_late=is_late).headline)))
        for name, audience in audiences.items()
        if getattr(step.told, name) and who[name]
    ]
