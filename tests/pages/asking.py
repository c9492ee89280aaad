"""Asking for a page, or sending its form, as somebody at a time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import uuid4

import time_machine
from django.http import HttpResponse
from django.test import Client

from coordination.models import User
from tests.builders import on


def see(person: User, url: str, *, at: datetime | None = None, language: str = "en") -> HttpResponse:
    """Ask for a page as ``person``, a day after the Monday morning unless ``at`` says when."""
    with time_machine.travel(at or on(1), tick=False):
        client = Client(headers={"accept-language": language})
        client.force_login(person)
        return client.get(url)  # type: ignore[return-value]


def send(
    person: User, url: str, data: dict[str, Any] | None = None, *, at: datetime | None = None, follow: bool = False
) -> HttpResponse:
    """Send a form as ``person``, with a submission of its own unless ``data`` has one; ``follow`` where it leads."""
    with time_machine.travel(at or on(1), tick=False):
        client = Client(headers={"accept-language": "en"})
        client.force_login(person)
        sent = {"submission": str(uuid4()), **(data or {})}
        return client.post(url, sent, follow=follow)  # type: ignore[return-value]


def words(response: HttpResponse) -> str:
    """Give a page's text with single spaces, as a test compares it."""
    return " ".join(response.content.decode().split())


def chosen(response: HttpResponse, name: str) -> set[str]:
    """Give the values of the boxes and cards of one field that are ticked on a page."""
    boxes = re.findall(rf'<input [^>]*name="{name}"[^>]*>', words(response))
    values = [re.search(r'value="([^"]*)"', box) for box in boxes if " checked" in box]
    return {value[1] if value else "on" for value in values}


def said(person: User, url: str, data: dict[str, Any] | None = None, *, at: datetime | None = None) -> str:
    """Send a form that is carried out, and give the message that it leaves behind."""
    response = send(person, url, data, at=at)
    assert response.status_code == 302, words(response)
    messages = response.wsgi_request._messages  # type: ignore[attr-defined]
    return " ".join(str(message) for message in messages)
