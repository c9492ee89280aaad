"""Celery tasks: thin, without arguments that mean anything, harmless when two run at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from celery import shared_task

from notifications.passing import deliver as deliver_due
from notifications.passing import let_time_pass

# Shorter than a worker is given to end when it is asked to, so that none is killed in the midst of a message; and far
# shorter than the broker's visibility timeout, so that no task is handed out twice because it takes long.
LONGEST = 30.0  # seconds


@shared_task(name="notifications.tasks.pass_time")
def pass_time(**_unknown: Any) -> None:
    """Do what time has brought. Unknown arguments are accepted, so that old and new workers can overlap."""
    let_time_pass(may_go_on=for_seconds(LONGEST))


@shared_task(name="notifications.tasks.deliver")
def deliver(**_unknown: Any) -> None:
    """Tell everybody who is to be told. What is left when the time is over, the next one does."""
    deliver_due(may_go_on=for_seconds(LONGEST))


def for_seconds(seconds: float) -> Callable[[], bool]:
    """Give a question that is answered with yes for so many seconds."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end
