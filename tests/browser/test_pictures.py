"""The pictures of the README: what a teacher sees on a Tuesday. SCREENSHOTS=1 keeps them in docs/screenshots."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from coordination.commands.agreements import make_agreement
from coordination.commands.handovers import accept_handover, offer_handover
from coordination.commands.invitations import accept_invitation, decline_invitation, invite_unit
from coordination.commands.join_requests import ask_to_join
from coordination.commands.time import pass_time
from coordination.models import AgreementKind, Ask, Case, DeclineReason, ReferenceSystem, Theme, User
from tests.browser.conftest import Visit
from tests.browser.steps import choose
from tests.builders import World, a_case, a_case_with_reference, day, on, term, the_invitation
from tests.promises.moving import heard, took_part

pytestmark = pytest.mark.browser

PHONE = ViewportSize(width=360, height=740)


def an_ordinary_autumn(world: World) -> Case:
    """Maja holds the baton in four cases, is asked into another, and has promised something; give the longest."""
    _waiting_in_vain(world)
    _working_with_the_health_visitors(world)
    a_case_with_reference(
        world,
        "P-2026-1103",
        unit=world.kindergarten,
        theme=term(Theme, "overgang"),
        ask=term(Ask, "meeting"),
        invite=[(world.school, None)],
        actor=world.rikke,
        now=on(-4),
    )
    a_case_with_reference(world, "P-2026-1120", ask=term(Ask, "observe"), now=on(0, hours=4))
    case = _a_language_that_comes_late(world)
    while pass_time(now=on(1)):
        pass
    return case


def _waiting_in_vain(world: World) -> None:
    case = a_case_with_reference(
        world, "P-2026-0988", theme=term(Theme, "fremmoede"), invite=[(world.family, None)], now=on(-5, hours=1)
    )
    ask_to_join(
        system=term(ReferenceSystem, "ppr_journal"),
        number="P-2026-0988",
        unit=world.health,
        theme=case.theme,
        actor=world.hanne,
        now=on(0, hours=5),
    )


def _working_with_the_health_visitors(world: World) -> None:
    case = a_case(world, theme=term(Theme, "hverdag"), invite=[(world.health, None)], now=on(-11))
    accept_invitation(invitation=the_invitation(case, world.health), actor=world.hanne, now=on(-10))
    _agree(case, "talk_parents", world.maja, due=1, now=on(-7))
    _agree(case, "follow_up", world.maja, due=3, now=on(-7))


def _a_language_that_comes_late(world: World) -> Case:
    """A kindergarten asks three; one says no and knows who; the school takes over, and now offers the baton on."""
    case = a_case_with_reference(
        world,
        unit=world.kindergarten,
        theme=term(Theme, "sprog"),
        actor=world.rikke,
        invite=[(world.health, None), (world.family, None)],
        now=on(-20),
    )
    accept_invitation(invitation=the_invitation(case, world.health), actor=world.hanne, now=on(-19))
    no = decline_invitation(
        invitation=the_invitation(case, world.family),
        reason=term(DeclineReason, "other_knows_better"),
        onward=world.ppr,
        actor=world.frida,
        now=on(-18),
    )
    invite_unit(case=case, unit=world.ppr, ask=term(Ask, "observe"), follows=no, actor=world.rikke, now=on(-17))
    accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.anna, now=on(-14))
    handover = offer_handover(case=case, to_person=world.maja, to_unit=world.school, actor=world.rikke, now=on(-13))
    accept_handover(handover=handover, actor=world.maja, now=on(-12))
    case.refresh_from_db()
    heard(case, world.maja, on_day=-6, changed_plan=True)
    took_part(case, world.maja, on_day=-6)
    _agree(case, "observation", world.anna, due=10, now=on(-5))
    invite_unit(case=case, unit=world.other_school, ask=term(Ask, "sparring"), actor=world.maja, now=on(0, hours=1))
    offer_handover(case=case, to_person=world.anna, to_unit=world.ppr, actor=world.maja, now=on(0, hours=2))
    return case


def _agree(case: Case, kind: str, owner: User, *, due: int, now: datetime) -> None:
    kinds, look_again_on = term(AgreementKind, kind), day(due + 28)
    make_agreement(
        case=case, kind=kinds, owner=owner, due_on=day(due), look_again_on=look_again_on, actor=case.holder, now=now
    )


def test_the_pictures_of_the_readme(town: World, visit: Visit, take_picture: Callable[[Page, str], None]) -> None:
    case = an_ordinary_autumn(town)
    maja = visit("maja")
    for heading in ("Nu", "Denne uge"):
        expect(maja.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    take_picture(maja.page, "desk")

    page = maja.go(f"/forloeb/{case.code}/")
    for holder in ("Børnehuset Solsikken", "Bakkeskolen", "PPR"):
        expect(page.locator(".baton-line")).to_contain_text(holder)
    take_picture(page, "case")

    page = maja.go("/forloeb/nyt/")
    choose(page, "theme", "Trivsel")
    choose(page, "ask", "Sparring")
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    take_picture(page, "opening")

    page = visit("anna", size=PHONE, scale=2).page
    page.locator(".task", has_text="Bakkeskolen inviterer").get_by_role("link", name="Svar").click()
    expect(page.locator("h1")).to_contain_text("Bakkeskolen")
    take_picture(page, "invitation-phone")
