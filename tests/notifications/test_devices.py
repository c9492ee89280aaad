"""Devices: switched on in a browser, listed, removed, and never somebody else's for longer than they sit there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django.fixtures import Settings

from coordination.errors import Unacceptable
from coordination.models import User
from notifications.channels.vapid import public_key
from notifications.commands.devices import MOST_DEVICES, DeviceDraft, add_device, leave_device, remove_device
from notifications.models import Device
from notifications.web.devices import COOKIE, name_of
from tests.builders import PASSWORD, World, on
from tests.notifications.browsers import Browser, has_browser, in_base64

pytestmark = pytest.mark.django_db

SERVICE = "https://push.example.org/send"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"


@pytest.fixture(autouse=True)
def offered(settings: Settings) -> None:
    """Push is set up."""
    settings.HAS_PUSH, settings.VAPID_PRIVATE_KEY = True, bytes(range(1, 33))


def switches_on(client: Client, browser: Browser) -> Any:
    """Send what the page's script sends."""
    return client.post(reverse("notifications:device_add"), browser.said, headers={"User-Agent": FIREFOX})


def signs_in(client: Client, person: User) -> None:
    """Sign in through the page, in the browser that ``client`` is."""
    client.post(reverse("sign_in"), {"username": person.username, "password": PASSWORD})


# --- Commands -----------------------------------------------------------------------------------------------


def test_a_browser_that_pushed_to_somebody_else_pushes_to_whoever_sits_there_now(world: World) -> None:
    device, browser = has_browser(world.maja, SERVICE)
    Browser(SERVICE)
    taken = add_device(draft=DeviceDraft(**browser.said), actor=world.anna, now=on())
    assert Device.objects.get() == taken == device
    assert taken.person == world.anna


def test_the_same_browser_twice_is_one_device_with_its_newest_keys(world: World) -> None:
    has_browser(world.maja, SERVICE)
    _again, browser = has_browser(world.maja, SERVICE)
    assert Device.objects.get().p256dh == browser.said["p256dh"]


def test_nobody_has_more_devices_than_they_can_use(world: World) -> None:
    for number in range(MOST_DEVICES):
        has_browser(world.maja, f"{SERVICE}/{number}")
    has_browser(world.maja, f"{SERVICE}/0")  # one of them anew
    with pytest.raises(Unacceptable, match=str(MOST_DEVICES)):
        has_browser(world.maja, f"{SERVICE}/more")
    has_browser(world.anna, f"{SERVICE}/more")


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example.org/send"},
        {"endpoint": "https://10.0.0.1/send"},
        {"endpoint": "https://intranet/send"},
        {"endpoint": ""},
        {"endpoint": f"https://push.example.org/{'x' * 600}"},
        {"p256dh": ""},
        {"p256dh": "not base64url!"},
        {"p256dh": in_base64(b"\x04" + bytes(64))},  # as long as a key, and not on the curve
        {"p256dh": in_base64(b"\x02" + bytes(32))},
        {"auth": in_base64(bytes(15))},
        {"auth": in_base64(bytes(17))},
        {"auth": ""},
        {"auth": "æøå"},
    ],
)
def test_what_is_no_browser_is_refused(world: World, wrong: dict[str, str]) -> None:
    with pytest.raises(Unacceptable):
        add_device(draft=DeviceDraft(**{**Browser(SERVICE).said, **wrong}), actor=world.maja, now=on())
    assert not Device.objects.exists()


def test_only_ones_own_device_is_removed_and_only_somebody_elses_left(world: World) -> None:
    device, _browser = has_browser(world.maja, SERVICE)
    assert not remove_device(device_id=device.pk, actor=world.anna, now=on())
    assert not leave_device(device_id=device.pk, actor=world.maja, now=on())
    assert Device.objects.filter(pk=device.pk).exists()
    assert leave_device(device_id=device.pk, actor=world.anna, now=on())
    assert not remove_device(device_id=device.pk, actor=world.maja, now=on())


# --- Pages --------------------------------------------------------------------------------------------------


def test_push_is_switched_on_and_the_page_lists_the_browser(client: Client, world: World) -> None:
    client.force_login(world.maja)
    browser = Browser(SERVICE)
    answer = switches_on(client, browser)
    assert answer.headers["Location"] == reverse("notifications:choices")
    device = Device.objects.get()
    assert (device.person, device.endpoint, device.name) == (world.maja, SERVICE, "Firefox, Windows")
    page = client.get(reverse("notifications:choices")).content.decode()
    assert "Firefox, Windows" in page
    assert f'data-push="{public_key()}"' in page
    assert reverse("notifications:device_remove", args=[device.pk]) in page


