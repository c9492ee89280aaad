"""The same child met twice: whoever asks to join gets an answer, and learns nothing before."""

from __future__ import annotations

import pytest

from coordination.commands.cases import close_case
from coordination.commands.handovers import (
    accept_handover,
)
from coordination.commands.join_requests import (
    accept_join_request,
    ask_to_join,
    decline_join_request,
    withdraw_join_request,
)
from coordination.commands.people import PersonDraft, begin_membership, deactivate_person, register_person
from coordination.commands.same_references import SameReference
from coordination.commands.units import UnitDraft, close_unit, place_unit
from coordination.errors import Forbidden, MovedOn, Unacceptable, Unseen
from coordination.models import (
    Case,
    CaseOutcome,
    DeadlineKind,
    DeclineReason,
    EventKind,
    JoinRequest,
    JoinState,
    ReferenceSystem,
    Role,
    Settlement,
    Theme,
    UnitKind,
)
from tests.builders import World, a_case_with_reference, accepted, day, on, term
from tests.promises.telling import (
    how_settled,
    is_owed,
    offered,
    owed,
)

MET, LAPSED = Settlement.MET, Settlement.LAPSED


def close(world: World, case: Case, *, days: float = 2) -> None:
    """Maja closes the case, on Wednesday."""
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(days))


def join(world: World, **changes: object) -> JoinRequest:
    """Ove of the other school meets the same child, on Tuesday."""
    how = {
        "system": term(ReferenceSystem, "ppr_journal"),
        "number": "p 2026 1042".upper().replace(" ", "-"),
        "unit": world.other_school,
        "theme": term(Theme, "trivsel"),
        "actor": world.ove,
        "now": on(1),
    }
    return ask_to_join(**{**how, **changes})


def test_one_who_meets_the_same_child_learns_that_a_case_exists_and_nothing_else(world: World) -> None:
    a_case_with_reference(world)
    with pytest.raises(SameReference) as refused:
        a_case_with_reference(world, actor=world.ove, unit=world.other_school)
    assert refused.value.case is None
    assert refused.value.field == "number"
    assert Case.objects.count() == 1


def test_one_who_takes_part_already_is_shown_which_case_it_is(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    with pytest.raises(SameReference) as refused:
        a_case_with_reference(world, actor=world.anna, unit=world.ppr, invite=[])
    assert refused.value.case == case


def test_the_holder_owes_an_answer_to_a_request_to_join(world: World) -> None:
    case = a_case_with_reference(world)
    request = join(world)
    deadline = owed(case, DeadlineKind.ANSWER_JOIN_REQUEST)
    assert (deadline.owner, deadline.join_request, deadline.due_on) == (world.maja, request, day(4))
    assert join(world, now=on(2)) == request
    assert JoinRequest.objects.count() == 1


def test_a_request_that_is_accepted_makes_the_asker_a_partner(world: World) -> None:
    case = a_case_with_reference(world)
    request = join(world)
    accept_join_request(join_request=request, actor=world.maja, now=on(2))
    assert case.partnerships.live().get(unit=world.other_school).contact == world.ove
    assert how_settled(case, DeadlineKind.ANSWER_JOIN_REQUEST) == [MET]
    with pytest.raises(MovedOn):
        decline_join_request(
            join_request=request, reason=term(DeclineReason, "already_involved"), actor=world.maja, now=on(2)
        )


def test_a_request_that_is_declined_says_why_and_the_asker_may_open_a_case(world: World) -> None:
    case = a_case_with_reference(world)
    request = join(world)
    reason = term(DeclineReason, "already_involved")
    decline_join_request(join_request=request, reason=reason, actor=world.maja, now=on(2))
    assert how_settled(case, DeadlineKind.ANSWER_JOIN_REQUEST) == [MET]
    assert case.events.get(kind=EventKind.JOIN_DECLINED).data == {"reason": "already_involved"}
    assert a_case_with_reference(world, actor=world.ove, unit=world.other_school, now=on(3)).is_open


def test_only_the_holder_lets_somebody_in_and_only_the_asker_withdraws(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    request = join(world)
    for other, refusal in (
        (world.anna, Forbidden),
        (world.ove, Forbidden),
        (world.lone, Forbidden),
        (world.mads, Unseen),
    ):
        with pytest.raises(refusal):
            accept_join_request(join_request=request, actor=other, now=on(2))
    with pytest.raises(Forbidden):
        withdraw_join_request(join_request=request, actor=world.maja, now=on(2))
    withdraw_join_request(join_request=request, actor=world.ove, now=on(2))
    assert how_settled(case, DeadlineKind.ANSWER_JOIN_REQUEST) == [LAPSED]
    with pytest.raises(MovedOn):
        accept_join_request(join_request=request, actor=world.maja, now=on(2))


def test_a_request_ends_with_the_case_and_with_the_asking_unit(world: World) -> None:
    case = a_case_with_reference(world)
    request = join(world)
    close(world, case)
    request.refresh_from_db()
    assert request.state == JoinState.WITHDRAWN
    assert case.events.get(kind=EventKind.JOIN_WITHDRAWN).data == {"cause": "case_closed"}
    other = a_case_with_reference(world, "P-2026-7")
    second = join(world, number="P-2026-7")
    close_unit(unit=world.other_school, actor=None, now=on(2))
    second.refresh_from_db()
    assert second.state == JoinState.WITHDRAWN
    assert not is_owed(other, DeadlineKind.ANSWER_JOIN_REQUEST)


def test_a_request_of_somebody_who_has_left_lets_the_leader_of_the_unit_in(world: World) -> None:
    case = a_case_with_reference(world)
    request = join(world, unit=world.kindergarten, actor=world.rikke)
    deactivate_person(user=world.rikke, actor=None, now=on(2))
    accept_join_request(join_request=request, actor=world.maja, now=on(3))
    assert case.partnerships.live().get(unit=world.kindergarten).contact == world.kirsten


def test_a_request_goes_along_with_the_baton(world: World) -> None:
    case = a_case_with_reference(world)
    request = join(world)
    accept_handover(handover=offered(world, case), actor=world.anna, now=on(2))
    assert owed(case, DeadlineKind.ANSWER_JOIN_REQUEST).owner == world.anna
    with pytest.raises(Forbidden):
        accept_join_request(join_request=request, actor=world.maja, now=on(3))
    accept_join_request(join_request=request, actor=world.anna, now=on(3))


def test_there_is_nothing_to_join_where_no_open_case_has_the_reference(world: World) -> None:
    with pytest.raises(MovedOn):
        join(world)
    close(world, a_case_with_reference(world))
    with pytest.raises(MovedOn):
        join(world, now=on(3))
    with pytest.raises(Unacceptable):
        join(world, unit=world.ppr)


def test_the_same_number_in_another_municipality_is_another_child(world: World) -> None:
    a_case_with_reference(world)
    town = place_unit(
        draft=UnitDraft(code="storby", name="Storby Kommune", kind=term(UnitKind, "kommune")), actor=None, now=on()
    )
    stranger = register_person(draft=PersonDraft(username="stig", name="Stig Strand"), actor=None, now=on())
    begin_membership(user=stranger, unit=town, role=Role.COORDINATOR, actor=None, now=on())
    with pytest.raises(MovedOn):
        ask_to_join(
            system=term(ReferenceSystem, "ppr_journal"),
            number="P-2026-1042",
            unit=town,
            theme=term(Theme, "trivsel"),
            actor=stranger,
            now=on(1),
        )
    case = a_case_with_reference(world, actor=stranger, unit=town, invite=[], now=on(1))
    assert case.holder == stranger
