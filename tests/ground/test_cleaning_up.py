"""A test that commits is cleaned up after, and what it leaves behind refuses changes as before."""

from __future__ import annotations

import pytest

from coordination.models import Event
from coordination.queries.log_check import tables_without_guard
from tests.builders import build_world
from tests.rows import read_rows, restore

pytestmark = pytest.mark.django_db(transaction=True)


def test_all_rows_are_put_back_after_a_test_and_guarded_again() -> None:
    before = read_rows()
    build_world()
    assert Event.objects.exists()
    restore(before)
    assert read_rows() == before
    assert not Event.objects.exists()
    assert tables_without_guard() == []
