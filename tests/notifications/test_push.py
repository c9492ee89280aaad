"""Push reaches every device of a person once, says no more than it may, and lets go of devices that are gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation
from http_ece import ECEException
from py_vapid import Vapid02
from py_vapid.jwt import decode
from pytest_django.fixtures import Settings

from coordination.commands.invitations import accept_invitation
from coordination.models import Case, Urgency
from notifications.channels import push
from notifications.channels.vapid import public_key
from notifications.delivery.claims import MOST_ATTEMPTS
from notifications.delivery.relay import relay
from notifications.delivery.sending import send_due
from notifications.models import Channel, Device, Message, MessageState
from notifications.wording.saying import say
from tests.builders import World, a_case, day, on, the_invitation
from tests.notifications.browsers import Browser, has_browser
from tests.notifications.other_side import OtherSide, other_side

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings: Settings) -> Iterator[OtherSide]:
    """A push service on this machine, and an Involver that may push to it."""
    settings.HAS_PUSH, settings.VAPID_PRIVATE_KEY = True, bytes(range(1, 33))
    settings.DEFAULT_FROM_EMAIL = "Lilleby <involver@lilleby.example>"
    settings.OUTWARD_TIMEOUT = 0.5
    with other_side(status=201) as running:
        settings.OUTWARD_ALLOWED_HOSTS = ["127.0.0.1"]
        yield running


@pytest.fixture
def anna(world: World, service: OtherSide) -> tuple[Device, Browser]:
    """Anna of PPR has push switched on in one browser."""
    return has_browser(world.anna, service.url("/push/anna"))


def asked(world: World, *, now: datetime | None = None, **changes: object) -> Message:
    """PPR is asked; give the message that Anna gets of it by push."""
    case = a_case(world, **{"now": now or on(), **changes})
    relay(now=now or on())
    return Message.objects.get(person=world.anna, channel=Channel.PUSH, event__case=case)


def push_all(now: datetime | None = None) -> int:
    """Send what is due by push at a time."""
    with time_machine.travel(now or on(), tick=False):
        return send_due(Channel.PUSH)


def fresh(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


# --- What is pushed -----------------------------------------------------------------------------------------


def test_a_push_says_what_is_asked_and_where_and_nothing_else(
    world: World, service: OtherSide, anna: tuple[Device, Browser]
) -> None:
    message = asked(world)
    push_all()
    [request] = service.requests
    with translation.override("da"):
        said = say(message, today=day())
    case = Case.objects.get()
    assert anna[1].read(request.body) == {
        "title": f"{case.code}: {said.headline}",
        "body": said.detail,
        "url": reverse("invitation", args=[the_invitation(case, world.ppr).pk]),
        "tag": str(message.uid),
    }
    assert fresh(message).state == MessageState.SENT


def test_nobody_else_can_read_it_and_the_service_learns_no_more_than_it_needs(
    world: World, service: OtherSide, anna: tuple[Device, Browser]
) -> None:
    message = asked(world)
    push_all()
    [request] = service.requests
    with pytest.raises(ECEException, match="Decryption"):
        Browser("https://push.example/other").read(request.body)
    assert request.path == "/push/anna"
    authorization = request.headers.pop("authorization")
    assert authorization.startswith("vapid t=")
    assert request.headers == {
        "host": service.host,
        "user-agent": "Involver",
        "accept": "*/*",
        "accept-encoding": "identity",
        "content-length": str(len(request.body)),
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "ttl": str(3 * 24 * 3600),
        "urgency": "normal",
        "topic": message.uid.hex,
    }


def test_the_service_knows_who_pushes(world: World, service: OtherSide, anna: tuple[Device, Browser]) -> None:
    asked(world)
    push_all()
    header = service.requests[0].headers["authorization"]
    assert Vapid02.verify(header)
    token, key = (part.split("=", 1)[1] for part in header.removeprefix("vapid ").split(","))
    assert key == public_key()
    assert decode(token, key) == {
        "aud": service.url("").rstrip("/"),
        "exp": int((on() + timedelta(hours=12)).timestamp()),
        "sub": "mailto:involver@lilleby.example",
    }


@pytest.mark.parametrize(("urgency", "wakes"), [(Urgency.NORMAL, "normal"), (Urgency.URGENT, "high")])
def test_only_what_is_urgent_and_to_be_done_wakes_a_device(
    world: World, service: OtherSide, anna: tuple[Device, Browser], urgency: Urgency, wakes: str
) -> None:
    has_browser(world.maja, service.url("/push/maja"))
    case = a_case(world, urgency=urgency)
    accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.anton, now=on(hours=1))
    a_case(world, urgency=urgency)
    relay(now=on(hours=1))
    push_all(on(hours=1))
    woken = {request.path: request.headers["urgency"] for request in service.requests}
    assert woken == {"/push/anna": wakes, "/push/maja": "normal"}


def test_every_device_is_reached_once(world: World, service: OtherSide, anna: tuple[Device, Browser]) -> None:
    _phone, phone = has_browser(world.anna, service.url("/push/phone"))
    message = asked(world)
    push_all()
    push_all(on(1))
    assert sorted(request.path for request in service.requests) == ["/push/anna", "/push/phone"]
    by_path = {request.path: request.body for request in service.requests}
    assert anna[1].read(by_path["/push/anna"]) == phone.read(by_path["/push/phone"])
    assert fresh(message).state == MessageState.SENT


# --- What a service answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410, 400, 403, 301])
def test_a_device_that_is_gone_or_broken_is_removed_and_its_owner_told(
    world: World, service: OtherSide, anna: tuple[Device, Browser], status: int
) -> None:
    service.status = status
    message = asked(world)
    push_all()
    assert not Device.objects.exists()
    assert (fresh(message).state, fresh(message).failure) == (MessageState.DISCARDED, "no device")
    assert Message.objects.filter(failed=message, person=world.anna, channel=Channel.IN_APP).count() == 1


def test_one_device_that_is_gone_does_not_matter_where_another_is_reached(
    world: World, service: OtherSide, anna: tuple[Device, Browser]
) -> None:
    with other_side(status=410) as gone:
        has_browser(world.anna, gone.url("/push/old"))
        message = asked(world)
        push_all()
    assert list(Device.objects.all()) == [anna[0]]
    assert fresh(message).state == MessageState.SENT
    assert not Message.objects.filter(failed=message).exists()


@pytest.mark.parametrize("status", [429, 500, 502, 503, 401, 413])
def test_a_service_that_does_not_take_it_now_is_asked_again_and_the_device_stays(
    world: World, service: OtherSide, anna: tuple[Device, Browser], status: int
) -> None:
    service.status = status
    message = asked(world)
    push_all()
    waiting = fresh(message)
    assert (waiting.state, waiting.failure, waiting.attempts) == (MessageState.WAITING, str(status), 1)
    assert waiting.next_at > on()
    service.status = 201
    push_all(waiting.next_at)
    assert fresh(message).state == MessageState.SENT
    tags = [anna[1].read(request.body)["tag"] for request in service.requests]
    assert tags == [str(message.uid)] * 2


def test_a_service_is_left_alone_for_as_long_as_it_asks(
    world: World, service: OtherSide, anna: tuple[Device, Browser]
) -> None:
    service.status, service.extra = 429, {"Retry-After": "7200"}
    message = asked(world)
    push_all()
    assert fresh(message).next_at >= on(hours=2)


def test_at_the_second_try_only_the_device_is_asked_that_was_not_reached(
    world: World, service: OtherSide, anna: tuple[Device, Browser]
) -> None:
    with other_side(status=503) as slow:
        has_browser(world.anna, slow.url("/push/slow"))
        message = asked(world)
        push_all()
        assert fresh(message).reached == [anna[0].pk]
        assert fresh(message).state == MessageState.WAITING
        slow.status = 201
        push_all(on(1))
        assert [len(service.requests), len(slow.requests)] == [1, 2]
    assert fresh(message).state == MessageState.SENT


def test_whoever_has_been_reached_is_not_told_that_they_could_not_be(
    world: World, service: OtherSide, anna: tuple[Device, Browser]
) -> None:
    with other_side(status=500) as broken:
        has_browser(world.anna, broken.url("/push/broken"))
        message = asked(world)
        for later in range(push.ENOUGH_ATTEMPTS):
            push_all(on(later, hours=1))
        assert len(broken.requests) == push.ENOUGH_ATTEMPTS < MOST_ATTEMPTS
    assert fresh(message).state == MessageState.SENT


def test_a_service_that_hangs_is_asked_once_a_batch_and_what_else_waits_for_it_is_put_back(
    world: World, service: OtherSide, anna: tuple[Device, Browser]
) -> None:
    with other_side(hangs=True) as hanging:
        Device.objects.filter(pk=anna[0].pk).update(endpoint=hanging.url("/push/anna"))
        has_browser(world.anton, service.url("/push/anton"))
        messages = [asked(world) for _time in range(3)]
        assert push_all() == 0  # enough for this round
        assert len(hanging.requests) == 1
    assert [fresh(message).attempts for message in messages] == [1, 0, 0]
    assert {fresh(message).state for message in messages} == {MessageState.WAITING}
    assert all(on() < fresh(message).next_at for message in messages)
    assert len(service.requests) == 3  # Anton does not wait for Anna's


def test_not_many_services_are_waited_for_in_vain_for_one_message(
    world: World, service: OtherSide, settings: Settings
) -> None:
    settings.OUTWARD_TIMEOUT = 0.2
    with ExitStack() as stack:
        hanging = [stack.enter_context(other_side(hangs=True)) for _one in range(4)]
        for side in hanging:
            has_browser(world.anna, side.url("/push/anna"))
        message = asked(world)
        push_all()
        assert sum(len(side.requests) for side in hanging) == push.MOST_SILENT
    assert fresh(message).state == MessageState.WAITING
    assert Device.objects.count() == 4


def test_a_device_with_an_address_inside_is_removed_and_nothing_is_sent_there(
    world: World, service: OtherSide, anna: tuple[Device, Browser], settings: Settings
) -> None:
    settings.OUTWARD_ALLOWED_HOSTS = []
    asked(world)
    push_all()
    assert service.requests == []
    assert not Device.objects.exists()


def test_a_device_whose_key_is_none_is_removed(world: World, service: OtherSide, anna: tuple[Device, Browser]) -> None:
    Device.objects.update(p256dh="A" * 87)
    asked(world)
    push_all()
    assert not Device.objects.exists()


# --- Who gets push ------------------------------------------------------------------------------------------


def test_without_a_key_nobody_is_pushed_to(
    world: World, service: OtherSide, anna: tuple[Device, Browser], settings: Settings
) -> None:
    settings.HAS_PUSH, settings.VAPID_PRIVATE_KEY = False, None
    a_case(world)
    relay(now=on())
    assert not Message.objects.filter(channel=Channel.PUSH).exists()


def test_whoever_has_no_device_any_more_is_not_told_that_they_could_not_be_reached(
    world: World, service: OtherSide, anna: tuple[Device, Browser]
) -> None:
    message = asked(world)
    anna[0].delete()
    push_all()
    assert fresh(message).state == MessageState.UNWANTED
    assert not Message.objects.filter(failed=message).exists()


def test_a_push_is_quiet_at_night(world: World, service: OtherSide, anna: tuple[Device, Browser]) -> None:
    asked(world, now=on(hours=12))  # nine in the evening
    push_all(on(hours=13))
    assert service.requests == []
    push_all(on(hours=22.5))
    assert len(service.requests) == 1


def test_what_is_pushed_is_short_enough_for_every_service(
    world: World, service: OtherSide, anna: tuple[Device, Browser]
) -> None:
    for unit in (world.ppr, world.school):
        unit.name = "Æ" * 120
        unit.save()
    asked(world)
    push_all()
    assert len(service.requests[0].body) <= 4096
    assert json.loads(json.dumps(anna[1].read(service.requests[0].body)))["title"].count("Æ") == 240
