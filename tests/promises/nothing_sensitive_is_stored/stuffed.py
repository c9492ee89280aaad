"""A story in which everything happens that anybody is told of, with marks in every place where one can be stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from coordination.commands.agreements import (
    drop_agreement,
    look_at_agreement_again,
    make_agreement,
    mark_done,
    move_agreement,
)
from coordination.commands.bases import BasisDraft, record_basis, withdraw_basis
from coordination.commands.cases import close_case, open_case, reopen_case
from coordination.commands.erasures import ask_for_erasure, withdraw_erasure
from coordination.commands.handovers import (
    accept_handover,
    ask_for_release,
    assign_holder,
    decline_handover,
    offer_handover,
    request_baton,
    withdraw_handover,
    withdraw_release,
)
from coordination.commands.invitations import (
    accept_invitation,
    change_contact,
    complete_partnership,
    decline_invitation,
    drop_search,
    invite_unit,
    leave_case,
    point_onward,
    withdraw_invitation,
)
from coordination.commands.join_requests import (
    accept_join_request,
    ask_to_join,
    decline_join_request,
    withdraw_join_request,
)
from coordination.commands.looks import open_reference
from coordination.commands.meetings import (
    WhenAndWhere,
    answer_meeting,
    call_meeting,
    cancel_meeting,
    hold_meeting,
    move_meeting,
)
from coordination.commands.notes import write_note
from coordination.commands.people import end_absence, end_membership, set_absence
from coordination.commands.units import close_unit
from coordination.models import (
    Agreement,
    AgreementKind,
    Ask,
    AssignReason,
    BasisKind,
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
    ReopenReason,
    StatutoryBasis,
    Theme,
    Unit,
    User,
)
from tests.builders import World, a_consent, day, on, the_invitation
from tests.promises.everything_ends.ending import an_officer
from tests.promises.nothing_sensitive_is_stored.marks import MARK, a_marked_reference, marked
from tests.promises.nothing_sensitive_is_stored.moves import Moving
from tests.promises.telling import call_of

_SHARED, _ALONE, _ERASED = 1042, 2084, 4168


class Stuffed:
    """Lives through everything; ``go_out`` is called after each thing that happens, with the time at which it did."""

    def __init__(self, world: World, go_out: Callable[[datetime], None]) -> None:
        self.world = world
        self._go_out = go_out
        # Twelve minutes apart, from nine until four on working days: nobody has quiet hours then.
        self._moments = _loud_moments()
        self.now = next(self._moments)

    def do(self, act: Callable[..., Any], **what: Any) -> Any:
        """Let something happen, and everybody be told of it."""
        done = act(**what, now=self.now)
        self._go_out(self.now)
        self.now = next(self._moments)
        return done

    def live(self) -> None:
        """Live through everything that people can do, in chapters; every one is told to somebody."""
        case = self.open_one(_SHARED, self.world.maja, self.world.school)
        self.ask_around(case)
        self.ask_in(case)
        self.meet(case)
        self.agree(case)
        self.part(case)
        self.hand_on(case)
        self.take_back_what_allowed_it(case)
        self.end(case)
        self.ask_to_be_erased(self.open_one(_ERASED, self.world.maja, self.world.school))

    # ---- Chapters

    def open_one(self, number: int, actor: User, unit: Unit) -> Case:
        world = self.world
        case: Case = self.do(
            open_case,
            theme=marked(Theme, "trivsel"),
            ask=marked(Ask, "sparring"),
            unit=unit,
            invite=[(world.ppr, None), (world.health, None), (world.family, None)],
            actor=actor,
            reference=a_marked_reference(number),
            basis=a_consent(),
        )
        for asked in case.invitations.all():
            self.note(asked, actor)
        return case

    def ask_around(self, case: Case) -> None:
        world, no = self.world, marked(DeclineReason, "no_capacity")
        sent = self.invite(case, world.other_school)
        self.do(withdraw_invitation, invitation=sent, actor=world.maja)
        ppr = the_invitation(case, world.ppr)
        partnership = self.do(accept_invitation, invitation=ppr, contact=world.anton, actor=world.anna)
        self.do(change_contact, partnership=partnership, contact=world.anna, actor=world.per)
        self.do(accept_invitation, invitation=the_invitation(case, world.health), actor=world.hanne)
        family = the_invitation(case, world.family)
        self.do(decline_invitation, invitation=family, reason=no, actor=world.frida)
        self.do(point_onward, invitation=family, onward=world.other_school, actor=world.lone)
        onward = self.invite(case, world.other_school, follows=family)
        self.do(decline_invitation, invitation=onward, reason=no, onward=world.kindergarten, actor=world.ove)
        away = self.do(
            set_absence, user=world.maja, stand_in=world.mads, first_on=day(0), last_on=day(9), actor=world.maja
        )
        self.do(drop_search, invitation=onward, actor=world.mads)
        self.do(end_absence, absence=away, actor=world.maja)
        self.invite(case, world.kindergarten, person=world.rikke)
        gone = world.rikke.memberships.get(unit=world.kindergarten, ended_at=None)
        self.do(end_membership, membership=gone, actor=None)
        self.do(accept_invitation, invitation=the_invitation(case, world.kindergarten), actor=world.kirsten)

    def ask_in(self, case: Case) -> None:
        world = self.world
        self.do(
            decline_join_request,
            join_request=self.ask_to_join(_SHARED, world.frida, world.family),
            reason=marked(DeclineReason, "not_our_task"),
            actor=world.maja,
        )
        taken_back = self.ask_to_join(_SHARED, world.ove, world.other_school)
        self.do(withdraw_join_request, join_request=taken_back, actor=world.ove)
        let_in = self.ask_to_join(_SHARED, world.ove, world.other_school)
        self.do(accept_join_request, join_request=let_in, actor=world.maja)

    def meet(self, case: Case) -> None:
        world = self.world
        cancelled = self.call(case, world.anna, days=9)
        self.do(cancel_meeting, meeting=cancelled, actor=world.maja)
        meeting = self.call(case, world.anna, world.hanne, days=10)
        self.do(answer_meeting, attendance=call_of(meeting, world.anna), comes=True, actor=world.anna)
        self.do(answer_meeting, attendance=call_of(meeting, world.hanne), comes=False, actor=world.hanne)
        self.do(move_meeting, meeting=meeting, at=self.at(11), actor=world.maja)
        self.do(move_meeting, meeting=meeting, at=self.at(11, place=world.other_school), actor=world.maja)

    def agree(self, case: Case) -> None:
        world = self.world
        moved = self.agree_with(case, world.anna, due=10)
        self.do(move_agreement, agreement=moved, due_on=day(11), actor=world.maja)
        self.do(mark_done, agreement=moved, actor=world.anna)
        looked_at = self.agree_with(case, world.hanne, due=10, look=12)
        self.do(look_at_agreement_again, agreement=looked_at, result=LookResult.KEPT, actor=world.maja)
        dropped = self.agree_with(case, world.anna, due=10)
        self.do(drop_agreement, agreement=dropped, reason=marked(DropReason, "not_possible"), actor=world.maja)
        done_for_her = self.agree_with(case, world.anna, due=10)
        self.do(mark_done, agreement=done_for_her, actor=world.maja)

    def part(self, case: Case) -> None:
        world = self.world
        health = self.partnership(case, world.health)
        self.do(leave_case, partnership=health, reason=marked(LeaveReason, "family_wish"), actor=world.hanne)
        self.agree_with(case, world.anna, due=10)
        self.do(change_contact, partnership=self.partnership(case, world.ppr), contact=world.anton, actor=world.per)
        self.do(change_contact, partnership=self.partnership(case, world.ppr), contact=world.anna, actor=world.per)
        kindergarten = self.partnership(case, world.kindergarten)
        outcome = marked(PartnershipOutcome, "as_agreed")
        self.do(complete_partnership, partnership=kindergarten, outcome=outcome, actor=world.kirsten)
        self.do(close_unit, unit=world.other_school, actor=None)

    def hand_on(self, case: Case) -> None:
        world, no = self.world, marked(DeclineReason, "no_capacity")
        self.do(decline_handover, handover=self.offer(case, world.anna), reason=no, actor=world.anna)
        self.do(withdraw_handover, handover=self.offer(case, world.anna), actor=world.maja)
        self.do(accept_handover, handover=self.offer(case, world.anna), actor=world.anna)
        self.do(decline_handover, handover=self.ask_for_baton(case, world.maja), reason=no, actor=world.anna)
        self.do(withdraw_handover, handover=self.ask_for_baton(case, world.maja), actor=world.maja)
        self.do(accept_handover, handover=self.ask_for_baton(case, world.maja), actor=world.anna)
        self.do(ask_for_release, case=case, actor=world.maja)
        self.do(withdraw_release, case=case, actor=world.maja)
        self.do(ask_for_release, case=case, actor=world.maja)
        self.do(
            assign_holder,
            case=case,
            to_person=world.mads,
            to_unit=world.school,
            reason=marked(AssignReason, "holder_asked"),
            actor=world.lone,
        )

    def take_back_what_allowed_it(self, case: Case) -> None:
        world = self.world
        reference = case.references.get()
        self.do(open_reference, reference=reference, reason=marked(LookReason, "supervision"), actor=world.lone)
        law = BasisDraft(BasisKind.STATUTORY, statutory=marked(StatutoryBasis, "law"))
        statutory = self.do(record_basis, case=case, draft=law, actor=world.mads)
        self.do(withdraw_basis, basis=statutory, actor=world.mads)
        today = self.now.date()
        short = replace(a_consent(), ends_on=today)
        self.do(record_basis, case=case, draft=short, actor=world.mads)
        self.sleep(until=today + timedelta(days=1))
        again = a_consent()
        self.do(record_basis, case=case, draft=again, actor=world.mads)

    def end(self, case: Case) -> None:
        world = self.world
        gone = world.mads.memberships.get(unit=world.school, ended_at=None)
        self.do(end_membership, membership=gone, actor=None)
        self.do(close_case, case=case, outcome=marked(CaseOutcome, "solved"), actor=world.lone)
        days = {"first_on": self.now.date(), "last_on": self.now.date()}
        self.do(set_absence, user=world.lone, stand_in=world.sanne, actor=world.lone, **days)
        self.do(reopen_case, case=case, reason=marked(ReopenReason, "came_back"), actor=world.sanne)

    def ask_to_be_erased(self, case: Case) -> None:
        officer = an_officer(self.world)
        self.do(ask_for_erasure, case=case, actor=officer)
        self.do(withdraw_erasure, case=case, actor=officer)
        self.do(ask_for_erasure, case=case, actor=officer)

    def wait(self, *, days: int) -> None:
        """Leave something of everything that can be owed undone, and wait for days and days."""
        world = self.world
        case = self.open_one(_ALONE, world.maja, world.school)
        self.do(accept_invitation, invitation=the_invitation(case, world.ppr), actor=world.anna)
        no = marked(DeclineReason, "no_capacity")
        self.do(decline_invitation, invitation=the_invitation(case, world.health), reason=no, actor=world.hanne)
        self.ask_to_join(_ALONE, world.kirsten, world.kindergarten)
        self.offer(case, world.anna)
        in_days = (self.now.date() - day(0)).days
        self.agree_with(case, world.anna, due=in_days + 3, look=in_days + 4)
        held = self.call(case, world.anna, days=in_days + 2)
        soon = a_consent(in_days + 4)
        self.do(record_basis, case=case, draft=soon, actor=world.maja)
        released = self.open_one(_ALONE + 1, world.maja, world.school)
        self.do(ask_for_release, case=released, actor=world.maja)
        self.do(
            open_case,
            theme=marked(Theme, "trivsel"),
            ask=marked(Ask, "sparring"),
            unit=world.school,
            invite=[],
            actor=world.maja,
        )
        moving = Moving(self)
        moving.begin()
        self.sleep(until=self.now.date() + timedelta(days=days))
        moving.end()
        self.do(record_basis, case=case, draft=a_consent(), actor=world.maja)
        self.do(hold_meeting, meeting=held, came=[], minutes=a_marked_reference(_ALONE + 2), actor=world.maja)

    # ---- Steps

    def sleep(self, *, until: Any) -> None:
        """Let days pass, and everybody be told on each of them."""
        while self.now.date() < until:
            before = self.now.date()
            while self.now.date() == before:
                self.now = next(self._moments)
            self._go_out(self.now)
            self.now = next(self._moments)

    def invite(self, case: Case, unit: Unit, **more: Any) -> Any:
        return self.do(invite_unit, case=case, unit=unit, ask=marked(Ask, "observe"), actor=self.world.maja, **more)

    def ask_to_join(self, number: int, actor: User, unit: Unit) -> JoinRequest:
        reference = a_marked_reference(number)
        request: JoinRequest = self.do(
            ask_to_join,
            system=reference.system,
            number=reference.number,
            unit=unit,
            theme=marked(Theme, "trivsel"),
            actor=actor,
        )
        return request

    def call(self, case: Case, *people: User, days: int) -> Meeting:
        kind = marked(MeetingKind, "network")
        meeting: Meeting = self.do(
            call_meeting, case=case, kind=kind, at=self.at(days), people=people, actor=self.world.maja
        )
        self.note(meeting, self.world.maja)
        return meeting

    def at(self, days: int, *, place: Unit | None = None) -> WhenAndWhere:
        return WhenAndWhere(starts_at=on(days), ends_at=on(days, hours=1), place=place or self.world.school)

    def agree_with(self, case: Case, owner: User, *, due: int, look: int | None = None) -> Agreement:
        agreement: Agreement = self.do(
            make_agreement,
            case=case,
            kind=marked(AgreementKind, "observation"),
            owner=owner,
            due_on=day(due),
            look_again_on=day(look) if look else None,
            actor=self.world.maja,
        )
        self.note(agreement, self.world.maja)
        return agreement

    def note(self, ask: Invitation | Agreement | Meeting, actor: User) -> None:
        """Write a note that bears the mark, which nobody is told of."""
        NoteRule.objects.update_or_create(root=self.world.town, defaults={"is_on": True})
        write_note(ask=ask, text=f"{MARK}: lokale 4, indgang B", actor=actor, now=self.now)

    def offer(self, case: Case, person: User) -> Handover:
        case.refresh_from_db()
        offered: Handover = self.do(
            offer_handover, case=case, to_person=person, to_unit=self.world.ppr, actor=case.holder
        )
        return offered

    def ask_for_baton(self, case: Case, person: User) -> Handover:
        asked: Handover = self.do(request_baton, partnership=self.partnership(case, self.world.school), actor=person)
        return asked

    def partnership(self, case: Case, unit: Unit) -> Partnership:
        return case.partnerships.live().get(unit=unit)


def _loud_moments() -> Iterator[datetime]:
    for days in count():
        if on(days).weekday() < 5:
            yield from (on(days, hours=tenths / 10) for tenths in range(0, 70, 2))
