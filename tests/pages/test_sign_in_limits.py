"""How often signing in may be tried, and for how long somebody stays signed in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from coordination.commands.endings import clear_out
from coordination.commands.sign_ins import ACCOUNT, LONGEST, PLACE, SAME
from coordination.models import SignInAttempt
from tests.builders import PASSWORD, World, on

ELSEWHERE, WRONG = "203.0.113.7", "not-this-one-at-all"


def attempt(name: str = "maja", *, password: str = WRONG, at: datetime | None = None, from_: str = "127.0.0.1") -> Any:
    """Try to sign in, in a browser of its own."""
    client = Client(headers={"accept-language": "en"}, REMOTE_ADDR=from_)
    with time_machine.travel(at or on(0), tick=False):
        return client.post("/ind/", {"username": name, "password": password})


def fail(times: int, name: str = "maja", *, from_: str = "127.0.0.1") -> None:
    for _number in range(times):
        assert attempt(name, from_=from_).status_code == 200


# --- How often ----------------------------------------------------------------------------------------------


def test_after_too_many_wrong_passwords_the_right_one_has_to_wait_too(world: World) -> None:
    fail(SAME[0])
    answer = attempt(password=PASSWORD)
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (429, str(15 * 60 + 1))
    assert "Too many tries. Try again in 15 minutes." in page
    assert 'value="maja"' in page
    assert PASSWORD not in page
    assert attempt(password=PASSWORD, at=on(0) + SAME[1] - timedelta(seconds=1)).status_code == 429
    assert attempt(password=PASSWORD, at=on(0) + SAME[1]).status_code == 302


def test_it_is_told_whether_or_not_there_is_such_a_name_and_however_it_is_written(world: World) -> None:
    fail(SAME[0], "nobody")
    assert attempt(" NoBody").status_code == 429


def test_a_stranger_who_knows_a_name_does_not_lock_its_owner_out(world: World) -> None:
    fail(SAME[0], from_=ELSEWHERE)
    assert attempt(from_=ELSEWHERE).status_code == 429
    assert attempt(password=PASSWORD).status_code == 302


def test_from_many_places_one_account_is_tried_only_so_often(world: World) -> None:
    most, within = ACCOUNT
    for number in range(most):
        fail(1, from_=f"203.0.113.{number}")
    assert attempt(from_="198.51.100.1").status_code == 429
    assert attempt("anna", from_="198.51.100.1").status_code == 200
    assert attempt(from_="198.51.100.1", at=on(0) + within).status_code == 200


def test_from_one_place_many_accounts_are_tried_only_so_often(world: World) -> None:
    for number in range(PLACE[0]):
        fail(1, f"name{number}", from_=ELSEWHERE)
    assert attempt("anna", password=PASSWORD, from_=ELSEWHERE).status_code == 429
    assert attempt("anna", password=PASSWORD).status_code == 302


def test_getting_in_forgets_the_tries_before(world: World) -> None:
    fail(SAME[0] - 1)
    assert attempt(password=PASSWORD).status_code == 302
    fail(SAME[0])


def test_what_waits_is_not_counted_so_that_waiting_ends(world: World) -> None:
    fail(SAME[0])
    before = SignInAttempt.objects.count()
    assert attempt().status_code == 429
    assert SignInAttempt.objects.count() == before


def test_nobody_can_read_back_what_was_typed_and_it_is_gone_after_an_hour(world: World) -> None:
    attempt("010203-1234", from_=ELSEWHERE)
    [kept] = SignInAttempt.objects.values_list("account", "address")
    assert all(b"1234" not in bytes(part) and ELSEWHERE.encode() not in bytes(part) for part in kept)
    assert clear_out(now=on(0) + LONGEST, limit=9) == 0
    assert clear_out(now=on(0) + LONGEST + timedelta(seconds=1), limit=9) == 1


@pytest.mark.parametrize(("is_behind_a_proxy", "status"), [(True, 200), (False, 429)])
def test_only_a_proxy_says_where_somebody_is(
    world: World, settings: Settings, is_behind_a_proxy: bool, status: int
) -> None:
    settings.BEHIND_HTTPS = is_behind_a_proxy
    with time_machine.travel(on(0), tick=False):
        for _number in range(SAME[0]):
            claims = {"x-forwarded-for": f"198.51.100.1, {ELSEWHERE}"}
            Client(headers=claims).post("/ind/", {"username": "maja", "password": "x"})
        other = {"x-forwarded-for": f"{ELSEWHERE}, 198.51.100.1"}
        assert Client(headers=other).post("/ind/", {"username": "maja", "password": "x"}).status_code == status


# --- How long -----------------------------------------------------------------------------------------------


def signed_in(world: World) -> Client:
    client = Client()
    with time_machine.travel(on(0), tick=False):
        client.force_login(world.maja)
        assert is_in(client, on(0))
    return client


def is_in(client: Client, moment: datetime) -> bool:
    with time_machine.travel(moment, tick=False):
        return client.get("/").status_code == 200


def test_an_hour_of_doing_nothing_signs_out(world: World) -> None:
    idle = timedelta(seconds=django_settings.SESSION_IDLE_AGE)
    assert is_in(signed_in(world), on(0) + idle)
    assert not is_in(signed_in(world), on(0) + idle + timedelta(seconds=1))


def test_whoever_goes_on_working_stays_for_a_working_day_and_no_longer(world: World) -> None:
    client, half_an_hour = signed_in(world), timedelta(minutes=30)
    assert all(is_in(client, on(0) + number * half_an_hour) for number in range(1, 25))
    assert not is_in(client, on(0) + 24 * half_an_hour + timedelta(seconds=1))


def test_not_every_page_writes_down_that_somebody_was_there(world: World) -> None:
    client = signed_in(world)
    before = last_seen(client)
    assert is_in(client, on(0) + timedelta(seconds=60))
    assert last_seen(client) == before
    assert is_in(client, on(0) + timedelta(seconds=61))
    assert last_seen(client) == before + 61


def last_seen(client: Client) -> float:
    with time_machine.travel(on(0), tick=False):
        seen: float = client.session["last"]
    return seen