def test_a_device_is_removed_without_a_script(client: Client, world: World) -> None:
    client.force_login(world.maja)
    device, _browser = has_browser(world.maja, SERVICE)
    client.get(reverse("notifications:device_remove", args=[device.pk]))
    assert Device.objects.exists()
    answer = client.post(reverse("notifications:device_remove", args=[device.pk]))
    assert answer.headers["Location"] == reverse("notifications:choices")
    assert not Device.objects.exists()


def test_somebody_elses_device_cannot_be_seen_or_removed(client: Client, world: World) -> None:
    device, _browser = has_browser(world.maja, SERVICE, name="Majas telefon")
    client.force_login(world.anna)
    assert "Majas telefon" not in client.get(reverse("notifications:choices")).content.decode()
    assert client.post(reverse("notifications:device_remove", args=[device.pk])).status_code == 404
    assert Device.objects.exists()


def test_what_is_no_browser_is_refused_with_a_page(client: Client, world: World) -> None:
    client.force_login(world.maja)
    assert client.post(reverse("notifications:device_add"), {"endpoint": SERVICE}).status_code == 422


def test_another_site_cannot_switch_push_on(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.maja)
    assert switches_on(client, Browser(SERVICE)).status_code == 403
    assert not Device.objects.exists()


def test_nobody_signed_out_has_devices(client: Client, world: World) -> None:
    device, _browser = has_browser(world.maja, SERVICE)
    for path in (reverse("notifications:device_add"), reverse("notifications:device_remove", args=[device.pk])):
        assert client.post(path).headers["Location"].startswith(reverse("sign_in"))
    assert Device.objects.exists()


def test_where_push_is_not_offered_there_is_nothing_to_switch_on(
    client: Client, world: World, settings: Settings
) -> None:
    settings.HAS_PUSH, settings.VAPID_PRIVATE_KEY = False, None
    client.force_login(world.maja)
    assert "data-push" not in client.get(reverse("notifications:choices")).content.decode()
    assert switches_on(client, Browser(SERVICE)).status_code == 404


# --- Whoever sits there -------------------------------------------------------------------------------------


def test_signing_out_ends_push_to_this_browser_and_to_no_other(client: Client, world: World) -> None:
    elsewhere, _browser = has_browser(world.maja, f"{SERVICE}/phone")
    signs_in(client, world.maja)
    switches_on(client, Browser(SERVICE))
    client.post(reverse("sign_out"))
    assert list(Device.objects.all()) == [elsewhere]


def test_a_session_that_ends_by_itself_ends_no_push(client: Client, world: World) -> None:
    signs_in(client, world.maja)
    switches_on(client, Browser(SERVICE))
    client.session.flush()
    client.get(reverse("desk"))
    assert Device.objects.exists()
    signs_in(client, world.maja)
    assert Device.objects.get().person == world.maja


def test_somebody_else_who_signs_in_there_does_not_see_what_is_for_the_one_before(client: Client, world: World) -> None:
    signs_in(client, world.maja)
    switches_on(client, Browser(SERVICE))
    client.session.flush()
    signs_in(client, world.anna)
    assert not Device.objects.exists()


def test_a_browser_cannot_say_that_it_is_another_one(client: Client, world: World) -> None:
    device, _browser = has_browser(world.maja, SERVICE)
    client.cookies[COOKIE] = str(device.pk)
    signs_in(client, world.anna)
    client.post(reverse("sign_out"))
    assert Device.objects.get() == device


def test_only_the_server_reads_which_device_a_browser_is(client: Client, world: World, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    client.force_login(world.maja)
    cookie = switches_on(client, Browser(SERVICE)).cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)


# --- The worker ---------------------------------------------------------------------------------------------


def test_the_worker_stands_at_the_root_for_everybody_and_is_always_asked_for_anew(client: Client) -> None:
    answer = client.get("/service-worker.js")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert "no-cache" in answer["Cache-Control"]
    assert answer["Service-Worker-Allowed"] == "/"
    assert "showNotification" in answer.content.decode()


def test_the_worker_says_nothing_that_depends_on_who_asks(client: Client, world: World) -> None:
    nobody = client.get("/service-worker.js").content
    client.force_login(world.maja)
    assert client.get("/service-worker.js").content == nobody
    with translation.override("en"):
        assert client.get("/service-worker.js").content == nobody


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
            "Chrome, Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "Chrome, Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Version/17 Safari/604",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) AppleWebKit/605 Version/17 Safari/605", "Safari, Mac"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_has_a_name_that_people_know(user_agent: str, name: str) -> None:
    assert name_of(user_agent) == name


def test_every_part_of_the_section_that_a_script_shows_is_hidden_without_one(client: Client, world: World) -> None:
    client.force_login(world.maja)
    page = client.get(reverse("notifications:choices")).content.decode()
    states = dict(re.findall(r'data-push-state="(\w+)"([^>]*)>', page))
    assert [state for state, rest in states.items() if "hidden" not in rest] == ["script"]
