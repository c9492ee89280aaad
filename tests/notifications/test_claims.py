"""Who sends what: leases that come back, marks that come too late, pauses that grow, and what is given up."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from notifications.channels.outcomes import SENT, Outcome, Tried
from notifications.delivery import sending
from notifications.delivery.claims import (
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    claim_due,
    keep_sent,
    lease,
    mark_failed,
    mark_one_sent,
    mark_sent,
    mark_unwanted,
    pause_before,
    pause_for_all,
    put_back,
    put_off,
)
from notifications.delivery.relay import relay
from notifications.delivery.sending import send_due
from notifications.models import Channel, Message, MessageState
from tests.builders import COPENHAGEN, World, a_case, accepted, on
from tests.notifications.making import answering, due, some_due
from tests.promises.telling_people import Post

pytestmark = pytest.mark.usefixtures("with_mail")

EMAIL = Channel.EMAIL
BUSY, NO, GONE = Tried(Outcome.LATER, "451"), Tried(Outcome.NEVER, "550"), Tried(Outcome.UNREACHABLE, "refused")


def test_two_claims_never_hold_the_same_message_and_the_longest_due_comes_first(world: World) -> None:
    first, second, third = (due(world.maja, at=on(0, hours=-number)) for number in range(3))
    one = claim_due(EMAIL, now=on(0), limit=2)
    other = claim_due(EMAIL, now=on(0), limit=2)
    assert {message.pk for message in one.messages} == {second.pk, third.pk}
    assert [message.pk for message in other.messages] == [first.pk]
    assert not claim_due(EMAIL, now=on(0), limit=2).messages


def test_nothing_is_claimed_before_its_time_nor_for_another_channel_nor_for_a_digest(world: World) -> None:
    due(world.maja, at=on(0, hours=1))
    due(world.maja, channel=Channel.PUSH)
    due(world.maja, is_gathered=True)
    assert not claim_due(EMAIL, now=on(0), limit=9).messages


def test_what_a_dead_worker_held_is_sent_by_another_one_when_its_lease_is_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, line = due(world.maja), answering(monkeypatch)
    assert len(claim_due(EMAIL, now=on(0), limit=9).messages) == 1  # and the worker dies
    moment = on(0)
    while not line.sent and moment < on(0, hours=1):
        moment += timedelta(seconds=15)
        send_due(EMAIL, clock=lambda now=moment: now)  # type: ignore[misc]
    assert line.ids == [message.pk]
    assert lease() <= moment - on(0) <= 2 * lease()
    message.refresh_from_db()
    assert message.attempts == 1  # the one that never ended says nothing about the message


def test_the_marks_of_a_worker_whose_lease_is_over_count_for_nothing(world: World) -> None:
    message = due(world.maja)
    late = claim_due(EMAIL, now=on(0), limit=9)
    claim_due(EMAIL, now=on(0) + lease(), limit=9)  # found abandoned
    again = claim_due(EMAIL, now=on(0) + 2 * lease(), limit=9)
    assert [each.pk for each in again.messages] == [message.pk]
    assert mark_unwanted(late, [message.pk], now=on(1)) == 0
    assert put_back(late, [message.pk], now=on(1)) == 0
    assert mark_failed(late, message, NO, now=on(1)) is False
    mark_failed(late, message, BUSY, now=on(1))
    put_off(late, {message.pk: on(9)})
    message.refresh_from_db()
    assert (message.state, message.claim, message.failure) == (MessageState.WAITING, again.token, "")
    assert message.next_at == on(0) + 3 * lease()
    assert not message.notices.exists()


def test_what_a_slow_worker_has_sent_after_all_spares_the_other_one(world: World) -> None:
    message = due(world.maja)
    late = claim_due(EMAIL, now=on(0), limit=9)
    claim_due(EMAIL, now=on(0) + lease(), limit=9)
    assert mark_sent(late, [message.pk], now=on(0) + lease()) is False  # and the slow one learns that it was slow
    assert not claim_due(EMAIL, now=on(1), limit=9).messages
    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_pauses_double_up_to_four_hours_give_or_take_a_half(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(random, "uniform", lambda _low, _high: 1.0)
    settings.DELIVERY_PAUSE = 60.0
    assert [pause_before(attempts).total_seconds() for attempts in range(1, 6)] == [60, 120, 240, 480, 960]
    assert pause_before(20) == pause_before(10_000) == LONGEST_PAUSE
    monkeypatch.undo()
    spread = [pause_before(3) for _time in range(200)]
    assert all(timedelta(minutes=2) <= pause <= timedelta(minutes=6) for pause in spread)
    assert len(set(spread)) > 100


def test_not_now_is_tried_again_later_and_given_up_in_the_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    message, moment = due(world.maja), on(0)
    tried_at: list[datetime] = []

    def busy(*_what: object) -> Tried:
        tried_at.append(moment)
        return BUSY

    answering(monkeypatch, *[busy] * 99)
    while message.state == MessageState.WAITING:
        send_due(EMAIL, clock=lambda now=moment: now)  # type: ignore[misc]
        message.refresh_from_db()
        moment = max(message.next_at, moment)
    assert len(tried_at) == message.attempts == MOST_ATTEMPTS
    assert message.failure == "gave up: 451"
    assert on(1) < tried_at[-1] < on(4)
    # However long the pauses: nobody's mail goes out at night.
    assert all(7 <= moment.astimezone(COPENHAGEN).hour < 17 for moment in tried_at)


def test_a_no_is_not_asked_twice_and_the_person_learns_of_it_in_the_app(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, post = due(world.maja), Post(world)
    line = answering(monkeypatch, NO)
    send_due(EMAIL, clock=lambda: on(0))
    message.refresh_from_db()
    assert (message.state, message.failure, message.attempts) == (MessageState.DISCARDED, "550", 1)
    post.deliver(on(0, hours=1))
    assert line.ids == []
    notice = message.notices.get()
    assert (notice.person, notice.channel, notice.state) == (world.maja, Channel.IN_APP, MessageState.SENT)
    # Marked twice, or by two, it is one notice all the same.
    mark_failed(claim_due(EMAIL, now=on(1), limit=9), message, NO, now=on(1))
    assert message.notices.count() == 1


def test_a_server_that_is_not_there_counts_against_no_message(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    messages = some_due(world, 3)
    line = answering(monkeypatch, GONE)
    assert send_due(EMAIL, clock=lambda: on(0)) == 0
    for message in messages:
        message.refresh_from_db()
        assert (message.state, message.attempts, message.claim) == (MessageState.WAITING, 0, None)
        assert message.next_at == on(0) + pause_for_all()
        assert message.due_at == on(0)
    assert send_due(EMAIL, clock=lambda: on(0) + pause_for_all()) == 3
    assert sorted(line.ids) == sorted(message.pk for message in messages)


def test_one_message_that_fails_keeps_no_other_one_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = some_due(world, 4)

    def breaks(*_args: object) -> Tried:
        raise RuntimeError("Maja Holm")

    line = answering(monkeypatch, breaks, SENT, BUSY, SENT)
    assert send_due(EMAIL, clock=lambda: on(0)) == 4
    assert line.ids == [others[0].pk, others[2].pk]
    assert line.times_opened == 1
    first.refresh_from_db()
    assert (first.state, first.failure) == (MessageState.WAITING, "RuntimeError")


def test_whoever_is_asked_to_stop_gives_back_what_is_left(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    some_due(world, 3)
    line, answers = answering(monkeypatch), [True, False]
    send_due(EMAIL, clock=lambda: on(0), may_go_on=lambda: answers.pop(0))
    assert len(line.sent) == 1
    left = Message.objects.filter(state=MessageState.WAITING)
    assert [(message.claim, message.attempts, message.next_at) for message in left] == [(None, 0, on(0))] * 2


def test_nothing_is_begun_in_the_second_half_of_a_lease(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    some_due(world, 2)
    settings.DELIVERY_LEASE = 0.0
    line = answering(monkeypatch)
    send_due(EMAIL, clock=lambda: on(0))
    assert line.sent == []
    assert Message.objects.filter(state=MessageState.WAITING, claim=None, attempts=0).count() == 2


def test_what_somebody_no_longer_wants_is_not_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    a_case(world)
    message, line = due(world.maja), answering(monkeypatch)
    world.maja.email = ""
    world.maja.save()
    send_due(EMAIL, clock=lambda: on(0))
    message.refresh_from_db()
    assert (message.state, line.sent) == (MessageState.UNWANTED, [])


def test_sending_costs_the_same_queries_however_many_messages_there_are_but_for_the_marks(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            sent = send_due(EMAIL, clock=lambda: on(1))
            assert sent == Message.objects.filter(channel=EMAIL, settled_at=on(1)).count() - settled
        return len(queries) - sent

    costs = []
    for cases in (1, 5):
        for _case in range(cases):
            accepted(world, a_case(world, invite=[(world.ppr, None), (world.health, None)]))
        relay(now=on(0, hours=1))
        settled = Message.objects.filter(channel=EMAIL, settled_at=on(1)).count()
        costs.append(cost())
    assert Message.objects.filter(channel=EMAIL, state=MessageState.SENT).count() >= 12
    assert costs[1] <= costs[0] <= 24


@pytest.mark.postgresql
def test_a_mark_of_its_own_does_not_wait_for_the_disk_and_is_made_anew_where_a_crash_has_undone_it(
    world: World,
) -> None:
    messages, other = some_due(world, 3), due(world.maja)
    claim = claim_due(EMAIL, now=on(0), limit=3)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")
        assert all(mark_one_sent(claim, message.pk, now=on(0)) for message in messages)
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("off",)
    Message.objects.filter(pk=messages[0].pk).update(state=MessageState.WAITING, settled_at=None, claim=claim.token)
    keep_sent([message.pk for message in messages], now=on(1))
    states = dict(Message.objects.values_list("pk", "state"))
    assert states == {**{message.pk: MessageState.SENT for message in messages}, other.pk: MessageState.WAITING}
    assert Message.objects.get(pk=messages[2].pk).settled_at == on(1)  # written anew, so that it is waited for


def test_a_single_mark_that_comes_too_late_says_so_and_counts_all_the_same(world: World) -> None:
    message = due(world.maja)
    late = claim_due(EMAIL, now=on(0), limit=1)
    Message.objects.filter(pk=message.pk).update(claim=None)
    assert mark_one_sent(late, message.pk, now=on(0)) is False
    assert Message.objects.get(pk=message.pk).state == MessageState.SENT
    assert mark_one_sent(late, message.pk, now=on(1)) is False
    assert Message.objects.get(pk=message.pk).settled_at == on(0)


def test_what_has_been_sent_is_kept_also_where_the_batch_breaks_off(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = some_due(world, 2)
    answering(monkeypatch)
    asked, kept = iter([True, False]), list[tuple[list[int], datetime]]()
    monkeypatch.setattr(sending, "keep_sent", lambda ids, *, now: kept.append((ids, now)))
    send_due(EMAIL, clock=lambda: on(0), may_go_on=lambda: next(asked))
    assert kept == [([first.pk], on(0))]
    assert Message.objects.get(pk=second.pk).state == MessageState.WAITING
