"""Everywhere that something can lie: every column of every table, the database's own files, sessions, and the cache."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection

from tests.promises.nothing_sensitive_is_stored.personal import found_in


def columns_holding(signs: Iterable[str]) -> set[tuple[str, str, str]]:
    """Find in which column of which table something stands, and what."""
    signs = list(signs)
    return {(table, column, sign) for table, column, text in _cells() for sign in found_in(text, signs)}


def files_holding(signs: Iterable[str]) -> set[str]:
    """Find what stands in the bytes of the database, in pages too that nothing points to any more."""
    bare = {sign: sign.encode() for sign in signs}
    found = set()
    for piece in _pieces():
        small = piece.lower()
        found |= {sign for sign, letters in bare.items() if letters in small}
    return found


def sessions_and_cache() -> str:
    """Give all that sessions hold, opened, and all that is cached."""
    opened = [json.dumps(session.get_decoded(), default=str) for session in Session.objects.all()]
    cached = [repr(getattr(caches[name], "_cache", {})) for name in caches]
    return "\n".join([*opened, *cached])


def _cells() -> Iterator[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    yield table, column, _as_text(value)


def _as_text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return json.dumps(value, default=str, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _pieces() -> Iterator[bytes]:
    """Read the files of the database: of SQLite with its log, of PostgreSQL those of each table and index."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        yield path.read_bytes()
        yield path.with_name(f"{path.name}-wal").read_bytes()
        return
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT pg_relation_filepath(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname IN ('public', 'pg_toast') AND pg_relation_filenode(c.oid) IS NOT NULL"
        )
        for (path,) in cursor.fetchall():
            cursor.execute("SELECT pg_read_binary_file(%s, 0, 100000000, true)", [path])
            [(piece,)] = cursor.fetchall()
            yield bytes(piece or b"")
