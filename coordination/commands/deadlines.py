"""Owing and settling: how deadlines come, are passed on, and go."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from coordination.models import (
    Case,
    Deadline,
    DeadlineKind,
    Escalation,
    Settlement,
    Unit,
    Urgency,
    User,
)
from coordination.queries.calendars import calendar_of
from coordination.queries.rules import rule_for
from coordination.rules.steps import first_step_after

# A consent that runs out some day is no next step, and neither is the reminder that one is missing.
# Neither is what is asked for in every case again and again.
_NO_NEXT_STEP = (
    DeadlineKind.NEXT_STEP,
    DeadlineKind.RENEW_CONSENT,
    DeadlineKind.HEAR_CHILD,
    DeadlineKind.INVOLVE_PARENTS,
)

HOLDERS_KINDS = (
    DeadlineKind.ANSWER_JOIN_REQUEST,
    DeadlineKind.LOOK_AGAIN,
    DeadlineKind.MEETING_OUTCOME,
    DeadlineKind.NEXT_STEP,
    DeadlineKind.RENEW_CONSENT,
    DeadlineKind.HEAR_CHILD,
    DeadlineKind.INVOLVE_PARENTS,
    DeadlineKind.NAME_RECEIVER,
    DeadlineKind.CLOSE_TO_ERASE,
)


def owe(
    kind: DeadlineKind,
    *,
    case: Case,
    unit: Unit,
    owner: User | None,
    now: datetime,
    due_on: date | None = None,
    **subject: Any,
) -> Deadline:
    """Open a deadline; without ``due_on`` it is due after the working days that the kind's rule gives."""
    rule, calendar, today = rule_for(kind), calendar_of(unit), timezone.localdate(now)
    if due_on is None:
        due_on = calendar.shift(today, rule.limit(urgent=case.urgency == Urgency.URGENT))
    return Deadline.objects.create(
        kind=kind,
        case=case,
        unit=unit,
        owner=owner,
        due_on=due_on,
        opened_at=now,
        next_step_on=first_step_after(rule.steps, due_on, calendar, today),
        **subject,
    )


def settle_closed(case: Case, *, now: datetime) -> None:
    """End all that a closed case leaves open; but what leaders learn from its moves they still owe each other."""
    still_owed = case.deadlines.open().exclude(kind=DeadlineKind.REVIEW_TRANSITION)
    still_owed.update(settled_at=now, settlement=Settlement.LAPSED, next_step_on=None)


def settle(case: Case, *, now: datetime, settlement: Settlement, **which: Any) -> int:
    """End the open deadlines of the case that ``which`` filters; say how many there were."""
    return case.deadlines.open().filter(**which).update(settled_at=now, settlement=settlement, next_step_on=None)


def move_due(deadline: Deadline, due_on: date, *, now: datetime) -> None:
    """Give an open deadline another day: its steps begin anew from there, and nobody is late any more."""
    rule, today = rule_for(DeadlineKind(deadline.kind)), timezone.localdate(now)
    deadline.due_on = due_on
    deadline.next_step_on = first_step_after(rule.steps, due_on, calendar_of(deadline.unit), today)
    deadline.steps_until, deadline.escalation = today, Escalation.NONE
    deadline.save(update_fields=["due_on", "next_step_on", "steps_until", "escalation"])


def pass_on(case: Case, which: Q, *, to: User | None, unit: Unit) -> None:
    """Let somebody else owe the open deadlines of the case that ``which`` picks, by the same day."""
    case.deadlines.open().filter(which).update(owner=to, unit=unit)


def keep_next_step(case: Case, *, now: datetime) -> None:
    """See to it that an open case always has something due: if nothing else is, a next step is owed by its holder."""
    if not case.is_open:
        settle_closed(case, now=now)
        return
    if case.deadlines.open().exclude(kind__in=_NO_NEXT_STEP).exists():
        settle(case, now=now, settlement=Settlement.MET, kind=DeadlineKind.NEXT_STEP)
        return
    due_on = calendar_of(case.holder_unit).shift(
        timezone.localdate(case.last_event_at), rule_for(DeadlineKind.NEXT_STEP).limit(urgent=False)
    )
    missing = case.deadlines.open().filter(kind=DeadlineKind.NEXT_STEP).first()
    if missing is None:
        owe(
            DeadlineKind.NEXT_STEP,
            case=case,
            unit=case.holder_unit,
            owner=case.holder,
            now=now,
            due_on=due_on,
        )
    elif missing.due_on != due_on:
        move_due(missing, due_on, now=now)
