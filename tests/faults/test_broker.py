"""Redis forgets, stops, and comes back: it holds nothing that matters."""

from __future__ import annotations

import pytest
import redis

from tests.faults.conftest import Report
from tests.faults.works import Watch, Works

pytestmark = pytest.mark.postgresql


def test_redis_is_flushed(works: Works, report: Report) -> None:
    works.sink.pause = 0.002
    watch = Watch(works.sink)
    with redis.Redis.from_url(works.redis.url) as client:
        for share in (0.0, 0.3, 0.6):
            watch.wait_for(share)
            client.flushall()
    watch.wait_for_all()
    told = watch.told("Redis flushed, 3 times")
    report(told)
    assert (told.lost, told.doubled) == (0, 0)


def test_redis_is_killed_and_restarted(works: Works, report: Report) -> None:
    works.sink.pause = 0.002
    watch = Watch(works.sink)
    for share in (0.2, 0.5):
        watch.wait_for(share)
        works.redis.kill()
        works.redis.start()
    watch.wait_for_all()
    told = watch.told("Redis killed and restarted, twice")
    report(told)
    assert (told.lost, told.doubled) == (0, 0)


def test_redis_is_down_when_things_become_due(works: Works, report: Report) -> None:
    works.redis.stop()
    watch = Watch(works.sink)
    works.redis.start()
    watch.wait_for_all()
    told = watch.told("Redis down when things become due")
    report(told)
    assert (told.lost, told.doubled) == (0, 0)
