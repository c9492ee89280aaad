"""A Celery task that does nothing: what one message a task would cost at the least."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="tests.benchmarks.bare")
def do_nothing() -> None:
    """Do nothing."""
