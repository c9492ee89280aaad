"""A system that is down is called again, longer apart each time; one that refuses for good is not."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from coordination.models import User
from notifications.commands.webhooks import (
    add_webhook,
)
from notifications.delivery.claims import LONGEST_PAUSE
from notifications.models import Message, MessageState, Webhook
from tests.builders import World, a_case, on
from tests.notifications.hooking import messages, states, tell, tell_all
from tests.notifications.other_side import OtherSide, other_side

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 425, 429])
def test_a_system_that_is_down_is_called_again_and_nothing_is_lost(
    world: World, system: OtherSide, hook: tuple[Webhook, str], status: int
) -> None:
    system.status = status
    a_case(world)
    assert tell() == 0
    assert len(system.requests) == 1  # once it has said so, the rest waits untried
    assert sorted(message.attempts for message in messages(hook[0]))[-2:] == [0, 1]
    webhook = Webhook.objects.get()
    assert (webhook.failures, webhook.failure, webhook.is_active) == (1, str(status), True)
    assert webhook.paused_until is not None
    system.status = 200
    tell(webhook.paused_until - timedelta(seconds=1))
    assert len(system.requests) == 1
    tell_all(on(hours=1))
    assert states(hook[0]) == {MessageState.SENT}
    assert len({request.headers["webhook-id"] for request in system.requests}) == len(messages(hook[0]))
    answering = Webhook.objects.get()
    assert (answering.failures, answering.failure, answering.paused_until) == (0, "", None)


def test_a_system_that_was_left_alone_by_a_clock_a_day_ahead_is_called_when_the_clock_is_right(
    world: World, system: OtherSide, hook: tuple[Webhook, str]
) -> None:
    Webhook.objects.update(failures=1, failure="503", paused_until=on(1, hours=2))
    a_case(world)
    tell_all(on())
    assert states(hook[0]) == {MessageState.SENT}
    assert system.requests


@pytest.mark.parametrize("how", ["hangs", "is not there", "is inside"])
def test_a_system_that_cannot_be_reached_is_called_again(
    world: World, system: OtherSide, hook: tuple[Webhook, str], settings: Settings, how: str
) -> None:
    if how == "hangs":
        system.hangs = True
    elif how == "is not there":
        with other_side() as gone:
            Webhook.objects.update(url=gone.url())
    else:
        settings.OUTWARD_ALLOWED_HOSTS = []
    a_case(world)
    tell()
    assert states(hook[0]) == {MessageState.WAITING}
    webhook = Webhook.objects.get()
    code = {"hangs": "ReadTimeout", "is not there": "ConnectionError", "is inside": "AddressRefused"}[how]
    assert (webhook.failures, webhook.failure) == (1, code)


def test_it_is_left_alone_longer_each_time_and_never_for_too_long(
    world: World, system: OtherSide, hook: tuple[Webhook, str]
) -> None:
    system.status = 500
    for _case in range(3):
        a_case(world)
    now, pauses = on(), []
    for _time in range(14):
        tell(now)
        until = Webhook.objects.get().paused_until
        assert until is not None
        pauses.append(until - now)
        now = until
    assert pauses[0] <= timedelta(minutes=1.5)
    assert pauses[5] >= timedelta(minutes=16)
    assert max(pauses) <= LONGEST_PAUSE * 1.5
    assert len(system.requests) == 14
    assert Webhook.objects.get().failures == 14


def test_it_is_left_alone_for_as_long_as_it_asks_but_not_for_days(
    world: World, system: OtherSide, hook: tuple[Webhook, str]
) -> None:
    system.status, system.extra = 429, {"Retry-After": "5000"}
    a_case(world)
    tell()
    paused_until = Webhook.objects.get().paused_until
    assert paused_until is not None
    assert on() + timedelta(seconds=5000) <= paused_until < on(hours=2)
    system.extra = {"Retry-After": "999999"}
    tell(paused_until)
    again = Webhook.objects.get().paused_until
    assert again is not None
    assert again - paused_until <= LONGEST_PAUSE


def test_one_that_is_down_keeps_no_other_waiting(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    with other_side(hangs=True) as dead:
        add_webhook(name="Død", unit=world.town, url=dead.url(), actor=clerk, now=on(-1))
        for _case in range(30):  # more than a batch
            a_case(world)
        tell()
        tell_all(on())
        assert len(dead.requests) == 1
    assert states(hook[0]) == {MessageState.SENT}
    assert len(system.requests) == len(messages(hook[0])) > 50


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 301, 308])
def test_what_is_refused_for_good_is_discarded_with_its_code(
    world: World, system: OtherSide, hook: tuple[Webhook, str], caplog: pytest.LogCaptureFixture, status: int
) -> None:
    system.status, system.extra = status, {"Location": system.url("/elsewhere")}
    a_case(world)
    with caplog.at_level(logging.ERROR):
        tell()
    assert {(message.state, message.failure) for message in messages(hook[0])} == {
        (MessageState.DISCARDED, str(status))
    }
    assert {request.path for request in system.requests} == {"/hook"}
    assert Webhook.objects.get().failure == str(status)
    assert str(status) in caplog.text
    assert system.host not in caplog.text
    assert not Message.objects.filter(failed__webhook=hook[0]).exists()  # nobody's own message


def test_one_that_says_it_is_gone_is_stopped_and_operators_read_so(
    world: World, system: OtherSide, hook: tuple[Webhook, str], caplog: pytest.LogCaptureFixture
) -> None:
    system.status = 410
    a_case(world)
    with caplog.at_level(logging.ERROR):
        tell()
    assert len(system.requests) == 1
    webhook = Webhook.objects.get()
    assert (webhook.is_active, webhook.failure) == (False, "410")
    assert "has been deactivated" in caplog.text
    tell_all(on(1))
    assert len(system.requests) == 1
    assert states(webhook) == {MessageState.DISCARDED, MessageState.UNWANTED}
    a_case(world, now=on(1))
    tell(on(1))
    assert not Message.objects.filter(webhook=webhook, event__at=on(1)).exists()
