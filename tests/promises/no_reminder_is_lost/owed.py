"""Something owed, of every kind, at the times of the year that matter; and how each of them ends."""

from __future__ import annotations

from datetime import date, datetime

from coordination.commands.agreements import look_at_agreement_again, make_agreement, mark_done
from coordination.commands.bases import record_basis
from coordination.commands.cases import close_case
from coordination.commands.erasures import ask_for_erasure
from coordination.commands.handovers import accept_handover, ask_for_release, assign_holder, decline_handover
from coordination.commands.invitations import decline_invitation, drop_search, point_onward
from coordination.commands.join_requests import ask_to_join, decline_join_request
from coordination.commands.meetings import answer_meeting, hold_meeting
from coordination.commands.people import deactivate_person
from coordination.models import (
    AgreementKind,
    AssignReason,
    CaseOutcome,
    Deadline,
    DeadlineKind,
    DeclineReason,
    LookResult,
    Theme,
    Urgency,
)
from tests.builders import (
    World,
    a_case,
    a_case_with_reference,
    a_consent,
    a_reference,
    accepted,
    on,
    term,
    the_invitation,
)
from tests.promises.everything_ends.ending import an_officer
from tests.promises.telling import away, called, offered, owed, requested


def days_to(when: date) -> int:
    """How many days after the Monday of the tests a day is."""
    return (when - date(2026, 9, 14)).days


def an_invitation(world: World) -> Deadline:
    """PPR is asked on the Thursday before Christmas."""
    case = a_case(world, now=on(days_to(date(2026, 12, 17))))
    return owed(case, DeadlineKind.ANSWER_INVITATION)


def an_urgent_invitation(world: World) -> Deadline:
    """PPR is asked, urgently, on a Monday."""
    return owed(a_case(world, urgency=Urgency.URGENT), DeadlineKind.ANSWER_INVITATION)


def an_invitation_to_one(world: World) -> Deadline:
    """Anna of PPR is asked herself; she is away, and Anton stands in for her."""
    away(world.anna, world.anton, first=1, last=30)
    return owed(a_case(world, invite=[(world.ppr, world.anna)]), DeadlineKind.ANSWER_INVITATION)


def a_search(world: World) -> Deadline:
    """PPR says no on Tuesday, and knows nobody else."""
    case = a_case(world)
    invitation = the_invitation(case, world.ppr)
    decline_invitation(invitation=invitation, reason=term(DeclineReason, "not_our_task"), actor=world.anna, now=on(1))
    return owed(case, DeadlineKind.FIND_PARTNER)


def a_search_by_the_holder(world: World) -> Deadline:
    """The leader has found out on Wednesday that it is the family department."""
    search = a_search(world)
    assert search.invitation is not None
    point_onward(invitation=search.invitation, onward=world.family, actor=world.lone, now=on(2))
    return owed(search.case, DeadlineKind.FIND_PARTNER)


def a_join_request(world: World) -> Deadline:
    """Ove asks to join on the Wednesday before the week of the autumn holiday."""
    case = a_case_with_reference(world, invite=[])
    ask_to_join(
        system=a_reference().system,
        number=a_reference().number,
        unit=world.other_school,
        theme=term(Theme, "trivsel"),
        actor=world.ove,
        now=on(days_to(date(2026, 10, 7))),
    )
    return owed(case, DeadlineKind.ANSWER_JOIN_REQUEST)


def an_offer(world: World) -> Deadline:
    """Anna is offered the baton on the Monday before Easter."""
    case = a_case(world, invite=[], now=on(days_to(date(2027, 3, 19))))
    offered(world, case, now=on(days_to(date(2027, 3, 22))))
    return owed(case, DeadlineKind.ANSWER_HANDOVER)


def a_request(world: World) -> Deadline:
    """Anna asks for the baton on Tuesday."""
    case = a_case(world)
    requested(world, accepted(world, case))
    return owed(case, DeadlineKind.ANSWER_HANDOVER)


def an_agreement(world: World) -> Deadline:
    """Anna is to do something by Ascension Day."""
    spring = days_to(date(2027, 4, 26))
    case = a_case(world, now=on(spring))
    accepted(world, case, now=on(spring, hours=1))
    make_agreement(
        case=case,
        kind=term(AgreementKind, "observation"),
        owner=world.anna,
        due_on=date(2027, 5, 6),
        actor=world.maja,
        now=on(spring, hours=2),
    )
    return owed(case, DeadlineKind.DO_AGREEMENT)


def an_agreement_to_look_at(world: World) -> Deadline:
    """Something that has been done is to be looked at again on Wednesday the 30th."""
    case = a_case(world, invite=[])
    agreement = make_agreement(
        case=case,
        kind=term(AgreementKind, "observation"),
        owner=world.maja,
        due_on=date(2026, 9, 15),
        look_again_on=date(2026, 9, 30),
        actor=world.maja,
        now=on(0),
    )
    mark_done(agreement=agreement, actor=world.maja, now=on(0, hours=1))
    return owed(case, DeadlineKind.LOOK_AGAIN)


