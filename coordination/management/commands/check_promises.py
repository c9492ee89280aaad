"""Ask the database whether every promise is kept."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from coordination.queries.promises import INVARIANTS, Verdict, judge

NOT_ASKED = 2


class Command(BaseCommand):
    """Report every broken invariant: which promise, which table, which row. Ends with 1 where there is one.

    Ends with 2 where nothing could be asked.
    """

    help = "Ask the database whether every promise is kept. Reads only; may run beside the system."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many examples to show, and whether a program reads the answer."""
        parser.add_argument("--limit", type=int, default=10, help="examples of each broken invariant (default 10)")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *_args: Any, limit: int, json: bool, **_options: Any) -> None:
        """Ask for one invariant after the other."""
        if limit < 0:
            raise CommandError("--limit cannot be negative.", returncode=NOT_ASKED)
        require_tables()
        now = timezone.now()
        asked = sorted(INVARIANTS.values(), key=lambda found: (found.promise, found.name))
        verdicts = []
        for invariant in asked:
            verdict = judge(invariant, now=now, limit=limit)
            verdicts.append(verdict)
            if not json:
                self._show(verdict)
        broken = [verdict for verdict in verdicts if not verdict.holds]
        if json:
            self.stdout.write(_as_json(verdicts))
        else:
            self.stdout.write(f"{len(verdicts) - len(broken)} of {len(verdicts)} hold.")
        if broken:
            raise SystemExit(1)

    def _show(self, verdict: Verdict) -> None:
        found = verdict.invariant
        fine = max(verdict.checked - verdict.broken, 0)
        mark = "ok    " if verdict.holds else "BROKEN"
        self.stdout.write(f"{mark} {found.promise} {found.name}: {fine} ok, {verdict.broken} broken")
        if verdict.holds:
            return
        self.stdout.write(f"         {found.says}")
        for example in verdict.examples:
            self.stdout.write(f"         {example.where}")
        if verdict.broken > len(verdict.examples):
            self.stdout.write(f"         … and {verdict.broken - len(verdict.examples)} more")


def require_tables() -> None:
    """Refuse a database that cannot be reached, or does not have all the tables that are asked."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes("coordination"))
    except OperationalError as error:
        raise CommandError(f"The database cannot be reached: {error}".strip(), returncode=NOT_ASKED) from None
    if missing:
        raise CommandError(
            f"The database is not up to date ({len(missing)} to go). Nothing was asked; run first: manage.py migrate",
            returncode=NOT_ASKED,
        )


def _as_json(verdicts: list[Verdict]) -> str:
    return json.dumps(
        {
            "holds": all(verdict.holds for verdict in verdicts),
            "invariants": [
                {
                    "promise": verdict.invariant.promise,
                    "name": verdict.invariant.name,
                    "says": verdict.invariant.says,
                    "ok": max(verdict.checked - verdict.broken, 0),
                    "broken": verdict.broken,
                    "examples": [example.where for example in verdict.examples],
                }
                for verdict in verdicts
            ],
        },
        ensure_ascii=False,
        indent=2,
    )
