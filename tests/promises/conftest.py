"""A municipality to break, built once for a file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.builders import (
    build_world,
)
from tests.promises.living import Lived


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Lived]:
    """A municipality in which something of every kind is under way, made once for all tests here."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Lived(build_world())
        transaction.set_rollback(True)


@pytest.fixture
def lived(town: Lived, db: None) -> Lived:
    """The same for one test, which leaves nothing behind."""
    return town
