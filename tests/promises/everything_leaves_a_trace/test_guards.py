"""The database itself refuses to change or delete what was written once, also past the program."""

# ruff: noqa: S608 -- names of tables

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from coordination.commands.figures import reckon_figures
from coordination.commands.linking import link_rows
from coordination.commands.looks import look_at_case
from coordination.models import Erasure, ErasureCause, Log, LogCleared, LookDrawing, ReferenceMet, StepTaken
from coordination.models.append_only import AppendOnly
from coordination.queries.log_check import tables_without_guard
from tests.builders import on
from tests.guards import unguarded
from tests.promises.living import Lived

pytestmark = pytest.mark.django_db

GUARDED: list[type[Model]] = [
    *sorted((each for each in apps.get_models() if issubclass(each, AppendOnly)), key=lambda each: each.__name__),
    StepTaken,
]
EVERY_TABLE = pytest.mark.parametrize("model", GUARDED, ids=lambda model: model.__name__.lower())


@pytest.fixture
def written(lived: Lived) -> Lived:
    """A municipality with a row in every append-only table."""
    look_at_case(case=lived.busy, actor=lived.busy.holder, now=on(4))
    ReferenceMet.objects.create(person=lived.world.maja, case=lived.busy, at=on(4))
    LogCleared.objects.create(log=Log.ACCESS, before=on(-900), at=on(4))
    Erasure.objects.create(
        case_number=4711,
        code_digest=bytes(32),
        cause=ErasureCause.RETENTION,
        closed_on=on(-400).date(),
        erased_at=on(4),
    )
    LookDrawing.objects.create(root=lived.world.town, month=on(4).date().replace(day=1), drawn_at=on(4))
    reckon_figures(now=on(400))
    link_rows(now=on(400))
    return lived


def rows_of(model: type[Model]) -> list[tuple[Any, ...]]:
    """All rows, as the database has them."""
    return list(model._default_manager.order_by("pk").values_list())


def execute(statement: str, values: tuple[Any, ...] = ()) -> None:
    """Say it to the database directly, and be undone where it fails."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_every_append_only_table_is_guarded() -> None:
    assert len(GUARDED) >= 10
    assert tables_without_guard() == []
    with unguarded():
        assert set(tables_without_guard()) == {model._meta.db_table for model in GUARDED}
    assert tables_without_guard() == []


@EVERY_TABLE
@pytest.mark.parametrize("way", ["update all", "update one", "delete all", "delete one"])
def test_the_database_refuses_to_change_and_to_delete(written: Lived, model: type[Model], way: str) -> None:
    table, key = model._meta.db_table, model._meta.pk.column
    before = rows_of(model)
    assert before
    statements = {
        "update all": f"UPDATE {table} SET {key} = {key}",
        "update one": f"UPDATE {table} SET {key} = {key} + 1000000 WHERE {key} = (SELECT max({key}) FROM {table})",
        "delete all": f"DELETE FROM {table}",
        "delete one": f"DELETE FROM {table} WHERE {key} = (SELECT max({key}) FROM {table})",
    }
    with pytest.raises(IntegrityError, match="no trace changes or goes away"):
        execute(statements[way])
    assert rows_of(model) == before


@pytest.mark.postgresql
@EVERY_TABLE
@pytest.mark.parametrize("ending", ["", "CASCADE"])
def test_postgresql_refuses_to_empty_a_table_at_once(written: Lived, model: type[Model], ending: str) -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="no trace changes or goes away"):
        execute(f"TRUNCATE {', '.join(other._meta.db_table for other in GUARDED)} {ending or 'CASCADE'}")
    if ending:
        with pytest.raises(IntegrityError, match="no trace changes or goes away"):
            execute(f"TRUNCATE {model._meta.db_table} CASCADE")


@pytest.mark.sqlite
@EVERY_TABLE
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_sqlite_refuses_to_write_one_row_over_another(
    written: Lived, model: type[Model], recursive: str, tmp_path: Path
) -> None:
    """Also for a connection that has not asked for recursive triggers, and by whatever makes a row unique."""
    table = model._meta.db_table
    columns = [str(field.column) for field in model._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table} LIMIT 1")
        row = cursor.fetchone()
    marks = ", ".join(["%s"] * len(columns))
    replace = f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    constraints = [c.fields for c in model._meta.total_unique_constraints]
    before = rows_of(model)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA recursive_triggers = {recursive}")
    try:
        with pytest.raises(IntegrityError, match="no trace changes or goes away"):
            execute(replace, row)
        if constraints:
            other_key = (10**6, *row[1:])
            with pytest.raises(IntegrityError, match="no trace changes or goes away"):
                execute(replace, other_key)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")
    assert rows_of(model) == before


def test_a_row_is_not_deleted_because_somebody_says_that_a_log_was_cleared_later(written: Lived) -> None:
    """What has not been linked before the day up to which the log was cleared stays."""
    LogCleared.objects.create(log=Log.EVENT, before=on(800), at=on(801))
    with pytest.raises(IntegrityError, match="no trace changes or goes away"):
        execute("DELETE FROM coordination_accessrecord")
    with pytest.raises(IntegrityError, match="no trace changes or goes away"):
        execute("DELETE FROM coordination_event")
    with pytest.raises(IntegrityError, match="no trace changes or goes away"):
        execute("DELETE FROM coordination_loglink")
