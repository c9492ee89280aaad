"""Who sees a move, and the record of a child to be received: the functions and the querysets agree, at every turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from coordination.commands.bases import record_basis, withdraw_basis
from coordination.commands.cases import close_case
from coordination.commands.handing_over import decline_child
from coordination.commands.landings import follow_up, review_transition
from coordination.commands.looks import look_at_move, open_reference
from coordination.commands.people import change_role, deactivate_person
from coordination.commands.transitions import cancel_transition
from coordination.commands.units import close_unit
from coordination.errors import Refusal, Unseen
from coordination.models import (
    AccessRecord,
    CancelReason,
    CaseOutcome,
    DeclineReason,
    Landing,
    Reference,
    ReferencePurpose,
    Role,
    Transition,
    TransitionState,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.bases import active_basis
from coordination.queries.visibility import (
    part_in,
    parts_in,
    references_open_to,
    references_seen_by,
    transitions_visible_to,
)
from coordination.rules.access import Part, kinds_of, may_open_reference
from coordination.rules.transitions import may_read_to_receive, may_see_transition
from tests.builders import World, a_case_with_reference, a_consent, accepted, on, term
from tests.promises.moving import a_childs_case, a_move, handed_over, heard, received
from tests.promises.telling import away


def _landed(world: World, move: Transition) -> Transition:
    return follow_up(transition=received(world, move), landing=Landing.WELL, actor=world.maja, now=on(420))


def _closed(world: World, move: Transition) -> None:
    landed = _landed(world, move)
    case = landed.case
    case.refresh_from_db()
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(421))
    review_transition(transition=landed, unit=world.school, actor=world.lone, now=on(422))


TURNS: dict[str, Callable[[World, Transition], object]] = {
    "planned": lambda w, m: None,
    "handed over": handed_over,
    "without a basis": lambda w, m: (
        handed_over(w, m),
        withdraw_basis(basis=m.case.bases.get(), actor=w.rikke, now=on(4)),
    ),
    "no longer covered": lambda w, m: (
        handed_over(w, m),
        record_basis(case=m.case, draft=a_consent(900, "boernehus"), actor=w.rikke, now=on(4)),
    ),
    "said no": lambda w, m: decline_child(
        transition=handed_over(w, m), reason=term(DeclineReason, "no_capacity"), actor=w.maja, now=on(4)
    ),
    "received": received,
    "landed": _landed,
    "closed and reviewed": _closed,
    "cancelled": lambda w, m: cancel_transition(
        transition=m, reason=term(CancelReason, "stays"), actor=w.rikke, now=on(2)
    ),
    "contact gone": lambda w, m: (received(w, m), deactivate_person(user=w.maja, actor=None, now=on(5))),
    "receiver closed": lambda w, m: (handed_over(w, m), close_unit(unit=w.school, actor=None, now=on(4))),
    "leader gone": lambda w, m: change_role(
        membership=w.lone.memberships.get(), role=Role.PROFESSIONAL, actor=None, now=on(2)
    ),
}


def the_two_agree(now: datetime) -> int:
    """Compare them for everybody and every move and reference; say how many times somebody saw a move."""
    seen = 0
    moves = list(Transition.objects.select_related("case__holder_unit", "from_unit", "to_unit"))
    references = list(Reference.objects.select_related("case__holder_unit", "unit"))
    cases = {*(move.case for move in moves), *(reference.case for reference in references)}
    sides, bases = {case.pk: parts_in(case) for case in cases}, {case.pk: active_basis(case) for case in cases}
    for user in User.objects.order_by("pk"):
        actor = actor_of(user, now)
        parts = {case.pk: part_in(actor, case) for case in cases}
        may = {move for move in moves if may_see_transition(actor, move, parts[move.case_id])}
        assert set(transitions_visible_to(actor)) == may, user
        seen += len(may)
        to_receive = {
            move.case_id
            for move in moves
            if move.state == TransitionState.HANDED_OVER and move.to_unit_id in actor.units
        }
        known = {
            each
            for each in references
            if parts[each.case_id] > Part.NONE
            or (each.purpose == ReferencePurpose.RECORD and each.case_id in to_receive)
        }
        assert set(references_seen_by(actor)) == known, user
        open_to = set(references_open_to(actor))
        for each in references:
            basis, kinds = bases[each.case_id], kinds_of(actor, sides[each.case_id])
            may_open = may_open_reference(actor, parts[each.case_id], each, basis, kinds)
            assert may_open == (each in open_to), user
            reads = any(may_read_to_receive(actor, move, each, basis) for move in moves)
            opens_it = reads or (may_open and parts[each.case_id] > Part.LEADER)  # a leader has to give a reason
            assert opens(user, each, now) == opens_it, (user, each)
    return seen


def opens(user: User, reference: Reference, now: datetime) -> bool:
    """What the command does."""
    try:
        open_reference(reference=reference, actor=user, now=now)
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("turn", TURNS)
def test_functions_and_querysets_agree_about_moves(world: World, turn: str) -> None:
    User.objects.create_user("stranger", name="Frank Fremmed")
    case = a_childs_case(world, invite=[(world.ppr, None)])
    accepted(world, case)
    move = a_move(world, case)
    other = a_case_with_reference(world, "P-2026-9", actor=world.ove, unit=world.other_school, invite=[])
    a_move(world, other, "school_to_school", from_unit=world.other_school, actor=world.ove)
    away(world.maja, world.hanne, first=4, last=6)
    away(world.kirsten, world.frida, first=4, last=6)
    TURNS[turn](world, move)
    for days in (3, 5, 7, 430):
        assert the_two_agree(on(days)) > 3


def test_the_receiving_unit_reads_with_the_basis_and_only_while_it_is_asked(world: World) -> None:
    case = a_childs_case(world)
    move, record = a_move(world, case), case.references.get()
    for person in (world.maja, world.mads, world.lone):
        assert not opens(person, record, on(2))
    handed_over(world, move)
    for person in (world.maja, world.mads, world.lone):
        assert opens(person, record, on(4))
    for person in (world.ove, world.per, world.frida):
        assert not opens(person, record, on(4))
    assert not opens(world.sanne, record, on(4))  # a leader above is not of the unit itself
    assert set(AccessRecord.objects.filter(reference=record).values_list("viewer__username", flat=True)) == {
        "maja",
        "mads",
        "lone",
    }


def test_a_look_at_a_move_is_logged_or_does_not_happen(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)
    heard(case, world.rikke, on_day=2)
    assert look_at_move(transition=move, actor=world.rikke, now=on(2)) == Part.HOLDER
    assert look_at_move(transition=move, actor=world.maja, now=on(2)) == Part.NONE
    with pytest.raises(Unseen):
        look_at_move(transition=move, actor=world.ove, now=on(2))
    assert set(AccessRecord.objects.values_list("viewer__username", flat=True)) == {"rikke", "maja"}
