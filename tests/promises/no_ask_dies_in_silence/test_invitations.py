"""An invitation has a day by which it is answered, and ends in an answer, or with somebody who has been told."""

from __future__ import annotations

import pytest

from coordination.commands.agreements import (
    mark_done,
)
from coordination.commands.bases import record_basis
from coordination.commands.cases import close_case
from coordination.commands.handovers import (
    ask_for_release,
)
from coordination.commands.invitations import (
    accept_invitation,
    complete_partnership,
    invite_unit,
    leave_case,
    withdraw_invitation,
)
from coordination.commands.people import begin_membership, deactivate_person
from coordination.commands.units import close_unit
from coordination.errors import Forbidden, MovedOn, Unacceptable, Unseen
from coordination.models import (
    AgreementState,
    Ask,
    Case,
    CaseOutcome,
    DeadlineKind,
    EventKind,
    HandoverState,
    InvitationState,
    LeaveReason,
    MeetingState,
    PartnershipEnd,
    PartnershipOutcome,
    Role,
    Settlement,
)
from tests.builders import World, a_case, a_consent, accepted, day, on, term, the_invitation
from tests.promises.telling import (
    agreed,
    called,
    happened,
    how_settled,
    is_owed,
    last_event,
    offered,
    owed,
    requested,
)

MET, LAPSED = Settlement.MET, Settlement.LAPSED


def close(world: World, case: Case, *, days: float = 2) -> None:
    """Maja closes the case, on Wednesday."""
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(days))


def test_an_invited_unit_owes_an_answer_as_a_whole(world: World) -> None:
    deadline = owed(a_case(world), DeadlineKind.ANSWER_INVITATION)
    assert (deadline.owner, deadline.unit, deadline.due_on) == (None, world.ppr, day(3))


def test_an_invited_person_owes_the_answer(world: World) -> None:
    deadline = owed(a_case(world, invite=[(world.ppr, world.anna)]), DeadlineKind.ANSWER_INVITATION)
    assert (deadline.owner, deadline.unit) == (world.anna, world.ppr)


def test_every_unit_that_is_asked_owes_its_own_answer(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, None), (world.health, None), (world.family, world.frida)])
    assert case.deadlines.open().filter(kind=DeadlineKind.ANSWER_INVITATION).count() == 3


def test_a_yes_ends_the_ask(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    assert how_settled(case, DeadlineKind.ANSWER_INVITATION) == [MET]
    assert happened(case)[-1] == EventKind.INVITATION_ACCEPTED


def test_a_leader_above_may_say_yes_and_name_the_contact(world: World) -> None:
    case = a_case(world)
    partnership = accept_invitation(
        invitation=the_invitation(case, world.ppr), actor=world.dorte, contact=world.anton, now=on(1)
    )
    assert partnership.contact == world.anton


def test_somebody_of_another_unit_cannot_be_the_contact(world: World) -> None:
    case = a_case(world)
    for stranger in (world.hanne, world.maja, world.kirsten):
        with pytest.raises(Unacceptable):
            accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.anna, contact=stranger, now=on(1))
    assert is_owed(case, DeadlineKind.ANSWER_INVITATION)


def test_nobody_answers_their_own_ask(world: World) -> None:
    begin_membership(user=world.maja, unit=world.ppr, role=Role.PROFESSIONAL, actor=None, now=on(-1))
    case = a_case(world)
    with pytest.raises(Forbidden):
        accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.maja, now=on(1))


def test_an_answered_invitation_is_not_answered_again(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    for actor in (world.anna, world.anton, world.per):
        with pytest.raises(MovedOn):
            accept_invitation(invitation=the_invitation(case, world.ppr), actor=actor, now=on(1))


def test_a_withdrawn_invitation_is_no_longer_owed_and_cannot_be_answered(world: World) -> None:
    case = a_case(world)
    invitation = the_invitation(case, world.ppr)
    withdraw_invitation(invitation=invitation, actor=world.maja, now=on(1))
    assert how_settled(case, DeadlineKind.ANSWER_INVITATION) == [LAPSED]
    assert happened(case)[-1] == EventKind.INVITATION_WITHDRAWN
    with pytest.raises(MovedOn):
        accept_invitation(invitation=invitation, actor=world.anna, now=on(2))
    with pytest.raises(MovedOn):
        withdraw_invitation(invitation=invitation, actor=world.maja, now=on(2))


def test_an_accepted_invitation_is_not_withdrawn(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    with pytest.raises(MovedOn):
        withdraw_invitation(invitation=the_invitation(case, world.ppr), actor=world.maja, now=on(2))


def test_an_ask_to_a_person_who_goes_becomes_an_ask_to_the_unit(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, world.anna)])
    deactivate_person(user=world.anna, actor=None, now=on(1))
    deadline = owed(case, DeadlineKind.ANSWER_INVITATION)
    assert (deadline.owner, deadline.unit, deadline.due_on) == (None, world.ppr, day(3))
    assert EventKind.INVITATION_OPENED_TO_UNIT in happened(case)
    accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.anton, now=on(2))


