"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker, Settings

from tests.builders import World, build_world
from tests.plugin import postgres_database
from tests.rows import Rows, add_rows, read_rows, restore, rows_since


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database of the tests. After one that commits, it holds again what it came with."""
    with django_db_blocker.unblock():
        shipped = read_rows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: restore(shipped))
        yield


@pytest.fixture(scope="session")
def migrated_database_url(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Give the address of an empty migrated database of the run's kind, to be copied: that of the tests as it began."""
    if connection.vendor == "sqlite":
        copy = tmp_path_factory.mktemp("database") / "involver.sqlite3"
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        yield f"sqlite:///{copy}"
    else:
        at_rest: Any = connection
        with django_db_blocker.unblock():
            at_rest.close()
            at_rest.close_pool()
        server = os.environ["DATABASE_URL"].rpartition("/")[0]
        with postgres_database(f"{server}/{connection.settings_dict['NAME']}") as address:
            yield address


@pytest.fixture(scope="session")
def first_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> tuple[World, Rows]:
    """The municipality as the commands make it, and all that they have written."""
    with django_db_blocker.unblock(), transaction.atomic():
        before = read_rows()
        world = build_world()
        rows = rows_since(before)
        transaction.set_rollback(True)
    return world, rows


@pytest.fixture
def world(first_world: tuple[World, Rows], db: None) -> World:
    """A small municipality with its cast."""
    world, rows = first_world
    add_rows(rows)
    return deepcopy(world)


@pytest.fixture
def with_mail(settings: Settings) -> None:
    """People are told by e-mail as well; what is sent lies in ``django.core.mail.outbox``."""
    settings.HAS_EMAIL = True
