"""Administrators add, change, stop and start webhooks, and nobody else does."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from coordination.errors import Forbidden, MovedOn, Unacceptable
from coordination.models import User
from notifications.channels.signing import open_secret
from notifications.commands.webhooks import (
    add_webhook,
    change_webhook,
    replay_events,
    rotate_secret,
    start_webhook,
    stop_webhook,
)
from notifications.delivery.relay import relay
from notifications.models import MessageState, Webhook
from tests.builders import World, a_case, on
from tests.notifications.hooking import states, tell, tell_all, told
from tests.notifications.other_side import OtherSide

pytestmark = pytest.mark.django_db


def test_only_administrators_add_change_rotate_stop_and_start(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    for actor in (world.karin, world.dorte, world.maja):
        for act in (
            lambda a: add_webhook(name="x", unit=world.ppr, url=system.url(), actor=a, now=on()),
            lambda a: change_webhook(webhook=hook[0], name="x", url=system.url(), actor=a, now=on()),
            lambda a: rotate_secret(webhook=hook[0], actor=a, now=on()),
            lambda a: stop_webhook(webhook=hook[0], actor=a, now=on()),
            lambda a: start_webhook(webhook=hook[0], actor=a, now=on()),
            lambda a: replay_events(webhook=hook[0], since=0, everything=True, actor=a, now=on()),
        ):
            with pytest.raises(Forbidden):
                act(actor)
    clerk.is_active = False
    with pytest.raises(Forbidden):
        stop_webhook(webhook=hook[0], actor=clerk, now=on())
    assert Webhook.objects.get().name == "Tavlen"


@pytest.mark.parametrize("url", ["http://tavlen.example/", "https://10.0.0.1/", "https://localhost/", "javascript:x"])
def test_an_address_that_involver_does_not_speak_to_is_refused(
    world: World, hook: tuple[Webhook, str], clerk: User, url: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        add_webhook(name="x", unit=world.ppr, url=url, actor=clerk, now=on())
    assert refused.value.field == "url"
    with pytest.raises(Unacceptable):
        change_webhook(webhook=hook[0], name="x", url=url, actor=clerk, now=on())


def test_one_address_is_told_of_a_unit_once(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    with pytest.raises(MovedOn):
        add_webhook(name="x", unit=world.town, url=system.url("/hook"), actor=clerk, now=on())
    second, _secret = add_webhook(name="x", unit=world.town, url=system.url("/other"), actor=clerk, now=on())
    with pytest.raises(MovedOn):
        change_webhook(webhook=second, name="x", url=system.url("/hook"), actor=clerk, now=on())


def test_another_address_is_tried_at_once(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    system.status = 500
    a_case(world)
    tell()
    system.status = 200
    change_webhook(webhook=hook[0], name="Tavlen", url=system.url("/moved"), actor=clerk, now=on())
    tell_all(on())
    assert states(hook[0]) == {MessageState.SENT}
    assert {request.path for request in system.requests[1:]} == {"/moved"}


def test_a_stopped_webhook_is_told_nothing_until_it_is_started(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    a_case(world)
    relay(now=on())
    stop_webhook(webhook=hook[0], actor=clerk, now=on())
    with pytest.raises(MovedOn):
        stop_webhook(webhook=hook[0], actor=clerk, now=on())
    tell(on(hours=1))
    assert system.requests == []
    start_webhook(webhook=hook[0], actor=clerk, now=on(hours=2))
    with pytest.raises(MovedOn):
        start_webhook(webhook=hook[0], actor=clerk, now=on(hours=2))
    a_case(world, now=on(hours=3))
    tell(on(hours=3))
    assert {told(request)["at"] for request in system.requests} == {"2026-09-14T10:00:00+00:00"}


# --- The page of administrators

LIST, ADD = "admin:notifications_webhook_changelist", "admin:notifications_webhook_add"


@pytest.fixture
def as_clerk(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_a_webhook_is_added_and_its_secret_shown_once(as_clerk: Client, world: World, system: OtherSide) -> None:
    given = {"name": "Tavlen", "unit": world.ppr.pk, "url": system.url("/hook")}
    page = as_clerk.post(reverse(ADD), given)
    webhook = Webhook.objects.get()
    secret = open_secret(webhook)
    assert (webhook.name, webhook.unit, webhook.url) == ("Tavlen", world.ppr, system.url("/hook"))
    assert page.status_code == 200
    assert page.content.decode().count(secret) == 1
    assert "no-store" in page["Cache-Control"]
    for path in (
        reverse(LIST),
        reverse("admin:notifications_webhook_change", args=[webhook.pk]),
        reverse("admin:index"),
    ):
        assert secret not in as_clerk.get(path).content.decode()
    assert secret not in json.dumps(dict(as_clerk.session))


def test_what_is_refused_stands_on_the_form(as_clerk: Client, world: World) -> None:
    page = as_clerk.post(reverse(ADD), {"name": "x", "unit": world.ppr.pk, "url": "http://10.0.0.1/hook"})
    assert "OUTWARD_ALLOWED_HOSTS" in page.content.decode()
    assert "http://10.0.0.1/hook" in page.content.decode()
    assert not Webhook.objects.exists()


def test_a_secret_is_rotated_and_a_webhook_stopped_and_started_from_the_list(
    as_clerk: Client, hook: tuple[Webhook, str]
) -> None:
    chosen = {"_selected_action": [hook[0].pk]}
    page = as_clerk.post(reverse(LIST), {"action": "rotate", **chosen})
    webhook = Webhook.objects.get()
    assert open_secret(webhook) != hook[1]
    assert open_secret(webhook) in page.content.decode()
    as_clerk.post(reverse(LIST), {"action": "stop", **chosen})
    assert not Webhook.objects.get().is_active
    again = as_clerk.post(reverse(LIST), {"action": "stop", **chosen}, follow=True)
    assert "stopped already" in again.content.decode()
    as_clerk.post(reverse(LIST), {"action": "start", **chosen})
    assert Webhook.objects.get().is_active


def test_only_one_secret_is_rotated_at_a_time(
    as_clerk: Client, world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    other, _secret = add_webhook(name="x", unit=world.ppr, url=system.url(), actor=clerk, now=on())
    chosen = {"_selected_action": [hook[0].pk, other.pk]}
    as_clerk.post(reverse(LIST), {"action": "rotate", **chosen})
    assert open_secret(Webhook.objects.get(pk=hook[0].pk)) == hook[1]


def test_a_webhook_keeps_its_unit(as_clerk: Client, world: World, hook: tuple[Webhook, str]) -> None:
    path = reverse("admin:notifications_webhook_change", args=[hook[0].pk])
    as_clerk.post(path, {"name": "Nyt navn", "unit": world.ppr.pk, "url": hook[0].url})
    webhook = Webhook.objects.get()
    assert (webhook.name, webhook.unit) == ("Nyt navn", world.town)
    assert open_secret(webhook) == hook[1]


def test_nobody_but_administrators_sees_webhooks(client: Client, world: World, hook: tuple[Webhook, str]) -> None:
    client.force_login(world.karin)
    assert client.get(reverse(LIST)).status_code == 302
