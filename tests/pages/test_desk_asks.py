"""Mit overblik: whoever asked learns what became of it, and no more."""

from __future__ import annotations

import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coordination.commands.cases import close_case
from coordination.commands.handovers import (
    accept_handover,
    decline_handover,
    offer_handover,
    request_baton,
    withdraw_handover,
)
from coordination.commands.invitations import (
    accept_invitation,
    decline_invitation,
    invite_unit,
    withdraw_invitation,
)
from coordination.commands.join_requests import (
    accept_join_request,
    decline_join_request,
    withdraw_join_request,
)
from coordination.models import Ask, Case, CaseOutcome, DeclineReason
from tests.builders import (
    World,
    a_case,
    a_case_with_reference,
    accepted,
    on,
    term,
    the_invitation,
)
from tests.pages.desks import desk_of, html_of, join_of, part
from tests.promises.telling import away


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


# --- Invitations, by a holder who has gone ------------------------------------------------------------------
def handed_on(world: World) -> Case:
    """Maja has invited PPR and the health visitors, and Mads holds the baton since."""
    case = a_case(world, invite=[(world.ppr, None), (world.health, None)])
    offer = offer_handover(
        case=case, to_person=world.mads, to_unit=world.school, stays_on=False, actor=world.maja, now=on(hours=1)
    )
    accept_handover(handover=offer, actor=world.mads, now=on(hours=2))
    return case


def test_a_holder_who_has_gone_sees_that_their_invitations_wait_and_then_the_answers(world: World) -> None:
    case = handed_on(world)
    waiting = part(desk_of(world.maja, on(1)), "What you have asked for")
    assert "You invited PPR: no answer yet" in waiting
    assert "answer by Thursday" in waiting
    accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.anna, now=on(1))
    no = term(DeclineReason, "not_our_task")
    invitation = the_invitation(case, world.health)
    decline_invitation(invitation=invitation, reason=no, onward=world.kindergarten, actor=world.hanne, now=on(1))
    text = part(desk_of(world.maja, on(2)), "What you have asked for")
    assert "You invited PPR: yes" in text
    assert f"You invited Sundhedsplejen: no {case.code} {no.label_en}" in text
    assert "Solsikken" not in text
    assert f'href="/forloeb/{case.code}/"' in html_of(world.maja, on(2))
    assert "You invited" not in desk_of(world.maja, on(15.1))


def test_whoever_takes_part_reads_the_answers_in_the_case(world: World) -> None:
    a_case(world)
    assert "You invited" not in desk_of(world.maja, on(1))
    assert "You invited" not in desk_of(world.mads, on(1))
    case = a_case(world)
    accept_handover(
        handover=offer_handover(case=case, to_person=world.mads, to_unit=world.school, actor=world.maja, now=on(1)),
        actor=world.mads,
        now=on(1),
    )
    assert "You invited" not in desk_of(world.maja, on(2))


def test_one_who_has_gone_learns_that_an_invitation_ended_with_its_case_but_not_what_was_answered_long_before(
    world: World,
) -> None:
    case = handed_on(world)
    accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.anna, now=on(1))
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.mads, now=on(2))
    text = part(desk_of(world.maja, on(3)), "What you have asked for")
    assert "You invited Sundhedsplejen: they no longer have to answer" in text
    assert "PPR" not in text
    assert "closed" not in text


def test_an_invitation_that_one_took_back_oneself_is_no_news(world: World) -> None:
    case = a_case(world)
    withdraw_invitation(invitation=the_invitation(case, world.ppr), actor=world.maja, now=on(hours=1))
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(hours=2))
    assert "You invited" not in desk_of(world.maja, on(1))


def test_a_stand_in_who_asked_learns_the_answer_without_the_case(world: World) -> None:
    case = a_case(world, invite=[])
    away(world.maja, world.mads, first=1, last=1)
    invite_unit(case=case, unit=world.ppr, ask=term(Ask, "sparring"), actor=world.mads, now=on(1))
    assert "You invited" not in desk_of(world.mads, on(1))
    text = part(desk_of(world.mads, on(2)), "What you have asked for")
    assert "You invited PPR: no answer yet" in text
    assert case.code not in text


def test_asks_cost_as_many_queries_whether_they_are_few_or_many(world: World) -> None:
    def cost() -> int:
        with time_machine.travel(on(1), tick=False), CaptureQueriesContext(connection) as queries:
            client = Client()
            client.force_login(world.maja)
            begun = len(queries)
            client.get("/")
            return len(queries) - begun

    handed_on(world)
    before = cost()
    for _number in range(4):
        handed_on(world)
    assert cost() == before
