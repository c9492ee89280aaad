"""Everybody can use every page: axe finds nothing, nothing sticks out on a phone, and the page says its language."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse
from django.utils import translation
from playwright.sync_api import Page, Response, Route, ViewportSize

from coordination.models import User
from coordination.web.urls import urlpatterns
from notifications.web import urls as of_messages
from tests.browser.conftest import DESKTOP, PHONE, Visit, Visitor
from tests.browser.steps import choose, fill_in_reference, press, submit
from tests.browser.tour import (
    SCRIPTS,
    WITHOUT_A_PAGE,
    Scene,
    Stop,
    pages_of,
    pages_with_nothing_on_them,
    refusals_of,
    set_the_scene,
)
from tests.builders import World

pytestmark = pytest.mark.browser

NARROWEST = 320
# Off by default: that a finger hits what it aims at.
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
UNFOLD = "() => document.querySelectorAll('details:not(.menu)').forEach(fold => { fold.open = true; })"
SEND_EMPTY = """form => {
  for (const one of form.elements) {
    if (one.type === "checkbox" || one.type === "radio") one.checked = false;
    else if (one.type !== "hidden" && one.tagName !== "BUTTON") one.value = "";
  }
  HTMLFormElement.prototype.submit.call(form);
}"""
WHAT_STICKS_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const out = [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > width + 1);
  return out.length ? out.map(one => one.outerHTML.slice(0, 120)).slice(0, 3) : ["something"];
}"""


@pytest.fixture
def scene(town: World) -> Scene:
    """Everything has happened that gives a page something to show."""
    return set_the_scene(town)


class Inspector:
    """Goes round as one person after the other, and notes what is wrong."""

    def __init__(self, visitor: Visitor, world: World, language: str) -> None:
        self.visitor, self.page, self.world, self.language = visitor, visitor.page, world, language
        self.is_narrow = (self.page.viewport_size or DESKTOP)["width"] == PHONE["width"]
        self.axe = Axe()
        self.sessions: dict[str, str] = {}
        self.who: str | None = None
        self.wrong: list[str] = []

    def go_round(self, stops: Iterable[Stop]) -> list[str]:
        """Look at every stop; give what is wrong with them."""
        for stop in stops:
            self.become(stop.who)
            answer = self.page.goto(f"{self.visitor.address}{stop.path}")
            if stop.sends:
                answer = send_empty(self.page, stop.sends)
            assert answer is not None
            assert answer.status == stop.status, f"{stop}: {answer.status} {self.page.inner_text('main')}"
            self.inspect(f"{stop.name} as {stop.who or 'nobody'} ({stop.status}{', sent' if stop.sends else ''})")
        return self.wrong

    def become(self, who: str) -> None:
        """Be signed in as somebody else; "" for nobody."""
        if who == self.who:
            return
        self.who = who
        self.visitor.context.clear_cookies()
        if who:
            if who not in self.sessions:
                self.sessions[who] = signed_in(self.world.people[who])
            self.visitor.context.add_cookies(
                [{"name": "sessionid", "value": self.sessions[who], "url": self.visitor.address}]
            )

    def inspect(self, what: str) -> None:
        """Note what is wrong with the page that is open, folded out."""
        page = self.page
        assert page.locator("html").get_attribute("lang") == self.language, what
        page.evaluate(UNFOLD)
        found = self.axe.run(page, options=OPTIONS).response["violations"]
        self.wrong += [f"{what}: {one['id']}: {node['html']}" for one in found for node in one["nodes"]]
        if self.is_narrow:
            self.find_what_sticks_out(what, PHONE["width"])
            page.set_viewport_size(ViewportSize(width=NARROWEST, height=PHONE["height"]))
            self.find_what_sticks_out(what, NARROWEST)
            page.set_viewport_size(PHONE)

    def find_what_sticks_out(self, what: str, width: int) -> None:
        """Note what one would have to scroll sideways for."""
        self.wrong += [f"{what}: sticks out at {width} px: {one}" for one in self.page.evaluate(WHAT_STICKS_OUT)]


