"""Finding a meeting: by those who take part in its case, and leaders above them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from coordination.commands.changing import require_right
from coordination.errors import MovedOn
from coordination.models import Meeting, MeetingState
from coordination.queries.visibility import cases_seen_by, part_in
from coordination.rules.access import Part, may_hold
from coordination.web.requests import PageRequest, find
from coordination.web.taking_part import admit


def find_meeting(request: PageRequest, pk: int) -> Meeting:
    """Find a meeting of an open case that the actor sees."""
    meetings = Meeting.objects.filter(case__in=cases_seen_by(request.actor)).select_related(
        "case__holder", "case__holder_unit", "case__theme", "kind", "place", "room", "called_by", "minutes__system"
    )
    meeting = find(meetings, pk=pk)
    admit(request, meeting.case)
    return meeting


def find_changeable(request: PageRequest, pk: int) -> Meeting:
    """Find a meeting that the actor may move, cancel or take down; GET refuses one that is no longer planned."""
    meeting = find_meeting(request, pk)
    require_right(may_change(request, meeting), request.actor, meeting.case)
    if request.method != "POST" and meeting.state != MeetingState.PLANNED:
        raise MovedOn(_("This meeting is no longer planned (%(state)s).") % {"state": meeting.get_state_display()})
    return meeting


def may_change(request: PageRequest, meeting: Meeting) -> bool:
    """Say whether the actor may change the meeting: the holder, or the one who called it and still takes part."""
    is_callers = request.actor.is_one_of(meeting.called_by_id) and part_in(request.actor, meeting.case) >= Part.PARTNER
    return may_hold(request.actor, meeting.case) or is_callers
