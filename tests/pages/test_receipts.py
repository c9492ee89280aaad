"""The receipt: one's own parts, stretch by stretch, and the answers to what one asked; nothing else of the case."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.urls import reverse

from coordination.commands.cases import close_case
from coordination.commands.handovers import accept_handover, decline_handover, request_baton
from coordination.commands.invitations import (
    accept_invitation,
    change_contact,
    decline_invitation,
    invite_unit,
    leave_case,
    withdraw_invitation,
)
from coordination.commands.join_requests import accept_join_request
from coordination.models import AccessRecord, Ask, Case, CaseOutcome, DeclineReason, LeaveReason, Partnership, User
from tests.builders import World, a_case, a_case_with_reference, accepted, on, term, the_invitation
from tests.pages.asking import see, words
from tests.pages.desks import join_of, text_of
from tests.promises.telling import away, offered, requested


def receipt_of(person: User, case: Case, *, days: float) -> str:
    """What somebody reads on their receipt."""
    response: HttpResponse = see(person, reverse("case", args=[case.code]), at=on(days))
    assert response.status_code == 200
    text = text_of(response.content.decode())
    assert text.startswith("My desk Receipt")
    return text


# --- Former contacts ----------------------------------------------------------------------------------------
def replaced(world: World, case: Case) -> Partnership:
    """Anna takes part for PPR, and on Wednesday Anton does in her place."""
    partnership = accepted(world, case)
    return change_contact(partnership=partnership, contact=world.anton, actor=world.anna, now=on(2))


def test_a_contact_who_was_replaced_has_a_receipt_of_their_own_stretch(world: World) -> None:
    case = a_case(world)
    replaced(world, case)
    text = receipt_of(world.anna, case, days=4)
    assert "Your part in this case has ended." in text
    assert re.search(
        r"Unit PPR Part partner From 4 days ago To 2 days ago How it ended Somebody else became the contact", text
    )
    for hidden in ("Anton", "Maja", "Bakkeskolen", "Well-being"):
        assert hidden not in text
    assert AccessRecord.objects.get(case=case).viewer == world.anna


def test_a_contact_who_comes_back_has_two_stretches(world: World) -> None:
    case = a_case(world)
    partnership = replaced(world, case)
    change_contact(partnership=partnership, contact=world.anna, actor=world.anton, now=on(3))
    leave_case(partnership=partnership, reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(4))
    assert receipt_of(world.anton, case, days=4).count("Unit PPR") == 1
    text = receipt_of(world.anna, case, days=4)
    assert "From 4 days ago To 2 days ago How it ended Somebody else became the contact person" in text
    assert "From yesterday To today How it ended Left" in text


def test_a_contact_who_was_replaced_does_not_learn_how_the_case_ended(world: World) -> None:
    case = a_case(world)
    replaced(world, case)
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(3))
    text = receipt_of(world.anna, case, days=4)
    assert "closed" not in text
    assert "The challenge is solved" not in text
    assert "The challenge is solved" in receipt_of(world.anton, case, days=4)


def test_the_ended_cases_of_a_contact_who_was_replaced_have_this_one(world: World) -> None:
    case = a_case(world)
    replaced(world, case)
    row = words(see(world.anna, f"{reverse('cases')}?vis=afsluttede", at=on(3)))
    assert case.code in row
    assert "You no longer take part" in row


def test_what_one_could_do_as_the_contact_is_unseen_afterwards(world: World) -> None:
    partnership = replaced(world, a_case(world))
    for name in ("partnership_leave", "partnership_complete", "partnership_contact", "baton_request"):
        assert see(world.anna, reverse(name, args=[partnership.pk]), at=on(3)).status_code == 404


# --- The answers to what one asked --------------------------------------------------------------------------
@pytest.fixture
def handed(world: World) -> Case:
    """Maja has invited PPR, the health visitors and the family department, and hands the baton to Mads for good."""
    case = a_case(world, invite=[(world.ppr, None), (world.health, None), (world.family, None)])
    offer = offered(world, case, to_person=world.mads, to_unit=world.school, stays_on=False)
    accept_handover(handover=offer, actor=world.mads, now=on(1, hours=1))
    return case


def test_a_holder_who_has_gone_learns_what_was_answered_to_their_invitations(world: World, handed: Case) -> None:
    waiting = receipt_of(world.maja, handed, days=1)
    assert "What you asked for, and the answer" in waiting
    assert waiting.count("no answer yet") == 3
    assert "answer by Thursday" in waiting
    reason = term(DeclineReason, "other_knows_better")
    accept_invitation(invitation=the_invitation(handed, world.ppr), actor=world.anna, now=on(2))
    decline_invitation(
        invitation=the_invitation(handed, world.health),
        reason=reason,
        onward=world.kindergarten,
        actor=world.hanne,
        now=on(3),
    )
    withdraw_invitation(invitation=the_invitation(handed, world.family), actor=world.mads, now=on(4))
    text = receipt_of(world.maja, handed, days=4)
    assert "You invited PPR: yes 2 days ago" in text
    assert f"You invited Sundhedsplejen: no {reason.label_en}" in text
    assert "yesterday" in text
    assert "You invited Familieafdelingen: they no longer have to answer" in text
    assert "You offered the baton to Mads Munk: yes, it has moved" in text
    for hidden in ("Anna", "Hanne", "Solsikken", "Well-being", "Sparring"):
        assert hidden not in text


def test_what_comes_after_a_yes_is_not_told_to_one_who_has_gone(world: World, handed: Case) -> None:
    partnership = accept_invitation(invitation=the_invitation(handed, world.ppr), actor=world.anna, now=on(2))
    before = receipt_of(world.maja, handed, days=4)
    leave_case(partnership=partnership, reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(3))
    assert receipt_of(world.maja, handed, days=4) == before


def test_what_others_asked_is_not_on_ones_receipt(world: World, handed: Case) -> None:
    invite_unit(case=handed, unit=world.daycare, ask=term(Ask, "sparring"), actor=world.mads, now=on(2))
    assert "Dagtilbud" not in receipt_of(world.maja, handed, days=3)
    close_case(case=handed, outcome=term(CaseOutcome, "solved"), actor=world.mads, now=on(3))
    mads = receipt_of(world.mads, handed, days=4)
    assert "You invited Dagtilbud: they no longer have to answer" in mads
    assert "PPR" not in mads


def test_requests_for_the_baton_and_to_join_are_answered_on_the_receipt_too(world: World) -> None:
    case = a_case_with_reference(world)
    partnership = accepted(world, case)
    no = term(DeclineReason, "too_early")
    decline_handover(handover=requested(world, partnership), reason=no, actor=world.maja, now=on(2))
    leave_case(partnership=partnership, reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(3))
    assert f"You asked to take the baton over: no, it stays where it is {no.label_en}" in receipt_of(
        world.anna, case, days=4
    )
    join = accept_join_request(join_request=join_of(world), actor=world.maja, now=on(3))
    let_in = case.partnerships.get(unit=join.unit)
    request_baton(partnership=let_in, actor=world.frida, now=on(3))
    leave_case(partnership=let_in, reason=term(LeaveReason, "no_capacity"), actor=world.frida, now=on(4))
    text = receipt_of(world.frida, case, days=4)
    assert "You asked for Familieafdelingen to take part (Well-being): yes" in text
    assert "You asked to take the baton over: that is no longer possible" in text


def test_a_stand_in_reads_the_receipt_of_the_one_who_is_away_on_those_days(world: World, handed: Case) -> None:
    away(world.maja, world.ove, first=2, last=3)
    assert "You invited PPR: no answer yet" in receipt_of(world.ove, handed, days=2)
    assert see(world.ove, reverse("case", args=[handed.code]), at=on(4)).status_code == 404
