"""What somebody waits for in a case: everything that closing it would answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from coordination.models import AgreementState, Case, HandoverState, InvitationState, JoinState, MeetingState


@dataclass(frozen=True)
class OpenAsks:
    """Names of units and people, and what is planned: meetings with their day, agreements with their owner."""

    invited: list[str]
    asking: list[str]
    offered: list[str]
    partners: list[str]
    meetings: list[tuple[str, date]]
    agreements: list[tuple[str, str]]


def read_open_asks(case: Case) -> OpenAsks:
    """Read everything open in a case. Six queries."""
    planned = case.meetings.filter(state=MeetingState.PLANNED).select_related("kind")
    still_open = case.agreements.filter(state=AgreementState.OPEN).select_related("kind", "owner")
    return OpenAsks(
        invited=list(case.invitations.filter(state=InvitationState.SENT).values_list("unit__name", flat=True)),
        asking=list(case.join_requests.filter(state=JoinState.ASKED).values_list("unit__name", flat=True)),
        offered=list(case.handovers.filter(state=HandoverState.OFFERED).values_list("to_person__name", flat=True)),
        partners=list(case.partnerships.live().values_list("unit__name", flat=True)),
        meetings=[(meeting.kind.label, timezone.localdate(meeting.starts_at)) for meeting in planned],
        agreements=[(agreement.kind.label, agreement.owner.name) for agreement in still_open],
    )
