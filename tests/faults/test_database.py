"""PostgreSQL goes away in the midst of the work, politely or not."""

from __future__ import annotations

import pytest

from tests.faults.conftest import Report
from tests.faults.works import Watch, Works

pytestmark = pytest.mark.postgresql


def test_postgres_is_restarted(works: Works, report: Report) -> None:
    restarts = 2
    works.sink.pause = 0.005
    watch = Watch(works.sink)
    for number in range(restarts):
        watch.wait_for((number + 0.5) / (restarts + 1))
        works.postgres.restart()
    watch.wait_for_all()
    told = watch.told(f"PostgreSQL restarted, {restarts} times")
    report(told)
    # A worker that cannot mark what it has sent waits for the database and marks it then.
    assert (told.lost, told.doubled) == (0, 0)


def test_postgres_is_killed(works: Works, report: Report) -> None:
    kills = 2
    works.sink.pause = 0.005
    watch = Watch(works.sink)
    for number in range(kills):
        watch.wait_for((number + 0.5) / (kills + 1))
        works.postgres.kill()
        works.postgres.start()
    watch.wait_for_all()
    told = watch.told(f"kill -9 of PostgreSQL, {kills} times")
    report(told)
    assert (told.lost, told.doubled) == (0, 0)
