"""Workers and beat die in the midst of their work: what they had begun, others end."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from tests.faults.conftest import Report
from tests.faults.works import FULL, Watch, Works, slay, soon

pytestmark = pytest.mark.postgresql


def test_workers_and_beat_are_killed_at_random(works: Works, report: Report) -> None:
    kills = 12 if FULL else 4
    works.sink.pause = 0.002 if FULL else 0.02
    watch = Watch(works.sink)
    for number in range(kills):
        watch.wait_for((number + random.random()) / (kills + 1))
        slay(works.workers[number % 2])
        slay(works.beat)
        works.heal()
    watch.wait_for_all()
    told = watch.told(f"kill -9 of a worker and of beat, {kills} times")
    report(told)
    assert told.lost == 0
    assert told.doubled <= kills


def test_both_workers_are_killed_while_the_mail_server_says_that_it_has_accepted(works: Works, report: Report) -> None:
    moments = 2
    works.sink.pause = 0.002
    watch = Watch(works.sink)
    fatal = [int(watch.owed.count * (number + 1) / (moments + 1)) for number in range(moments)]

    def kill_at_the_worst_moment(_number: int) -> None:
        if fatal and watch.accepted >= fatal[0]:
            fatal.pop(0)
            for worker in works.workers:
                os.killpg(worker.pid, signal.SIGKILL)

    works.sink.on_accept = kill_at_the_worst_moment
    for _moment in range(moments):
        soon(lambda: not any(worker.is_alive() for worker in works.workers))
        works.heal()
    watch.wait_for_all()
    told = watch.told(f"kill -9 of both workers when a mail was accepted, {moments} times")
    report(told)
    assert told.lost == 0
    # One is in doubt for certain, and the other worker may have been in the midst of one too.
    assert moments <= told.doubled <= moments * len(works.workers)


def test_a_worker_whose_children_are_killed_goes_on(works: Works, report: Report) -> None:
    kills = 2
    works.sink.pause = 0.01
    watch = Watch(works.sink)
    for number in range(kills):
        watch.wait_for((number + 0.5) / (kills + 1))
        for child in children_of(works.workers[number].pid):
            os.kill(child, signal.SIGKILL)
    watch.wait_for_all()
    told = watch.told(f"kill -9 of a worker's child, {kills} times")
    report(told)
    assert told.lost == 0
    assert told.doubled <= kills
    assert all(worker.is_alive() for worker in works.workers)


def test_two_beats_at_once(works: Works, report: Report) -> None:
    with works.another_beat():
        watch = Watch(works.sink)
        watch.wait_for_all()
    told = watch.told("two beats")
    report(told)
    assert (told.lost, told.doubled) == (0, 0)


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
