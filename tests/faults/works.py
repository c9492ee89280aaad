"""Everything that runs in production, as real processes that can be killed: PostgreSQL, Redis, two workers, beat."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import Error, connections
from django.utils import timezone

from notifications.models import Channel
from tests.faults.sink import Sink
from tests.faults.town import TOWN, Owed, make_owed
from tests.services import Server, start_celery, wait_until

FULL = os.environ.get("FAULTS") == "full"
MANY = 10_000 if FULL else 200
PATIENCE = 900.0 if FULL else 240.0  # seconds after which something counts as lost
# Short enough for a test to wait for, and long beside what a message takes on a busy machine.
LEASE, TIMEOUT, PAUSE, ROUND = 12.0, 5.0, 1.0, 0.5
QUICK_WORKER = ["--concurrency=1", "--without-gossip", "--without-mingle", "--without-heartbeat"]


@dataclass
class Told:
    """What became of what was owed during a fault: one row of the table."""

    fault: str
    owed: int
    sent: int
    lost: int
    doubled: int


@dataclass
class Works:
    """The processes, and the mail server that they send to."""

    postgres: Server
    redis: Server
    sink: Sink
    workers: list[Server]
    beat: Server
    another_beat: Callable[[], AbstractContextManager[Server]]

    def heal(self) -> None:
        """Start again what is dead."""
        for server in (self.postgres, self.redis, *self.workers, self.beat):
            if not server.is_alive():
                server.start()

    def go_round(self) -> None:
        """Wait until a whole round has been begun and ended since."""
        before = self._ended()
        # One more of each task than there are workers: the first ones may have begun before.
        wanted = len(self.workers) + 1
        soon(lambda: all(now >= then + wanted for now, then in zip(self._ended(), before, strict=True)))

    def _ended(self) -> list[int]:
        outputs = "".join(worker.output for worker in self.workers)
        return [len(re.findall(rf"tasks\.{task}\[\S+\] succeeded", outputs)) for task in ("pass_time", "deliver")]


def environment_of(sink: Sink) -> dict[str, str]:
    """What the settings of the processes read, besides where the servers are."""
    return {
        "EMAIL_URL": sink.url,
        "MAIL_FROM": "Involver <involver@lilleby.example>",
        "EMAIL_TIMEOUT": str(TIMEOUT),
        "DELIVERY_LEASE": str(LEASE),
        "DELIVERY_PAUSE": str(PAUSE),
        "PASS_TIME_EVERY": str(ROUND),
    }


@contextmanager
def running_works(
    *,
    postgres: Server,
    redis: Server,
    database_url: str,
    broker_url: str,
    sink: Sink,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Works]:
    """Run two workers and a beat on a database and a broker of the servers."""

    @contextmanager
    def start(role: str, *arguments: str) -> Iterator[Server]:
        with start_celery(
            role,
            database_url=database_url,
            redis_url=broker_url,
            arguments=["--loglevel=INFO", *arguments],
            environment={**environment_of(sink), **(environment or {})},
        ) as server:
            try:
                yield server
            finally:
                slay(server)

    with ExitStack() as stack:
        workers = [stack.enter_context(start("worker", *QUICK_WORKER, f"--hostname={name}@%h")) for name in "ab"]
        yield Works(postgres, redis, sink, workers, stack.enter_context(start("beat")), partial(start, "beat"))


def slay(server: Server) -> None:
    """Kill a process and its children with SIGKILL, as when their machine goes."""
    if server.process is not None:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.process.wait()


def soon(happened: Callable[[], bool]) -> None:
    """Wait until something has happened, however busy the machine is. A database that is away is asked again."""

    def has_happened() -> bool:
        try:
            return happened()
        except Error:
            connections[TOWN].close()
            return False

    wait_until(has_happened, within=PATIENCE)


class Watch:
    """Owes a lot, waits until all of it is settled, and counts."""

    def __init__(self, sink: Sink, count: int = MANY, *, now: datetime | None = None) -> None:
        """Owe it now, or when the clock of the processes says that it is now."""
        self._sink = sink
        self.before = len(sink.accepted)
        self.owed: Owed = make_owed(count, now=now or timezone.now())

    @property
    def accepted(self) -> int:
        """How many messages the mail server has accepted since."""
        return len(self._sink.accepted) - self.before

    def wait_for(self, share: float) -> None:
        """Wait until that share of the messages has been accepted."""
        soon(lambda: self.accepted >= share * self.owed.count)

    def wait_for_all(self) -> None:
        """Wait until every message that is owed has been made and has come to an end."""
        soon(lambda: self.owed.is_settled(Channel.EMAIL) and self.owed.is_settled(Channel.IN_APP))

    def told(self, fault: str) -> Told:
        """Count what was sent, lost and doubled; every copy that was accepted is one of a message that was owed."""
        copies = self._sink.count_since(self.before)
        uids = {f"<{uid}@lilleby.example>" for uid in self.owed.messages(Channel.EMAIL).values_list("uid", flat=True)}
        assert set(copies) <= uids, "a mail came that nobody was owed"
        assert len(uids) == self.owed.count, "somebody was told twice in different words, or not at all"
        assert self.owed.messages(Channel.IN_APP).filter(state="sent").count() == self.owed.count
        return Told(
            fault=fault,
            owed=self.owed.count,
            sent=len(copies),
            lost=self.owed.count - len(copies),
            doubled=copies.total() - len(copies),
        )
