"""Why something may be shared, on the pages: who gave a consent, what it covers, and what to do where it does not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from coordination.commands.bases import BasisDraft, record_basis
from coordination.commands.join_requests import ask_to_join
from coordination.models import (
    Ask,
    Basis,
    BasisKind,
    BasisState,
    Case,
    ReferenceSystem,
    StatutoryBasis,
    Theme,
    UnitKind,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.board import BoardFilter, read_board
from tests.builders import World, a_case, a_case_with_reference, a_consent, a_reference, accepted, day, on, term
from tests.pages.asking import chosen, said, see, send, words
from tests.promises.moving import a_childs_case, a_move

OFF = "The consent does not cover"


def url_of(name: str, case: Case) -> str:
    return reverse(name, args=[case.code])


def label(code: str) -> str:
    """What a page calls a kind of units."""
    return escape(term(UnitKind, code).label_en)


def kind(code: str) -> str:
    return str(term(UnitKind, code).pk)


def consent(**changes: Any) -> dict[str, Any]:
    """What is sent to record a consent that covers school and PPR."""
    days = {"given_on": day(0).isoformat(), "ends_on": day(100).isoformat()}
    return {"basis": "consent-sole", "covers": [kind("skole"), kind("ppr")], **days, **changes}


def opening(world: World, **changes: Any) -> dict[str, Any]:
    """What is sent to open a case with a reference, to which PPR is invited, on a consent."""
    return {
        "unit": world.school.pk,
        "theme": term(Theme, "trivsel").pk,
        "ask": term(Ask, "sparring").pk,
        "urgency": "normal",
        "system": term(ReferenceSystem, "ppr_journal").pk,
        "number": "P-2026-1042",
        "basis": "consent-both",
        "ends_on": day(100).isoformat(),
        "units": [world.ppr.pk],
        **changes,
    }


def covered(case: Case) -> set[str] | None:
    """The codes of the kinds that the consent of a case covers; None for all."""
    basis = case.bases.get(state=BasisState.ACTIVE)
    return None if basis.covers_all else {found.code for found in basis.covers.all()}


def a_law(*codes: str) -> StatutoryBasis:
    """A legal basis that covers units of some kinds."""
    law = StatutoryBasis.objects.create(code="law", label_da="Loven", label_en="The law", covers_all=False)
    law.covers.set([term(UnitKind, code) for code in codes])
    return law


# --- Recording ----------------------------------------------------------------------------------------------
def test_the_kinds_around_the_case_are_ticked_beforehand_and_all_of_them_never(world: World) -> None:
    case = a_case_with_reference(world)
    page = see(world.maja, url_of("basis_record", case))
    assert chosen(page, "covers") == {kind("skole"), kind("ppr")}
    assert chosen(page, "basis") == set()
    assert "All kinds of units" in words(page)
    assert f'value="{day(1).isoformat()}"' in words(page)  # given today


def test_a_recorded_consent_says_on_the_case_who_gave_it_when_and_for_whom(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    said(world.maja, url_of("basis_record", case), consent())
    assert covered(case) == {"skole", "ppr"}
    for reader in (world.maja, world.anna, world.lone):
        text = words(see(reader, url_of("case", case)))
        assert "<dt>Given by</dt><dd>the one who has custody alone</dd>" in text
        assert "<dt>Given</dt><dd>yesterday</dd>" in text
        assert f"<dt>Covers</dt><dd>{label('skole')} and {label('ppr')}</dd>" in text


def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(world: World) -> None:
    case = a_case_with_reference(world)
    for field, changes in (
        ("covers", {"covers": []}),
        ("given_on", {"given_on": day(2).isoformat()}),
        ("given_on", {"given_on": day(-400).isoformat()}),
        ("given_on", {"given_on": "the other day"}),
        ("ends_on", {"ends_on": ""}),
        ("basis", {"basis": "consent"}),
        ("covers", {"covers": ["999999"]}),
    ):
        refused = send(world.maja, url_of("basis_record", case), consent(**changes))
        assert refused.status_code == 422
        assert f'id="id_{field}_error"' in words(refused), changes
        if field != "covers":
            assert chosen(refused, "covers") == {kind("skole"), kind("ppr")}
    assert case.bases.count() == 1


def test_a_legal_basis_is_recorded_whatever_stands_in_the_fields_of_a_consent(world: World) -> None:
    case, law = a_case_with_reference(world), a_law("ppr")
    assert f"covers {label('ppr')}" in words(see(world.maja, url_of("basis_record", case)))
    wrong = consent(basis=f"statutory-{law.pk}", covers=["x"], given_on="never", ends_on="never")
    assert "Those whom it covers" in said(world.maja, url_of("basis_record", case), wrong)
    basis = case.bases.get(state=BasisState.ACTIVE)
    assert (basis.statutory, basis.given_by, basis.given_on) == (law, None, None)


def test_a_narrower_consent_says_whom_it_leaves_out(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    text = said(world.maja, url_of("basis_record", case), consent(covers=[kind("skole")]))
    assert "It does not cover PPR, who cannot open the reference." in text
    assert "It does not cover PPR" in words(see(world.maja, url_of("case", case)))
    theirs = words(see(world.anna, url_of("case", case)))
    assert "The basis for sharing does not cover your unit, so you cannot open it." in theirs
    opened = send(world.anna, reverse("reference_open", args=[case.references.get().pk]))
    assert opened.status_code == 403
    assert "does not cover your unit" in words(opened)
    assert "P-2026-1042" not in words(opened)


def test_all_kinds_is_a_choice_of_its_own(world: World) -> None:
    case = a_case_with_reference(world)
    said(world.maja, url_of("basis_record", case), consent(covers=["all", kind("ppr")]))
    assert covered(case) is None
    assert "<dt>Covers</dt><dd>all kinds of units</dd>" in words(see(world.maja, url_of("case", case)))


def test_what_was_recorded_before_is_shown_as_what_it_is(world: World) -> None:
    case = a_case_with_reference(world)
    Basis.objects.filter(case=case).update(given_by=None, given_on=None)
    text = words(see(world.maja, url_of("case", case)))
    assert "<dt>Given by</dt><dd>who gave it was not recorded</dd>" in text
    assert "<dt>Given</dt>" not in text
    assert "<dt>Covers</dt><dd>all kinds of units</dd>" in text
    danish = words(see(world.maja, url_of("case", case), language="da"))
    assert "hvem der gav det, er ikke noteret" in danish


def test_anonymous_sparring_covers_nothing_that_could_be_said(world: World) -> None:
    assert "<dt>Covers</dt>" not in words(see(world.maja, url_of("case", a_case(world))))


# --- Opening ------------------------------------------------------------------------------------------------
def test_an_opened_case_is_covered_for_those_who_are_invited_and_ones_own_kind(world: World) -> None:
    send(world.maja, reverse("open_case"), opening(world, units=[world.ppr.pk, world.health.pk]))
    case = Case.objects.get()
    basis = case.bases.get()
    assert covered(case) == {"skole", "ppr", "sundhedspleje"}
    assert (basis.given_by, basis.given_on) == ("both", day(1))
    page = words(see(world.maja, url_of("case_opened", case)))
    assert "The consent covers:" in page
    assert label("ppr") in page.split("The consent covers:")[1][:100]


def test_others_are_covered_too_where_that_is_ticked_and_it_was_given_on_another_day(world: World) -> None:
    more = {"also_covers": [kind("familie")], "given_on": day(-2).isoformat()}
    send(world.maja, reverse("open_case"), opening(world, **more))
    case = Case.objects.get()
    assert covered(case) == {"skole", "ppr", "familie"}
    assert case.bases.get().given_on == day(-2)


def test_a_case_can_be_opened_for_all_kinds(world: World) -> None:
    send(world.maja, reverse("open_case"), opening(world, also_covers=["all"]))
    assert covered(Case.objects.get()) is None


def test_the_page_says_what_would_be_covered_as_units_are_picked(world: World) -> None:
    page = words(see(world.maja, reverse("open_case")))
    own = label("skole")
    assert f"The consent covers: {own}</span>" in page
    picked = send(world.maja, reverse("open_case_partners"), {**opening(world), "find": "1"})
    assert f"The consent covers: {own} and {label('ppr')}</span>" in words(picked)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("given_on", {"given_on": "2001-01-01"}),
        ("given_on", {"given_on": "long ago"}),
        ("also_covers", {"also_covers": ["999999"]}),
        ("basis", {"basis": "consent-mother"}),
    ],
)
def test_what_is_wrong_with_a_consent_is_said_before_a_case_is_opened(
    world: World, field: str, changes: dict[str, Any]
) -> None:
    refused = send(world.maja, reverse("open_case"), opening(world, **changes))
    assert refused.status_code == 422
    assert f'id="id_{field}_error"' in words(refused)
    assert '<details class="more consent-covers" open>' in words(refused) or field == "basis"
    assert not Case.objects.exists()


def test_a_legal_basis_that_does_not_cover_who_is_invited_opens_nothing(world: World) -> None:
    law = a_law("sundhedspleje")
    refused = send(world.maja, reverse("open_case"), opening(world, basis=f"statutory-{law.pk}"))
    assert refused.status_code == 422
    assert "The legal basis does not cover PPR" in words(refused)
    assert not Case.objects.exists()


def test_without_a_reference_nothing_is_asked_about_a_consent(world: World) -> None:
    wrong = opening(world, system="", number="", also_covers=["999999"], given_on="x")
    assert send(world.maja, reverse("open_case"), wrong).status_code == 302


# --- Inviting, letting in -----------------------------------------------------------------------------------
def test_the_page_to_invite_says_whom_the_consent_does_not_cover_and_the_refusal_what_to_do(world: World) -> None:
    case = a_case(world, reference=a_reference(), basis=a_consent(100, "skole", "ppr"))
    url = url_of("invite", case)
    page = words(see(world.maja, url))
    assert f'<a href="{url_of("basis_record", case)}">record a basis that covers them</a>' in page
    assert f"not covered by the basis: {escape(world.health.kind.label_en)}" in page
    form = {"units": world.health.pk, "ask": term(Ask, "sparring").pk}
    refused = send(world.maja, url, form)
    assert refused.status_code == 422
    assert f"{OFF} Sundhedsplejen" in words(refused)
    assert not case.invitations.filter(unit=world.health).exists()
    said(world.maja, url_of("basis_record", case), consent(covers=[kind("ppr"), kind("sundhedspleje")]))
    said(world.maja, url, form)


def test_nothing_is_said_of_covering_where_there_is_nothing_to_cover(world: World) -> None:
    for case in (a_case(world), a_case_with_reference(world)):
        page = words(see(world.maja, url_of("invite", case)))
        assert "not covered by the basis" not in page
        assert "record a basis that covers them" not in page


def test_whoever_asks_to_join_without_being_covered_waits_for_a_consent(world: World) -> None:
    case = a_case(world, reference=a_reference(), basis=a_consent(100, "skole", "ppr"))
    asked = ask_to_join(
        system=term(ReferenceSystem, "ppr_journal"),
        number="P-2026-1042",
        unit=world.family,
        theme=term(Theme, "trivsel"),
        actor=world.frida,
        now=on(hours=3),
    )
    url = reverse("join_request", args=[asked.pk])
    assert f"{OFF} Familieafdelingen" in words(see(world.maja, url))
    refused = send(world.maja, url, {"answer": "yes"})
    assert refused.status_code == 422
    record_basis(case=case, draft=a_consent(100, "skole", "ppr", "familie"), actor=world.maja, now=on(hours=4))
    assert OFF not in words(see(world.maja, url))
    said(world.maja, url, {"answer": "yes"})


# --- Moves --------------------------------------------------------------------------------------------------
def test_a_move_says_that_the_consent_does_not_cover_its_receiver_and_so_does_the_board(world: World) -> None:
    case = a_childs_case(world, basis=a_consent(900, "boernehus", "ppr"))
    move = a_move(world, case)
    text = words(see(world.rikke, reverse("transition_hand_over", args=[move.pk])))
    assert "the basis does not cover Bakkeskolen" in text
    assert lacks(world.kirsten, move.pk)
    assert "does not cover them" in words(see(world.kirsten, reverse("board")))
    record_basis(case=case, draft=a_consent(900, "boernehus", "skole"), actor=world.rikke, now=on(1))
    assert not lacks(world.kirsten, move.pk)
    law = a_law("ppr")
    record_basis(case=case, draft=BasisDraft(BasisKind.STATUTORY, statutory=law), actor=world.rikke, now=on(1))
    assert lacks(world.kirsten, move.pk)
    law.covers.add(world.school.kind)
    assert not lacks(world.kirsten, move.pk)


def lacks(leader: User, pk: int) -> bool:
    """Whether the board says that a move has no basis."""
    [row] = read_board(actor_of(leader, on(1)), BoardFilter()).rows
    assert row.transition.pk == pk
    return "no_basis" in row.lacks


# --- What the municipality writes ---------------------------------------------------------------------------
def test_a_legal_basis_says_what_it_covers_be_it_everything(client: Client, world: World) -> None:
    client.force_login(User.objects.create_superuser("clerk", name="Clerk"))
    url = reverse("admin:coordination_statutorybasis_add")
    form = {"code": "law", "label_da": "Loven", "label_en": "The law", "position": "10"}
    for wrong in ({}, {"covers_all": "on", "covers": [kind("ppr")]}):
        assert client.post(url, {**form, **wrong}).status_code == 200
    assert not StatutoryBasis.objects.filter(code="law").exists()
    assert client.post(url, {**form, "covers": [kind("ppr")]}).status_code == 302
    assert [found.code for found in StatutoryBasis.objects.get(code="law").covers.all()] == ["ppr"]
    assert client.post(url, {**form, "code": "broad", "covers_all": "on"}).status_code == 302


def test_no_paragraph_stands_in_what_is_shipped(world: World) -> None:
    shipped = list(StatutoryBasis.objects.all())
    assert shipped
    for law in shipped:
        assert "§" not in law.label_da + law.label_en + law.hint_da + law.hint_en
