"""Mit overblik: whoever asked learns what became of it, and no more."""

from __future__ import annotations

from coordination.commands.cases import close_case
from coordination.commands.handovers import (
    accept_handover,
    decline_handover,
    offer_handover,
    request_baton,
    withdraw_handover,
)
from coordination.commands.join_requests import (
    accept_join_request,
    decline_join_request,
    withdraw_join_request,
)
from coordination.models import (
    CaseOutcome,
    DeclineReason,
)
from tests.builders import (
    World,
    a_case,
    a_case_with_reference,
    accepted,
    on,
    term,
)
from tests.pages.desks import desk_of, join_of, part


def test_whoever_asked_to_take_part_sees_that_it_waits_but_not_where(world: World) -> None:
    case = a_case_with_reference(world)
    join_of(world)
    text = desk_of(world.frida, on(1))
    assert "You asked for Familieafdelingen to take part (" in part(text, "What you have asked for")
    assert "no answer yet" in text
    assert "answer by Thursday" in text
    assert case.code not in text
    assert "Maja" not in text


def test_a_yes_says_which_case_it_was(world: World) -> None:
    case = a_case_with_reference(world)
    accept_join_request(join_request=join_of(world), actor=world.maja, now=on(1))
    text = part(desk_of(world.frida, on(2)), "What you have asked for")
    assert ": yes" in text
    assert case.code in text


def test_a_no_says_why_and_not_where(world: World) -> None:
    case = a_case_with_reference(world)
    decline_join_request(
        join_request=join_of(world), reason=(reason := term(DeclineReason, "no_capacity")), actor=world.maja, now=on(1)
    )
    text = part(desk_of(world.frida, on(2)), "What you have asked for")
    assert "no. You can open a case yourself." in text
    assert reason.label_en in text
    assert case.code not in text


def test_an_answer_leaves_the_desk_after_two_weeks(world: World) -> None:
    a_case_with_reference(world)
    decline_join_request(
        join_request=join_of(world), reason=term(DeclineReason, "no_capacity"), actor=world.maja, now=on(1)
    )
    assert "What you have asked for" in desk_of(world.frida, on(14.9))
    assert "What you have asked for" not in desk_of(world.frida, on(15.1))


def test_one_learns_that_an_ask_ended_with_its_case_but_not_what_one_took_back(world: World) -> None:
    case = a_case_with_reference(world)
    join_of(world)
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(1))
    assert "that is no longer possible" in desk_of(world.frida, on(2))


def test_what_one_took_back_oneself_is_no_news(world: World) -> None:
    case = a_case_with_reference(world)
    withdraw_join_request(join_request=join_of(world), actor=world.frida, now=on(1))
    handover = offer_handover(case=case, to_person=world.mads, to_unit=world.school, actor=world.maja, now=on(1))
    withdraw_handover(handover=handover, actor=world.maja, now=on(1, hours=1))
    assert "What you have asked for" not in desk_of(world.frida, on(2))
    assert "What you have asked for" not in desk_of(world.maja, on(2))


def test_whoever_offered_the_baton_learns_what_became_of_it(world: World) -> None:
    case = a_case(world)
    handover = offer_handover(case=case, to_person=world.mads, to_unit=world.school, actor=world.maja, now=on())
    assert "What you have asked for" not in desk_of(world.maja, on(hours=1))
    decline_handover(handover=handover, reason=term(DeclineReason, "no_capacity"), actor=world.mads, now=on(hours=2))
    assert "You offered the baton to Mads Munk: no, it stays where it is" in desk_of(world.maja, on(1))
    handover = offer_handover(case=case, to_person=world.mads, to_unit=world.school, actor=world.maja, now=on(1))
    accept_handover(handover=handover, actor=world.mads, now=on(1, hours=1))
    assert "You offered the baton to Mads Munk: yes, it has moved" in desk_of(world.maja, on(2))


def test_a_partner_who_asked_for_the_baton_sees_that_it_waits(world: World) -> None:
    case = a_case(world)
    request_baton(partnership=accepted(world, case), actor=world.anna, now=on(hours=2))
    assert "You asked to take the baton over: no answer yet" in desk_of(world.anna, on(1))
