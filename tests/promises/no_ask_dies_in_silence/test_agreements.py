"""An agreement is owed by somebody by a day, and ends done, dropped or ended."""

from __future__ import annotations

import pytest

from coordination.commands.agreements import (
    drop_agreement,
    look_at_agreement_again,
    make_agreement,
    mark_done,
    move_agreement,
)
from coordination.commands.cases import close_case
from coordination.commands.people import begin_membership
from coordination.errors import MovedOn, Unacceptable
from coordination.models import (
    AgreementKind,
    AgreementState,
    Case,
    CaseOutcome,
    DeadlineKind,
    DropReason,
    EventKind,
    LookResult,
    Role,
    Settlement,
)
from tests.builders import World, a_case, accepted, day, on, term
from tests.promises.telling import (
    agreed,
    happened,
    how_settled,
    is_owed,
    leaves,
    owed,
)

MET, LAPSED = Settlement.MET, Settlement.LAPSED


def close(world: World, case: Case, *, days: float = 2) -> None:
    """Maja closes the case, on Wednesday."""
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(days))


def test_the_owner_of_an_agreement_owes_it_and_the_holder_owes_the_look(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    agreed(world, case, owner=world.anna, look_again_on=day(20))
    assert owed(case, DeadlineKind.DO_AGREEMENT).owner == world.anna
    look = owed(case, DeadlineKind.LOOK_AGAIN)
    assert (look.owner, look.due_on) == (world.maja, day(20))


def test_an_agreement_ends_done_dropped_or_ended_and_each_is_told(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    done = agreed(world, case, owner=world.anna)
    mark_done(agreement=done, actor=world.anna, now=on(2))
    dropped = agreed(world, case, owner=world.anna)
    drop_agreement(agreement=dropped, reason=term(DropReason, "replaced"), actor=world.maja, now=on(2))
    ended = agreed(world, case, owner=world.anna, look_again_on=day(20))
    look_at_agreement_again(agreement=ended, result=LookResult.ENDED, actor=world.maja, now=on(2))
    assert how_settled(case, DeadlineKind.DO_AGREEMENT) == [MET, LAPSED, LAPSED]
    assert how_settled(case, DeadlineKind.LOOK_AGAIN) == [MET]
    assert happened(case)[-5:] == [
        EventKind.AGREEMENT_DONE,
        EventKind.AGREEMENT_MADE,
        EventKind.AGREEMENT_DROPPED,
        EventKind.AGREEMENT_MADE,
        EventKind.AGREEMENT_LOOKED_AT,
    ]
    for agreement in (done, dropped, ended):
        with pytest.raises(MovedOn):
            mark_done(agreement=agreement, actor=partnership.contact, now=on(3))


def test_a_dropped_agreement_is_not_looked_at_again(world: World) -> None:
    case = a_case(world)
    agreement = agreed(world, case, owner=world.maja, look_again_on=day(20))
    drop_agreement(agreement=agreement, reason=term(DropReason, "replaced"), actor=world.maja, now=on(2))
    assert not is_owed(case, DeadlineKind.LOOK_AGAIN)
    with pytest.raises(MovedOn):
        look_at_agreement_again(agreement=agreement, result=LookResult.KEPT, actor=world.maja, now=on(3))


def test_an_agreement_that_is_kept_may_be_looked_at_another_time(world: World) -> None:
    case = a_case(world)
    agreement = agreed(world, case, owner=world.maja, look_again_on=day(20))
    look_at_agreement_again(
        agreement=agreement, result=LookResult.KEPT, look_again_on=day(40), actor=world.maja, now=on(20)
    )
    assert owed(case, DeadlineKind.LOOK_AGAIN).due_on == day(40)
    assert owed(case, DeadlineKind.DO_AGREEMENT).due_on == day(7)


def test_an_agreement_that_is_changed_is_owed_anew_also_after_it_was_done(world: World) -> None:
    case = a_case(world)
    agreement = agreed(world, case, owner=world.maja, look_again_on=day(20))
    mark_done(agreement=agreement, actor=world.maja, now=on(5))
    look_at_agreement_again(
        agreement=agreement, result=LookResult.CHANGED, due_on=day(30), actor=world.maja, now=on(20)
    )
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.OPEN
    assert owed(case, DeadlineKind.DO_AGREEMENT).due_on == day(30)
    assert not is_owed(case, DeadlineKind.LOOK_AGAIN)


def test_moving_an_agreement_takes_the_look_along(world: World) -> None:
    case = a_case(world)
    agreement = agreed(world, case, owner=world.maja, look_again_on=day(10))
    move_agreement(agreement=agreement, due_on=day(15), actor=world.maja, now=on(2))
    assert owed(case, DeadlineKind.DO_AGREEMENT).due_on == owed(case, DeadlineKind.LOOK_AGAIN).due_on == day(15)


def test_nothing_is_agreed_with_somebody_who_does_not_take_part_or_for_a_day_that_has_passed(world: World) -> None:
    case = a_case(world)
    kind = term(AgreementKind, "observation")
    with pytest.raises(Unacceptable) as refused:
        make_agreement(case=case, kind=kind, owner=world.anna, due_on=day(7), actor=world.maja, now=on(1))
    assert refused.value.field == "owner"
    for due_on, look_again_on, field in (
        (day(0), None, "due_on"),
        (day(800), None, "due_on"),
        (day(7), day(6), "look_again_on"),
        (day(7), day(800), "look_again_on"),
    ):
        with pytest.raises(Unacceptable) as refused:
            agreed(world, case, owner=world.maja, due_on=due_on, look_again_on=look_again_on)
        assert refused.value.field == field
    assert not case.agreements.exists()


@pytest.mark.parametrize("stays", [True, False])
def test_an_agreement_of_a_contact_who_is_followed_by_another_goes_along(world: World, stays: bool) -> None:
    case = a_case(world)
    accepted(world, case)
    agreement = agreed(world, case, owner=world.anna)
    if stays:
        begin_membership(user=world.anna, unit=world.health, role=Role.PROFESSIONAL, actor=None, now=on(1))
    leaves(world.anna, world.ppr, now=on(2))
    agreement.refresh_from_db()
    assert agreement.owner == world.per
    assert owed(case, DeadlineKind.DO_AGREEMENT).owner == world.per
