"""The clock of production: what beat sends, and when."""

from __future__ import annotations

import time
from typing import Any

from celery.beat import PersistentScheduler
from django.conf import settings


class Beat(PersistentScheduler):
    """Sends every task of the schedule once in each interval, counted by a clock that nobody sets.

    Celery's own scheduler goes by the clock on the wall: set back by three hours, it would be silent for as long.
    """

    _next_at = 0.0

    def tick(self, *_unused: Any, **_unused_too: Any) -> float:
        """Send what is to be sent now; give the seconds until the next time."""
        now = time.monotonic()
        if now >= self._next_at:
            self._next_at = now + settings.PASS_TIME_EVERY
            for entry in list(self.schedule.values()):
                self.reserve(entry)
                self.apply_entry(entry, producer=self.producer)
        return max(self._next_at - time.monotonic(), 0.0)
