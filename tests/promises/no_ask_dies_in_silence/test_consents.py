"""A consent that ends is the holder's to renew, whatever ended it."""

from __future__ import annotations

from coordination.commands.bases import record_basis, withdraw_basis
from coordination.commands.cases import close_case, reopen_case
from coordination.commands.time import pass_time
from coordination.models import CaseOutcome, DeadlineKind, ReopenReason
from tests.builders import World, a_case_with_reference, a_consent, day, on, term
from tests.promises.telling import fresh, is_owed, owed


def test_a_consent_that_is_withdrawn_is_to_be_renewed_from_that_day(world: World) -> None:
    case = a_case_with_reference(world)
    assert owed(case, DeadlineKind.RENEW_CONSENT).due_on == day(365)
    withdraw_basis(basis=case.bases.get(), actor=world.maja, now=on(3))
    assert owed(case, DeadlineKind.RENEW_CONSENT).due_on == day(3)
    record_basis(case=case, draft=a_consent(100), actor=world.maja, now=on(4))
    assert owed(case, DeadlineKind.RENEW_CONSENT).due_on == day(100)


def test_a_consent_that_ran_out_is_still_to_be_renewed_when_the_case_is_opened_again(world: World) -> None:
    case = a_case_with_reference(world, invite=[])
    pass_time(now=on(366))
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(367))
    assert not is_owed(case, DeadlineKind.RENEW_CONSENT)
    reopen_case(case=fresh(case), reason=term(ReopenReason, "came_back"), actor=world.maja, now=on(368))
    assert owed(case, DeadlineKind.RENEW_CONSENT).due_on == day(365)
