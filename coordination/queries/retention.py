"""Which cases are to be erased, and how long things are kept."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from coordination.models import (
    Case,
    CaseState,
    Deadline,
    DeadlineKind,
    ErasureRequest,
    FigurePeriod,
    Reference,
    ReferencePurpose,
    RetentionHold,
    RetentionKind,
    RetentionRule,
)
from coordination.models.retention import DEFAULT_MONTHS
from coordination.queries.figures.counting import ASKS
from coordination.rules.retention import same_day_months_ago

# A case waits until the figures count it. But figures that cannot be reckoned keep nothing for ever.
LONGEST_WAIT = timedelta(days=183)


def months_kept(kind: RetentionKind) -> int:
    """Say for how many months something is kept."""
    decided = RetentionRule.objects.filter(kind=kind).values_list("months", flat=True).first()
    return DEFAULT_MONTHS[kind.value] if decided is None else decided


def kept_since(kind: RetentionKind, now: datetime) -> datetime:
    """Give the moment before which something has to be over for its time to have come."""
    return _midnight(same_day_months_ago(timezone.localdate(now), months_kept(kind)))


def held() -> Exists:
    """Build the condition that a case is held back for a complaint."""
    return Exists(RetentionHold.objects.filter(case=OuterRef("pk"), lifted_at=None))


def cases_to_erase(now: datetime) -> QuerySet[Case]:
    """Find the closed cases whose time is over, and those that somebody has asked to be erased: these a day later.

    Not those held back for a complaint; nor those that the figures have still to count.
    """
    is_recorded = Exists(Reference.objects.filter(case=OuterRef("pk"), purpose=ReferencePurpose.RECORD))
    recorded, sparring = (kept_since(kind, now) for kind in (RetentionKind.CASE, RetentionKind.SPARRING))
    is_over = is_recorded & Q(closed_at__lt=recorded) | ~is_recorded & Q(closed_at__lt=sparring)
    is_late = is_recorded & Q(closed_at__lt=recorded - LONGEST_WAIT)
    is_late |= ~is_recorded & Q(closed_at__lt=sparring - LONGEST_WAIT)
    asked = Exists(ErasureRequest.objects.filter(case=OuterRef("pk")))
    day_over = Q(closed_at__lt=_midnight(timezone.localdate(now)))
    found = _with_days(Case.objects.filter(state=CaseState.CLOSED)).filter(
        is_over & (_is_counted() | is_late) | asked & day_over
    )
    return found.exclude(held()).order_by("closed_at", "pk")


def _with_days(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Say on which days a case may be counted last: the one it was closed on, and those by which it was asked."""
    asked = Deadline.objects.filter(case=OuterRef("pk"), kind__in=(*ASKS, DeadlineKind.RECEIVE_TRANSITION))
    last = asked.order_by().values("case").annotate(last=Max("due_on")).values("last")
    return cases.alias(
        root=Coalesce(F("holder_unit__root_id"), F("holder_unit_id")),
        closed_on=TruncDate("closed_at"),
        asked_on=Coalesce(Subquery(last), TruncDate("closed_at")),
    )


def _is_counted() -> Q:
    reckoned = FigurePeriod.objects.filter(root=OuterRef("root"))
    return Q(Exists(reckoned.filter(last_on__gte=OuterRef("closed_on")))) & Q(
        Exists(reckoned.filter(last_on__gte=OuterRef("asked_on")))
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
