"""The words of what stands in people's calendars: the case's code, when, where, and a way to go on. Nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.models import Attendance, AttendanceAnswer, Deadline, DeadlineKind, Meeting, MeetingState
from notifications.models import Audience
from notifications.planning.subjects import path_of_deadline
from notifications.wording import deadlines
from notifications.wording.facts import facts_of_deadline, facts_of_meeting


@dataclass(frozen=True)
class Entry:
    """One entry: what it is called, one sentence, where it is (perhaps), and the address at which one goes on."""

    summary: str
    sentence: str
    url: str
    location: str = ""

    @property
    def description(self) -> str:
        """The sentence, and the address below it for programs that show no other."""
        return f"{self.sentence}\n{self.url}"


def entry_of_call(attendance: Attendance) -> Entry:
    """Word a meeting for somebody who is called to it, in the active language."""
    sentences = {
        AttendanceAnswer.YES: _("You have said that you come."),
        AttendanceAnswer.NO: _("You have said that you do not come."),
    }
    asked = _("Say in Involver whether you come.")
    return _entry_of_meeting(attendance.meeting, sentences.get(AttendanceAnswer(attendance.answer), asked))


def entry_of_others(meeting: Meeting) -> Entry:
    """Word a meeting for somebody who may see it and is not called to it, in the active language."""
    return _entry_of_meeting(meeting, _("You are not called to the meeting yourself."))


def _entry_of_meeting(meeting: Meeting, sentence: str) -> Entry:
    facts = facts_of_meeting(meeting)
    return Entry(
        summary=_summary(facts.code),
        sentence=sentence,
        url=f"{settings.BASE_URL}{reverse('meeting', args=[meeting.pk])}",
        location=facts.place,
    )


def entry_of_end(meeting: Meeting, url: str) -> Entry:
    """Word that somebody is not to come, for a calendar that takes the meeting out; where it is they need not know."""
    is_cancelled = meeting.state == MeetingState.CANCELLED
    return Entry(
        summary=_summary(meeting.case.code),
        sentence=_("The meeting is cancelled.") if is_cancelled else _("You are no longer called to the meeting."),
        url=url,
    )


def entry_of_deadline(deadline: Deadline) -> Entry:
    """Word what somebody owes, in the active language."""
    facts = facts_of_deadline(deadline)
    return Entry(
        summary=f"{facts.filled_in(str(deadlines.TO_DO[DeadlineKind(deadline.kind)]))} · {facts.code}",
        sentence=_("This is the last day for it."),
        url=f"{settings.BASE_URL}{path_of_deadline(deadline, Audience.OWNER)}",
    )


def _summary(code: str) -> str:
    return _("Meeting · %(code)s") % {"code": code}
