"""Requests to join: the holder answers, the asker sees what becomes of it and nothing more."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from coordination.commands.bases import withdraw_basis
from coordination.commands.cases import close_case
from coordination.commands.invitations import accept_invitation, change_contact, invite_unit, leave_case
from coordination.commands.join_requests import accept_join_request, ask_to_join, withdraw_join_request
from coordination.commands.people import PersonDraft, begin_membership, register_person
from coordination.models import (
    Ask,
    Case,
    CaseOutcome,
    DeclineReason,
    JoinRequest,
    JoinState,
    LeaveReason,
    PartnershipEnd,
    ReferenceSystem,
    Role,
    Theme,
    Unit,
    User,
)
from coordination.queries.contacts import contact_told_of
from tests.builders import World, a_case_with_reference, on, term, the_invitation


def signed_in(client: Client, person: User) -> Client:
    client.force_login(person)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def sent(**fields: Any) -> dict[str, Any]:
    """What a form sends, with a key of its own."""
    return {"submission": str(uuid.uuid4()), **fields}


@pytest.fixture
def case(world: World) -> Case:
    """Maja's case with a reference."""
    return a_case_with_reference(world)


@pytest.fixture
def asked(world: World, case: Case) -> JoinRequest:
    """Ove of the other school has met the same reference, and asks to join."""
    return ask_to_join(
        system=term(ReferenceSystem, "ppr_journal"),
        number="P-2026-1042",
        unit=world.other_school,
        theme=term(Theme, "fremmoede"),
        actor=world.ove,
        now=on(1),
    )


def test_a_request_is_unseen_by_everybody_else(client: Client, world: World, asked: JoinRequest) -> None:
    for person in (world.hanne, world.lone, world.anna):
        signed_in(client, person)
        for name in ("join_request", "join_withdraw"):
            assert client.get(reverse(name, args=[asked.pk])).status_code == 404
            assert client.post(reverse(name, args=[asked.pk]), sent(answer="yes")).status_code == 404
    asked.refresh_from_db()
    assert asked.state == JoinState.ASKED


def test_the_holder_sees_who_asks_and_about_what(client: Client, world: World, asked: JoinRequest) -> None:
    html = signed_in(client, world.maja).get(reverse("join_request", args=[asked.pk])).content.decode()
    for words in ("Åskolen asks to join", "Ove Odgaard", "Attendance", "Answer by", "Yes, let them in"):
        assert words in html


def test_the_asker_sees_by_when_the_answer_comes_and_nothing_of_the_case(
    client: Client, world: World, case: Case, asked: JoinRequest
) -> None:
    html = signed_in(client, world.ove).get(reverse("join_request", args=[asked.pk])).content.decode()
    assert "They answer by" in html
    assert reverse("join_withdraw", args=[asked.pk]) in html
    withdrawing = client.get(reverse("join_withdraw", args=[asked.pk])).content.decode()
    for secret in (case.code, "1042", "Maja Holm", "Bakkeskolen", "Well-being"):
        assert secret not in html
        assert secret not in withdrawing


def test_the_asker_does_not_answer_for_the_holder(client: Client, world: World, asked: JoinRequest) -> None:
    response = signed_in(client, world.ove).post(reverse("join_request", args=[asked.pk]), sent(answer="yes"))
    assert response.status_code == 403
    asked.refresh_from_db()
    assert asked.state == JoinState.ASKED


def test_the_holder_does_not_withdraw_for_the_asker(client: Client, world: World, asked: JoinRequest) -> None:
    assert signed_in(client, world.maja).post(reverse("join_withdraw", args=[asked.pk]), sent()).status_code == 403


def test_yes_lets_them_in_once(client: Client, world: World, case: Case, asked: JoinRequest) -> None:
    address, data = reverse("join_request", args=[asked.pk]), sent(answer="yes")
    first = signed_in(client, world.maja).post(address, data)
    second = client.post(address, data)
    assert first.headers["Location"] == second.headers["Location"] == reverse("case", args=[case.code])
    assert case.partnerships.get(unit=world.other_school).contact == world.ove
    html = signed_in(client, world.ove).get(address).content.decode()
    assert "The answer is yes" in html
    assert reverse("case", args=[case.code]) in html


def test_no_takes_a_reason_and_leaves_the_asker_free_to_open_a_case(
    client: Client, world: World, case: Case, asked: JoinRequest
) -> None:
    address = reverse("join_request", args=[asked.pk])
    response = signed_in(client, world.maja).post(address, sent(answer="no"))
    assert response.status_code == 422
    assert "reason" in response.context["form"].errors
    data = sent(answer="no", reason=term(DeclineReason, "already_involved").pk)
    assert client.post(address, data).status_code == client.post(address, data).status_code == 302
    html = signed_in(client, world.ove).get(address).content.decode()
    assert "We are already working on it elsewhere" in html
    assert reverse("open_case") in html
    assert case.code not in html


def test_a_sent_form_that_says_neither_yes_nor_no_is_no_answer(
    client: Client, world: World, asked: JoinRequest
) -> None:
    response = signed_in(client, world.maja).post(reverse("join_request", args=[asked.pk]), sent())
    assert response.status_code == 422
    asked.refresh_from_db()
    assert asked.state == JoinState.ASKED


