"""Two at once: a consent is narrowed while a unit is asked on the one before."""

from __future__ import annotations

from functools import partial

import pytest

from coordination.commands.bases import record_basis
from coordination.commands.invitations import invite_unit
from coordination.errors import Unacceptable
from coordination.models import Ask, EventKind, Invitation
from coordination.queries.promises import INVARIANTS, find_breaks
from tests.builders import World, a_case_with_reference, a_consent, on, term
from tests.races.meeting_point import at_once

pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("round_number", range(3))


@rounds
def test_nobody_is_asked_on_a_consent_that_has_just_been_narrowed(world: World, round_number: int) -> None:
    case = a_case_with_reference(world, invite=[])
    asked, narrowed = at_once(
        partial(invite_unit, case=case, unit=world.health, ask=term(Ask, "sparring"), actor=world.maja, now=on(1)),
        partial(record_basis, case=case, draft=a_consent(90, "skole", "ppr"), actor=world.maja, now=on(1)),
    )
    assert not isinstance(narrowed, Exception)
    kinds = list(case.events.order_by("pk").values_list("kind", flat=True))
    if isinstance(asked, Invitation):  # it came first
        assert kinds[-2:] == [EventKind.INVITATION_SENT, EventKind.BASIS_RECORDED]
    else:
        assert isinstance(asked, Unacceptable)
        assert kinds[-1] == EventKind.BASIS_RECORDED
    assert not list(find_breaks(INVARIANTS["asked_unit_is_covered_by_the_consent"], now=on(1)))
