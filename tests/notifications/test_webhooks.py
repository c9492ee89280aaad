"""Other systems are told of what happened: signed, and without a word too many."""

from __future__ import annotations

import pytest

from coordination.commands.invitations import decline_invitation
from coordination.models import DeclineReason, Event, EventKind, OutboxEntry, User
from notifications.commands.webhooks import (
    add_webhook,
)
from notifications.models import Channel, Message, MessageState, Webhook
from notifications.planning.systems import events_for, is_told
from tests.builders import World, a_case, a_case_with_reference, on, term, the_invitation
from tests.notifications.hooking import messages, states, tell, tell_all, told, verifies
from tests.notifications.other_side import OtherSide
from tests.pages.rich_case import a_rich_case

pytestmark = pytest.mark.django_db


def test_a_system_is_told_what_happened_where_and_when_and_nothing_else(
    world: World, system: OtherSide, hook: tuple[Webhook, str]
) -> None:
    case = a_case_with_reference(world)
    tell()
    sent = Event.objects.get(case=case, kind=EventKind.INVITATION_SENT)
    message = Message.objects.get(webhook=hook[0], event=sent)
    [request] = [request for request in system.requests if told(request)["type"] == "invitation_sent"]
    assert told(request) == {
        "id": str(message.uid),
        "event": sent.pk,
        "type": "invitation_sent",
        "at": "2026-09-14T07:00:00+00:00",
        "case": case.code,
        "unit": "ppr",
        "subject": "invitation",
    }
    assert request.path == "/hook"
    assert request.headers["content-type"] == "application/json"
    assert states(hook[0]) == {MessageState.SENT}
    assert len(system.requests) == len({told(request)["event"] for request in system.requests})


def test_no_name_no_theme_and_no_reason_leaves(world: World, system: OtherSide, hook: tuple[Webhook, str]) -> None:
    case = a_case_with_reference(world, "P-2026-77")
    decline_invitation(
        invitation=the_invitation(case, world.ppr),
        reason=term(DeclineReason, "asked_wrong_unit"),
        onward=world.family,
        actor=world.anna,
        now=on(hours=1),
    )
    tell(on(hours=1))
    assert {told(request)["type"] for request in system.requests} >= {"case_opened", "invitation_declined"}
    words = ["Maja", "Holm", "Anna", "Bang", "maja", "anna", "P-2026-77", "trivsel", "asked_wrong", "PPR", "Bakke"]
    for request in system.requests:
        assert set(told(request)) == {"id", "event", "type", "at", "case", "unit", "subject"}
        everything = f"{request.path} {request.headers} {request.body.decode()}"
        assert [word for word in words if word in everything] == []


def test_every_call_is_signed(world: World, system: OtherSide, hook: tuple[Webhook, str]) -> None:
    a_case(world)
    tell()
    for request in system.requests:
        assert request.headers["webhook-id"] == told(request)["id"]
        assert request.headers["webhook-timestamp"] == str(int(on().timestamp()))
        assert verifies(request, hook[1])
        assert not verifies(request, hook[1], on(hours=0.1))
        for name, forged in (("webhook-id", "another"), ("webhook-timestamp", str(int(on().timestamp()) + 1))):
            true, request.headers[name] = request.headers[name], forged
            assert not verifies(request, hook[1])
            request.headers[name] = true
        request.body += b" "
        assert not verifies(request, hook[1])


def test_only_what_happens_in_the_unit_or_below_is_told(world: World, system: OtherSide, clerk: User) -> None:
    schools, _secret = add_webhook(
        name="Skole", unit=world.schools, url=system.url("/schools"), actor=clerk, now=on(-1)
    )
    a_case(world)
    tell()
    assert {told(request)["unit"] for request in system.requests} == {"school"}
    assert {message.webhook_id for message in Message.objects.filter(channel=Channel.WEBHOOK)} == {schools.pk}


def test_what_has_no_unit_of_its_own_is_told_to_whom_the_holder_belongs(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    for unit in (world.school, world.health):
        add_webhook(name=unit.name, unit=unit, url=system.url(f"/{unit.code}"), actor=clerk, now=on(-1))
    Webhook.objects.update(made_at=on(-29))
    case = a_rich_case(world)
    assert "basis_recorded" in case.events.filter(unit=None).values_list("kind", flat=True)
    tell_all(on())
    recorded = [request for request in system.requests if told(request)["type"] == "basis_recorded"]
    assert {request.path for request in recorded} == {"/hook", "/school"}
    assert {told(request)["unit"] for request in recorded} == {"school"}
    for webhook in Webhook.objects.select_related("unit"):
        found = set(events_for(webhook).values_list("pk", flat=True))
        assert found == {event.pk for event in Event.objects.all() if is_told(webhook, event)}
        assert found == {message.event_id for message in messages(webhook)}


def test_what_happened_before_it_was_added_is_not_told(world: World, system: OtherSide, clerk: User) -> None:
    a_case(world, now=on(-2))
    add_webhook(name="Ny", unit=world.town, url=system.url("/new"), actor=clerk, now=on(-1))
    assert OutboxEntry.objects.filter(relayed_at=None).exists()
    a_case(world)
    tell()
    assert {told(request)["at"] for request in system.requests} == {"2026-09-14T07:00:00+00:00"}
