"""Promise 9 and the moves: the child is heard, the parents are with us, and no child is lost between two units."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from coordination.models import (
    CaseState,
    Deadline,
    DeadlineKind,
    Involvement,
    InvolvementKind,
    Membership,
    Milestone,
    MilestoneState,
    Partnership,
    Review,
    Transition,
    TransitionState,
)
from coordination.queries.promises.batons import OPEN_CASES
from coordination.queries.promises.registry import Rows, invariant

_OPEN = Deadline.objects.open()
_WAITING = (TransitionState.PLANNED, TransitionState.HANDED_OVER)
_IN_OPEN_CASES = Transition.objects.filter(case__state=CaseState.OPEN)


def _leading_at_or_above(person: str, unit: str) -> QuerySet[Membership]:
    """Build the memberships by which a person leads a unit, or one above it."""
    place = ExpressionWrapper(OuterRef(f"{unit}__path"), CharField())
    theirs = Membership.objects.live().leading().filter(user=OuterRef(person))
    return theirs.alias(place=place).filter(place__startswith=F("unit__path"))


@invariant(9, among=OPEN_CASES)
def child_and_parents_are_asked_for(_today: date) -> Iterator[Rows]:
    """In an open case it is owed to hear the child, and to involve the parents."""
    for kind in (DeadlineKind.HEAR_CHILD, DeadlineKind.INVOLVE_PARENTS):
        yield OPEN_CASES.filter(~Exists(_OPEN.filter(case=OuterRef("pk"), kind=kind)))


@invariant(9, among=Transition.objects.filter(handed_over_at__isnull=False))
def child_and_parents_were_asked_before_a_move(_today: date) -> Iterator[Rows]:
    """Before a child was handed over, the child and the parents were asked since the move was planned."""
    asked = Involvement.objects.filter(
        case=OuterRef("case"), recorded_at__gte=OuterRef("planned_at"), recorded_at__lte=OuterRef("handed_over_at")
    )
    handed_over = Transition.objects.filter(handed_over_at__isnull=False)
    for kind in InvolvementKind:
        yield handed_over.filter(~Exists(asked.filter(kind=kind)))


@invariant(2, among=Transition.objects.all())
def receiver_is_sought_where_none_is_known(_today: date) -> Iterator[Rows]:
    """In an open case somebody owes to find out who receives a child exactly while nobody here is known to."""
    owed = Exists(_OPEN.filter(kind=DeadlineKind.NAME_RECEIVER, transition=OuterRef("pk")))
    unknown = Q(
        state=TransitionState.PLANNED, to_unit=None, template__kind__leaves_town=False, case__state=CaseState.OPEN
    )
    yield Transition.objects.filter(unknown & ~owed | ~unknown & owed)


@invariant(2, among=Transition.objects.all())
def child_is_to_be_received_while_handed_over(_today: date) -> Iterator[Rows]:
    """The receiving unit as a whole owes to receive a child exactly while the child is handed over to it."""
    owed = _OPEN.filter(kind=DeadlineKind.RECEIVE_TRANSITION, transition=OuterRef("pk"))
    handed_over = Q(state=TransitionState.HANDED_OVER)
    by_the_receiver = Exists(owed.filter(unit=OuterRef("to_unit"), owner=None))
    yield Transition.objects.filter(handed_over & ~by_the_receiver | ~handed_over & Exists(owed))


@invariant(2, among=_IN_OPEN_CASES.filter(state__in=_WAITING))
def receiver_is_open(_today: date) -> Iterator[Rows]:
    """A child that has not been received yet goes to a unit that is open."""
    yield _IN_OPEN_CASES.filter(state__in=_WAITING, to_unit__closed_at__isnull=False)


@invariant(2, among=Transition.objects.all())
def landing_is_followed_up(_today: date) -> Iterator[Rows]:
    """Whoever is the contact owes the follow-up exactly while the child has been received, for the receiving unit."""
    owed = _OPEN.filter(kind=DeadlineKind.FOLLOW_UP, transition=OuterRef("pk"))
    received = Q(state=TransitionState.RECEIVED)
    by_the_contact = Exists(owed.filter(owner=OuterRef("contact"), unit=OuterRef("to_unit")))
    yield Transition.objects.filter(received & ~by_the_contact | ~received & Exists(owed))


@invariant(5, among=_IN_OPEN_CASES.filter(state=TransitionState.RECEIVED))
def receiving_contact_speaks_for_the_unit(_today: date) -> Iterator[Rows]:
    """Whoever is to follow a child up holds the baton or is the unit's contact; without either, its nearest leader."""
    received = _IN_OPEN_CASES.filter(state=TransitionState.RECEIVED)
    partners = Partnership.objects.live().filter(case=OuterRef("case"), unit=OuterRef("to_unit"))
    holds = Q(case__holder=F("contact"), case__holder_unit=F("to_unit"))
    is_contact = Exists(partners.filter(contact=OuterRef("contact")))
    takes_part = Q(case__holder_unit=F("to_unit")) | Exists(partners)
    leads_above = Exists(_leading_at_or_above("contact", "to_unit"))
    yield received.filter(takes_part & ~(holds | is_contact) | ~takes_part & ~leads_above)


@invariant(2, among=Transition.objects.filter(state=TransitionState.LANDED))
def move_is_reviewed_by_both(_today: date) -> Iterator[Rows]:
    """After the follow-up each of the two units owes a review until it has given one, by a leader of it or above."""
    owed = _OPEN.filter(kind=DeadlineKind.REVIEW_TRANSITION, transition=OuterRef("pk"))
    landed = Q(state=TransitionState.LANDED)
    for side in ("from_unit", "to_unit"):
        given = Exists(Review.objects.filter(transition=OuterRef("pk"), unit=OuterRef(side)))
        waiting = Exists(owed.filter(unit=OuterRef(side), owner__isnull=False))
        yield Transition.objects.filter(landed & (given & waiting | ~given & ~waiting))
    yield Transition.objects.filter(Exists(owed)).exclude(landed)
    reviews = Deadline.objects.open().filter(kind=DeadlineKind.REVIEW_TRANSITION)
    yield reviews.filter(~Exists(_leading_at_or_above("owner", "unit")))


@invariant(2, among=Milestone.objects.all())
def milestone_is_owed_while_it_is_open(_today: date) -> Iterator[Rows]:
    """A milestone is owed by the unit whose it is, exactly while it is open in a live move and that unit is known."""
    owed = _OPEN.filter(kind=DeadlineKind.DO_MILESTONE, milestone=OuterRef("pk"))
    waits = Q(
        state=MilestoneState.OPEN,
        transition__state__in=(*_WAITING, TransitionState.RECEIVED),
        transition__case__state=CaseState.OPEN,
    )
    is_known = Q(is_senders=True) | Q(transition__to_unit__isnull=False)
    by_the_sender = Q(is_senders=True) & Exists(owed.filter(unit=OuterRef("transition__from_unit")))
    by_the_receiver = Q(is_senders=False) & Exists(owed.filter(unit=OuterRef("transition__to_unit")))
    right = by_the_sender | by_the_receiver
    yield Milestone.objects.filter(waits & is_known & ~right | ~(waits & is_known) & Exists(owed))


@invariant(8, among=Transition.objects.exclude(case__state=CaseState.OPEN))
def closed_case_has_no_move_under_way(_today: date) -> Iterator[Rows]:
    """In a closed case no move is planned or under way; what leaders learn from one they may still owe each other."""
    under_way = (*_WAITING, TransitionState.RECEIVED)
    yield Transition.objects.filter(state__in=under_way).exclude(case__state=CaseState.OPEN)
