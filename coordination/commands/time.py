"""The passing of time: what happens because a day has come, not because somebody did something."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from coordination.commands.bases import expire_consents
from coordination.commands.changing import again_after_deadlock
from coordination.models import Deadline, DeadlineKind, OutboxEntry, StepTaken, Submission
from coordination.queries.calendars import calendar_of
from coordination.queries.rules import rule_for
from coordination.rules.steps import Told, first_step_after, steps_owed

SUBMISSIONS_ARE_KEPT = timedelta(days=2)


def pass_time(*, now: datetime, limit: int = 200) -> int:
    """Do what time has brought by ``now``, at most ``limit`` things of each kind; say how many things were done.

    Doing it twice, or in two places at once, does nothing twice. What was missed while nobody called it is made good.
    """
    done = expire_consents(now=now, limit=limit) + take_due_steps(now=now, limit=limit)
    Submission.objects.filter(made_at__lt=now - SUBMISSIONS_ARE_KEPT).delete()
    return done


@again_after_deadlock
def take_due_steps(*, now: datetime, limit: int) -> int:
    """Take the steps of deadlines whose day has come; several late steps of one deadline become one."""
    today = timezone.localdate(now)
    with transaction.atomic():
        due = Deadline.objects.open().filter(next_step_on__lte=today).select_related("unit", "case")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        deadlines = list(due.order_by("next_step_on", "pk")[:limit])
        for deadline in deadlines:
            _take_steps(deadline, now)
    return len(deadlines)


def _take_steps(deadline: Deadline, now: datetime) -> None:
    today = timezone.localdate(now)
    rule, calendar = rule_for(DeadlineKind(deadline.kind)), calendar_of(deadline.unit)
    after = deadline.steps_until or timezone.localdate(deadline.opened_at)
    owed = steps_owed(rule.steps, deadline.due_on, calendar, after=after, until=today)
    if owed:
        told = Told()
        for _day, step in owed:
            told |= step.told
        last_day = owed[-1][0]
        step_taken = StepTaken.objects.create(
            deadline=deadline,
            planned_on=last_day,
            taken_at=now,
            tells_owner=told.owner,
            tells_asker=told.asker,
            tells_leader=told.leader,
            tells_leader_above=told.leader_above,
        )
        OutboxEntry.objects.create(step=step_taken)
        deadline.steps_until = last_day
        deadline.escalation = max(deadline.escalation, told.escalation)
    deadline.next_step_on = first_step_after(rule.steps, deadline.due_on, calendar, max(today, after))
    deadline.save(update_fields=["steps_until", "escalation", "next_step_on"])
