"""Rows of agreements and meetings."""

from __future__ import annotations

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordination.models import (
    Agreement,
    AgreementState,
    Attendance,
    AttendanceAnswer,
    DeadlineKind,
    Meeting,
    MeetingState,
)
from coordination.rules.access import Part, may_do_agreement, may_note_agreement
from coordination.web.cases.rows import Act, Reader, Row, link


def rows_of_agreements(reader: Reader, *, is_open: bool) -> list[Row]:
    """Build the rows of the agreements that are still to be done or looked at, or of those that are settled."""
    return [
        _agreement_row(reader, agreement)
        for agreement in reader.page.agreements
        if _needs_something(reader, agreement) is is_open
    ]


def rows_of_meetings(reader: Reader, *, is_open: bool) -> list[Row]:
    """Build the rows of planned meetings, or of those held or cancelled."""
    meetings = [meeting for meeting in reader.page.meetings if (meeting.state == MeetingState.PLANNED) is is_open]
    return [_meeting_row(reader, meeting) for meeting in (meetings if is_open else reversed(meetings))]


def _needs_something(reader: Reader, agreement: Agreement) -> bool:
    looks = reader.page.due(DeadlineKind.LOOK_AGAIN, agreement_id=agreement.pk)
    return agreement.state == AgreementState.OPEN or looks is not None


def _agreement_row(reader: Reader, agreement: Agreement) -> Row:
    is_open = agreement.state == AgreementState.OPEN
    deadline = reader.page.due(DeadlineKind.DO_AGREEMENT, agreement_id=agreement.pk)
    look = reader.page.due(DeadlineKind.LOOK_AGAIN, agreement_id=agreement.pk)
    acts = []
    takes_part = reader.page.part >= Part.PARTNER
    if is_open and takes_part and may_do_agreement(reader.actor, agreement):
        acts = [
            Act(_("Done"), link("agreement_done", agreement.pk)),
            Act(_("Move"), link("agreement_move", agreement.pk)),
            Act(_("Drop"), link("agreement_drop", agreement.pk)),
        ]
    if is_open and takes_part and may_note_agreement(reader.actor, agreement):
        acts += reader.note_acts("agreement", agreement.pk)
    if look is not None and reader.holds and (not is_open or look.due_on <= reader.today):
        acts.insert(0, Act(_("Look at it again"), link("agreement_look", agreement.pk)))
    facts = [f"{agreement.owner.name}, {agreement.unit.name}"]
    if agreement.look_again_on is not None and (is_open or look is not None):
        is_past = agreement.look_again_on < reader.today
        looks = _("was to be looked at again {day}") if is_past else _("to be looked at again {day}")
        facts.append(format_html(looks, day=reader.day(agreement.look_again_on)))
    facts += reader.notes_of("agreement", agreement.pk)
    if agreement.drop_reason is not None:
        facts.append(agreement.drop_reason.label)
    if is_open:
        late = agreement.due_on < reader.today
        words = _("was due {day}") if late else _("by {day}")
        when: str = format_html(words, day=reader.day(agreement.due_on, "due"))
        state = reader.state_of(deadline)
    else:
        when = agreement.get_state_display()
        state = "done" if agreement.state == AgreementState.DONE else "ended"
        if agreement.settled_at is not None:
            facts.append(reader.day(agreement.settled_at))
    return Row(title=agreement.kind.label, state=state, when=when, facts=facts, acts=acts)


def _meeting_row(reader: Reader, meeting: Meeting) -> Row:
    attendances = list(meeting.attendances.all())
    if meeting.state != MeetingState.PLANNED:
        return _past_meeting_row(reader, meeting, attendances)
    on = timezone.localdate(meeting.starts_at)
    deadline = reader.page.due(DeadlineKind.MEETING_OUTCOME, meeting_id=meeting.pk)
    state = "today" if on == reader.today else "later"
    return Row(
        title=meeting.kind.label,
        state="late" if deadline and deadline.due_on < reader.today else state,
        when=reader.day(meeting.starts_at, "moment"),
        facts=[_place(meeting), *_answers(attendances), _in_calendar(meeting)],
        acts=_meeting_acts(reader, meeting, attendances),
        href=link("meeting", meeting.pk),
    )


def _place(meeting: Meeting) -> str:
    return f"{meeting.room.name}, {meeting.place.name}" if meeting.room else meeting.place.name


def _in_calendar(meeting: Meeting) -> str:
    """Link to the meeting as a file: whoever moves one themselves is told of it by nobody."""
    words = '<a href="{}">{}<span class="sr-only">: {}</span></a>'
    url = link("notifications:meeting_file", meeting.pk)
    return format_html(words, url, _("Put it in my calendar"), meeting.kind.label)


def _meeting_acts(reader: Reader, meeting: Meeting, attendances: list[Attendance]) -> list[Act]:
    acts = []
    if any(
        attendance.answer == AttendanceAnswer.ASKED and reader.actor.is_one_of(attendance.person_id)
        for attendance in attendances
    ):
        acts.append(Act(_("Answer"), link("meeting", meeting.pk)))
    is_callers = reader.page.part >= Part.PARTNER and reader.actor.is_one_of(meeting.called_by_id)
    if not reader.holds and not is_callers:
        return acts
    if timezone.localdate(meeting.starts_at) <= reader.today:
        acts.append(Act(_("Take it down"), link("meeting_hold", meeting.pk)))
    else:
        acts.append(Act(pgettext("a meeting", "Move"), link("meeting_move", meeting.pk)))
        acts.append(Act(pgettext("a meeting", "Cancel"), link("meeting_cancel", meeting.pk)))
    return acts


def _answers(attendances: list[Attendance]) -> list[str]:
    """Say who comes, who has not answered and who cannot come; a group with nobody in it is not said."""
    groups = (
        (AttendanceAnswer.YES, _("comes: %(people)s")),
        (AttendanceAnswer.ASKED, _("has not answered: %(people)s")),
        (AttendanceAnswer.NO, _("cannot come: %(people)s")),
    )
    said = []
    for answer, words in groups:
        people = [attendance.person.name for attendance in attendances if attendance.answer == answer]
        if people:
            said.append(words % {"people": ", ".join(people)})
    return said


def _past_meeting_row(reader: Reader, meeting: Meeting, attendances: list[Attendance]) -> Row:
    is_held = meeting.state == MeetingState.HELD
    facts: list[str] = [reader.day(meeting.starts_at)]
    came = ", ".join(attendance.person.name for attendance in attendances if attendance.came)
    if came:
        facts.append(_("came: %(people)s") % {"people": came})
    if is_held and meeting.minutes is not None:
        facts.append(_("minutes in %(system)s") % {"system": meeting.minutes.system.label})
    elif is_held:
        facts.append(_("no minutes"))
    return Row(
        title=meeting.kind.label,
        state="done" if is_held else "ended",
        when=meeting.get_state_display(),
        facts=facts,
        href=link("meeting", meeting.pk),
    )
