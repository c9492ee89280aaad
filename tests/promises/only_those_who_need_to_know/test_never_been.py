"""What is not somebody's looks like what never existed: the same status, bytes, headers and way there."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from coordination.models import AccessRecord, Event, Submission
from tests.builders import the_invitation
from tests.promises.only_those_who_need_to_know.cast import Cast
from tests.promises.only_those_who_need_to_know.doors import NOBODY, bytes_of, clients_of, doors_of, name_of, routes

pytestmark = pytest.mark.django_db

# Nobody has these.
NO_CODE, NO_ID = "ZZZZ-9999", 987654321
# Who takes no part in any case of the doors; Dina's unit is invited to one, Ove has asked to join it.
STRANGERS = (NOBODY, "ina", "olga", "lise", "admin", "dina", "ove")
# What everybody signed in may know of; and what exists in as many ways as the program has.
NOT_OF_SOMEBODY = {"unit", "unit_offers", "notifications:receivers", "figures_file", "transition_review"}


def absent(path: str) -> str:
    """Give the address that one about nothing would have."""
    path = re.sub(r"/[0-9A-Z]{4}-[0-9A-Z]{4}/", f"/{NO_CODE}/", path)
    path = re.sub(r"/\d+/", f"/{NO_ID}/", path)
    return re.sub(r"/kalender/.*", "/kalender/findes-ikke.ics", path)


def what_is_said(client: Client, method: str, path: str) -> tuple[Any, ...]:
    """Everything that somebody who knocks can find out, and how much is written down about it."""
    cookies = SimpleCookie(client.cookies)
    with transaction.atomic():
        given = {"submission": str(uuid4())} if method == "POST" else {}
        answer: Any = client.generic(method, path) if method == "HEAD" else getattr(client, method.lower())(path, given)
        followed = client.get(answer["Location"]) if answer.status_code == 302 else answer
        led_to = answer["Location"] if answer.status_code == 302 and path not in answer["Location"] else path
        written = AccessRecord.objects.count(), Event.objects.count(), Submission.objects.count()
        transaction.set_rollback(True)
    client.cookies = cookies
    # How long the page is says nothing but how long the path was: that is on it, for the choice of language.
    headers = {name: absent(value.replace(path, "…")) for name, value in answer.items() if name != "Content-Length"}
    return (
        answer.status_code,
        headers,
        bytes_of(answer, path),
        followed.status_code,
        bytes_of(followed, led_to),
        written,
    )


def differences(client: Client, who: str, pairs: list[tuple[str, str]], methods: str) -> list[str]:
    """Say where what is another's is told from what never existed."""
    return [
        f"{method} {there} as {who or 'nobody'}"
        for there, nowhere in pairs
        for method in methods.split()
        if what_is_said(client, method, there) != what_is_said(client, method, nowhere)
    ]


@pytest.mark.parametrize("who", STRANGERS)
def test_what_is_anothers_looks_like_what_never_existed(cast: Cast, who: str) -> None:
    doors = doors_of(cast)
    about = {name_of(route) for route in routes() if "<" in route[1] and not route[1].startswith("admin/")}
    about -= NOT_OF_SOMEBODY | ({"notifications:feed"} if who != NOBODY else set())
    known = {"dina": set(), "ove": {"join_request", "join_withdraw"}}.get(who, set())
    pairs = [(doors[name], absent(doors[name])) for name in sorted(about - known - {"notifications:feed"})]
    assert len(pairs) > 65
    assert all(there != nowhere for there, nowhere in pairs)
    assert differences(clients_of(cast, [who])[who], who, pairs, "GET POST") == []


def test_what_is_named_after_a_question_mark_looks_so_as_well(cast: Cast) -> None:
    scene, world = cast.scene, cast.world
    code, moved = scene.rich.code, scene.moves.planned.case.code
    other_move, other_ask = scene.moves.received.pk, the_invitation(scene.asked, world.ppr).pk
    asked: list[tuple[str, str, int | str, int | str]] = [
        ("olga", "/find/?kode=", code, NO_CODE),
        ("rikke", reverse("child_heard", args=[moved]) + "?overgang=", other_move, NO_ID),
        ("rikke", reverse("transition_plan", args=[moved]) + "?efter=", other_move, NO_ID),
        ("maja", reverse("invite", args=[code]) + "?efter=", other_ask, NO_ID),
        ("lone", reverse("absence") + "?person=", world.hanne.pk, NO_ID),
        ("maja", reverse("absence") + "?person=", world.mads.pk, NO_ID),
        ("kirsten", reverse("cohort") + "?enhed=", world.school.pk, NO_ID),
        ("kirsten", reverse("board") + "?enhed=", world.school.pk, NO_ID),
        ("lone", reverse("figures") + "?enhed=", world.ppr.pk, NO_ID),
        ("maja", reverse("open_case") + "?enhed=", world.ppr.pk, NO_ID),
        ("karin", reverse("outside_find") + "?kode=", code, code),
    ]
    wrong = []
    for who, address, there, nowhere in asked:
        client = clients_of(cast, [who])[who]
        wrong += differences(client, who, [(f"{address}{there}", f"{address}{nowhere}")], "GET")
    assert wrong == []
