"""What people do on a page, whether or not scripts run."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page

from tests.browser.conftest import Visitor

CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


def choose(page: Page, name: str, label: str) -> None:
    """Tap the card of a field that has this label."""
    page.locator(f"input[name='{name}']").and_(page.get_by_label(label)).first.check()


def press(button: Locator) -> None:
    """Press what leads to a page, and wait for the page."""
    with button.page.expect_navigation():
        button.click()


def submit(page: Page) -> None:
    """Send the form of the page."""
    press(page.locator("main form .submit-row button[type=submit], main form button.button-primary[type=submit]").first)


def code_on(page: Page) -> str:
    """Read the code of the case that the page is about."""
    found = CODE.search(page.inner_text("main"))
    assert found, page.inner_text("main")
    return found[0]


def go_and_answer(person: Visitor) -> Page:
    """Go to one's desk, and from there to the first thing that waits for an answer."""
    press(person.go("/").get_by_role("link", name="Svar").first)
    return person.page


def fill_in_reference(page: Page, number: str) -> None:
    """Give a number in the PPR's system, and a consent."""
    system = page.locator("select[name=system]")
    system.select_option(label=system.locator("option", has_text="PPR").inner_text())
    page.fill("input[name=number]", number)
    choose(page, "basis", "Samtykke")
    page.fill("input[name=ends_on]", "2027-06-01")
