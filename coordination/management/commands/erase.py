"""`manage.py erase`: erase the cases whose time is over, or say which they are."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Exists, OuterRef
from django.utils import timezone

from coordination.commands.erasures import erase_due
from coordination.models import Case, CaseState, ErasureRequest, RetentionHold, RetentionKind
from coordination.queries.retention import cases_to_erase, kept_since, months_kept

BATCH = 50


class Command(BaseCommand):
    """Time does the same by itself; this is for looking first, and for not waiting. Ends with 1 where some stay."""

    help = "Erase every case whose time is over, with a receipt. --dry-run: only say which they would be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="erase nothing: list the codes of the cases")

    def handle(self, *, dry_run: bool, **_options: Any) -> None:
        """Erase, or list; say what is kept, and why."""
        now = timezone.now()
        if dry_run:
            for case in cases_to_erase(now).annotate(asked=Exists(ErasureRequest.objects.filter(case=OuterRef("pk")))):
                why = "asked for" if case.asked else "its time is over"
                self.stdout.write(f"{case.code}  closed {timezone.localdate(case.closed_at)}  {why}")
            self.stdout.write(f"To be erased: {cases_to_erase(now).count()}. Nothing has been.")
        else:
            failed: set[int] = set()
            erased = 0
            while done := erase_due(now=now, limit=BATCH, failed=failed):
                erased += done
            self.stdout.write(f"Erased: {erased}.")
        self._say_what_stays()
        if not dry_run and failed:
            self.stderr.write(f"Not erased, the log says why: {len(failed)}.")
            sys.exit(1)

    def _say_what_stays(self) -> None:
        now = timezone.now()
        for kind in RetentionKind:
            self.stdout.write(f"Kept for {months_kept(kind)} months: {kind.value}")
        held = RetentionHold.objects.filter(lifted_at=None).count()
        due = set(cases_to_erase(now).values_list("pk", flat=True))
        over = Case.objects.filter(state=CaseState.CLOSED, closed_at__lt=kept_since(RetentionKind.CASE, now))
        waiting = over.exclude(pk__in=due).exclude(holds__lifted_at=None, holds__isnull=False).count()
        asked = ErasureRequest.objects.filter(case__state=CaseState.OPEN).count()
        self.stdout.write(f"Held back for a complaint: {held}. Waiting for the figures to count them: {waiting}.")
        self.stdout.write(f"Asked to be erased, and still open: {asked}.")
