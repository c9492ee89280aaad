"""Meetings: called, answered, moved, cancelled, and taken down afterwards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.commands.agreements import FARTHEST, unit_in_case
from coordination.commands.calling import call_person
from coordination.commands.cases import ReferenceDraft, store_reference
from coordination.commands.changing import (
    again_after_deadlock,
    changing,
    record,
    require_open,
    require_part,
    require_right,
)
from coordination.commands.deadlines import owe, settle
from coordination.commands.notes import end_notes
from coordination.commands.partings import cancel_planned
from coordination.errors import MovedOn, Unacceptable
from coordination.models import (
    Attendance,
    AttendanceAnswer,
    Case,
    DeadlineKind,
    EventKind,
    Meeting,
    MeetingKind,
    MeetingState,
    ReferencePurpose,
    Room,
    Settlement,
    Unit,
    User,
)
from coordination.privacy.references import read_number
from coordination.queries.actors import actor_of
from coordination.queries.bases import active_basis
from coordination.queries.calendars import calendar_of
from coordination.rules.access import Part, is_in_force, may_hold

LONGEST = timedelta(hours=8)


@dataclass(frozen=True)
class WhenAndWhere:
    """When a meeting is (aware times) and at which unit; ``room`` is one of that unit's."""

    starts_at: datetime
    ends_at: datetime
    place: Unit
    room: Room | None = None


@again_after_deadlock
def call_meeting(
    *, case: Case, kind: MeetingKind, at: WhenAndWhere, people: Collection[User], actor: User, now: datetime
) -> Meeting:
    """Call people who take part to a meeting. Whoever calls it comes; the others are asked."""
    with changing(case.pk, now=now, people=[person.pk for person in people], units=[at.place.pk]) as case:
        who = actor_of(actor, now)
        require_part(Part.PARTNER, who, case)
        require_open(case)
        at = _checked(at, case, now)
        called = {person.pk: person for person in people}
        units = {pk: unit_in_case(case, person) for pk, person in called.items()}
        strangers = [called[pk].name for pk, unit in units.items() if unit is None]
        if strangers:
            raise Unacceptable(
                _("%(people)s does not take part in the case.") % {"people": ", ".join(strangers)},
                field="people",
            )
        if not called.keys() - {actor.pk}:
            raise Unacceptable(_("Whom do you want to meet?"), field="people")
        meeting = Meeting.objects.create(
            case=case,
            kind=kind,
            starts_at=at.starts_at,
            ends_at=at.ends_at,
            place=at.place,
            room=at.room,
            called_by=actor,
            called_at=now,
        )
        own_unit = unit_in_case(case, actor)
        if own_unit is not None:
            Attendance.objects.create(
                meeting=meeting, person=actor, unit=own_unit, answer=AttendanceAnswer.YES, answered_at=now
            )
        for pk, unit in units.items():
            if pk != actor.pk and unit is not None:
                call_person(meeting, person=called[pk], unit=unit, now=now)
        _owe_outcome(meeting, now)
        _record(EventKind.MEETING_CALLED, meeting, actor, now, starts_at=at.starts_at)
        return meeting


@again_after_deadlock
def answer_meeting(*, attendance: Attendance, comes: bool, actor: User, now: datetime) -> Attendance:
    """Say whether one comes; one may change one's mind until the meeting has been."""
    with changing(attendance.meeting.case_id, now=now) as case:
        who = actor_of(actor, now)
        attendance = Attendance.objects.select_related("meeting__case", "meeting__kind", "unit", "person").get(
            pk=attendance.pk, meeting__case=case
        )
        require_right(who.is_one_of(attendance.person_id), who, case)
        is_released = attendance.answer == AttendanceAnswer.RELEASED
        if is_released:
            require_part(Part.PARTNER, who, case)  # whose part has ended learns no more of the meeting
        require_open(case)
        _require_planned(attendance.meeting)
        if is_released:
            raise MovedOn(_("%(person)s is no longer called to this meeting.") % {"person": attendance.person.name})
        attendance.answer = AttendanceAnswer.YES if comes else AttendanceAnswer.NO
        attendance.answered_at = now
        attendance.save(update_fields=["answer", "answered_at"])
        settle(case, now=now, settlement=Settlement.MET, attendance=attendance)
        record(
            EventKind.MEETING_ANSWERED,
            at=now,
            actor=actor,
            case=case,
            unit=attendance.unit,
            person=attendance.person,
            about=attendance,
            comes=comes,
        )
        return attendance


@again_after_deadlock
def move_meeting(*, meeting: Meeting, at: WhenAndWhere, actor: User, now: datetime) -> Meeting:
    """Move a planned meeting, as the one who called it or the holder; everybody else is asked again.

    Whoever moves it and has answered stands by that; a day to answer by that has not been met moves along.
    """
    with changing(meeting.case_id, now=now, units=[at.place.pk]) as case:
        meeting = _changeable(case, meeting, actor, now)
        at = _checked(at, case, now)
        meeting.starts_at, meeting.ends_at, meeting.place, meeting.room = (
            at.starts_at,
            at.ends_at,
            at.place,
            at.room,
        )
        meeting.moved_count += 1
        meeting.save(update_fields=["starts_at", "ends_at", "place", "room", "moved_count"])
        settle(case, now=now, settlement=Settlement.LAPSED, meeting=meeting)
        _owe_outcome(meeting, now)
        movers = Q(person=actor) & ~Q(answer=AttendanceAnswer.ASKED)
        for attendance in meeting.attendances.called().exclude(movers).select_related("person", "unit"):
            call_person(meeting, person=attendance.person, unit=attendance.unit, now=now)
        _record(EventKind.MEETING_MOVED, meeting, actor, now, starts_at=at.starts_at)
        return meeting


