"""The main job without any script: every step is a link or a form."""

from __future__ import annotations

from functools import partial

import pytest
from playwright.sync_api import expect

from coordination.models import Agreement, AgreementState, Case, CaseState
from tests.browser.conftest import PHONE, Visit
from tests.browser.steps import choose, code_on, fill_in_reference, go_and_answer, press, submit
from tests.builders import World

pytestmark = pytest.mark.browser


def test_the_main_job_is_done_without_script(town: World, visit: Visit) -> None:
    visit = partial(visit, script=False)
    maja = visit("maja")
    page = maja.go("/forloeb/nyt/")
    choose(page, "theme", "Trivsel")
    choose(page, "ask", "Sparring")
    choose(page, "units", "PPR")
    fill_in_reference(page, "P-2026-1042")
    page.fill("input[name=search]", "familie")
    press(page.get_by_role("button", name="Find"))
    assert not Case.objects.exists(), "finding a unit sends nothing"
    expect(page.locator("input[name=number]")).to_have_value("P-2026-1042")
    expect(page.get_by_label("PPR").and_(page.locator("input[name=units]"))).to_be_checked()
    choose(page, "units", "Familieafdelingen")
    submit(page)
    code = code_on(page)
    case = Case.objects.get()
    assert {asked.unit.name for asked in case.invitations.all()} == {"PPR", "Familieafdelingen"}

    page = go_and_answer(visit("frida"))
    press(page.get_by_role("link", name="Nej"))
    choose(page, "reason", "Andre kan hjælpe bedre")
    choose(page, "onward", "Sundhedsplejen")
    submit(page)
    expect(page.locator("main")).to_contain_text("Sundhedsplejen")

    anna = visit("anna", size=PHONE)
    submit(go_and_answer(anna))
    press(anna.page.get_by_role("link", name="Gå til forløbet"))
    expect(anna.page.locator("h1")).to_contain_text(code)
    press(anna.page.get_by_role("button", name="Vis"))
    expect(anna.page.locator("main")).to_contain_text("P-2026-1042")

    page = maja.go(f"/forloeb/{code}/aftale/")
    choose(page, "kind", "Observation")
    choose(page, "owner", "Anna Bang")
    submit(page)
    agreement = Agreement.objects.get()
    assert agreement.owner == town.anna
    page = anna.go("/")
    page.locator("summary", has_text="Senere").click()
    press(page.get_by_role("button", name="Gjort"))
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.DONE

    page = maja.go(f"/forloeb/{code}/overdrag/")
    choose(page, "to_person", "Anna Bang")
    submit(page)
    submit(go_and_answer(anna))
    case.refresh_from_db()
    assert case.holder == town.anna

    page = anna.go(f"/forloeb/{code}/afslut/")
    choose(page, "outcome", "Udfordringen er løst")
    submit(page)
    expect(page.locator("main")).to_contain_text("Udfordringen er løst")
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
