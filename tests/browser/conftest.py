"""A real browser: one Chromium for the run, one fresh profile for each person of a test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest, HttpResponseBase
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.builders import PASSWORD, World, on
from tests.plugin import skip_loudly
from tests.services import ROOT

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
A_YEAR = 365 * 24 * 3600  # in seconds; the clock of the server is months behind that of the browser
DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=360, height=800)


def find_chromium() -> str | None:
    """Find a Chromium on this machine."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the browser to the run on SQLite: what a page looks like does not depend on the database."""
    if config.getoption("database") == "sqlite":
        return
    here = [item for item in items if item.get_closest_marker("browser")]
    config.hook.pytest_deselected(items=here)
    items[:] = [item for item in items if item not in here]


@pytest.fixture(autouse=True)
def _on_a_tuesday_morning() -> Iterator[None]:
    """Let the clock of the server, which is in this process, run from the day that the builders build for."""
    with time_machine.travel(on(1), tick=True):
        yield


@pytest.fixture(autouse=True, scope="session")
def _kept_files() -> Iterator[None]:
    """Let browsers keep stylesheets, scripts and fonts, as they may elsewhere; else every page asks for all of them."""
    serve = StaticFilesHandler.serve

    def serve_to_keep(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        response = serve(handler, request)
        response["Cache-Control"] = f"max-age={A_YEAR}"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", serve_to_keep)
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once."""
    executable = find_chromium()
    if executable is None:
        skip_loudly("there is no Chromium for the browser tests")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def town(transactional_db: None, world: World) -> World:
    """The small municipality, in a database that the server of the test sees."""
    return world


class Visitor:
    """A person at a browser of their own."""

    def __init__(
        self, browser: Browser, address: str, size: ViewportSize, *, scale: int, language: str, script: bool
    ) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(
            viewport=size,
            device_scale_factor=scale,
            locale=language,
            timezone_id="Europe/Copenhagen",
            java_script_enabled=script,
        )
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self._note(str(error)))

    def _note(self, trouble: str) -> None:
        # The browser reports every refused form as an error; that a form is refused is what some tests are about.
        if "the server responded with a status of 4" not in trouble:
            self.troubles.append(f"{self.page.url}: {trouble}")

    def sign_in(self, username: str) -> Visitor:
        """Sign in through the page."""
        self.go("/ind/")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("main form button[type=submit]")
        self.page.wait_for_url(f"{self.address}/")
        return self

    def go(self, path: str) -> Page:
        """Visit a path of the site."""
        self.page.goto(f"{self.address}{path}")
        return self.page

    def path(self) -> str:
        """The path one is at."""
        return self.page.url.removeprefix(self.address)


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, live_server: object) -> Iterator[Visit]:
    """Give people browsers; afterwards hold that no page of theirs had a script or a policy in trouble."""
    visitors: list[Visitor] = []

    def open_browser(
        username: str | None = None,
        *,
        size: ViewportSize = DESKTOP,
        scale: int = 1,
        language: str = "da-DK",
        script: bool = True,
    ) -> Visitor:
        visitor = Visitor(browser, str(live_server), size, scale=scale, language=language, script=script)
        visitors.append(visitor)
        return visitor.sign_in(username) if username else visitor

    yield open_browser
    for visitor in visitors:
        visitor.context.close()
    assert [trouble for visitor in visitors for trouble in visitor.troubles] == []


@pytest.fixture
def take_picture(tmp_path: Path) -> Callable[[Page, str], None]:
    """Take a picture of a page: into docs/screenshots with SCREENSHOTS=1, else only to see that it can be taken."""
    folder = ROOT / "docs" / "screenshots" if os.environ.get("SCREENSHOTS") == "1" else tmp_path

    def take(page: Page, name: str) -> None:
        # What is swapped in is part of the picture. The caret is left alone: hiding it writes a style on every field,
        # which a swap that is still under way copies, and the policy of the page refuses.
        expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
        page.screenshot(path=folder / f"{name}.png", full_page=False, animations="disabled", caret="initial")

    return take
