"""Every command that concerns a case, for somebody to try in a case in which everything is going on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from coordination.commands import (
    agreements,
    bases,
    cases,
    handovers,
    invitations,
    join_requests,
    looks,
    meetings,
    notes,
)
from coordination.commands.agreements import mark_done
from coordination.commands.join_requests import ask_to_join
from coordination.commands.meetings import WhenAndWhere
from coordination.models import (
    Agreement,
    AgreementKind,
    Ask,
    AssignReason,
    Attendance,
    Case,
    CaseOutcome,
    DeclineReason,
    DropReason,
    Handover,
    Invitation,
    JoinRequest,
    LeaveReason,
    LookReason,
    LookResult,
    Meeting,
    MeetingKind,
    NoteRule,
    Partnership,
    PartnershipOutcome,
    Reference,
    ReferenceSystem,
    ReopenReason,
    Theme,
    User,
)
from tests.builders import World, a_case, a_consent, a_reference, accepted, day, on, term, the_invitation
from tests.promises.only_those_who_need_to_know import every_move
from tests.promises.only_those_who_need_to_know.every_move import OF_MOVES, Moves, build_moves
from tests.promises.telling import agreed, call_of, called, offered, requested


@dataclass
class Scene:
    """A case in which everything is going on: asked, offered, agreed, called."""

    world: World
    case: Case
    invitation: Invitation
    declined: Invitation
    partnership: Partnership
    offer: Handover
    request: Handover
    join: JoinRequest
    agreement: Agreement
    looked: Agreement
    meeting: Meeting
    call: Attendance
    reference: Reference
    moves: Moves

    def case_of(self, command: str) -> Case:
        """The case that a command is about."""
        return self.moves.case if command in OF_MOVES else self.case


def build_scene(world: World) -> Scene:
    """Maja holds; Anna of PPR takes part; health is asked; family has said no; Ove asks to join; Mads is offered it."""
    case = a_case(
        world,
        reference=a_reference(),
        basis=a_consent(),
        invite=[(world.ppr, None), (world.health, None), (world.family, None)],
    )
    partnership = accepted(world, case)
    declined = invitations.decline_invitation(
        invitation=the_invitation(case, world.family),
        reason=term(DeclineReason, "not_our_task"),
        actor=world.frida,
        now=on(0, hours=1),
    )
    join = ask_to_join(
        system=term(ReferenceSystem, "ppr_journal"),
        number="P-2026-1042",
        unit=world.other_school,
        theme=term(Theme, "trivsel"),
        actor=world.ove,
        now=on(1),
    )
    looked = agreed(world, case, owner=world.maja, look_again_on=day(20))
    mark_done(agreement=looked, actor=world.maja, now=on(1))
    meeting = called(world, case, world.anna)
    agreement = agreed(world, case, owner=world.anna)
    NoteRule.objects.update_or_create(root=world.town, defaults={"is_on": True})
    notes.write_note(ask=agreement, text="indgang B", actor=world.maja, now=on(1))
    return Scene(
        world=world,
        case=case,
        invitation=the_invitation(case, world.health),
        declined=declined,
        partnership=partnership,
        offer=offered(world, case, to_person=world.mads, to_unit=world.school),
        request=requested(world, partnership),
        join=join,
        agreement=agreement,
        looked=looked,
        meeting=meeting,
        call=call_of(meeting, world.anna),
        reference=case.references.get(),
        moves=build_moves(world),
    )


def another_time(scene: Scene) -> WhenAndWhere:
    """A time a fortnight after the Monday."""
    return WhenAndWhere(starts_at=on(14), ends_at=on(14, hours=1), place=scene.world.school)


def _in_a_move(attempt: every_move.Attempt, scene: Scene, who: User) -> Any:
    return attempt(scene.moves, who)


Attempt = Callable[[Scene, User], Any]
NOW = on(2)

ATTEMPTS: dict[str, Attempt] = {
    "add_reference": lambda s, who: cases.add_reference(
        case=s.case, reference=a_reference("P-2026-7"), basis=a_consent(), actor=who, now=NOW
    ),
    "close_case": lambda s, who: cases.close_case(case=s.case, outcome=term(CaseOutcome, "solved"), actor=who, now=NOW),
    "reopen_case": lambda s, who: cases.reopen_case(
        case=s.case, reason=term(ReopenReason, "came_back"), actor=who, now=NOW
    ),
    "record_basis": lambda s, who: bases.record_basis(case=s.case, draft=a_consent(), actor=who, now=NOW),
    "withdraw_basis": lambda s, who: bases.withdraw_basis(basis=s.case.bases.get(), actor=who, now=NOW),
    "invite_unit": lambda s, who: invitations.invite_unit(
        case=s.case, unit=s.world.kindergarten, ask=term(Ask, "sparring"), actor=who, now=NOW
    ),
    "accept_invitation": lambda s, who: invitations.accept_invitation(invitation=s.invitation, actor=who, now=NOW),
    "decline_invitation": lambda s, who: invitations.decline_invitation(
        invitation=s.invitation, reason=term(DeclineReason, "no_capacity"), actor=who, now=NOW
    ),
    "withdraw_invitation": lambda s, who: invitations.withdraw_invitation(invitation=s.invitation, actor=who, now=NOW),
    "point_onward": lambda s, who: invitations.point_onward(
        invitation=s.declined, onward=s.world.kindergarten, actor=who, now=NOW
    ),
    "drop_search": lambda s, who: invitations.drop_search(invitation=s.declined, actor=who, now=NOW),
    "complete_partnership": lambda s, who: invitations.complete_partnership(
        partnership=s.partnership, outcome=term(PartnershipOutcome, "as_agreed"), actor=who, now=NOW
    ),
    "leave_case": lambda s, who: invitations.leave_case(
        partnership=s.partnership, reason=term(LeaveReason, "no_capacity"), actor=who, now=NOW
    ),
    "change_contact": lambda s, who: invitations.change_contact(
        partnership=s.partnership, contact=s.world.anton, actor=who, now=NOW
    ),
    "accept_join_request": lambda s, who: join_requests.accept_join_request(join_request=s.join, actor=who, now=NOW),
    "decline_join_request": lambda s, who: join_requests.decline_join_request(
        join_request=s.join, reason=term(DeclineReason, "no_capacity"), actor=who, now=NOW
    ),
    "withdraw_join_request": lambda s, who: join_requests.withdraw_join_request(
        join_request=s.join, actor=who, now=NOW
    ),
    "offer_handover": lambda s, who: handovers.offer_handover(
        case=s.case, to_person=s.world.anna, to_unit=s.world.ppr, actor=who, now=NOW
    ),
    "request_baton": lambda s, who: handovers.request_baton(partnership=s.partnership, actor=who, now=NOW),
    "accept_handover": lambda s, who: handovers.accept_handover(handover=s.offer, actor=who, now=NOW),
    "decline_handover": lambda s, who: handovers.decline_handover(
        handover=s.offer, reason=term(DeclineReason, "no_capacity"), actor=who, now=NOW
    ),
    "withdraw_handover": lambda s, who: handovers.withdraw_handover(handover=s.request, actor=who, now=NOW),
    "ask_for_release": lambda s, who: handovers.ask_for_release(case=s.case, actor=who, now=NOW),
    "withdraw_release": lambda s, who: handovers.withdraw_release(case=s.case, actor=who, now=NOW),
    "assign_holder": lambda s, who: handovers.assign_holder(
        case=s.case,
        to_person=s.world.mads,
        to_unit=s.world.school,
        reason=term(AssignReason, "holder_away"),
        actor=who,
        now=NOW,
    ),
    "make_agreement": lambda s, who: agreements.make_agreement(
        case=s.case,
        kind=term(AgreementKind, "observation"),
        owner=s.world.maja,
        due_on=day(7),
        actor=who,
        now=NOW,
    ),
    "mark_done": lambda s, who: agreements.mark_done(agreement=s.agreement, actor=who, now=NOW),
    "move_agreement": lambda s, who: agreements.move_agreement(
        agreement=s.agreement, due_on=day(9), actor=who, now=NOW
    ),
    "drop_agreement": lambda s, who: agreements.drop_agreement(
        agreement=s.agreement, reason=term(DropReason, "replaced"), actor=who, now=NOW
    ),
    "look_at_agreement_again": lambda s, who: agreements.look_at_agreement_again(
        agreement=s.looked, result=LookResult.KEPT, actor=who, now=NOW
    ),
    "call_meeting": lambda s, who: meetings.call_meeting(
        case=s.case,
        kind=term(MeetingKind, "network"),
        at=another_time(s),
        people=[s.world.maja, s.world.anna],
        actor=who,
        now=NOW,
    ),
    "answer_meeting": lambda s, who: meetings.answer_meeting(attendance=s.call, comes=True, actor=who, now=NOW),
    "move_meeting": lambda s, who: meetings.move_meeting(meeting=s.meeting, at=another_time(s), actor=who, now=NOW),
    "cancel_meeting": lambda s, who: meetings.cancel_meeting(meeting=s.meeting, actor=who, now=NOW),
    "hold_meeting": lambda s, who: meetings.hold_meeting(meeting=s.meeting, came=[], actor=who, now=on(7, hours=2)),
    "write_note": lambda s, who: notes.write_note(ask=s.agreement, text="lokale 4", actor=who, now=NOW),
    "remove_note": lambda s, who: notes.remove_note(ask=s.agreement, actor=who, now=NOW),
    "look_at_case": lambda s, who: looks.look_at_case(case=s.case, actor=who, now=NOW),
    "open_reference": lambda s, who: looks.open_reference(
        reference=s.reference, actor=who, now=NOW, reason=term(LookReason, "supervision")
    ),
    **{name: partial(_in_a_move, attempt) for name, attempt in OF_MOVES.items()},
}

# Beginning something of one's own is no matter of an existing case: these refuse by themselves.
OF_NO_CASE_YET = {"open_case", "ask_to_join"}
