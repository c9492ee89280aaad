"""Calling one person to a meeting: an ask like any other, with a day to answer by."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from coordination.commands.deadlines import owe
from coordination.models import Attendance, DeadlineKind, Meeting, Unit, User
from coordination.queries.calendars import calendar_of


def call_person(meeting: Meeting, *, person: User, unit: Unit, now: datetime) -> Attendance:
    """Ask somebody to come; they answer by the working day before the meeting."""
    attendance = Attendance.objects.create(meeting=meeting, person=person, unit=unit)
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
