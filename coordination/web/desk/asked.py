"""What I asked of others: it waits, or this is what came of it."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.models import (
    Deadline,
    Handover,
    HandoverKind,
    HandoverState,
    Invitation,
    InvitationState,
    JoinRequest,
    JoinState,
)
from coordination.queries.own_asks import OwnAsks
from coordination.rules.actors import Actor
from coordination.rules.day_words import day_words
from coordination.web.desk.row import Row, state_of, when_words

Ask = Invitation | JoinRequest | Handover

_YES = (InvitationState.ACCEPTED, InvitationState.COMPLETED, InvitationState.LEFT)


def rows_asked(asks: OwnAsks, actor: Actor) -> list[Row]:
    """Build the rows of what somebody asked: unit or person, what came of it, the reason of a no, the day."""
    return [
        *(join_request_row(request, actor) for request in asks.join_requests),
        *(handover_row(handover, actor) for handover in asks.handovers),
        *(invitation_row(each, actor, has_receipt=each.case_id in asks.receipts) for each in asks.invitations),
    ]


def invitation_row(invitation: Invitation, actor: Actor, *, has_receipt: bool) -> Row:
    """Say what was answered to an invitation by one who no longer takes part. What came after the yes is not theirs."""
    said_yes = invitation.state in _YES
    title = _("You invited %(unit)s: yes")
    if not said_yes:
        title = {
            InvitationState.SENT: _("You invited %(unit)s: no answer yet"),
            InvitationState.DECLINED: _("You invited %(unit)s: no"),
            InvitationState.WITHDRAWN: _("You invited %(unit)s: they no longer have to answer"),
        }[InvitationState(invitation.state)]
    return Row(
        title=title % {"unit": invitation.unit.name},
        state=_state(invitation, actor.today, said_yes=said_yes),
        when=_when(invitation, actor.today),
        code=invitation.case.code if has_receipt else "",
        text=invitation.decline_reason.label if invitation.decline_reason else "",
        href=reverse("case", args=[invitation.case.code]) if has_receipt else "",
    )


def join_request_row(request: JoinRequest, actor: Actor) -> Row:
    """Say where one's request to take part stands. Only a yes says which case it was."""
    title = {
        JoinState.ASKED: _("You asked for %(unit)s to take part (%(theme)s): no answer yet"),
        JoinState.ACCEPTED: _("You asked for %(unit)s to take part (%(theme)s): yes"),
        JoinState.DECLINED: _("You asked for %(unit)s to take part (%(theme)s): no. You can open a case yourself."),
        JoinState.WITHDRAWN: _("You asked for %(unit)s to take part (%(theme)s): that is no longer possible"),
    }[JoinState(request.state)] % {"unit": request.unit.name, "theme": request.theme.label}
    return Row(
        title=title,
        state=_state(request, actor.today, said_yes=request.state == JoinState.ACCEPTED),
        when=_when(request, actor.today),
        code=request.case.code if request.state == JoinState.ACCEPTED else "",
        text=request.decline_reason.label if request.decline_reason else "",
        href=reverse("join_request", args=[request.pk]),
    )


def handover_row(handover: Handover, actor: Actor) -> Row:
    """Say where one's offer of the baton, or one's request for it, stands."""
    is_offer = handover.kind == HandoverKind.OFFER
    offers = {
        HandoverState.OFFERED: _("You offered the baton to %(person)s: no answer yet"),
        HandoverState.ACCEPTED: _("You offered the baton to %(person)s: yes, it has moved"),
        HandoverState.DECLINED: _("You offered the baton to %(person)s: no, it stays where it is"),
        HandoverState.WITHDRAWN: _("You offered the baton to %(person)s: that is no longer possible"),
    }
    requests = {
        HandoverState.OFFERED: _("You asked to take the baton over: no answer yet"),
        HandoverState.ACCEPTED: _("You asked to take the baton over: yes, it has moved"),
        HandoverState.DECLINED: _("You asked to take the baton over: no, it stays where it is"),
        HandoverState.WITHDRAWN: _("You asked to take the baton over: that is no longer possible"),
    }
    title = (offers if is_offer else requests)[HandoverState(handover.state)] % {"person": handover.to_person.name}
    return Row(
        title=title,
        state=_state(handover, actor.today, said_yes=handover.state == HandoverState.ACCEPTED),
        when=_when(handover, actor.today),
        code=handover.case.code,
        text=handover.decline_reason.label if handover.decline_reason else "",
        href=reverse("handover", args=[handover.pk]),
    )


def _state(ask: Ask, today: date, *, said_yes: bool) -> str:
    if _over_at(ask) is not None:
        return "done" if said_yes else "ended"
    due = _due(ask)
    return state_of(due.due_on, today) if due else "later"


def _when(ask: Ask, today: date) -> str:
    """Say by when an answer comes, or on which day it came."""
    over_at = _over_at(ask)
    if over_at is not None:
        return day_words(timezone.localdate(over_at), today)
    due = _due(ask)
    return when_words(due, today) if due else ""


def _over_at(ask: Ask) -> datetime | None:
    """Give the time of the answer, or that from which none is waited for."""
    if isinstance(ask, Invitation):
        return ask.answered_at or ask.ended_at
    return ask.answered_at


def _due(ask: Ask) -> Deadline | None:
    """Give the deadline of the answer, which has been read with the ask."""
    due: list[Deadline] = ask.due  # type: ignore[union-attr]
    return due[0] if due else None
