"""What ends by itself beside cases: rows that have done what they were for. docs/operations.md lists all."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.utils import timezone

from coordination.commands.changing import again_after_deadlock
from coordination.commands.sign_ins import LONGEST as SIGN_INS_COUNT
from coordination.models import Absence, OutboxEntry, SignInAttempt

# Longer than the promises look back (30 days), so that what is asked of them is still there.
OUTBOX_IS_KEPT = timedelta(days=60)
# Figures of up to two years back may still have to be reckoned, and they ask who was away.
ABSENCES_ARE_KEPT = timedelta(days=2 * 366)
ADMINISTRATION_IS_KEPT = timedelta(days=2 * 366)


@again_after_deadlock
def clear_out(*, now: datetime, limit: int) -> int:
    """Delete at most ``limit`` rows of each kind whose time is over; say how many."""
    relayed = OutboxEntry.objects.filter(relayed_at__lt=now - OUTBOX_IS_KEPT)
    over = Absence.objects.filter(last_on__lt=timezone.localdate(now) - ABSENCES_ARE_KEPT)
    sessions = Session.objects.filter(expire_date__lt=now)
    administered = LogEntry.objects.filter(action_time__lt=now - ADMINISTRATION_IS_KEPT)
    tries = SignInAttempt.objects.filter(at__lt=now - SIGN_INS_COUNT)
    with transaction.atomic():
        return sum(delete_some(rows, limit=limit) for rows in (relayed, over, sessions, administered, tries))


def delete_some(rows: models.QuerySet[models.Model], *, limit: int) -> int:
    """Delete at most ``limit`` of the rows, the oldest first; say how many of them."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
    if keys:
        models.QuerySet(rows.model).filter(pk__in=keys).delete()
    return len(keys)
