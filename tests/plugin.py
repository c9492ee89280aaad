"""Prepares a run of the tests before Django's settings are read: where the database is, which keys are used.

`--database=sqlite` (the default) works on a file; `--database=postgresql` on the server that
TEST_DATABASE_URL names or else on one started for this run. What cannot be started is skipped loudly, and
under CI=true fails. `--asking-database` leaves out what asks no database, and so was tested on the other one.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tests.services import NotStarted, start_postgres, start_redis

UNDER_CI = os.environ.get("CI") == "true"
KEY_NAMES = ("SECRET_KEY", "REFERENCE_KEYS", "INDEX_KEY")
TEST_KEYS = {
    "SECRET_KEY": "for-tests-only-" + "0123456789abcdefghijklmnopqrstuvwxyz",
    "REFERENCE_KEYS": "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "INDEX_KEY": "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=",
}
servers = ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --database and --asking-database."""
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite", help="database of the run")
    parser.addoption("--asking-database", action="store_true", help="only the tests that ask a database anything")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Set the environment that the settings read. Worker processes of pytest-xdist inherit it."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    folder = tempfile.mkdtemp(prefix="involver-tests-")
    servers.callback(shutil.rmtree, folder, ignore_errors=True)
    for name in (
        "ALLOWED_HOSTS",
        "CSRF_TRUSTED_ORIGINS",
        "BEHIND_HTTPS",
        "REDIS_URL",
        "DATABASE_URL",
        *KEY_NAMES,
    ):
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    os.environ.update(TEST_KEYS, VAR_DIR=folder, DJANGO_ALLOW_ASYNC_UNSAFE="true")
    if early_config.known_args_namespace.database == "postgresql":
        os.environ["DATABASE_URL"] = find_postgres()
    else:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/involver.sqlite3"


def find_postgres() -> str:
    """Give the address of a PostgreSQL for this run; end the run when there is none."""
    address = os.environ.get("TEST_DATABASE_URL")
    if address:
        return address
    try:
        # A vacuum between two tests would take down that the tables are empty, since tests take back what they write;
        # the planner then joins the thousands of rows of the next long test as if there were none, which takes minutes.
        return servers.enter_context(start_postgres(options=["autovacuum=off"])).url
    except NotStarted as error:
        shout(f"NO POSTGRESQL: all tests on it are SKIPPED. {error}")
        servers.close()
        sys.exit(1 if UNDER_CI else 0)  # before pytest has begun, its own exit would be a traceback


def shout(words: str) -> None:
    """Write something that nobody overlooks."""
    sys.stderr.write(f"\n{'*' * 80}\n*** {words}\n{'*' * 80}\n")


def skip_loudly(reason: str) -> None:
    """Skip the test because a service is missing; under CI fail it, for there nothing may be skipped."""
    if UNDER_CI:
        pytest.fail(reason, pytrace=False)
    shout(f"{reason}: SKIPPED")
    pytest.skip(reason)


def pytest_report_header() -> str:
    """Say which database the run is on."""
    return f"database: {os.environ['DATABASE_URL'].partition(':')[0]}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked as being for the other kind of database, and what asks none where that is wanted."""
    other = "postgresql" if os.environ["DATABASE_URL"].startswith("sqlite") else "sqlite"
    is_any = not config.getoption("--asking-database")
    left_out = [item for item in items if item.get_closest_marker(other) or not (is_any or asks_database(item))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def asks_database(item: pytest.Item) -> bool:
    """Say whether a test may ask the database, or serves one: pytest-django lets no other test do so."""
    fixtures = set(getattr(item, "fixturenames", ()))
    is_marked = any(item.get_closest_marker(mark) for mark in ("django_db", "postgresql", "sqlite"))
    return is_marked or bool(fixtures & {"db", "transactional_db", "django_db_setup", "live_server"})


def pytest_unconfigure() -> None:
    """Stop what was started for the run."""
    servers.close()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Give the address of a Redis: the one of TEST_REDIS_URL, or one started for this run."""
    address = os.environ.get("TEST_REDIS_URL")
    if address:
        yield address
        return
    with ExitStack() as stack:
        try:
            server = stack.enter_context(start_redis())
        except NotStarted as error:
            skip_loudly(f"Redis could not be started ({error})")
            return
        yield server.url


@pytest.fixture
def served_database_url(migrated_database_url: str, tmp_path: Path) -> Iterator[str]:
    """Give the address of a migrated database of its own, for processes that a test starts."""
    if migrated_database_url.startswith("sqlite"):
        shutil.copy(migrated_database_url.removeprefix("sqlite:///"), tmp_path / "served.sqlite3")
        yield f"sqlite:///{tmp_path}/served.sqlite3"
    else:
        with postgres_database(migrated_database_url) as copy:
            yield copy


@contextmanager
def postgres_database(template: str) -> Iterator[str]:
    """Copy a database that nobody is connected to; the copy is dropped afterwards."""
    server, _, original = template.rpartition("/")
    name = f"served_{uuid4().hex}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        copy = sql.Identifier(name)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(copy, sql.Identifier(original)))
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(copy))
