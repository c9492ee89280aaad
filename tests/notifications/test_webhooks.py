"""Other systems are told of events: signed, without a word too many, again while they are down, and anew when asked."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from coordination.commands.cases import close_case
from coordination.commands.invitations import decline_invitation
from coordination.errors import Forbidden, MovedOn, Unacceptable
from coordination.models import CaseOutcome, DeclineReason, Event, EventKind, OutboxEntry, User
from notifications.channels.signing import open_secret
from notifications.commands.webhooks import (
    PREVIOUS_SECRET_LASTS,
    add_webhook,
    change_webhook,
    replay_events,
    rotate_secret,
    start_webhook,
    stop_webhook,
)
from notifications.delivery.claims import LONGEST_PAUSE
from notifications.delivery.relay import relay
from notifications.delivery.sending import send_due
from notifications.models import Channel, Message, MessageState, Webhook
from notifications.planning.systems import events_for, is_told
from tests.builders import PASSWORD, World, a_case, a_case_with_reference, on, term, the_invitation
from tests.notifications.other_side import OtherSide, Request, other_side
from tests.pages.rich_case import a_rich_case
from tests.services import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def system(settings: Settings) -> Iterator[OtherSide]:
    """Another system on this machine, and an Involver that may call it."""
    settings.OUTWARD_TIMEOUT, settings.OUTWARD_ALLOWED_HOSTS = 0.5, ["127.0.0.1"]
    with other_side() as running:
        yield running


@pytest.fixture
def clerk(world: World) -> User:
    """An administrator."""
    return User.objects.create_user("clerk", PASSWORD, name="Clerk Administrator", is_staff=True)


@pytest.fixture
def hook(world: World, system: OtherSide, clerk: User) -> tuple[Webhook, str]:
    """The system is told of the whole town; with its secret."""
    return add_webhook(name="Tavlen", unit=world.town, url=system.url("/hook"), actor=clerk, now=on(-1))


def tell(now: datetime | None = None) -> int:
    """Relay and call what is due at a time, one batch."""
    relay(now=now or on())
    with time_machine.travel(now or on(), tick=False):
        return send_due(Channel.WEBHOOK)


def tell_all(now: datetime) -> None:
    while tell(now):
        continue


def messages(webhook: Webhook) -> list[Message]:
    return list(Message.objects.filter(webhook=webhook).order_by("event_id"))


def states(webhook: Webhook) -> set[str]:
    return {message.state for message in messages(webhook)}


def told(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = json.loads(request.body)
    return given


def verifies(request: Request, secret: str, now: datetime | None = None) -> bool:
    """Ask what docs/webhooks.md gives the other side to ask with."""
    [code] = re.findall("```python\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 -- our own
    with time_machine.travel(now or on(), tick=False):
        is_right: bool = names["is_from_involver"](secret, request.headers, request.body)
    return is_right


# --- What is told -------------------------------------------------------------------------------------------


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


# --- How it answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 425, 429])
def test_a_system_that_is_down_is_called_again_and_nothing_is_lost(
    world: World, system: OtherSide, hook: tuple[Webhook, str], status: int
) -> None:
    system.status = status
    a_case(world)
    assert tell() == 0
    assert len(system.requests) == 1  # once it has said so, the rest waits untried
    assert sorted(message.attempts for message in messages(hook[0]))[-2:] == [0, 1]
    webhook = Webhook.objects.get()
    assert (webhook.failures, webhook.failure, webhook.is_active) == (1, str(status), True)
    assert webhook.paused_until is not None
    system.status = 200
    tell(webhook.paused_until - timedelta(seconds=1))
    assert len(system.requests) == 1
    tell_all(on(hours=1))
    assert states(hook[0]) == {MessageState.SENT}
    assert len({request.headers["webhook-id"] for request in system.requests}) == len(messages(hook[0]))
    answering = Webhook.objects.get()
    assert (answering.failures, answering.failure, answering.paused_until) == (0, "", None)


@pytest.mark.parametrize("how", ["hangs", "is not there", "is inside"])
def test_a_system_that_cannot_be_reached_is_called_again(
    world: World, system: OtherSide, hook: tuple[Webhook, str], settings: Settings, how: str
) -> None:
    if how == "hangs":
        system.hangs = True
    elif how == "is not there":
        with other_side() as gone:
            Webhook.objects.update(url=gone.url())
    else:
        settings.OUTWARD_ALLOWED_HOSTS = []
    a_case(world)
    tell()
    assert states(hook[0]) == {MessageState.WAITING}
    webhook = Webhook.objects.get()
    code = {"hangs": "ReadTimeout", "is not there": "ConnectionError", "is inside": "AddressRefused"}[how]
    assert (webhook.failures, webhook.failure) == (1, code)


def test_it_is_left_alone_longer_each_time_and_never_for_too_long(
    world: World, system: OtherSide, hook: tuple[Webhook, str]
) -> None:
    system.status = 500
    for _case in range(3):
        a_case(world)
    now, pauses = on(), []
    for _time in range(14):
        tell(now)
        until = Webhook.objects.get().paused_until
        assert until is not None
        pauses.append(until - now)
        now = until
    assert pauses[0] <= timedelta(minutes=1.5)
    assert pauses[5] >= timedelta(minutes=16)
    assert max(pauses) <= LONGEST_PAUSE * 1.5
    assert len(system.requests) == 14
    assert Webhook.objects.get().failures == 14


def test_it_is_left_alone_for_as_long_as_it_asks_but_not_for_days(
    world: World, system: OtherSide, hook: tuple[Webhook, str]
) -> None:
    system.status, system.extra = 429, {"Retry-After": "5000"}
    a_case(world)
    tell()
    paused_until = Webhook.objects.get().paused_until
    assert paused_until is not None
    assert on() + timedelta(seconds=5000) <= paused_until < on(hours=2)
    system.extra = {"Retry-After": "999999"}
    tell(paused_until)
    again = Webhook.objects.get().paused_until
    assert again is not None
    assert again - paused_until <= LONGEST_PAUSE


def test_one_that_is_down_keeps_no_other_waiting(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    with other_side(hangs=True) as dead:
        add_webhook(name="Død", unit=world.town, url=dead.url(), actor=clerk, now=on(-1))
        for _case in range(30):  # more than a batch
            a_case(world)
        tell()
        tell_all(on())
        assert len(dead.requests) == 1
    assert states(hook[0]) == {MessageState.SENT}
    assert len(system.requests) == len(messages(hook[0])) > 50


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 301, 308])
def test_what_is_refused_for_good_is_discarded_with_its_code(
    world: World, system: OtherSide, hook: tuple[Webhook, str], caplog: pytest.LogCaptureFixture, status: int
) -> None:
    system.status, system.extra = status, {"Location": system.url("/elsewhere")}
    a_case(world)
    with caplog.at_level(logging.ERROR):
        tell()
    assert {(message.state, message.failure) for message in messages(hook[0])} == {
        (MessageState.DISCARDED, str(status))
    }
    assert {request.path for request in system.requests} == {"/hook"}
    assert Webhook.objects.get().failure == str(status)
    assert str(status) in caplog.text
    assert system.host not in caplog.text
    assert not Message.objects.filter(failed__webhook=hook[0]).exists()  # nobody's own message


def test_one_that_says_it_is_gone_is_stopped_and_operators_read_so(
    world: World, system: OtherSide, hook: tuple[Webhook, str], caplog: pytest.LogCaptureFixture
) -> None:
    system.status = 410
    a_case(world)
    with caplog.at_level(logging.ERROR):
        tell()
    assert len(system.requests) == 1
    webhook = Webhook.objects.get()
    assert (webhook.is_active, webhook.failure) == (False, "410")
    assert "has been deactivated" in caplog.text
    tell_all(on(1))
    assert len(system.requests) == 1
    assert states(webhook) == {MessageState.DISCARDED, MessageState.UNWANTED}
    a_case(world, now=on(1))
    tell(on(1))
    assert not Message.objects.filter(webhook=webhook, event__at=on(1)).exists()


# --- Secrets ------------------------------------------------------------------------------------------------


def test_for_seven_days_both_secrets_sign(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    secret = rotate_secret(webhook=hook[0], actor=clerk, now=on())
    a_case(world)
    tell()
    assert all(verifies(request, hook[1]) and verifies(request, secret) for request in system.requests)
    system.requests.clear()
    later = on() + PREVIOUS_SECRET_LASTS
    a_case(world, now=later)
    tell(later)
    assert system.requests
    for request in system.requests:
        assert verifies(request, secret, later)
        assert not verifies(request, hook[1], later)


def test_secrets_are_random_and_sealed_for_their_row_and_column(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    other, secret = add_webhook(name="Anden", unit=world.ppr, url=system.url("/x"), actor=clerk, now=on())
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret != hook[1]
    rotate_secret(webhook=other, actor=clerk, now=on())
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_secret, sealed_previous_secret FROM notifications_webhook")
        stored = b"".join(bytes(value or b"") for row in cursor.fetchall() for value in row)
    assert secret.encode() not in stored
    assert base64.b64decode(secret.removeprefix("whsec_")) not in stored
    mine = Webhook.objects.get(pk=hook[0].pk).sealed_secret
    other.refresh_from_db()
    for column, moved in (("sealed_secret", mine), ("sealed_secret", other.sealed_previous_secret)):
        Webhook.objects.filter(pk=other.pk).update(**{column: moved})
        a_case(world)
        tell()
        assert Webhook.objects.get(pk=other.pk).failure == "SealBroken"
        Webhook.objects.filter(pk=other.pk).update(paused_until=None, failure="")
    assert "/x" not in {request.path for request in system.requests}


def test_secrets_move_to_another_key_with_the_references(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User, settings: Settings
) -> None:
    secret = rotate_secret(webhook=hook[0], actor=clerk, now=on())
    a_case_with_reference(world)
    [(key_id, key)] = settings.REFERENCE_KEYS.items()
    settings.REFERENCE_KEYS = {"new": b"n" * 32, key_id: key}
    out = StringIO()
    call_command("rotate_reference_keys", stdout=out)
    assert "current key: 3" in out.getvalue()
    settings.REFERENCE_KEYS = {"new": b"n" * 32}
    webhook = Webhook.objects.get()
    assert open_secret(webhook) == secret
    assert open_secret(webhook, "sealed_previous_secret") == hook[1]


def test_a_secret_whose_key_is_gone_makes_the_rotation_fail(hook: tuple[Webhook, str], settings: Settings) -> None:
    settings.REFERENCE_KEYS = {"new": b"n" * 32}
    errors = StringIO()
    with pytest.raises(SystemExit):
        call_command("rotate_reference_keys", stdout=StringIO(), stderr=errors)
    assert "1 under the key 1" in errors.getvalue()


# --- Who adds and stops -------------------------------------------------------------------------------------


def test_only_administrators_add_change_rotate_stop_and_start(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    for actor in (world.karin, world.dorte, world.maja):
        for act in (
            lambda a: add_webhook(name="x", unit=world.ppr, url=system.url(), actor=a, now=on()),
            lambda a: change_webhook(webhook=hook[0], name="x", url=system.url(), actor=a, now=on()),
            lambda a: rotate_secret(webhook=hook[0], actor=a, now=on()),
            lambda a: stop_webhook(webhook=hook[0], actor=a, now=on()),
            lambda a: start_webhook(webhook=hook[0], actor=a, now=on()),
            lambda a: replay_events(webhook=hook[0], since=0, everything=True, actor=a, now=on()),
        ):
            with pytest.raises(Forbidden):
                act(actor)
    clerk.is_active = False
    with pytest.raises(Forbidden):
        stop_webhook(webhook=hook[0], actor=clerk, now=on())
    assert Webhook.objects.get().name == "Tavlen"


@pytest.mark.parametrize("url", ["http://tavlen.example/", "https://10.0.0.1/", "https://localhost/", "javascript:x"])
def test_an_address_that_involver_does_not_speak_to_is_refused(
    world: World, hook: tuple[Webhook, str], clerk: User, url: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        add_webhook(name="x", unit=world.ppr, url=url, actor=clerk, now=on())
    assert refused.value.field == "url"
    with pytest.raises(Unacceptable):
        change_webhook(webhook=hook[0], name="x", url=url, actor=clerk, now=on())


def test_one_address_is_told_of_a_unit_once(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    with pytest.raises(MovedOn):
        add_webhook(name="x", unit=world.town, url=system.url("/hook"), actor=clerk, now=on())
    second, _secret = add_webhook(name="x", unit=world.town, url=system.url("/other"), actor=clerk, now=on())
    with pytest.raises(MovedOn):
        change_webhook(webhook=second, name="x", url=system.url("/hook"), actor=clerk, now=on())


def test_another_address_is_tried_at_once(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    system.status = 500
    a_case(world)
    tell()
    system.status = 200
    change_webhook(webhook=hook[0], name="Tavlen", url=system.url("/moved"), actor=clerk, now=on())
    tell_all(on())
    assert states(hook[0]) == {MessageState.SENT}
    assert {request.path for request in system.requests[1:]} == {"/moved"}


def test_a_stopped_webhook_is_told_nothing_until_it_is_started(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    a_case(world)
    relay(now=on())
    stop_webhook(webhook=hook[0], actor=clerk, now=on())
    with pytest.raises(MovedOn):
        stop_webhook(webhook=hook[0], actor=clerk, now=on())
    tell(on(hours=1))
    assert system.requests == []
    start_webhook(webhook=hook[0], actor=clerk, now=on(hours=2))
    with pytest.raises(MovedOn):
        start_webhook(webhook=hook[0], actor=clerk, now=on(hours=2))
    a_case(world, now=on(hours=3))
    tell(on(hours=3))
    assert {told(request)["at"] for request in system.requests} == {"2026-09-14T10:00:00+00:00"}


# --- Replay -------------------------------------------------------------------------------------------------


def replay(webhook: Webhook, since: int = 0, *options: str) -> str:
    out = StringIO()
    with time_machine.travel(on(2), tick=False):
        call_command("replay_webhook", str(webhook.pk), "--since", str(since), *options, stdout=out)
    return out.getvalue()


def test_what_was_discarded_is_told_again_under_its_own_id_and_what_was_told_is_not(
    world: World, system: OtherSide, hook: tuple[Webhook, str]
) -> None:
    a_case(world)
    tell()
    told_before = {request.headers["webhook-id"] for request in system.requests}
    system.status = 404
    case = a_case(world, now=on(1))
    tell(on(1))
    lost = {str(message.uid) for message in messages(hook[0]) if message.state == MessageState.DISCARDED}
    system.status = 200
    system.requests.clear()
    assert f"{len(lost)} again, 0 for" in replay(hook[0])
    tell_all(on(2))
    assert {request.headers["webhook-id"] for request in system.requests} == lost
    assert {told(request)["case"] for request in system.requests} == {case.code}
    assert lost.isdisjoint(told_before)
    assert states(hook[0]) == {MessageState.SENT}


def test_what_happened_while_it_was_stopped_is_told_for_the_first_time(
    world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    stop_webhook(webhook=hook[0], actor=clerk, now=on())
    case = a_case(world, now=on(1))
    tell(on(1))
    start_webhook(webhook=hook[0], actor=clerk, now=on(2))
    tell(on(2))
    assert system.requests == []
    assert f"0 again, {case.events.count()} for" in replay(hook[0])
    tell_all(on(2))
    assert sorted(told(request)["event"] for request in system.requests) == sorted(
        case.events.values_list("pk", flat=True)
    )


def test_with_all_it_is_told_everything_again_from_the_cursor_on(
    world: World, system: OtherSide, hook: tuple[Webhook, str]
) -> None:
    first, second = a_case(world), a_case(world, now=on(hours=1))
    close_case(case=first, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(hours=2))
    tell_all(on(hours=2))
    cursor = first.events.filter(kind=EventKind.INVITATION_SENT).get().pk
    ids = {request.headers["webhook-id"] for request in system.requests if told(request)["event"] > cursor}
    system.requests.clear()
    replay(hook[0], cursor, "--all")
    tell_all(on(2))
    assert {request.headers["webhook-id"] for request in system.requests} == ids
    assert second.code in {told(request)["case"] for request in system.requests}


def test_nothing_is_told_of_before_it_was_added_or_of_other_units(world: World, system: OtherSide, clerk: User) -> None:
    a_case(world, now=on(-3))
    webhook, _secret = add_webhook(name="x", unit=world.schools, url=system.url(), actor=clerk, now=on(-1))
    a_case(world)
    tell()
    system.requests.clear()
    replay(webhook, 0, "--all")
    tell_all(on(2))
    assert {told(request)["unit"] for request in system.requests} == {"school"}
    assert {told(request)["at"][:10] for request in system.requests} == {"2026-09-14"}


def test_a_replay_of_what_is_not_there_or_stopped_is_refused(hook: tuple[Webhook, str], clerk: User) -> None:
    with pytest.raises(CommandError, match="no webhook"):
        call_command("replay_webhook", "987654", "--since", "0")
    stop_webhook(webhook=hook[0], actor=clerk, now=on())
    with pytest.raises(CommandError):
        call_command("replay_webhook", str(hook[0].pk), "--since", "0")


# --- The page of administrators -----------------------------------------------------------------------------

LIST, ADD = "admin:notifications_webhook_changelist", "admin:notifications_webhook_add"


@pytest.fixture
def as_clerk(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_a_webhook_is_added_and_its_secret_shown_once(as_clerk: Client, world: World, system: OtherSide) -> None:
    given = {"name": "Tavlen", "unit": world.ppr.pk, "url": system.url("/hook")}
    page = as_clerk.post(reverse(ADD), given)
    webhook = Webhook.objects.get()
    secret = open_secret(webhook)
    assert (webhook.name, webhook.unit, webhook.url) == ("Tavlen", world.ppr, system.url("/hook"))
    assert page.status_code == 200
    assert page.content.decode().count(secret) == 1
    assert "no-store" in page["Cache-Control"]
    for path in (
        reverse(LIST),
        reverse("admin:notifications_webhook_change", args=[webhook.pk]),
        reverse("admin:index"),
    ):
        assert secret not in as_clerk.get(path).content.decode()
    assert secret not in json.dumps(dict(as_clerk.session))


def test_what_is_refused_stands_on_the_form(as_clerk: Client, world: World) -> None:
    page = as_clerk.post(reverse(ADD), {"name": "x", "unit": world.ppr.pk, "url": "http://10.0.0.1/hook"})
    assert "OUTWARD_ALLOWED_HOSTS" in page.content.decode()
    assert "http://10.0.0.1/hook" in page.content.decode()
    assert not Webhook.objects.exists()


def test_a_secret_is_rotated_and_a_webhook_stopped_and_started_from_the_list(
    as_clerk: Client, hook: tuple[Webhook, str]
) -> None:
    chosen = {"_selected_action": [hook[0].pk]}
    page = as_clerk.post(reverse(LIST), {"action": "rotate", **chosen})
    webhook = Webhook.objects.get()
    assert open_secret(webhook) != hook[1]
    assert open_secret(webhook) in page.content.decode()
    as_clerk.post(reverse(LIST), {"action": "stop", **chosen})
    assert not Webhook.objects.get().is_active
    again = as_clerk.post(reverse(LIST), {"action": "stop", **chosen}, follow=True)
    assert "stopped already" in again.content.decode()
    as_clerk.post(reverse(LIST), {"action": "start", **chosen})
    assert Webhook.objects.get().is_active


def test_only_one_secret_is_rotated_at_a_time(
    as_clerk: Client, world: World, system: OtherSide, hook: tuple[Webhook, str], clerk: User
) -> None:
    other, _secret = add_webhook(name="x", unit=world.ppr, url=system.url(), actor=clerk, now=on())
    chosen = {"_selected_action": [hook[0].pk, other.pk]}
    as_clerk.post(reverse(LIST), {"action": "rotate", **chosen})
    assert open_secret(Webhook.objects.get(pk=hook[0].pk)) == hook[1]


def test_a_webhook_keeps_its_unit(as_clerk: Client, world: World, hook: tuple[Webhook, str]) -> None:
    path = reverse("admin:notifications_webhook_change", args=[hook[0].pk])
    as_clerk.post(path, {"name": "Nyt navn", "unit": world.ppr.pk, "url": hook[0].url})
    webhook = Webhook.objects.get()
    assert (webhook.name, webhook.unit) == ("Nyt navn", world.town)
    assert open_secret(webhook) == hook[1]


def test_nobody_but_administrators_sees_webhooks(client: Client, world: World, hook: tuple[Webhook, str]) -> None:
    client.force_login(world.karin)
    assert client.get(reverse(LIST)).status_code == 302
