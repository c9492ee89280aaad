"""`manage.py rotate_reference_keys`: seal all that is sealed under the current key."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from coordination.commands.keys import count_left as count_references_left
from coordination.commands.keys import reseal_references
from notifications.commands.keys import count_left as count_secrets_left
from notifications.commands.keys import reseal_secrets


class Command(BaseCommand):
    """Seal references and the secrets of webhooks anew; may be stopped and started again at any time."""

    help = (
        "Seals every reference, and every secret of a webhook, under the first key of REFERENCE_KEYS. Put the new key "
        "first, restart, run this; when it says that none is left, the old key can be taken out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --batch."""
        parser.add_argument("--batch", type=int, default=500, help="references in one transaction (default 500)")

    def handle(self, *, batch: int, **_options: Any) -> None:
        """Go on until a batch finds nothing; ends with 1 where something is left that does not open."""
        total = reseal_secrets()
        while resealed := reseal_references(limit=batch):
            total += resealed
        self.stdout.write(f"Sealed under the current key: {total}.")
        left = Counter(count_references_left()) + Counter(count_secrets_left())
        for key_id, count in sorted(left.items()):
            self.stderr.write(f"Not opened: {count} under the key {key_id}.")
        if left:
            sys.exit(1)
        self.stdout.write("No other key is in use.")