def test_when_the_asked_unit_closes_the_asker_is_to_find_another(world: World) -> None:
    case = a_case(world)
    close_unit(unit=world.ppr, actor=None, now=on(1), successor=world.health)
    invitation = the_invitation(case, world.ppr)
    assert (invitation.state, invitation.onward_unit) == (InvitationState.WITHDRAWN, world.health)
    assert how_settled(case, DeadlineKind.ANSWER_INVITATION) == [LAPSED]
    search = owed(case, DeadlineKind.FIND_PARTNER)
    assert (search.owner, search.unit) == (world.maja, world.school)
    assert EventKind.INVITATION_WITHDRAWN in happened(case)


def test_closing_the_case_answers_every_open_ask_and_tells_every_partner(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, None), (world.health, None)])
    requested(world, accepted(world, case))
    offered(world, case, to_person=world.mads, to_unit=world.school)
    agreed(world, case, owner=world.anna, look_again_on=day(20))
    called(world, case, world.anna)
    since = last_event()
    close(world, case)
    assert not case.deadlines.open().exists()
    assert sorted(happened(case, since=since)) == sorted(
        [
            EventKind.INVITATION_WITHDRAWN,
            EventKind.HANDOVER_WITHDRAWN,
            EventKind.BATON_REQUEST_WITHDRAWN,
            EventKind.PARTNERSHIP_ENDED,
            EventKind.MEETING_CANCELLED,
            EventKind.AGREEMENT_ENDED,
            EventKind.CASE_CLOSED,
        ]
    )
    assert not case.invitations.filter(state__in=["sent", "accepted"]).exists()
    assert not case.handovers.filter(state=HandoverState.OFFERED).exists()
    assert case.partnerships.get().end == PartnershipEnd.CASE_CLOSED
    assert case.meetings.get().state == MeetingState.CANCELLED
    assert case.agreements.get().state == AgreementState.ENDED


def test_nothing_can_be_asked_in_a_closed_case(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    agreement = agreed(world, case, owner=world.maja)
    mark_done(agreement=agreement, actor=world.maja, now=on(1))
    close(world, case)
    ask = term(Ask, "sparring")
    for attempt in (
        lambda: invite_unit(case=case, unit=world.health, ask=ask, actor=world.maja, now=on(3)),
        lambda: offered(world, case, now=on(3)),
        lambda: ask_for_release(case=case, actor=world.maja, now=on(3)),
        lambda: record_basis(case=case, draft=a_consent(), actor=world.maja, now=on(3)),
        lambda: close(world, case, days=3),
    ):
        with pytest.raises((MovedOn, Unseen)):
            attempt()
    with pytest.raises((MovedOn, Unseen)):
        requested(world, partnership, now=on(3))
    assert not case.deadlines.open().exists()


def test_a_partner_who_finishes_or_leaves_passes_agreements_on_to_the_holder(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    agreement = agreed(world, case, owner=world.anna)
    meeting = called(world, case, world.anna)
    complete_partnership(
        partnership=partnership, outcome=term(PartnershipOutcome, "as_agreed"), actor=world.anna, now=on(2)
    )
    agreement.refresh_from_db()
    assert agreement.owner == world.maja
    moved = owed(case, DeadlineKind.DO_AGREEMENT)
    assert (moved.owner, moved.unit, moved.due_on) == (world.maja, world.school, day(7))
    assert not meeting.attendances.called().filter(person=world.anna).exists()
    assert not is_owed(case, DeadlineKind.ANSWER_MEETING)
    assert happened(case)[-3:] == [
        EventKind.PARTNERSHIP_COMPLETED,
        EventKind.AGREEMENT_PASSED_ON,
        EventKind.MEETING_RELEASED,
    ]


def test_a_partner_leaves_with_a_reason_that_the_holder_sees(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    since = last_event()
    leave_case(partnership=partnership, reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(2))
    event = case.events.get(pk__gt=since)
    assert (event.kind, event.data) == (EventKind.PARTNERSHIP_LEFT, {"reason": "no_capacity"})
    with pytest.raises(MovedOn):
        leave_case(partnership=partnership, reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(2))