def signed_in(person: User) -> str:
    """Sign somebody in without a page; give the key of the session."""
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value


def send_empty(page: Page, which: str) -> Response:
    """Send a form as if nobody had filled anything in, without the help of scripts."""
    with page.expect_navigation() as navigation:
        page.locator(which).first.evaluate(SEND_EMPTY)
    answer = navigation.value
    assert answer is not None
    return answer


def test_every_address_is_on_the_tour(scene: Scene) -> None:
    areas: list[tuple[list[Any], str]] = [(area.url_patterns, "") for area in urlpatterns]
    areas.append((of_messages.urlpatterns, f"{of_messages.app_name}:"))
    names = {f"{space}{each.name}" for area, space in areas for each in area if isinstance(each, URLPattern)}
    toured = {stop.name for stop in pages_of(scene)}
    assert names == toured | WITHOUT_A_PAGE | SCRIPTS
    assert not toured & WITHOUT_A_PAGE


def test_what_has_no_page_shows_none(town: World, client: Client) -> None:
    client.force_login(town.maja)
    for name in WITHOUT_A_PAGE:
        try:
            path = reverse(name)
        except NoReverseMatch:
            path = reverse(name, args=[1])
        assert client.get(path).status_code in {302, 404, 405}, name


def test_pages_on_a_desk_in_danish(scene: Scene, visit: Visit) -> None:
    inspector = Inspector(visit(), scene.world, "da")
    assert inspector.go_round(pages_of(scene)) == []


def test_pages_on_a_phone_in_english(scene: Scene, visit: Visit) -> None:
    inspector = Inspector(visit(size=PHONE, language="en-GB"), scene.world, "en")
    assert inspector.go_round(pages_of(scene)) == []


def test_refusals_on_a_phone_in_danish(scene: Scene, visit: Visit) -> None:
    inspector = Inspector(visit(size=PHONE), scene.world, "da")
    assert inspector.go_round(refusals_of(scene)) == []


def test_pages_with_nothing_on_them_on_a_phone_in_danish(town: World, visit: Visit) -> None:
    inspector = Inspector(visit(size=PHONE), town, "da")
    assert inspector.go_round(pages_with_nothing_on_them()) == []


def test_asking_to_join_and_what_is_said_afterwards(scene: Scene, visit: Visit) -> None:
    visitor = visit(size=PHONE)
    inspector = Inspector(visitor, scene.world, "da")
    inspector.become("frida")
    page = visitor.go("/forloeb/nyt/")
    choose(page, "theme", "Trivsel")
    choose(page, "ask", "Sparring")
    fill_in_reference(page, "P-2026-1042")
    page.fill("input[name=search]", "sundhed")
    choose(page, "units", "Sundhedsplejen")
    submit(page)
    inspector.inspect("a known reference")
    press(page.get_by_role("button", name="Bed om at komme med"))
    inspector.inspect("asked to join")
    assert inspector.wrong == []


def test_pages_that_stand_when_nothing_else_does(town: World, visit: Visit) -> None:
    visitor = visit(size=PHONE)
    inspector = Inspector(visitor, town, "da")
    for name in ("400", "403_csrf", "500"):
        with translation.override("da"):
            words = render_to_string(f"{name}.html")  # without a request, as Django does it
        visitor.page.route(f"**/{name}", partial(Route.fulfill, content_type="text/html", body=words))
        visitor.go(f"/{name}")
        inspector.inspect(name)
    assert inspector.wrong == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_open_menu(scene: Scene, visit: Visit, size: ViewportSize) -> None:
    visitor = visit(size=size)
    inspector = Inspector(visitor, scene.world, "da")
    inspector.become("maja")
    visitor.go(f"/forloeb/{scene.rich.code}/")
    for menu in visitor.page.locator("details.menu:visible > summary").all():
        menu.click()
        inspector.inspect("menu")
        visitor.page.keyboard.press("Escape")  # an open one may lie over the next
    assert inspector.wrong == []
