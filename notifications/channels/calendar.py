"""Calendar objects (RFC 5545, 5546): a meeting as an invitation to one person alone, and what feeds share with it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Component, Event, vCalAddress

from coordination.models import Attendance, AttendanceAnswer, EventKind, Meeting, MeetingState, User
from coordination.models import Event as Happening
from notifications.models import Message
from notifications.planning.events import IN_CALENDARS
from notifications.planning.times import COPENHAGEN
from notifications.wording.calendars import Entry, entry_of_call, entry_of_end, entry_of_others

SENDER = "Involver"
_COMING = (AttendanceAnswer.ASKED, AttendanceAnswer.YES)
PARTSTAT = {AttendanceAnswer.YES: "ACCEPTED", AttendanceAnswer.NO: "DECLINED"}

# As rules, which every program reads; made from the time zone database it would list each year by itself.
_COPENHAGEN = """BEGIN:VTIMEZONE
TZID:Europe/Copenhagen
BEGIN:DAYLIGHT
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


@dataclass(frozen=True)
class Invite:
    """What an e-mail brings a calendar. ``method``: REQUEST or CANCEL, which the mail's headers repeat."""

    method: str
    content: str


def invite_for(message: Message, *, url: str) -> Invite | None:
    """Write what a message brings the calendar of its reader, as things are now: a meeting, or the end of one.

    None where it has nothing to learn: they are told of somebody else, or stand in for whoever is called, and would not
    be told of the end. ``url``: where the message leads.
    """
    event = message.event
    if event is None or event.kind not in IN_CALENDARS:
        return None
    attendance = _attendance(message, event)
    if attendance is None:
        return None
    meeting = attendance.meeting
    ends = event.kind == EventKind.MEETING_CANCELLED or (
        event.kind == EventKind.MEETING_RELEASED and event.person_id == attendance.person_id
    )
    is_called = meeting.state == MeetingState.PLANNED and attendance.answer != AttendanceAnswer.RELEASED
    if ends == is_called:
        return None  # overtaken: another message says what holds now
    method = "CANCEL" if ends else "REQUEST"
    entry = entry_of_end(meeting, url) if ends else entry_of_call(attendance)
    calendar = new_calendar()
    calendar.add("method", method)
    calendar.add_component(timezone_of_denmark())
    calendar.add_component(_meeting(attendance, entry, event.at, method))
    return Invite(method, calendar.to_ical().decode())


def write_meeting(meeting: Meeting, *, reader: User, now: datetime) -> str:
    """Write a meeting as it is now, for somebody who may see it and puts it into their calendar by hand.

    It has the UID and the number that invitations and feeds give it, so that a program takes it for the same one, and
    what has been put there before is replaced. ``now`` (aware): when it is written.
    """
    calls = Attendance.objects.select_related("meeting__case", "meeting__place", "meeting__room")
    attendance = calls.filter(meeting=meeting, person=reader).first()
    answer = AttendanceAnswer(attendance.answer) if attendance is not None else None
    is_over = meeting.state == MeetingState.CANCELLED or answer == AttendanceAnswer.RELEASED
    if is_over:
        entry = entry_of_end(meeting, f"{settings.BASE_URL}{reverse('meeting', args=[meeting.pk])}")
    else:
        entry = entry_of_call(attendance) if attendance is not None else entry_of_others(meeting)
    uid = _uid_of_meeting(meeting.pk, reader.pk)
    event = new_entry(entry, uid=uid, begins=meeting.starts_at, ends=meeting.ends_at, changed_at=now)
    event.add("sequence", sequence_of(meeting, releases=count_releases(meeting)))
    is_open = meeting.state == MeetingState.PLANNED and answer == AttendanceAnswer.ASKED
    event.add("status", "CANCELLED" if is_over else "TENTATIVE" if is_open else "CONFIRMED")
    event.add("transp", "OPAQUE" if answer in _COMING and not is_over else "TRANSPARENT")
    event.add("organizer", _organizer())
    calendar = new_calendar()
    calendar.add("method", "PUBLISH")
    calendar.add_component(timezone_of_denmark())
    calendar.add_component(event)
    text: str = calendar.to_ical().decode()
    return text


