"""Feeds: somebody's deadlines and meetings as a calendar that their own program reads again and again."""

from __future__ import annotations

from datetime import timedelta

from icalendar import Event, vDuration

from coordination.models import AttendanceAnswer, Deadline
from notifications.channels.calendar import (
    SENDER,
    new_calendar,
    new_entry,
    sequence_of,
    timezone_of_denmark,
    uid_of,
    uid_of_call,
    whole_day,
)
from notifications.queries.feeds import Call, Plans
from notifications.wording.calendars import entry_of_call, entry_of_deadline

READ_AGAIN = timedelta(hours=1)


def write_feed(plans: Plans) -> str:
    """Write the calendar, in the active language. The same plans always give the same text."""
    calendar = new_calendar()
    calendar.add("name", SENDER)
    calendar.add("x-wr-calname", SENDER)
    calendar.add("x-wr-timezone", "Europe/Copenhagen")
    again = vDuration(READ_AGAIN)
    again.params["VALUE"] = "DURATION"
    calendar["REFRESH-INTERVAL"] = again
    calendar.add("x-published-ttl", vDuration(READ_AGAIN).to_ical().decode())
    calendar.add_component(timezone_of_denmark())
    for deadline in plans.deadlines:
        calendar.add_component(_deadline(deadline))
    for call in plans.calls:
        calendar.add_component(_call(call))
    text: str = calendar.to_ical().decode()
    return text


def _deadline(deadline: Deadline) -> Event:
    """A whole day that takes no time: tasks (VTODO) are shown by few programs, in feeds by none of the common ones.

    On another day it is another entry: nothing says when a deadline was moved, which a program would ask.
    """
    begins, ends = whole_day(deadline.due_on)
    uid = uid_of("deadline", deadline.pk, deadline.due_on)
    event = new_entry(entry_of_deadline(deadline), uid=uid, begins=begins, ends=ends, changed_at=deadline.opened_at)
    event.add("sequence", 0)
    event.add("transp", "TRANSPARENT")
    return event


def _call(call: Call) -> Event:
    attendance, meeting = call.attendance, call.attendance.meeting
    event = new_entry(
        entry_of_call(attendance),
        uid=uid_of_call(attendance),
        begins=meeting.starts_at,
        ends=meeting.ends_at,
        changed_at=call.changed_at,
    )
    event.add("sequence", sequence_of(meeting, releases=call.releases))
    event.add("status", "CONFIRMED" if attendance.answer == AttendanceAnswer.YES else "TENTATIVE")
    event.add("transp", "OPAQUE")
    return event