def a_call(world: World) -> Deadline:
    """Anna is called on Tuesday to a meeting on the Monday after."""
    case = a_case(world)
    accepted(world, case)
    called(world, case, world.anna)
    return owed(case, DeadlineKind.ANSWER_MEETING)


def a_meeting(world: World) -> Deadline:
    """The same meeting, which Anna comes to."""
    call = a_call(world)
    assert call.attendance is not None
    answer_meeting(attendance=call.attendance, comes=True, actor=world.anna, now=on(2))
    return owed(call.case, DeadlineKind.MEETING_OUTCOME)


def an_idle_case(world: World) -> Deadline:
    """A case in which nobody has been asked anything, opened on the Monday of the last week before summer."""
    return owed(a_case(world, invite=[], now=on(days_to(date(2027, 6, 21)))), DeadlineKind.NEXT_STEP)


def a_consent_that_ends(world: World) -> Deadline:
    """A consent that ends on Friday 15 January."""
    case = a_case(world, reference=a_reference(), basis=a_consent(days_to(date(2027, 1, 15))), invite=[])
    return owed(case, DeadlineKind.RENEW_CONSENT)


def a_baton_that_fell(world: World) -> Deadline:
    """The holder is gone on Tuesday."""
    case = a_case(world, invite=[])
    deactivate_person(user=world.maja, actor=None, now=on(1))
    return owed(case, DeadlineKind.ASSIGN_HOLDER)


def a_case_to_be_erased(world: World) -> Deadline:
    """The officer asks on Tuesday that the case is closed, for the parents want it erased."""
    case = a_case(world, invite=[])
    ask_for_erasure(case=case, actor=an_officer(world), now=on(1))
    return owed(case, DeadlineKind.CLOSE_TO_ERASE)


def a_baton_to_be_released(world: World) -> Deadline:
    """The holder asks on Tuesday that the leader finds another one."""
    case = a_case(world, invite=[])
    ask_for_release(case=case, actor=world.maja, now=on(1))
    return owed(case, DeadlineKind.ASSIGN_HOLDER)


def says_no(world: World, deadline: Deadline, now: datetime) -> None:
    """Anna says no for PPR."""
    assert deadline.invitation is not None
    decline_invitation(
        invitation=deadline.invitation, reason=term(DeclineReason, "no_capacity"), actor=world.anna, now=now
    )


def says_no_to_the_asker(world: World, deadline: Deadline, now: datetime) -> None:
    """Maja says no to whoever asks to join."""
    assert deadline.join_request is not None
    no = term(DeclineReason, "no_capacity")
    decline_join_request(join_request=deadline.join_request, reason=no, actor=world.maja, now=now)


def takes_the_baton(world: World, deadline: Deadline, now: datetime) -> None:
    """Anna says yes to the baton."""
    assert deadline.handover is not None
    accept_handover(handover=deadline.handover, actor=world.anna, now=now)


def keeps_the_baton(world: World, deadline: Deadline, now: datetime) -> None:
    """Maja says no to whoever asks for the baton."""
    assert deadline.handover is not None
    no = term(DeclineReason, "no_capacity")
    decline_handover(handover=deadline.handover, reason=no, actor=world.maja, now=now)


def points_onward(world: World, deadline: Deadline, now: datetime) -> None:
    """A leader has found out whom to ask."""
    assert deadline.invitation is not None
    point_onward(invitation=deadline.invitation, onward=world.family, actor=world.sanne, now=now)


def seeks_no_longer(world: World, deadline: Deadline, now: datetime) -> None:
    """Maja asks nobody else."""
    assert deadline.invitation is not None
    drop_search(invitation=deadline.invitation, actor=world.maja, now=now)


def does_it(world: World, deadline: Deadline, now: datetime) -> None:
    """Anna has done what was agreed."""
    assert deadline.agreement is not None
    mark_done(agreement=deadline.agreement, actor=world.anna, now=now)


def looks(world: World, deadline: Deadline, now: datetime) -> None:
    """Maja has looked at the agreement again."""
    assert deadline.agreement is not None
    look_at_agreement_again(agreement=deadline.agreement, result=LookResult.ENDED, actor=world.maja, now=now)


def comes(world: World, deadline: Deadline, now: datetime) -> None:
    """Anna comes to the meeting."""
    assert deadline.attendance is not None
    answer_meeting(attendance=deadline.attendance, comes=True, actor=world.anna, now=now)


def takes_it_down(world: World, deadline: Deadline, now: datetime) -> None:
    """Maja takes down that the meeting was held."""
    assert deadline.meeting is not None
    hold_meeting(meeting=deadline.meeting, came=[world.anna], actor=world.maja, now=now)


def closes(world: World, deadline: Deadline, now: datetime) -> None:
    """Maja closes the case."""
    close_case(case=deadline.case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=now)


def renews(world: World, deadline: Deadline, now: datetime) -> None:
    """The consent has been given again."""
    record_basis(case=deadline.case, draft=a_consent(600), actor=world.maja, now=now)


def assigns(world: World, deadline: Deadline, now: datetime) -> None:
    """The leader names a new holder."""
    assign_holder(
        case=deadline.case,
        to_person=world.mads,
        to_unit=world.school,
        reason=term(AssignReason, "holder_asked"),
        actor=world.lone,
        now=now,
    )
