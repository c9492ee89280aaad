"""Celery tasks: thin, without arguments that mean anything, harmless when two run at once."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from notifications.passing import run_round


@shared_task(name="notifications.tasks.pass_time")
def pass_time(**_unknown: Any) -> None:
    """Do what time has brought. Unknown arguments are accepted, so that old and new workers can overlap."""
    run_round()
