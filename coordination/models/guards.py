"""Guards: triggers by which the database itself refuses to change or delete what was written once.

A migration sets them with ``Guard``. On SQLite a migration that alters a guarded table makes it anew, without its
guard, and one that alters a table which a condition names is refused: such a migration begins with ``Unguard`` and ends
with ``Guard``. A test goes over all append-only tables after all migrations.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_REFUSAL = "is append-only: no trace changes or goes away"
# Rows of a log that has been cleared up to a moment after they were linked.
_CLEARED = (
    "EXISTS (SELECT 1 FROM coordination_loglink link JOIN coordination_logcleared cleared ON cleared.log = link.log "
    "WHERE link.log = '{log}' AND link.row_id = OLD.id AND link.linked_at < cleared.before)"
)
ACCESS_CLEARED = _CLEARED.format(log="access")
READING_CLEARED = f"OLD.kind = 'log_read' AND {_CLEARED.format(log='event')}"
# The error is one of integrity on both databases.
_POSTGRESQL = """
CREATE OR REPLACE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF {may_delete_when} THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '{table} {refusal}' USING ERRCODE = 'restrict_violation';
END
$guard$;
CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_guard();
CREATE TRIGGER {table}_guard_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_guard();
"""


class Guard(Operation):
    """Let the database refuse UPDATE, DELETE and TRUNCATE of a table, and writing one row over another.

    ``may_delete_when``: a condition in SQL about ``OLD``, the row, in which it may be deleted after all. ``uniques``:
    the columns that are unique beside the primary key, for SQLite's INSERT OR REPLACE. ``before``: the guard that this
    one takes the place of, to come back when the migration is taken back.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(
        self,
        table: str,
        *,
        key: str = "id",
        uniques: tuple[tuple[str, ...], ...] = (),
        may_delete_when: str = "FALSE",
        before: Guard | None = None,
    ) -> None:
        self.table, self.key, self.uniques, self.may_delete_when = table, key, uniques, may_delete_when
        self.before = before

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the state as it is: models know nothing of triggers."""

    def database_forwards(
        self, _app_label: str, schema_editor: BaseDatabaseSchemaEditor, _from_state: Any, _to_state: Any
    ) -> None:
        """Set the triggers, in the place of those that there are."""
        unguard(schema_editor.connection, self.table)
        _execute(schema_editor.connection, self.statements(schema_editor.connection.vendor))

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Take the triggers away, or set those that were there before."""
        unguard(schema_editor.connection, self.table)
        if self.before is not None:
            self.before.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Say what it does."""
        return f"Guard {self.table}"

    def statements(self, vendor: str) -> list[str]:
        """Write the statements that set the triggers."""
        if vendor == "postgresql":
            return [
                _POSTGRESQL.format(
                    table=self.table, may_delete_when=self.may_delete_when, refusal=_REFUSAL.replace("'", "''")
                )
            ]
        refuse = f"BEGIN SELECT RAISE(ABORT, '{self.table} {_REFUSAL}'); END"
        same = " OR ".join(
            "(" + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")"
            for columns in ((self.key,), *self.uniques)
        )
        may_be, there = f"({self.may_delete_when})", f"(SELECT 1 FROM {self.table} WHERE {same})"  # noqa: S608
        return [
            f"CREATE TRIGGER {self.table}_guard_update BEFORE UPDATE ON {self.table} {refuse}",
            f"CREATE TRIGGER {self.table}_guard_delete BEFORE DELETE ON {self.table} WHEN NOT {may_be} {refuse}",
            # INSERT OR REPLACE deletes without a word where a connection has recursive triggers off.
            f"CREATE TRIGGER {self.table}_guard_insert BEFORE INSERT ON {self.table} WHEN EXISTS {there} {refuse}",
        ]


class Unguard(Operation):
    """Take the guard of a table away, for the rest of a migration that ends with ``Guard``."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, guard: Guard) -> None:
        self.guard = guard

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the state as it is."""

    def database_forwards(
        self, _app_label: str, schema_editor: BaseDatabaseSchemaEditor, _from_state: Any, _to_state: Any
    ) -> None:
        """Take the triggers away."""
        unguard(schema_editor.connection, self.guard.table)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Set them again."""
        self.guard.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Say what it does."""
        return f"Unguard {self.guard.table}"


def unguard(connection: BaseDatabaseWrapper, table: str) -> None:
    """Take the triggers of a guard away, if there are any."""
    if connection.vendor == "postgresql":
        names = [f"DROP TRIGGER IF EXISTS {table}_guard{suffix} ON {table}" for suffix in ("", "_all")]
        _execute(connection, [*names, f"DROP FUNCTION IF EXISTS {table}_guard()"])
    else:
        _execute(
            connection,
            [f"DROP TRIGGER IF EXISTS {table}_guard_{suffix}" for suffix in ("update", "delete", "insert")],
        )


def unguarded_tables(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> list[str]:
    """Name those of the tables whose triggers are missing, or disabled."""
    needed: tuple[str, ...]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # 'O' and 'A': fires in ordinary sessions. 27: row, before, update and delete; 34: before, truncate.
            cursor.execute(
                "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgtype IN (27, 34)"
            )
            needed = ("", "_all")
        else:
            cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
            needed = ("_update", "_delete", "_insert")
        found = set(cursor.fetchall())
    return [table for table in tables if any((table, f"{table}_guard{suffix}") not in found for suffix in needed)]


def _execute(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
