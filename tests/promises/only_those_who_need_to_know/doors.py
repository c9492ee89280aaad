"""Every address of Involver, and what it answers to somebody who knocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any, TypeAlias
from urllib.parse import quote
from uuid import uuid4

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from coordination.models import AgreementState, HandoverKind
from notifications.models import Device
from tests.browser.tour import pages_of
from tests.builders import the_invitation
from tests.promises.only_those_who_need_to_know.cast import Cast

# The name of an address, with its namespace, and the pattern of its path.
Route: TypeAlias = tuple[str, str]

NOBODY, GONE = "", "ina"  # not signed in; deactivated since
IN, FORBIDDEN, UNSEEN, SIGN_IN, NOT_SO = "let in", "forbidden", "never been", "sign in first", "not by this method"


def routes() -> set[Route]:
    """List every address that the settings lead to."""
    return set(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[Any], before: str, space: str) -> Iterator[Route]:
    for each in patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from _walk(each.url_patterns, here, inner)
        elif isinstance(each, URLPattern):
            yield f"{space}{each.name or ''}", here


def name_of(route: Route) -> str:
    """Give the name of an address; those for machines have none, and go by their path."""
    return route[0] or route[1]


def clients_of(cast: Cast, names: list[str]) -> dict[str, Client]:
    """Give each of them a live session; that of the one deactivated began before."""
    clients = {name: Client(raise_request_exception=False) for name in names}
    for name in names:
        if name != NOBODY:
            clients[name].force_login(cast.world.people[name])
    return clients


def doors_of(cast: Cast) -> dict[str, str]:
    """Give a path by the name of its address: where the tour goes first, or where a form of one of its pages leads."""
    scene, world = cast.scene, cast.world
    toured = {stop.name: stop.path for stop in reversed(pages_of(scene)) if "?" not in stop.path}
    offer, meeting = scene.handover(HandoverKind.OFFER), scene.meeting(begun=False)
    asked = the_invitation(scene.asked, world.ppr).pk
    about: dict[str, int | str] = {
        "absence_end": world.maja.absences.get().pk,
        "board_remind": scene.moves.planned.pk,
        "agreement_note": scene.agreement(AgreementState.OPEN),
        "figures_file": "csv",
        "handover_accept": offer,
        "handover_decline": offer,
        "invitation_accept": asked,
        "invitation_note": scene.invitation(world.daycare),
        "meeting_answer": meeting,
        "meeting_note": meeting,
        "notifications:device_remove": Device.objects.get(person=world.maja).pk,
        "notifications:feed": cast.token,
        "notifications:meeting_file": meeting,
        "reference_open": scene.rich.references.earliest("pk").pk,
        "transition_plan_next": scene.moves.received.pk,
    }
    plain = {name_of(route): f"/{route[1]}" for route in routes() if "<" not in route[1] and "(" not in route[1]}
    return {
        **plain,
        **{name: reverse(name, args=[which]) for name, which in about.items()},
        **toured,
    }


def knock(client: Client, method: str, path: str) -> Any:
    """Ask for something, or send a form with nothing filled in, and let nothing stay changed by it."""
    cookies = SimpleCookie(client.cookies)
    with transaction.atomic():
        given = {"submission": str(uuid4())}
        answer: Any = client.post(path, given) if method == "POST" else client.generic(method, path)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def bytes_of(answer: Any, path: str = "") -> bytes:
    """Give the body of an answer, without the secrets that differ each time, and without the path that was asked."""
    body: bytes = b"".join(answer) if answer.streaming else answer.content
    body = re.sub(rb'(name="(?:csrfmiddlewaretoken|submission)" value=")[^"]*', rb"\1", body)
    body = re.sub(rb'("X-CSRFToken": ?")[^"]*', rb"\1", body)
    return body.replace(path.encode(), b"...").replace(quote(path).encode(), b"...") if path else body


def read(answer: Any) -> str:
    """Say what an answer means to the one who knocked."""
    if answer.status_code == 302 and answer["Location"].startswith((reverse("sign_in"), reverse("admin:login"))):
        return SIGN_IN
    return {403: FORBIDDEN, 404: UNSEEN, 405: NOT_SO}.get(answer.status_code, IN)
