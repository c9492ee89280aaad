"""Signing in and out."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from coordination.commands.people import deactivate_person
from tests.builders import PASSWORD, World, on

WRONG = {"username": "maja", "password": "not-this-one-at-all"}
RIGHT = {"username": "maja", "password": PASSWORD}


@pytest.mark.django_db
def test_every_page_asks_for_signing_in_and_leads_back_afterwards(world: World, client: Client) -> None:
    for name in ("desk", "cases", "units", "absence"):
        address = reverse(name)
        assert client.get(address)["Location"] == f"/ind/?next={address}"
    answer = client.post("/ind/", {**RIGHT, "next": reverse("units")})
    assert answer["Location"] == reverse("units")


@pytest.mark.django_db
def test_health_is_told_without_signing_in(client: Client) -> None:
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 200


def test_signing_in_does_not_lead_to_another_site(world: World, client: Client) -> None:
    assert client.post("/ind/", {**RIGHT, "next": "https://example.org/"})["Location"] == "/"


def test_a_wrong_password_keeps_the_name_and_not_the_password(world: World) -> None:
    client = Client(headers={"accept-language": "en"})
    answer = client.post("/ind/", WRONG)
    page = answer.content.decode()
    assert "error-summary" in page
    assert 'value="maja"' in page
    assert WRONG["password"] not in page
    assert client.get("/").status_code == 302


def test_somebody_deactivated_does_not_come_in_and_is_out_at_once(world: World, client: Client) -> None:
    client.post("/ind/", RIGHT)
    assert client.get("/").status_code == 200
    deactivate_person(user=world.maja, actor=None, now=on())
    assert client.get("/").status_code == 302
    client.post("/ind/", RIGHT)
    assert client.get("/").status_code == 302


def test_whoever_is_signed_in_goes_on_to_their_desk(world: World, client: Client) -> None:
    client.force_login(world.maja)
    assert client.get("/ind/")["Location"] == "/"


def test_signing_out_takes_a_post_and_ends_the_session(world: World, client: Client) -> None:
    client.force_login(world.maja)
    assert client.get("/ud/")["Location"] == "/"
    assert client.get("/").status_code == 200
    assert client.post("/ud/")["Location"] == "/ind/"
    assert client.get("/").status_code == 302


def test_involver_speaks_the_language_that_stands_by_ones_name(world: World) -> None:
    client = Client(headers={"accept-language": "en"})
    client.post("/ind/", RIGHT)
    assert client.get("/")["Content-Language"] == "da"


def test_a_language_that_was_chosen_in_the_browser_stays(world: World) -> None:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.post("/ind/", RIGHT)
    assert client.get("/")["Content-Language"] == "en"


def test_the_menu_says_where_one_is(world: World) -> None:
    client = Client(headers={"accept-language": "en"})
    assert "site-nav" not in client.get("/ind/").content.decode()
    client.force_login(world.maja)
    for name, label in (("desk", "My desk"), ("cases", "Cases"), ("units", "Who can do what")):
        page = client.get(reverse(name)).content.decode()
        assert f'<a class="site-link" href="{reverse(name)}" aria-current="page">{label}</a>' in page
        assert page.split("<main")[0].count('aria-current="page"') == 2  # on wide screens and on phones
