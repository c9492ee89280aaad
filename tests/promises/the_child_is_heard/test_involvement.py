"""The child is heard and the parents are with us: asked for in every case, again and again."""

from __future__ import annotations

from typing import Any

import pytest

from coordination.commands.cases import close_case, reopen_case
from coordination.commands.involvements import InvolvementDraft, record_involvement
from coordination.commands.time import pass_time
from coordination.errors import Forbidden, Unacceptable, Unseen
from coordination.models import (
    CaseOutcome,
    DeadlineKind,
    InvolvementForm,
    InvolvementKind,
    NotInvolvedReason,
    ReopenReason,
    Settlement,
)
from tests.builders import World, a_case, accepted, day, on, term
from tests.promises.moving import heard, not_yet, took_part
from tests.promises.telling import away, fresh, happened, how_settled, is_owed, owed

BOTH = (DeadlineKind.HEAR_CHILD, DeadlineKind.INVOLVE_PARENTS)


def test_every_new_case_owes_to_hear_the_child_and_to_involve_the_parents(world: World) -> None:
    case = a_case(world)
    for kind in BOTH:
        deadline = owed(case, kind)
        assert (deadline.owner, deadline.due_on) == (world.maja, day(14))  # ten working days after Monday


def test_a_child_that_has_been_heard_is_to_be_heard_again_eight_weeks_later(world: World) -> None:
    case = a_case(world)
    heard(case, world.maja, on_day=3, changed_plan=True)
    assert how_settled(case, DeadlineKind.HEAR_CHILD) == [Settlement.MET]
    assert owed(case, DeadlineKind.HEAR_CHILD).due_on == day(3 + 56)
    assert owed(case, DeadlineKind.INVOLVE_PARENTS).due_on == day(14)  # that is another matter
    took_part(case, world.maja, on_day=4)
    assert owed(case, DeadlineKind.INVOLVE_PARENTS).due_on == day(4 + 56)
    assert happened(case)[-2:] == ["child_heard", "parents_involved"]


def test_a_reason_why_not_yet_asks_again_soon(world: World) -> None:
    case = a_case(world)
    not_yet(case, world.maja, InvolvementKind.PARENTS, "not_reached", on_day=14)
    assert owed(case, DeadlineKind.INVOLVE_PARENTS).due_on == day(28)
    assert case.involvements.get().took_place is False


def test_who_has_not_asked_the_child_is_reminded_and_then_their_leader_is_told(world: World) -> None:
    case = a_case(world)
    for number in range(36):
        pass_time(now=on(number))
    steps = owed(case, DeadlineKind.HEAR_CHILD).steps_taken.order_by("pk")
    assert [(step.planned_on, step.tells_owner, step.tells_leader) for step in steps] == [
        (day(14), True, False),
        (day(21), True, True),
        (day(28), True, True),
        (day(35), True, True),
    ]


def test_hearing_the_child_is_no_next_step(world: World) -> None:
    case = a_case(world, invite=[])
    assert is_owed(case, DeadlineKind.NEXT_STEP)
    heard(case, world.maja, on_day=1)
    assert is_owed(case, DeadlineKind.NEXT_STEP)


def test_a_partner_may_note_it_too(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    involvement = heard(case, world.anna, on_day=2)
    assert involvement.recorded_unit == world.ppr
    assert owed(case, DeadlineKind.HEAR_CHILD).owner == world.maja


def test_a_stand_in_from_elsewhere_notes_it_for_the_unit_of_the_holder(world: World) -> None:
    case = a_case(world)
    away(world.maja, world.hanne, first=0, last=3)
    assert heard(case, world.hanne, on_day=2).recorded_unit == world.school


def test_of_a_talk_of_long_ago_the_next_one_is_owed_now_and_not_before(world: World) -> None:
    case = a_case(world)
    draft = InvolvementDraft(InvolvementKind.CHILD, day(-80), form=term(InvolvementForm, "talk"), changed_plan=False)
    record_involvement(case=case, draft=draft, actor=world.maja, now=on(5))  # a Saturday
    assert owed(case, DeadlineKind.HEAR_CHILD).due_on == day(7)


def test_a_talk_counts_that_was_at_most_ninety_days_before_the_case(world: World) -> None:
    case = a_case(world)
    for days, is_taken in ((-90, True), (-91, False)):
        draft = InvolvementDraft(InvolvementKind.PARENTS, day(days), form=term(InvolvementForm, "meeting"))
        if is_taken:
            record_involvement(case=case, draft=draft, actor=world.maja, now=on(1))
        else:
            with pytest.raises(Unacceptable):
                record_involvement(case=case, draft=draft, actor=world.maja, now=on(1))


def test_what_has_been_retired_is_chosen_no_more(world: World) -> None:
    case = a_case(world)
    form, reason = term(InvolvementForm, "meeting"), term(NotInvolvedReason, "not_reached")
    form.is_retired = reason.is_retired = True
    for draft, field in (
        (InvolvementDraft(InvolvementKind.PARENTS, day(1), form=form), "form"),
        (InvolvementDraft(InvolvementKind.PARENTS, day(1), reason=reason), "reason"),
    ):
        with pytest.raises(Unacceptable) as refused:
            record_involvement(case=case, draft=draft, actor=world.maja, now=on(1))
        assert refused.value.field == field


def test_only_those_who_take_part_may_note_it(world: World) -> None:
    case = a_case(world)
    with pytest.raises(Unseen):
        heard(case, world.frida, on_day=1)
    with pytest.raises(Forbidden):
        heard(case, world.lone, on_day=1)
    assert not case.involvements.exists()


def test_a_closed_case_asks_for_nothing_and_asks_again_when_it_is_opened_again(world: World) -> None:
    case = a_case(world)
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(1))
    assert not any(is_owed(case, kind) for kind in BOTH)
    with pytest.raises(Unseen):
        heard(case, world.maja, on_day=2)
    reopen_case(case=fresh(case), reason=term(ReopenReason, "came_back"), actor=world.maja, now=on(7))
    for kind in BOTH:
        assert owed(case, kind).due_on == day(21)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on": day(2)}, "on"),
        ({"on": day(-120)}, "on"),
        ({"form": None, "changed_plan": None}, "form"),
        ({"reason": ("reason", "too_young")}, "form"),
        ({"form": ("form", "phone")}, "form"),
        ({"changed_plan": None}, "changed_plan"),
        ({"form": None, "reason": ("reason", "not_reached"), "changed_plan": None}, "reason"),
        ({"kind": InvolvementKind.PARENTS}, "changed_plan"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(world: World, changes: dict[str, Any], field: str) -> None:
    case = a_case(world)
    draft: dict[str, Any] = {
        "kind": InvolvementKind.CHILD,
        "on": day(1),
        "form": ("form", "talk"),
        "reason": None,
        "changed_plan": True,
    } | changes
    for name, vocabulary in (("form", InvolvementForm), ("reason", NotInvolvedReason)):
        if isinstance(draft[name], tuple):
            draft[name] = term(vocabulary, draft[name][1])
    with pytest.raises(Unacceptable) as refused:
        record_involvement(case=case, draft=InvolvementDraft(**draft), actor=world.maja, now=on(1))
    assert refused.value.field == field
    assert not case.involvements.exists()
    assert is_owed(case, DeadlineKind.HEAR_CHILD)
