"""``manage.py check_promises`` as an operator calls it, and what it costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext

from coordination.models import (
    DeadlineKind,
    Event,
    OutboxEntry,
)
from coordination.queries.promises import INVARIANTS, judge
from tests.builders import (
    a_case_with_reference,
    accepted,
    on,
)
from tests.promises.living import NOW, NUMBER, Lived
from tests.services import ROOT

pytestmark = pytest.mark.django_db


def run(**options: Any) -> tuple[int, str]:
    """The exit code and the output of the command."""
    out = StringIO()
    try:
        with time_machine.travel(NOW, tick=False):
            call_command("check_promises", stdout=out, **options)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def test_the_command_ends_well_where_every_promise_holds(lived: Lived) -> None:
    code, said = run()
    assert code == 0
    assert f"{len(INVARIANTS)} of {len(INVARIANTS)} hold." in said
    assert "BROKEN" not in said


def test_the_command_names_what_is_broken_and_where_and_ends_with_one(lived: Lived) -> None:
    lived.owed(DeadlineKind.NEXT_STEP, case=lived.idle).delete()
    code, said = run()
    assert code == 1
    assert "BROKEN 2 open_case_has_something_due: 4 ok, 1 broken" in said
    assert f"case {lived.idle.pk} of case {lived.idle.code}" in said
    assert f"{len(INVARIANTS) - 1} of {len(INVARIANTS)} hold." in said
    assert NUMBER not in said


def test_the_command_gives_no_more_examples_than_wanted_but_counts_all(lived: Lived) -> None:
    OutboxEntry.objects.all().delete()
    code, said = run(limit=2)
    assert code == 1
    looked_at = Event.objects.filter(at__date__gte=NOW.date() - timedelta(days=30)).count()
    assert 2 < looked_at < Event.objects.count()  # what has been passed on long ago may have been cleared away
    assert f"event_is_passed_on: {Event.objects.count() - looked_at} ok, {looked_at} broken" in said
    assert f"… and {looked_at - 2} more" in said
    assert said.count("         event ") == 2


def test_a_program_can_read_the_answer(lived: Lived) -> None:
    lived.owed(DeadlineKind.NEXT_STEP, case=lived.idle).delete()
    code, said = run(json=True)
    answer = json.loads(said)
    assert (code, answer["holds"]) == (1, False)
    [found] = [row for row in answer["invariants"] if row["broken"]]
    assert (found["promise"], found["name"], found["ok"]) == (2, "open_case_has_something_due", 4)
    assert found["examples"] == [f"case {lived.idle.pk} of case {lived.idle.code}"]


def test_a_negative_limit_is_refused(lived: Lived) -> None:
    with pytest.raises(CommandError):
        call_command("check_promises", limit=-1)


def asked_of(database_url: str) -> subprocess.CompletedProcess[str]:
    """The command as an operator runs it, on another database."""
    settings = {"DJANGO_SETTINGS_MODULE": "backend.settings", "DATABASE_URL": database_url}
    return subprocess.run(
        [sys.executable, "manage.py", "check_promises"],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("sqlite:///{folder}/empty.sqlite3", "The database is not up to date"),
        ("sqlite:///{folder}/no/such/folder.sqlite3", "The database cannot be reached"),
        ("postgresql://nobody@127.0.0.1:1/nothing", "The database cannot be reached"),
    ],
    ids=["without tables", "without a file", "without a server"],
)
def test_where_nothing_can_be_asked_it_says_why_and_ends_with_two(tmp_path: Path, where: str, says: str) -> None:
    ended = asked_of(where.format(folder=tmp_path))
    assert ended.returncode == 2
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "hold." not in ended.stdout


def test_a_database_that_is_one_migration_behind_is_not_asked(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", _all_but_the_newest)
    with pytest.raises(CommandError, match=r"not up to date \(1 to go\).*manage.py migrate") as refused:
        run()
    assert refused.value.returncode == 2


def _all_but_the_newest(recorder: MigrationRecorder) -> dict[tuple[str, str], Any]:
    rows = {(row.app, row.name): row for row in recorder.migration_qs}
    del rows[max(key for key in rows if key[0] == "coordination")]
    return rows


def test_asking_costs_the_same_number_of_queries_however_much_there_is(lived: Lived) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            for found in INVARIANTS.values():
                judge(found, now=NOW, limit=3)
        return len(asked)

    before = cost()
    for number in range(4):
        accepted(lived.world, a_case_with_reference(lived.world, f"P-2026-80{number:02}"), now=on(5))
    OutboxEntry.objects.all().delete()
    assert cost() == before
