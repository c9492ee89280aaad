"""In production a real worker lets time pass, told by a broker that may lose everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from celery import Celery
from django.conf import settings

from backend.celery import app
from tests.services import Server, start_celery, wait_until

PASS_TIME = "notifications.tasks.pass_time"


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
    broker.send_task(PASS_TIME, kwargs={"an_argument_of_tomorrow": 1}, ignore_result=True)
    wait_until(lambda: f"{PASS_TIME}[" in worker.output and "succeeded in" in worker.output)
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


def test_beat_is_static_and_its_ticks_expire() -> None:
    assert set(app.conf.beat_schedule) == {"pass-time"}
    tick = app.conf.beat_schedule["pass-time"]
    assert tick["task"] == PASS_TIME
    assert tick["options"]["expires"] <= tick["schedule"]


def test_a_task_is_known_and_is_not_lost_with_its_worker() -> None:
    app.loader.import_default_modules()
    assert PASS_TIME in app.tasks
    task = app.tasks[PASS_TIME]
    assert task.acks_late
    assert task.reject_on_worker_lost
    assert task.ignore_result
    assert app.conf.worker_prefetch_multiplier == 1
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] == 600
