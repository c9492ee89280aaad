"""What a system has missed is told again, from where it says."""

from __future__ import annotations

from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from coordination.commands.cases import close_case
from coordination.models import CaseOutcome, EventKind, User
from notifications.commands.webhooks import (
    add_webhook,
    start_webhook,
    stop_webhook,
)
from notifications.models import MessageState, Webhook
from tests.builders import World, a_case, on, term
from tests.notifications.hooking import messages, states, tell, tell_all, told
from tests.notifications.other_side import OtherSide

pytestmark = pytest.mark.django_db


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
