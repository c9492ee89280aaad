"""What the import commands have in common: the file, the dry run, and the answer in the municipality's language."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from coordination.imports.differences import Report
from coordination.imports.tables import Refused


class ImportCommand(BaseCommand):
    """Read a file, import it, and say what that changed."""

    bring_in: ClassVar[Callable[..., Report]]
    switches: ClassVar[Mapping[str, str]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, --dry-run, --root and the import's own switches."""
        parser.add_argument("file", type=Path, help="a CSV file, UTF-8, with commas or semicolons")
        parser.add_argument("--dry-run", action="store_true", help="write nothing, only say what would change")
        parser.add_argument("--root", metavar="CODE", help="the municipality, where there are several")
        for name, words in self.switches.items():
            parser.add_argument(f"--{name.replace('_', '-')}", action="store_true", help=words)

    def handle(self, *, file: Path, dry_run: bool, root: str | None, **options: Any) -> None:
        """Import the file. Raises CommandError with everything that is wrong in it."""
        how = {"actor": None, "now": timezone.now(), "dry_run": dry_run, "root": root}
        how |= {name: options[name] for name in self.switches}
        with translation.override(settings.LANGUAGE_CODE):
            try:
                report = self.bring_in(Path(file).read_bytes(), file_name=Path(file).name, **how)
            except OSError as error:
                raise CommandError(_("%(file)s cannot be read.") % {"file": file}) from error
            except Refused as refused:
                raise CommandError(f"{refused}\n{_('Nothing has been written.')}") from refused
            for line in report.lines():
                self.stdout.write(line)
            if dry_run:
                self.stdout.write(_("This was a dry run: nothing has been written."))
