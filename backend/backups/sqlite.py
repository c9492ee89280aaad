"""Backup and restore of an SQLite database, with its own online backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection

from backend.backups.keeping import Line, Unreadable, key_line, open_private
from coordination.privacy.references import NO_INDEX

SUFFIX = ".sqlite3"
# An index could be tried out number by number: it takes only the index key. It is made anew after a restore.
_WITHOUT = (
    "DELETE FROM coordination_casekey",
    f"UPDATE coordination_reference SET number_index = CAST(uid AS BLOB), index_key_id = '{NO_INDEX}'",  # noqa: S608
    "DELETE FROM django_session",
    "DELETE FROM coordination_practicalnote",  # it is to be gone within days: a restore brings none back
)


def save(path: Path) -> list[Line]:
    """Copy the database as it is at one moment, without what stands apart; give the keys of the same moment."""
    copy, draft = path.with_name(f"{path.name}.copy"), path.with_name(f"{path.name}.part")
    open_private(copy).close()
    try:
        with closing(_open(_database())) as source, closing(_open(copy)) as target:
            source.backup(target)
            rows = target.execute(
                "SELECT k.case_id, c.code, k.sealed_key FROM coordination_casekey k "
                "JOIN coordination_case c ON c.id = k.case_id ORDER BY k.case_id"
            ).fetchall()
            target.execute("PRAGMA journal_mode=DELETE")
            for statement in _WITHOUT:
                target.execute(statement)
            target.commit()
            open_private(draft).close()
            # Into a file of its own: in the copy, what was deleted may still stand on free pages.
            target.execute("VACUUM INTO ?", [str(draft)])
        draft.replace(path)
    finally:
        copy.unlink(missing_ok=True)
        draft.unlink(missing_ok=True)
    return [key_line(*row) for row in rows]


def load(path: Path) -> None:
    """Bring the data of a file into the database, which holds no case. Raises ``Unreadable``."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source:
            [found] = source.execute("PRAGMA quick_check").fetchone()
            source.execute("SELECT 1 FROM coordination_casekey").fetchone()
            if found != "ok":
                raise Unreadable(f"{path.name} is damaged: {found}")
            connection.close()
            with closing(_open(_database())) as target:
                source.backup(target)
                target.execute("PRAGMA journal_mode=WAL")
    except sqlite3.DatabaseError as error:
        raise Unreadable(f"{path.name} is no backup of Involver: {error}") from None


def keep_number_free(number: int) -> None:
    """Let no new case get this id or one below it."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sqlite_sequence SET seq = MAX(seq, %s) WHERE name = 'coordination_case'", [number])
        if not cursor.rowcount:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('coordination_case', %s)", [number])


def _database() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _open(path: Path) -> Any:
    return sqlite3.connect(path, timeout=30)
