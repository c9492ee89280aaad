"""Whoever watches over the installation reads the figures, with a token and only then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from backend.keys import read_variable
from coordination.models import OutboxEntry
from notifications.models import Channel, MessageState
from tests.builders import World
from tests.notifications.making import due

TOKEN = "a-token-that-nobody-guesses"
WITH_TOKEN = {"Authorization": f"Bearer {TOKEN}"}


def read(client: Client) -> dict[tuple[str, ...], float]:
    """Read the figures as Prometheus does: by name and the values of the labels."""
    answer = client.get("/metrics", headers=WITH_TOKEN)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.mark.django_db
def test_without_a_token_there_are_no_figures(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = None
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer None"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("shown", ["", "Bearer ", f"Bearer {TOKEN}x", TOKEN, f"Basic {TOKEN}", "Bearer å"])
def test_a_wrong_token_is_refused_before_anything_is_read(client: Client, settings: Settings, shown: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": shown})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert b"involver" not in answer.content


def test_the_figures_are_only_read(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert client.post("/metrics", headers=WITH_TOKEN).status_code == 405


@pytest.mark.django_db
def test_where_nothing_waits_the_ages_are_zero(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    figures = read(client)
    assert figures["involver_oldest_due_message_seconds",] == 0
    assert figures["involver_oldest_outbox_row_seconds",] == 0
    assert len([name for name, *_labels in figures if name == "involver_messages"]) == len(Channel) * len(MessageState)
    assert not any(figures.values())


def test_the_figures_tell_what_has_waited_for_how_long(world: World, client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    OutboxEntry.objects.update(relayed_at=timezone.now())
    hour_ago = timezone.now() - timedelta(hours=1)
    message = due(world.maja, at=hour_ago)
    due(world.maja, at=timezone.now() + timedelta(hours=1))
    due(world.maja, at=hour_ago, state=MessageState.SENT, settled_at=hour_ago)
    assert message.event is not None
    OutboxEntry.objects.create(event=message.event)
    figures = read(client)
    assert 3600 <= figures["involver_oldest_due_message_seconds",] < 3700
    assert 3600 <= figures["involver_oldest_outbox_row_seconds",] < 3700
    assert figures["involver_messages", "email", "waiting"] == 2
    assert figures["involver_messages", "email", "sent"] == 1
    assert figures["involver_messages", "inapp", "waiting"] == 0


def test_the_token_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    monkeypatch.setenv("METRICS_TOKEN_FILE", str(tmp_path / "token"))
    assert read_variable("METRICS_TOKEN") == TOKEN