def sequence_of(meeting: Meeting, *, releases: int) -> int:
    """Number the versions of a meeting in anybody's calendar: each change of it that anybody is told of counts."""
    return meeting.moved_count + releases + (meeting.state == MeetingState.CANCELLED)


def uid_of(kind: str, *which: object) -> str:
    """Derive the UID of an entry: always the same one, and nothing can be read from it.

    From the key that is never replaced: with another one, calendars would show what has been moved twice.
    """
    key = hmac.digest(settings.INDEX_KEY, b"notifications.channels.calendar", hashlib.sha256)
    digest = hmac.digest(key, "|".join([kind, *map(str, which)]).encode(), hashlib.sha256)
    return str(UUID(bytes=digest[:16], version=5))


def uid_of_call(attendance: Attendance) -> str:
    """Derive the UID of a meeting in the calendar of one who is called to it."""
    return _uid_of_meeting(attendance.meeting_id, attendance.person_id)


def _uid_of_meeting(meeting_id: int, person_id: int) -> str:
    return uid_of("meeting", meeting_id, person_id)


def new_calendar() -> Calendar:
    """Begin a calendar object."""
    calendar = Calendar()
    calendar.add("prodid", "-//Involver//Involver//DA")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def timezone_of_denmark() -> Component:
    """Describe Danish time to programs that do not know it."""
    return Component.from_ical(_COPENHAGEN)


def new_entry(entry: Entry, *, uid: str, begins: date | datetime, ends: date | datetime, changed_at: datetime) -> Event:
    """Write an entry: times are Danish, days are whole days. Calendars that are shared show it as private."""
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    for name, moment in (("dtstart", begins), ("dtend", ends)):
        event.add(name, moment.astimezone(COPENHAGEN) if isinstance(moment, datetime) else moment)
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("url", entry.url)
    event.add("class", "PRIVATE")
    if entry.location:
        event.add("location", entry.location)
    return event


def whole_day(day: date) -> tuple[date, date]:
    """Give the first day of a whole-day entry, and the one that it no longer covers."""
    return day, day + timedelta(days=1)


def _attendance(message: Message, event: Happening) -> Attendance | None:
    """Find the reader's own call to the meeting, where the event concerns it."""
    calls = Attendance.objects.filter(person=message.person).select_related(
        "person", "meeting__case", "meeting__place", "meeting__room"
    )
    if event.kind != EventKind.MEETING_RELEASED:
        return calls.filter(meeting=event.subject_id).first()
    if message.person_id not in (event.person_id, event.data.get("instead")):
        return None
    return calls.filter(meeting__attendances=event.subject_id).first()


def _meeting(attendance: Attendance, entry: Entry, at: datetime, method: str) -> Event:
    meeting, person = attendance.meeting, attendance.person
    event = new_entry(entry, uid=uid_of_call(attendance), begins=meeting.starts_at, ends=meeting.ends_at, changed_at=at)
    event.add("created", meeting.called_at)
    event.add("sequence", sequence_of(meeting, releases=count_releases(meeting)))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("organizer", _organizer())
    attendee = vCalAddress(f"mailto:{person.email}")
    attendee.params.update(
        {
            "CN": person.name,
            "CUTYPE": "INDIVIDUAL",
            "ROLE": "REQ-PARTICIPANT",
            "PARTSTAT": PARTSTAT.get(AttendanceAnswer(attendance.answer), "NEEDS-ACTION"),
            # One answers in Involver, where whoever called the meeting sees it.
            "RSVP": "FALSE",
        }
    )
    event.add("attendee", attendee)
    return event


def _organizer() -> vCalAddress:
    """Give the sender of the mails: nobody learns from a calendar who has called the meeting."""
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = SENDER
    return organizer


def count_releases(meeting: Meeting) -> int:
    """Count how often somebody has been released from a meeting."""
    calls = meeting.attendances.values("pk")
    return Happening.objects.filter(kind=EventKind.MEETING_RELEASED, subject="attendance", subject_id__in=calls).count()
