"""Somebody in every part, made once for a file of tests: none of them leaves anything changed."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import time_machine
from django.db import transaction
from pytest_django import DjangoDbBlocker, Settings

from tests.builders import build_world, on
from tests.promises.only_those_who_need_to_know.cast import Cast, gather_cast


@pytest.fixture(scope="module")
def gathered(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """The cast, gathered once."""
    with django_db_blocker.unblock(), time_machine.travel(on(1), tick=False), transaction.atomic():
        yield gather_cast(build_world())
        transaction.set_rollback(True)


@pytest.fixture
def cast(gathered: Cast, db: None, settings: Settings) -> Iterator[Cast]:
    """The same for one test, on the day after the Monday, with push; no refusal writes a line to the log."""
    settings.HAS_PUSH, settings.VAPID_PRIVATE_KEY = True, bytes(range(1, 33))
    log = logging.getLogger("django.request")
    before = log.level
    log.setLevel(logging.CRITICAL)
    with time_machine.travel(on(1), tick=False):
        yield gathered
    log.setLevel(before)
