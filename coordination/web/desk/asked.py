"""What I asked of others: it waits, or this is what came of it."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.models import Deadline, Handover, HandoverKind, HandoverState, JoinRequest, JoinState
from coordination.rules.actors import Actor
from coordination.rules.day_words import day_words
from coordination.web.desk.row import Row, state_of, when_words


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


def _state(ask: JoinRequest | Handover, today: date, *, said_yes: bool) -> str:
    if ask.answered_at is not None:
        return "done" if said_yes else "ended"
    due = _due(ask)
    return state_of(due.due_on, today) if due else "later"


def _when(ask: JoinRequest | Handover, today: date) -> str:
    """Say by when an answer comes, or on which day it came."""
    if ask.answered_at is not None:
        return day_words(timezone.localdate(ask.answered_at), today)
    due = _due(ask)
    return when_words(due, today) if due else ""


def _due(ask: JoinRequest | Handover) -> Deadline | None:
    """Give the deadline of the answer, which the desk has read with the ask."""
    due: list[Deadline] = ask.due  # type: ignore[union-attr]
    return due[0] if due else None
