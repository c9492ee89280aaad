"""What holds when things go wrong in between: a worker that dies, a database that is away, another who was quicker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError

from coordination.models import DeadlineKind, EventKind, OutboxEntry
from notifications.channels.outcomes import SENT, Outcome, Tried
from notifications.delivery import claims, sending
from notifications.delivery.claims import (
    LONGEST_PAUSE,
    claim_due,
    lease,
    mark_failed,
    mark_sent,
    patiently,
    put_off,
)
from notifications.delivery.relay import relay
from notifications.delivery.sending import send_due
from notifications.models import Channel, Message, MessageState
from notifications.planning import people
from tests.builders import World, a_case, on
from tests.notifications.making import answering, due, some_due

pytestmark = pytest.mark.usefixtures("with_mail")

EMAIL = Channel.EMAIL
NO = Tried(Outcome.NEVER, "550")


# --- The relay ----------------------------------------------------------------------------------------------


def test_rows_that_fail_leave_the_next_batch_to_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    relay(now=on(0))
    broken, fine = a_case(world), a_case(world)
    right = people._told_of_event

    def breaks(event: Any, *args: Any) -> Any:
        if event.case_id == broken.pk:
            raise ValueError
        return right(event, *args)

    monkeypatch.setattr(people, "_told_of_event", breaks)
    number, failed = broken.events.count(), set[int]()
    assert number == fine.events.count()
    relay(now=on(0), limit=number, failed=failed)
    assert relay(now=on(0), limit=number, failed=failed) == number
    assert not OutboxEntry.objects.filter(relayed_at=None, event__case=fine).exists()


def test_a_row_that_the_database_refuses_spoils_nothing_for_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay(now=on(0))
    broken, fine = a_case(world), a_case(world)
    right = people._told_of_event

    def breaks(event: Any, *args: Any) -> Any:
        if event.case_id == broken.pk:
            Message.objects.create(person=world.maja, channel=EMAIL, made_at=on(0), due_at=on(0), next_at=on(0))
        return right(event, *args)

    monkeypatch.setattr(people, "_told_of_event", breaks)
    assert relay(now=on(0)) == fine.events.count()


def test_a_batch_that_the_database_has_ended_is_no_failure_of_its_rows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_case(world)
    failed: set[int] = set()

    def ends(*_what: Any, **_how: Any) -> Any:
        raise OperationalError("deadlock detected")

    with monkeypatch.context() as patched:
        patched.setattr(people, "_told_of_event", ends)
        with pytest.raises(OperationalError):
            relay(now=on(0), failed=failed)
    assert failed == set()
    assert not OutboxEntry.objects.exclude(relayed_at=None).exists()
    assert relay(now=on(0), failed=failed) == OutboxEntry.objects.count()


# --- Claims and marks ---------------------------------------------------------------------------------------


def test_what_was_abandoned_rests_for_half_a_lease(world: World) -> None:
    due(world.maja)
    claim_due(EMAIL, now=on(0), limit=9)
    found_at = on(0) + lease()
    assert claim_due(EMAIL, now=found_at, limit=9).released == 1
    resting = claim_due(EMAIL, now=found_at + lease() / 2 - timedelta(seconds=1), limit=9)
    assert (resting.messages, resting.released) == ([], 0)
    assert len(claim_due(EMAIL, now=found_at + lease() / 2, limit=9).messages) == 1


A_DAY_AHEAD = timedelta(hours=26)


@pytest.mark.parametrize(
    ("held", "attempts_left"),
    [
        pytest.param({"claim": uuid4(), "attempts": 2, "next_at": on(0) + A_DAY_AHEAD + lease()}, 1, id="claimed"),
        pytest.param({"next_at": on(0) + A_DAY_AHEAD + lease() / 2}, 0, id="resting"),
        pytest.param({"next_at": on(0, hours=1) + lease() / 2}, 0, id="resting, by a clock an hour ahead"),
        pytest.param({"attempts": 3, "next_at": on(0) + A_DAY_AHEAD}, 3, id="to be tried again"),
    ],
)
def test_a_clock_that_was_ahead_and_is_set_right_holds_nothing_up(
    world: World, held: dict[str, Any], attempts_left: int
) -> None:
    message = due(world.maja, **held)
    assert claim_due(EMAIL, now=on(0), limit=9).released == 1
    message.refresh_from_db()
    assert (message.claim, message.attempts, message.next_at) == (None, attempts_left, on(0) + lease() / 2)
    assert claim_due(EMAIL, now=on(0) + lease() / 2, limit=9).messages == [message]


@pytest.mark.parametrize(
    "held",
    [
        pytest.param({"claim": uuid4(), "next_at": on(0) + lease()}, id="claimed just now"),
        pytest.param({"next_at": on(0) + lease() / 2}, id="resting"),
        pytest.param({"attempts": 9, "next_at": on(0) + LONGEST_PAUSE * 1.5}, id="to be tried again"),
        pytest.param({"due_at": on(1), "next_at": on(1)}, id="for tomorrow"),
        pytest.param({"next_at": on(0) + A_DAY_AHEAD, "is_gathered": True}, id="for a digest"),
        pytest.param({"next_at": on(0) + A_DAY_AHEAD, "channel": Channel.PUSH}, id="over another channel"),
    ],
)
def test_what_waits_for_its_time_is_not_taken_for_what_another_clock_holds(world: World, held: dict[str, Any]) -> None:
    due(world.maja, **held)
    claim = claim_due(EMAIL, now=on(0), limit=9)
    assert (claim.messages, claim.released) == ([], 0)


def test_what_was_given_up_meanwhile_stays_so_when_a_slow_worker_marks_it_as_sent(world: World) -> None:
    message = due(world.maja)
    late = claim_due(EMAIL, now=on(0), limit=9)
    claim_due(EMAIL, now=on(0) + lease(), limit=9)
    [again] = (claim := claim_due(EMAIL, now=on(0) + 2 * lease(), limit=9)).messages
    assert mark_failed(claim, again, NO, now=on(1))
    assert mark_sent(late, [message.pk], now=on(2)) is False
    message.refresh_from_db()
    assert (message.state, message.settled_at) == (MessageState.DISCARDED, on(1))


def test_what_has_ended_is_not_ended_again_whosever_it_is(world: World) -> None:
    message = due(world.maja)
    claim = claim_due(EMAIL, now=on(0), limit=9)
    Message.objects.filter(pk=message.pk).update(state=MessageState.UNWANTED, settled_at=on(1))
    assert mark_failed(claim, message, NO, now=on(2)) is False
    message.refresh_from_db()
    assert (message.state, message.settled_at) == (MessageState.UNWANTED, on(1))


@pytest.mark.parametrize(
    ("asked", "kept"), [(timedelta(hours=1), timedelta(hours=1)), (timedelta(days=3), LONGEST_PAUSE)]
)
def test_a_server_is_left_alone_as_long_as_it_asks_but_no_longer_than_four_hours(
    world: World, asked: timedelta, kept: timedelta
) -> None:
    message = due(world.maja)
    claim = claim_due(EMAIL, now=on(0), limit=9)
    mark_failed(claim, claim.messages[0], Tried(Outcome.LATER, "421", asked), now=on(0))
    message.refresh_from_db()
    assert message.next_at == on(0) + kept


def test_what_is_put_off_is_not_late(world: World) -> None:
    message = due(world.maja)
    put_off(claim_due(EMAIL, now=on(0), limit=9), {message.pk: on(1)})
    message.refresh_from_db()
    assert (message.due_at, message.next_at) == (on(1), on(1))


def test_nothing_is_given_up_without_its_notice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    message = due(world.maja)
    claim = claim_due(EMAIL, now=on(0), limit=9)

    def dies(*_what: Any, **_how: Any) -> Any:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(Message.objects, "bulk_create", dies)
        with pytest.raises(RuntimeError):
            mark_failed(claim, claim.messages[0], NO, now=on(0))
    message.refresh_from_db()
    assert message.state == MessageState.WAITING


def test_a_mark_waits_until_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        in_atomic_block = False
        times_closed = 0

        def close(self) -> None:
            self.times_closed += 1

    connection, answers = Away(), [OperationalError, OperationalError]

    def mark() -> str:
        if answers:
            raise answers.pop()
        return "marked"

    monkeypatch.setattr(claims, "connection", connection)
    monkeypatch.setattr("notifications.delivery.claims.time.sleep", lambda _seconds: None)
    assert patiently(mark) == "marked"
    assert connection.times_closed == 2
    answers[:] = [OperationalError]
    connection.in_atomic_block = True  # of which nothing is left
    with pytest.raises(OperationalError):
        patiently(mark)


# --- Sending ------------------------------------------------------------------------------------------------


def test_a_worker_that_dies_before_its_marks_has_told_those_whose_it_is_by_now(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = a_case(world, invite=[(world.ppr, world.anna)])
    relay(now=on(0))
    case.invitations.update(person=world.anton)
    case.deadlines.filter(kind=DeadlineKind.ANSWER_INVITATION).update(owner=world.anton)
    answering(monkeypatch)

    def dies(*_what: Any, **_how: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(sending, "mark_unwanted", dies)
    with pytest.raises(KeyboardInterrupt):
        send_due(EMAIL, clock=lambda: on(0))
    told = Message.objects.filter(event__kind=EventKind.INVITATION_SENT, channel=EMAIL)
    assert set(told.values_list("person__username", flat=True)) == {"anna", "anton"}


def test_a_worker_that_was_too_slow_sends_nothing_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    some_due(world, 2)

    def slow(message: Message, _said: object) -> Tried:
        Message.objects.filter(pk=message.pk).update(claim=uuid4())
        return SENT

    line = answering(monkeypatch, slow)
    send_due(EMAIL, clock=lambda: on(0))
    assert len(line.sent) == 1


@pytest.mark.parametrize(("error", "attempts"), [(OperationalError, 0), (IntegrityError, 1)])
def test_a_database_that_is_away_counts_against_no_message(
    world: World, monkeypatch: pytest.MonkeyPatch, error: type[Exception], attempts: int
) -> None:
    message = due(world.maja)

    def breaks(*_what: object) -> Tried:
        raise error

    answering(monkeypatch, breaks)
    send_due(EMAIL, clock=lambda: on(0))
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.WAITING, attempts)
