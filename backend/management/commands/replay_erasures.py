"""`manage.py replay_erasures FILE`: erase again, after any restore, what had been erased."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.backups.keeping import Unreadable
from backend.backups.making import Replayed, replay_file


class Command(BaseCommand):
    """Go through a file of receipts. `restore` does it by itself; this is for databases restored in another way."""

    help = "Erase again every case of which FILE (erasures.jsonl) holds a receipt. Doing it twice does no harm."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_options: Any) -> None:
        """Erase, and say how many cases."""
        try:
            replayed = replay_file(file, now=timezone.now())
        except Unreadable as error:
            raise CommandError(str(error)) from None
        say(self, replayed)


def say(command: BaseCommand, replayed: Replayed) -> None:
    """Say what came of it; ends with 1 where a receipt does not fit."""
    command.stdout.write(f"Erased again: {replayed.erased}. Gone already: {replayed.gone}.")
    if replayed.others:
        numbers = ", ".join(str(number) for number in replayed.others)
        command.stderr.write(
            f"NOT erased, since their receipts are of other cases or made with another INDEX_KEY: {numbers}."
        )
        sys.exit(1)
