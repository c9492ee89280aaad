"""`manage.py rotate_reference_keys`: seal all references under the current key."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from coordination.commands.keys import count_left, reseal_references


class Command(BaseCommand):
    """Seal references anew, batch after batch; may be stopped and started again at any time."""

    help = (
        "Seals every reference under the first key of REFERENCE_KEYS. Put the new key first, restart, run this; "
        "when it says that none is left, the old key can be taken out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --batch."""
        parser.add_argument("--batch", type=int, default=500, help="references in one transaction (default 500)")

    def handle(self, *, batch: int, **_options: Any) -> None:
        """Go on until a batch finds nothing; ends with 1 where references are left that do not open."""
        total = 0
        while resealed := reseal_references(limit=batch):
            total += resealed
        self.stdout.write(f"Sealed under the current key: {total}.")
        left = count_left()
        for key_id, count in sorted(left.items()):
            self.stderr.write(f"Not opened: {count} under the key {key_id}.")
        if left:
            sys.exit(1)
        self.stdout.write("No other key is in use.")
