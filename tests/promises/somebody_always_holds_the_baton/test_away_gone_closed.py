"""A holder who is away, has left, or whose unit closes never leaves a case without a holder."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from coordination.commands.bases import record_basis
from coordination.commands.cases import close_case, open_case, reopen_case
from coordination.commands.people import (
    PersonDraft,
    begin_membership,
    change_role,
    deactivate_person,
    end_absence,
    reactivate_person,
    register_person,
)
from coordination.commands.units import UnitDraft, close_unit, place_unit
from coordination.errors import Forbidden, MovedOn, Refusal, Unacceptable, Unseen
from coordination.models import (
    Absence,
    Ask,
    Case,
    CaseOutcome,
    DeadlineKind,
    EventKind,
    Holding,
    HoldingReason,
    Membership,
    ReopenReason,
    Role,
    Theme,
    UnitKind,
)
from tests.builders import World, a_case, a_case_with_reference, a_consent, accepted, day, on, term
from tests.promises.telling import agreed, away, fresh, happened, holder_of, last_event, leaves, offered, owed


def closed(world: World, case: Case) -> Case:
    """Maja closes the case on Wednesday."""
    return close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(2))


# --- Away ---------------------------------------------------------------------------------------------------


def test_a_stand_in_acts_for_a_holder_who_is_away(world: World) -> None:
    case = a_case_with_reference(world)
    away(world.maja, world.mads, first=1, last=3)
    record_basis(case=case, draft=a_consent(90), actor=world.mads, now=on(1))
    agreed(world, case, owner=world.maja, actor=world.mads)
    assert holder_of(case) == world.maja


@pytest.mark.parametrize("when", [0, 4])
def test_a_stand_in_has_no_part_before_the_first_and_after_the_last_day(world: World, when: int) -> None:
    case = a_case_with_reference(world)
    away(world.maja, world.mads, first=1, last=3)
    with pytest.raises(Unseen):
        record_basis(case=case, draft=a_consent(90), actor=world.mads, now=on(when))


def test_a_stand_in_of_a_stand_in_acts_while_both_are_away(world: World) -> None:
    case = a_case_with_reference(world)
    away(world.maja, world.mads, first=1, last=5)
    away(world.mads, world.lone, first=2, last=2, now=on(1))
    with pytest.raises(Forbidden):  # she sees the case as a leader
        record_basis(case=case, draft=a_consent(90), actor=world.lone, now=on(1))
    record_basis(case=case, draft=a_consent(90), actor=world.lone, now=on(2))
    with pytest.raises(Forbidden):
        record_basis(case=case, draft=a_consent(80), actor=world.lone, now=on(3))


def test_one_who_is_back_early_has_no_stand_in_any_more(world: World) -> None:
    case = a_case_with_reference(world)
    absence = away(world.maja, world.mads, first=0, last=5)
    end_absence(absence=absence, actor=world.maja, now=on(2))
    with pytest.raises(Unseen):
        record_basis(case=case, draft=a_consent(90), actor=world.mads, now=on(2))
    record_basis(case=case, draft=a_consent(90), actor=world.maja, now=on(2))


def test_being_away_without_a_stand_in_who_is_there_is_refused(world: World) -> None:
    away(world.mads, world.lone, first=0, last=5)
    with pytest.raises(Unacceptable):
        away(world.maja, world.mads, first=3, last=8)
    with pytest.raises(Unacceptable):
        away(world.maja, world.maja, first=3, last=8)


def test_when_a_stand_in_is_gone_the_leader_stands_in(world: World) -> None:
    away(world.maja, world.mads, first=0, last=5)
    deactivate_person(user=world.mads, actor=None, now=on(1))
    assert Absence.objects.get(user=world.maja).stand_in == world.lone


# --- Gone ---------------------------------------------------------------------------------------------------


def test_the_baton_of_a_deactivated_holder_falls_to_the_leader_with_two_days_to_assign(world: World) -> None:
    case = a_case(world)
    since = last_event()
    deactivate_person(user=world.maja, actor=None, now=on(1))
    assert holder_of(case) == world.lone
    assert case.holdings.get(ended_at=None).reason == HoldingReason.FELL
    deadline = owed(case, DeadlineKind.ASSIGN_HOLDER)
    assert (deadline.owner, deadline.unit, deadline.due_on) == (world.lone, world.school, day(3))
    assert EventKind.BATON_FELL in happened(case, since=since)


def test_the_baton_of_a_holder_who_leaves_the_unit_falls_to_its_leader(world: World) -> None:
    case = a_case(world)
    leaves(world.maja, world.school, now=on(1))
    assert holder_of(case) == world.lone


def test_a_holder_who_moves_to_another_unit_does_not_take_the_baton_along(world: World) -> None:
    case = a_case(world)
    begin_membership(user=world.maja, unit=world.other_school, role=Role.PROFESSIONAL, actor=None, now=on(1))
    assert holder_of(case) == world.maja
    leaves(world.maja, world.school, now=on(1, hours=1))
    assert holder_of(case) == world.lone
    assert fresh(case).holder_unit == world.school


def test_leaving_another_unit_leaves_the_baton_where_it_is(world: World) -> None:
    case = a_case(world)
    begin_membership(user=world.maja, unit=world.other_school, role=Role.PROFESSIONAL, actor=None, now=on(1))
    leaves(world.maja, world.other_school, now=on(2))
    assert holder_of(case) == world.maja


def test_the_baton_of_a_leader_falls_to_the_leader_above(world: World) -> None:
    case = a_case(world, actor=world.lone)
    deactivate_person(user=world.lone, actor=None, now=on(1))
    assert holder_of(case) == world.sanne
    assert fresh(case).holder_unit == world.schools


def test_without_a_leader_in_the_unit_the_nearest_above_holds_it(world: World) -> None:
    case = a_case(world, actor=world.ove, unit=world.other_school)
    deactivate_person(user=world.ove, actor=None, now=on(1))
    assert holder_of(case) == world.sanne


def test_without_any_leader_above_the_coordinator_holds_it(world: World) -> None:
    case = a_case(world)
    for leader in (world.lone, world.sanne, world.dorte):
        deactivate_person(user=leader, actor=None, now=on(1))
    deactivate_person(user=world.maja, actor=None, now=on(1, hours=1))
    assert holder_of(case) == world.karin


def test_one_after_another_may_go_and_the_baton_goes_up(world: World) -> None:
    case = a_case(world)
    for gone, next_holder in (
        (world.maja, world.lone),
        (world.lone, world.sanne),
        (world.sanne, world.dorte),
        (world.dorte, world.karin),
    ):
        deactivate_person(user=gone, actor=None, now=on(1))
        assert holder_of(case) == next_holder
        assert owed(case, DeadlineKind.ASSIGN_HOLDER).owner == next_holder


def test_the_last_coordinator_of_a_municipality_cannot_go(world: World) -> None:
    case = a_case(world)
    membership = world.karin.memberships.get()
    for attempt in (
        lambda: deactivate_person(user=world.karin, actor=None, now=on(1)),
        lambda: leaves(world.karin, world.town, now=on(1)),
        lambda: change_role(membership=membership, role=Role.LEADER, actor=None, now=on(1)),
    ):
        with pytest.raises(Unacceptable):
            attempt()
    world.karin.refresh_from_db()
    membership.refresh_from_db()
    assert world.karin.is_active
    assert (membership.role, membership.ended_at) == (Role.COORDINATOR, None)
    assert holder_of(case) == world.maja


def test_a_coordinator_goes_once_there_is_another(world: World) -> None:
    begin_membership(user=world.maja, unit=world.town, role=Role.COORDINATOR, actor=None, now=on(1))
    deactivate_person(user=world.karin, actor=None, now=on(1))
    assert not Membership.objects.live().filter(user=world.karin).exists()


def test_no_case_begins_where_nobody_could_take_the_baton(world: World) -> None:
    village = place_unit(
        draft=UnitDraft(code="village", name="Landsbyen", kind=term(UnitKind, "kommune")), actor=None, now=on(-30)
    )
    alone = register_person(draft=PersonDraft(username="ene", name="Ene Enlig"), actor=None, now=on(-30))
    begin_membership(user=alone, unit=village, role=Role.PROFESSIONAL, actor=None, now=on(-30))
    with pytest.raises(Unacceptable):
        open_case(
            theme=term(Theme, "trivsel"),
            ask=term(Ask, "sparring"),
            unit=village,
            invite=[],
            actor=alone,
            now=on(0),
        )
    assert not Case.objects.exists()


def test_nobody_opens_a_case_for_a_unit_that_is_not_theirs(world: World) -> None:
    with pytest.raises(Unacceptable):
        a_case(world, unit=world.other_school)
    deactivate_person(user=world.maja, actor=None, now=on(-1))
    with pytest.raises(Unacceptable):
        a_case(world)


def test_an_offer_to_or_from_one_who_goes_is_withdrawn(world: World) -> None:
    case = a_case(world)
    handover = offered(world, case)
    deactivate_person(user=world.maja, actor=None, now=on(2))
    handover.refresh_from_db()
    assert handover.state == "withdrawn"
    assert holder_of(case) == world.lone


def test_what_a_gone_holder_owed_and_had_agreed_to_the_new_holder_owes(world: World) -> None:
    case = a_case_with_reference(world)
    agreement = agreed(world, case, owner=world.maja)
    deactivate_person(user=world.maja, actor=None, now=on(2))
    agreement.refresh_from_db()
    assert agreement.owner == world.lone
    assert not case.deadlines.open().filter(owner=world.maja).exists()
    assert owed(case, DeadlineKind.RENEW_CONSENT).owner == world.lone


def test_a_contact_who_goes_is_followed_by_the_leader_of_the_unit(world: World) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    deactivate_person(user=world.anna, actor=None, now=on(1))
    partnership.refresh_from_db()
    assert partnership.contact == world.per
    assert partnership.ended_at is None


def test_a_closed_case_is_left_with_the_one_who_closed_it(world: World) -> None:
    case = closed(world, a_case(world))
    deactivate_person(user=world.maja, actor=None, now=on(3))
    assert fresh(case).holder == world.maja
    assert not case.deadlines.open().exists()


def test_a_deactivated_person_is_let_in_again_without_units_and_without_batons(world: World) -> None:
    case = a_case(world)
    deactivate_person(user=world.maja, actor=None, now=on(1))
    reactivate_person(user=world.maja, actor=None, now=on(2))
    assert not Membership.objects.live().filter(user=world.maja).exists()
    assert holder_of(case) == world.lone


def test_when_the_baton_cannot_fall_to_anybody_nobody_goes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case(world)
    monkeypatch.setattr("coordination.commands.batons.nearest_leader", lambda *_args, **_kwargs: None)
    with pytest.raises(Unacceptable):
        deactivate_person(user=world.maja, actor=None, now=on(1))
    world.maja.refresh_from_db()
    assert world.maja.is_active
    assert world.maja.memberships.live().exists()
    assert holder_of(case) == world.maja


# --- Closed -------------------------------------------------------------------------------------------------


def test_the_batons_of_a_closed_unit_fall_to_the_leader_above(world: World) -> None:
    case = a_case(world)
    close_unit(unit=world.school, actor=None, now=on(1))
    assert holder_of(case) == world.sanne
    assert fresh(case).holder_unit == world.schools
    deadline = owed(case, DeadlineKind.ASSIGN_HOLDER)
    assert (deadline.owner, deadline.unit) == (world.sanne, world.schools)


def test_a_unit_closes_after_those_below_it_and_a_municipality_never(world: World) -> None:
    village = place_unit(draft=UnitDraft("village", "Landsbyen", term(UnitKind, "kommune")), actor=None, now=on(-1))
    for unit in (world.schools, world.town, village):
        with pytest.raises(Unacceptable):
            close_unit(unit=unit, actor=None, now=on(1))
    close_unit(unit=world.school, actor=None, now=on(1))
    with pytest.raises(MovedOn):
        close_unit(unit=world.school, actor=None, now=on(2))


def test_nobody_is_offered_the_baton_in_a_closed_unit(world: World) -> None:
    case = a_case(world, invite=[])
    close_unit(unit=world.ppr, actor=None, now=on(1))
    with pytest.raises(Unacceptable):
        offered(world, case)


def test_an_offer_to_somebody_of_a_unit_that_closes_is_withdrawn(world: World) -> None:
    case = a_case(world)
    handover = offered(world, case)
    close_unit(unit=world.ppr, actor=None, now=on(2))
    handover.refresh_from_db()
    assert handover.state == "withdrawn"
    assert holder_of(case) == world.maja


# --- Reopened -----------------------------------------------------------------------------------------------


def reopen(world: World, case: Case, **changes: object) -> Case:
    """Maja reopens the case on Thursday."""
    how = {"reason": term(ReopenReason, "came_back"), "actor": world.maja, "now": on(3)}
    return reopen_case(case=case, **{**how, **changes})


def test_a_reopened_case_is_held_by_the_one_who_closed_it(world: World) -> None:
    case = reopen(world, closed(world, a_case(world)))
    assert holder_of(case) == world.maja
    assert case.holdings.get(ended_at=None).reason == HoldingReason.REOPENED


def test_a_case_is_reopened_by_its_last_holder_and_nobody_else(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    closed(world, case)
    for other in (world.anna, world.lone, world.mads, world.ove):
        with pytest.raises(Unseen):
            reopen(world, case, actor=other)
    assert not fresh(case).is_open


def test_an_open_case_is_not_reopened(world: World) -> None:
    case = a_case(world)
    with pytest.raises(MovedOn):
        reopen(world, case)


def test_one_who_has_left_the_unit_cannot_reopen_its_case(world: World) -> None:
    case = closed(world, a_case(world))
    leaves(world.maja, world.school, now=on(2, hours=5))
    with pytest.raises(Unacceptable):
        reopen(world, case)
    deactivate_person(user=world.maja, actor=None, now=on(2, hours=6))
    with pytest.raises(Refusal):
        reopen(world, case)
    assert not fresh(case).is_open


def test_a_case_is_not_reopened_where_its_unit_has_closed(world: World) -> None:
    case = closed(world, a_case(world))
    close_unit(unit=world.school, actor=None, now=on(2, hours=5))
    with pytest.raises(Unacceptable):
        reopen(world, case)


# --- In the database ----------------------------------------------------------------------------------------


def test_two_people_cannot_hold_one_case_whatever_the_code_does(world: World) -> None:
    case = a_case(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.create(
            case=case, holder=world.anna, unit=world.ppr, reason=HoldingReason.ASSIGNED, began_at=on(1)
        )


def test_no_case_can_be_without_a_holder_whatever_the_code_does(world: World) -> None:
    case = a_case(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(holder=None)
