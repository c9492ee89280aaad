"""References on the case page: shown closed, opened by one deliberate act, and kept nowhere on the way."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination.commands.bases import withdraw_basis
from coordination.commands.time import pass_time
from coordination.models import AccessRecord, Case, EventKind, LookReason, Reference, ReferencePurpose, ReferenceSystem
from tests.builders import World, a_case_with_reference, accepted, on, term
from tests.pages.asking import see, send, words

NUMBER = "P-2026-1042"


def page_of(case: Case) -> str:
    return reverse("case", args=[case.code])


def the_record(case: Case) -> Reference:
    return case.references.get(purpose=ReferencePurpose.RECORD)


def opening(reference: Reference) -> str:
    return reverse("reference_open", args=[reference.pk])


def test_a_stranger_cannot_open_a_reference(world: World) -> None:
    case = a_case_with_reference(world)
    assert send(world.anna, opening(the_record(case))).status_code == 404
    assert not AccessRecord.objects.exists()


def test_a_reference_is_never_opened_by_a_link(world: World) -> None:
    case = a_case_with_reference(world)
    assert see(world.maja, opening(the_record(case)))["Location"] == page_of(case)
    assert see(world.anna, opening(the_record(case))).status_code == 404
    assert not AccessRecord.objects.exists()


def test_the_number_is_shown_once_and_kept_nowhere(world: World) -> None:
    case = a_case_with_reference(world)
    system = term(ReferenceSystem, "ppr_journal")
    system.link_template = "https://ppr.example/sag/{number}"
    system.save()
    response = send(world.maja, opening(the_record(case)))
    text = words(response)
    assert NUMBER in text
    assert f'href="https://ppr.example/sag/{NUMBER}"' in text
    assert "no-store" in response["Cache-Control"]
    session = response.wsgi_request.session  # type: ignore[attr-defined]
    assert NUMBER not in str(dict(session))
    assert NUMBER not in words(see(world.maja, page_of(case)))
    assert AccessRecord.objects.filter(viewer=world.maja, reference=the_record(case)).count() == 1


def test_htmx_gets_the_row_alone(world: World) -> None:
    case = a_case_with_reference(world)
    with time_machine.travel(on(1), tick=False):
        client = Client(headers={"hx-request": "true"})
        client.force_login(world.maja)
        text = client.post(opening(the_record(case))).content.decode()
    assert NUMBER in text
    assert "<html" not in text


def test_a_leader_needs_a_reason(world: World) -> None:
    case = a_case_with_reference(world)
    page = words(see(world.lone, page_of(case)))
    assert "Show with a reason" in page
    response = send(world.lone, opening(the_record(case)))
    assert response.status_code == 422
    assert "The holder is told." in words(response)
    assert NUMBER not in words(response)
    reason = term(LookReason, "supervision")
    assert NUMBER in words(send(world.lone, opening(the_record(case)), {"reason": reason.pk}))
    assert case.events.filter(kind=EventKind.REFERENCE_OPENED, actor=world.lone).count() == 1


def test_a_reason_that_there_is_not_is_no_reason(world: World) -> None:
    case = a_case_with_reference(world)
    assert send(world.lone, opening(the_record(case)), {"reason": "99999"}).status_code == 422


@pytest.mark.parametrize("how", ["withdrawn", "expired", "last day passed"])
def test_without_a_basis_only_the_own_unit_opens_a_reference(world: World, how: str) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    when = on(1)
    if how == "withdrawn":
        withdraw_basis(basis=case.bases.get(), actor=world.maja, now=on(hours=3))
    else:
        when = on(366)
        if how == "expired":
            pass_time(now=on(366, hours=-2))
    text = words(see(world.anna, page_of(case), at=when))
    assert "only Bakkeskolen can open it" in text
    assert opening(the_record(case)) not in text
    refused = send(world.anna, opening(the_record(case)), at=when)
    assert refused.status_code == 403
    assert NUMBER not in words(refused)
    assert NUMBER in words(send(world.maja, opening(the_record(case)), at=when))


def test_a_number_whose_key_is_gone_is_said_to_be(world: World, settings: object) -> None:
    case = a_case_with_reference(world)
    settings.REFERENCE_KEYS = {"other": b"x" * 32}  # type: ignore[attr-defined]
    response = send(world.maja, opening(the_record(case)))
    assert response.status_code == 500
    assert "The number cannot be read" in words(response)
