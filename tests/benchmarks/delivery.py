"""How fast messages are delivered, beside the plainest thing that could do it. Run by hand; prints JSON.

    .venv/bin/python -m tests.benchmarks.delivery [--messages 2000] [--many 1000000]

Everything runs on this machine: PostgreSQL, Redis, two workers with one process each, a mail server in this process.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import smtplib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import uuid4

from tests.plugin import TEST_KEYS

FEW = 10_000
ROUNDS = 15


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--many", type=int, default=1_000_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        os.environ.update(TEST_KEYS, VAR_DIR=folder, DJANGO_SETTINGS_MODULE="backend.settings", BASE_URL="http://x")
        import django

        django.setup()
        print(json.dumps(measure(wanted.messages, wanted.many, stack), indent=1))  # noqa: T201 -- its purpose


def measure(messages: int, many: int, stack: ExitStack) -> dict[str, Any]:
    """Measure everything in one run."""
    from tests.faults.conftest import build_town, database
    from tests.faults.sink import Sink
    from tests.faults.town import tell_at_any_hour, town_at
    from tests.services import start_postgres, start_redis

    postgres, redis = stack.enter_context(start_postgres(durable=True)), stack.enter_context(start_redis())
    build_town(database(postgres, "town", "template1"))
    url, sink = database(postgres, f"bench_{uuid4().hex}", "town"), Sink()
    stack.callback(sink.go_down)
    stack.enter_context(town_at(url))
    sample = _sample_of()
    plain_before = _plain_smtp(sink, messages, sample)
    with _works(postgres, redis, url, sink) as beat:
        tell_at_any_hour()
        mailed = _whole_path(messages, beat, "email", lambda: len(sink.accepted))
        from_the_day = _whole_path(messages, beat, "email", lambda: len(sink.accepted), has_steps=False)
        tell_at_any_hour(email_pace="never")
        in_app = _whole_path(messages * 5, beat, "inapp")
    plain = statistics.mean([plain_before, _plain_smtp(sink, messages, sample)])
    bare = _bare_celery(messages, url, redis.url)
    few, lots = _finding(url, FEW), _finding(url, many)
    return {
        "messages": messages,
        "plain smtplib per second": round(plain),
        "whole path by e-mail per second": round(mailed),
        "share of plain": round(mailed / plain, 2),
        "by e-mail per second, with the steps of deadlines yet to be taken": round(from_the_day),
        "bare Celery tasks per second": round(bare),
        "whole path in the app per second": round(in_app),
        "times bare Celery": round(in_app / bare, 2),
        f"finding what is due, milliseconds, {FEW} open": few,
        f"finding what is due, milliseconds, {many} open": lots,
        "ratio": {name: round(lots[name] / few[name], 2) for name in few},
    }


def _sample_of() -> bytes:
    """An e-mail of the size and kind that is sent."""
    from coordination.models import User
    from notifications.channels.email import compose
    from notifications.models import Message
    from notifications.wording.saying import Said

    said = Said("Aftal et næste skridt", "Fristen er mandag den 23. november 2026.", "/forloeb/K7M3-92QD/", "K7M3-92QD")
    message = Message(person=User(name="Maja Holm", email="maja@lilleby.example"))
    written = compose(message, said).message()  # Django's own, which takes the ends of its lines
    return bytes(written.as_bytes(linesep="\r\n"))  # type: ignore[call-arg]


def _plain_smtp(sink: Any, count: int, sample: bytes) -> float:
    with smtplib.SMTP("127.0.0.1", sink.port) as connection:
        began = time.perf_counter()
        for _number in range(count):
            connection.sendmail("a@lilleby.example", ["b@lilleby.example"], sample)
        return count / (time.perf_counter() - began)


@contextmanager
def _works(postgres: Any, redis: Any, url: str, sink: Any) -> Iterator[Any]:
    from tests.faults.works import running_works

    with running_works(
        postgres=postgres,
        redis=redis,
        database_url=url,
        broker_url=redis.url,
        sink=sink,
        environment={"DELIVERY_LEASE": "300", "LOG_LEVEL": "WARNING"},
    ) as works:
        yield works.beat


def _whole_path(
    count: int, beat: Any, channel: str, seen: Callable[[], int] | None = None, *, has_steps: bool = True
) -> float:
    """Owe so many messages while nobody looks, then let the beat go on, and wait until all are settled.

    The path begins with rows of the outbox; without ``has_steps`` half of these are yet to be written, because the
    steps of deadlines are yet to be taken. ``seen`` counts what has come: while less than all of it has, the database
    is not bothered with the question.
    """
    from django.utils import timezone

    from notifications.models import Channel
    from tests.faults.town import make_owed

    os.kill(beat.pid, signal.SIGSTOP)
    time.sleep(2)  # what it had begun comes to its end
    owed = make_owed(count, now=timezone.now())
    if has_steps:
        _take_steps(owed)
    before = seen() if seen is not None else 0
    os.kill(beat.pid, signal.SIGCONT)
    began = time.perf_counter()
    while (seen is not None and seen() < before + count) or not owed.is_settled(Channel(channel)):
        time.sleep(0.02)
    return count / (time.perf_counter() - began)


def _take_steps(owed: Any) -> None:
    """Write the steps that are due, and their rows of the outbox, as the passing of time does."""
    from django.db.models import F
    from django.utils import timezone

    from coordination.models import Deadline, OutboxEntry, StepTaken
    from tests.faults.town import TOWN

    deadlines = Deadline.objects.using(TOWN).filter(pk__range=owed.deadlines)
    told = {"tells_owner": True, "tells_asker": False, "tells_leader": False, "tells_leader_above": False}
    steps = [
        StepTaken(deadline=deadline, planned_on=deadline.due_on, taken_at=timezone.now(), **told)
        for deadline in deadlines
    ]
    written = StepTaken.objects.using(TOWN).bulk_create(steps)
    OutboxEntry.objects.using(TOWN).bulk_create([OutboxEntry(step=step) for step in written])
    deadlines.update(steps_until=F("due_on"), next_step_on=None)


def _bare_celery(count: int, url: str, redis_url: str) -> float:
    import redis
    from celery import Celery

    from tests.faults.works import QUICK_WORKER
    from tests.services import start_celery

    address = redis_url.replace("/0", "/5")  # apart from what the other workers do
    broker, app = redis.Redis.from_url(address), Celery("bare", broker=address)
    with ExitStack() as stack:
        workers = [
            stack.enter_context(
                start_celery(
                    "worker",
                    database_url=url,
                    redis_url=address,
                    arguments=[
                        "--loglevel=INFO",
                        "-I",
                        "tests.benchmarks.bare",
                        *QUICK_WORKER,
                        f"--hostname={name}@%h",
                    ],
                )
            )
            for name in "cd"
        ]
        for worker in workers:
            os.killpg(worker.pid, signal.SIGSTOP)
        for _number in range(count):
            app.send_task("tests.benchmarks.bare")
        began = time.perf_counter()
        for worker in workers:
            os.killpg(worker.pid, signal.SIGCONT)
        while _left(broker):
            time.sleep(0.005)
        return count / (time.perf_counter() - began)


def _left(broker: Any) -> int:
    return int(broker.llen("celery")) + int(broker.hlen("unacked"))


def _finding(url: str, count: int) -> dict[str, float]:
    """Fill the tables up to so many open rows, of which as many are due as in the smaller one, and time the queries."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        missing = count - _one(connection, "SELECT count(*) FROM coordination_deadline WHERE settled_at IS NULL")
        connection.execute("ALTER TABLE coordination_deadline DISABLE TRIGGER ALL")
        connection.execute("ALTER TABLE notifications_message DISABLE TRIGGER ALL")
        connection.execute(
            "DROP INDEX IF EXISTS deadline_one_open_per_case_and_kind, message_once_per_step, message_once_per_event,"
            " message_once_per_digest_on, message_once_per_failed"
        )
        if missing > 0:
            _multiply(
                connection, "coordination_deadline", "next_step_on", "current_date + 30 + (n % 300)::int", missing
            )
            later = "now() + interval '1 day' + n * interval '1 second'"
            _multiply(connection, "notifications_message", "next_at", later, missing)
        connection.execute("ANALYZE")
        deadlines = (
            "SELECT id FROM coordination_deadline WHERE settled_at IS NULL AND next_step_on <= current_date"
            " ORDER BY next_step_on, id LIMIT 200"
        )
        messages = (
            "SELECT id FROM notifications_message WHERE state = 'waiting' AND NOT is_gathered AND channel = 'email'"
            " AND next_at <= now() ORDER BY next_at, id LIMIT 50"
        )
        return {
            "deadlines": _median(lambda: connection.execute(deadlines).fetchall()),
            "messages": _median(lambda: connection.execute(messages).fetchall()),
        }


def _multiply(connection: Any, table: str, column: str, value: str, count: int) -> None:
    """Copy one row of a table so many times, with another day each; of messages: waiting again."""
    columns = [
        row[0]
        for row in connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'", [table]
        )
    ]
    given = {column: value, "uid": "gen_random_uuid()", "state": "'waiting'", "settled_at": "NULL", "settlement": "''"}
    given |= {"channel": "'email'", "is_gathered": "false"}
    chosen = ", ".join(given.get(name, f"t.{name}") for name in columns)
    connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)})"  # noqa: S608 -- names of our own tables
        f" SELECT {chosen} FROM generate_series(1, {count}) AS n,"
        f" (SELECT * FROM {table} LIMIT 1) AS t"
    )


def _one(connection: Any, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


def _median(act: Callable[[], object]) -> float:
    """The middle of so many tries, in milliseconds, after some to warm up."""
    times = []
    for number in range(ROUNDS + 5):
        began = time.perf_counter()
        act()
        if number >= 5:
            times.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(times), 3)


if __name__ == "__main__":
    main()
