"""`manage.py restore FOLDER`: bring a backup back, and erase again what was erased after it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.backups.keeping import Unreadable
from backend.backups.making import restore_backup
from backend.management.commands.replay_erasures import say


class Command(BaseCommand):
    """Restore into a database without cases. Nobody may work meanwhile: the pages and the workers are stopped."""

    help = (
        "Restore the newest data of FOLDER, or that of --data, with the keys and the receipts that are there, into an "
        "empty database. Stop the pages and the workers first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder, and perhaps an older file."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--data", type=Path, help="this file instead of the newest one")

    def handle(self, *, folder: Path, data: Path | None, **_options: Any) -> None:
        """Restore, and say what was erased again."""
        try:
            found, replayed = restore_backup(folder, data=data, now=timezone.now())
        except Unreadable as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Restored: {found.name}.")
        say(self, replayed)
