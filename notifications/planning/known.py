"""What is to be known of cases, units and people to say whom something tells: read for a whole batch together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from typing import Any, Generic, TypeVar

from coordination.models import (
    Attendance,
    Deadline,
    DeadlineKind,
    Event,
    Membership,
    Partnership,
    PartnershipEnd,
    StepTaken,
)
from notifications.models import Audience, Message, MessageState, Receiver
from notifications.planning.subjects import KINDS, subjects_of

Row = TypeVar("Row")


class Shared(Generic[Row]):
    """Rows by the id of what they belong to.

    The first time that any is asked for, those of all ids that are expected are read. Others are read when they are
    asked for, so that what is found never depends on what was expected.
    """

    def __init__(
        self, expected: Callable[[], Iterable[int | None]], read: Callable[[set[int]], Iterable[tuple[int, Row]]]
    ) -> None:
        """Prepare; nothing is read yet."""
        self._expected = expected
        self._read = read
        self._found: dict[int, list[Row]] | None = None

    def of(self, *ids: int) -> list[Row]:
        """Give the rows that belong to these."""
        expected = self._expected() if self._found is None else ()
        found = self._found = self._found or {}
        if missing := {pk for pk in (*ids, *expected) if pk is not None} - found.keys():
            found |= {pk: [] for pk in missing}
            for pk, row in self._read(missing):
                found[pk].append(row)
        return [row for pk in ids for row in found[pk]]


class Known:
    """What is known of the events and steps of a batch. Nothing is read before it is asked for, and nothing twice."""

    def __init__(self, events: Collection[Event] = (), steps: Collection[StepTaken] = ()) -> None:
        """Prepare to read of these."""
        self._events = events
        self._units_of_steps = [step.deadline.unit for step in steps]
        self.contacts = Shared[tuple[int, int]](self._cases, _contacts)
        self.parted = Shared[tuple[Any, int]](self._cases, _parted)
        self.assigners = Shared[int | None](self._cases, _assigners)
        self.searchers = Shared[int | None](lambda: self._about("invitation"), _searchers)
        self.asked = Shared[int](lambda: self._about("invitation"), _asked)
        self.owed = Shared[Deadline](lambda: [event.data.get("deadline") for event in self._events], _owed)
        self.called = Shared[int](lambda: self._about("meeting"), _called)
        self.members = Shared[int](self._units, _members)
        self.receivers = Shared[int](self._units, _receivers)
        self.leading = Shared[tuple[int, str, int]](
            lambda: [unit_id for unit in self._units_of_steps for unit_id in unit.line], _leading
        )

    def subject(self, event: Event) -> Any:
        """Give the row that an event happened to; None where its kind has none that matters here, or it is gone."""
        return self._subjects.get((event.subject, event.subject_id or 0))

    @cached_property
    def _subjects(self) -> dict[tuple[str, int], Any]:
        return subjects_of(self._events, KINDS)

    def _about(self, kind: str) -> list[int | None]:
        return [event.subject_id for event in self._events if event.subject == kind]

    def _cases(self) -> list[int | None]:
        return [event.case_id for event in self._events]

    def _units(self) -> list[int | None]:
        of_subjects = [getattr(subject, name, None) for subject in self._subjects.values() for name in _UNITS]
        return [*of_subjects, *(unit.pk for unit in self._units_of_steps)]


# Where a subject says which unit it asks.
_UNITS = ("unit_id", "to_unit_id")


def _contacts(cases: set[int]) -> Iterable[tuple[int, tuple[int, int]]]:
    live = Partnership.objects.live().filter(case_id__in=cases)
    return ((case_id, (unit_id, person_id)) for case_id, unit_id, person_id in live.values_list(*_PARTNER))


def _parted(cases: set[int]) -> Iterable[tuple[int, tuple[Any, int]]]:
    ended = Partnership.objects.filter(case_id__in=cases, end=PartnershipEnd.CASE_CLOSED)
    return ((case_id, (at, pk)) for case_id, at, pk in ended.values_list("case_id", "ended_at", "contact_id"))


_PARTNER = ("case_id", "unit_id", "contact_id")


def _assigners(cases: set[int]) -> Iterable[tuple[int, int | None]]:
    owed = Deadline.objects.open().filter(case_id__in=cases, kind=DeadlineKind.ASSIGN_HOLDER)
    return owed.values_list("case_id", "owner_id")


def _searchers(invitations: set[int]) -> Iterable[tuple[int, int | None]]:
    owed = Deadline.objects.open().filter(invitation_id__in=invitations, kind=DeadlineKind.FIND_PARTNER)
    return ((pk, owner_id) for pk, owner_id in owed.values_list("invitation_id", "owner_id") if pk is not None)


def _owed(deadlines: set[int]) -> Iterable[tuple[int, Deadline]]:
    still_owed = Deadline.objects.open().filter(pk__in=deadlines).select_related("case", "unit", "invitation")
    return ((deadline.pk, deadline) for deadline in still_owed)


def _asked(invitations: set[int]) -> Iterable[tuple[int, int]]:
    told = Message.objects.filter(
        event__subject="invitation",
        event__subject_id__in=invitations,
        audience=Audience.OWNER,
        state=MessageState.SENT,
        person__isnull=False,
    )
    found: Iterable[Any] = told.order_by().values_list("event__subject_id", "person_id").distinct()
    return found


def _called(meetings: set[int]) -> Iterable[tuple[int, int]]:
    calls = Attendance.objects.called().filter(meeting_id__in=meetings)
    return calls.values_list("meeting_id", "person_id")


def _members(units: set[int]) -> Iterable[tuple[int, int]]:
    return Membership.objects.live().filter(unit_id__in=units).values_list("unit_id", "user_id")


def _receivers(units: set[int]) -> Iterable[tuple[int, int]]:
    return Receiver.objects.filter(unit_id__in=units).values_list("unit_id", "person_id")


def _leading(units: set[int]) -> Iterable[tuple[int, tuple[int, str, int]]]:
    leading = Membership.objects.live().leading().filter(unit_id__in=units).order_by("began_at", "pk")
    return ((unit_id, (unit_id, role, pk)) for unit_id, role, pk in leading.values_list("unit_id", "role", "user_id"))
