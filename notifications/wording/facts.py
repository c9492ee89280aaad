"""All that a message may say of a case: its code, what is due and when, the units, the professionals' names, a link.

A wording can use these fields and nothing else. There is none for a theme, a reference, a reason or a label that
somebody has written, so that no message can hold one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

from coordination.models import Attendance, Deadline, DeadlineKind, Event, Invitation, Meeting, Transition, User
from coordination.rules.day_words import whole_day
from notifications.planning.subjects import subjects_of


@dataclass(frozen=True)
class Facts:
    """Words for the places in a wording; empty where there is nothing to say."""

    code: str = ""
    unit: str = ""
    asker: str = ""
    onward: str = ""
    person: str = ""
    actor: str = ""
    before: str = ""
    day: str = ""
    until: str = ""
    time: str = ""
    place: str = ""

    def filled_in(self, wording: str) -> str:
        """Put the facts into a wording."""
        return wording % vars(self)


# The column of a deadline that points to each kind of ask.
_ASKED = {
    "invitation": "invitation_id",
    "joinrequest": "join_request_id",
    "handover": "handover_id",
    "transition": "transition_id",
}
_ANSWERS = (
    DeadlineKind.ANSWER_INVITATION,
    DeadlineKind.ANSWER_JOIN_REQUEST,
    DeadlineKind.ANSWER_HANDOVER,
    DeadlineKind.RECEIVE_TRANSITION,
)


class Background:
    """What the facts of some events need beside the events themselves, read together: at most seven queries."""

    def __init__(self, events: Iterable[Event]) -> None:
        """Read it for these events."""
        events = list(events)
        self._subjects = subjects_of(
            events, ("invitation", "joinrequest", "handover", "meeting", "attendance", "transition")
        )
        self._due = _due_days([(kind, pk) for kind, pk in self._subjects if kind in _ASKED])
        people = {person_id for event in events if (person_id := id_before(event))}
        self._names = dict(User.objects.filter(pk__in=people).values_list("pk", "name")) if people else {}

    def subject(self, event: Event) -> Any:
        """Give the row that the event happened to, where its kind has facts of its own."""
        return self._subjects.get((event.subject, event.subject_id or 0))

    def due_on(self, event: Event) -> date | None:
        """Give the day by which what the event asks is to be answered; none where it no longer waits."""
        return self._due.get((event.subject, event.subject_id or 0))

    def name(self, person_id: int | None) -> str:
        """Name somebody whom the event names by id."""
        return self._names.get(person_id or 0, "")


def facts_of_event(event: Event, background: Background | None = None) -> Facts:
    """Gather what may be said of an event, in the active language. ``background``: read for several at once."""
    background = background or Background([event])
    words: dict[str, Any] = {
        "code": event.case.code if event.case else "",
        "unit": event.unit.name if event.unit else "",
        "person": event.person.name if event.person else "",
        "actor": event.actor.name if event.actor else "",
        "before": background.name(id_before(event)),
        "day": _day(event.data.get("due_on") or event.data.get("first_on") or event.data.get("ends_on")),
        "until": _day(event.data.get("last_on")),
    }
    return Facts(**{**words, **_facts_of_subject(event, background)})


def facts_of_deadline(deadline: Deadline) -> Facts:
    """Read what may be said of a deadline, in the active language."""
    return Facts(
        code=deadline.case.code,
        unit=deadline.unit.name,
        person=deadline.owner.name if deadline.owner else "",
        day=whole_day(deadline.due_on),
    )


def facts_of_meeting(meeting: Meeting) -> Facts:
    """Gather what may be said of a meeting, in the active language."""
    return Facts(code=meeting.case.code, **_facts_of_meeting(meeting))


def _facts_of_subject(event: Event, background: Background) -> dict[str, str]:
    subject = background.subject(event)
    meeting = subject.meeting if isinstance(subject, Attendance) else subject
    if isinstance(meeting, Meeting):
        return _facts_of_meeting(meeting)
    if subject is None:
        return {}
    if isinstance(subject, Transition):
        return {"day": whole_day(background.due_on(event) or subject.move_on), "asker": subject.from_unit.name}
    due_on = background.due_on(event)
    words = {"day": whole_day(due_on) if due_on else ""}
    if isinstance(subject, Invitation):
        words["asker"] = subject.sent_unit.name
        words["onward"] = subject.onward_unit.name if subject.onward_unit else ""
    return words


def _facts_of_meeting(meeting: Meeting) -> dict[str, str]:
    begins, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    clock = pgettext("time format", "H:i")
    return {
        "day": whole_day(begins.date()),
        "time": f"{date_format(begins, clock)}–{date_format(ends, clock)}",
        "place": f"{meeting.place.name}, {meeting.room.name}" if meeting.room else meeting.place.name,
    }


def _due_days(asks: list[tuple[str, int]]) -> dict[tuple[str, int], date]:
    if not asks:
        return {}
    which = Q()
    for kind, column in _ASKED.items():
        which |= Q(**{f"{column}__in": [pk for each, pk in asks if each == kind]})
    rows = Deadline.objects.open().filter(which, kind__in=_ANSWERS).values_list("due_on", *_ASKED.values())
    return {(kind, pk): due_on for due_on, *ids in rows for kind, pk in zip(_ASKED, ids, strict=True) if pk is not None}


def _day(value: str | None) -> str:
    return whole_day(datetime.fromisoformat(value).date()) if value else ""


def id_before(event: Event) -> int | None:
    """Give the id of the one before: who held the baton, or was the contact, until the event."""
    found: int | None = event.data.get("before") or event.data.get("gone")
    return found
