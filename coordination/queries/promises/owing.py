"""Promise 2, of what is owed: agreements, meetings, the next step, and who owes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, F, OuterRef, Q

from coordination.models import (
    Agreement,
    AgreementState,
    Attendance,
    AttendanceAnswer,
    Case,
    CaseState,
    Deadline,
    DeadlineKind,
    HandoverState,
    Invitation,
    InvitationState,
    JoinState,
    Meeting,
    MeetingState,
    Partnership,
)
from coordination.queries.promises.batons import OPEN_CASES
from coordination.queries.promises.registry import Rows, invariant

_OPEN = Deadline.objects.open()
_HOLDERS = (
    DeadlineKind.ANSWER_JOIN_REQUEST,
    DeadlineKind.LOOK_AGAIN,
    DeadlineKind.MEETING_OUTCOME,
    DeadlineKind.NEXT_STEP,
    DeadlineKind.RENEW_CONSENT,
    DeadlineKind.HEAR_CHILD,
    DeadlineKind.INVOLVE_PARENTS,
    DeadlineKind.NAME_RECEIVER,
    DeadlineKind.CLOSE_TO_ERASE,
)
# What is owed all along, whatever the next step is.
_ALL_ALONG = (DeadlineKind.RENEW_CONSENT, DeadlineKind.HEAR_CHILD, DeadlineKind.INVOLVE_PARENTS)


@invariant(2, among=OPEN_CASES)
def open_case_has_something_due(_today: date) -> Iterator[Rows]:
    """In an open case something is due, beside what is owed all along."""
    due = _OPEN.filter(case=OuterRef("pk")).exclude(kind__in=_ALL_ALONG)
    yield OPEN_CASES.filter(~Exists(due))


@invariant(2, among=OPEN_CASES)
def next_step_is_missed_only_where_nothing_is_due(_today: date) -> Iterator[Rows]:
    """A next step is owed only while nothing else is due."""
    due = _OPEN.filter(case=OuterRef("pk"))
    others = due.exclude(kind__in=(DeadlineKind.NEXT_STEP, *_ALL_ALONG))
    yield OPEN_CASES.filter(Exists(due.filter(kind=DeadlineKind.NEXT_STEP)), Exists(others))


@invariant(2, among=_OPEN)
def deadline_is_owed_by_somebody_active(_today: date) -> Iterator[Rows]:
    """What is owed is owed by somebody active, or by a whole unit that is open."""
    yield _OPEN.filter(Q(owner__is_active=False) | Q(owner=None, unit__closed_at__isnull=False))


@invariant(2, among=_OPEN.filter(kind__in=_HOLDERS))
def holder_owes_what_is_the_holders(_today: date) -> Iterator[Rows]:
    """What only the holder can do is owed by the holder of this moment, for the unit they hold the baton for."""
    yield _OPEN.filter(kind__in=_HOLDERS).exclude(owner=F("case__holder"), unit=F("case__holder_unit"))


@invariant(2, among=Agreement.objects.all())
def agreement_is_owed_while_it_is_open(_today: date) -> Iterator[Rows]:
    """An agreement has a deadline with its owner and its day exactly while it is open."""
    owed = _OPEN.filter(kind=DeadlineKind.DO_AGREEMENT, agreement=OuterRef("pk"))
    right = owed.filter(owner=OuterRef("owner"), unit=OuterRef("unit"), due_on=OuterRef("due_on"))
    is_open = Q(state=AgreementState.OPEN)
    yield Agreement.objects.filter(is_open & ~Exists(right) | ~is_open & Exists(owed))


@invariant(2, among=Agreement.objects.exclude(look_again_on=None))
def agreement_is_looked_at_again(_today: date) -> Iterator[Rows]:
    """An agreement that is to be looked at again has a deadline for that, on its day, exactly until then."""
    owed = _OPEN.filter(kind=DeadlineKind.LOOK_AGAIN, agreement=OuterRef("pk"))
    to_be_looked_at = Q(
        look_again_on__isnull=False,
        state__in=(AgreementState.OPEN, AgreementState.DONE),
        case__state=CaseState.OPEN,
    )
    right = Exists(owed.filter(due_on=OuterRef("look_again_on")))
    yield Agreement.objects.filter(to_be_looked_at & ~right | ~to_be_looked_at & Exists(owed))


@invariant(2, among=Meeting.objects.all())
def meeting_is_owed_while_it_is_planned(_today: date) -> Iterator[Rows]:
    """A meeting has a deadline for taking its outcome down exactly while it is planned."""
    owed = Exists(_OPEN.filter(kind=DeadlineKind.MEETING_OUTCOME, meeting=OuterRef("pk")))
    planned = Q(state=MeetingState.PLANNED)
    yield Meeting.objects.filter(planned & ~owed | ~planned & owed)


@invariant(2, among=Meeting.objects.filter(state=MeetingState.PLANNED))
def meeting_is_where_somebody_opens(_today: date) -> Iterator[Rows]:
    """A planned meeting is at a unit that is open, or begins before the unit closed."""
    yield Meeting.objects.filter(state=MeetingState.PLANNED, starts_at__gt=F("place__closed_at"))


@invariant(2, among=Attendance.objects.all())
def call_is_owed_while_it_waits(_today: date) -> Iterator[Rows]:
    """A call to a meeting has a deadline for the one who is called exactly while it waits for an answer."""
    owed = _OPEN.filter(kind=DeadlineKind.ANSWER_MEETING, attendance=OuterRef("pk"))
    waiting = Q(answer=AttendanceAnswer.ASKED, meeting__state=MeetingState.PLANNED)
    right = Exists(owed.filter(owner=OuterRef("person"), unit=OuterRef("unit")))
    yield Attendance.objects.filter(waiting & ~right | ~waiting & Exists(owed))


@invariant(2, among=Case.objects.filter(state=CaseState.CLOSED))
def closed_case_leaves_nothing_open(_today: date) -> Iterator[Rows]:
    """In a closed case nobody waits, owes or takes part any more; only what leaders learn from a move is still owed."""
    here = {"case": OuterRef("pk")}
    yield Case.objects.filter(
        Exists(_OPEN.filter(**here).exclude(kind=DeadlineKind.REVIEW_TRANSITION))
        | Exists(Partnership.objects.live().filter(**here))
        | Exists(Invitation.objects.filter(state__in=(InvitationState.SENT, InvitationState.ACCEPTED), **here))
        | Q(join_requests__state=JoinState.ASKED)
        | Q(handovers__state=HandoverState.OFFERED)
        | Q(agreements__state=AgreementState.OPEN)
        | Q(meetings__state=MeetingState.PLANNED),
        state=CaseState.CLOSED,
    ).distinct()