def test_without_a_basis_nobody_is_let_in(client: Client, world: World, case: Case, asked: JoinRequest) -> None:
    withdraw_basis(basis=case.bases.get(), actor=world.maja, now=on(2))
    response = signed_in(client, world.maja).post(reverse("join_request", args=[asked.pk]), sent(answer="yes"))
    html = response.content.decode()
    assert response.status_code == 422
    assert "Record a consent or a legal basis" in html
    assert reverse("basis_record", args=[case.code]) in html


def test_a_request_that_has_moved_on_says_so(client: Client, world: World, asked: JoinRequest) -> None:
    withdraw_join_request(join_request=asked, actor=world.ove, now=on(2))
    address = reverse("join_request", args=[asked.pk])
    assert "The request is over" in signed_in(client, world.maja).get(address).content.decode()
    assert client.post(address, sent(answer="yes")).status_code == 409
    assert signed_in(client, world.ove).get(reverse("join_withdraw", args=[asked.pk])).status_code == 409
    assert client.post(reverse("join_withdraw", args=[asked.pk]), sent()).status_code == 409
    assert "It has been withdrawn" in client.get(address).content.decode()


def test_the_asker_withdraws_once(client: Client, world: World, asked: JoinRequest) -> None:
    address, data = reverse("join_withdraw", args=[asked.pk]), sent()
    assert signed_in(client, world.ove).get(address).status_code == 200
    assert client.post(address, data).status_code == client.post(address, data).status_code == 302
    asked.refresh_from_db()
    assert asked.state == JoinState.WITHDRAWN


def test_after_the_case_has_closed_the_asker_is_told_and_still_sees_no_case(
    client: Client, world: World, case: Case, asked: JoinRequest
) -> None:
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(2))
    html = signed_in(client, world.ove).get(reverse("join_request", args=[asked.pk])).content.decode()
    assert "or the case has been closed" in html
    assert case.code not in html


def test_where_the_unit_took_part_already_the_asker_is_told_who_spoke_for_it_then_and_nothing_later(
    client: Client, world: World, case: Case, asked: JoinRequest
) -> None:
    begin_membership(user=world.mads, unit=world.other_school, role=Role.PROFESSIONAL, actor=None, now=on(-1))
    invite_unit(case=case, unit=world.other_school, ask=term(Ask, "sparring"), actor=world.maja, now=on(1))
    invitation = the_invitation(case, world.other_school)
    partnership = accept_invitation(invitation=invitation, actor=world.mads, now=on(2))
    accept_join_request(join_request=asked, actor=world.maja, now=on(3))
    address = reverse("join_request", args=[asked.pk])
    said = "When the answer came, Mads Munk was the contact person of Åskolen. Talk to them."
    before = signed_in(client, world.ove).get(address).content.decode()
    assert said in before
    sunniva = a_colleague("sunniva", "Sunniva Sand", world.other_school)
    change_contact(partnership=partnership, contact=sunniva, actor=world.mads, now=on(4))
    leave_case(partnership=partnership, reason=term(LeaveReason, "no_capacity"), actor=sunniva, now=on(5))
    after = client.get(address).content.decode()
    assert said in after
    assert "Sunniva" not in after


def test_one_who_was_let_in_and_whose_part_has_ended_is_told_of_nobody_who_takes_part(
    client: Client, world: World, case: Case, asked: JoinRequest
) -> None:
    accept_join_request(join_request=asked, actor=world.maja, now=on(2))
    sunniva = a_colleague("sunniva", "Sunniva Sand", world.other_school)
    partnership = case.partnerships.get(unit=world.other_school)
    change_contact(partnership=partnership, contact=sunniva, actor=world.ove, now=on(3))
    html = signed_in(client, world.ove).get(reverse("join_request", args=[asked.pk])).content.decode()
    assert "The answer is yes" in html
    for hidden in ("Sunniva", "contact person", case.code):
        assert hidden not in html


def test_nobody_is_named_whose_unit_took_no_part_when_the_answer_came(world: World, asked: JoinRequest) -> None:
    accepted = accept_join_request(join_request=asked, actor=world.maja, now=on(3))
    assert contact_told_of(accepted) == world.ove
    accepted.case.partnerships.update(began_at=on(1), ended_at=on(2), end=PartnershipEnd.LEFT)
    assert contact_told_of(accepted) is None


def a_colleague(username: str, name: str, unit: Unit) -> User:
    """Somebody else of a unit."""
    person = register_person(draft=PersonDraft(username=username, name=name, email=""), actor=None, now=on(-1))
    begin_membership(user=person, unit=unit, role=Role.PROFESSIONAL, actor=None, now=on(-1))
    return person


def test_once_the_case_is_closed_a_former_yes_shows_no_way_into_it(
    client: Client, world: World, case: Case, asked: JoinRequest
) -> None:
    accept_join_request(join_request=asked, actor=world.maja, now=on(2))
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(3))
    html = signed_in(client, world.ove).get(reverse("join_request", args=[asked.pk])).content.decode()
    assert "The answer is yes" in html
    assert "Go to the case" not in html
