"""What is said of events that belong to no case's timeline: of people, units, the log and erased cases."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coordination.models import EventKind
from coordination.queries.log_reading import LogRow

WORDS: Mapping[str, Promise] = {
    EventKind.CASE_ERASED: _("a case was erased"),
    EventKind.SUBJECT_LOOKED_UP: _("looked a child up by reference"),
    EventKind.TEMPLATE_CHANGED: _("changed the template of a move"),
    EventKind.UNIT_PLACED: _("added a unit"),
    EventKind.UNIT_CHANGED: _("changed a unit"),
    EventKind.UNIT_CLOSED: _("closed a unit"),
    EventKind.PERSON_REGISTERED: _("registered a person"),
    EventKind.PERSON_CHANGED: _("changed what is known of a person"),
    EventKind.PERSON_DEACTIVATED: _("deactivated a person"),
    EventKind.PERSON_REACTIVATED: _("let a person in again"),
    EventKind.MEMBERSHIP_BEGUN: _("placed a person in a unit"),
    EventKind.MEMBERSHIP_CHANGED: _("gave a person another role"),
    EventKind.MEMBERSHIP_ENDED: _("took a person out of a unit"),
    EventKind.ABSENCE_SET: _("noted that a person is away"),
    EventKind.ABSENCE_ENDED: _("noted that a person is back"),
    EventKind.LOG_READ: _("read the log"),
    EventKind.LOG_CLEARED: _("the log was cleared of what is no longer kept"),
    EventKind.LOOK_DRAWN: _("looks were put before a leader to be confirmed"),
    EventKind.LOOK_CONFIRMED: _("confirmed a look"),
    EventKind.LOOK_QUESTIONED: _("asked for an explanation of a look"),
}


def words_of(row: LogRow) -> str:
    """Say what an event was that no sentence of a timeline says; nothing for all others."""
    happening = row.happening
    if happening is None or happening.kind not in WORDS:
        return ""
    about = ", ".join(name for name in (happening.person, happening.unit) if name)
    said = str(WORDS[happening.kind])
    return f"{said}: {about}" if about else said
