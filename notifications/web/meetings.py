"""A meeting as a file, for those who put it into their own calendar by hand."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from coordination.web.meetings.finding import find_meeting
from coordination.web.requests import PageRequest
from notifications.channels.calendar import write_meeting


@require_safe
def give(request: PageRequest, pk: int) -> HttpResponse:
    """Give a meeting as it is now to somebody who may see it. Seeing it is a look, as on its page."""
    meeting = find_meeting(request, pk)
    return HttpResponse(
        write_meeting(meeting, reader=request.user, now=request.now),
        content_type="text/calendar; charset=utf-8; method=PUBLISH",
        headers={"Content-Disposition": f'inline; filename="involver-{meeting.case.code}.ics"'},
    )
