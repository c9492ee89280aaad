"""Promise 8: everything ends. A consent ends by its day or when it is taken back, and opens again with a new one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils.translation import override

from coordination.commands.bases import BasisDraft, record_basis, withdraw_basis
from coordination.commands.cases import close_case
from coordination.commands.invitations import invite_unit
from coordination.commands.looks import open_reference
from coordination.commands.time import pass_time
from coordination.errors import Forbidden, MovedOn, Unacceptable
from coordination.models import (
    Ask,
    BasisKind,
    BasisState,
    Case,
    CaseOutcome,
    DeadlineKind,
    EventKind,
    Giver,
    Settlement,
    StatutoryBasis,
    StepTaken,
    User,
)
from tests.builders import COPENHAGEN, World, a_case, a_consent, a_reference, accepted, day, on, term
from tests.promises.telling import happened, how_settled, is_owed, last_event, owed

RENEW = DeadlineKind.RENEW_CONSENT


def opens(user: User, case: Case, *, at: datetime) -> bool:
    """Whether somebody opens the reference at a time."""
    try:
        open_reference(reference=case.references.get(), actor=user, now=at)
    except Forbidden:
        return False
    return True


def shared(world: World, days: int) -> Case:
    """A case in which PPR takes part, on a consent of so many days that covers school and PPR."""
    case = a_case(world, reference=a_reference(), basis=a_consent(days, "skole", "ppr"))
    accepted(world, case)
    return case


def test_a_consent_is_good_to_the_last_minute_of_its_last_day_and_not_a_minute_longer(world: World) -> None:
    case = shared(world, 46)  # 30 October 2026; the clock has gone back by then
    midnight = datetime(2026, 10, 31, tzinfo=COPENHAGEN)
    assert opens(world.anna, case, at=midnight - timedelta(minutes=1))
    assert not opens(world.anna, case, at=midnight)
    assert opens(world.maja, case, at=midnight)


def test_before_it_ends_the_holder_is_reminded_and_afterwards_asked_until_it_is_renewed(world: World) -> None:
    case = shared(world, 60)  # a Friday, 13 November 2026
    for days in range(1, 70):
        pass_time(now=on(days))
    steps = StepTaken.objects.filter(deadline__kind=RENEW, deadline__case=case).order_by("planned_on")
    assert [(step.planned_on - day(60)).days for step in steps] == [-28, -7, 0, 7]  # 20 and 5 working days before
    assert case.bases.get().state == BasisState.EXPIRED
    assert case.bases.get().ended_at is not None
    assert owed(case, RENEW).owner == world.maja
    assert EventKind.BASIS_EXPIRED in happened(case)
    record_basis(case=case, draft=a_consent(200, "skole", "ppr"), actor=world.maja, now=on(71))
    assert how_settled(case, RENEW) == [Settlement.MET]
    assert owed(case, RENEW).due_on == day(200)
    assert opens(world.anna, case, at=on(71))


def test_a_consent_that_is_taken_back_closes_at_once_and_is_the_holders_to_renew_or_to_end(world: World) -> None:
    case = shared(world, 365)
    withdraw_basis(basis=case.bases.get(), actor=world.maja, now=on(5))
    assert not opens(world.anna, case, at=on(5))
    assert opens(world.maja, case, at=on(5))
    assert owed(case, RENEW).due_on == day(5)
    with override("en"), pytest.raises(Unacceptable) as refused:
        invite_unit(case=case, unit=world.other_school, ask=term(Ask, "sparring"), actor=world.maja, now=on(5))
    assert "Record a consent or a legal basis" in str(refused.value.message)
    since = last_event()
    record_basis(
        case=case, draft=a_consent(90, "skole", "ppr", given_by=Giver.SOLE), actor=world.maja, now=on(6, hours=1)
    )
    assert happened(case, since=since) == [EventKind.BASIS_RECORDED]
    assert opens(world.anna, case, at=on(6, hours=1))


def test_or_the_case_is_closed_and_nothing_is_owed(world: World) -> None:
    case = shared(world, 365)
    withdraw_basis(basis=case.bases.get(), actor=world.maja, now=on(5))
    close_case(case=case, outcome=term(CaseOutcome, "consent_withdrawn"), actor=world.maja, now=on(6))
    assert not is_owed(case, RENEW)


def test_what_a_renewal_covers_counts_and_not_what_the_one_before_covered(world: World) -> None:
    case = shared(world, 20)
    pass_time(now=on(21))
    record_basis(case=case, draft=a_consent(90, "skole"), actor=world.maja, now=on(22))
    assert not opens(world.anna, case, at=on(22))
    record_basis(case=case, draft=a_consent(90, "skole", "ppr"), actor=world.maja, now=on(23))
    assert opens(world.anna, case, at=on(23))
    assert list(case.bases.order_by("pk").values_list("state", flat=True)) == [
        BasisState.EXPIRED,
        BasisState.REPLACED,
        BasisState.ACTIVE,
    ]


def test_what_has_ended_is_not_ended_again(world: World) -> None:
    case = shared(world, 20)
    basis = case.bases.get()
    pass_time(now=on(21))
    pass_time(now=on(22))
    assert happened(case).count(EventKind.BASIS_EXPIRED) == 1
    with pytest.raises(MovedOn):
        withdraw_basis(basis=basis, actor=world.maja, now=on(22))


def test_the_end_of_a_legal_basis_is_when_it_is_withdrawn(world: World) -> None:
    law = BasisDraft(BasisKind.STATUTORY, statutory=term(StatutoryBasis, "statutory"))
    case = a_case(world, reference=a_reference(), basis=law)
    accepted(world, case)
    pass_time(now=on(900))
    assert opens(world.anna, case, at=on(900))
    assert not is_owed(case, RENEW)
    withdraw_basis(basis=case.bases.get(), actor=world.maja, now=on(901))
    assert not opens(world.anna, case, at=on(901))


def test_a_legal_basis_that_is_withdrawn_is_the_holders_to_replace_where_a_reference_waits_for_it(world: World) -> None:
    law = BasisDraft(BasisKind.STATUTORY, statutory=term(StatutoryBasis, "statutory"))
    case = a_case(world, reference=a_reference(), basis=law)
    without = a_case(world, reference=None, basis=law)
    for each in (case, without):
        withdraw_basis(basis=each.bases.get(), actor=world.maja, now=on(5))
    assert (owed(case, RENEW).owner, owed(case, RENEW).due_on) == (world.maja, day(5))
    assert not is_owed(without, RENEW)
    record_basis(case=case, draft=law, actor=world.maja, now=on(6))
    assert how_settled(case, RENEW) == [Settlement.MET]
    assert not is_owed(case, RENEW)
