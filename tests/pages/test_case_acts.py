"""What the holder does with the case itself: closing, opening again, references and why they may be shared."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination.commands.bases import record_basis, withdraw_basis
from coordination.commands.cases import close_case
from coordination.models import (
    AccessRecord,
    BasisKind,
    BasisState,
    Case,
    CaseOutcome,
    CaseState,
    DeadlineKind,
    EventKind,
    Reference,
    ReferenceSystem,
    ReopenReason,
    StatutoryBasis,
    User,
)
from tests.builders import World, a_case, a_case_with_reference, a_consent, accepted, day, on, term
from tests.pages.asking import said, see, send, words
from tests.pages.rich_case import a_rich_case

HOLDERS_PAGES = ("case_close", "reference_add", "basis_record")


def url_of(name: str, case: Case) -> str:
    return reverse(name, args=[case.code])


def close(case: Case, person: User) -> None:
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=person, now=on(hours=4))


# --- The same everywhere ------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", HOLDERS_PAGES)
def test_only_the_holder_is_there(world: World, name: str) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    url = url_of(name, case)
    for person, status in ((world.ove, 404), (world.anna, 403), (world.lone, 403), (world.maja, 200)):
        assert see(person, url).status_code == status, person
        if status != 200:
            assert send(person, url).status_code == status, person
    case.refresh_from_db()
    assert case.is_open


@pytest.mark.parametrize("name", HOLDERS_PAGES)
def test_a_closed_case_has_moved_on(world: World, name: str) -> None:
    case = a_case_with_reference(world)
    close(case, world.maja)
    assert see(world.maja, url_of(name, case)).status_code == 409


@pytest.mark.parametrize("name", HOLDERS_PAGES)
def test_seeing_the_page_is_a_look_and_sending_nothing_changes_nothing(world: World, name: str) -> None:
    case = a_case_with_reference(world)
    events = case.events.count()
    see(world.maja, url_of(name, case))
    assert AccessRecord.objects.filter(case=case, viewer=world.maja).count() == 1
    refused = send(world.maja, url_of(name, case))
    assert refused.status_code == 422
    assert "This field is required" in words(refused)
    assert case.events.count() == events


# --- Closing ------------------------------------------------------------------------------------------------
def test_before_closing_one_sees_everything_that_ends_with_it(world: World) -> None:
    case = a_rich_case(world)
    text = words(see(world.maja, url_of("case_close", case), at=on(hours=2)))
    for sentence in (
        "The invitation to Dagtilbud is taken back.",
        "The request of Åskolen to join ends unanswered.",
        "The baton on its way to Anna Bang stays with you.",
        "The meeting on Thursday is cancelled: Network meeting.",
        "The agreement ends undone: Observation (Anna Bang).",
        "Sundhedsplejen, PPR, Børnehuset Solsikken can see that it has been closed",
    ):
        assert sentence in text, sentence


def test_closing_answers_every_ask_and_leads_to_the_receipt(world: World) -> None:
    case = a_rich_case(world)
    outcome = term(CaseOutcome, "well_underway")
    response = send(world.maja, url_of("case_close", case), {"outcome": outcome.pk}, at=on(hours=2), follow=True)
    text = words(response)
    assert f"The case {case.code} is closed." in text
    assert "Receipt" in text
    assert "Well under way, our own unit continues" in text
    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.CLOSED, outcome)
    assert not case.deadlines.open().exists()


def test_closing_twice_with_one_form_closes_once_and_is_answered_alike(world: World) -> None:
    case = a_case(world)
    form = {"outcome": term(CaseOutcome, "solved").pk, "submission": str(uuid4())}
    answers = [send(world.maja, url_of("case_close", case), form) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert case.events.filter(kind=EventKind.CASE_CLOSED).count() == 1


def test_closing_what_somebody_has_closed_meanwhile_is_told(world: World) -> None:
    case = a_case(world)
    close(case, world.maja)
    response = send(world.maja, url_of("case_close", case), {"outcome": term(CaseOutcome, "solved").pk})
    assert response.status_code == 409
    assert "The case has been closed." in words(response)


# --- Opening again ------------------------------------------------------------------------------------------
def test_only_the_last_holder_opens_a_case_again(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    close(case, world.maja)
    form = {"reason": term(ReopenReason, "came_back").pk}
    for person in (world.ove, world.anna, world.lone):
        assert see(person, url_of("case_reopen", case)).status_code == 404
        assert send(person, url_of("case_reopen", case), form).status_code == 404
    assert see(world.maja, url_of("case_reopen", case)).status_code == 200
    assert "is open again. You hold the baton" in said(world.maja, url_of("case_reopen", case), form)
    case.refresh_from_db()
    assert case.is_open
    assert see(world.anna, url_of("case", case)).status_code == 200  # her receipt, not the case
    assert "Your part in this case has ended." in words(see(world.anna, url_of("case", case)))


def test_opening_an_open_case_has_moved_on(world: World) -> None:
    case = a_case(world)
    assert see(world.maja, url_of("case_reopen", case)).status_code == 409
    form = {"reason": term(ReopenReason, "came_back").pk}
    assert send(world.maja, url_of("case_reopen", case), form).status_code == 409
    assert not case.events.filter(kind=EventKind.CASE_REOPENED).exists()


def test_opening_again_twice_with_one_form_opens_once(world: World) -> None:
    case = a_case(world)
    close(case, world.maja)
    form = {"reason": term(ReopenReason, "came_back").pk, "submission": str(uuid4())}
    answers = [send(world.maja, url_of("case_reopen", case), form) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert case.events.filter(kind=EventKind.CASE_REOPENED).count() == 1


def test_a_reference_that_another_open_case_has_by_now_stops_it(world: World) -> None:
    case = a_case_with_reference(world)
    close(case, world.maja)
    a_case_with_reference(world, now=on(hours=5))
    form = {"reason": term(ReopenReason, "came_back").pk}
    assert send(world.maja, url_of("case_reopen", case), form).status_code == 409


# --- References ---------------------------------------------------------------------------------------------
def a_number(number: str = "P-2026-1042", **more: Any) -> dict[str, Any]:
    return {"system": term(ReferenceSystem, "ppr_journal").pk, "number": number, **more}


def a_consent_form(days: int = 100) -> dict[str, Any]:
    return {
        "basis": "consent-both",
        "given_on": day(0).isoformat(),
        "ends_on": day(days).isoformat(),
        "covers": ["all"],
    }


def test_a_reference_on_an_anonymous_case_takes_a_basis(world: World) -> None:
    case = a_case(world)
    refused = send(world.maja, url_of("reference_add", case), a_number())
    assert refused.status_code == 422
    assert 'value="P-2026-1042"' in words(refused)
    assert not Reference.objects.exists()
    text = said(world.maja, url_of("reference_add", case), a_number(**a_consent_form()))
    assert "The reference to PPR journal has been added" in text
    assert "P-2026-1042" not in text
    assert case.bases.get(state=BasisState.ACTIVE).kind == BasisKind.CONSENT


def test_a_case_that_has_a_basis_is_not_asked_for_another(world: World) -> None:
    case = a_case_with_reference(world)
    assert 'name="basis"' not in words(see(world.maja, url_of("reference_add", case)))
    said(world.maja, url_of("reference_add", case), a_number("P-2026-2"))
    assert case.references.count() == 2


@pytest.mark.parametrize("number", ["010203-1234", "0102031234", "01 02 03 1234", "610203-1234", "10102031234"])
def test_what_looks_like_a_cpr_number_is_refused_and_not_even_shown_again(world: World, number: str) -> None:
    case = a_case(world)
    refused = send(world.maja, url_of("reference_add", case), a_number(number, **a_consent_form()))
    assert refused.status_code == 422
    text = words(refused)
    assert "This looks like a CPR number" in text
    assert number not in text
    assert day(100).isoformat() in text
    assert not Reference.objects.exists()


def test_a_number_that_its_system_does_not_have_is_kept_for_mending(world: World) -> None:
    case = a_case(world)
    refused = send(world.maja, url_of("reference_add", case), a_number("X-1", **a_consent_form()))
    assert refused.status_code == 422
    assert 'value="X-1"' in words(refused)
    assert "looks like P-2026-1042" in words(refused)


def test_a_consent_in_the_past_and_a_day_that_is_none_are_refused(world: World) -> None:
    case = a_case(world)
    for ends_on in (day(-1).isoformat(), "never", ""):
        form = a_number(**{**a_consent_form(), "ends_on": ends_on})
        refused = send(world.maja, url_of("reference_add", case), form)
        assert refused.status_code == 422, ends_on
        assert 'id="id_ends_on_error"' in words(refused)
    assert not Reference.objects.exists()


def test_a_reference_that_another_open_case_has_is_met_without_saying_more(world: World) -> None:
    other = a_case_with_reference(world, unit=world.kindergarten, actor=world.rikke, invite=[])
    case = a_case(world)
    refused = send(world.maja, url_of("reference_add", case), a_number(**a_consent_form()))
    assert refused.status_code == 409
    assert "You can ask to join it." in words(refused)
    assert other.code not in words(refused)


def test_a_reference_sent_twice_is_added_once(world: World) -> None:
    case = a_case(world)
    form = a_number(submission=str(uuid4()), **a_consent_form())
    answers = [send(world.maja, url_of("reference_add", case), form) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert case.references.count() == 1


# --- The basis ----------------------------------------------------------------------------------------------
def test_a_new_consent_takes_the_place_of_the_one_before(world: World) -> None:
    case = a_case_with_reference(world)
    assert "It takes the place of: Consent until" in words(see(world.maja, url_of("basis_record", case)))
    text = said(world.maja, url_of("basis_record", case), a_consent_form(200))
    assert "The consent is recorded until" in text
    assert case.bases.get(state=BasisState.ACTIVE).ends_on == day(200)
    assert case.deadlines.open().get(kind=DeadlineKind.RENEW_CONSENT).due_on == day(200)


def test_a_legal_basis_needs_no_day(world: World) -> None:
    case = a_case_with_reference(world)
    statutory = term(StatutoryBasis, "statutory")
    form = {"basis": f"statutory-{statutory.pk}", "ends_on": "nonsense"}
    assert "The basis is recorded." in said(world.maja, url_of("basis_record", case), form)
    basis = case.bases.get(state=BasisState.ACTIVE)
    assert (basis.kind, basis.statutory, basis.ends_on) == (BasisKind.STATUTORY, statutory, None)


def test_a_consent_without_a_day_is_asked_for_one(world: World) -> None:
    case = a_case_with_reference(world)
    refused = send(world.maja, url_of("basis_record", case), {**a_consent_form(), "ends_on": ""})
    assert refused.status_code == 422
    assert "Until when have they consented?" in words(refused)


def test_a_retired_basis_and_one_of_nowhere_cannot_be_chosen(world: World) -> None:
    case = a_case_with_reference(world)
    StatutoryBasis.objects.update(is_retired=True)
    retired = f"statutory-{term(StatutoryBasis, 'statutory').pk}"
    for basis in (retired, "statutory-999", "anonymous"):
        assert send(world.maja, url_of("basis_record", case), {"basis": basis}).status_code == 422


def test_withdrawing_says_what_happens_and_closes_the_reference_to_partners(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    url = reverse("basis_withdraw", args=[case.bases.get().pk])
    assert "At once nobody outside the unit" in words(see(world.maja, url))
    assert case.bases.get().state == BasisState.ACTIVE
    assert "The basis is withdrawn." in said(world.maja, url)
    opened = send(world.anna, reverse("reference_open", args=[case.references.get().pk]))
    assert opened.status_code == 403
    assert "Withdrawn" in words(see(world.maja, url_of("case", case)))


def test_withdrawing_is_the_holders(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    url = reverse("basis_withdraw", args=[case.bases.get().pk])
    for person, status in ((world.ove, 404), (world.anna, 403), (world.lone, 403)):
        assert see(person, url).status_code == status
        assert send(person, url).status_code == status
    assert case.bases.get().state == BasisState.ACTIVE


def test_withdrawing_what_has_ended_has_moved_on(world: World) -> None:
    case = a_case_with_reference(world)
    basis = case.bases.get()
    url = reverse("basis_withdraw", args=[basis.pk])
    withdraw_basis(basis=basis, actor=world.maja, now=on(hours=2))
    assert see(world.maja, url).status_code == 409
    assert send(world.maja, url).status_code == 409
    record_basis(case=case, draft=a_consent(), actor=world.maja, now=on(hours=3))
    assert send(world.maja, url).status_code == 409


def test_a_basis_withdrawn_twice_with_one_form_is_answered_alike(world: World) -> None:
    case = a_case_with_reference(world)
    url = reverse("basis_withdraw", args=[case.bases.get().pk])
    key = {"submission": str(uuid4())}
    assert [send(world.maja, url, key).status_code for _time in range(2)] == [302, 302]
    assert case.events.filter(kind=EventKind.BASIS_WITHDRAWN).count() == 1


def test_nothing_happens_without_the_token_of_the_form(world: World) -> None:
    case = a_case(world)
    with time_machine.travel(on(1), tick=False):
        client = Client(enforce_csrf_checks=True)
        client.force_login(world.maja)
        response = client.post(url_of("case_close", case), {"outcome": term(CaseOutcome, "solved").pk})
    assert response.status_code == 403
    case.refresh_from_db()
    assert case.is_open
