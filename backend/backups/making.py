"""A backup from beginning to end, and back: made, restored, and rid again of what was erased since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType

from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection

from backend.backups import postgresql, sqlite
from backend.backups.keeping import (
    KEYS,
    RECEIPTS,
    Unreadable,
    bring_keys,
    read_lines,
    receipt_lines,
    receipt_of,
    write_lines,
)
from coordination.commands.erasures import OtherCase, erase_again
from coordination.commands.keys import renew_keys
from coordination.models import Case, Erasure, Reference
from coordination.privacy.references import is_under_case_key

BATCH = 100


@dataclass(frozen=True)
class Made:
    """What a backup holds. ``in_reach``: references that an erasure will not reach in it, for their keys are lost."""

    data: Path
    keys: int
    receipts: int
    in_reach: int


@dataclass(frozen=True)
class Replayed:
    """What came of receipts: cases erased again, those that were gone, and numbers that are another case's."""

    erased: int
    gone: int
    others: tuple[int, ...]


def make_backup(folder: Path, *, now: datetime) -> Made:
    """Write a backup into a folder: data under a name of its own, keys and receipts in the place of the last ones."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _renew_all_keys()  # what is not under the key of its case would be readable without it
    data = folder / f"data-{now:%Y%m%dT%H%M%SZ}{_way().SUFFIX}"
    keys = _way().save(data)
    write_lines(folder / KEYS, keys)
    receipts = write_lines(folder / RECEIPTS, receipt_lines())
    outside = sum(not is_under_case_key(reference) for reference in Reference.objects.iterator())
    return Made(data, len(keys), receipts, outside)


def restore_backup(folder: Path, *, data: Path | None = None, now: datetime) -> tuple[Path, Replayed]:
    """Bring a backup into a database without cases: the newest data, or ``data``, with the keys and receipts there.

    Raises ``Unreadable``.
    """
    found = data or max(folder.glob(f"data-*{_way().SUFFIX}"), default=None)
    if found is None:
        raise Unreadable(f"There is no data-…{_way().SUFFIX} in {folder}.")
    receipts = list(read_lines(folder / RECEIPTS))
    keys = list(read_lines(folder / KEYS))
    if _has_cases():
        raise Unreadable("The database holds cases. Restore into an empty one.")
    _way().load(found)
    call_command("migrate", verbosity=0)
    replayed = replay(receipts, now=now)
    bring_keys(keys)
    _renew_all_keys()
    return found, replayed


def replay_file(path: Path, *, now: datetime) -> Replayed:
    """Erase again what the receipts in a file say has been erased. Raises ``Unreadable``."""
    return replay(list(read_lines(path)), now=now)


def replay(lines: list[dict[str, object]], *, now: datetime) -> Replayed:
    """Erase again every case that one of the receipts is about; twice does no harm."""
    erased, gone, others = 0, 0, []
    for line in lines:
        receipt = receipt_of(line)
        try:
            was_there = erase_again(receipt=receipt, now=now)
        except OtherCase:
            others.append(receipt.case_number)
            continue
        erased, gone = erased + was_there, gone + (not was_there)
    highest = Erasure.objects.order_by("-case_number").values_list("case_number", flat=True).first()
    if highest is not None:
        _way().keep_number_free(highest)
    return Replayed(erased, gone, tuple(others))


def _renew_all_keys() -> None:
    failed: set[int] = set()
    while renew_keys(limit=BATCH, failed=failed):
        pass


def _has_cases() -> bool:
    try:
        return Case.objects.exists()
    except (OperationalError, ProgrammingError):
        return False  # there are no tables at all


def _way() -> ModuleType:
    return postgresql if connection.vendor == "postgresql" else sqlite
