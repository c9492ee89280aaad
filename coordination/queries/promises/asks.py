"""Promises 2 and 3: no ask dies in silence, and a no points onward."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, F, OuterRef, Q

from coordination.models import (
    CaseState,
    Deadline,
    DeadlineKind,
    Event,
    EventKind,
    Handover,
    HandoverKind,
    HandoverState,
    Invitation,
    InvitationState,
    JoinRequest,
    JoinState,
    Membership,
    Partnership,
)
from coordination.queries.promises.batons import leads_the_unit_of
from coordination.queries.promises.registry import Rows, invariant

_SENT = Invitation.objects.filter(state=InvitationState.SENT)
_OFFERED = Handover.objects.filter(state=HandoverState.OFFERED)
_ASKED = JoinRequest.objects.filter(state=JoinState.ASKED)
_SEARCHES = Deadline.objects.open().filter(kind=DeadlineKind.FIND_PARTNER)


@invariant(2, among=Invitation.objects.all())
def invitation_is_owed_while_it_waits(_today: date) -> Iterator[Rows]:
    """An invitation has a deadline for the unit, or the person, that was asked exactly while it waits for an answer."""
    owed = Deadline.objects.open().filter(kind=DeadlineKind.ANSWER_INVITATION, invitation=OuterRef("pk"))
    asked = Q(owner=OuterRef("person")) | Q(owner=None, invitation__person=None)
    yield _SENT.filter(~Exists(owed.filter(asked, unit=OuterRef("unit"))))
    yield Invitation.objects.filter(Exists(owed)).exclude(state=InvitationState.SENT)


@invariant(2, among=_SENT)
def invitation_can_be_answered(_today: date) -> Iterator[Rows]:
    """An invitation waits only for a unit that is open and takes no part yet, and for a person who belongs to it."""
    takes_part = Partnership.objects.live().filter(case=OuterRef("case"), unit=OuterRef("unit"))
    belongs = Membership.objects.live().filter(user=OuterRef("person"), unit=OuterRef("unit"))
    yield _SENT.filter(
        Q(unit__closed_at__isnull=False) | Exists(takes_part) | Q(person__isnull=False) & ~Exists(belongs)
    )


@invariant(2, among=Handover.objects.all())
def handover_is_owed_while_it_waits(_today: date) -> Iterator[Rows]:
    """An offer is owed an answer by the one it is made to, a request by the holder, exactly while it waits."""
    owed = Deadline.objects.open().filter(kind=DeadlineKind.ANSWER_HANDOVER, handover=OuterRef("pk"))
    by_the_offered = Exists(owed.filter(owner=OuterRef("to_person"), unit=OuterRef("to_unit")))
    by_the_holder = Exists(owed.filter(owner=OuterRef("case__holder"), unit=OuterRef("case__holder_unit")))
    yield _OFFERED.filter(Q(kind=HandoverKind.OFFER) & ~by_the_offered | Q(kind=HandoverKind.REQUEST) & ~by_the_holder)
    yield Handover.objects.filter(Exists(owed)).exclude(state=HandoverState.OFFERED)


@invariant(2, among=_OFFERED)
def handover_can_be_answered(_today: date) -> Iterator[Rows]:
    """A baton on its way goes to somebody else than the holder, who works in the unit that it is to be held for."""
    belongs = Membership.objects.live().filter(user=OuterRef("to_person"), unit=OuterRef("to_unit"))
    yield _OFFERED.filter(Q(to_person=F("case__holder")) | ~Exists(belongs))


@invariant(2, among=JoinRequest.objects.all())
def join_request_is_owed_while_it_waits(_today: date) -> Iterator[Rows]:
    """A request to join is owed an answer by the holder exactly while it waits, and only by an open unit."""
    owed = Deadline.objects.open().filter(kind=DeadlineKind.ANSWER_JOIN_REQUEST, join_request=OuterRef("pk"))
    by_the_holder = Exists(owed.filter(owner=OuterRef("case__holder"), unit=OuterRef("case__holder_unit")))
    yield _ASKED.filter(~by_the_holder | Q(unit__closed_at__isnull=False))
    yield JoinRequest.objects.filter(Exists(owed)).exclude(state=JoinState.ASKED)


@invariant(3, among=Invitation.objects.filter(state=InvitationState.DECLINED))
def no_is_taken_onward(_today: date) -> Iterator[Rows]:
    """After a no, or a unit that closed, somebody is looking for another partner, has asked one or said why not."""
    closings = Event.objects.filter(
        subject="invitation",
        subject_id=OuterRef("pk"),
        kind=EventKind.INVITATION_WITHDRAWN,
        data__cause="unit_closed",
    )
    dropped = Event.objects.filter(subject="invitation", subject_id=OuterRef("pk"), kind=EventKind.SEARCH_DROPPED)
    # Closing the case ended the search; reopening it asks partners anew.
    case_closed = Event.objects.filter(case=OuterRef("case"), kind=EventKind.CASE_CLOSED, at__gte=OuterRef("ended_at"))
    onward = Invitation.objects.filter(follows=OuterRef("pk"))
    left_open = (
        ~Exists(_SEARCHES.filter(invitation=OuterRef("pk"))) & ~Exists(onward) & ~Exists(dropped) & ~Exists(case_closed)
    )
    ended = Q(state=InvitationState.DECLINED) | Q(state=InvitationState.WITHDRAWN) & Exists(closings)
    yield Invitation.objects.filter(ended & left_open, case__state=CaseState.OPEN)


@invariant(3, among=_SEARCHES)
def partner_is_sought_by_holder_or_leader(_today: date) -> Iterator[Rows]:
    """Whoever looks for another partner holds the baton, or is a leader where no better partner was known."""
    leader = Q(invitation__onward_unit=None) & leads_the_unit_of("unit", "owner")
    yield _SEARCHES.filter(~Q(owner=F("case__holder")) & ~leader)
