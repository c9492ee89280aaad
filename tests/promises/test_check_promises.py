"""``manage.py check_promises``: a healthy database holds every promise, and each broken one is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from coordination.commands.invitations import invite_unit
from coordination.commands.units import UnitDraft, close_unit, place_unit
from coordination.models import (
    Agreement,
    Ask,
    Attendance,
    Basis,
    BasisKind,
    Case,
    Deadline,
    DeadlineKind,
    Event,
    EventKind,
    FormerContact,
    Handover,
    Holding,
    HoldingReason,
    Invitation,
    Membership,
    OutboxEntry,
    Partnership,
    Reference,
    Role,
    StepTaken,
    Unit,
    UnitKind,
    User,
)
from coordination.queries.promises import INVARIANTS, find_breaks
from notifications.models import Message, MessageState
from tests.builders import (
    day,
    on,
    term,
    the_invitation,
)
from tests.promises.living import NOW, Lived

pytestmark = pytest.mark.django_db

Breaking = Callable[[Lived], object]


def _anna_stops(lived: Lived) -> None:
    User.objects.filter(pk=lived.world.anna.pk).update(is_active=False)


def _foreign_owner(lived: Lived) -> None:
    Agreement.objects.update(owner=lived.world.ove)
    lived.owed(DeadlineKind.DO_AGREEMENT).update(owner=lived.world.ove)


def _stranger_called(lived: Lived) -> None:
    called = Attendance.objects.filter(person=lived.world.anna)
    called.update(person=lived.world.ove)
    lived.owed(DeadlineKind.ANSWER_MEETING).update(owner=lived.world.ove)


def _released_by_nobody(lived: Lived) -> None:
    Attendance.objects.filter(person=lived.world.anna).update(answer="released", answered_at=NOW)
    lived.owed(DeadlineKind.ANSWER_MEETING).update(settled_at=NOW, settlement="lapsed")


def _followed_by_nobody(lived: Lived) -> None:
    partnership = Partnership.objects.live().latest("pk")
    FormerContact.objects.create(
        partnership=partnership, person=lived.world.mads, began_at=partnership.began_at, ended_at=NOW
    )


def _no_basis_left(lived: Lived) -> None:
    Basis.objects.filter(case=lived.busy).update(kind=BasisKind.ANONYMOUS, ends_on=None)


def _same_number(lived: Lived) -> None:
    index = Reference.objects.get(case=lived.busy).number_index
    Reference.objects.filter(case=lived.idle).update(number_index=index)


def _long_over(lived: Lived) -> None:
    Basis.objects.filter(case=lived.busy).update(ends_on=day(0))
    lived.owed(DeadlineKind.RENEW_CONSENT, case=lived.busy).update(due_on=day(0))


def _moved(name: str, to: str) -> Breaking:
    def move(lived: Lived) -> None:
        Membership.objects.filter(user=lived.world.people[name]).update(unit=lived.world.units[to])

    return move


def _moved_away_from_the_offer(lived: Lived) -> None:
    Handover.objects.filter(state="offered").update(to_person=lived.world.sanne)
    lived.owed(DeadlineKind.ANSWER_HANDOVER).update(owner=lived.world.sanne)


def a_closed_unit(lived: Lived) -> Unit:
    """A unit that has closed, a day before."""
    unit = place_unit(
        draft=UnitDraft("gone", "Nedlagt Skole", term(UnitKind, "skole"), lived.world.schools), actor=None, now=on(-9)
    )
    return close_unit(unit=unit, actor=None, now=on(3))


def _below_a_closed_unit(lived: Lived) -> None:
    closed, moved = a_closed_unit(lived), lived.world.other_school
    Unit.objects.filter(pk=moved.pk).update(parent=closed, path=f"{closed.place}{moved.pk}/")


def _told_again(kind: EventKind, model: Any, **which: Any) -> Breaking:
    return lambda lived: lived.tell(kind, model.objects.filter(**which).first())


def _untold(kind: EventKind) -> Breaking:
    return lambda _lived: Message.objects.filter(event__kind=kind).delete()


def _forgotten(_lived: Lived) -> None:
    first = OutboxEntry.objects.filter(event__kind=EventKind.CASE_OPENED).order_by("pk")[0]
    OutboxEntry.objects.filter(pk=first.pk).update(relayed_at=None)


def _waiting_since(**times: Any) -> None:
    first = Message.objects.filter(state=MessageState.SENT).order_by("pk")[0]
    Message.objects.filter(pk=first.pk).update(state=MessageState.WAITING, settled_at=None, **times)


BREAKS: dict[str, list[Breaking]] = {
    # 1
    "case_has_the_holding_it_says": [
        lambda lived: Holding.objects.filter(case=lived.busy, ended_at=None).update(holder=lived.world.mads),
        lambda lived: Case.objects.filter(pk=lived.closed.pk).update(holder_unit=lived.world.health),
    ],
    "holding_is_followed_at_once": [
        lambda lived: Holding.objects.filter(case=lived.handed, ended_at=None).update(began_at=on(2)),
    ],
    "holder_works_in_the_unit": [_moved("maja", "other_school")],
    "holder_is_sought_where_one_is_missing": [
        lambda lived: Case.objects.filter(pk=lived.busy.pk).update(release_asked_at=NOW),
        lambda lived: lived.owed(DeadlineKind.ASSIGN_HOLDER).update(
            kind=DeadlineKind.NEXT_STEP, owner=lived.world.mads, unit=lived.world.school
        ),
    ],
    "holder_is_sought_by_a_leader": [
        lambda lived: lived.owed(DeadlineKind.ASSIGN_HOLDER).update(owner=lived.world.kirsten),
        lambda lived: lived.owed(DeadlineKind.ASSIGN_HOLDER).update(owner=lived.world.mads),  # the holder leads nobody
    ],
    "unit_hangs_below_an_open_one": [
        _below_a_closed_unit,
        lambda lived: Unit.objects.filter(pk=lived.world.ppr.pk).update(path=f"/{lived.world.ppr.pk}/"),
    ],
    "municipality_has_a_coordinator": [
        lambda lived: Membership.objects.filter(user=lived.world.karin).update(role=Role.LEADER),
    ],
    # 2 and 3
    "invitation_is_owed_while_it_waits": [
        lambda lived: lived.owed(DeadlineKind.ANSWER_INVITATION).delete(),
        lambda lived: lived.owed(DeadlineKind.ANSWER_INVITATION).update(owner=lived.world.hanne),
        lambda lived: lived.owed(DeadlineKind.ANSWER_INVITATION).update(unit=lived.world.ppr),
        lambda lived: Deadline.objects.filter(
            kind=DeadlineKind.ANSWER_INVITATION, invitation=the_invitation(lived.busy, lived.world.ppr)
        ).update(settled_at=None, settlement=""),
    ],
    "invitation_can_be_answered": [
        lambda lived: Partnership.objects.create(
            case=lived.busy, unit=lived.world.health, contact=lived.world.hanne, began_at=NOW
        ),
    ],
    "handover_is_owed_while_it_waits": [
        lambda lived: lived.owed(DeadlineKind.ANSWER_HANDOVER).delete(),
        lambda lived: lived.owed(DeadlineKind.ANSWER_HANDOVER).update(owner=lived.world.lone),
        lambda lived: lived.owed(DeadlineKind.ANSWER_HANDOVER).update(unit=lived.world.ppr),
    ],
    "handover_can_be_answered": [_moved_away_from_the_offer],
    "join_request_is_owed_while_it_waits": [
        lambda lived: lived.owed(DeadlineKind.ANSWER_JOIN_REQUEST).delete(),
    ],
    "no_is_taken_onward": [lambda lived: lived.owed(DeadlineKind.FIND_PARTNER).delete()],
    "partner_is_sought_by_holder_or_leader": [
        lambda lived: lived.owed(DeadlineKind.FIND_PARTNER).update(owner=lived.world.mads),
    ],
    "open_case_has_something_due": [
        lambda lived: lived.owed(DeadlineKind.NEXT_STEP, case=lived.idle).delete(),
    ],
    "next_step_is_missed_only_where_nothing_is_due": [
        lambda lived: lived.owe(lived.busy, DeadlineKind.NEXT_STEP),
    ],
    "deadline_is_owed_by_somebody_active": [_anna_stops],
    "holder_owes_what_is_the_holders": [
        lambda lived: lived.owed(DeadlineKind.LOOK_AGAIN).update(owner=lived.world.anna),
        lambda lived: lived.owed(DeadlineKind.RENEW_CONSENT).update(unit=lived.world.ppr),
    ],
    "agreement_is_owed_while_it_is_open": [
        lambda lived: lived.owed(DeadlineKind.DO_AGREEMENT).delete(),
        lambda lived: lived.owed(DeadlineKind.DO_AGREEMENT).update(due_on=day(11)),
        lambda lived: lived.owed(DeadlineKind.DO_AGREEMENT).update(owner=lived.world.maja),
    ],
    "agreement_is_looked_at_again": [
        lambda lived: lived.owed(DeadlineKind.LOOK_AGAIN).delete(),
        lambda lived: Agreement.objects.update(look_again_on=None),
    ],
    "meeting_is_owed_while_it_is_planned": [
        lambda lived: lived.owed(DeadlineKind.MEETING_OUTCOME).delete(),
    ],
    "meeting_is_where_somebody_opens": [
        lambda lived: lived.busy.meetings.update(place=a_closed_unit(lived)),
    ],
    "call_is_owed_while_it_waits": [
        lambda lived: lived.owed(DeadlineKind.ANSWER_MEETING).delete(),
        lambda lived: Attendance.objects.filter(person=lived.world.anna).update(answer="yes", answered_at=NOW),
    ],
    "closed_case_leaves_nothing_open": [
        lambda lived: lived.owe(lived.closed, DeadlineKind.NEXT_STEP),
        lambda lived: Partnership.objects.create(
            case=lived.closed, unit=lived.world.ppr, contact=lived.world.anna, began_at=NOW
        ),
    ],
    # 5
    "contact_belongs_to_the_unit": [_moved("anna", "health")],
    "accepted_invitation_is_a_partnership": [
        lambda _lived: Partnership.objects.exclude(invitation=None).update(invitation=None),
    ],
    "owner_of_an_agreement_takes_part": [_foreign_owner],
    "called_person_takes_part": [_stranger_called],
    "anonymous_case_has_no_reference": [_no_basis_left],
    "same_reference_is_on_one_open_case": [_same_number],
    # 8
    "consent_is_to_be_renewed": [
        lambda lived: lived.owed(DeadlineKind.RENEW_CONSENT, case=lived.busy).delete(),
        lambda lived: lived.owed(DeadlineKind.RENEW_CONSENT, case=lived.busy).update(due_on=day(1)),
    ],
    "consent_ends_with_its_day": [_long_over],
    # 6 and 7
    "invitation_leaves_its_trace": [
        _told_again(kind, Invitation)
        for kind in (
            EventKind.INVITATION_SENT,
            EventKind.INVITATION_ACCEPTED,
            EventKind.INVITATION_DECLINED,
            EventKind.INVITATION_WITHDRAWN,
        )
    ],
    "partnership_leaves_its_trace": [
        _told_again(kind, Partnership)
        for kind in (EventKind.PARTNERSHIP_COMPLETED, EventKind.PARTNERSHIP_LEFT, EventKind.PARTNERSHIP_ENDED)
    ],
    "contact_leaves_its_trace": [
        _told_again(EventKind.CONTACT_CHANGED, Partnership, ended_at=None),
        _followed_by_nobody,
    ],
    "join_request_leaves_its_trace": [
        lambda lived, kind=kind: lived.tell(kind, lived.busy.join_requests.get())  # type: ignore[misc]
        for kind in (
            EventKind.JOIN_ASKED,
            EventKind.JOIN_ACCEPTED,
            EventKind.JOIN_DECLINED,
            EventKind.JOIN_WITHDRAWN,
        )
    ],
    "handover_leaves_its_trace": [
        _told_again(kind, Handover) for kind in EventKind if kind.startswith(("handover_", "baton_request"))
    ],
    "agreement_leaves_its_trace": [
        _told_again(EventKind.AGREEMENT_MADE, Agreement),
        _told_again(EventKind.AGREEMENT_DROPPED, Agreement),
    ],
    "meeting_leaves_its_trace": [
        lambda lived, kind=kind: lived.tell(kind, lived.busy.meetings.get())  # type: ignore[misc]
        for kind in (
            EventKind.MEETING_CALLED,
            EventKind.MEETING_HELD,
            EventKind.MEETING_CANCELLED,
            EventKind.MEETING_MOVED,
        )
    ],
    "released_call_leaves_its_trace": [_released_by_nobody],
    "basis_leaves_its_trace": [
        _told_again(kind, Basis)
        for kind in (EventKind.BASIS_RECORDED, EventKind.BASIS_WITHDRAWN, EventKind.BASIS_EXPIRED)
    ],
    "reference_leaves_its_trace": [_told_again(EventKind.REFERENCE_ADDED, Reference)],
    "case_leaves_its_trace": [
        lambda lived: lived.tell(EventKind.CASE_OPENED, lived.busy),
        lambda lived: lived.tell(EventKind.CASE_CLOSED, lived.busy),
        lambda lived: lived.tell(EventKind.CASE_REOPENED, lived.closed),
        lambda lived: Case.objects.filter(pk=lived.busy.pk).update(last_event_at=on(30)),
    ],
    "baton_leaves_its_trace": [
        lambda lived, kind=kind: lived.tell(kind, lived.world.maja, case=lived.busy)  # type: ignore[misc]
        for kind in (
            EventKind.CASE_OPENED,
            EventKind.HANDOVER_ACCEPTED,
            EventKind.BATON_REQUEST_ACCEPTED,
            EventKind.HOLDER_ASSIGNED,
            EventKind.BATON_FELL,
            EventKind.CASE_REOPENED,
        )
    ],
    "membership_leaves_its_trace": [
        _told_again(EventKind.MEMBERSHIP_BEGUN, Membership),
        _told_again(EventKind.MEMBERSHIP_ENDED, Membership),
    ],
    "unit_leaves_its_trace": [
        lambda lived: lived.tell(EventKind.UNIT_PLACED, lived.world.ppr),
        lambda lived: lived.tell(EventKind.UNIT_CLOSED, lived.world.ppr),
    ],
    "event_is_passed_on": [
        lambda lived: Event.objects.create(kind=EventKind.PERSON_CHANGED, at=NOW, person=lived.world.maja),
    ],
    "step_is_passed_on": [lambda _lived: OutboxEntry.objects.exclude(step=None).delete()],
    # 2 and 7, of telling people
    "asker_learns_the_answer": [
        _untold(kind)
        for kind in (EventKind.INVITATION_ACCEPTED, EventKind.INVITATION_DECLINED, EventKind.HANDOVER_ACCEPTED)
    ],
    "step_is_taken_in_time": [lambda lived: lived.owed(DeadlineKind.LOOK_AGAIN).update(next_step_on=day(2))],
    "step_reaches_somebody": [lambda _lived: Message.objects.filter(step=StepTaken.objects.all()[0]).delete()],
    "outbox_is_not_passed_over": [_forgotten],
    "message_is_not_passed_over": [lambda _lived: _waiting_since(next_at=on(2))],
    "message_comes_to_an_end": [lambda _lived: _waiting_since(next_at=on(9), made_at=on(-100))],
}
# Where one thing cannot be broken without another.
ALSO_BROKEN = {"deadline_is_owed_by_somebody_active": {"contact_belongs_to_the_unit"}}


def broken() -> set[str]:
    """The names of the invariants that do not hold."""
    return {asked.name for asked in INVARIANTS.values() if any(True for _row in find_breaks(asked, now=NOW))}


def test_in_a_healthy_municipality_every_promise_holds(lived: Lived) -> None:
    assert StepTaken.objects.exists()
    assert broken() == set()


def test_there_is_a_way_to_break_every_promise() -> None:
    assert BREAKS.keys() == INVARIANTS.keys()


@pytest.mark.parametrize(
    ("name", "break_it"),
    [
        pytest.param(name, way, id=f"{name}-{number}")
        for name, ways in BREAKS.items()
        for number, way in enumerate(ways, start=1)
    ],
)
def test_exactly_what_is_broken_is_named(lived: Lived, name: str, break_it: Breaking) -> None:
    break_it(lived)
    assert broken() == {name} | ALSO_BROKEN.get(name, set())


@pytest.mark.parametrize(
    "break_it",
    [
        lambda lived: Holding.objects.create(
            case=lived.busy,
            holder=lived.world.mads,
            unit=lived.world.school,
            reason=HoldingReason.ASSIGNED,
            began_at=NOW,
        ),
        lambda lived: Handover.objects.create(
            case=lived.busy,
            to_person=lived.world.ove,
            to_unit=lived.world.other_school,
            begun_by=lived.world.maja,
            begun_unit=lived.world.school,
            begun_at=NOW,
        ),
        lambda lived: Invitation.objects.create(
            case=lived.busy,
            unit=lived.world.health,
            ask=term(Ask, "sparring"),
            sent_by=lived.world.maja,
            sent_unit=lived.world.school,
            sent_at=NOW,
        ),
        lambda _lived: Invitation.objects.filter(state="declined").update(decline_reason=None),
        lambda _lived: Invitation.objects.filter(state="declined").update(onward_unknown=False),
        lambda _lived: Invitation.objects.filter(state="sent").update(state="accepted"),
        lambda lived: lived.owe(lived.idle, DeadlineKind.NEXT_STEP),
        lambda lived: Case.objects.filter(pk=lived.busy.pk).update(state="closed"),
    ],
    ids=[
        "two holders",
        "two offers",
        "asked twice",
        "no without a reason",
        "no without a way onward",
        "accepted by nobody",
        "owed twice",
        "closed without an outcome",
    ],
)
def test_some_promises_the_database_itself_does_not_let_anybody_break(lived: Lived, break_it: Breaking) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        break_it(lived)


def test_a_search_that_was_taken_onward_or_ended_with_its_case_is_not_missed(lived: Lived) -> None:
    world = lived.world
    declined = the_invitation(lived.busy, world.family)
    invite_unit(
        case=lived.busy,
        unit=world.other_school,
        ask=term(Ask, "sparring"),
        follows=declined,
        actor=world.maja,
        now=NOW,
    )
    assert broken() == set()
