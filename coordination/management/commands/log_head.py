"""Write down where the log's chain stands, to be kept where nobody who has the database can change it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils.translation import gettext as _

from coordination.management.commands.check_promises import require_tables
from coordination.models import LogLink
from coordination.privacy.chain import public_key_of, sign_head
from coordination.queries.log import newest_link
from coordination.queries.log_check import head_at


class Command(BaseCommand):
    """Print one line of JSON, or add it to a file; signed where ``LOG_SIGNING_KEY`` is set."""

    help = "Write down where the log's chain stands. Keep the line elsewhere: verify_log --head compares it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a file to add to, or the wish to see the public key alone."""
        parser.add_argument("--to", type=Path, help="add the line to this file instead of printing it")
        parser.add_argument(
            "--public-key", action="store_true", help="print the public key that goes with the signing key"
        )

    def handle(self, *_args: Any, to: Path | None, public_key: bool, **_options: Any) -> None:
        """Write the head."""
        key = settings.LOG_SIGNING_KEY
        if public_key:
            if key is None:
                raise CommandError(_("LOG_SIGNING_KEY is not set: nothing is signed."))
            self.stdout.write(public_key_of(key))
            return
        require_tables()
        newest = newest_link()
        if newest is None:
            raise CommandError(_("Nothing has been linked yet."))
        links = LogLink.objects.filter(position__lte=newest.position).order_by().values("log")
        counts = Counter({row["log"]: row["links"] for row in links.annotate(links=Count("pk"))})
        line = sign_head(head_at(newest, counts), key)
        if to is None:
            self.stdout.write(line)
        else:
            with to.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
