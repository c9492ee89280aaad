"""A child moves, in a real browser: from planning it to what both leaders learn from it, and every page looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from playwright.sync_api import expect

from coordination.models import Case, Transition, TransitionState
from tests.browser.conftest import PHONE, Visit
from tests.browser.steps import choose, press, submit
from tests.builders import World, on
from tests.promises.moving import a_childs_case

pytestmark = pytest.mark.browser


@contextmanager
def so_much_later(days: int) -> Iterator[None]:
    """Let the server's clock stand so many days after the Monday of the tests."""
    with time_machine.travel(on(days), tick=True):
        yield


def the_move(case: Case) -> Transition:
    """The move as it stands."""
    return case.transitions.get()


def test_a_child_moves_from_kindergarten_to_school(town: World, visit: Visit) -> None:
    case = a_childs_case(town)
    rikke = visit("rikke")
    page = rikke.go(f"/forloeb/{case.code}/overgang/")
    choose(page, "kind", "Børnehave til skole")
    choose(page, "to_unit", "Bakkeskolen")
    submit(page)
    expect(page.locator("h1")).to_have_text("Børnehuset Solsikken → Bakkeskolen")
    expect(page.locator("main")).to_contain_text("1. august 2027")

    press(page.get_by_role("link", name="Overlever", exact=True))
    for form in ("Samtale", "Var med til mødet"):  # the child first, then the parents
        press(page.get_by_role("link", name="Notér").first)
        choose(page, "how", form)
        if page.locator("input[name=changed_plan]").count():
            choose(page, "changed_plan", "Nej")
        submit(page)
        press(page.get_by_role("link", name="Overlever", exact=True))
    submit(page)
    assert the_move(case).state == TransitionState.HANDED_OVER

    maja = visit("maja", size=PHONE)
    page = maja.go("/")
    press(page.get_by_role("link", name="Tag imod barnet").first)
    page.get_by_role("button", name="Vis").first.click()
    expect(page.locator("main")).to_contain_text("P-2026-2701")
    page.get_by_label("Jeg har læst").check()
    submit(page)
    assert the_move(case).state == TransitionState.RECEIVED
    case.refresh_from_db()
    assert case.holder == town.maja

    with so_much_later(420):
        page = visit("maja").go(f"/overgange/{the_move(case).pk}/")
        press(page.get_by_role("link", name="Er barnet faldet til?"))
        choose(page, "landing", "faldet godt til")
        submit(page)
        for leader in ("kirsten", "lone"):
            page = visit(leader).go(f"/overgange/{the_move(case).pk}/")
            press(page.get_by_role("link", name="Se tilbage"))
            submit(page)
    assert the_move(case).state == TransitionState.REVIEWED
