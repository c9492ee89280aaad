"""From the outbox to messages: each row once, whatever happens to others, however many take part."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from coordination.commands.agreements import mark_done
from coordination.commands.time import pass_time
from coordination.models import Event, EventKind, OutboxEntry, StepTaken, Urgency
from notifications.delivery import relay as relaying
from notifications.delivery.relay import relay, tell_those_whose_it_is
from notifications.models import Audience, Channel, Message, Pace, Preference
from tests.builders import World, a_case, accepted, on
from tests.promises.no_ask_dies_in_silence.what_is_owed import unanswered_invitation
from tests.promises.telling import agreed

pytestmark = pytest.mark.usefixtures("with_mail")


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


@pytest.mark.parametrize("where", ["told_of_event", "_messages_for"])
def test_a_row_that_fails_keeps_no_other_one_waiting_and_is_done_when_the_cause_is_mended(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    relay(now=on(0))
    broken, fine = a_case(world), a_case(world, invite=[(world.health, None)])
    right = getattr(relaying, where)

    def breaks(what: Event | OutboxEntry, *args: Any, **how: Any) -> Any:
        event = what if isinstance(what, Event) else what.event
        if event is not None and event.case_id == broken.pk:
            raise ValueError("Maja Holm, P-2026-1042")
        return right(what, *args, **how)

    monkeypatch.setattr(relaying, where, breaks)
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


def test_relaying_costs_few_queries_for_each_row(world: World) -> None:
    relay(now=on(0))
    cases = [a_case(world) for _number in range(2)]
    with CaptureQueriesContext(connection) as few:
        relay(now=on(0))
    cases += [a_case(world) for _number in range(8)]
    with CaptureQueriesContext(connection) as many:
        relay(now=on(0))
    rows = sum(case.events.count() for case in cases[2:])
    assert rows == 24
    assert len(many) - len(few) <= 6 * (rows - 6)
