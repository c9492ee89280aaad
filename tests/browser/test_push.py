"""Push in a real browser: switched on and off on the page of one's choices, shown by the worker, opened by a click.

Only the push service is made up: there is none that a test could reach.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, Worker, expect
from pytest_django.fixtures import Settings

from notifications.channels.vapid import public_key
from notifications.models import Device
from tests.browser.conftest import DESKTOP, PHONE, Visit, Visitor
from tests.browser.steps import press
from tests.browser.test_axe import OPTIONS, WHAT_STICKS_OUT
from tests.builders import World
from tests.notifications.browsers import Browser, has_browser

pytestmark = pytest.mark.browser

CHOICES = "/besked/valg/"
SERVICE = "https://push.example.org/send/1"
A_SUBSCRIPTION = """said => {
  const given = name => JSON.parse(localStorage.getItem(name));
  const subscription = {
    endpoint: said.endpoint,
    toJSON: () => ({ endpoint: said.endpoint, keys: { p256dh: said.p256dh, auth: said.auth } }),
    unsubscribe: async () => { localStorage.setItem("subscribed", "false"); return true; },
  };
  PushManager.prototype.getSubscription = async () => (given("subscribed") ? subscription : null);
  PushManager.prototype.subscribe = async (options) => {
    if (given("refuses")) throw new DOMException("", "AbortError");
    const key = btoa(String.fromCharCode(...new Uint8Array(options.applicationServerKey)));
    localStorage.setItem("asked", JSON.stringify({ key, visible: options.userVisibleOnly }));
    localStorage.setItem("subscribed", "true");
    return subscription;
  };
  Object.defineProperty(Notification, "permission", { get: () => given("permission") || "default" });
  Notification.requestPermission = async () => {
    const answer = given("answer") || "granted";
    localStorage.setItem("permission", JSON.stringify(answer));
    return answer;
  };
}"""
LISTEN = """() => {
  self.shown = []; self.opened = [];
  self.registration.showNotification = async (title, options) => { self.shown.push({ title, ...options }); };
  self.clients.openWindow = async (address) => { self.opened.push(address); };
}"""
PUSH = """async (text) => {
  const waits = [];
  const event = new PushEvent("push", text === null ? {} : { data: text });
  event.waitUntil = (promise) => waits.push(promise);
  self.dispatchEvent(event);
  await Promise.all(waits);
  return self.shown.pop();
}"""
CLICK = """async (url) => {
  const waits = [];
  const event = new ExtendableEvent("notificationclick");
  let closed = false;
  event.notification = { data: url === null ? null : { url }, close: () => { closed = true; } };
  event.waitUntil = (promise) => waits.push(promise);
  self.dispatchEvent(event);
  await Promise.all(waits);
  return { closed, opened: self.opened.pop() || null };
}"""


@pytest.fixture(autouse=True)
def offered(settings: Settings) -> None:
    """Push is set up."""
    settings.HAS_PUSH, settings.VAPID_PRIVATE_KEY = True, bytes(range(1, 33))


@pytest.fixture
def maja(town: World, visit: Visit) -> Visitor:
    """Maja at a browser that can subscribe to a made-up push service."""
    visitor = visit("maja")
    visitor.context.add_init_script(f"({A_SUBSCRIPTION})({json.dumps(Browser(SERVICE).said)})")
    return visitor


def state_of(page: Page) -> str:
    """Which of the sentences about this browser stands there."""
    shown = page.locator("[data-push-state]:visible")
    expect(shown).to_have_count(1)
    return shown.get_attribute("data-push-state") or ""


def remembers(page: Page, **what: Any) -> None:
    """Have the made-up push service behave like that."""
    for name, value in what.items():
        page.evaluate("([name, value]) => localStorage.setItem(name, value)", [name, json.dumps(value)])


def worker_of(visitor: Visitor) -> Worker:
    """The service worker, listening to what it shows and opens."""
    visitor.page.wait_for_function("() => navigator.serviceWorker.controller")
    [worker] = visitor.context.service_workers
    worker.evaluate(LISTEN)
    return worker


def switch_on(visitor: Visitor) -> None:
    """Switch push on, on the page of one's choices."""
    visitor.go(CHOICES)
    press(visitor.page.locator("[data-push-on]"))


def test_push_is_switched_on_with_one_click_and_off_with_another(maja: Visitor, town: World) -> None:
    page = maja.go(CHOICES)
    assert state_of(page) == "off"
    press(page.locator("[data-push-on]"))
    device = Device.objects.get()
    assert (device.person, device.endpoint) == (town.maja, SERVICE)
    assert state_of(page) == "on"
    expect(page.locator("[data-push-here]")).to_be_visible()
    asked = json.loads(page.evaluate("() => localStorage.getItem('asked')"))
    assert asked["visible"] is True
    assert asked["key"].rstrip("=").translate(str.maketrans("+/", "-_")) == public_key()
    press(page.locator("[data-endpoint] button"))
    assert not Device.objects.exists()
    assert page.evaluate("() => localStorage.getItem('subscribed')") == "false"
    assert state_of(page) == "off"


