"""One round of what time brings, the same for a Celery worker and for the thread of the embedded mode."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from coordination.commands.time import pass_time


def go_on() -> bool:
    """Never stop early: for callers that nobody asks to stop."""
    return True


def run_round(*, may_go_on: Callable[[], bool] = go_on) -> int:
    """Do everything that is due now, batch after batch, and say how many things were done.

    Asks between two batches whether it may go on. What is left, the next round does.
    """
    done = 0
    while may_go_on():
        batch = pass_time(now=timezone.now())
        if not batch:
            break
        done += batch
    return done
