"""The thread of the embedded mode goes on after errors and ends when asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest

from notifications import passing, scheduler
from notifications.scheduler import Scheduler


def test_a_failed_round_is_followed_by_the_next(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    third = threading.Event()
    rounds: list[int] = []

    def run_round(*, may_go_on: Callable[[], bool]) -> int:
        rounds.append(len(rounds))
        if len(rounds) < 3:
            raise RuntimeError("Maja Holm")
        third.set()
        return 0

    monkeypatch.setattr(scheduler, "run_round", run_round)
    thread = Scheduler(every=0.001)
    thread.start()
    assert third.wait(10)
    thread.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert caplog.messages.count("A round of the scheduler failed; the next one tries again.") == 2


def test_a_long_wait_ends_at_once_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = threading.Event()
    monkeypatch.setattr(scheduler, "run_round", lambda **_: waiting.set())
    thread = Scheduler(every=3600)
    thread.start()
    assert waiting.wait(10)
    thread.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_woken_it_delivers_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds, delivered = threading.Event(), threading.Event()
    monkeypatch.setattr(scheduler, "run_round", lambda **_: rounds.set())
    monkeypatch.setattr(scheduler, "deliver", lambda **_: delivered.set())
    thread = Scheduler(every=3600)
    thread.start()
    assert rounds.wait(10)
    assert not delivered.is_set()
    thread.wake()
    assert delivered.wait(10)
    thread.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_woken_all_the_time_it_lets_time_pass_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    thread = Scheduler(every=0.001)

    def note(what: str) -> int:
        done.append(what)
        thread.wake()
        if done.count("round") == 3:
            thread.stop()
        return 0

    monkeypatch.setattr(scheduler, "run_round", lambda **_: note("round"))
    monkeypatch.setattr(scheduler, "deliver", lambda **_: note("deliver"))
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


def test_a_round_goes_on_until_nothing_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    batches = [200, 200, 7, 0]
    given: list[datetime] = []

    def pass_time(*, now: datetime, failed: set[int]) -> int:
        given.append(now)
        return batches.pop(0)

    periods = [1, 1, 0]
    monkeypatch.setattr(passing, "pass_time", pass_time)
    monkeypatch.setattr(passing, "reckon_figures", lambda *, now, failed: periods.pop(0))
    monkeypatch.setattr(passing, "let_things_end", lambda *, may_go_on: 30)
    monkeypatch.setattr(passing, "keep_logs", lambda *, may_go_on: 4)
    assert passing.let_time_pass() == 443
    assert batches == periods == []
    assert all(now.tzinfo is not None for now in given)


def test_a_round_goes_on_behind_a_batch_that_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [(0, {1, 2}), (0, {3, 4}), (1, {5}), (0, set())]
    periods = [(0, {1}), (1, set[int]()), (0, set())]

    def do_next(batches: list[tuple[int, set[int]]], failed: set[int]) -> int:
        done, newly_failed = batches.pop(0)
        failed |= newly_failed
        return done

    monkeypatch.setattr(passing, "pass_time", lambda *, now, failed: do_next(steps, failed))
    monkeypatch.setattr(passing, "reckon_figures", lambda *, now, failed: do_next(periods, failed))
    monkeypatch.setattr(passing, "let_things_end", lambda *, may_go_on: 0)
    monkeypatch.setattr(passing, "keep_logs", lambda *, may_go_on: 0)
    assert passing.let_time_pass() == 2
    assert steps == periods == []


def test_a_round_stops_between_two_batches_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [True]
    monkeypatch.setattr(passing, "pass_time", lambda *, now, failed: 200)
    monkeypatch.setattr(passing, "reckon_figures", lambda *, now, failed: 1)
    assert passing.let_time_pass(may_go_on=lambda: bool(answers) and answers.pop(0)) == 200
