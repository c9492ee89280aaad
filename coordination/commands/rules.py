"""The rules of deadlines: changed for what is owed from now on, and for the steps to come of what is owed already."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.commands.batches import until_dry
from coordination.commands.changing import again_after_deadlock
from coordination.commands.time import take_due_steps
from coordination.errors import Forbidden
from coordination.models import Deadline, DeadlineKind, DeadlineRule, User
from coordination.queries.rules import Rule, rule_for

BATCH = 200


@again_after_deadlock
def change_rule(*, kind: DeadlineKind, rule: Rule, actor: User, now: datetime) -> bool:
    """Give a kind of deadline another rule; say whether it differs from the one before.

    What is open keeps its day. Its steps come by the new rule from today on: what the old one owed by now is taken
    first, what has been taken is not taken again, and a new step whose day has passed is not owed.
    """
    with transaction.atomic():
        row = DeadlineRule.objects.select_for_update().get(kind=kind)
        if not (actor.is_active and actor.is_staff):
            raise Forbidden(_("This is for somebody else to do."))
        if rule_for(kind) == rule:
            return False
        failed = _take_what_is_owed(kind, now)
        row.limit_days, row.urgent_limit_days = rule.limit_days, rule.urgent_limit_days
        row.again_weeks = rule.again_weeks
        row.save(update_fields=["limit_days", "urgent_limit_days", "again_weeks"])
        row.steps.exclude(offset_days__in=[step.offset for step in rule.steps]).delete()
        for step in rule.steps:
            row.steps.update_or_create(
                offset_days=step.offset,
                defaults={
                    "tells_owner": step.told.owner,
                    "tells_asker": step.told.asker,
                    "tells_leader": step.told.leader,
                    "tells_leader_above": step.told.leader_above,
                    "repeat_days": step.repeat,
                },
            )
        _plan_anew(kind, now, failed)
        return True


def _take_what_is_owed(kind: DeadlineKind, now: datetime) -> set[int]:
    """Take the steps that are owed by the old rule; give the ids of deadlines whose steps could not be taken."""
    failed: set[int] = set()
    until_dry(lambda passed_over: take_due_steps(now=now, limit=BATCH, failed=passed_over, kind=kind), failed=failed)
    return failed


def _plan_anew(kind: DeadlineKind, now: datetime, without: set[int]) -> None:
    """Let time look at every open deadline of the kind in its next rounds, batch by batch, as if a step were due.

    One statement, however many there are; each is then planned under its own lock, and none is forgotten.
    """
    today = timezone.localdate(now)
    follows = Deadline.objects.open().filter(kind=kind).exclude(pk__in=without)
    follows.update(next_step_on=today, steps_after=today - timedelta(days=1))
