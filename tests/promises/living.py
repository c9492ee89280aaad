"""A municipality in which something of every kind is under way, to be broken in every way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from coordination.commands.agreements import make_agreement
from coordination.commands.cases import close_case, reopen_case
from coordination.commands.handing_over import hand_over, receive_child
from coordination.commands.handovers import accept_handover, ask_for_release, offer_handover
from coordination.commands.invitations import decline_invitation
from coordination.commands.join_requests import ask_to_join
from coordination.commands.landings import follow_up, review_transition
from coordination.commands.meetings import WhenAndWhere, call_meeting
from coordination.commands.milestones import do_milestone
from coordination.commands.notes import write_note
from coordination.commands.time import pass_time
from coordination.models import (
    AgreementKind,
    Case,
    CaseOutcome,
    Deadline,
    DeadlineKind,
    DeclineReason,
    Event,
    EventKind,
    Landing,
    MeetingKind,
    NoteRule,
    OutboxEntry,
    ReopenReason,
    Theme,
)
from notifications.delivery.relay import relay
from notifications.delivery.sending import send_due
from notifications.models import Channel
from tests.builders import (
    World,
    a_case,
    a_case_with_reference,
    a_reference,
    accepted,
    day,
    on,
    term,
    the_invitation,
)
from tests.promises.moving import a_childs_case, a_move, heard, milestone, took_part

NUMBER = "P-2026-1042"
NOW = on(4)


class Lived:
    """A municipality in which something of every kind is under way."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.busy = self._busy_case()
        self.handed = a_case(world, actor=world.rikke, unit=world.kindergarten, invite=[])
        offer = offer_handover(
            case=self.handed, to_person=world.kirsten, to_unit=world.kindergarten, actor=world.rikke, now=on(1)
        )
        accept_handover(handover=offer, actor=world.kirsten, now=on(1, hours=1))
        self.sought = a_case(world, actor=world.mads, invite=[])
        ask_for_release(case=self.sought, actor=world.mads, now=on(1))
        self.idle = a_case_with_reference(world, "P-2026-7777", actor=world.ove, unit=world.other_school, invite=[])
        self.closed = a_case(world, actor=world.frida, unit=world.family)
        solved = term(CaseOutcome, "solved")
        close_case(case=self.closed, outcome=solved, actor=world.frida, now=on(1))
        reopen_case(case=self.closed, reason=term(ReopenReason, "came_back"), actor=world.frida, now=on(1, hours=1))
        close_case(case=self.closed, outcome=solved, actor=world.frida, now=on(1, hours=2))
        self.moving = a_childs_case(world)
        self._move_children()
        while pass_time(now=NOW):
            pass
        while relay(now=NOW):
            pass
        while send_due(Channel.IN_APP, clock=lambda: NOW):
            pass

    def _busy_case(self) -> Case:
        world = self.world
        case = a_case_with_reference(
            world, NUMBER, invite=[(world.ppr, None), (world.health, None), (world.family, None)]
        )
        accepted(world, case)
        decline_invitation(
            invitation=the_invitation(case, world.family),
            reason=term(DeclineReason, "no_capacity"),
            actor=world.frida,
            now=on(hours=2),
        )
        make_agreement(
            case=case,
            kind=term(AgreementKind, "observation"),
            owner=world.anna,
            due_on=day(10),
            look_again_on=day(20),
            actor=world.maja,
            now=on(hours=3),
        )
        starts_at = on(7)
        call_meeting(
            case=case,
            kind=term(MeetingKind, "network"),
            at=WhenAndWhere(starts_at, starts_at + timedelta(hours=1), world.school),
            people=[world.anna],
            actor=world.maja,
            now=on(hours=4),
        )
        NoteRule.objects.create(root=world.town, is_on=True)
        write_note(ask=case.agreements.get(), text="lokale 4, indgang B", actor=world.maja, now=on(hours=4))
        offer_handover(case=case, to_person=world.mads, to_unit=world.school, actor=world.maja, now=on(hours=5))
        ask_to_join(
            system=a_reference().system,
            number=NUMBER,
            unit=world.kindergarten,
            theme=term(Theme, "trivsel"),
            actor=world.rikke,
            now=on(hours=6),
        )
        return case

    def _move_children(self) -> None:
        world, case, rikke = self.world, self.moving, self.world.rikke
        how = {"to_unit": world.other_school, "moves_baton": False}
        self.sought_receiver = a_move(world, case, to_unit=None)
        self.to_receive, self.received, self.landed = (
            a_move(world, case, move_on=day(number), **how) for number in (30, 20, 2)
        )
        heard(case, rikke, on_day=2)
        took_part(case, rikke, on_day=2)
        for transition in (self.to_receive, self.received, self.landed):
            hand_over(transition=transition, actor=rikke, now=on(2, hours=2))
        for transition in (self.received, self.landed):
            receive_child(transition=transition, actor=world.ove, has_read=True, now=on(2, hours=3))
        follow_up(transition=self.landed, landing=Landing.WELL, actor=world.ove, now=on(3))
        review_transition(transition=self.landed, unit=world.kindergarten, actor=world.kirsten, now=on(3, hours=1))
        do_milestone(milestone=milestone(self.sought_receiver, "description"), actor=rikke, now=on(3))

    def owed(self, kind: DeadlineKind, **which: Any) -> Any:
        """Open deadlines of a kind."""
        return Deadline.objects.open().filter(kind=kind, **which)

    def owe(self, case: Case, kind: DeadlineKind) -> None:
        """Add a deadline beside all commands."""
        Deadline.objects.create(
            kind=kind, case=case, owner_id=case.holder_id, unit_id=case.holder_unit_id, due_on=day(9), opened_at=NOW
        )

    def tell(self, kind: EventKind, about: Any, *, case: Case | None = None) -> None:
        """Add an event beside all commands."""
        at = Case.objects.get(pk=case.pk).last_event_at if case else NOW
        event = Event.objects.create(
            kind=kind, at=at, case=case, subject=type(about).__name__.lower(), subject_id=about.pk
        )
        OutboxEntry.objects.create(event=event)
