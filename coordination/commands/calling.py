"""Calling one person to a meeting: an ask like any other, with a day to answer by. And taking the call back."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from coordination.commands.changing import record
from coordination.commands.deadlines import owe, settle
from coordination.models import (
    Attendance,
    AttendanceAnswer,
    DeadlineKind,
    EventKind,
    Meeting,
    Settlement,
    Unit,
    User,
)
from coordination.queries.calendars import calendar_of


def call_person(meeting: Meeting, *, person: User, unit: Unit, now: datetime) -> Attendance:
    """Ask somebody to come, anew where they were called before; they answer by the working day before the meeting."""
    asked = {"unit": unit, "answer": AttendanceAnswer.ASKED, "answered_at": None}
    attendance, _is_new = Attendance.objects.update_or_create(meeting=meeting, person=person, defaults=asked)
    settle(meeting.case, now=now, settlement=Settlement.LAPSED, attendance=attendance)
    day_before = calendar_of(unit).shift(timezone.localdate(meeting.starts_at), -1)
    owe(
        DeadlineKind.ANSWER_MEETING,
        case=meeting.case,
        unit=unit,
        owner=person,
        now=now,
        due_on=max(day_before, timezone.localdate(now)),
        attendance=attendance,
    )
    return attendance


def release_person(
    attendance: Attendance, *, actor: User | None, now: datetime, instead: User | None = None
) -> Attendance:
    """Take a call back because the person's part has ended, and say so: whoever called them counts on them no more.

    ``instead``: who is called in their place.
    """
    attendance.answer, attendance.answered_at = AttendanceAnswer.RELEASED, now
    attendance.save(update_fields=["answer", "answered_at"])
    case = attendance.meeting.case
    settle(case, now=now, settlement=Settlement.LAPSED, attendance=attendance)
    record(
        EventKind.MEETING_RELEASED,
        at=now,
        actor=actor,
        case=case,
        unit=attendance.unit,
        person=attendance.person,
        about=attendance,
        instead=instead.pk if instead else None,
    )
    return attendance
