"""What has been asked and is waiting for an answer: of whom, by when, and what happens if none comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from coordination.models import Case, Deadline, DeadlineKind, Invitation, JoinRequest
from coordination.queries.rules import rule_for
from coordination.rules.steps import Told


@dataclass(frozen=True)
class WaitingAsk:
    """An invitation that waits for an answer, and the day by which it is due."""

    invitation: Invitation
    due_on: date


def waiting_asks(case: Case) -> list[WaitingAsk]:
    """List the invitations of the case that wait for an answer, the first due first."""
    deadlines = (
        case.deadlines.open()
        .filter(kind=DeadlineKind.ANSWER_INVITATION)
        .select_related("invitation__unit", "invitation__person", "invitation__ask")
    )
    return [WaitingAsk(deadline.invitation, deadline.due_on) for deadline in deadlines if deadline.invitation]


def told_when_late(kind: DeadlineKind) -> Told:
    """Say who is told, sooner or later, when a deadline of the kind is not met, as the municipality has set it."""
    told = Told()
    for step in rule_for(kind).steps:
        if step.offset >= 0:
            told |= step.told
    return told


def answer_due(ask: Invitation | JoinRequest) -> date | None:
    """Find the day by which an ask is to be answered; none where it no longer waits."""
    return (
        ask.deadlines.open()
        .filter(kind__in=(DeadlineKind.ANSWER_INVITATION, DeadlineKind.ANSWER_JOIN_REQUEST))
        .values_list("due_on", flat=True)
        .first()
    )


def search_after(invitation: Invitation) -> Deadline | None:
    """Find who is to ask, or to find, somebody else after the invitation was declined; none where that is over."""
    return invitation.deadlines.open().filter(kind=DeadlineKind.FIND_PARTNER).select_related("owner", "unit").first()
