"""The servers that tests start are real, can be ended and started again, and do not outlive the tests."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from tests import services
from tests.plugin import skip_loudly
from tests.services import NotStarted, Server, start_postgres, start_redis, wait_until

START_AND_WAIT = """
from tests.services import start_redis
with start_redis() as server:
    print(server.pid, server.folder, flush=True)
    input()
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    try:
        with start_postgres(durable=True) as server:
            yield server
    except NotStarted as error:
        skip_loudly(str(error))


def test_postgres_keeps_what_was_written_over_a_kill(postgres: Server) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    postgres.kill()
    assert not postgres.is_alive()
    postgres.start()
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)


def test_postgres_does_not_run_as_root(postgres: Server) -> None:
    assert Path(f"/proc/{postgres.pid}").stat().st_uid != 0


def test_postgres_listens_on_the_loopback_interface_only(postgres: Server) -> None:
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)


def test_a_durable_redis_keeps_what_it_holds_over_a_restart() -> None:
    with start_redis(durable=True) as server, redis.Redis.from_url(server.url) as client:
        client.set("word", "kept")
        server.kill()
        server.start()
        assert client.get("word") == b"kept"


def test_the_redis_of_the_run_answers(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.ping()


def test_a_server_ends_with_its_context() -> None:
    with start_redis() as server:
        assert server.is_alive()
        folder = server.folder
    assert not server.is_alive()
    assert not folder.exists()


def test_a_server_does_not_outlive_a_killed_test_process() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT],
        cwd=services.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        pid, folder = parent.stdout.readline().decode().split()
        assert runs(int(pid))
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        wait_until(lambda: not runs(int(pid)))
    shutil.rmtree(folder)


def runs(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_server_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "START_WITHIN", 0.5)
    with start_redis() as first:
        monkeypatch.setattr(services, "free_port", lambda: first.port)
        monkeypatch.setattr(services, "_redis_answers", lambda server: False)
        with pytest.raises(NotStarted, match="Address already in use"), start_redis():
            pytest.fail("two servers share a port")
