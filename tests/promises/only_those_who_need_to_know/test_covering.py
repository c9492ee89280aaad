"""A consent covers kinds of units: no other unit is let in on it, and none reads on when it no longer covers them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils.translation import override

from coordination.commands.bases import BasisDraft, record_basis
from coordination.commands.cases import add_reference
from coordination.commands.handing_over import hand_over, receive_child
from coordination.commands.handovers import accept_handover, ask_for_release, assign_holder, request_baton
from coordination.commands.invitations import accept_invitation, invite_unit
from coordination.commands.join_requests import accept_join_request, ask_to_join
from coordination.commands.looks import open_reference
from coordination.errors import Forbidden, Refusal, Unacceptable
from coordination.models import (
    Ask,
    AssignReason,
    Basis,
    BasisCover,
    BasisKind,
    Case,
    DeadlineKind,
    EventKind,
    Giver,
    LookReason,
    Reference,
    ReferenceSystem,
    StatutoryBasis,
    Theme,
    UnitKind,
    User,
)
from tests.builders import (
    World,
    a_case,
    a_case_with_reference,
    a_consent,
    a_reference,
    accepted,
    day,
    on,
    term,
    the_invitation,
)
from tests.promises.moving import a_childs_case, a_move, handed_over, heard, took_part
from tests.promises.telling import away, fresh, offered, owed

NARROW = ("skole", "ppr")


def reads(user: User, case: Case, *, days: float = 1, reason: str | None = "supervision") -> bool:
    """Whether somebody opens the case's reference; a leader says why."""
    try:
        open_reference(
            reference=Reference.objects.get(case=case),
            actor=User.objects.get(pk=user.pk),
            now=on(days),
            reason=term(LookReason, reason) if reason else None,
        )
    except Forbidden:
        return False
    return True


def narrowly(world: World, *kinds: str, **changes: object) -> Case:
    """Maja's case with a reference, on a consent that covers these kinds."""
    return a_case(world, reference=a_reference(), basis=a_consent(365, *(kinds or NARROW)), **changes)


# --- What is refused ----------------------------------------------------------------------------------------


def _invited(world: World) -> None:
    case = narrowly(world)
    invite_unit(case=case, unit=world.health, ask=term(Ask, "sparring"), actor=world.maja, now=on(1))


def _opened(world: World) -> None:
    narrowly(world, invite=[(world.ppr, None), (world.health, None)])


def _let_in(world: World) -> None:
    case = narrowly(world)
    request = ask_to_join(
        system=term(ReferenceSystem, "ppr_journal"),
        number="P-2026-1042",
        unit=world.health,
        theme=term(Theme, "trivsel"),
        actor=world.hanne,
        now=on(1),
    )
    assert request.case == case
    accept_join_request(join_request=request, actor=world.maja, now=on(2))


def _offered(world: World) -> None:
    offered(world, narrowly(world), to_person=world.hanne, to_unit=world.health)


def _asked_for(world: World) -> None:
    case = a_case_with_reference(world, invite=[(world.health, None)])
    partner = accept_invitation(invitation=the_invitation(case, world.health), actor=world.hanne, now=on(1))
    request = request_baton(partnership=partner, actor=world.hanne, now=on(1))
    record_basis(case=case, draft=a_consent(365, *NARROW), actor=world.maja, now=on(2))
    accept_handover(handover=request, actor=world.maja, now=on(2))


def _assigned(world: World) -> None:
    case = narrowly(world)
    ask_for_release(case=case, actor=world.maja, now=on(1))
    reason = term(AssignReason, "holder_asked")
    to = {"to_person": world.dorte, "to_unit": world.town}
    assign_holder(case=case, reason=reason, actor=world.dorte, now=on(2), **to)


def _moved(world: World) -> None:
    case = a_childs_case(world, basis=a_consent(900, "boernehus", "ppr"))
    move = a_move(world, case)
    heard(case, world.rikke, on_day=2)
    took_part(case, world.rikke, on_day=2)
    hand_over(transition=move, actor=world.rikke, now=on(3))


def _received(world: World) -> None:
    case = a_childs_case(world)
    move = handed_over(world, a_move(world, case))
    record_basis(case=case, draft=a_consent(900, "boernehus", "ppr"), actor=world.rikke, now=on(4))
    receive_child(transition=move, actor=world.maja, has_read=True, now=on(5))


WAYS: dict[str, Callable[[World], None]] = {
    "invited": _invited,
    "opened": _opened,
    "let in": _let_in,
    "offered the baton": _offered,
    "asking for the baton": _asked_for,
    "assigned the baton": _assigned,
    "handed the child over": _moved,
    "receiving the child": _received,
}


