"""After one's part is over: one learns no more of the case, and what one sent is answered alike when sent again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import uuid4

import pytest
from django.urls import reverse

from coordination.commands.cases import close_case
from coordination.commands.handovers import accept_handover, ask_for_release, offer_handover, withdraw_handover
from coordination.commands.invitations import accept_invitation, decline_invitation, leave_case
from coordination.commands.join_requests import ask_to_join
from coordination.commands.people import deactivate_person
from coordination.models import (
    AccessRecord,
    Ask,
    AssignReason,
    Case,
    CaseOutcome,
    DeclineReason,
    Handover,
    LeaveReason,
    PartnershipOutcome,
    ReferenceSystem,
    Theme,
    User,
)
from tests.builders import World, a_case, a_case_with_reference, accepted, on, term, the_invitation
from tests.pages.asking import said, see, send, words


def left_and_closed(world: World) -> Case:
    """Anna leaves for PPR; Hanne stays for the health visitors until Maja closes the case three days later."""
    case = a_case(world, invite=[(world.ppr, None), (world.health, None)])
    accept_invitation(invitation=the_invitation(case, world.health), actor=world.hanne, now=on(hours=1))
    leave_case(partnership=accepted(world, case), reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(1))
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(4))
    return case


# --- Leaving before the end ---------------------------------------------------------------------------------
def test_the_list_tells_only_those_who_stayed_that_a_case_is_closed(world: World) -> None:
    case = left_and_closed(world)
    ended = f"{reverse('cases')}?vis=afsluttede"
    for person in (world.maja, world.hanne):
        row = words(see(person, ended, at=on(5)))
        assert "Closed" in row
        assert "You no longer take part" not in row
    row = words(see(world.anna, ended, at=on(5)))
    assert case.code in row
    assert "You no longer take part" in row
    assert "Closed" not in row


def test_a_baton_passed_on_before_the_end_is_a_part_that_was_over(world: World) -> None:
    case = a_case(world)
    offer = offer_handover(
        case=case, to_person=world.mads, to_unit=world.school, stays_on=False, actor=world.maja, now=on(1)
    )
    accept_handover(handover=offer, actor=world.mads, now=on(2))
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.mads, now=on(4))
    ended = f"{reverse('cases')}?vis=afsluttede"
    assert "You no longer take part" in words(see(world.maja, ended, at=on(5)))
    assert "You no longer take part" not in words(see(world.mads, ended, at=on(5)))


@pytest.mark.parametrize("name", ["agreement_make", "meeting_call", "assign", "handover_offer"])
def test_a_page_of_a_closed_case_has_moved_on_for_those_who_stayed_and_is_unseen_by_the_others(
    world: World, name: str
) -> None:
    address = reverse(name, args=[left_and_closed(world).code])
    for person, status in ((world.maja, 409), (world.hanne, 409), (world.anna, 404), (world.ove, 404)):
        assert see(person, address, at=on(5)).status_code == status
        assert send(person, address, at=on(5)).status_code == status


def test_the_theme_is_not_told_any_more_after_ones_part_has_ended(world: World) -> None:
    case = left_and_closed(world)
    for person in (world.maja, world.hanne, world.anna):
        row = words(see(person, f"{reverse('cases')}?vis=afsluttede", at=on(5)))
        assert case.code in row
        assert "Well-being" not in row
        assert "Well-being" not in words(see(person, reverse("case", args=[case.code]), at=on(5)))


def test_a_handover_that_is_over_tells_the_theme_only_to_those_who_take_part(world: World) -> None:
    case = a_case(world)
    offer = offer_handover(
        case=case, to_person=world.mads, to_unit=world.school, stays_on=False, actor=world.maja, now=on(1)
    )
    address = reverse("handover", args=[offer.pk])
    assert "Well-being" in words(see(world.maja, address, at=on(1)))
    accept_handover(handover=offer, actor=world.mads, now=on(2))
    assert "Well-being" in words(see(world.mads, address, at=on(3)))
    page = words(see(world.maja, address, at=on(3)))
    assert "Mads Munk" in page
    assert "Well-being" not in page


# --- Every look is logged -----------------------------------------------------------------------------------
def a_no(world: World, case: Case) -> int:
    invitation = the_invitation(case, world.ppr)
    how = {"reason": term(DeclineReason, "no_capacity"), "actor": world.anna, "now": on(hours=1)}
    return decline_invitation(invitation=invitation, **how).pk


def a_request(world: World, case: Case) -> int:
    return ask_to_join(
        system=term(ReferenceSystem, "ppr_journal"),
        number="P-2026-1042",
        unit=world.other_school,
        theme=term(Theme, "fremmoede"),
        actor=world.ove,
        now=on(hours=1),
    ).pk


def an_offer(world: World, case: Case) -> int:
    return offer_handover(case=case, to_person=world.mads, to_unit=world.school, actor=world.maja, now=on(hours=1)).pk


LOOKS: dict[str, tuple[str, Callable[[World, Case], object]]] = {
    "invite": ("maja", lambda world, case: case.code),
    "invitation_withdraw": ("maja", lambda world, case: the_invitation(case, world.ppr).pk),
    "search_drop": ("maja", a_no),
    "onward": ("lone", a_no),
    "partnership_complete": ("maja", lambda world, case: accepted(world, case).pk),
    "partnership_leave": ("anna", lambda world, case: accepted(world, case).pk),
    "partnership_contact": ("per", lambda world, case: accepted(world, case).pk),
    "join_request": ("maja", a_request),
    "handover_withdraw": ("maja", an_offer),
}


@pytest.mark.parametrize("name", LOOKS)
def test_a_page_that_shows_something_of_a_case_is_a_look(world: World, name: str) -> None:
    case = a_case_with_reference(world)
    viewer, which = LOOKS[name]
    address = reverse(name, args=[which(world, case)])
    assert see(world.frida, address).status_code == 404
    assert not AccessRecord.objects.exists()
    assert see(world.people[viewer], address).status_code == 200
    assert AccessRecord.objects.get().viewer == world.people[viewer]


@pytest.mark.parametrize("name", ["agreement_make", "handover_offer", "invite", "case_close"])
def test_a_refused_form_that_shows_the_case_again_is_a_look(world: World, name: str) -> None:
    case = a_case(world)
    assert send(world.maja, reverse(name, args=[case.code])).status_code == 422
    assert AccessRecord.objects.get(case=case).viewer == world.maja


def test_a_refused_answer_to_a_handover_is_a_look_of_those_who_take_part(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    for person, unit in ((world.anna, world.ppr), (world.rikke, world.kindergarten)):
        offer = offer_handover(
            case=case, to_person=person, to_unit=unit, stays_on=True, actor=world.maja, now=on(hours=2)
        )
        assert send(person, reverse("handover_decline", args=[offer.pk])).status_code == 422
        withdraw_handover(handover=offer, actor=world.maja, now=on(hours=3))
    assert AccessRecord.objects.get().viewer == world.anna


# --- Afterwards, and once more ------------------------------------------------------------------------------
def twice(person: User, address: str, data: Mapping[str, object]) -> list[str]:
    """Send the same form two times; give where each leads."""
    form = {"submission": str(uuid4()), **data}
    answers = [send(person, address, form) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    return [answer.headers["location"] for answer in answers]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("partnership_complete", lambda: {"outcome": term(PartnershipOutcome, "as_agreed").pk}),
        ("partnership_leave", lambda: {"reason": term(LeaveReason, "no_capacity").pk}),
    ],
)
def test_a_leader_who_ends_a_part_is_led_to_something_they_see(
    world: World, name: str, data: Callable[[], dict[str, object]]
) -> None:
    case = a_case(world)
    partnership = accepted(world, case)
    address = reverse(name, args=[partnership.pk])
    assert twice(world.per, address, data()) == [reverse("desk")] * 2
    partnership.refresh_from_db()
    assert partnership.ended_at is not None
    assert send(world.per, address, data()).status_code == 404


def test_the_holder_who_finishes_a_partners_part_is_led_back_to_the_case(world: World) -> None:
    case = a_case(world)
    address = reverse("partnership_complete", args=[accepted(world, case).pk])
    data = {"outcome": term(PartnershipOutcome, "as_agreed").pk}
    assert twice(world.maja, address, data) == [reverse("case", args=[case.code])] * 2


def test_a_form_sent_again_is_answered_alike_though_its_choices_are_gone(world: World) -> None:
    partnership = accepted(world, a_case(world))
    address = reverse("partnership_contact", args=[partnership.pk])
    form = {"submission": str(uuid4()), "contact": world.anton.pk}
    first = send(world.per, address, form)
    deactivate_person(user=world.anton, actor=None, now=on(2))
    again = send(world.per, address, form, at=on(3))
    assert (first.status_code, again.status_code) == (302, 302)
    assert first.headers["location"] == again.headers["location"]
    assert send(world.per, address, {"contact": world.anton.pk}, at=on(3)).status_code == 422


def test_a_yes_sent_again_is_answered_alike_though_the_contact_is_gone(world: World) -> None:
    address = reverse("invitation_accept", args=[the_invitation(a_case(world), world.ppr).pk])
    form = {"submission": str(uuid4()), "contact": world.anton.pk}
    first = send(world.anna, address, form)
    deactivate_person(user=world.anton, actor=None, now=on(2))
    again = send(world.anna, address, form, at=on(3))
    assert (first.status_code, again.status_code) == (302, 302)
    assert first.headers["location"] == again.headers["location"]


def test_naming_a_holder_twice_with_one_form_is_answered_alike_though_the_right_is_used_up(world: World) -> None:
    case = a_case(world)
    ask_for_release(case=case, actor=world.maja, now=on(hours=2))
    reason = AssignReason.objects.first()
    assert reason is not None
    data = {"to_person": f"{world.school.pk}-{world.mads.pk}", "reason": reason.pk}
    address = reverse("assign", args=[case.code])
    first, second = twice(world.lone, address, data)
    assert first == second == reverse("case", args=[case.code])
    assert case.holdings.count() == 2
    assert send(world.lone, address, data).status_code == 403


def test_an_offer_sent_again_after_it_was_taken_is_answered_alike(world: World) -> None:
    case = a_case(world)
    address = reverse("handover_offer", args=[case.code])
    data = {"unit": world.kindergarten.pk, "to_person": f"{world.kindergarten.pk}-{world.rikke.pk}"}
    form = {"submission": str(uuid4()), **data}
    first = send(world.maja, address, form)
    accept_handover(handover=Handover.objects.get(), actor=world.rikke, now=on(2))
    again = send(world.maja, address, form, at=on(3))
    assert (first.status_code, again.status_code) == (302, 302)
    assert first.headers["location"] == again.headers["location"]
    assert Handover.objects.count() == 1
    assert send(world.maja, address, data, at=on(3)).status_code == 404


def test_what_somebody_else_has_sent_answers_nobody(world: World) -> None:
    case = a_case(world)
    data = {"submission": str(uuid4()), "units": world.health.pk, "ask": term(Ask, "observe").pk}
    assert "has been asked" in said(world.maja, reverse("invite", args=[case.code]), data)
    assert send(world.ove, reverse("handover_offer", args=[case.code]), data).status_code == 404
