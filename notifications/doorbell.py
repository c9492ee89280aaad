"""The doorbell: rung after a commit that has put something into the outbox, so that nobody waits for the next sweep.

A bell, not the letter. What is owed stands in the database, and the sweep finds it whether or not anybody heard.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import Signal

from coordination.models import OutboxEntry

if TYPE_CHECKING:
    from celery import Celery  # where there is no broker it is not even loaded

logger = logging.getLogger(__name__)

rung = Signal()
DELIVER = "notifications.tasks.deliver"
SOCKET_TIMEOUT = 0.5  # seconds


def install() -> None:
    """Have the bell rung."""
    post_save.connect(ring_after_commit, sender=OutboxEntry, dispatch_uid="doorbell")


def let_workers_hear(app: Celery) -> None:
    """Pass the ringing on to the workers of a Celery app."""
    rung.connect(Nudger(lambda: nudge_workers(app)).ring, weak=False, dispatch_uid="nudger")


def ring_after_commit(*, created: bool, using: str, **_unused: Any) -> None:
    """Ring once the transaction that writes the row has been committed. Nobody who hears it can make it fail."""
    if created:
        transaction.on_commit(lambda: rung.send_robust(sender=OutboxEntry), using=using)


class Nudger:
    """Passes the ringing on to the workers, from a thread of its own: no page waits for the broker.

    However often it rings, at most one nudge goes out in ``pause`` seconds, and none for ``silence`` seconds after one
    that failed. The last ringing is never passed over.
    """

    def __init__(self, nudge: Callable[[], None], *, pause: float = 1.0, silence: float = 30.0) -> None:
        """Prepare. The thread is started by the first ringing, so that it lives in the process that rings."""
        self._nudge = nudge
        self._pause = pause
        self._silence = silence
        self._rang = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def ring(self, **_unused: Any) -> None:
        """Ask for a nudge. Returns at once."""
        self._rang.set()
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="nudger", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        resting = threading.Event()
        while self._rang.wait():
            self._rang.clear()
            try:
                self._nudge()
            except Exception as error:  # noqa: BLE001 -- whatever a broker's client raises
                logger.warning("The workers could not be nudged (%s); the sweep finds all.", type(error).__name__)
                resting.wait(self._silence)
            else:
                resting.wait(self._pause)


def nudge_workers(app: Celery) -> None:
    """Ask the workers for one round of delivering. Raises what the broker's client raises when it is not there."""
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "socket_timeout": SOCKET_TIMEOUT}
    options |= {"socket_connect_timeout": SOCKET_TIMEOUT, "max_retries": 0}
    with app.connection_for_write(transport_options=options) as connection:
        app.send_task(DELIVER, connection=connection, retry=False, expires=settings.PASS_TIME_EVERY)
