"""Mit overblik: what waits for whom, in which words, and what is not said to whom."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination.commands.agreements import make_agreement
from coordination.commands.bases import record_basis
from coordination.commands.handovers import (
    ask_for_release,
    offer_handover,
    request_baton,
)
from coordination.commands.invitations import accept_invitation, decline_invitation, invite_unit
from coordination.commands.looks import look_at_case
from coordination.commands.meetings import WhenAndWhere, call_meeting
from coordination.commands.people import set_absence
from coordination.commands.same_references import SameReference
from coordination.commands.time import pass_time
from coordination.models import (
    AgreementKind,
    Ask,
    Case,
    DeadlineKind,
    DeclineReason,
    MeetingKind,
    User,
)
from coordination.web.desk.owed import NEXT, OTHERS
from coordination.web.desk.own import OWN
from tests.builders import (
    World,
    a_case,
    a_case_with_reference,
    a_consent,
    accepted,
    day,
    on,
    term,
    the_invitation,
)
from tests.pages.desks import desk_of, html_of, join_of, part, text_of


# --- Who may ------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_nobody_sees_a_desk_without_signing_in(client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer["Location"] == "/ind/?next=/"


def test_looking_at_the_desk_is_all_one_can_do_there(world: World, client: Client) -> None:
    client.force_login(world.maja)
    assert client.post("/").status_code == 405


# --- The top ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("hours", "greeting"),
    [(0, "Good morning"), (2, "Good morning"), (4, "Good afternoon"), (10, "Good evening"), (17, "Good evening")],
)
def test_the_greeting_knows_the_time_of_day(world: World, hours: int, greeting: str) -> None:
    assert f"{greeting}, Maja" in desk_of(world.maja, on(hours=hours))


def test_an_empty_desk_says_what_to_do(world: World) -> None:
    text = desk_of(world.maja, on())
    assert "Nothing waits for you today." in text
    assert "Do you notice a challenge around a child? Open a case" in text


def test_the_first_sentence_says_how_many_things_wait_and_how_many_batons_one_holds(world: World) -> None:
    a_case(world)
    a_case(world)
    text = desk_of(world.maja, on(4))
    assert "2 things wait for you today. You hold the baton in 2 cases." in text


# --- Whose deadline it is -----------------------------------------------------------------------------------
def test_an_invitation_nobody_has_taken_waits_for_everybody_in_the_unit_and_for_nobody_else(world: World) -> None:
    case = a_case(world)
    for person in (world.anna, world.anton, world.per):
        assert "To PPR (1) Bakkeskolen invites you: Sparring" in desk_of(person, on(hours=1))
    for person in (world.ove, world.hanne, world.dorte):
        assert case.code not in desk_of(person, on(hours=1))


def test_an_invitation_to_ones_own_unit_waits_for_the_others_there(world: World) -> None:
    case = a_case(world, invite=[(world.school, None)])
    assert "To Bakkeskolen (1)" in desk_of(world.mads, on(hours=1))
    text = desk_of(world.maja, on(hours=1))
    assert "To Bakkeskolen" not in text
    assert case.code in text  # as the case that she holds


def test_an_invitation_to_a_person_waits_for_that_person(world: World) -> None:
    case = a_case(world, invite=[(world.ppr, world.anna)])
    assert "Bakkeskolen invites you: Sparring" in part(desk_of(world.anna, on(hours=1)), "This week")
    assert case.code not in desk_of(world.anton, on(hours=1))


def test_what_is_due_today_or_late_is_now_the_rest_this_week_or_later(world: World) -> None:
    case = a_case(world)
    for days in (2, 3, 12):
        make_agreement(
            case=case,
            kind=term(AgreementKind, "observation"),
            owner=world.maja,
            due_on=day(days),
            actor=world.maja,
            now=on(),
        )
    text = desk_of(world.maja, on(3))
    assert part(text, " Now ", "This week" if "This week" in text else "Later").count("Your agreement") == 2
    assert "was due yesterday" in text
    later = part(text, "Later (3)")
    assert "Saturday 26 September" in later
    assert "Hear the child" in later
    assert "Involve the parents" in later


def test_an_agreement_can_be_called_done_from_the_desk(world: World) -> None:
    case = a_case(world)
    agreement = make_agreement(
        case=case, kind=term(AgreementKind, "observation"), owner=world.maja, due_on=day(1), actor=world.maja, now=on()
    )
    html = html_of(world.maja, on(1))
    assert f'action="{reverse("agreement_done", args=[agreement.pk])}"' in html
    submission = re.search(r'name="submission" value="([0-9a-f-]{36})"', html)
    assert submission
    client = Client()
    with time_machine.travel(on(1), tick=False):
        client.force_login(world.maja)
        answer = client.post(reverse("agreement_done", args=[agreement.pk]), {"submission": submission[1]})
    assert answer.status_code == 302
    assert "Your agreement" not in desk_of(world.maja, on(1, hours=1))


def test_a_stand_in_sees_what_waits_for_the_one_who_is_away(world: World) -> None:
    case = a_case(world)
    make_agreement(
        case=case, kind=term(AgreementKind, "observation"), owner=world.maja, due_on=day(1), actor=world.maja, now=on()
    )
    set_absence(
        user=world.maja, stand_in=world.mads, first_on=day(1), last_on=day(5), actor=world.maja, now=on(hours=1)
    )
    assert case.code not in desk_of(world.mads, on(hours=2))
    text = desk_of(world.mads, on(1))
    assert "You stand in for Maja Holm today." in text
    assert "for Maja Holm" in part(text, " Now ")


def test_the_holder_sees_what_others_owe_once_it_is_late(world: World) -> None:
    case = a_case(world)
    assert "has not answered" not in desk_of(world.maja, on(3))
    html = html_of(world.maja, on(4))
    assert "PPR has not answered Bakkeskolen: Sparring" in text_of(html)
    assert "See who else can" in text_of(html)
    assert f'href="{reverse("invite", args=[case.code])}"' in html


def test_a_no_that_points_onward_asks_the_holder_to_invite_the_one_it_points_to(world: World) -> None:
    case = a_case(world)
    invitation = the_invitation(case, world.ppr)
    decline_invitation(
        invitation=invitation,
        reason=term(DeclineReason, "no_capacity"),
        onward=world.health,
        actor=world.anna,
        now=on(hours=1),
    )
    html = html_of(world.maja, on(1))
    assert "PPR cannot, and points to Sundhedsplejen" in text_of(html)
    assert f"{reverse('invite', args=[case.code])}?efter={invitation.pk}" in html


def test_a_no_that_does_not_know_asks_the_leader_to_point_onward(world: World) -> None:
    case = a_case(world)
    invitation = the_invitation(case, world.ppr)
    decline_invitation(
        invitation=invitation, reason=term(DeclineReason, "no_capacity"), onward=None, actor=world.anna, now=on(hours=1)
    )
    html = html_of(world.lone, on(1))
    assert "PPR cannot, and does not know who can: point onward" in text_of(html)
    assert reverse("onward", args=[invitation.pk]) in html


# --- Every kind has its words -------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", DeadlineKind)
def test_every_kind_of_deadline_has_its_sentences(kind: DeadlineKind) -> None:
    assert kind in OWN
    assert kind in OTHERS
    assert kind in NEXT


def test_all_that_can_be_owed_in_a_case_stands_on_the_desks_of_those_who_owe_it(world: World) -> None:
    case = a_case_with_reference(world)
    partnership = accepted(world, case)
    make_agreement(
        case=case,
        kind=term(AgreementKind, "observation"),
        owner=world.anna,
        due_on=day(2),
        look_again_on=day(3),
        actor=world.maja,
        now=on(hours=2),
    )
    call_meeting(
        case=case,
        kind=term(MeetingKind, "network"),
        at=WhenAndWhere(on(4), on(4, hours=1), world.school),
        people=[world.maja, world.anna],
        actor=world.maja,
        now=on(hours=2),
    )
    request_baton(partnership=partnership, actor=world.anna, now=on(hours=2))
    offer_handover(case=case, to_person=world.anton, to_unit=world.ppr, actor=world.maja, now=on(hours=2))
    join_of(world)
    ask_for_release(case=case, actor=world.maja, now=on(hours=2))
    maja, anna = desk_of(world.maja, on(1)), desk_of(world.anna, on(1))
    assert "Familieafdelingen asks to take part" in maja
    assert "Anna Bang asks to take the baton over" in maja
    assert "Look again at the agreement: " in maja
    assert "Was the meeting held? " in maja
    assert "The consent ends: renew it" in maja
    assert "Your agreement: " in anna
    assert "You are called to a meeting: " in anna
    assert "Maja Holm offers you the baton" in desk_of(world.anton, on(1))
    assert "Maja Holm asks for another holder" in desk_of(world.lone, on(1))


def test_a_case_in_which_nothing_is_due_asks_for_a_next_step(world: World) -> None:
    case = a_case(world, invite=[])
    assert "Nothing is due: agree on a next step" in part(desk_of(world.maja, on(1)), "Later")
    assert case.code in desk_of(world.maja, on(1))


def test_a_consent_that_has_ended_is_late(world: World) -> None:
    case = a_case_with_reference(world)
    record_basis(case=case, draft=a_consent(2), actor=world.maja, now=on(hours=1))
    assert "The consent has ended: get a new one" in part(desk_of(world.maja, on(3)), " Now ")


# --- Cases in which one holds the baton ---------------------------------------------------------------------
def test_a_case_that_one_holds_shows_its_level_and_what_comes_next(world: World) -> None:
    case = a_case(world)
    text = part(desk_of(world.maja, on(hours=1)), "Cases in which you hold the baton")
    assert case.code in text
    assert "Wondering" in text
    assert "PPR answers by Thursday" in text
    accepted(world, case)
    assert "Two units" in part(desk_of(world.maja, on(hours=2)), "Cases in which you hold the baton")


def test_a_case_is_new_when_others_did_something_since_ones_last_look(world: World) -> None:
    case = a_case(world)

    def is_new(now: datetime) -> bool:
        return f"{case.code} new" in part(desk_of(world.maja, now), "Cases in which you hold the baton")

    assert not is_new(on(hours=0.5))
    accepted(world, case)
    assert is_new(on(hours=2))
    look_at_case(case=case, actor=world.anna, now=on(hours=2))
    assert is_new(on(hours=2))
    look_at_case(case=case, actor=world.maja, now=on(hours=3))
    assert not is_new(on(hours=4))


# --- How much -----------------------------------------------------------------------------------------------
def test_a_long_group_shows_the_first_fifty_and_the_way_to_the_rest(world: World) -> None:
    case = a_case(world, invite=[])
    for _number in range(52):
        make_agreement(
            case=case,
            kind=term(AgreementKind, "observation"),
            owner=world.maja,
            due_on=day(1),
            actor=world.maja,
            now=on(),
        )
    html = html_of(world.maja, on(1))
    assert text_of(html).count("Your agreement: ") == 50
    assert 'href="/?flere=now"' in html
    assert "More than 50 things wait for you today." in text_of(html)
    html = html_of(world.maja, on(1), "?flere=now")
    assert text_of(html).count("Your agreement: ") == 52
    assert 'href="/?flere' not in html


def test_a_full_desk_costs_as_many_queries_as_a_nearly_empty_one(
    world: World, django_assert_max_num_queries: Any
) -> None:
    def fill() -> None:
        case = a_case(world, invite=[(world.ppr, None), (world.health, None), (world.school, world.lone)])
        accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.per, now=on(hours=1))
        invite_unit(case=case, unit=world.family, ask=term(Ask, "sparring"), actor=world.maja, now=on(hours=1))
        offered = a_case(world, actor=world.lone, invite=[(world.ppr, None)])
        offer_handover(case=offered, to_person=world.maja, to_unit=world.school, actor=world.lone, now=on())
        number = f"P-2026-{Case.objects.count():04}"
        try:
            a_case_with_reference(world, number)
        except SameReference:
            raise AssertionError(number) from None

    def count(person: User) -> int:
        client = Client()
        with time_machine.travel(on(4, hours=2), tick=False):
            client.force_login(person)
            with django_assert_max_num_queries(100) as captured:
                client.get("/")
        return len(captured)

    fill()
    pass_time(now=on(4))
    few = {name: count(world.people[name]) for name in ("maja", "lone", "per", "dorte")}
    for _time in range(4):
        fill()
    pass_time(now=on(4, hours=1))
    assert {name: count(world.people[name]) for name in few} == few
    assert max(few.values()) < 35
