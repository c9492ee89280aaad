"""`manage.py rotate_reference_keys`: bring all that is encrypted, and every index, to the current keys."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from coordination.commands.keys import count_left as count_references_left
from coordination.commands.keys import renew_keys
from notifications.commands.keys import count_left as count_secrets_left
from notifications.commands.keys import reseal_secrets


class Command(BaseCommand):
    """Renew keys, indexes and the secrets of webhooks; may be stopped and started again at any time."""

    help = (
        "Brings the key of every case, and every secret of a webhook, under the first key of REFERENCE_KEYS, every "
        "reference under the key of its case, and every index under the first key of INDEX_KEYS. Put the new key "
        "first, restart, run this (or wait: time does it as well); when it says that none is left, the old key can be "
        "taken out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --batch."""
        parser.add_argument("--batch", type=int, default=500, help="cases in one batch (default 500)")

    def handle(self, *, batch: int, **_options: Any) -> None:
        """Go on until a batch finds nothing; ends with 1 where something is left that does not open."""
        total = reseal_secrets()
        failed: set[int] = set()
        while renewed := renew_keys(limit=batch, failed=failed):
            total += renewed
        self.stdout.write(f"Cases and secrets brought to the current keys: {total}.")
        left = Counter(count_references_left()) + Counter(count_secrets_left())
        for key_id, count in sorted(left.items()):
            self.stderr.write(f"Not renewed: {count} under the key {key_id}.")
        if left:
            sys.exit(1)
        self.stdout.write("No other key is in use.")