@pytest.mark.parametrize("way", WAYS)
def test_no_unit_is_let_in_that_the_consent_does_not_cover(world: World, way: str) -> None:
    with override("en"), pytest.raises(Unacceptable) as refused:
        WAYS[way](world)
    said = str(refused.value.message)
    assert refused.value.field == "basis"
    assert "The consent does not cover" in said
    assert "Ask for one that does, and record it" in said


def test_the_refusal_names_the_unit_and_its_kind_and_what_is_said_then_is_done(world: World) -> None:
    case = narrowly(world)
    ask = {"case": case, "unit": world.health, "ask": term(Ask, "sparring"), "actor": world.maja}
    with pytest.raises(Unacceptable) as refused:
        invite_unit(**ask, now=on(1))
    assert "Sundhedsplejen" in str(refused.value.message)
    assert world.health.kind.label in str(refused.value.message)
    assert not case.invitations.filter(unit=world.health).exists()
    record_basis(case=case, draft=a_consent(365, *NARROW, "sundhedspleje"), actor=world.maja, now=on(2))
    invite_unit(**ask, now=on(2))


def test_a_case_without_a_reference_from_elsewhere_needs_no_consent(world: World) -> None:
    case = a_case(world, invite=[(world.health, None)])
    assert case.invitations.count() == 1
    own = narrowly(world, "ppr", invite=[(world.school, world.mads)])
    assert own.invitations.count() == 1


def test_a_legal_basis_covers_what_the_municipality_has_written_at_that_moment(world: World) -> None:
    law = StatutoryBasis.objects.create(code="law", label_da="Loven", label_en="The law", covers_all=False)
    law.covers.add(term(UnitKind, "ppr"))
    case = a_case(world, reference=a_reference(), basis=BasisDraft(BasisKind.STATUTORY, statutory=law))
    accepted(world, case)
    assert reads(world.anna, case)
    with override("en"), pytest.raises(Unacceptable, match="The legal basis does not cover Sundhedsplejen"):
        invite_unit(case=case, unit=world.health, ask=term(Ask, "sparring"), actor=world.maja, now=on(1))
    law.covers.set([term(UnitKind, "sundhedspleje")])
    assert not reads(world.anna, case, days=2)
    invite_unit(case=case, unit=world.health, ask=term(Ask, "sparring"), actor=world.maja, now=on(2))
    law.covers_all = True
    law.save()
    assert reads(world.anna, case, days=3)


# --- What is closed -----------------------------------------------------------------------------------------


def test_a_partner_whom_a_newer_consent_no_longer_covers_loses_the_reference_at_once(world: World) -> None:
    case = a_case_with_reference(world, invite=[(world.ppr, None), (world.health, None)])
    accepted(world, case)
    accept_invitation(invitation=the_invitation(case, world.health), actor=world.hanne, now=on(hours=2))
    assert reads(world.anna, case) and reads(world.hanne, case)  # noqa: PT018
    record_basis(case=case, draft=a_consent(365, "skole", "sundhedspleje"), actor=world.maja, now=on(1, hours=1))
    assert reads(world.hanne, case, days=1.1)
    assert not reads(world.anna, case, days=1.1)
    assert not reads(world.per, case, days=1.1)  # their leader
    assert reads(world.dorte, case, days=1.1)  # who leads the health visitors, too
    away(world.anna, world.anton, first=2, last=3)
    assert not reads(world.anton, case, days=2)
    # The case itself goes on, with all who take part.
    assert case.partnerships.live().count() == 2
    record_basis(case=case, draft=a_consent(365, *NARROW), actor=world.maja, now=on(4))
    assert reads(world.anna, case, days=4)
    assert not reads(world.hanne, case, days=4)


def test_the_unit_that_the_reference_is_from_reads_it_whatever_is_covered(world: World) -> None:
    case = narrowly(world, "ppr")
    assert reads(world.maja, case)
    assert reads(world.lone, case)


def test_the_baton_opens_nothing_that_is_not_covered(world: World) -> None:
    case = a_case_with_reference(world, invite=[])
    offer = offered(world, case, to_person=world.hanne, to_unit=world.health)
    record_basis(case=case, draft=a_consent(365, *NARROW), actor=world.maja, now=on(2))
    accept_handover(handover=offer, actor=world.hanne, now=on(3))
    assert fresh(case).holder == world.hanne
    assert not reads(world.hanne, case, days=3)
    assert reads(world.maja, case, days=3)
    record_basis(case=case, draft=a_consent(365, *NARROW, "sundhedspleje"), actor=world.hanne, now=on(4))
    assert reads(world.hanne, case, days=4)


