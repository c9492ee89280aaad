"""What events have asked of people: whether it still waits, and for whom. Read once for a batch."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Max, Q

from coordination.models import (
    Attendance,
    AttendanceAnswer,
    Basis,
    BasisState,
    Deadline,
    DeadlineKind,
    Event,
    EventKind,
    Meeting,
    MeetingState,
)
from notifications.models import Audience, Message

# The deadline that an ask has opened, and its column for what the event is about.
_OWED: dict[EventKind, tuple[DeadlineKind, str]] = {
    EventKind.INVITATION_SENT: (DeadlineKind.ANSWER_INVITATION, "invitation_id"),
    EventKind.INVITATION_OPENED_TO_UNIT: (DeadlineKind.ANSWER_INVITATION, "invitation_id"),
    EventKind.INVITATION_DECLINED: (DeadlineKind.FIND_PARTNER, "invitation_id"),
    EventKind.ONWARD_POINTED: (DeadlineKind.FIND_PARTNER, "invitation_id"),
    EventKind.HANDOVER_OFFERED: (DeadlineKind.ANSWER_HANDOVER, "handover_id"),
    EventKind.BATON_REQUESTED: (DeadlineKind.ANSWER_HANDOVER, "handover_id"),
    EventKind.JOIN_ASKED: (DeadlineKind.ANSWER_JOIN_REQUEST, "join_request_id"),
    EventKind.RELEASE_ASKED: (DeadlineKind.ASSIGN_HOLDER, "case_id"),
    EventKind.BATON_FELL: (DeadlineKind.ASSIGN_HOLDER, "case_id"),
    EventKind.TRANSITION_HANDED_OVER: (DeadlineKind.RECEIVE_TRANSITION, "transition_id"),
    EventKind.TRANSITION_DECLINED: (DeadlineKind.NAME_RECEIVER, "transition_id"),
    EventKind.RECEIVER_LOST: (DeadlineKind.NAME_RECEIVER, "transition_id"),
}
_CALLS = (EventKind.MEETING_CALLED, EventKind.MEETING_MOVED)
_ENDED_BASES = (EventKind.BASIS_WITHDRAWN, EventKind.BASIS_EXPIRED)


@dataclass(frozen=True)
class Waiting:
    """What still waits of what some events ask.

    ``owed``: the open deadline by its kind and what it is about; ``calls``: the newest event about a meeting;
    ``passed_on``: the meeting of a call that has passed to somebody else; ``released``: (meeting, person);
    ``based``: the cases that have an active basis again.
    """

    owed: dict[tuple[DeadlineKind, int], Deadline]
    calls: dict[int, int]
    passed_on: dict[int, int]
    released: frozenset[tuple[int, int | None]]
    based: frozenset[int | None]


def is_ask(message: Message) -> bool:
    """News stays news; what somebody is asked is wanted as long as it waits for its answer."""
    return message.event is not None and message.audience == Audience.OWNER


def asks_that_wait(events: Collection[Event]) -> Waiting:
    """Read what still waits of what these events ask. At most six queries."""
    passed = _about(events, EventKind.MEETING_RELEASED)
    attendances = Attendance.objects.filter(pk__in=passed) if passed else Attendance.objects.none()
    passed_on = dict(attendances.order_by().values_list("pk", "meeting_id"))
    called = _about(events, *_CALLS) | set(passed_on.values())
    based = {event.case_id for event in events if event.kind in _ENDED_BASES if event.case_id is not None}
    calls: dict[int, int] = {}
    released = frozenset[tuple[int, int | None]]()
    if called:
        planned = list(Meeting.objects.filter(pk__in=called, state=MeetingState.PLANNED).values_list("pk", flat=True))
        told = Event.objects.filter(subject="meeting", subject_id__in=planned, kind__in=_CALLS).order_by()
        calls = {row["subject_id"]: row["newest"] for row in told.values("subject_id").annotate(newest=Max("pk"))}
        gone = Attendance.objects.filter(meeting_id__in=planned, answer=AttendanceAnswer.RELEASED)
        released = frozenset(gone.values_list("meeting_id", "person_id"))
    active = Basis.objects.filter(case_id__in=based, state=BasisState.ACTIVE) if based else Basis.objects.none()
    return Waiting(
        owed=_owed_for(events),
        calls=calls,
        passed_on=passed_on,
        released=released,
        based=frozenset(active.values_list("case_id", flat=True)),
    )


def deadline_of(event: Event, waiting: Waiting) -> Deadline | None:
    """Give the open deadline of what an event asks; none where it waits no longer, or never had one."""
    kind = EventKind(event.kind)
    return waiting.owed.get((_OWED[kind][0], event.subject_id or 0)) if kind in _OWED else None


def waits(message: Message, event: Event, waiting: Waiting) -> bool:
    """Say whether what an event asks still waits: for the message's reader, or for somebody whose it is by now."""
    kind, subject_id = EventKind(event.kind), event.subject_id or 0
    if event.case is not None and not event.case.is_open:
        return False
    if kind in _CALLS or kind == EventKind.MEETING_RELEASED:
        meeting_id = waiting.passed_on.get(subject_id, 0) if kind == EventKind.MEETING_RELEASED else subject_id
        is_newest = 0 < waiting.calls.get(meeting_id, 0) <= event.pk
        return is_newest and (meeting_id, message.person_id) not in waiting.released
    if kind in _ENDED_BASES:
        return event.case_id not in waiting.based
    if kind not in _OWED:
        return True
    deadline = deadline_of(event, waiting)
    if deadline is None:
        return False
    is_found = deadline.invitation is not None and deadline.invitation.onward_unit_id is not None
    return not (kind == EventKind.INVITATION_DECLINED and is_found)


def _about(events: Collection[Event], *kinds: EventKind) -> set[int]:
    return {event.subject_id for event in events if event.kind in kinds and event.subject_id is not None}


def _owed_for(events: Collection[Event]) -> dict[tuple[DeadlineKind, int], Deadline]:
    columns = dict(owed for kind, owed in _OWED.items() if _about(events, kind))
    if not columns:
        return {}
    which = Q()
    for owed, column in columns.items():
        kinds = [kind for kind in _OWED if _OWED[kind][0] == owed]
        which |= Q(kind=owed, **{f"{column}__in": _about(events, *kinds)})
    found = {}
    for deadline in Deadline.objects.open().filter(which).select_related("invitation"):
        kind = DeadlineKind(deadline.kind)
        found[kind, getattr(deadline, columns[kind])] = deadline
    return found
