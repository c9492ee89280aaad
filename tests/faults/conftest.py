"""The servers of the faults, and the table of what became of what was owed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from pytest_django import DjangoDbBlocker

from tests.faults.sink import Sink
from tests.faults.town import tell_at_any_hour, town_at
from tests.faults.works import Told, Works, running_works
from tests.plugin import skip_loudly
from tests.services import ROOT, NotStarted, Server, start_postgres, start_redis

Report = Callable[[Told], None]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL of its own that keeps what it has acknowledged, with a town to be copied."""
    try:
        with start_postgres(durable=True) as server:
            build_town(database(server, "town", "template1"))
            yield server
            server.kill()  # nobody needs its data any more
    except NotStarted as error:
        skip_loudly(f"PostgreSQL could not be started ({error})")


@pytest.fixture(scope="session")
def redis() -> Iterator[Server]:
    """A Redis of its own that keeps nothing, as in production."""
    try:
        with start_redis() as server:
            yield server
    except NotStarted as error:
        skip_loudly(f"Redis could not be started ({error})")


@pytest.fixture(scope="session")
def sink() -> Iterator[Sink]:
    """The mail server."""
    sink = Sink()
    yield sink
    sink.go_down()


@pytest.fixture(scope="session")
def running(postgres: Server, redis: Server, sink: Sink, django_db_blocker: DjangoDbBlocker) -> Iterator[Works]:
    """Everything that runs in production, for one fault after the other."""
    url = database(postgres, f"works_{uuid4().hex}", "town")
    with django_db_blocker.unblock(), town_at(url):
        tell_at_any_hour()
        with running_works(postgres=postgres, redis=redis, database_url=url, broker_url=redis.url, sink=sink) as works:
            yield works


@pytest.fixture
def works(running: Works, sink: Sink, django_db_blocker: DjangoDbBlocker) -> Iterator[Works]:
    """The same, in good order."""
    sink.calm()
    running.heal()
    with django_db_blocker.unblock():
        yield running


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Report:
    """Put a row into the table that the run ends with."""
    return lambda told: record_property("told", asdict(told))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table. Under xdist the rows come with the reports of the worker processes."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    rows = [row for report in reports for name, row in getattr(report, "user_properties", []) if name == "told"]
    if rows:
        names = [field.name for field in fields(Told)]
        terminalreporter.section("faults")
        for row in [dict(zip(names, names, strict=True)), *rows]:
            fault, *numbers = (str(row[name]) for name in names)
            terminalreporter.write_line(f"{fault:60}" + "".join(f"{number:>9}" for number in numbers))


def database(server: Server, name: str, template: str) -> str:
    """Make a database on the server from a template; give its address."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    return f"{server.url.rpartition('/')[0]}/{name}"


def build_town(url: str) -> None:
    """Fill a database with the town."""
    subprocess.run(
        [sys.executable, "-m", "tests.faults.founding"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "backend.settings",
            "DATABASE_URL": url,
            "PGOPTIONS": "-c synchronous_commit=off",
        },
        check=True,
    )
