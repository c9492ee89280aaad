"""Living through moves: all that can be told of them, and something of everything that can be owed in them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from coordination.commands.handing_over import decline_child, hand_over, receive_child
from coordination.commands.invitations import accept_invitation
from coordination.commands.involvements import InvolvementDraft, record_involvement
from coordination.commands.landings import follow_up
from coordination.commands.milestones import do_milestone, skip_milestone
from coordination.commands.reminding import remind_owner
from coordination.commands.transitions import (
    MoveDraft,
    cancel_transition,
    name_receiver,
    plan_transition,
    postpone_transition,
)
from coordination.commands.units import close_unit
from coordination.models import (
    CancelReason,
    Case,
    DeclineReason,
    InvolvementForm,
    InvolvementKind,
    Landing,
    MissingKnowledge,
    NotInvolvedReason,
    NotRelevantReason,
    Transition,
    TransitionKind,
    Unit,
)
from tests.builders import the_invitation
from tests.promises.nothing_sensitive_is_stored.marks import marked

if TYPE_CHECKING:
    from tests.promises.nothing_sensitive_is_stored.stuffed import Stuffed

_MOVING = 3126


class Moving:
    """Lives through moves. Lone, who leads the school, plans them; Maja holds the baton."""

    def __init__(self, stuffed: Stuffed) -> None:
        self.stuffed, self.world, self.do = stuffed, stuffed.world, stuffed.do
        self._days = 0

    def begin(self) -> None:
        """Leave something of everything that can be owed in moves undone."""
        self.case = self.stuffed.open_one(_MOVING, self.world.maja, self.world.school)
        self.do(accept_invitation, invitation=the_invitation(self.case, self.world.ppr), actor=self.world.anna)
        self.planned = self.plan(self.world.family, in_days=60)
        self.plan(None, in_days=60)
        self.handed_over = self.hand_over(self.plan(self.world.health, in_days=60))
        self.receive(self.hand_over(self.plan(self.world.health, in_days=-85)))
        received = self.receive(self.hand_over(self.plan(self.world.health, in_days=-60)))
        lost = marked(MissingKnowledge, "what_helps")
        self.do(
            follow_up,
            transition=received,
            landing=Landing.KNOWLEDGE_MISSING,
            missing=lost,
            actor=self.world.hanne,
        )

    def end(self) -> None:
        """Let the rest happen that can be told."""
        world, planned = self.world, self.planned
        self.do(remind_owner, transition=planned, actor=world.sanne)
        later = planned.move_on + timedelta(days=7)
        self.do(postpone_transition, transition=planned, move_on=later, actor=world.maja)
        done, not_needed = planned.milestones.filter(is_senders=False, state="open")[:2]
        self.do(do_milestone, milestone=done, actor=world.frida)
        why = marked(NotRelevantReason, "not_needed")
        self.do(skip_milestone, milestone=not_needed, reason=why, actor=world.frida)
        self.do(name_receiver, transition=planned, to_unit=world.kindergarten, actor=world.lone)
        self.do(cancel_transition, transition=planned, reason=marked(CancelReason, "stays"), actor=world.maja)
        no = marked(DeclineReason, "no_capacity")
        declined = self.do(decline_child, transition=self.handed_over, reason=no, actor=world.hanne)
        self.do(name_receiver, transition=declined, to_unit=world.kindergarten, actor=world.lone)
        self.hand_over(declined)
        self.do(close_unit, unit=world.kindergarten, actor=None)

    def plan(self, to_unit: Unit | None, *, in_days: int) -> Transition:
        self._days += 1  # a day of its own for each
        kind = marked(TransitionKind, "school_to_school")
        move_on = self.stuffed.now.date() + timedelta(days=in_days + self._days)
        draft = MoveDraft(kind=kind, from_unit=self.world.school, to_unit=to_unit, move_on=move_on, moves_baton=False)
        planned: Transition = self.do(plan_transition, case=self.case, draft=draft, actor=self.world.lone)
        return planned

    def hand_over(self, transition: Transition) -> Transition:
        self.involve(transition.case)
        handed_over: Transition = self.do(hand_over, transition=transition, actor=self.world.lone)
        return handed_over

    def receive(self, transition: Transition) -> Transition:
        received: Transition = self.do(receive_child, transition=transition, actor=self.world.hanne, has_read=True)
        return received

    def involve(self, case: Case) -> None:
        today = self.stuffed.now.date()
        talk = marked(InvolvementForm, "talk")
        child = InvolvementDraft(InvolvementKind.CHILD, today, form=talk, changed_plan=True)
        self.do(record_involvement, case=case, draft=child, actor=self.world.anna)
        why_not = marked(NotInvolvedReason, "not_reached")
        parents = InvolvementDraft(InvolvementKind.PARENTS, today, reason=why_not)
        self.do(record_involvement, case=case, draft=parents, actor=self.world.anna)
