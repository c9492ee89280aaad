"""The page Ledelse in a browser: plots that everybody can read, each with its table one tap away."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit
from tests.builders import World
from tests.figures.quarters import quarters
from tests.figures.town import FIRST

pytestmark = pytest.mark.browser


@pytest.fixture
def past(town: World) -> World:
    """Three quarters have been reckoned by the Tuesday on which one looks."""
    quarters(town, date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1))
    return town


def plots(page: Page) -> list[str]:
    """Name the plots that are drawn."""
    page.wait_for_selector(".plot canvas")
    return [canvas.get_attribute("aria-label") or "" for canvas in page.locator(".plot canvas").all()]


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_every_plot_has_a_name_and_its_table_one_tap_away(past: World, visit: Visit, size: object) -> None:
    page = visit("dorte", **({"size": size} if size else {})).go("/ledelse/")
    names = plots(page)
    assert "Svar inden for fristen: Over tid" in names
    assert "Svartid: Enhederne under" in names
    assert len(set(names)) == len(names) >= 10
    for part in page.locator(".figure-part:has(canvas)").all():
        table = part.locator("table")
        expect(part.get_by_role("img")).to_be_visible()
        expect(table).to_be_hidden()
        part.locator("summary").click()
        expect(table).to_be_visible()
        assert part.get_by_role("img").get_attribute("aria-label") == table.locator("caption").inner_text().strip()
    assert Axe().run(page).response["violations"] == []


def test_a_plot_is_drawn_from_its_table_and_from_nothing_else(past: World, visit: Visit) -> None:
    page = visit("dorte").go("/ledelse/")
    plots(page)
    part = page.locator(".figure-part", has_text="Over tid").first
    drawn = part.locator("canvas").evaluate("canvas => Chart.getChart(canvas).data.datasets.map(set => set.data)")
    told = part.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => row.cells[1].dataset.value).map(value => value === undefined ? null : Number(value))"
    )
    assert drawn == [told]
    assert len(told) == 3


def test_without_script_the_tables_stand_open(past: World, visit: Visit) -> None:
    page = visit("lone", script=False).go("/ledelse/")
    assert page.locator("canvas").count() == 0
    tables = page.locator(".figure table")
    assert tables.count() >= 6
    for table in tables.all():
        expect(table).to_be_visible()


def test_a_leader_chooses_a_unit_and_a_period_and_takes_a_file_along(past: World, visit: Visit) -> None:
    page = visit("sanne").go("/")
    page.get_by_role("link", name="Ledelse").first.click()
    page.get_by_label("Enhed", exact=True).select_option(label="\u2003Bakkeskolen")
    page.get_by_label("Periode", exact=True).select_option(label="1. kvartal 2026")
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page.locator("main")).to_contain_text("Bakkeskolen · 1. kvartal 2026")
    for kind in ("CSV", "XLSX"):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"Hent {kind}").click()
        assert download.value.suggested_filename == f"involver-bakkeskolen-2026-01.{kind.lower()}"


def test_the_picture_of_the_figures(town: World, visit: Visit, take_picture: object) -> None:
    quarters(town, FIRST, date(2026, 10, 1), date(2027, 1, 1))
    with time_machine.travel("2027-04-06T08:00:00+02:00", tick=True):
        page = visit("dorte").go("/ledelse/")
        plots(page)
        take_picture(page, "figures")  # type: ignore[operator]
