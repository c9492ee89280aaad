"""Telling other systems, and reading what they were told."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import time_machine

from notifications.delivery.relay import relay
from notifications.delivery.sending import send_due
from notifications.models import Channel, Message, Webhook
from tests.builders import on
from tests.notifications.other_side import Request
from tests.services import ROOT


def tell(now: datetime | None = None) -> int:
    """Relay and call what is due at a time, one batch."""
    relay(now=now or on())
    with time_machine.travel(now or on(), tick=False):
        return send_due(Channel.WEBHOOK)


def tell_all(now: datetime) -> None:
    while tell(now):
        continue


def messages(webhook: Webhook) -> list[Message]:
    return list(Message.objects.filter(webhook=webhook).order_by("event_id"))


def states(webhook: Webhook) -> set[str]:
    return {message.state for message in messages(webhook)}


def told(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = json.loads(request.body)
    return given


def verifies(request: Request, secret: str, now: datetime | None = None) -> bool:
    """Ask what docs/webhooks.md gives the other side to ask with."""
    [code] = re.findall("```python\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 -- our own
    with time_machine.travel(now or on(), tick=False):
        is_right: bool = names["is_from_involver"](secret, request.headers, request.body)
    return is_right
