"""The doorbell rings after the commit of what people are to be told, and nobody waits for whoever hears it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from celery import Celery
from django.db import transaction
from kombu.exceptions import OperationalError

from coordination.models import OutboxEntry
from notifications import doorbell, passing
from notifications.doorbell import Nudger, nudge_workers, rung
from notifications.passing import deliver
from notifications.scheduler import Scheduler
from tests.builders import World, a_case
from tests.services import free_port, wait_until

on_both_databases = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rings() -> Iterator[list[bool]]:
    """Whether a row of the outbox could be read by others, each time it rang."""
    heard: list[bool] = []

    def listen(**_unused: Any) -> None:
        heard.append(not transaction.get_connection().in_atomic_block)

    rung.connect(listen)
    yield heard
    rung.disconnect(listen)


@on_both_databases
def test_it_rings_when_the_change_is_committed(world: World, rings: list[bool]) -> None:
    rings.clear()
    with transaction.atomic():
        a_case(world)
        assert rings == []
    assert rings
    assert all(rings)


@on_both_databases
def test_it_does_not_ring_for_what_was_taken_back(world: World, rings: list[bool]) -> None:
    rings.clear()
    with transaction.atomic():
        a_case(world)
        transaction.set_rollback(True)
    assert rings == []


@on_both_databases
def test_it_does_not_ring_for_rows_that_are_relayed(world: World, rings: list[bool]) -> None:
    a_case(world)
    rings.clear()
    deliver()
    entry = OutboxEntry.objects.latest("pk")
    entry.save()
    assert rings == []


@on_both_databases
def test_it_rings_for_help_where_there_is_more_to_relay_than_one_batch(
    world: World, rings: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver()
    a_case(world)
    monkeypatch.setattr(passing, "BATCH", OutboxEntry.objects.filter(relayed_at=None).count())
    rings.clear()
    deliver()
    assert rings == [True]
    deliver()
    assert rings == [True]


@on_both_databases
def test_whoever_hears_it_cannot_make_the_change_fail(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def break_down(**_unused: Any) -> None:
        raise RuntimeError("Maja Holm")

    rung.connect(break_down)
    try:
        case = a_case(world)
    finally:
        rung.disconnect(break_down)
    assert case.events.exists()
    assert "break_down" in caplog.text


@on_both_databases
def test_in_one_process_a_change_is_told_without_waiting_for_the_next_round(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle, delivered = threading.Event(), threading.Event()
    monkeypatch.setattr("notifications.scheduler.run_round", lambda **_: idle.set())
    monkeypatch.setattr("notifications.scheduler.deliver", lambda **_: delivered.set())
    scheduler = Scheduler(every=3600)
    rung.connect(scheduler.wake)
    scheduler.start()
    assert idle.wait(10)
    a_case(world)
    assert delivered.wait(10)
    scheduler.stop()
    scheduler.join(10)


class Workers:
    """Count how often they are nudged; what happens then is up to the test."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.times = 0
        self.nudged = threading.Semaphore(0)
        self._then = then

    def __call__(self) -> None:
        """Be nudged."""
        self.times += 1
        self.nudged.release()
        self._then()


def test_many_rings_are_few_nudges_and_the_last_ring_is_heard() -> None:
    let_go = threading.Event()
    workers = Workers(then=lambda: (let_go.wait(10), None)[1])
    nudger = Nudger(workers, pause=0.0)
    nudger.ring()
    assert workers.nudged.acquire(timeout=10)
    for _ring in range(100):  # while the first nudge is on its way
        nudger.ring()
    let_go.set()
    assert workers.nudged.acquire(timeout=10)
    assert not workers.nudged.acquire(timeout=0.2)
    assert workers.times == 2


def test_no_ring_waits_for_a_broker_that_does_not_answer() -> None:
    let_go = threading.Event()
    workers = Workers(then=lambda: (let_go.wait(30), None)[1])
    nudger = Nudger(workers)
    for _ring in range(1000):  # each would wait for half a minute
        nudger.ring()
    assert workers.nudged.acquire(timeout=10)
    assert workers.times == 1
    let_go.set()


def test_a_broker_that_is_down_is_left_alone_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    def break_down() -> None:
        raise ConnectionError("redis://:secret@redis:6379")

    workers = Workers(then=break_down)
    nudger = Nudger(workers, pause=0.0, silence=3600)
    nudger.ring()
    assert workers.nudged.acquire(timeout=10)
    nudger.ring()
    assert not workers.nudged.acquire(timeout=0.2)
    assert "ConnectionError" in caplog.text
    assert "secret" not in caplog.text


def test_after_the_silence_the_ring_that_came_meanwhile_is_heard() -> None:
    failures = [ConnectionError("down")]

    def break_down_once() -> None:
        if failures:
            raise failures.pop()

    workers = Workers(then=break_down_once)
    nudger = Nudger(workers, pause=0.0, silence=0.01)
    nudger.ring()
    assert workers.nudged.acquire(timeout=10)
    nudger.ring()
    assert workers.nudged.acquire(timeout=10)


def test_a_broker_that_is_not_there_is_an_error() -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    with Celery("sender", broker=nowhere, set_as_current=False) as app, pytest.raises(OperationalError):
        nudge_workers(app)


def test_a_nudge_asks_for_one_round_and_expires(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client, Celery("sender", broker=redis_url, set_as_current=False) as app:
        client.flushall()
        ring = Nudger(lambda: nudge_workers(app), pause=0.0).ring
        ring()
        wait_until(lambda: client.llen("celery") == 1)
        task = json.loads(client.lindex("celery", 0))
        client.flushall()
    assert task["headers"]["task"] == doorbell.DELIVER
    assert task["headers"]["expires"] is not None
    assert task["headers"]["argsrepr"] == "()"
    assert task["headers"]["kwargsrepr"] == "{}"
