"""Linking: every event and every look becomes a link of the chain, soon after it was written."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from coordination.commands.changing import again_after_deadlock
from coordination.models import Log, LogLink
from coordination.privacy.chain import FIELDS, START, chain_after, digest_of
from coordination.queries.log import newest_link, newest_linked_row, unlinked

BATCH = 500
# A transaction may end after others that took higher ids; so many are looked back over in each round, all once a day.
LOOKED_BACK = 1000


@again_after_deadlock
def link_rows(*, now: datetime, batch: int = BATCH) -> int:
    """Link the rows of both logs that are not linked yet, at most ``batch`` of each; say how many there were.

    Of two that come at once the second one gives way. Not done in the transactions that write the rows: one head for
    all would make every change wait for every other.
    """
    try:
        with transaction.atomic():
            head = newest_link()
            links = _forge(head, now, batch)
            LogLink.objects.bulk_create(links)
            return len(links)
    except IntegrityError:
        found = newest_link()
        if found is not None and (head is None or found.position > head.position):
            return 0
        raise


def _forge(head: LogLink | None, now: datetime, batch: int) -> list[LogLink]:
    """Make the links that come after ``head``."""
    is_first_today = head is None or timezone.localdate(head.linked_at) < timezone.localdate(now)
    position, chain = (head.position, bytes(head.chain)) if head is not None else (0, START)
    links = []
    for log in Log:
        above = 0 if is_first_today else newest_linked_row(log) - LOOKED_BACK
        for row in unlinked(log, above=above).values(*FIELDS[log])[:batch]:
            position += 1
            link = LogLink(
                position=position,
                log=log,
                row_id=row["id"],
                case_number=row["case_id"],
                digest=digest_of(log, row),
                linked_at=now,
            )
            link.chain = chain = chain_after(chain, link)
            links.append(link)
    return links
