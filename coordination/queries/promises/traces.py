"""Promise 6: everything leaves a trace. Every state that a row has come to has exactly the events that led there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from coordination.models import (
    CHANGES_NOTHING,
    Agreement,
    AgreementState,
    Attendance,
    AttendanceAnswer,
    Basis,
    BasisState,
    Case,
    CaseState,
    Event,
    EventKind,
    FormerContact,
    Handover,
    HandoverKind,
    HandoverState,
    Holding,
    HoldingReason,
    Invitation,
    InvitationState,
    Involvement,
    InvolvementKind,
    JoinRequest,
    JoinState,
    Meeting,
    MeetingState,
    Membership,
    Milestone,
    MilestoneState,
    OutboxEntry,
    Partnership,
    PartnershipEnd,
    Reference,
    ReferencePurpose,
    Review,
    StepTaken,
    Transition,
    TransitionState,
    TransitionTemplate,
    Unit,
)
from coordination.queries.promises.registry import Rows, invariant

_ALWAYS = Q(pk__isnull=False)


def _count(rows: QuerySet[Event] | QuerySet[Holding] | QuerySet[FormerContact] | QuerySet[Review], by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(counted=Count("pk")).values("counted")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def _told(model: str, *kinds: EventKind) -> Coalesce:
    """Build the number of events of these kinds that happened to a row."""
    return _count(Event.objects.filter(subject=model, subject_id=OuterRef("pk"), kind__in=kinds), "subject_id")


def _once_iff(rows: Rows, state: Q, *kinds: EventKind) -> Rows:
    """Find the rows of which these events were not told once in that state, or were told in another."""
    told: Rows = rows.alias(told=_told(rows.model.__name__.lower(), *kinds))
    return told.filter(state & ~Q(told=1) | ~state & ~Q(told=0))


@invariant(6, among=Invitation.objects.all())
def invitation_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """An invitation was sent once, and accepted, declined or withdrawn once if that is what became of it."""
    rows = Invitation.objects.all()
    accepted = Q(state__in=(InvitationState.ACCEPTED, InvitationState.COMPLETED, InvitationState.LEFT))
    yield _once_iff(rows, _ALWAYS, EventKind.INVITATION_SENT)
    yield _once_iff(rows, accepted, EventKind.INVITATION_ACCEPTED)
    yield _once_iff(rows, Q(state=InvitationState.DECLINED), EventKind.INVITATION_DECLINED)
    yield _once_iff(rows, Q(state=InvitationState.WITHDRAWN), EventKind.INVITATION_WITHDRAWN)


@invariant(6, among=Partnership.objects.all())
def partnership_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """A partnership that has ended was completed, left or ended with its case or unit, once."""
    rows = Partnership.objects.all()
    with_another = Q(end__in=(PartnershipEnd.CASE_CLOSED, PartnershipEnd.UNIT_CLOSED))
    yield _once_iff(rows, Q(end=PartnershipEnd.COMPLETED), EventKind.PARTNERSHIP_COMPLETED)
    yield _once_iff(rows, Q(end=PartnershipEnd.LEFT), EventKind.PARTNERSHIP_LEFT)
    yield _once_iff(rows, with_another, EventKind.PARTNERSHIP_ENDED)


@invariant(6, among=Partnership.objects.all())
def contact_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """A partnership has had as many contacts before the one it names as its events tell."""
    told = _told("partnership", EventKind.CONTACT_CHANGED)
    known = _count(FormerContact.objects.filter(partnership=OuterRef("pk")), "partnership")
    yield Partnership.objects.alias(told=told, known=known).exclude(told=F("known"))


@invariant(6, among=JoinRequest.objects.all())
def join_request_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """A request to join was asked once, and answered or withdrawn once if that is what became of it."""
    rows = JoinRequest.objects.all()
    yield _once_iff(rows, _ALWAYS, EventKind.JOIN_ASKED)
    yield _once_iff(rows, Q(state=JoinState.ACCEPTED), EventKind.JOIN_ACCEPTED)
    yield _once_iff(rows, Q(state=JoinState.DECLINED), EventKind.JOIN_DECLINED)
    yield _once_iff(rows, Q(state=JoinState.WITHDRAWN), EventKind.JOIN_WITHDRAWN)


@invariant(6, among=Handover.objects.all())
def handover_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """A handover was offered, or asked for, once, and answered or withdrawn once if that is what became of it."""
    offer, request = Q(kind=HandoverKind.OFFER), Q(kind=HandoverKind.REQUEST)
    rows = Handover.objects.all()
    yield _once_iff(rows, offer, EventKind.HANDOVER_OFFERED)
    yield _once_iff(rows, request, EventKind.BATON_REQUESTED)
    for state, of_offer, of_request in (
        (HandoverState.ACCEPTED, EventKind.HANDOVER_ACCEPTED, EventKind.BATON_REQUEST_ACCEPTED),
        (HandoverState.DECLINED, EventKind.HANDOVER_DECLINED, EventKind.BATON_REQUEST_DECLINED),
        (HandoverState.WITHDRAWN, EventKind.HANDOVER_WITHDRAWN, EventKind.BATON_REQUEST_WITHDRAWN),
    ):
        yield _once_iff(rows, offer & Q(state=state), of_offer)
        yield _once_iff(rows, request & Q(state=state), of_request)


@invariant(6, among=Agreement.objects.all())
def agreement_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """An agreement was made once, done or dropped if that is what became of it, and ended by a look or its case."""
    rows = Agreement.objects.all()
    yield _once_iff(rows, _ALWAYS, EventKind.AGREEMENT_MADE)
    yield _once_iff(rows, Q(state=AgreementState.DROPPED), EventKind.AGREEMENT_DROPPED)
    done = rows.alias(told=_told("agreement", EventKind.AGREEMENT_DONE))
    yield done.filter(state=AgreementState.DONE, told=0)
    ended = rows.alias(told=_told("agreement", EventKind.AGREEMENT_ENDED, EventKind.AGREEMENT_LOOKED_AT))
    yield ended.filter(state=AgreementState.ENDED, told=0)


@invariant(6, among=Meeting.objects.all())
def meeting_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """A meeting was called once, moved as often as it says, and held or cancelled once if so."""
    rows = Meeting.objects.all()
    yield _once_iff(rows, _ALWAYS, EventKind.MEETING_CALLED)
    yield _once_iff(rows, Q(state=MeetingState.HELD), EventKind.MEETING_HELD)
    yield _once_iff(rows, Q(state=MeetingState.CANCELLED), EventKind.MEETING_CANCELLED)
    yield rows.alias(told=_told("meeting", EventKind.MEETING_MOVED)).exclude(told=F("moved_count"))


@invariant(6, among=Attendance.objects.filter(answer=AttendanceAnswer.RELEASED))
def released_call_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """A call to a meeting that has been taken back says so."""
    released = Attendance.objects.filter(answer=AttendanceAnswer.RELEASED)
    yield released.alias(told=_told("attendance", EventKind.MEETING_RELEASED)).filter(told=0)


@invariant(6, among=Basis.objects.all())
def basis_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """A basis was recorded once, and withdrawn or expired once if so."""
    rows = Basis.objects.all()
    yield _once_iff(rows, _ALWAYS, EventKind.BASIS_RECORDED)
    yield _once_iff(rows, Q(state=BasisState.WITHDRAWN), EventKind.BASIS_WITHDRAWN)
    yield _once_iff(rows, Q(state=BasisState.EXPIRED), EventKind.BASIS_EXPIRED)


@invariant(6, among=Reference.objects.filter(purpose=ReferencePurpose.RECORD))
def reference_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """A reference to a record was added once."""
    yield _once_iff(Reference.objects.filter(purpose=ReferencePurpose.RECORD), _ALWAYS, EventKind.REFERENCE_ADDED)


@invariant(6, among=Case.objects.all())
def case_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """A case was opened once, is closed or open as its events say, and remembers when the last one was."""
    rows = Case.objects.all()
    yield _once_iff(rows, _ALWAYS, EventKind.CASE_OPENED)
    reopened = _told("case", EventKind.CASE_REOPENED)
    ends = rows.alias(closed=_told("case", EventKind.CASE_CLOSED), reopened=reopened)
    is_closed = Q(state=CaseState.CLOSED)
    yield ends.filter(is_closed & ~Q(closed=F("reopened") + 1) | Q(state=CaseState.OPEN) & ~Q(closed=F("reopened")))
    changes = Event.objects.filter(case=OuterRef("pk")).exclude(kind__in=CHANGES_NOTHING)
    newest = changes.order_by("-pk").values("at")[:1]
    yield rows.alias(newest=Subquery(newest)).exclude(newest=F("last_event_at"))


@invariant(6, among=Case.objects.all())
def baton_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """The baton of a case has moved as often, and in the ways, that its events tell."""
    rows = Case.objects.all()
    for reason, kinds in (
        (HoldingReason.OPENED, (EventKind.CASE_OPENED,)),
        (HoldingReason.HANDED_OVER, (EventKind.HANDOVER_ACCEPTED, EventKind.BATON_REQUEST_ACCEPTED)),
        (HoldingReason.ASSIGNED, (EventKind.HOLDER_ASSIGNED,)),
        (HoldingReason.FELL, (EventKind.BATON_FELL,)),
        (HoldingReason.REOPENED, (EventKind.CASE_REOPENED,)),
    ):
        moves_it = Q(kind__in=kinds)
        if reason == HoldingReason.HANDED_OVER:  # also with a child
            moves_it |= Q(kind=EventKind.TRANSITION_RECEIVED, data__takes_baton=True)
        told = _count(Event.objects.filter(moves_it, case=OuterRef("pk")), "case")
        moved = _count(Holding.objects.filter(case=OuterRef("pk"), reason=reason), "case")
        yield rows.alias(told=told, moved=moved).exclude(told=F("moved"))


@invariant(6, among=Involvement.objects.all())
def involvement_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """That the child was heard, or the parents took part, was told once."""
    yield _once_iff(Involvement.objects.all(), Q(kind=InvolvementKind.CHILD), EventKind.CHILD_HEARD)
    yield _once_iff(Involvement.objects.all(), Q(kind=InvolvementKind.PARENTS), EventKind.PARENTS_INVOLVED)


@invariant(6, among=Transition.objects.all())
def transition_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """A move was planned once, handed over once more than it came back, and received, followed up or cancelled once."""
    rows = Transition.objects.all()
    yield _once_iff(rows, _ALWAYS, EventKind.TRANSITION_PLANNED)
    yield _once_iff(rows, Q(received_at__isnull=False), EventKind.TRANSITION_RECEIVED)
    yield _once_iff(rows, Q(landed_at__isnull=False), EventKind.TRANSITION_LANDED)
    yield _once_iff(rows, Q(state=TransitionState.CANCELLED), EventKind.TRANSITION_CANCELLED)
    told = rows.alias(
        handed_over=_told("transition", EventKind.TRANSITION_HANDED_OVER),
        declined=_told("transition", EventKind.TRANSITION_DECLINED),
        lost=_told("transition", EventKind.RECEIVER_LOST),
    )
    # A receiver may be lost before anything has been handed over to it, too.
    is_away = Q(handed_over_at__isnull=False)
    yield told.filter(is_away & Q(handed_over__lte=F("declined")))
    yield told.filter(~is_away & Q(handed_over__gt=F("declined") + F("lost")))
    reviews = _count(Review.objects.filter(transition=OuterRef("pk")), "transition")
    reviewed = _told("transition", EventKind.TRANSITION_REVIEWED)
    yield rows.alias(told=reviewed, given=reviews).exclude(told=F("given"))


@invariant(6, among=Milestone.objects.exclude(state=MilestoneState.OPEN))
def milestone_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """A milestone was told to be done, or not to be relevant, once if so."""
    rows = Milestone.objects.all()
    yield _once_iff(rows, Q(state=MilestoneState.DONE), EventKind.MILESTONE_DONE)
    yield _once_iff(rows, Q(state=MilestoneState.NOT_RELEVANT), EventKind.MILESTONE_NOT_RELEVANT)


@invariant(6, among=Membership.objects.all())
def membership_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """A membership was begun once, and ended once if it has."""
    rows = Membership.objects.all()
    yield _once_iff(rows, _ALWAYS, EventKind.MEMBERSHIP_BEGUN)
    yield _once_iff(rows, Q(ended_at__isnull=False), EventKind.MEMBERSHIP_ENDED)


@invariant(6, among=Unit.objects.all())
def unit_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """A unit was placed once, and closed once if it has."""
    rows = Unit.objects.all()
    yield _once_iff(rows, _ALWAYS, EventKind.UNIT_PLACED)
    yield _once_iff(rows, Q(closed_at__isnull=False), EventKind.UNIT_CLOSED)


@invariant(6, among=TransitionTemplate.objects.all())
def template_leaves_its_trace(_today: date) -> Iterator[Rows]:
    """A version of a template that somebody has made was told once; those shipped came with the program."""
    yield _once_iff(TransitionTemplate.objects.all(), Q(made_by__isnull=False), EventKind.TEMPLATE_CHANGED)


@invariant(6, among=Event.objects.all())
def event_is_passed_on(today: date) -> Iterator[Rows]:
    """Every event of the last 30 days has its row in the outbox; older rows may have been cleared away."""
    recent = Event.objects.filter(at__gte=_days_ago(today, 30))
    yield recent.filter(~Exists(OutboxEntry.objects.filter(event=OuterRef("pk"))))


@invariant(7, among=StepTaken.objects.all())
def step_is_passed_on(today: date) -> Iterator[Rows]:
    """Every step of a deadline that was taken in the last 30 days has its row in the outbox."""
    recent = StepTaken.objects.filter(taken_at__gte=_days_ago(today, 30))
    yield recent.filter(~Exists(OutboxEntry.objects.filter(step=OuterRef("pk"))))


def _days_ago(today: date, days: int) -> datetime:
    """The moment at which the day so many days ago began."""
    return timezone.make_aware(datetime.combine(today - timedelta(days=days), time.min))
