"""Rows of the test database, kept and put back whole: much quicker than doing again what has made them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from tests.guards import unguarded

Model = type[models.Model]
Rows = dict[Model, list[dict[str, Any]]]


def rows_of(model: Model) -> list[dict[str, Any]]:
    """All rows of a table."""
    return list(models.QuerySet(model).order_by("pk").values())


def read_rows() -> Rows:
    """All rows of all tables that have any."""
    return {model: rows_of(model) for model in _filled()}


def rows_since(before: Rows) -> Rows:
    """The rows that were not there before."""
    since = {}
    for model, rows in read_rows().items():
        known = {row[_key(model)] for row in before.get(model, [])}
        if new := [row for row in rows if row[_key(model)] not in known]:
            since[model] = new
    return since


def add_rows(rows: Rows) -> None:
    """Write rows that are not there, under the ids that they had."""
    with transaction.atomic():
        for model, some in rows.items():
            rows_again: list[Any] = [model(**row) for row in some]
            models.QuerySet(model).bulk_create(rows_again)


def restore(kept: Rows) -> None:
    """Let there be these rows and no others, whatever has been committed meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        changed = [model for model in {**_filled(), **kept} if model not in kept or rows_of(model) != kept[model]]
        lost = {model: kept[model] for model in changed if model in kept}
        with unguarded():
            for model in changed:
                cursor.execute(f"DELETE FROM {_table(model)}")  # noqa: S608
            add_rows(lost)  # before the guards come back: by then every row has those that it refers to
        for statement in connection.ops.sequence_reset_sql(no_style(), list(lost)):
            cursor.execute(statement)


@contextmanager
def numbers_go_on() -> Iterator[None]:
    """Let no number be given twice, though a sequence begins anew meanwhile: the kept rows have theirs already."""
    if connection.vendor != "postgresql":
        yield  # there a number follows the highest one that there is
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        before = cursor.fetchall()
    yield
    with connection.cursor() as cursor:
        for name, value in before:
            cursor.execute(f"SELECT setval(%s, GREATEST(%s, (SELECT last_value FROM {name})))", [name, value])  # noqa: S608


def _filled() -> dict[Model, None]:
    """The tables that have rows, in the order of the apps."""
    every = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    asked = [f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {_table(model)})" for number, model in enumerate(every)]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return {every[number]: None for (number,) in cursor.fetchall()}


def _table(model: Model) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _key(model: Model) -> str:
    assert model._meta.pk is not None
    return model._meta.pk.attname
