"""One thing on a desk, and when it is due."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from coordination.models import Deadline, DeadlineKind
from coordination.rules.day_words import due_words

ANSWERS = (
    DeadlineKind.ANSWER_INVITATION,
    DeadlineKind.ANSWER_JOIN_REQUEST,
    DeadlineKind.ANSWER_HANDOVER,
    DeadlineKind.ANSWER_MEETING,
)


@dataclass(frozen=True)
class Row:
    """One thing on the desk. ``done_url``: where a form with nothing but ``submission`` says that it is done."""

    title: str
    state: str
    when: str
    code: str = ""
    text: str = ""
    href: str = ""
    action: str = ""
    action_url: str = ""
    done_url: str = ""
    submission: UUID = field(default_factory=uuid4)


def state_of(due_on: date, today: date) -> str:
    """Say whether a day is late, today or later."""
    if due_on < today:
        return "late"
    return "today" if due_on == today else "later"


def when_words(deadline: Deadline, today: date) -> str:
    """Say by when, or since when it is late."""
    day = due_words(deadline.due_on, today)
    if deadline.due_on < today:
        return _("was due %(day)s") % {"day": day}
    if deadline.kind in ANSWERS:
        return _("answer by %(day)s") % {"day": day}
    return day
