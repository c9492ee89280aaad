"""Promise 8: everything ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from coordination.models import (
    LIVE_INVITATION,
    NOTES_ARE_KEPT,
    AgreementState,
    Basis,
    BasisKind,
    BasisState,
    CaseState,
    Deadline,
    DeadlineKind,
    MeetingState,
    PracticalNote,
)
from coordination.queries.log import midnight
from coordination.queries.notes import notes_shown
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


@invariant(8, among=PracticalNote.objects.all())
def note_ends_with_its_ask(_today: date) -> Iterator[Rows]:
    """A practical note stands beside an ask that has not ended, in an open case of a municipality that wants notes."""
    is_live = (
        Q(invitation__state__in=LIVE_INVITATION)
        | Q(agreement__state=AgreementState.OPEN)
        | Q(meeting__state=MeetingState.PLANNED)
    )
    living = notes_shown().filter(is_live, case__state=CaseState.OPEN)
    yield PracticalNote.objects.exclude(pk__in=living.values("pk"))


@invariant(8, among=PracticalNote.objects.all())
def note_ends_after_thirty_days(today: date) -> Iterator[Rows]:
    """A practical note is gone two days after its thirty at the latest; else time does not pass."""
    yield PracticalNote.objects.filter(written_at__lt=midnight(today - NOTES_ARE_KEPT - timedelta(days=1)))
