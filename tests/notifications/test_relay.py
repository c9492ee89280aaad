"""From the outbox to messages: each row once, whatever happens to others, however many take part."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from types import ModuleType
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from coordination.commands.agreements import mark_done
from coordination.commands.invitations import decline_invitation, withdraw_invitation
from coordination.commands.time import pass_time
from coordination.models import DeclineReason, Event, EventKind, OutboxEntry, StepTaken, Urgency
from notifications.delivery import relay as relaying
from notifications.delivery.relay import BATCH, relay, tell_those_whose_it_is
from notifications.models import Audience, Channel, Message, Pace, Preference
from notifications.passing import deliver
from notifications.planning import people
from tests.builders import World, a_case, accepted, on, term, the_invitation
from tests.promises.no_ask_dies_in_silence.what_is_owed import unanswered_invitation
from tests.promises.telling import agreed, called, offered

pytestmark = pytest.mark.usefixtures("with_mail")


def much_happens(world: World) -> None:
    """Units and people are asked, and say yes and no, the baton is offered, and people are called and agree."""
    case = a_case(world, invite=[(world.ppr, None), (world.health, None), (world.family, world.frida)])
    accepted(world, case)
    no = the_invitation(case, world.health)
    decline_invitation(invitation=no, reason=term(DeclineReason, "not_our_task"), actor=world.hanne, now=on(hours=2))
    withdraw_invitation(invitation=the_invitation(case, world.family), actor=world.maja, now=on(hours=3))
    offered(world, case)
    called(world, case, world.maja, world.anna)
    mark_done(agreement=agreed(world, case, owner=world.anna), actor=world.anna, now=on(1))
    agreed(world, case, owner=world.anna)


def told(**which: Any) -> set[tuple[str, str]]:
    """The user names and channels of messages."""
    return set(Message.objects.filter(**which).values_list("person__username", "channel"))


def test_every_row_is_relayed_once_and_one_without_anybody_to_tell_is_done_too(world: World) -> None:
    rows = OutboxEntry.objects.count()
    assert rows > 20  # the directory
    a_case(world)
    assert relay(now=on(0)) == OutboxEntry.objects.count() > rows
    assert relay(now=on(0)) == 0
    assert not OutboxEntry.objects.filter(relayed_at=None).exists()
    assert told() == {(name, channel) for name in ("anna", "anton", "per") for channel in ("inapp", "email")}


def test_rows_are_taken_in_batches_in_the_order_in_which_they_came(world: World) -> None:
    relay(now=on(0))
    a_case(world, invite=[(world.ppr, None), (world.health, None)])
    assert relay(now=on(0), limit=3) == 3
    waiting = OutboxEntry.objects.filter(relayed_at=None)
    assert list(waiting.values_list("event__kind", flat=True)) == [EventKind.INVITATION_SENT]
    assert relay(now=on(0), limit=3) == 1
    assert ("hanne", "email") in told()


def test_relaying_a_row_again_makes_no_second_message(world: World) -> None:
    a_case(world)
    relay(now=on(0))
    before = set(Message.objects.values_list("pk", "next_at"))
    OutboxEntry.objects.update(relayed_at=None)
    relay(now=on(1))
    assert set(Message.objects.values_list("pk", "next_at")) == before


@pytest.mark.parametrize(("module", "where"), [(people, "_told_of_event"), (relaying, "_messages_for")])
def test_a_row_that_fails_keeps_no_other_one_waiting_and_is_done_when_the_cause_is_mended(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, module: ModuleType, where: str
) -> None:
    relay(now=on(0))
    broken, fine = a_case(world), a_case(world, invite=[(world.health, None)])
    right = getattr(module, where)

    def breaks(what: Event | OutboxEntry, *args: Any, **how: Any) -> Any:
        event = what if isinstance(what, Event) else what.event
        if event is not None and event.case_id == broken.pk:
            raise ValueError("Maja Holm, P-2026-1042")
        return right(what, *args, **how)

    monkeypatch.setattr(module, where, breaks)
    failed: set[int] = set()
    assert relay(now=on(0), failed=failed) == fine.events.count()
    assert relay(now=on(0), failed=failed) == 0
    assert len(failed) == broken.events.count()
    assert told() == {("hanne", "inapp"), ("hanne", "email")}
    assert relay(now=on(0)) == 0  # a round later it is tried again, and nothing is lost
    assert any("could not be relayed" in message for message in caplog.messages)
    monkeypatch.undo()
    assert relay(now=on(0)) == broken.events.count()
    assert ("anna", "email") in told()


def test_a_whole_batch_that_fails_keeps_no_row_behind_it_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    relay(now=on(0))
    event_of = partial(Event, kind=EventKind.HOLDER_ASSIGNED, at=on(0), case=a_case(world), person=world.mads)
    OutboxEntry.objects.update(relayed_at=on(0))
    broken = Event.objects.bulk_create([event_of() for _number in range(BATCH)])
    OutboxEntry.objects.bulk_create([OutboxEntry(event=event) for event in broken])
    last = broken[-1].pk
    right = people._told_of_event

    def breaks(event: Event, *args: Any) -> Any:
        if event.pk <= last:
            raise ValueError
        return right(event, *args)

    monkeypatch.setattr(people, "_told_of_event", breaks)
    for _round in range(2):
        behind = OutboxEntry.objects.create(event=Event.objects.bulk_create([event_of()])[0])
        deliver()
        behind.refresh_from_db()
        assert behind.relayed_at is not None
    assert OutboxEntry.objects.filter(relayed_at=None).count() == BATCH
    assert told() == {("mads", "inapp"), ("mads", "email")}


def test_a_change_that_is_rolled_back_tells_nobody(world: World) -> None:
    relay(now=on(0))
    with transaction.atomic():
        a_case(world)
        transaction.set_rollback(True)
    assert relay(now=on(0)) == 0
    assert told() == set()


def test_a_step_of_what_is_settled_by_then_makes_no_message(world: World) -> None:
    deadline = unanswered_invitation(world)
    relay(now=on(0))
    before = Message.objects.count()
    assert pass_time(now=on(2)) == 1
    accepted(world, deadline.case, now=on(2))
    relay(now=on(2))
    assert StepTaken.objects.count() == 1
    assert not Message.objects.filter(step__isnull=False).exists()
    assert Message.objects.count() > before  # of the yes


def test_urgent_asks_break_the_digest_and_urgent_news_do_not(world: World) -> None:
    Preference.objects.create(person=world.anna, email_pace=Pace.DAILY)
    Preference.objects.create(person=world.maja, email_pace=Pace.DAILY)
    case = a_case(world, urgency=Urgency.URGENT, invite=[(world.ppr, world.anna)])
    accepted(world, case)
    relay(now=on(0, hours=1))
    mails = Message.objects.filter(channel=Channel.EMAIL)
    assert not mails.get(person=world.anna, audience=Audience.OWNER).is_gathered
    assert mails.get(person=world.maja, audience=Audience.NEWS).is_gathered


def test_what_has_passed_to_somebody_else_is_told_to_them_once(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, world.anna)])
    relay(now=on(0))
    event = case.events.get(kind=EventKind.INVITATION_SENT)
    for _time in range(2):
        tell_those_whose_it_is(steps=[], events=[event.pk], now=on(1))
    assert told(event=event) == {("anna", "inapp"), ("anna", "email")}
    case.invitations.update(person=world.anton)
    for _time in range(2):
        tell_those_whose_it_is(steps=[], events=[event.pk], now=on(1))
    assert told(event=event) == {(name, channel) for name in ("anna", "anton") for channel in ("inapp", "email")}


def test_only_what_is_to_be_done_passes_on_and_no_news(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    mark_done(agreement=agreed(world, case, owner=world.anna), actor=world.anna, now=on(1))
    done = case.events.get(kind=EventKind.AGREEMENT_DONE)
    tell_those_whose_it_is(steps=[], events=[done.pk], now=on(1))
    assert told() == set()


def test_relaying_costs_the_same_queries_however_many_rows_there_are(world: World) -> None:
    def cost(rows: int, now: datetime) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert relay(now=now, limit=rows) == rows
        return sum(not query["sql"].startswith("INSERT") for query in queries)  # in pieces, where one would be too long

    waiting = OutboxEntry.objects.filter(relayed_at=None)
    relay(now=on(0))
    much_happens(world)
    rows = waiting.count()
    for _case in range(4):
        much_happens(world)
    few, many = cost(rows, on(1)), cost(4 * rows, on(1))
    assert many <= few <= 30
    while pass_time(now=on(14)):
        pass
    assert waiting.count() == 35
    assert cost(waiting.count(), on(14)) <= 20
