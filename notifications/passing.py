"""Rounds of what time brings and of telling people: the same for Celery and for the embedded mode's thread."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from coordination.commands.batches import until_dry
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
    done = until_dry(lambda failed: pass_time(now=timezone.now(), failed=failed), may_go_on=may_go_on)
    # Last of all, so that no step of a deadline waits for a figure.
    return done + until_dry(lambda failed: reckon_figures(now=timezone.now(), failed=failed), may_go_on=may_go_on)


def deliver(*, may_go_on: Callable[[], bool] = go_on) -> int:
    """Relay the outbox, make the digests, send all that is due over every channel; say how many things were done."""
    done = until_dry(_relay_some, may_go_on=may_go_on)
    done += until_dry(lambda failed: gather_digests(now=timezone.now(), failed=failed), may_go_on=may_go_on)
    for channel in SENDERS:
        while may_go_on() and (sent := send_due(channel, may_go_on=may_go_on)):
            done += sent
    return done


def _relay_some(failed: set[int]) -> int:
    relayed = relay(now=timezone.now(), failed=failed)
    if relayed == BATCH:
        rung.send_robust(sender=OutboxEntry)  # there is enough to do for another worker as well
    return relayed