def test_the_receiving_unit_reads_nothing_that_the_consent_does_not_cover(world: World) -> None:
    case = a_childs_case(world)
    handed_over(world, a_move(world, case))
    assert reads(world.maja, case, days=4)
    record_basis(case=case, draft=a_consent(900, "boernehus"), actor=world.rikke, now=on(5))
    assert not reads(world.maja, case, days=5)
    record_basis(case=case, draft=a_consent(900, "boernehus", "skole"), actor=world.rikke, now=on(6))
    assert reads(world.maja, case, days=6)


def test_a_reference_that_comes_later_opens_to_those_whom_its_consent_covers(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, None), (world.health, None)])
    accepted(world, case)
    accept_invitation(invitation=the_invitation(case, world.health), actor=world.hanne, now=on(hours=2))
    add_reference(case=case, reference=a_reference(), basis=a_consent(90, *NARROW), actor=world.maja, now=on(1))
    assert reads(world.anna, case)
    assert not reads(world.hanne, case)


# --- What is recorded ---------------------------------------------------------------------------------------


def test_a_consent_says_who_gave_it_when_and_for_whom_and_so_does_its_trace(world: World) -> None:
    case = a_case_with_reference(world)
    draft = a_consent(200, *NARROW, given_by=Giver.YOUNG, given_on=day(-3))
    basis = record_basis(case=case, draft=draft, actor=world.maja, now=on(1))
    assert (basis.given_by, basis.given_on, basis.ends_on) == ("young", day(-3), day(200))
    assert {kind.code for kind in basis.covers.all()} == set(NARROW)
    told = case.events.filter(kind=EventKind.BASIS_RECORDED).latest("pk").data
    assert (told["given_by"], told["covers"]) == ("young", "ppr skole")
    everybody = record_basis(case=case, draft=a_consent(200), actor=world.maja, now=on(2))
    assert (everybody.given_on, everybody.covered_kinds) == (day(2), None)
    assert case.events.filter(kind=EventKind.BASIS_RECORDED).latest("pk").data["covers"] == "all"


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (BasisDraft(BasisKind.CONSENT, ends_on=day(9), covers_all=True), "basis"),
        (BasisDraft(BasisKind.CONSENT, ends_on=day(9), given_by=Giver.BOTH), "covers"),
        (BasisDraft(BasisKind.CONSENT, given_by=Giver.BOTH, covers_all=True), "ends_on"),
        (a_consent(9, given_on=day(2)), "given_on"),
        (a_consent(9, given_on=day(-366)), "given_on"),
        (a_consent(0), "ends_on"),
        (a_consent(3 * 366 + 1, given_on=day(0)), "ends_on"),
    ],
)
def test_a_consent_that_says_too_little_is_not_recorded(world: World, draft: BasisDraft, field: str) -> None:
    case = a_case_with_reference(world)
    with pytest.raises(Unacceptable) as refused:
        record_basis(case=case, draft=draft, actor=world.maja, now=on(1))
    assert refused.value.field == field
    assert case.bases.count() == 1


def test_the_oldest_and_the_longest_consent_are_recorded(world: World) -> None:
    case = a_case_with_reference(world)
    record_basis(case=case, draft=a_consent(9, given_on=day(-365)), actor=world.maja, now=on(1))
    record_basis(case=case, draft=a_consent(3 * 366, given_on=day(0)), actor=world.maja, now=on(1))


def test_what_was_recorded_before_anybody_was_asked_covers_all_and_goes_on(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    Basis.objects.filter(case=case).update(given_by=None, given_on=None)
    assert not BasisCover.objects.exists()
    assert reads(world.anna, case)
    invite_unit(case=case, unit=world.health, ask=term(Ask, "sparring"), actor=world.maja, now=on(1))


def test_a_refusal_leaves_everything_as_it_was(world: World) -> None:
    case = narrowly(world)
    before = (case.events.count(), owed(case, DeadlineKind.RENEW_CONSENT).due_on)
    with pytest.raises(Refusal):
        record_basis(case=case, draft=BasisDraft(BasisKind.CONSENT, ends_on=day(9)), actor=world.maja, now=on(1))
    assert (case.events.count(), owed(case, DeadlineKind.RENEW_CONSENT).due_on) == before
    assert case.bases.get().covered_kinds == frozenset(term(UnitKind, code).pk for code in NARROW)
