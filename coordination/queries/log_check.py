"""Whether the chain and the logs still say the same: every row as it was linked, every link as it was made."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import timezone

from coordination.models import Log, LogLink, StepTaken
from coordination.models.append_only import AppendOnly
from coordination.models.guards import unguarded_tables
from coordination.privacy.chain import FIELDS, START, Head, chain_after, digest_of
from coordination.queries.log import LOGS, cleared_before, erased_case_numbers, unlinked

_CHUNK = 1000
# Rows are linked seconds after they were written. Whatever says that it is older than what had been linked for so long
# was written later than it says.
GRACE = timedelta(hours=1)


class Fault(Enum):
    """In which way a link and its row do not fit."""

    GAP = "gap"
    CHAIN = "chain"
    CHANGED = "changed"
    MISSING = "missing"
    LATE = "late"


@dataclass(frozen=True)
class Found:
    """A fault, and where: the position in the chain, and the row that stands there."""

    fault: Fault
    position: int
    log: str
    row_id: int


@dataclass
class Checked:
    """What came of going through the chain. ``rightly_gone``: rows of erased cases and of logs cleared on schedule."""

    counts: Counter[str] = field(default_factory=Counter)
    rightly_gone: int = 0
    faults: list[Found] = field(default_factory=list)
    faults_in_all: int = 0
    head: Head | None = None

    def note(self, fault: Fault, link: LogLink, most: int) -> None:
        """Count a fault, and keep the first ``most``."""
        self.faults_in_all += 1
        if len(self.faults) < most:
            self.faults.append(Found(fault, link.position, link.log, link.row_id))


def check_chain(*, now: datetime, most: int = 20) -> Checked:
    """Go through the whole chain, in constant memory; keep the first ``most`` faults, and count them all."""
    checked = Checked()
    position, chain = 0, START
    times = _Times()
    for links in _chunks(LogLink.objects.order_by("position").iterator(chunk_size=_CHUNK)):
        rows = _rows_of(links)
        # Asked after the rows were: what is erased or cleared meanwhile is gone with its receipt.
        cleared = {log.value: cleared_before(log, now=max(now, timezone.now())) for log in Log}
        erased = erased_case_numbers({link.case_number for link in links if link.case_number is not None})
        for link in links:
            if link.position != position + 1:
                checked.note(Fault.GAP, link, most)
            if chain_after(chain, link) != bytes(link.chain):
                checked.note(Fault.CHAIN, link, most)
            row = rows.get((link.log, link.row_id))
            if row is None:
                before = cleared[link.log]
                if link.case_number in erased or (before is not None and link.linked_at < before):
                    checked.rightly_gone += 1
                else:
                    checked.note(Fault.MISSING, link, most)
            elif digest_of(link.log, row) != bytes(link.digest):
                checked.note(Fault.CHANGED, link, most)
            elif times.is_late(link.linked_at, row["at"]):
                checked.note(Fault.LATE, link, most)
            checked.counts[link.log] += 1
            position, chain = link.position, bytes(link.chain)
            checked.head = head_at(link, checked.counts)
    return checked


def head_at(link: LogLink, counts: Counter[str]) -> Head:
    """Write down where the chain stands at a link."""
    return Head(
        position=link.position,
        chain=bytes(link.chain).hex(),
        day=timezone.localdate(link.linked_at).isoformat(),
        linked_at=link.linked_at.isoformat(),
        counts={log.value: counts[log.value] for log in Log},
    )


def holds(head: Head) -> bool:
    """Say whether an exported head is still in the chain: nothing up to it was cut off or made anew."""
    chain = LogLink.objects.filter(position=head.position).values_list("chain", flat=True).first()
    return chain is not None and bytes(chain).hex() == head.chain


def count_unlinked() -> dict[str, int]:
    """Count the rows of each log that are not linked yet."""
    return {log.value: unlinked(log).count() for log in Log}


def tables_without_guard() -> list[str]:
    """Name the append-only tables whose triggers are missing."""
    models = [model for model in apps.get_models() if issubclass(model, (AppendOnly, StepTaken))]
    tables = sorted(model._meta.db_table for model in models)  # noqa: SLF001 -- a name, nothing private
    return unguarded_tables(connection, tables)


class _Times:
    """Whether a row says that it is older than what stood in the chain long before it came there.

    Both are asked: older than the links that were there, and than the newest row in them. Of many rows linked for the
    first time none is late, in whichever order they were written.
    """

    def __init__(self) -> None:
        self._recent: deque[tuple[datetime, datetime]] = deque()
        self._settled: tuple[datetime, datetime] | None = None

    def is_late(self, linked_at: datetime, at: datetime) -> bool:
        while self._recent and self._recent[0][0] <= linked_at - GRACE:
            before, newest = self._recent.popleft()
            self._settled = (before, max(newest, self._settled[1]) if self._settled else newest)
        is_late = self._settled is not None and at < min(self._settled) - GRACE
        if not is_late:
            newest = max(at, self._recent[-1][1]) if self._recent else at
            if self._recent and self._recent[-1][0] == linked_at:
                self._recent.pop()
            self._recent.append((linked_at, newest))
        return is_late


def _rows_of(links: list[LogLink]) -> dict[tuple[str, int], dict[str, Any]]:
    found = {}
    for log, model in LOGS.items():
        ids = [link.row_id for link in links if link.log == log]
        for row in model.objects.filter(pk__in=ids).order_by().values(*FIELDS[log]):
            found[log.value, row["id"]] = row
    return found


def _chunks(links: Iterator[LogLink]) -> Iterator[list[LogLink]]:
    while chunk := list(islice(links, _CHUNK)):
        yield chunk
