"""Two relays, two senders and two who gather digests at once: each message is there once, and goes out once."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from coordination.commands.invitations import accept_invitation
from coordination.models import OutboxEntry
from notifications.delivery.digests import gather_digests
from notifications.delivery.relay import relay
from notifications.delivery.sending import send_due
from notifications.models import Channel, Message, MessageState
from tests.builders import World, a_case, on, the_invitation
from tests.notifications.making import answering, due
from tests.races.meeting_point import Point, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("with_mail")]
rounds = pytest.mark.parametrize("round_number", range(3))

# By then each has read what there is to do.
BEFORE_THE_MESSAGES = Point('INTO "notifications_message"')
BEFORE_THE_CHANGE = Point('UPDATE "notifications_message" SET')
BEFORE_THE_ROWS = Point('UPDATE "coordination_outboxentry" SET')


@rounds
def test_two_relays_at_once_make_each_message_once(world: World, round_number: int) -> None:
    relay(now=on(0))
    cases = [a_case(world) for _number in range(4)]
    waiting = OutboxEntry.objects.filter(relayed_at=None).count()
    done = at_once(
        partial(relay, now=on(0), limit=waiting // 2),
        partial(relay, now=on(0), limit=waiting // 2),
        partial(relay, now=on(0), limit=waiting // 2),
        points=[BEFORE_THE_MESSAGES] * 3,
    )
    assert sum(done) == waiting
    told = Counter(Message.objects.values_list("event__case", "person__username", "channel"))
    assert told == Counter(
        (case.pk, name, channel)
        for case in cases
        for name in ("anna", "anton", "per")
        for channel in ("inapp", "email")
    )


@rounds
def test_relays_that_do_the_same_row_all_the_same_make_each_message_once(world: World, round_number: int) -> None:
    relay(now=on(0))
    a_case(world)
    relay(now=on(0))
    OutboxEntry.objects.update(relayed_at=None)  # as if the database had been put back to just before
    at_once(partial(relay, now=on(1)), partial(relay, now=on(1)), points=[BEFORE_THE_ROWS] * 2)
    assert Message.objects.count() == 6


@rounds
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.IN_APP])
def test_two_senders_at_once_send_each_message_once(
    world: World, monkeypatch: pytest.MonkeyPatch, channel: Channel, round_number: int
) -> None:
    line = answering(monkeypatch)
    messages = [due(world.maja, channel=channel) for _number in range(6)]
    monkeypatch.setattr("notifications.delivery.sending.BATCHES", {channel: 4})
    at_once(
        *[partial(send_due, channel, clock=lambda: on(0)) for _sender in range(3)],
        points=[BEFORE_THE_CHANGE] * 3,
    )
    send_due(channel, clock=lambda: on(0))
    assert Message.objects.filter(state=MessageState.SENT, attempts=1).count() == 6
    if channel == Channel.EMAIL:
        assert sorted(line.ids) == [message.pk for message in messages]


@rounds
def test_two_who_gather_at_once_make_one_digest_with_everything_in_it(world: World, round_number: int) -> None:
    for _number in range(3):
        due(world.maja, is_gathered=True)
    done = at_once(
        partial(gather_digests, now=on(0)), partial(gather_digests, now=on(0)), points=[BEFORE_THE_MESSAGES] * 2
    )
    assert sum(done) == 1
    digest = Message.objects.get(digest_on__isnull=False)
    assert digest.bundled.count() == 3
    assert not Message.objects.filter(state=MessageState.WAITING).exclude(pk=digest.pk).exists()


@rounds
def test_what_is_answered_while_it_is_relayed_and_sent_is_answered_and_sent_at_most_once(
    world: World, monkeypatch: pytest.MonkeyPatch, round_number: int
) -> None:
    line = answering(monkeypatch)
    relay(now=on(0))
    case = a_case(world)
    invitation = the_invitation(case, world.ppr)

    def tell() -> None:
        relay(now=on(0))
        send_due(Channel.EMAIL, clock=lambda: on(0))

    answered, told, told_again = at_once(
        partial(accept_invitation, invitation=invitation, actor=world.anna, now=on(0)),
        tell,
        tell,
        points=[Point(), BEFORE_THE_MESSAGES, BEFORE_THE_MESSAGES],
    )
    assert not [each for each in (answered, told, told_again) if isinstance(each, Exception)]
    tell()
    assert len(line.ids) == len(set(line.ids))
    assert not Message.objects.filter(channel=Channel.EMAIL, state=MessageState.WAITING).exists()
    # Whoever asked learns of it in any case.
    assert {message.person for message, _said in line.sent if message.audience == "news"} == {world.maja}
