"""Whoever watches over the process learns whether it lives, and whether it can work."""

from __future__ import annotations

from typing import NoReturn

import pytest
from django.db import OperationalError, connection
from django.test import Client


def break_down() -> NoReturn:
    raise OperationalError("host db.example: password of involver is wrong")


def test_alive_without_any_database(client: Client) -> None:
    answer = client.get("/health/live")
    assert (answer.status_code, answer.content) == (200, b"alive\n")


@pytest.mark.django_db
def test_ready_when_the_database_answers(client: Client) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.content) == (200, b"ready\n")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_when_the_database_is_gone_and_no_details_told(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connection, "cursor", break_down)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert b"password" not in answer.content
    assert "password" not in caplog.text


def test_health_is_only_read(client: Client) -> None:
    assert client.post("/health/live").status_code == 405
