"""A leader plans the year's moves in a real browser, sees which are not ready, acts on some, looks back and exports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect

from coordination.commands.milestones import do_milestone
from coordination.commands.units import set_relations
from coordination.models import Event, EventKind, Transition, TransitionState
from tests.browser.conftest import PHONE, Visit
from tests.browser.steps import press
from tests.browser.test_axe import Inspector
from tests.builders import World, a_reference, on
from tests.pages.cohort_town import children, landed
from tests.promises.moving import a_childs_case, again, heard, milestone, took_part

pytestmark = pytest.mark.browser

MOVES = 34
LIST = "/overgange/aargang/?slags=kindergarten_to_school&dag=2027-08-01"


def a_year(world: World) -> Transition:
    """The kindergarten's children go on at the school; one has moved and landed already. Give that move."""
    set_relations(unit=world.kindergarten, serves=[], continues_at=world.school, actor=None, now=on(-3))
    children(world, MOVES)
    moved = landed(world)
    Transition.objects.filter(pk=moved.pk).update(move_on=on(-120).date())  # long ago, by the clock of the browser
    return moved


def plan_the_year(page: Page, world: World, *, unknown: int = 0) -> None:
    """Tick all the children, say of so many that nobody knows yet who receives them, and look first."""
    page.goto(f"{page.url.split('/overgange')[0].rstrip('/')}{LIST}&enhed={world.kindergarten.pk}")
    press(page.get_by_role("link", name="Sæt kryds ved alle"))
    for receiver in page.locator("select[name^='to-']").all()[:unknown]:
        receiver.select_option("")
    press(page.get_by_role("button", name="Se, hvad der bliver planlagt"))


def test_a_leader_plans_34_moves_sees_which_are_not_ready_and_acts(
    town: World, visit: Visit, tmp_path: Path, take_picture: Callable[[Page, str], None]
) -> None:
    moved = a_year(town)
    kirsten = visit("kirsten")
    page = kirsten.page
    plan_the_year(page, town, unknown=3)
    expect(page.locator("main")).to_contain_text(f"{MOVES} overgange bliver planlagt.")
    assert Transition.objects.count() == 1
    page.evaluate("() => window.scrollTo(0, 0)")
    take_picture(page, "cohort")
    inspector = Inspector(kirsten, town, "da")
    inspector.inspect("what would be planned")
    press(page.get_by_role("button", name=f"Planlæg {MOVES} overgange"))
    expect(page.locator(".messages")).to_contain_text(f"{MOVES} overgange er planlagt.")
    assert Transition.objects.filter(state=TransitionState.PLANNED).count() == MOVES

    _some_are_on_their_way(town)
    page = kirsten.go("/overgange/?dag=2027-08-01")
    expect(page.locator(".board-counts")).to_contain_text(f"{MOVES} overgange")
    expect(page.locator(".board-counts")).to_contain_text("3 uden modtager")
    expect(page.locator(".board-counts")).to_contain_text(f"{MOVES - 6} hvor barnet ikke er hørt")
    take_picture(page, "board")

    press(page.get_by_role("link", name="3 uden modtager"))
    expect(page.locator(".board-table tbody tr:not(.board-day)")).to_have_count(3)
    press(page.get_by_role("link", name="Find en modtager").first)
    assert kirsten.path().endswith("/modtager/")
    page = kirsten.go("/overgange/?dag=2027-08-01&mangler=child_not_heard&retning=ud")
    for _time in range(3):
        press(page.get_by_role("button", name="Mind om").first)
        expect(page.locator(".messages")).to_contain_text("er mindet om det")
        assert kirsten.path() == "/overgange/?retning=ud&dag=2027-08-01&mangler=child_not_heard"
    expect(page.get_by_text("mindet om i dag")).to_have_count(3)
    assert Event.objects.filter(kind=EventKind.TRANSITION_REMINDED).values("subject_id").distinct().count() == 3

    page = kirsten.go("/overgange/?mangler=to_review")
    page.locator(f"#move-{moved.pk}").focus()
    page.keyboard.press("Space")
    press(page.get_by_role("button", name="Jeg har set tilbage på dem med kryds"))
    expect(page.locator(".messages")).to_contain_text("Du har set tilbage på 1 overgang.")
    assert [review.unit for review in again(moved).reviews.all()] == [town.kindergarten]

    page = kirsten.go("/overgange/?dag=2027-08-01")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Tabel (CSV)").click()
    coming.value.save_as(tmp_path / "moves.csv")
    table = (tmp_path / "moves.csv").read_text(encoding="utf-8-sig").splitlines()
    assert (len(table), table[0].split(";")[:5]) == (MOVES + 1, ["code", "from", "to", "day", "kind"])
    page = kirsten.go("/overgange/kalender/?maaned=2027-08")
    press(page.get_by_role("link", name=f"{MOVES} overgange"))
    assert kirsten.path() == "/overgange/?dag=2027-08-01"
    assert inspector.wrong == []


def _some_are_on_their_way(world: World) -> None:
    """Of six children something has been done already."""
    with time_machine.travel(on(1, hours=1), tick=True):
        moves = Transition.objects.filter(state=TransitionState.PLANNED).select_related("case").order_by("pk")
        for number, move in enumerate(moves[4:10]):
            heard(move.case, world.rikke, on_day=1)
            if number % 2:
                took_part(move.case, world.rikke, on_day=1)
            for kind in ("special_meeting", "talk_with_parents")[: number % 3]:
                do_milestone(milestone=milestone(move, kind), actor=world.rikke, now=on(1, hours=1))


def test_without_scripts_on_a_phone_the_same_can_be_done(town: World, visit: Visit) -> None:
    set_relations(unit=town.kindergarten, serves=[], continues_at=town.school, actor=None, now=on(-3))
    case = a_childs_case(town, reference=a_reference("P-2026-9001"))
    kirsten = visit("kirsten", size=PHONE, script=False)
    plan_the_year(kirsten.page, town)
    press(kirsten.page.get_by_role("button", name="Planlæg 1 overgang"))
    expect(kirsten.page.locator(".board-table")).to_contain_text(case.code)
    press(kirsten.page.get_by_role("button", name="Mind om"))
    expect(kirsten.page.locator(".messages")).to_contain_text("Rikke Ravn er mindet om det")


def test_many_moves_are_planned_while_one_waits(town: World, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coordination.web.board.cohorts.AT_ONCE", 5)
    children(town, 20)
    kirsten = visit("kirsten")
    plan_the_year(kirsten.page, town)
    kirsten.page.get_by_role("button", name="Planlæg 20 overgange").click()
    expect(kirsten.page.locator(".planning-steps li")).to_have_text(["10 af 20", "20 af 20"])
    expect(kirsten.page.locator("main")).to_contain_text("20 overgange er planlagt.")
    inspector = Inspector(kirsten, town, "da")
    inspector.inspect("planned")
    assert inspector.wrong == []
    press(kirsten.page.get_by_role("link", name="Se dem på tavlen"))
    expect(kirsten.page.locator(".board-counts")).to_contain_text("20 overgange")
