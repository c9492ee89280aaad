"""`manage.py deliver`: let time pass and tell people, without Celery."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications.doorbell import rung
from notifications.passing import run_round
from notifications.queries.figures import Figures, read_figures
from notifications.scheduler import Scheduler


class Command(BaseCommand):
    """Run one round, or round after round until SIGTERM or Ctrl-C; then the batch that has begun is ended first."""

    help = "Do what is due and tell everybody who is to be told, without Celery. Any number may run at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --once."""
        parser.add_argument("--once", action="store_true", help="one round, then say how things stand and end")

    def handle(self, *, once: bool, **options: Any) -> None:
        """Run. With --once an error of the round ends the command with 1; without, the next round tries again."""
        if once:
            done = run_round()
            self.stdout.write(f"Things done: {done}")
            self.stdout.write("\n".join(lines_of(read_figures(timezone.now()))))
            return
        scheduler = Scheduler(every=settings.PASS_TIME_EVERY)
        rung.connect(scheduler.wake)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: scheduler.stop())
        self.stdout.write(f"A round every {settings.PASS_TIME_EVERY:g} seconds (Ctrl-C stops it)")
        self.stdout.flush()
        scheduler.run()


def lines_of(figures: Figures) -> list[str]:
    """Say the figures in words."""
    return [
        f"Oldest message that is due: {age(figures.oldest_due_seconds)}",
        f"Oldest row of the outbox: {age(figures.oldest_unrelayed_seconds)}",
        *(
            f"{channel.value:8} {state.value:10} {count}"
            for (channel, state), count in sorted(figures.counts.items(), key=lambda item: item[0])
        ),
    ]


def age(seconds: float | None) -> str:
    """Say how old something is."""
    return "none" if seconds is None else f"{seconds:.0f} s"
