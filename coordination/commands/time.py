"""The passing of time: what happens because a day has come, not because somebody did something."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from coordination.commands.bases import expire_consents
from coordination.commands.changing import again_after_deadlock
from coordination.models import Deadline, DeadlineKind, OutboxEntry, StepTaken, Submission
from coordination.queries.calendars import calendar_of
from coordination.queries.rules import rule_for
from coordination.rules.steps import Told, first_step_after, steps_owed

SUBMISSIONS_ARE_KEPT = timedelta(days=2)

logger = logging.getLogger(__name__)


def pass_time(*, now: datetime, limit: int = 200, failed: set[int] | None = None) -> int:
    """Do what time has brought by ``now``, at most ``limit`` things of each kind; say how many things were done.

    Doing it twice, or in two places at once, does nothing twice. What was missed while nobody called it is made good.
    ``failed``: ids of deadlines to pass over, to which those are added whose steps could not be taken.
    """
    done = expire_consents(now=now, limit=limit)
    done += take_due_steps(now=now, limit=limit, failed=set() if failed is None else failed)
    Submission.objects.filter(made_at__lt=now - SUBMISSIONS_ARE_KEPT).delete()
    return done


@again_after_deadlock
def take_due_steps(*, now: datetime, limit: int, failed: set[int], kind: DeadlineKind | None = None) -> int:
    """Take the steps of deadlines whose day has come; several late steps of one deadline become one.

    A deadline whose steps cannot be taken keeps no other one waiting; its id is added to ``failed``. ``kind``: only of
    these.
    """
    today, done = timezone.localdate(now), 0
    with transaction.atomic():
        due = Deadline.objects.open().filter(next_step_on__lte=today).exclude(pk__in=failed)
        if kind is not None:
            due = due.filter(kind=kind)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        for deadline in due.select_related("unit", "case").order_by("next_step_on", "pk")[:limit]:
            try:
                with transaction.atomic():
                    _take_steps(deadline, now)
            except OperationalError:
                raise  # ended for another transaction: the whole batch is begun anew
            except Exception:
                logger.exception("The steps of deadline %s could not be taken; tried again next round.", deadline.pk)
                failed.add(deadline.pk)
            else:
                done += 1
    return done


def _take_steps(deadline: Deadline, now: datetime) -> None:
    today = timezone.localdate(now)
    rule, calendar = rule_for(DeadlineKind(deadline.kind)), calendar_of(deadline.unit)
    after = deadline.steps_until or timezone.localdate(deadline.opened_at)
    if deadline.steps_after is not None:
        after = max(after, deadline.steps_after)
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
