"""Getting past the guards of append-only tables, as somebody would who has the database in their hands.

Only tests do this: to empty the tables behind a test, and to see that what was tampered with is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper

_OF_POSTGRESQL = (
    "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "WHERE t.tgname LIKE '%_guard' OR t.tgname LIKE '%_guard_all'"
)
_OF_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_guard_%'"


@contextmanager
def unguarded() -> Iterator[None]:
    """Take all guards away for a while. Within a transaction they are away for that transaction only."""
    with connection.cursor() as cursor:
        off, on = guards_off_and_on(cursor, connection.vendor)
        execute(off)
        try:
            yield
        finally:
            execute(on)


def execute(statements: list[str]) -> None:
    """Execute one statement after the other."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def guards_off_and_on(cursor: CursorWrapper, vendor: str) -> tuple[list[str], list[str]]:
    """Write the statements that take all guards away, and those that bring them back."""
    if vendor == "postgresql":
        cursor.execute(_OF_POSTGRESQL)
        triggers = cursor.fetchall()
        # What a transaction has yet to check of its rows would keep it from altering their tables.
        check = ["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"]
        off = [f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name in triggers]
        on = [f"ALTER TABLE {table} ENABLE TRIGGER {name}" for table, name in triggers]
        return [*check, *off], [*check, *on]
    cursor.execute(_OF_SQLITE)
    triggers = cursor.fetchall()
    return [f"DROP TRIGGER {name}" for name, _sql in triggers], [sql for _name, sql in triggers]
