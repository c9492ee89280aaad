"""In production a real worker lets time pass, told by a broker that may lose everything."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import time_machine
from celery import Celery
from django.conf import settings

from backend.beat import Beat
from backend.celery import app
from notifications import tasks
from tests.services import Server, start_celery, wait_until

PASS_TIME = "notifications.tasks.pass_time"
DELIVER = "notifications.tasks.deliver"
TASKS = (PASS_TIME, DELIVER)


@pytest.fixture
def worker(served_database_url: str, redis_url: str) -> Iterator[Server]:
    with start_celery(
        "worker",
        database_url=served_database_url,
        redis_url=redis_url,
        arguments=["--loglevel=INFO", "--concurrency=1"],
    ) as server:
        yield server


@pytest.fixture
def broker(redis_url: str) -> Iterator[Celery]:
    with Celery("sender", broker=redis_url) as sender:
        yield sender


def test_a_worker_lets_time_pass_and_accepts_arguments_of_newer_ones(worker: Server, broker: Celery) -> None:
    for name in TASKS:
        broker.send_task(name, kwargs={"an_argument_of_tomorrow": 1}, ignore_result=True)
    wait_until(lambda: worker.output.count("succeeded in") == len(TASKS))
    assert "ERROR" not in worker.output


def test_a_worker_goes_on_after_the_broker_was_emptied(worker: Server, broker: Celery, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    broker.send_task(PASS_TIME, ignore_result=True)
    wait_until(lambda: "succeeded in" in worker.output)


def test_a_worker_ends_cleanly_when_asked(worker: Server) -> None:
    worker.stop()
    assert worker.process is not None
    assert worker.process.returncode == 0


def test_beat_is_static_and_what_it_sends_expires() -> None:
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == set(TASKS)
    for entry in app.conf.beat_schedule.values():
        assert entry["schedule"] == settings.PASS_TIME_EVERY
        # Several ticks long, for machines whose clocks differ; no longer than a few, for a night without workers.
        assert 60 <= entry["options"]["expires"] <= 300
        assert not entry.get("args")
        assert not entry.get("kwargs")


def test_beat_goes_by_a_clock_that_nobody_sets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sent: list[str] = []
    monkeypatch.setattr(Beat, "apply_entry", lambda _self, entry, producer: sent.append(entry.task))
    monkeypatch.setattr(Beat, "producer", None)
    beat = Beat(app, schedule_filename=str(tmp_path / "beat"))
    with time_machine.travel("2026-10-25T02:59:55+02:00"):
        assert 0 < beat.tick() <= settings.PASS_TIME_EVERY
        assert sorted(sent) == sorted(TASKS)
    with time_machine.travel("2026-10-24T12:00:00+02:00", tick=False):
        beat.tick()
        assert len(sent) == len(TASKS)
        monkeypatch.setattr(beat, "_next_at", 0.0)
        beat.tick()
        assert len(sent) == 2 * len(TASKS)
    beat.close()


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_known_and_is_not_lost_with_its_worker(name: str) -> None:
    app.loader.import_default_modules()
    assert name in app.tasks
    task = app.tasks[name]
    assert task.acks_late
    assert task.reject_on_worker_lost
    assert task.ignore_result
    assert app.conf.worker_prefetch_multiplier == 1


@pytest.mark.parametrize("name", TASKS)
def test_a_task_takes_nothing_by_position_and_anything_by_name(name: str) -> None:
    app.loader.import_default_modules()
    parameters = inspect.signature(app.tasks[name].run).parameters.values()
    assert all(parameter.kind is not inspect.Parameter.VAR_POSITIONAL for parameter in parameters)
    assert all(parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD for parameter in parameters)
    assert any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters)


def test_no_task_lasts_as_long_as_the_broker_waits_before_it_hands_it_out_again() -> None:
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    # The longest that a worker can be at it: its time, and one message that hangs wherever it can, on two connections.
    assert options["visibility_timeout"] > tasks.LONGEST + 2 * 12 * settings.EMAIL_TIMEOUT
    # Else a dead worker's task comes back after minutes.
    assert options["unacked_restore_interval"] <= 10
    assert options["unacked_restore_throttle"] == 1


def test_a_worker_outlives_a_broker_that_is_away_for_hours() -> None:
    assert app.conf.broker_connection_max_retries is None
    assert app.conf.broker_connection_retry_on_startup
