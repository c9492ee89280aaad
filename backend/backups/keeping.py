"""The files beside the data: keys of cases and receipts of erasures, one JSON object a line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from coordination.models import Case, CaseKey, Erasure, User

KEYS, RECEIPTS = "keys.jsonl", "erasures.jsonl"
Line = dict[str, Any]


class Unreadable(Exception):
    """A file is not what it should be; the words say which, and why."""


@contextmanager
def replaced(path: Path) -> Iterator[IO[str]]:
    """Write a file that only its owner reads, whole or not at all, in the place of the one that is there."""
    draft = path.with_name(f"{path.name}.part")
    with open_private(draft) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def open_private(path: Path) -> IO[str]:
    """Open a new file for writing that only its owner reads."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")


def write_lines(path: Path, lines: Iterable[Line]) -> int:
    """Write one JSON object a line; say how many."""
    count = 0
    with replaced(path) as file:
        for line in lines:
            file.write(json.dumps(line) + "\n")
            count += 1
    return count


def read_lines(path: Path) -> Iterator[Line]:
    """Read them again. Raises ``Unreadable``."""
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path.name} cannot be read: {error}") from None


def key_line(case_id: int, code: str, sealed_key: bytes) -> Line:
    """Write the key of a case down as it is stored: sealed."""
    return {"case": case_id, "code": code, "sealed_key": bytes(sealed_key).hex()}


def bring_keys(lines: Iterable[Line]) -> int:
    """Store the keys of the cases that are there; say how many. Keys of others are left out."""
    count = 0
    for line in lines:
        case = Case.objects.filter(pk=line["case"], code=line["code"]).first()
        if case is not None:
            CaseKey.objects.update_or_create(case=case, defaults={"sealed_key": bytes.fromhex(line["sealed_key"])})
            count += 1
    return count


def receipt_lines() -> Iterator[Line]:
    """Write down all receipts."""
    for receipt in Erasure.objects.order_by("pk").iterator():
        yield {
            "uid": str(receipt.uid),
            "case_number": receipt.case_number,
            "code_digest": bytes(receipt.code_digest).hex(),
            "cause": receipt.cause,
            "closed_on": receipt.closed_on.isoformat(),
            "erased_at": receipt.erased_at.isoformat(),
            "by": receipt.by_id,
        }


def receipt_of(line: Line) -> Erasure:
    """Read one receipt, not stored yet. Whoever erased is left out where they are not in the database."""
    try:
        return Erasure(
            uid=UUID(line["uid"]),
            case_number=int(line["case_number"]),
            code_digest=bytes.fromhex(line["code_digest"]),
            cause=line["cause"],
            closed_on=date.fromisoformat(line["closed_on"]),
            erased_at=datetime.fromisoformat(line["erased_at"]),
            by=User.objects.filter(pk=line["by"]).first(),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"This is no receipt of an erasure: {error!r}") from None
