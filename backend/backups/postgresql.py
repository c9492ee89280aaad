"""Backup and restore of a PostgreSQL database: every table by COPY, all of one moment, in one ZIP file.

Not by pg_dump: a client of the server's version would have to be there, and it cannot leave a column out.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from psycopg import sql

from backend.backups.keeping import Line, Unreadable, key_line, open_private
from coordination.privacy.references import NO_INDEX

SUFFIX = ".zip"
_MANIFEST = "manifest.json"
_WITHOUT_ROWS = {"coordination_casekey", "coordination_practicalnote", "django_session"}
# An index could be tried out number by number: it takes only the index key. It is made anew after a restore.
_REFERENCES = "coordination_reference"
_INSTEAD = {"number_index": sql.SQL("uuid_send(uid)"), "index_key_id": sql.Literal(NO_INDEX)}
_CHUNK = 1 << 20


def save(path: Path) -> list[Line]:
    """Copy all tables as they are at one moment, without what stands apart; give the keys of the same moment."""
    draft = path.with_name(f"{path.name}.part")
    open_private(draft).close()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
                tables = {name: _columns(cursor, name) for name in _tables(cursor)}
                archive.writestr(_MANIFEST, json.dumps(_manifest(cursor, tables)))
                for table, columns in tables.items():
                    if table not in _WITHOUT_ROWS:
                        _save_table(cursor, archive, table, columns)
            cursor.execute(
                "SELECT k.case_id, c.code, k.sealed_key FROM coordination_casekey k "
                "JOIN coordination_case c ON c.id = k.case_id ORDER BY k.case_id"
            )
            rows = cursor.fetchall()
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return [key_line(*row) for row in rows]


def load(path: Path) -> None:
    """Bring the data of a file into the database, which holds no case: all or nothing. Raises ``Unreadable``."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            _make_tables({tuple(found) for found in manifest["migrations"]})
            with transaction.atomic(), connection.cursor() as cursor:
                _load_tables(cursor, archive, manifest["tables"])
                for name, value in manifest["sequences"].items():
                    cursor.execute("SELECT setval(%s, %s)", [name, value])
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Unreadable(f"{path.name} is no backup of Involver: {error}") from None


def keep_number_free(number: int) -> None:
    """Let no new case get this id or one below it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence('coordination_case', 'id')")
        [name] = cursor.fetchone()
        cursor.execute(
            "SELECT setval(%s, GREATEST(%s, COALESCE(pg_sequence_last_value(%s::regclass), 0)))", [name, number, name]
        )


def _manifest(cursor: Any, tables: dict[str, list[str]]) -> dict[str, Any]:
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
    migrations = cursor.fetchall()
    cursor.execute(
        "SELECT sequencename, last_value FROM pg_sequences "
        "WHERE schemaname = current_schema() AND last_value IS NOT NULL"
    )
    return {
        "made_at": timezone.now().isoformat(),
        "tables": tables,
        "migrations": migrations,
        "sequences": dict(cursor.fetchall()),
    }


def _tables(cursor: Any) -> list[str]:
    return sorted(info.name for info in connection.introspection.get_table_list(cursor) if info.type == "t")


def _columns(cursor: Any, table: str) -> list[str]:
    return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def _save_table(cursor: Any, archive: zipfile.ZipFile, table: str, columns: list[str]) -> None:
    taken = [
        _INSTEAD[column] if table == _REFERENCES and column in _INSTEAD else sql.Identifier(column)
        for column in columns
    ]
    query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(sql.SQL(", ").join(taken), sql.Identifier(table))
    with archive.open(f"{table}.copy", "w", force_zip64=True) as file, cursor.copy(query) as rows:
        for chunk in rows:
            file.write(chunk)


def _make_tables(wanted: set[tuple[str, str]]) -> None:
    """Bring an empty database to where the saved one was; one with tables has to be there already."""
    executor = MigrationExecutor(connection)
    there = set(executor.loader.applied_migrations)
    if there == wanted:
        return
    if there:
        raise Unreadable("The database has tables of another version. Restore into an empty one.")
    unknown = wanted - set(executor.loader.graph.nodes)
    if unknown:
        raise Unreadable(f"The backup is of a newer version: {min(unknown)} is not known here.")
    executor.migrate(sorted(wanted))


def _load_tables(cursor: Any, archive: zipfile.ZipFile, tables: dict[str, list[str]]) -> None:
    names = [sql.Identifier(table) for table in tables]
    # The guards of what is append-only refuse to empty a table, too; they are away in this transaction only.
    for name in names:
        cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
    cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(names)))
    for table, columns in tables.items():
        if table in _WITHOUT_ROWS:
            continue
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(column) for column in columns)
        )
        with archive.open(f"{table}.copy") as file, cursor.copy(into) as rows:
            while chunk := file.read(_CHUNK):
                rows.write(chunk)
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for name in names:
        cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))
