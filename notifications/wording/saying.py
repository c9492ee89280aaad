"""What a message says, in the language of whoever is told: worded when it is sent, so that it is true then."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordination.models import DeadlineKind, EventKind
from notifications.models import Audience, Channel, Message
from notifications.planning.subjects import path_of_deadline, path_of_event
from notifications.wording import deadlines, events
from notifications.wording.facts import Background, Facts, facts_of_deadline, facts_of_event

WHY = {
    Audience.OWNER: gettext_lazy("You are told because it is for you to do, or for somebody you stand in for."),
    Audience.ASKER: gettext_lazy("You are told because you asked for it, or hold the baton."),
    Audience.LEADER: gettext_lazy("You are told because you lead those who are to do it."),
    Audience.NEWS: gettext_lazy(
        "You are told because you take part in the case, have done so, have asked or been asked."
    ),
}


@dataclass(frozen=True)
class Said:
    """The words of one message, and the address (a path) where one goes on.

    ``why``: why this reader is told. ``lines``: what a digest gathers.
    """

    headline: str
    detail: str
    path: str
    code: str = ""
    why: str = ""
    lines: tuple[Said, ...] = field(default=())

    @property
    def title(self) -> str:
        """The headline with the case's code before it."""
        return f"{self.code}: {self.headline}" if self.code else self.headline

    @property
    def subject(self) -> str:
        """The headline as the subject of an e-mail: first who writes, last which case it is about."""
        return f"Involver: {self.headline} ({self.code})" if self.code else f"Involver: {self.headline}"

    @property
    def url(self) -> str:
        """The whole address where one goes on."""
        return f"{settings.BASE_URL}{self.path}"


def say(message: Message, *, today: date, lines: tuple[Said, ...] = (), background: Background | None = None) -> Said:
    """Word a message in the active language. ``lines`` are those of the messages that a digest gathers.

    ``background``: read for the events of several messages at once.
    """
    if message.event is not None:
        wording = events.wording_of(message.event, Audience(message.audience), message.person_id)
        return _said(message, wording, facts_of_event(message.event, background), path_of_event(message.event))
    if message.step is not None:
        deadline = message.step.deadline
        is_late, audience = deadline.due_on < today, Audience(message.audience)
        wording = deadlines.wording_of(DeadlineKind(deadline.kind), audience, is_late=is_late)
        return _said(message, wording, facts_of_deadline(deadline), path_of_deadline(deadline, audience))
    if message.failed is not None:
        channel = Channel(message.failed.channel).label
        return Said(
            _("We could not reach you by %(channel)s") % {"channel": channel},
            _("Is your address right? What we had to tell you stands here and on your desk."),
            reverse("notifications:choices"),
        )
    headline = ngettext("%(count)s thing to know", "%(count)s things to know", len(lines)) % {"count": len(lines)}
    return Said(headline, _("All that has come since your last digest."), reverse("desk"), lines=lines)


def _said(message: Message, wording: events.Wording, facts: Facts, path: str) -> Said:
    return Said(
        headline=facts.filled_in(str(wording.headline)),
        detail=facts.filled_in(str(wording.detail)),
        path=path,
        code="" if _asks_from_outside(message) else facts.code,
        why=str(WHY[Audience(message.audience)]) if facts.code else "",
    )


def _asks_from_outside(message: Message) -> bool:
    """Say whether the reader asked to join a case of which they are to learn nothing, not even its code."""
    if message.event is not None:
        is_no = message.event.kind in (EventKind.JOIN_DECLINED, EventKind.JOIN_WITHDRAWN)
        return is_no and message.person_id == message.event.person_id
    if message.step is None or message.audience != Audience.ASKER:
        return False
    deadline = message.step.deadline
    return deadline.kind == DeadlineKind.ANSWER_JOIN_REQUEST and message.person_id != deadline.case.holder_id
