"""Without a mouse: a case is opened by keys alone, and the focus is where one expects it."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from coordination.models import Case
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.steps import choose, submit
from tests.builders import World

pytestmark = pytest.mark.browser

# What the page sends along by itself.
NOT_INPUTS = {"csrfmiddlewaretoken", "submission", "unit", "enter"}
MOST_INPUTS = 8
MOST_TABS = 40


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}")


def label_of(page: Page, name: str, label: str) -> str:
    """Find the selector of the radio button or box with this label."""
    return f"#{page.locator(f'input[name={name}]').and_(page.get_by_label(label)).first.get_attribute('id')}"


def pick(page: Page, name: str, label: str) -> None:
    """Tab to a group of radio buttons, and go down in it to the one with this label."""
    tab_to(page, f"input[name={name}]")
    wanted = label_of(page, name, label)
    page.keyboard.press("Space")
    for _press in range(page.locator(f"input[name={name}]").count()):
        if page.locator(wanted).is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"The arrows never come to {label}")


def test_a_case_is_opened_by_keys_alone_with_at_most_eight_inputs(town: World, visit: Visit) -> None:
    page = visit("maja").page
    tab_to(page, "a[href='/forloeb/nyt/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/forloeb/nyt/")
    pick(page, "theme", "Sprog")
    pick(page, "ask", "Observation")
    pick(page, "urgency", "Haster")
    tab_to(page, "select[name=system]")
    page.keyboard.type("PPR")
    tab_to(page, "input[name=number]")
    page.keyboard.type("P-2026-1042")
    pick(page, "basis", "Samtykke")
    tab_to(page, "input[name=ends_on]")
    page.keyboard.type("01012027")  # the same with the month or the day first
    tab_to(page, label_of(page, "units", "PPR"))
    page.keyboard.press("Space")
    with page.expect_request(lambda request: request.method == "POST" and request.is_navigation_request()) as sending:
        page.keyboard.press("Enter")
    page.wait_for_url("**/sendt/")
    sent = parse_qs(sending.value.post_data or "")
    assert len(sent.keys() - NOT_INPUTS) <= MOST_INPUTS, sent
    case = Case.objects.get()
    assert (case.theme.code, case.urgency) == ("sprog", "urgent")
    assert [asked.unit for asked in case.invitations.all()] == [town.ppr]
    assert case.references.count() == 1


def test_the_focus_goes_to_what_is_wrong_and_from_there_to_the_field(town: World, visit: Visit) -> None:
    page = visit("maja").go("/forloeb/nyt/")
    submit(page)
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    expect(summary.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("input[name=theme]").first).to_be_focused()


def test_the_first_tab_skips_to_the_content(town: World, visit: Visit) -> None:
    page = visit("maja").go("/forloeb/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Gå til sidens indhold")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_escape_closes_the_menu_and_gives_the_focus_back(town: World, visit: Visit, size: ViewportSize) -> None:
    page = visit("maja", size=size).page
    menu = page.locator(".site-header details.menu:visible")
    tab_to(page, ".site-header details.menu > summary")
    page.keyboard.press("Enter")
    leave = menu.get_by_role("button", name="Log ud")
    expect(leave).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(leave).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_searching_for_units_while_typing_keeps_what_is_ticked_and_where_one_is(town: World, visit: Visit) -> None:
    page = visit("maja").go("/forloeb/nyt/")
    choose(page, "units", "PPR")
    search = page.locator("input[name=search]")
    search.focus()
    page.keyboard.type("åskol")
    found = page.locator("input[name=units]").and_(page.get_by_label("Åskolen"))
    expect(found).to_be_visible()
    expect(search).to_be_focused()
    expect(search).to_have_value("åskol")
    expect(page.locator(label_of(page, "units", "PPR"))).to_be_checked()
    page.keyboard.press("Shift+Tab")
    expect(found).to_be_focused()
    page.keyboard.press("Space")
    search.fill("sundhed")
    expect(page.get_by_role("status").filter(has_text="sundhed")).to_be_visible()
    expect(found).to_be_checked()
    assert page.url.endswith("/forloeb/nyt/")
    assert not Case.objects.exists()


def test_what_is_ticked_while_an_answer_is_on_its_way_stays_ticked(town: World, visit: Visit) -> None:
    page = visit("maja").go("/forloeb/nyt/")
    wanted = label_of(page, "units", "PPR")

    def answer_late(route: Route) -> None:
        answer = route.fetch()
        page.locator(wanted).check()
        route.fulfill(response=answer)

    page.route("**/*", answer_late, times=1)
    with page.expect_response(lambda response: "units=" in (response.request.post_data or "")):
        choose(page, "theme", "Sprog")
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    expect(page.locator(label_of(page, "units", "PPR"))).to_be_checked()  # wherever in the list it stands by now


def test_enter_in_the_search_field_finds_and_sends_nothing(town: World, visit: Visit) -> None:
    page = visit("maja", script=False).go("/forloeb/nyt/")
    choose(page, "theme", "Sprog")
    page.locator("input[name=search]").focus()
    page.keyboard.type("åskol")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="åskol")).to_be_visible()
    assert page.locator("input[name=theme]:checked").count() == 1
    assert not Case.objects.exists()
