"""The thread that lets time pass in the embedded one-process mode."""

from __future__ import annotations

import logging
import threading

from django.db import close_old_connections

from notifications.passing import run_round

logger = logging.getLogger(__name__)


class Scheduler(threading.Thread):
    """Run a round at once and then every `every` seconds, until stopped. Outlives every error of a round."""

    def __init__(self, *, every: float) -> None:
        """Prepare the thread; `every` is in seconds, from the end of one round to the start of the next."""
        super().__init__(name="scheduler")
        self._every = every
        self._stopped = threading.Event()

    def run(self) -> None:
        """Run rounds until somebody calls stop()."""
        while not self._stopped.is_set():
            self._run_one()
            self._stopped.wait(self._every)

    def stop(self) -> None:
        """Ask the thread to end after the batch that it is in. Returns at once; join() waits."""
        self._stopped.set()

    def _run_one(self) -> None:
        # A connection that the server has dropped is replaced before the round; none is kept too long.
        close_old_connections()
        try:
            run_round(may_go_on=lambda: not self._stopped.is_set())
        except Exception:
            logger.exception("A round of the scheduler failed; the next one tries again.")
        finally:
            close_old_connections()