@again_after_deadlock
def cancel_meeting(*, meeting: Meeting, actor: User, now: datetime) -> Meeting:
    """Cancel a planned meeting, as the one who called it or the holder."""
    with changing(meeting.case_id, now=now) as case:
        meeting = _changeable(case, meeting, actor, now)
        cancel_planned(meeting, actor=actor, now=now)
        return meeting


@again_after_deadlock
def hold_meeting(
    *,
    meeting: Meeting,
    came: Collection[User],
    actor: User,
    now: datetime,
    minutes: ReferenceDraft | None = None,
) -> Meeting:
    """Take down that a meeting was held: who came, and where the minutes are. Not before it has begun."""
    with changing(meeting.case_id, now=now) as case:
        meeting = _changeable(case, meeting, actor, now)
        if now < meeting.starts_at:
            raise Unacceptable(_("The meeting has not begun yet."))
        if minutes is not None:
            read_number(minutes.system, minutes.number)  # what is wrong with it is said first
            unit = unit_in_case(case, actor) or case.holder_unit
            _require_basis_for_minutes(case, unit, now)
            meeting.minutes = store_reference(
                case, minutes, purpose=ReferencePurpose.MINUTES, unit=unit, actor=actor, now=now
            )
            meeting.save(update_fields=["minutes"])
        meeting.state, meeting.settled_at = MeetingState.HELD, now
        meeting.save(update_fields=["state", "settled_at"])
        end_notes(meeting)
        settle(case, now=now, settlement=Settlement.MET, meeting=meeting)
        settle(case, now=now, settlement=Settlement.LAPSED, attendance__meeting=meeting)
        came_ids = {person.pk for person in came}
        for attendance in meeting.attendances.called():
            attendance.came = attendance.person_id in came_ids
            attendance.save(update_fields=["came"])
        _record(EventKind.MEETING_HELD, meeting, actor, now, minutes=minutes is not None)
        return meeting


def _require_basis_for_minutes(case: Case, unit: Unit, now: datetime) -> None:
    """Refuse minutes that none of the others could open: they are a reference, which takes a basis."""
    is_shared = case.holder_unit_id != unit.pk or case.partnerships.live().exclude(unit=unit).exists()
    if is_shared and not is_in_force(active_basis(case), timezone.localdate(now)):
        raise Unacceptable(
            _("Minutes are a reference: record a consent or a legal basis first, or leave them out here."),
            field="number",
        )


def _changeable(case: Case, meeting: Meeting, actor: User, now: datetime) -> Meeting:
    who = actor_of(actor, now)
    meeting = case.meetings.select_related("kind", "place", "room", "case").get(pk=meeting.pk)
    part = require_part(Part.PARTNER, who, case)
    is_callers = part >= Part.PARTNER and who.is_one_of(meeting.called_by_id)
    require_right(may_hold(who, case) or is_callers, who, case)
    require_open(case)
    _require_planned(meeting)
    return meeting


def _require_planned(meeting: Meeting) -> None:
    if meeting.state != MeetingState.PLANNED:
        raise MovedOn(_("This meeting is no longer planned (%(state)s).") % {"state": meeting.get_state_display()})


def _checked(at: WhenAndWhere, case: Case, now: datetime) -> WhenAndWhere:
    """Refuse a time or place that cannot be; give it with the place as it is now that it is locked."""
    at = replace(at, place=Unit.objects.get(pk=at.place.pk))
    if at.starts_at <= now:
        raise Unacceptable(_("This time has passed."), field="starts_at")
    if at.starts_at > now + FARTHEST:
        raise Unacceptable(_("Choose a day within two years."), field="starts_at")
    if at.ends_at <= at.starts_at:
        raise Unacceptable(_("The meeting has to end after it begins."), field="ends_at")
    if at.ends_at > at.starts_at + LONGEST:
        raise Unacceptable(_("A meeting lasts eight hours at most."), field="ends_at")
    if not at.place.is_open or at.place.root_id_or_self != case.holder_unit.root_id_or_self:
        raise Unacceptable(_("Choose another place."), field="place")
    if at.room is not None and (at.room.unit_id != at.place.pk or at.room.is_retired):
        raise Unacceptable(_("Choose a room of the unit you meet at."), field="room")
    return at


def _owe_outcome(meeting: Meeting, now: datetime) -> None:
    case = meeting.case
    day_after = calendar_of(case.holder_unit).shift(timezone.localdate(meeting.starts_at), 1)
    owe(
        DeadlineKind.MEETING_OUTCOME,
        case=case,
        unit=case.holder_unit,
        owner=case.holder,
        now=now,
        due_on=day_after,
        meeting=meeting,
    )


def _record(kind: EventKind, meeting: Meeting, actor: User, now: datetime, **data: Any) -> None:
    record(kind, at=now, actor=actor, case=meeting.case, unit=meeting.place, about=meeting, **data)
