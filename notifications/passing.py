"""Rounds of what time brings and of telling people: the same for Celery and for the embedded mode's thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.utils import timezone

from coordination.commands.figures import reckon_figures
from coordination.commands.time import pass_time
from coordination.models import OutboxEntry
from notifications.delivery.digests import gather_digests
from notifications.delivery.relay import BATCH, relay
from notifications.delivery.sending import SENDERS, go_on, send_due
from notifications.doorbell import rung


def run_round(*, may_go_on: Callable[[], bool] = go_on) -> int:
    """Let time pass and tell everybody who is to be told; say how many things were done."""
    return let_time_pass(may_go_on=may_go_on) + deliver(may_go_on=may_go_on)


def let_time_pass(*, may_go_on: Callable[[], bool] = go_on) -> int:
    """Do everything that is due now, batch after batch, and say how many things were done.

    Asks between two batches whether it may go on. What is left, the next round does.
    """
    failed: set[int] = set()
    done = _until_dry(lambda: pass_time(now=timezone.now(), failed=failed), may_go_on)
    without_figures: set[int] = set()  # last of all, so that no step of a deadline waits for a figure
    return done + _until_dry(lambda: reckon_figures(now=timezone.now(), failed=without_figures), may_go_on)


def deliver(*, may_go_on: Callable[[], bool] = go_on) -> int:
    """Relay the outbox, make the digests, send all that is due over every channel; say how many things were done."""
    failed: set[int] = set()

    def relay_some() -> int:
        relayed = relay(now=timezone.now(), failed=failed)
        if relayed == BATCH:
            rung.send_robust(sender=OutboxEntry)  # there is enough to do for another worker as well
        return relayed

    done = _until_dry(relay_some, may_go_on)
    without_digest: set[int] = set()
    done += _until_dry(lambda: gather_digests(now=timezone.now(), failed=without_digest), may_go_on)
    for channel in SENDERS:
        done += _until_dry(partial(send_due, channel, may_go_on=may_go_on), may_go_on)
    return done


def _until_dry(act: Callable[[], int], may_go_on: Callable[[], bool]) -> int:
    done = 0
    while may_go_on() and (batch := act()):
        done += batch
    return done
