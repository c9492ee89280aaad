"""Promise 8: everything ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from coordination.models import Basis, BasisKind, BasisState, CaseState, Deadline, DeadlineKind
from coordination.queries.promises.registry import Rows, invariant

_CONSENTS = Basis.objects.filter(state=BasisState.ACTIVE, kind=BasisKind.CONSENT)


@invariant(8, among=_CONSENTS.filter(case__state=CaseState.OPEN))
def consent_is_to_be_renewed(_today: date) -> Iterator[Rows]:
    """A consent in an open case has a deadline for renewing it, on its last day."""
    owed = Deadline.objects.open().filter(
        kind=DeadlineKind.RENEW_CONSENT, basis=OuterRef("pk"), due_on=OuterRef("ends_on")
    )
    yield _CONSENTS.filter(~Exists(owed), case__state=CaseState.OPEN)


@invariant(8, among=_CONSENTS)
def consent_ends_with_its_day(today: date) -> Iterator[Rows]:
    """A consent has expired at the latest a day after its last one; else time does not pass: is the scheduler on?"""
    yield _CONSENTS.filter(ends_on__lt=today - timedelta(days=1))
