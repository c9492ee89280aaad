"""What is owed in a case: the next due thing in one sentence, and what waits for the reader."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from coordination.models import Deadline, DeadlineKind
from coordination.rules.access import Part
from coordination.web.cases.rows import Act, Reader, Row, link
from coordination.web.desk.owed import NEXT, meeting_of, missing_words
from coordination.web.desk.own import OWN
from coordination.web.desk.row import ANSWERS

# What is further off stands in its own part of the page; an answer is waited for at once.
SOON = timedelta(days=14)
_WAIT_AT_ONCE = frozenset(
    {
        DeadlineKind.ANSWER_INVITATION,
        DeadlineKind.ANSWER_JOIN_REQUEST,
        DeadlineKind.ANSWER_HANDOVER,
        DeadlineKind.ANSWER_MEETING,
        DeadlineKind.FIND_PARTNER,
        DeadlineKind.ASSIGN_HOLDER,
        DeadlineKind.CLOSE_TO_ERASE,
    }
)


def next_words(reader: Reader) -> str:
    """Say in one sentence what is due next, by whom, and by when."""
    deadline = reader.page.next_due
    if deadline is None:
        return ""
    if _is_to_come(deadline, reader):
        meeting = meeting_of(deadline)
        return format_html(
            _("Next: {meeting} {day}"), meeting=meeting.kind.label, day=reader.day(meeting.starts_at, "moment")
        )
    if deadline.due_on < reader.today:
        words, what = _("Late: {what}. The limit was {day}"), missing_words(deadline)
    else:
        words, what = _("Next: {what} by {day}"), NEXT[DeadlineKind(deadline.kind)](deadline)
    return format_html(words, what=what, day=reader.day(deadline.due_on, "due"))


def rows_waiting(reader: Reader) -> list[Row]:
    """Build the rows of what the reader owes in this case soon, the first due first."""
    if reader.page.part < Part.LEADER:
        return []
    return [_row(reader, deadline) for deadline in reader.page.owed_by(reader.actor) if _waits(deadline, reader)]


def _row(reader: Reader, deadline: Deadline) -> Row:
    said = OWN[DeadlineKind(deadline.kind)](deadline, reader.actor)
    act = Act(said.action, said.url)
    if deadline.kind == DeadlineKind.MEETING_OUTCOME:
        act = Act(said.action, link("meeting_hold", meeting_of(deadline).pk))
    elif deadline.kind == DeadlineKind.NEXT_STEP:
        act = Act(_("Make an agreement"), link("agreement_make", reader.page.case.code))
    elif said.done_url:
        act = Act(_("Done"), said.done_url)
    facts = []
    if deadline.owner is not None and deadline.owner_id != reader.actor.user.pk:
        facts.append(_("for %(person)s") % {"person": deadline.owner.name})
    return Row(
        title=said.title,
        state=reader.state_of(deadline),
        when=reader.answer_by(deadline) if deadline.kind in ANSWERS else reader.by(deadline),
        facts=facts,
        acts=[act],
    )


def _waits(deadline: Deadline, reader: Reader) -> bool:
    if _is_to_come(deadline, reader):
        return False
    return deadline.kind in _WAIT_AT_ONCE or deadline.due_on <= reader.today + SOON


def _is_to_come(deadline: Deadline, reader: Reader) -> bool:
    """Whether it is about taking down a meeting that has not been yet."""
    if deadline.kind != DeadlineKind.MEETING_OUTCOME:
        return False
    return timezone.localdate(meeting_of(deadline).starts_at) >= reader.today
