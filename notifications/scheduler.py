"""The thread that lets time pass in the embedded one-process mode."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections

from notifications.passing import deliver, run_round

logger = logging.getLogger(__name__)


class Scheduler(threading.Thread):
    """Run a round at once and then every `every` seconds, until stopped. Outlives every error of a round.

    Woken in between, it delivers what there is.
    """

    def __init__(self, *, every: float) -> None:
        """Prepare the thread; `every` is in seconds, from the end of one round to the start of the next."""
        super().__init__(name="scheduler")
        self._every = every
        self._stopped = threading.Event()
        self._woken = threading.Event()

    def run(self) -> None:
        """Run rounds until somebody calls stop()."""
        while not self._stopped.is_set():
            self._woken.clear()
            self._do(run_round)
            next_round = time.monotonic() + self._every
            while self._is_woken_before(next_round):
                self._woken.clear()
                self._do(deliver)

    def wake(self, **_unused: Any) -> None:
        """Have delivered at once what there is. Returns at once."""
        self._woken.set()

    def stop(self) -> None:
        """Ask the thread to end after the batch that it is in. Returns at once; join() waits."""
        self._stopped.set()
        self._woken.set()

    def _is_woken_before(self, moment: float) -> bool:
        left = moment - time.monotonic()
        return left > 0 and not self._stopped.is_set() and self._woken.wait(left)

    def _do(self, act: Callable[..., int]) -> None:
        # A connection that the server has dropped is replaced before the round; none is kept too long.
        close_old_connections()
        try:
            act(may_go_on=lambda: not self._stopped.is_set())
        except Exception:
            logger.exception("A round of the scheduler failed; the next one tries again.")
        finally:
            close_old_connections()
