"""How the board of moves answers a leader over a whole municipality. Run by hand; prints JSON.

    .venv/bin/python -m tests.benchmarks.board [--moves 20000] [--database sqlite|postgresql]

Everything runs on this machine. The moves are written in bulk, beside all commands: nobody plans so many in a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from itertools import cycle
from typing import Any

from tests.plugin import TEST_KEYS

ROUNDS = 7
BATCH = 2000
KINDERGARTENS, SCHOOLS = 180, 40
PAGES = {
    "board": "/overgange/",
    "board, one day": "/overgange/?dag=2027-08-01",
    "board, one lack": "/overgange/?mangler=child_not_heard",
    "board, a later page": "/overgange/?efter=2027-08-01_10000",
    "calendar": "/overgange/kalender/?maaned=2027-08",
    "list to print": "/overgange/udskriv/",
    "table": "/overgange/tabel.csv",
}


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--moves", type=int, default=20_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    wanted = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        if wanted.database == "postgresql":
            from tests.services import start_postgres

            url = stack.enter_context(start_postgres()).url
        else:
            url = f"sqlite:///{folder}/board.sqlite3"
        os.environ.update(TEST_KEYS, VAR_DIR=folder, DATABASE_URL=url, DJANGO_SETTINGS_MODULE="tests.settings")
        import django

        django.setup()
        print(json.dumps(measure(wanted.moves, wanted.database), indent=1))  # noqa: T201 -- its purpose


def measure(moves: int, database: str) -> dict[str, Any]:
    """Ask for each page with few moves, and with many: the queries are the same, the milliseconds are not."""
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment(debug=False)
    call_command("migrate", verbosity=0)
    from tests.builders import build_world

    world = build_world()
    make_moves(world, 200)
    few = {name: ask(world.dorte, url) for name, url in PAGES.items()}
    make_moves(world, moves - 200)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    many = {name: ask(world.dorte, url) for name, url in PAGES.items()}
    connection.close()
    return {"database": database, "moves": moves, "with 200": few, f"with {moves}": many}


def ask(leader: Any, url: str) -> dict[str, float]:
    """Ask for a page several times as the leader of the municipality; give its queries and milliseconds."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(leader)
    took: list[float] = []
    with CaptureQueriesContext(connection) as captured:
        for _round in range(ROUNDS):
            begun = time.perf_counter()
            response = client.get(url)
            if response.streaming:
                for _part in response.streaming_content:  # type: ignore[attr-defined]
                    pass
            took.append((time.perf_counter() - begun) * 1000)
            if response.status_code != 200:
                raise RuntimeError(f"{url}: {response.status_code}")
    return {
        "queries": len(captured) / ROUNDS,
        "median_ms": round(statistics.median(took)),
        "worst_ms": round(max(took)),
    }


def make_moves(world: Any, count: int) -> None:
    """Write so many planned moves, each with a case, the milestones of its template, deadlines and a basis."""
    from coordination.models import Basis, Case, Deadline, Involvement, Milestone, Transition

    for begin in range(0, count, BATCH):
        cases = Case.objects.bulk_create(_cases(world, min(BATCH, count - begin)))
        bases = [_basis(case) for number, case in enumerate(cases) if number % 10]
        Basis.objects.bulk_create(bases, batch_size=BATCH)
        moves = Transition.objects.bulk_create(_moves(world, cases))
        milestones = Milestone.objects.bulk_create(_milestones(moves), batch_size=BATCH)
        Deadline.objects.bulk_create(_deadlines(milestones), batch_size=BATCH)
        Involvement.objects.bulk_create(_involvements(cases), batch_size=BATCH)


def _cases(world: Any, count: int) -> Iterator[Any]:
    from coordination.models import Case, Theme
    from coordination.rules.codes import new_code
    from tests.builders import on, term

    theme, places = term(Theme, "overgang"), cycle(_units(world, "boernehus", world.daycare, KINDERGARTENS))
    for _number in range(count):
        place = next(places)
        yield Case(
            code=new_code(), theme=theme, opened_by=world.rikke, opened_unit=place, opened_at=on(), holder=world.rikke,
            holder_unit=place, last_event_at=on(),
        )  # fmt: skip


def _units(world: Any, kind: str, parent: Any, count: int) -> list[Any]:
    from coordination.commands.units import UnitDraft, place_unit
    from coordination.models import Unit, UnitKind
    from tests.builders import on, term

    found = list(Unit.objects.filter(kind__code=kind, parent=parent).order_by("pk"))
    for number in range(len(found), count):
        draft = UnitDraft(code=f"{kind}{number}", name=f"{kind} {number}", kind=term(UnitKind, kind), parent=parent)
        found.append(place_unit(draft=draft, actor=None, now=on(-20)))
    return found


def _basis(case: Any) -> Any:
    from coordination.models import Basis, BasisKind
    from tests.builders import on

    return Basis(
        case=case,
        kind=BasisKind.CONSENT,
        covers_all=True,
        ends_on=date(2029, 6, 1),
        recorded_by_id=case.holder_id,
        recorded_at=on(),
    )


def _moves(world: Any, cases: list[Any]) -> Iterator[Any]:
    from coordination.models import Transition, TransitionTemplate
    from tests.builders import on

    template = TransitionTemplate.objects.get(kind__code="kindergarten_to_school")
    schools = cycle([None, *_units(world, "skole", world.schools, SCHOOLS)])
    days = cycle([date(2027, 8, 1)] * 8 + [date(2027, 3, 1) + timedelta(days=7 * week) for week in range(12)])
    for case in cases:
        yield Transition(
            case=case, template=template, from_unit_id=case.holder_unit_id, to_unit=next(schools), move_on=next(days),
            planned_by_id=case.holder_id, planned_at=on(1),
        )  # fmt: skip


def _milestones(moves: list[Any]) -> Iterator[Any]:
    from coordination.models import Milestone
    from tests.builders import on

    planned = list(moves[0].template.milestones.all())
    for number, move in enumerate(moves):
        for each in planned:
            is_done = (number + each.position) % 3 == 0
            yield Milestone(
                transition=move, kind_id=each.kind_id, position=each.position, is_senders=each.is_senders,
                due_on=move.move_on - timedelta(days=30 * each.position), state="done" if is_done else "open",
                settled_at=on(2) if is_done else None, settled_by_id=move.planned_by_id if is_done else None,
            )  # fmt: skip


def _deadlines(milestones: list[Any]) -> Iterator[Any]:
    from coordination.models import Deadline, DeadlineKind
    from tests.builders import on

    for milestone in milestones:
        if milestone.state == "open":
            move = milestone.transition
            yield Deadline(
                kind=DeadlineKind.DO_MILESTONE, case_id=move.case_id, milestone=milestone, owner_id=move.planned_by_id,
                unit_id=move.from_unit_id, due_on=milestone.due_on, opened_at=on(1),
            )  # fmt: skip


def _involvements(cases: list[Any]) -> Iterator[Any]:
    from coordination.models import Involvement, InvolvementForm, InvolvementKind
    from tests.builders import day, on, term

    form = term(InvolvementForm, "talk")
    for number, case in enumerate(cases):
        for kind in InvolvementKind if number % 2 else ():
            yield Involvement(
                case=case, kind=kind, on=day(2), form=form, recorded_by_id=case.holder_id, recorded_at=on(2),
                recorded_unit_id=case.holder_unit_id,
            )  # fmt: skip


if __name__ == "__main__":
    main()
