"""`manage.py backup FOLDER`: write a backup in which what is erased later cannot be read."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from backend.backups.making import make_backup


class Command(BaseCommand):
    """Write the data, the keys of the cases and the receipts of erasures; may run beside the system."""

    help = (
        "Write a backup into FOLDER: data-….sqlite3 or data-….zip, and in the place of the last ones keys.jsonl and "
        "erasures.jsonl. Never keep an older keys.jsonl: with it, what has been erased since can be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder: Path, **_options: Any) -> None:
        """Write it, and say what is in it."""
        made = make_backup(folder, now=timezone.now())
        self.stdout.write(f"{made.data.name}, {made.keys} keys of cases, {made.receipts} receipts of erasures.")
        if made.in_reach:
            self.stderr.write(
                f"{made.in_reach} references are not under the key of their case, since the key that they are under is "
                "missing. Should that key be found again, erasing does not reach them in this file."
            )
