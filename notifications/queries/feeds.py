"""What stands in somebody's calendar feed: what they owe, and the meetings they come to, or may come to."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from coordination.models import Attendance, AttendanceAnswer, Deadline, Event, EventKind, MeetingState, User
from notifications.models import Feed

BACK, AHEAD = timedelta(days=30), timedelta(days=365)


@dataclass(frozen=True)
class Call:
    """One's own call to a meeting; how often anybody was released from it, and when it last changed."""

    attendance: Attendance
    releases: int
    changed_at: datetime


@dataclass(frozen=True)
class Plans:
    """What somebody has before them, and had lately."""

    deadlines: list[Deadline]
    calls: list[Call]


def hash_of(token: str) -> str:
    """Give what is stored of the secret in a feed's address. It is long and random: a plain hash keeps it secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_feed(token: str) -> Feed | None:
    """Find the feed of somebody active by the secret in its address.

    The database compares hashes: how long that takes tells nothing of the secrets that there are.
    """
    return _feeds().filter(token_hash=hash_of(token)).select_related("person").first()


def feed_of(person: User) -> Feed | None:
    """Find somebody's own feed, as long as its address leads anywhere."""
    return _feeds().filter(person=person).first()


def _feeds() -> QuerySet[Feed]:
    """Those of active people. Who had left in between makes a new one: nobody knows who has had the old address."""
    ended = Event.objects.filter(
        kind=EventKind.PERSON_DEACTIVATED, subject="user", subject_id=OuterRef("person_id"), at__gte=OuterRef("made_at")
    )
    return Feed.objects.filter(~Exists(ended), person__is_active=True)


def read_plans(person: User, *, now: datetime) -> Plans:
    """Read what somebody owes, and the planned meetings that they have not said no to, from a month back to a year on.

    At most five queries.
    """
    today = timezone.localdate(now)
    deadlines = Deadline.objects.open().filter(owner=person, due_on__range=(today - BACK, today + AHEAD))
    return Plans(
        deadlines=list(deadlines.select_related("case", "unit", "owner", "attendance").order_by("due_on", "pk")),
        calls=_calls(person, now),
    )


def _calls(person: User, now: datetime) -> list[Call]:
    calls = Attendance.objects.filter(
        person=person,
        answer__in=(AttendanceAnswer.ASKED, AttendanceAnswer.YES),
        meeting__state=MeetingState.PLANNED,
        meeting__starts_at__range=(now - BACK, now + AHEAD),
    )
    found = list(
        calls.select_related("meeting__case", "meeting__place", "meeting__room").order_by("meeting__starts_at", "pk")
    )
    if not found:
        return []
    meetings = {call.meeting_id for call in found}
    moves = Event.objects.filter(kind=EventKind.MEETING_MOVED, subject="meeting", subject_id__in=meetings)
    moved_at = dict(moves.order_by().values_list("subject_id").annotate(Max("at")))
    releases = _releases(meetings)
    return [
        Call(
            attendance=call,
            releases=releases[call.meeting_id],
            changed_at=max(
                moment
                for moment in (call.meeting.called_at, call.answered_at, moved_at.get(call.meeting_id))
                if moment is not None
            ),
        )
        for call in found
    ]


def _releases(meeting_ids: set[int]) -> Counter[int]:
    """Count how often somebody was released from each of the meetings."""
    meeting_of = dict(Attendance.objects.filter(meeting__in=meeting_ids).order_by().values_list("pk", "meeting_id"))
    released = Event.objects.filter(
        kind=EventKind.MEETING_RELEASED, subject="attendance", subject_id__in=meeting_of
    ).order_by()
    return Counter(meeting_of[pk] for pk in released.values_list("subject_id", flat=True) if pk is not None)
