"""The same child, the same form and the same day, met twice at once."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from coordination.commands.cases import add_reference, close_case, reopen_case
from coordination.commands.invitations import (
    accept_invitation,
)
from coordination.commands.same_references import SameReference
from coordination.commands.submissions import carry_out_once
from coordination.commands.time import pass_time
from coordination.models import (
    Case,
    CaseOutcome,
    CaseState,
    EventKind,
    OutboxEntry,
    ReopenReason,
    StepTaken,
    Submission,
)
from tests.builders import (
    World,
    a_case,
    a_case_with_reference,
    a_consent,
    a_reference,
    on,
    term,
    the_invitation,
)
from tests.races.meeting_point import (
    BEFORE_THE_STEPS,
    Point,
    at_once,
    the_winner,
)

pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("round_number", range(3))


@rounds
def test_two_openings_with_the_same_reference_become_one_case(world: World, round_number: int) -> None:
    outcomes = at_once(
        partial(a_case_with_reference, world, invite=[]),
        partial(a_case_with_reference, world, invite=[], actor=world.ove, unit=world.other_school),
    )
    the_winner(outcomes)
    assert any(isinstance(outcome, SameReference) for outcome in outcomes)
    assert Case.objects.count() == 1


@rounds
def test_a_case_is_not_reopened_beside_a_new_one_with_its_reference(world: World, round_number: int) -> None:
    case = a_case_with_reference(world, invite=[])
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(1))
    outcomes = at_once(
        partial(reopen_case, case=case, reason=term(ReopenReason, "came_back"), actor=world.maja, now=on(2)),
        partial(a_case_with_reference, world, invite=[], actor=world.ove, unit=world.other_school),
    )
    the_winner(outcomes)
    assert Case.objects.filter(state=CaseState.OPEN).count() == 1


@rounds
def test_a_reference_is_not_added_to_two_cases_at_once(world: World, round_number: int) -> None:
    first = a_case(world, invite=[])
    second = a_case(world, invite=[], actor=world.ove, unit=world.other_school)
    the_winner(
        at_once(
            *(
                partial(
                    add_reference,
                    case=case,
                    reference=a_reference(),
                    basis=a_consent(),
                    actor=case.holder,
                    now=on(1),
                )
                for case in (first, second)
            )
        )
    )
    assert Case.objects.filter(references__isnull=False).count() == 1


@rounds
def test_a_form_sent_twice_at_once_is_carried_out_once_and_answered_the_same(world: World, round_number: int) -> None:
    key = uuid4()
    send = partial(
        carry_out_once,
        key=key,
        actor=world.maja,
        now=on(0),
        act=lambda: f"/{a_case(world).code}/",
    )
    first, second, third = at_once(send, send, send)
    case = Case.objects.get()
    assert first == second == third == f"/{case.code}/"
    assert Submission.objects.get().location == first


@rounds
def test_time_that_passes_twice_at_once_takes_each_step_once(world: World, round_number: int) -> None:
    for _number in range(3):
        a_case(world)
    outcomes = at_once(
        partial(pass_time, now=on(3)),
        partial(pass_time, now=on(3)),
        points=[Point(BEFORE_THE_STEPS), Point(BEFORE_THE_STEPS)],
    )
    assert sum(outcomes) == 3
    assert StepTaken.objects.count() == OutboxEntry.objects.filter(step__isnull=False).count() == 3


@rounds
def test_a_consent_expires_once(world: World, round_number: int) -> None:
    case = a_case_with_reference(world, invite=[])
    case.bases.update(ends_on=on(1).date())
    case.deadlines.update(next_step_on=None)
    outcomes = at_once(partial(pass_time, now=on(3)), partial(pass_time, now=on(3)))
    assert sum(outcomes) == 1
    assert case.events.filter(kind=EventKind.BASIS_EXPIRED).count() == 1


@rounds
def test_no_step_is_taken_of_what_is_answered_at_the_same_moment(world: World, round_number: int) -> None:
    case = a_case(world)
    invitation = the_invitation(case, world.ppr)
    answered, passed = at_once(
        partial(accept_invitation, invitation=invitation, actor=world.anna, now=on(3)),
        partial(pass_time, now=on(3)),
        points=[Point(), Point(BEFORE_THE_STEPS)],
    )
    assert not isinstance(answered, Exception)
    assert passed in (0, 1)
    deadline = invitation.deadlines.get()
    assert not deadline.is_open
    assert deadline.next_step_on is None
    assert pass_time(now=on(30)) >= 0
    assert StepTaken.objects.filter(deadline=deadline).count() == passed
