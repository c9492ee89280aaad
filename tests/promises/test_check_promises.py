"""``manage.py check_promises``: a healthy database holds every promise, and each broken one is named."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from coordination.commands.invitations import invite_unit
from coordination.models import (
    Ask,
    Case,
    DeadlineKind,
    Handover,
    Holding,
    HoldingReason,
    Invitation,
    StepTaken,
)
from coordination.queries.promises import INVARIANTS, find_breaks
from tests.builders import (
    term,
    the_invitation,
)
from tests.guards import unguarded
from tests.promises.breaking import BREAKS as OF_THE_DOMAIN
from tests.promises.breaking import Breaking
from tests.promises.breaking_moves import MOVES
from tests.promises.breaking_traces import TRACES
from tests.promises.living import NOW, Lived

pytestmark = pytest.mark.django_db

BREAKS = OF_THE_DOMAIN | TRACES | MOVES
# Where one thing cannot be broken without another.
ALSO_BROKEN = {"deadline_is_owed_by_somebody_active": {"contact_belongs_to_the_unit"}}


def broken() -> set[str]:
    """The names of the invariants that do not hold."""
    return {asked.name for asked in INVARIANTS.values() if any(True for _row in find_breaks(asked, now=NOW))}


def test_in_a_healthy_municipality_every_promise_holds(lived: Lived) -> None:
    assert StepTaken.objects.exists()
    assert broken() == set()


def test_there_is_a_way_to_break_every_promise() -> None:
    assert BREAKS.keys() == INVARIANTS.keys()


@pytest.mark.parametrize(
    ("name", "break_it"),
    [
        pytest.param(name, way, id=f"{name}-{number}")
        for name, ways in BREAKS.items()
        for number, way in enumerate(ways, start=1)
    ],
)
def test_exactly_what_is_broken_is_named(lived: Lived, name: str, break_it: Breaking) -> None:
    with unguarded():
        break_it(lived)
    assert broken() == {name} | ALSO_BROKEN.get(name, set())


@pytest.mark.parametrize(
    "break_it",
    [
        lambda lived: Holding.objects.create(
            case=lived.busy,
            holder=lived.world.mads,
            unit=lived.world.school,
            reason=HoldingReason.ASSIGNED,
            began_at=NOW,
        ),
        lambda lived: Handover.objects.create(
            case=lived.busy,
            to_person=lived.world.ove,
            to_unit=lived.world.other_school,
            begun_by=lived.world.maja,
            begun_unit=lived.world.school,
            begun_at=NOW,
        ),
        lambda lived: Invitation.objects.create(
            case=lived.busy,
            unit=lived.world.health,
            ask=term(Ask, "sparring"),
            sent_by=lived.world.maja,
            sent_unit=lived.world.school,
            sent_at=NOW,
        ),
        lambda _lived: Invitation.objects.filter(state="declined").update(decline_reason=None),
        lambda _lived: Invitation.objects.filter(state="declined").update(onward_unknown=False),
        lambda _lived: Invitation.objects.filter(state="sent").update(state="accepted"),
        lambda lived: lived.owe(lived.idle, DeadlineKind.NEXT_STEP),
        lambda lived: Case.objects.filter(pk=lived.busy.pk).update(state="closed"),
    ],
    ids=[
        "two holders",
        "two offers",
        "asked twice",
        "no without a reason",
        "no without a way onward",
        "accepted by nobody",
        "owed twice",
        "closed without an outcome",
    ],
)
def test_some_promises_the_database_itself_does_not_let_anybody_break(lived: Lived, break_it: Breaking) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        break_it(lived)


def test_a_search_that_was_taken_onward_or_ended_with_its_case_is_not_missed(lived: Lived) -> None:
    world = lived.world
    declined = the_invitation(lived.busy, world.family)
    invite_unit(
        case=lived.busy,
        unit=world.other_school,
        ask=term(Ask, "sparring"),
        follows=declined,
        actor=world.maja,
        now=NOW,
    )
    assert broken() == set()
