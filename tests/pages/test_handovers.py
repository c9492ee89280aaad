"""The baton on its way: offered, asked for, answered and taken back."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from coordination.commands.handovers import (
    accept_handover,
    offer_handover,
    request_baton,
    withdraw_handover,
)
from coordination.models import (
    AccessRecord,
    Case,
    Handover,
    HandoverKind,
    HandoverState,
    Partnership,
    Unit,
    User,
)
from tests.builders import World, a_case, accepted, on
from tests.pages.asking import chosen, said, see, send, words


def key(unit: Unit, person: User) -> str:
    return f"{unit.pk}-{person.pk}"


def offered(world: World, case: Case, **changes: object) -> Handover:
    how = {"to_person": world.rikke, "to_unit": world.kindergarten, "actor": world.maja, "now": on(hours=2)}
    return offer_handover(case=case, **{**how, **changes})


@pytest.fixture
def case(world: World) -> Case:
    return a_case(world)


@pytest.fixture
def partnership(world: World, case: Case) -> Partnership:
    return accepted(world, case)


def offer_url(case: Case) -> str:
    return reverse("handover_offer", args=[case.code])


# --- Offering -----------------------------------------------------------------------------------------------
def test_the_contacts_of_partners_come_first_at_one_tap(world: World, case: Case, partnership: Partnership) -> None:
    page = words(see(world.maja, offer_url(case)))
    assert f'value="{key(world.ppr, world.anna)}"' in page
    assert "Anton Beck" not in page
    assert "You hold the baton until it is accepted." in page
    assert AccessRecord.objects.filter(case=case, viewer=world.maja).count() == 1


def test_the_offer_page_is_unknown_to_outsiders_and_refused_to_partners(
    world: World, case: Case, partnership: Partnership
) -> None:
    assert see(world.hanne, offer_url(case)).status_code == 404
    assert see(world.maja, reverse("handover_offer", args=["K7M3-92QD"])).status_code == 404
    assert see(world.anna, offer_url(case)).status_code == 403
    chosen = {"to_person": key(world.ppr, world.anna)}
    assert send(world.hanne, offer_url(case), chosen).status_code == 404
    assert send(world.anna, offer_url(case), chosen).status_code == 403
    assert not Handover.objects.exists()


def test_searching_finds_a_unit_and_shows_its_people_with_everything_kept(world: World, case: Case) -> None:
    sent = {"search": "SOLSIKKEN", "find": "1", "stays_on": ""}
    response = send(world.maja, offer_url(case), sent)
    page = words(response)
    assert response.status_code == 200
    assert "Rikke Ravn" in page
    assert "Kirsten Krogh" in page
    assert "error-summary" not in page
    assert "stays_on" in page
    assert chosen(response, "stays_on") == set()


def test_searching_finds_danish_letters_of_either_case(world: World, case: Case) -> None:
    assert "Ove Odgaard" in words(send(world.maja, offer_url(case), {"search": "åsk", "find": "1"}))


def test_several_units_are_shown_to_choose_between(world: World, case: Case) -> None:
    page = words(send(world.maja, offer_url(case), {"search": "skole", "find": "1"}))
    assert f'name="show" value="{world.other_school.pk}"' in page
    shown = words(send(world.maja, offer_url(case), {"search": "skole", "show": str(world.other_school.pk)}))
    assert f'value="{key(world.other_school, world.ove)}"' in shown


def test_a_search_that_finds_nobody_says_so(world: World, case: Case) -> None:
    assert "No unit of that name" in words(send(world.maja, offer_url(case), {"search": "xyz", "find": "1"}))


def test_a_cpr_number_searched_for_is_not_shown_again(world: World, case: Case) -> None:
    assert "010203-1234" not in words(send(world.maja, offer_url(case), {"search": "010203-1234", "find": "1"}))


def test_an_offer_without_a_person_or_to_an_unknown_one_is_refused(world: World, case: Case) -> None:
    nobody = send(world.maja, offer_url(case), {"stays_on": "on"})
    assert nobody.status_code == 422
    assert "Choose a person." in words(nobody)
    foreign = {"to_person": key(world.ppr, world.rikke), "unit": str(world.ppr.pk)}
    assert send(world.maja, offer_url(case), foreign).status_code == 422
    assert send(world.maja, offer_url(case), {"to_person": "x", "unit": "9" * 30}).status_code == 422
    assert not Handover.objects.exists()


def test_a_second_offer_has_moved_on(world: World, case: Case, partnership: Partnership) -> None:
    waiting = offered(world, case)
    response = send(world.maja, offer_url(case), {"to_person": key(world.ppr, world.anna)})
    assert response.status_code == 409
    assert "offered to somebody already" in words(response)
    assert see(world.maja, offer_url(case)).headers["location"] == reverse("handover", args=[waiting.pk])


def test_an_offer_sent_twice_is_one_offer(world: World, case: Case, partnership: Partnership) -> None:
    sent = {"submission": str(uuid4()), "to_person": key(world.ppr, world.anna)}
    first, second = send(world.maja, offer_url(case), sent), send(world.maja, offer_url(case), sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["location"] == second.headers["location"] == reverse("case", args=[case.code])
    assert Handover.objects.count() == 1


def test_an_offer_says_who_owes_an_answer_by_when(world: World, case: Case) -> None:
    sent = {"to_person": key(world.kindergarten, world.rikke), "unit": str(world.kindergarten.pk), "stays_on": "on"}
    message = said(world.maja, offer_url(case), sent)
    assert message == "Rikke Ravn has been asked and answers by Friday. You hold the baton until it is accepted."
    handover = Handover.objects.get()
    assert (handover.to_person, handover.to_unit, handover.stays_on) == (world.rikke, world.kindergarten, True)


def test_leaving_altogether_is_a_choice(world: World, case: Case, partnership: Partnership) -> None:
    said(world.maja, offer_url(case), {"to_person": key(world.ppr, world.anna)})
    assert Handover.objects.get().stays_on is False


# --- Answering an offer -------------------------------------------------------------------------------------
def test_the_one_offered_sees_who_asks_and_the_theme_and_nothing_else_of_the_case(
    world: World, case: Case, partnership: Partnership
) -> None:
    handover = offered(world, case)
    page = words(see(world.rikke, reverse("handover", args=[handover.pk])))
    assert "Maja Holm" in page
    assert "Bakkeskolen" in page
    assert "Well-being" in page
    assert "Thursday" in page
    assert "maja@lilleby.example" in page
    for hidden in ("Anna Bang", "PPR", reverse("case", args=[case.code])):
        assert hidden not in page
    assert not AccessRecord.objects.filter(viewer=world.rikke).exists()


def test_one_who_takes_part_already_is_led_to_the_case(world: World, case: Case, partnership: Partnership) -> None:
    handover = offered(world, case, to_person=world.anna, to_unit=world.ppr)
    assert reverse("case", args=[case.code]) in words(see(world.anna, reverse("handover", args=[handover.pk])))
    assert AccessRecord.objects.filter(viewer=world.anna).count() == 1


@pytest.mark.parametrize("name", ["handover", "handover_accept", "handover_decline", "handover_withdraw"])
def test_a_handover_is_unknown_to_everybody_else(world: World, case: Case, name: str) -> None:
    url = reverse(name, args=[offered(world, case).pk])
    for stranger in (world.kirsten, world.lone, world.hanne, world.karin):
        if name == "handover":
            assert see(stranger, url).status_code == 404
        else:
            assert send(stranger, url, {"reason": "1"}).status_code == 404
    assert Handover.objects.get().state == HandoverState.OFFERED


def test_nobody_answers_their_own_offer_and_nobody_withdraws_anothers(world: World, case: Case) -> None:
    handover = offered(world, case)
    assert send(world.maja, reverse("handover_accept", args=[handover.pk])).status_code == 403
    assert send(world.rikke, reverse("handover_withdraw", args=[handover.pk])).status_code == 403
    assert see(world.rikke, reverse("handover_withdraw", args=[handover.pk])).status_code == 403


def test_an_offer_taken_back_has_moved_on_for_the_one_it_was_made_to(world: World, case: Case) -> None:
    handover = offered(world, case)
    withdraw_handover(handover=handover, actor=world.maja, now=on(hours=3))
    for response in (
        see(world.rikke, reverse("handover", args=[handover.pk])),
        send(world.rikke, reverse("handover_accept", args=[handover.pk])),
    ):
        assert response.status_code == 409
        assert "no longer waiting for an answer (withdrawn)" in words(response)
        assert "Well-being" not in words(response)
    assert Case.objects.get().holder == world.maja


def test_saying_yes_to_what_was_answered_already_shows_what_happened(world: World, case: Case) -> None:
    handover = offered(world, case)
    accept_handover(handover=handover, actor=world.rikke, now=on(hours=3))
    response = send(world.rikke, reverse("handover_accept", args=[handover.pk]))
    assert response.status_code == 409
    assert "The answer was yes: Rikke Ravn took the baton over." in words(response)


def test_a_no_without_a_reason_is_asked_again(world: World, case: Case) -> None:
    handover = offered(world, case)
    response = send(world.rikke, reverse("handover_decline", args=[handover.pk]))
    assert response.status_code == 422
    assert '<details class="more" open>' in words(response)
    assert Handover.objects.get().state == HandoverState.OFFERED


def test_asking_for_the_address_of_an_answer_leads_to_the_page(world: World, case: Case) -> None:
    handover = offered(world, case)
    for name in ("handover_accept", "handover_decline"):
        answer = see(world.rikke, reverse(name, args=[handover.pk]))
        assert answer.headers["location"] == reverse("handover", args=[handover.pk])
    assert Handover.objects.get().state == HandoverState.OFFERED


def test_a_yes_moves_the_baton_and_leads_to_the_case(world: World, case: Case) -> None:
    handover = offered(world, case)
    url, sent = reverse("handover_accept", args=[handover.pk]), {"submission": str(uuid4())}
    assert said(world.rikke, url, sent) == "You hold the baton now. Maja Holm has been told."
    again = send(world.rikke, url, sent)
    assert again.headers["location"] == reverse("case", args=[case.code])
    assert Case.objects.get().holder == world.rikke


def test_a_no_leaves_the_baton_and_leads_to_the_desk(world: World, case: Case) -> None:
    handover = offered(world, case)
    page = words(see(world.rikke, reverse("handover", args=[handover.pk])))
    reason = page.split('name="reason" value="')[1].split('"')[0]
    response = send(world.rikke, reverse("handover_decline", args=[handover.pk]), {"reason": reason})
    assert response.headers["location"] == reverse("desk")
    assert Case.objects.get().holder == world.maja
    asker = words(see(world.maja, reverse("handover", args=[handover.pk])))
    assert "Rikke Ravn said no: It is not our task." in asker


# --- The asker ----------------------------------------------------------------------------------------------
def test_the_asker_sees_that_an_answer_is_awaited_and_can_take_it_back(world: World, case: Case) -> None:
    handover = offered(world, case)
    page = words(see(world.maja, reverse("handover", args=[handover.pk])))
    assert "The baton is offered to Rikke Ravn" in page
    assert "rikke@lilleby.example" in page
    assert reverse("handover_accept", args=[handover.pk]) not in page
    url = reverse("handover_withdraw", args=[handover.pk])
    assert url in page
    assert "Rikke Ravn has not answered yet." in words(see(world.maja, url))
    assert Handover.objects.get().state == HandoverState.OFFERED
    assert said(world.maja, url) == "Taken back. Maja Holm still holds the baton."
    assert Handover.objects.get().state == HandoverState.WITHDRAWN
    assert send(world.maja, url).status_code == 409


# --- Asking for it ------------------------------------------------------------------------------------------
def test_a_partner_asks_for_the_baton_and_the_holder_hands_it_over(
    world: World, case: Case, partnership: Partnership
) -> None:
    url = reverse("baton_request", args=[partnership.pk])
    assert "Maja Holm holds the baton until the answer is yes." in words(see(world.anna, url))
    assert not Handover.objects.exists()
    message = said(world.anna, url)
    assert message == "Maja Holm has been asked and answers by Friday. Until then Maja Holm holds the baton."
    handover = Handover.objects.get(kind=HandoverKind.REQUEST)
    page = words(see(world.maja, reverse("handover", args=[handover.pk])))
    assert "Anna Bang asks for the baton" in page
    assert "Yes, hand it over to Anna Bang" in page
    message = said(world.maja, reverse("handover_accept", args=[handover.pk]))
    assert message == "Anna Bang holds the baton now, and has been told."
    assert Case.objects.get().holder == world.anna


def test_only_the_partner_asks_for_the_baton(world: World, case: Case, partnership: Partnership) -> None:
    url = reverse("baton_request", args=[partnership.pk])
    assert send(world.hanne, url).status_code == 404
    assert see(world.hanne, url).status_code == 404
    assert see(world.maja, url).status_code == 403
    assert send(world.maja, url).status_code == 403
    assert send(world.per, url).status_code == 302
    assert send(world.anna, url).status_code == 409
    assert Handover.objects.get().to_person == world.anna


def test_the_asking_partner_can_take_the_request_back(world: World, case: Case, partnership: Partnership) -> None:
    handover = request_baton(partnership=partnership, actor=world.anna, now=on(hours=3))
    assert "Take the request back" in words(see(world.anna, reverse("handover", args=[handover.pk])))
    url = reverse("handover_withdraw", args=[handover.pk])
    assert see(world.maja, url).status_code == 403
    assert "Maja Holm has not answered yet." in words(see(world.anna, url))
    said(world.anna, url)
    assert Handover.objects.get().state == HandoverState.WITHDRAWN
