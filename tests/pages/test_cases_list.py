"""The list of cases, and finding one by its code."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from coordination.commands.cases import close_case
from coordination.commands.invitations import leave_case
from coordination.models import AccessRecord, CaseOutcome, LeaveReason, User
from tests.builders import World, a_case, accepted, on, term


def get(person: User, address: str) -> Any:
    """Ask for a page as somebody, in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client.get(address)


def look_for(person: User, typed: str) -> Any:
    """Type a code into the box, and end where that leads."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client.post("/find/", {"kode": typed}, follow=True)


def shown(person: User, tab: str) -> str:
    """What a tab shows."""
    answer = get(person, f"/forloeb/?vis={tab}")
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.django_db
def test_nobody_sees_a_list_without_signing_in(client: Client) -> None:
    assert client.get("/forloeb/")["Location"] == "/ind/?next=/forloeb/"
    assert client.get("/find/?kode=K7M3-92QD")["Location"].startswith("/ind/")


def test_each_tab_shows_the_cases_with_that_part_and_no_others(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    everybody = {
        "tovholder": {world.maja},
        "med": {world.anna},
        "ledelse": {world.lone, world.sanne, world.dorte, world.karin, world.per},
        "afsluttede": set(),
    }
    for tab, seers in everybody.items():
        for person in world.people.values():
            if f'href="/forloeb/?vis={tab}"' not in shown(person, ""):
                continue  # they lead nothing, and have no such tab
            assert (case.code in shown(person, tab)) == (person in seers), (tab, person)


def test_a_tab_for_leaders_is_for_leaders_only(world: World) -> None:
    a_case(world)
    assert 'href="/forloeb/?vis=ledelse"' not in shown(world.maja, "ledelse")
    assert "I hold the baton" in shown(world.maja, "ledelse")
    assert 'href="/forloeb/?vis=ledelse"' in shown(world.lone, "")


def test_a_row_says_who_holds_the_case_how_many_take_part_and_what_comes_next(world: World) -> None:
    accepted(world, a_case(world, invite=[(world.ppr, None), (world.health, None)]))
    row = shown(world.anna, "med")
    assert "Maja Holm, Bakkeskolen" in row
    assert "Two units" in row
    assert "Sundhedsplejen has not answered Bakkeskolen" in row


def test_a_case_that_one_has_left_shows_a_receipt_and_nothing_of_what_goes_on(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, None), (world.health, None)])
    leave_case(partnership=accepted(world, case), reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(1))
    assert case.code not in shown(world.anna, "med")
    ended = shown(world.anna, "afsluttede")
    assert case.code in ended
    assert "You no longer take part" in ended
    for secret in ("Maja", "Sundhedsplejen", "Bakkeskolen", "level-dots"):
        assert secret not in ended


def test_a_closed_case_moves_to_the_ended_ones_of_all_who_took_part(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(1))
    for person in (world.maja, world.anna):
        assert case.code in shown(person, "afsluttede")
    assert case.code not in shown(world.maja, "tovholder")
    assert case.code not in shown(world.anna, "med")
    assert case.code not in shown(world.lone, "ledelse") + shown(world.lone, "afsluttede")


def test_an_empty_tab_says_what_comes_there(world: World) -> None:
    assert "When you say yes to an invitation, the case comes here." in shown(world.maja, "med")
    assert "You hold no baton" in shown(world.maja, "no-such-tab")


def test_a_long_list_is_shown_a_page_at_a_time(world: World) -> None:
    codes = {a_case(world).code for _number in range(27)}
    first, second = shown(world.maja, "tovholder"), shown(world.maja, "tovholder&page=2")
    assert sum(code in first for code in codes) == 25
    assert sum(code in second for code in codes) == 2
    assert all(code in first + second for code in codes)
    assert "Page 2 of 2" in second
    assert "Page 2 of 2" in shown(world.maja, "tovholder&page=99")


def test_a_long_list_costs_as_many_queries_as_a_short_one(world: World, django_assert_max_num_queries: Any) -> None:
    def count(person: User, tab: str) -> int:
        client = Client()
        client.force_login(person)
        with django_assert_max_num_queries(40) as captured:
            client.get(f"/forloeb/?vis={tab}")
        return len(captured)

    accepted(world, a_case(world))
    of = ((world.maja, "tovholder"), (world.anna, "med"), (world.lone, "ledelse"))
    few = [count(*seer) for seer in of]
    for _number in range(6):
        accepted(world, a_case(world))
    assert [count(*seer) for seer in of] == few


@pytest.mark.parametrize("spelled", ["{}", " {} ", "{lower}", "{bare}"])
def test_a_code_leads_to_its_case_however_it_is_typed(world: World, spelled: str) -> None:
    code = a_case(world).code
    typed = spelled.format(code, lower=code.lower(), bare=code.replace("-", ""))
    answer = look_for(world.maja, typed)
    assert answer.redirect_chain == [(f"/forloeb/{code}/", 302)]
    assert answer.status_code == 200


def test_a_code_of_others_is_answered_exactly_like_one_that_never_was(world: World) -> None:
    code = a_case(world).code
    never_was = "ZZZZ-9999" if code != "ZZZZ-9999" else "ZZZZ-9998"
    others, nothing = look_for(world.ove, code), look_for(world.ove, never_was)
    assert others.redirect_chain == nothing.redirect_chain == [("/forloeb/", 302)]
    words = [_main(answer.content.decode()) for answer in (others, nothing)]
    assert "You have no case with this code." in words[0]
    assert words[0] == words[1]
    assert not AccessRecord.objects.exists()


@pytest.mark.parametrize("typed", ["B2B2-2B2", "Sofie Jensen", "", "\0"])
def test_what_cannot_be_a_code_stays_neither_on_the_page_nor_in_its_address(world: World, typed: str) -> None:
    answer = look_for(world.maja, typed)
    assert answer.redirect_chain == [("/forloeb/", 302)]
    assert not typed or typed not in answer.content.decode()


def test_a_code_in_an_address_finds_nothing(world: World) -> None:
    assert get(world.maja, f"/find/?kode={a_case(world).code}")["Location"] == "/forloeb/"


@pytest.mark.parametrize("number", ["0101901234", "010190-1234", "610190 1234"])
def test_something_like_a_cpr_number_stays_neither_on_the_page_nor_in_its_address(world: World, number: str) -> None:
    answer = look_for(world.maja, number)
    assert answer.redirect_chain == [("/forloeb/", 302)]
    page = answer.content.decode()
    assert "That looks like a CPR number." in page
    assert number not in page


@pytest.mark.parametrize("code", ["%00", "K7M3-92QD%00", "AAAA-1111", "010190-1234"])
@pytest.mark.parametrize("page", ["", "inviter/", "overdrag/", "aftale/", "moede/", "sendt/", "grundlag/"])
def test_what_cannot_be_a_code_is_not_found_in_an_address(world: World, code: str, page: str) -> None:
    assert get(world.maja, f"/forloeb/{code}/{page}").status_code == 404


def test_an_address_takes_a_code_as_it_is_typed(world: World) -> None:
    code = a_case(world).code
    assert get(world.maja, f"/forloeb/{code.lower().replace('-', '')}/").status_code == 200


def test_the_box_for_a_code_is_too_short_for_a_cpr_number(world: World) -> None:
    assert 'name="kode" maxlength="9"' in shown(world.maja, "")


def _main(html: str) -> str:
    """What the page says, without the token that differs at each request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html.split("<main", 1)[1].split("</main>", 1)[0])
