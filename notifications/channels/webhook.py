"""Webhooks: events to other systems, signed as Standard Webhooks has it. docs/webhooks.md tells the other side."""

from __future__ import annotations

import json
from datetime import UTC, timedelta

from django.utils import timezone

from coordination.privacy.sealing import SealBroken
from notifications.channels.outcomes import NOT_TRIED, SENT, Outcome, Tried
from notifications.channels.outward import AddressRefused, NoAnswer, Outward
from notifications.channels.signing import sign
from notifications.models import Message, Webhook
from notifications.planning.systems import unit_of
from notifications.wording.saying import Said

GONE = "410"
_NOT_NOW = {408, 425, 429}


class Caller:
    """Calls webhooks for the length of a batch. One that has not answered is not called again in it."""

    def __init__(self) -> None:
        """Prepare; nothing is opened yet."""
        self._outward = Outward()
        self._silent: set[int] = set()

    def __enter__(self) -> Caller:
        """Begin a batch."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the connections."""
        self._outward.__exit__(*error)

    def write(self, _message: Message, said: Said) -> Said:
        """Leave it as it is: it is written when it is sent."""
        return said

    def send(self, message: Message, _said: Said) -> Tried:
        """Call one webhook with one event."""
        webhook = message.webhook
        if webhook is None:
            raise ValueError("a call is for a webhook")
        if webhook.pk in self._silent:
            return NOT_TRIED
        tried = self._call(webhook, message)
        if tried.outcome == Outcome.LATER or tried.code == GONE:
            self._silent.add(webhook.pk)
        return tried

    def _call(self, webhook: Webhook, message: Message) -> Tried:
        body = body_of(message)
        try:
            headers = sign(body, webhook, uid=str(message.uid), now=timezone.now())
            answer = self._outward.post(webhook.url, body, headers)
        except (AddressRefused, NoAnswer, SealBroken) as error:
            # What the operator can mend, or mends itself: nothing is thrown away for it.
            return Tried(Outcome.LATER, error.code if isinstance(error, NoAnswer) else type(error).__name__)
        if 200 <= answer.status < 300:
            return SENT
        if answer.status in _NOT_NOW or answer.status >= 500:
            return Tried(Outcome.LATER, str(answer.status), answer.retry_after or timedelta())
        return Tried(Outcome.NEVER, str(answer.status))


def body_of(message: Message) -> bytes:
    """Write what a system is told: what has happened, when, in which case and unit. No theme, no reason, no person."""
    event = message.event
    if event is None:
        raise ValueError("a call is about an event")
    unit = unit_of(event)
    told = {
        "id": str(message.uid),
        "event": event.pk,
        "type": event.kind,
        "at": event.at.astimezone(UTC).isoformat(),
        "case": event.case.code if event.case else None,
        "unit": unit.code if unit else None,
        "subject": event.subject or None,
    }
    return json.dumps(told, separators=(",", ":")).encode()
