"""Rounds of what time brings and of telling people: the same for Celery and for the embedded mode's thread."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from coordination.commands.batches import until_dry
from coordination.commands.endings import clear_out
from coordination.commands.erasures import erase_due
from coordination.commands.figures import reckon_figures
from coordination.commands.keys import renew_keys
from coordination.commands.linking import link_rows
from coordination.commands.log_clearing import clear_logs
from coordination.commands.look_checks import draw_looks, remind_of_looks
from coordination.commands.notes import expire_notes
from coordination.commands.time import pass_time
from coordination.models import OutboxEntry
from notifications.commands.endings import clear_messages
from notifications.delivery.digests import gather_digests
from notifications.delivery.relay import BATCH, relay
from notifications.delivery.sending import SENDERS, go_on, send_due
from notifications.doorbell import rung

BATCH_OF_CASES = 20


def run_round(*, may_go_on: Callable[[], bool] = go_on) -> int:
    """Let time pass and tell everybody who is to be told; say how many things were done."""
    return let_time_pass(may_go_on=may_go_on) + deliver(may_go_on=may_go_on)


def let_time_pass(*, may_go_on: Callable[[], bool] = go_on) -> int:
    """Do everything that is due now, batch after batch, and say how many things were done.

    Asks between two batches whether it may go on. What is left, the next round does.
    """
    done = until_dry(lambda failed: pass_time(now=timezone.now(), failed=failed), may_go_on=may_go_on)
    # After the steps of deadlines, so that none waits for a figure.
    done += until_dry(lambda failed: reckon_figures(now=timezone.now(), failed=failed), may_go_on=may_go_on)
    return done + let_things_end(may_go_on=may_go_on) + keep_logs(may_go_on=may_go_on)


def keep_logs(*, may_go_on: Callable[[], bool] = go_on) -> int:
    """Put looks before leaders, clear the logs of what is no longer kept, and link what is new in them.

    Says how many things were done.
    """
    done = until_dry(lambda failed: draw_looks(now=timezone.now(), failed=failed), may_go_on=may_go_on)
    done += until_dry(lambda _failed: remind_of_looks(now=timezone.now()), may_go_on=may_go_on)
    done += until_dry(lambda _failed: clear_logs(now=timezone.now()), may_go_on=may_go_on)
    return done + until_dry(lambda _failed: link_rows(now=timezone.now()), may_go_on=may_go_on)


def let_things_end(*, may_go_on: Callable[[], bool] = go_on) -> int:
    """Erase what has had its time, and bring what stays to the current keys; say how many things were done."""
    done = until_dry(
        lambda failed: erase_due(now=timezone.now(), limit=BATCH_OF_CASES, failed=failed), may_go_on=may_go_on
    )
    done += until_dry(lambda _failed: expire_notes(now=timezone.now(), limit=BATCH), may_go_on=may_go_on)
    done += until_dry(lambda _failed: clear_out(now=timezone.now(), limit=BATCH), may_go_on=may_go_on)
    done += until_dry(lambda _failed: clear_messages(now=timezone.now(), limit=BATCH), may_go_on=may_go_on)
    return done + until_dry(lambda failed: renew_keys(limit=BATCH_OF_CASES, failed=failed), may_go_on=may_go_on)


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
