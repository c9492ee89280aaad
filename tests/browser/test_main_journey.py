"""The main journey in a real browser, as three people: a teacher asks, a psychologist and a health visitor answer."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from coordination.models import Case, CaseState
from coordination.queries.promises import INVARIANTS, find_breaks
from tests.browser.conftest import PHONE, Visit, Visitor
from tests.browser.steps import choose, code_on, fill_in_reference, go_and_answer, press, submit
from tests.builders import World

pytestmark = pytest.mark.browser


def open_a_case(maja: Visitor) -> str:
    """Open a case with a reference and a consent, and invite two units."""
    page = maja.go("/forloeb/nyt/")
    choose(page, "theme", "Trivsel")
    choose(page, "ask", "Sparring")
    fill_in_reference(page, "P-2026-1042")
    choose(page, "units", "PPR")
    choose(page, "units", "Sundhedsplejen")
    submit(page)
    return code_on(page)


def test_three_people_take_a_case_from_wondering_to_an_end(town: World, visit: Visit) -> None:
    maja = visit("maja")
    code = open_a_case(maja)
    expect(maja.page.locator("main")).to_contain_text("PPR")

    anna = visit("anna", size=PHONE)
    go_and_answer(anna)
    expect(anna.page.locator("h1")).to_contain_text("Bakkeskolen")
    assert "P-2026-1042" not in anna.page.content()
    submit(anna.page)
    expect(anna.page.locator("main")).to_contain_text("Maja Holm")  # who has been told
    press(anna.page.get_by_role("link", name="Gå til forløbet"))
    expect(anna.page.locator("main")).to_contain_text(code)

    hanne = visit("hanne")
    press(go_and_answer(hanne).get_by_role("link", name="Nej"))
    choose(hanne.page, "reason", "Andre kan hjælpe bedre")
    choose(hanne.page, "onward", "Familieafdelingen")
    submit(hanne.page)
    expect(hanne.page.locator("main")).to_contain_text("Familieafdelingen")

    page = maja.go(f"/forloeb/{code}/")
    expect(page.locator("main")).to_contain_text("Anna Bang")
    expect(page.locator("main")).to_contain_text("Familieafdelingen")
    maja.go(f"/forloeb/{code}/overdrag/")
    choose(page, "to_person", "Anna Bang")
    submit(page)
    assert Case.objects.get(code=code).holder == town.maja, "the old holder holds until the new one has accepted"

    submit(go_and_answer(anna))
    assert Case.objects.get(code=code).holder == town.anna

    page = maja.go(f"/forloeb/{code}/")
    expect(page.locator("main")).to_contain_text("Anna Bang")
    page = anna.go(f"/forloeb/{code}/afslut/")
    choose(page, "outcome", "Udfordringen er løst")
    submit(page)
    assert Case.objects.get(code=code).state == CaseState.CLOSED
    page = maja.go(f"/forloeb/{code}/")
    expect(page.locator("main")).to_contain_text("Udfordringen er løst")
    assert "Familieafdelingen" not in page.inner_text("main"), "a receipt is of the own unit alone"
    assert [broken for asked in INVARIANTS.values() for broken in find_breaks(asked, now=timezone.now())] == []


def test_a_number_that_looks_like_a_cpr_number_is_refused_and_the_rest_is_kept(town: World, visit: Visit) -> None:
    page = visit("maja").go("/forloeb/nyt/")
    choose(page, "theme", "Sprog")
    choose(page, "ask", "Observation")
    page.select_option("select[name=system]", index=1)
    page.fill("input[name=number]", "010190-1234")
    submit(page)
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("input[name=number]")).to_have_value("")
    assert "010190" not in page.content()
    assert page.locator("input[name=theme]:checked").count() == 1
    assert page.locator("input[name=ask]:checked").count() == 1
    assert not Case.objects.exists()