def test_the_worker_acts_for_the_whole_site(maja: Visitor) -> None:
    switch_on(maja)
    maja.page.wait_for_function("() => navigator.serviceWorker.controller")
    scope = maja.page.evaluate("() => navigator.serviceWorker.getRegistration('/').then(one => one.scope)")
    assert scope == f"{maja.address}/"
    [worker] = maja.context.service_workers
    assert worker.url == f"{maja.address}/service-worker.js"


@pytest.mark.parametrize(("answer", "state"), [("denied", "denied"), ("default", "off")])
def test_whoever_says_no_is_not_subscribed(maja: Visitor, answer: str, state: str) -> None:
    page = maja.go(CHOICES)
    remembers(page, answer=answer)
    page.locator("[data-push-on]").click()
    page.wait_for_function("() => localStorage.getItem('permission') !== null")
    expect(page.locator(f"[data-push-state={state}]")).to_be_visible()
    assert page.evaluate("() => localStorage.getItem('asked')") is None
    assert not Device.objects.exists()


def test_a_browser_that_does_not_get_through_says_so(maja: Visitor) -> None:
    page = maja.go(CHOICES)
    remembers(page, refuses=True)
    page.locator("[data-push-on]").click()
    expect(page.locator("[data-push-state=failed]")).to_be_visible()
    assert not Device.objects.exists()


def test_a_subscription_that_is_nobodys_any_more_is_made_anew(maja: Visitor) -> None:
    switch_on(maja)
    Device.objects.all().delete()  # such as when somebody has signed out here
    page = maja.go(CHOICES)
    assert state_of(page) == "off"
    press(page.locator("[data-push-on]"))
    assert Device.objects.count() == 1


def test_a_browser_without_push_says_so_and_other_devices_can_be_removed(town: World, visit: Visit) -> None:
    has_browser(town.maja, SERVICE, name="Safari, iPhone")
    visitor = visit("maja", size=PHONE)
    visitor.context.add_init_script("delete window.PushManager")
    page = visitor.go(CHOICES)
    assert state_of(page) == "unsupported"
    press(page.get_by_role("button", name="Safari, iPhone"))
    assert not Device.objects.exists()


def test_without_a_script_the_page_says_what_it_needs_and_devices_can_be_removed(town: World, visit: Visit) -> None:
    has_browser(town.maja, SERVICE, name="Safari, iPhone")
    page = visit("maja", script=False).go(CHOICES)
    assert state_of(page) == "script"
    press(page.get_by_role("button", name="Safari, iPhone"))
    assert not Device.objects.exists()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_everybody_can_use_the_list_of_devices(town: World, visit: Visit, size: ViewportSize) -> None:
    has_browser(town.maja, SERVICE, name="Safari, iPhone")
    has_browser(town.maja, f"{SERVICE}/2", name="")
    visitor = visit("maja", size=size)
    visitor.context.add_init_script(f"({A_SUBSCRIPTION})({json.dumps(Browser(SERVICE).said)})")
    page = visitor.go(CHOICES)
    page.evaluate("() => navigator.serviceWorker.register('/service-worker.js')")
    remembers(page, subscribed=True)
    page = visitor.go(CHOICES)
    assert state_of(page) == "on"
    found = Axe().run(page, options=OPTIONS).response["violations"]
    assert [node["html"] for one in found for node in one["nodes"]] == []
    assert page.evaluate(WHAT_STICKS_OUT) == []


def test_a_push_is_shown_as_it_was_said(maja: Visitor) -> None:
    switch_on(maja)
    worker = worker_of(maja)
    told = {"title": "K7M3-92QD: PPR", "body": "Svar", "url": "/invitationer/1/", "tag": "t-1"}
    assert worker.evaluate(PUSH, json.dumps(told)) == {
        "title": "K7M3-92QD: PPR",
        "body": "Svar",
        "tag": "t-1",
        "data": {"url": "/invitationer/1/"},
    }


@pytest.mark.parametrize("broken", [None, "", "no json", "null", "[]", "7"])
def test_a_push_that_says_nothing_is_shown_all_the_same(maja: Visitor, broken: str | None) -> None:
    switch_on(maja)
    shown = worker_of(maja).evaluate(PUSH, broken)
    assert (shown["title"], shown["data"]) == ("Involver", {"url": "/"})


def test_a_click_opens_what_it_is_about_and_no_other_site(maja: Visitor) -> None:
    switch_on(maja)
    worker = worker_of(maja)
    home = f"{maja.address}/"
    for url, opened in (
        ("/invitationer/1/", f"{home}invitationer/1/"),
        (None, home),
        ("https://evil.example/", home),
        ("//evil.example/x", home),
        ("javascript:alert(1)", home),
        ("http://[", home),
    ):
        assert worker.evaluate(CLICK, url) == {"closed": True, "opened": opened}, url


def test_a_page_that_is_open_already_comes_to_the_front(maja: Visitor) -> None:
    switch_on(maja)
    worker = worker_of(maja)
    worker.evaluate(
        """url => { self.clients.matchAll = async () => [{ url, focus: async () => { self.front = url; } }]; }""",
        f"{maja.address}/invitationer/1/",
    )
    assert worker.evaluate(CLICK, "/invitationer/1/") == {"closed": True, "opened": None}
    assert worker.evaluate("() => self.front") == f"{maja.address}/invitationer/1/"
    assert worker.evaluate(CLICK, "/invitationer/2/")["opened"] == f"{maja.address}/invitationer/2/"
