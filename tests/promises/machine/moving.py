"""Steps of involvement and of children's moves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from coordination.commands.handing_over import decline_child, hand_over, receive_child
from coordination.commands.involvements import InvolvementDraft, record_involvement
from coordination.commands.landings import follow_up, review_transition
from coordination.commands.milestones import do_milestone, skip_milestone
from coordination.commands.transitions import (
    MoveDraft,
    cancel_transition,
    name_receiver,
    plan_transition,
    postpone_transition,
)
from coordination.models import (
    CancelReason,
    DeclineReason,
    InvolvementForm,
    InvolvementKind,
    Landing,
    NotInvolvedReason,
    NotRelevantReason,
    Term,
    Transition,
    TransitionKind,
)
from coordination.models import Milestone as MilestoneRow
from tests.promises.machine.base import Ground, RefusalKind, pick
from tests.promises.machine.rights import PARTNER
from tests.promises.machine.story import Case, Move, Step

KINDS = {kind.value: told for kind, told in zip(InvolvementKind, ("child_heard", "parents_involved"), strict=True)}
FIRST_UNITS = ("other_school", "school", "kindergarten")
UNDER_WAY = ("planned", "handed_over", "received")


class Moving(Ground):
    """The ways of children from one unit to another."""

    def moves(self, *states: str) -> list[tuple[Case, Move]]:
        """All moves with their cases, those in some states or all."""
        every = [(case, move) for case in self.cases(is_open=None) for move in case.moves.values()]
        return [pair for pair in every if not states or pair[1].state in states]

    def choose(self, which: int, *states: str) -> tuple[Case, Move]:
        """A move, mostly of an open case and in one of the states."""
        fitting = [pair for pair in self.moves(*states) if pair[0].is_open]
        return self.prefer(which, fitting, self.moves())

    @staticmethod
    def row_of(move: Move) -> Transition:
        """The row of a move, read anew."""
        return Transition.objects.get(pk=move.pk)

    def cannot_change_move(self, actor: str, case: Case, move: Move, *states: str) -> tuple[RefusalKind, ...]:
        """Why somebody cannot change a move."""
        rights = self.rights
        allowed, sees = rights.changes_move(actor, case, move), rights.sees_move(actor, case, move)
        return (
            self.unless(allowed, actor, case, sees=sees),
            self.moved_on(not case.is_open or move.state not in (states or ("planned",))),
        )

    def move_a_child(self, far: int) -> None:
        """Let a child of the first case be on its way, from planned to reviewed by one leader."""
        way = (
            lambda: self.plan(who=1, which=1, leaves=1, comes=1, days=0, kind=1),
            lambda: [self.involve(who=1, which=1, kind=kind, is_reason=False) for kind in KINDS],
            lambda: self.hand_a_child_over(who=1, which=1),
            lambda: self.receive(who=1, which=1, whom=1, has_read=True),
            lambda: self.land(who=1, which=1, landing=Landing.WELL),
            lambda: self.review(who=1, which=1, of_sender=True),
        )
        for step in way[:far]:
            if self.moves() or step is way[0]:
                step()

    @staticmethod
    def term_for(vocabulary: type[Term], whom: dict[str, bool]) -> Any:
        """The first term that is meant for the child, or for the parents."""
        return vocabulary.objects.filter(**whom).order_by("pk")[0]

    @precondition(lambda self: self.cases(is_open=None))
    @rule(who=pick, which=pick, kind=st.sampled_from(list(KINDS)), is_reason=st.booleans())
    def involve(self, who: int, which: int, kind: str, is_reason: bool) -> None:
        """Somebody who takes part notes that the child was heard or the parents took part, or why not yet."""
        case = self.prefer(which, self.cases(), self.cases(is_open=None))
        part = self.rights.part
        actor = self.someone(who, lambda name: part(name, case) >= PARTNER)
        mine = {f"for_{'child' if kind == 'child' else 'parents'}": True}
        draft = InvolvementDraft(
            InvolvementKind(kind),
            self.today,
            form=None if is_reason else self.term_for(InvolvementForm, mine),
            reason=self.term_for(NotInvolvedReason, mine) if is_reason else None,
            changed_plan=False if kind == "child" and not is_reason else None,
        )
        for row in self.attempt(
            actor,
            lambda: record_involvement(case=self.case_row(case), draft=draft, actor=self.user(actor), now=self.now),
            self.unless(part(actor, case) >= PARTNER, actor, case),
            self.moved_on(not case.is_open),
        ):
            case.involved[kind] = row.recorded_at
            self.happenings.tell(KINDS[kind], case)

    @precondition(lambda self: self.cases(is_open=None) and len(self.moves()) < 6)
    @rule(who=pick, which=pick, leaves=pick, comes=pick, days=st.integers(-2, 60), kind=pick)
    def plan(self, who: int, which: int, leaves: int, comes: int, days: int, kind: int) -> None:  # noqa: PLR0917 (names)
        """A move is planned: to a unit, to nobody yet, or out of town."""
        case = self.prefer(which, self.cases(), self.cases(is_open=None))
        actor = self.someone(who, lambda name: self.rights.plans(name, case))
        units, open_units = list(self.names.units), self.town.open_units()
        taking_part = {case.unit, *(partner.unit for partner in case.live())}
        from_unit = self.prefer(leaves, [unit for unit in open_units if unit in taking_part], units)
        leaves_town = kind % 5 == 0
        places = [unit for unit in (*FIRST_UNITS, *open_units) if unit in open_units and unit != from_unit]
        to_unit = None if kind % 5 == 2 or (leaves_town and kind % 2) else self.prefer(comes, places, units)
        move_on, moves_baton = self.today + timedelta(days=days), kind % 3 != 0
        opened_unit = self.names.unit(self.case_row(case).opened_unit_id)
        for row in self.attempt(
            actor,
            lambda: plan_transition(
                case=self.case_row(case),
                draft=MoveDraft(
                    kind=TransitionKind.objects.get(code="to_other_town" if leaves_town else "school_to_school"),
                    from_unit=self.unit_row(from_unit),
                    to_unit=self.unit_row(to_unit) if to_unit else None,
                    move_on=move_on,
                    moves_baton=moves_baton,
                ),
                actor=self.user(actor),
                now=self.now,
            ),
            self.unless(self.rights.plans(actor, case), actor, case),
            self.moved_on(not case.is_open),
            self.unacceptable(from_unit not in {*taking_part, opened_unit} or from_unit in self.town.closed),
            self.unacceptable(leaves_town and to_unit is not None),
            self.unacceptable(to_unit == from_unit or to_unit in self.town.closed),
            self.moved_on(self.is_taken(case, from_unit, move_on)),
        ):
            steps = {step.pk: Step(step.pk, step.is_senders) for step in row.milestones.all()}
            case.moves[row.pk] = Move(
                row.pk, from_unit, to_unit, move_on, self.now, leaves_town, moves_baton and not leaves_town, steps
            )
            self.happenings.tell("transition_planned", case)

    @staticmethod
    def is_taken(case: Case, from_unit: str, move_on: object) -> bool:
        """Whether a move of the same unit is on the same day."""
        others = [move for move in case.moves.values() if move.state != "cancelled"]
        return any((move.from_unit, move.move_on) == (from_unit, move_on) for move in others)

    @precondition(lambda self: self.moves())
    @rule(who=pick, which=pick, days=st.integers(-2, 60))
    def postpone(self, who: int, which: int, days: int) -> None:
        """A planned move gets another day."""
        case, move = self.choose(which, "planned")
        actor = self.someone(who, lambda name: self.rights.changes_move(name, case, move))
        move_on = self.today + timedelta(days=days)
        for _row in self.attempt(
            actor,
            lambda: postpone_transition(
                transition=self.row_of(move), move_on=move_on, actor=self.user(actor), now=self.now
            ),
            *self.cannot_change_move(actor, case, move),
            self.unacceptable(move_on == move.move_on),
            self.moved_on(self.is_taken(case, move.from_unit, move_on)),
        ):
            move.move_on = move_on
            self.happenings.tell("transition_postponed", case)

    @precondition(lambda self: self.moves())
    @rule(who=pick, which=pick, comes=pick)
    def name_who_receives(self, who: int, which: int, comes: int) -> None:
        """A planned move gets a receiver, or another one."""
        case, move = self.choose(which, "planned")
        actor = self.someone(who, lambda name: self.rights.changes_move(name, case, move))
        others = [unit for unit in self.town.open_units() if unit not in (move.from_unit, move.to_unit)]
        to_unit = self.prefer(comes, others, list(self.names.units))
        for _row in self.attempt(
            actor,
            lambda: name_receiver(
                transition=self.row_of(move), to_unit=self.unit_row(to_unit), actor=self.user(actor), now=self.now
            ),
            *self.cannot_change_move(actor, case, move),
            self.unacceptable(move.leaves_town),
            self.unacceptable(to_unit == move.from_unit or to_unit in self.town.closed),
            self.moved_on(to_unit == move.to_unit),
        ):
            move.to_unit = to_unit
            self.happenings.tell("receiver_named", case)

    @precondition(lambda self: self.moves())
    @rule(who=pick, which=pick, step=pick, is_done=st.booleans())
    def settle(self, who: int, which: int, step: int, is_done: bool) -> None:
        """A milestone is done, or not relevant."""
        case, move = self.choose(which, *UNDER_WAY)
        open_steps = [found for found in move.steps.values() if found.state == "open"]
        chosen = self.prefer(step, open_steps, list(move.steps.values()))
        rights = self.rights
        actor = self.someone(who, lambda name: rights.does_step(name, case, move, chosen))
        sees = rights.sees_move(actor, case, move)
        how: dict[str, Any] = {"actor": self.user(actor), "now": self.now}
        for row in self.attempt(
            actor,
            lambda: (
                do_milestone(milestone=self.step_row(chosen), **how)
                if is_done
                else skip_milestone(milestone=self.step_row(chosen), reason=self.any_term(NotRelevantReason), **how)
            ),
            self.unless(rights.does_step(actor, case, move, chosen), actor, case, sees=sees),
            self.moved_on(not case.is_open or chosen.state != "open" or move.state not in (*UNDER_WAY, "landed")),
        ):
            chosen.state = row.state
            self.happenings.tell("milestone_done" if is_done else "milestone_not_relevant", case)

    @staticmethod
    def step_row(step: Step) -> MilestoneRow:
        """The row of a milestone, read anew."""
        return MilestoneRow.objects.select_related("transition").get(pk=step.pk)

    @precondition(lambda self: self.moves())
    @rule(who=pick, which=pick)
    def hand_a_child_over(self, who: int, which: int) -> None:
        """The child is handed over, if it and its parents have been asked since the move was planned."""
        case, move = self.choose(which, "planned")
        actor = self.someone(who, lambda name: self.rights.changes_move(name, case, move))
        asked = [case.involved.get(kind) for kind in KINDS]
        for _row in self.attempt(
            actor,
            lambda: hand_over(transition=self.row_of(move), actor=self.user(actor), now=self.now),
            *self.cannot_change_move(actor, case, move),
            self.unacceptable(move.to_unit is None and not move.leaves_town),
            self.unacceptable(move.to_unit is not None and case.holds_back(move.to_unit, self.today)),
            self.unacceptable(any(at is None or at < move.planned_at for at in asked)),
        ):
            move.state = "left" if move.leaves_town else "handed_over"
            move.handed_over_by = actor
            self.happenings.tell("transition_handed_over", case)

    def cannot_receive(self, actor: str, case: Case, move: Move) -> tuple[RefusalKind, ...]:
        """Why somebody cannot receive a child, or say no."""
        rights = self.rights
        sees = rights.sees_move(actor, case, move)
        return (
            self.unless(rights.receives(actor, move), actor, case, sees=sees),
            self.moved_on(not case.is_open or move.state != "handed_over"),
        )

    @precondition(lambda self: self.moves())
    @rule(who=pick, which=pick, whom=pick, has_read=st.booleans())
    def receive(self, who: int, which: int, whom: int, has_read: bool) -> None:
        """The receiving unit receives the child, and with it perhaps the baton."""
        case, move = self.choose(which, "handed_over")
        to_unit = move.to_unit or ""
        actor = self.someone(who, lambda name: self.rights.receives(name, move))
        contact = self.someone(whom, lambda name: self.town.place_of(name, to_unit) is not None)
        takes_baton = move.moves_baton and (contact, to_unit) != (case.holder, case.unit)
        for _row in self.attempt(
            actor,
            lambda: receive_child(
                transition=self.row_of(move),
                contact=self.user(contact),
                has_read=has_read,
                actor=self.user(actor),
                now=self.now,
            ),
            *self.cannot_receive(actor, case, move),
            self.unacceptable(not has_read),
            self.unacceptable(not (to_unit and self.town.belongs(contact, to_unit))),
            self.unacceptable(takes_baton and self.town.place_of(contact, to_unit) is None),
            self.unacceptable(not takes_baton and contact == case.holder and to_unit != case.unit),
            self.unacceptable(case.holds_back(to_unit, self.today)),
        ):
            move.state, move.contact = "received", contact
            self.happenings.tell("transition_received", case)
            if takes_baton:
                self.happenings.move(case, contact, to_unit, stays_on=True)
            elif contact != case.holder:
                self.let_take_part(case, to_unit, contact)

    def let_take_part(self, case: Case, unit: str, contact: str) -> None:
        """The receiving unit takes part with its contact."""
        partner = next((found for found in case.live() if found.unit == unit), None)
        if partner is None:
            self.happenings.take_in(case, unit, contact)
        elif partner.contact != contact:
            self.happenings.replace(case, partner, contact)

    @precondition(lambda self: self.moves())
    @rule(who=pick, which=pick, where=pick)
    def send_back(self, who: int, which: int, where: int) -> None:
        """The receiving unit says no, and perhaps who receives the child instead."""
        case, move = self.choose(which, "handed_over")
        actor = self.someone(who, lambda name: self.rights.receives(name, move))
        onward = self.prefer(where, self.town.open_units(), list(self.names.units)) if where % 3 else None
        for _row in self.attempt(
            actor,
            lambda: decline_child(
                transition=self.row_of(move),
                reason=self.any_term(DeclineReason),
                onward=self.unit_row(onward) if onward else None,
                actor=self.user(actor),
                now=self.now,
            ),
            *self.cannot_receive(actor, case, move),
            self.unacceptable(onward in (move.to_unit, move.from_unit) or onward in self.town.closed),
        ):
            move.state, move.to_unit, move.handed_over_by = "planned", None, None
            self.happenings.tell("transition_declined", case)

    @precondition(lambda self: self.moves())
    @rule(who=pick, which=pick, landing=st.sampled_from([Landing.WELL, Landing.NEEDS_MORE]))
    def land(self, who: int, which: int, landing: Landing) -> None:
        """The contact says how the child has landed."""
        case, move = self.choose(which, "received")
        rights = self.rights
        actor = self.someone(who, lambda name: rights.follows_up(name, move))
        for _row in self.attempt(
            actor,
            lambda: follow_up(transition=self.row_of(move), landing=landing, actor=self.user(actor), now=self.now),
            self.unless(rights.follows_up(actor, move), actor, case, sees=rights.sees_move(actor, case, move)),
            self.moved_on(not case.is_open or move.state != "received"),
            self.unacceptable(self.today < move.move_on),
        ):
            move.state = "landed"
            self.happenings.tell("transition_landed", case)

    @precondition(lambda self: self.moves())
    @rule(who=pick, which=pick, of_sender=st.booleans())
    def review(self, who: int, which: int, of_sender: bool) -> None:
        """A leader of one of the two units says what was learned, also when the case has been closed."""
        case, move = self.prefer(which, self.moves("landed"), self.moves())
        unit = move.from_unit if of_sender else move.to_unit or self.cast_unit(which)
        rights = self.rights
        is_theirs = unit in (move.from_unit, move.to_unit)
        actor = self.someone(who, lambda name: is_theirs and rights.is_leader(name, unit))
        allowed = is_theirs and rights.is_leader(actor, unit)
        for _row in self.attempt(
            actor,
            lambda: review_transition(
                transition=self.row_of(move), unit=self.unit_row(unit), actor=self.user(actor), now=self.now
            ),
            self.unless(allowed, actor, case, sees=rights.sees_move(actor, case, move)),
            self.moved_on(move.state != "landed" or unit in move.reviewed),
        ):
            move.reviewed.add(unit)
            move.state = "reviewed" if move.reviewed == {move.from_unit, move.to_unit} else "landed"
            self.happenings.tell("transition_reviewed", case)

    def cast_unit(self, number: int) -> str:
        """Some unit."""
        units = list(self.names.units)
        return units[number % len(units)]

    @precondition(lambda self: self.moves())
    @rule(who=pick, which=pick)
    def call_off(self, who: int, which: int) -> None:
        """A move is cancelled before the child has landed."""
        case, move = self.choose(which, *UNDER_WAY)
        actor = self.someone(who, lambda name: self.rights.changes_move(name, case, move))
        for _row in self.attempt(
            actor,
            lambda: cancel_transition(
                transition=self.row_of(move),
                reason=self.any_term(CancelReason),
                actor=self.user(actor),
                now=self.now,
            ),
            *self.cannot_change_move(actor, case, move, *UNDER_WAY),
        ):
            move.state = "cancelled"
            self.happenings.tell("transition_cancelled", case)
