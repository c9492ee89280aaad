"""Invitations: sent, answered in two taps, or too late."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.commands.handovers import accept_handover, offer_handover
from coordination.commands.invitations import (
    accept_invitation,
    change_contact,
    decline_invitation,
    leave_case,
    point_onward,
    withdraw_invitation,
)
from coordination.commands.people import PersonDraft, begin_membership, end_membership, register_person, set_absence
from coordination.models import (
    DeclineReason,
    InvitationState,
    LeaveReason,
    Role,
    User,
)
from tests.builders import World, a_case, a_case_with_reference, accepted, day, on, term, the_invitation


def signed_in(client: Client, person: User) -> Client:
    client.force_login(person)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def sent(**fields: Any) -> dict[str, Any]:
    """What a form sends, with a key of its own."""
    return {"submission": str(uuid.uuid4()), **fields}


# --- The answer page -------------------------------------------------------------------------------------------


def test_an_invitation_is_unseen_by_those_it_is_not_for(client: Client, world: World) -> None:
    invitation = the_invitation(a_case(world), world.ppr)
    for name in ("invitation", "invitation_decline"):
        address = reverse(name, args=[invitation.pk])
        assert signed_in(client, world.hanne).get(address).status_code == 404
        assert client.get(reverse(name, args=[999_999])).status_code == 404
    for name in ("invitation_accept", "invitation_decline"):
        response = client.post(reverse(name, args=[invitation.pk]), sent(contact=world.hanne.pk))
        assert response.status_code == 404
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.SENT


def test_the_answer_page_says_who_asks_what_for_and_how_soon(client: Client, world: World) -> None:
    invitation = the_invitation(a_case(world), world.ppr)
    html = signed_in(client, world.anna).get(reverse("invitation", args=[invitation.pk])).content.decode()
    for words in ("Maja Holm", "Bakkeskolen", "Sparring", "Well-being", "As usual", "maja@lilleby.example"):
        assert words in html
    assert f'href="{reverse("invitation_decline", args=[invitation.pk])}"' in html


def test_the_answer_page_names_no_reference_no_partner_and_nothing_that_happened(client: Client, world: World) -> None:
    case = a_case_with_reference(world, invite=[(world.ppr, None), (world.health, None)])
    accept_invitation(invitation=the_invitation(case, world.health), actor=world.hanne, now=on(hours=1))
    invitation = the_invitation(case, world.ppr)
    html = signed_in(client, world.anna).get(reverse("invitation", args=[invitation.pk])).content.decode()
    for secret in ("1042", "PPR journal", "Hanne Hede", "Sundhedsplejen", reverse("case", args=[case.code])):
        assert secret not in html


def test_a_late_invitation_says_so_and_can_still_be_answered(client: Client, world: World) -> None:
    invitation = the_invitation(a_case(world), world.ppr)
    html = signed_in(client, world.anna).get(reverse("invitation", args=[invitation.pk])).content.decode()
    assert "You can still answer." in html
    assert "Yes, we take part" in html


def test_nobody_is_offered_to_answer_their_own_invitation(client: Client, world: World) -> None:
    begin_membership(user=world.maja, unit=world.ppr, role=Role.PROFESSIONAL, actor=None, now=on(-1))
    invitation = the_invitation(a_case(world), world.ppr)
    html = signed_in(client, world.maja).get(reverse("invitation", args=[invitation.pk])).content.decode()
    assert "Yes, we take part" not in html
    assert client.get(reverse("invitation_decline", args=[invitation.pk])).status_code == 403
    answer = sent(contact=world.anna.pk)
    assert client.post(reverse("invitation_accept", args=[invitation.pk]), answer).status_code == 403


@pytest.mark.parametrize("name", ["invitation", "invitation_accept", "invitation_decline"])
def test_a_visit_answers_nothing(client: Client, world: World, name: str) -> None:
    invitation = the_invitation(a_case(world), world.ppr)
    signed_in(client, world.anna).get(reverse(name, args=[invitation.pk]), follow=True)
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.SENT


# --- Yes -------------------------------------------------------------------------------------------------------


def test_yes_takes_one_tap_with_oneself_as_contact(client: Client, world: World) -> None:
    case = a_case(world)
    address = reverse("invitation", args=[the_invitation(case, world.ppr).pk])
    form = signed_in(client, world.anna).get(address).context["form"]
    assert form["contact"].value() == world.anna.pk
    response = client.post(f"{address}ja/", sent(contact=form["contact"].value()), follow=True)
    html = response.content.decode()
    assert case.partnerships.get().contact == world.anna
    assert "You have said yes" in html
    assert "Maja Holm, Bakkeskolen" in html
    assert reverse("case", args=[case.code]) in html


def test_yes_may_name_a_colleague_who_sees_the_case_instead(client: Client, world: World) -> None:
    case = a_case(world)
    address = reverse("invitation_accept", args=[the_invitation(case, world.ppr).pk])
    response = signed_in(client, world.anna).post(address, sent(contact=world.anton.pk), follow=True)
    html = response.content.decode()
    assert case.partnerships.get().contact == world.anton
    assert "Anton Beck is the contact person" in html
    assert reverse("case", args=[case.code]) not in html


def test_a_contact_from_elsewhere_is_refused(client: Client, world: World) -> None:
    invitation = the_invitation(a_case(world), world.ppr)
    address = reverse("invitation_accept", args=[invitation.pk])
    for contact in (world.hanne.pk, world.maja.pk, "", "x"):
        response = signed_in(client, world.anna).post(address, sent(contact=contact))
        assert response.status_code == 422
        assert "contact" in response.context["form"].errors
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.SENT


def test_a_leader_from_above_may_be_the_contact_and_a_stand_in_has_to_name_one(client: Client, world: World) -> None:
    invitation = the_invitation(a_case(world), world.ppr)
    address = reverse("invitation", args=[invitation.pk])
    assert signed_in(client, world.dorte).get(address).context["form"]["contact"].value() == world.dorte.pk
    set_absence(user=world.anna, stand_in=world.hanne, first_on=day(), last_on=day(300), actor=world.anna, now=on())
    form = signed_in(client, world.hanne).get(address).context["form"]
    assert form["contact"].value() is None
    assert "Hanne Hede" not in str(form["contact"])


def test_yes_sent_twice_is_one_yes(client: Client, world: World) -> None:
    case = a_case(world)
    address = reverse("invitation_accept", args=[the_invitation(case, world.ppr).pk])
    answer = sent(contact=world.anna.pk)
    first = signed_in(client, world.anna).post(address, answer)
    second = client.post(address, answer)
    assert case.partnerships.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_whoever_comes_second_is_told_so_and_sees_no_more_of_the_ask(client: Client, world: World) -> None:
    case = a_case(world)
    invitation = the_invitation(case, world.ppr)
    accept_invitation(invitation=invitation, actor=world.anna, now=on(hours=1))
    signed_in(client, world.anton)
    visits = [client.get(reverse(name, args=[invitation.pk])) for name in ("invitation", "invitation_decline")]
    answers = [
        client.post(reverse("invitation_accept", args=[invitation.pk]), sent(contact=world.anton.pk)),
        client.post(
            reverse("invitation_decline", args=[invitation.pk]),
            sent(reason=term(DeclineReason, "no_capacity").pk, onward="nobody"),
        ),
        client.post(reverse("invitation_decline", args=[invitation.pk]), sent(find="1")),
    ]
    for response in (*visits, *answers):
        html = response.content.decode()
        assert response.status_code == 409
        assert "no longer waiting for an answer" in html
        assert not any(secret in html for secret in ("Maja Holm", "Bakkeskolen", "Sparring", "Anna Bang", case.code))


def test_a_withdrawn_invitation_says_that_there_is_nothing_to_do(client: Client, world: World) -> None:
    invitation = the_invitation(a_case(world), world.ppr)
    withdraw_invitation(invitation=invitation, actor=world.maja, now=on(hours=1))
    response = signed_in(client, world.anna).get(reverse("invitation", args=[invitation.pk]))
    assert response.status_code == 409
    assert "nothing for you to do" in response.content.decode()
    assert signed_in(client, world.hanne).get(reverse("invitation", args=[invitation.pk])).status_code == 404


# --- No --------------------------------------------------------------------------------------------------------


def test_a_no_points_to_a_unit_and_says_who_asks_it(client: Client, world: World) -> None:
    case = a_case(world)
    address = reverse("invitation_decline", args=[the_invitation(case, world.ppr).pk])
    answer = sent(reason=term(DeclineReason, "other_knows_better").pk, onward=world.health.pk)
    html = signed_in(client, world.anna).post(address, answer, follow=True).content.decode()
    invitation = the_invitation(case, world.ppr)
    assert (invitation.state, invitation.onward_unit) == (InvitationState.DECLINED, world.health)
    assert "You have said no" in html
    assert "The holder asks Sundhedsplejen." in html


def test_a_no_without_anybody_else_says_that_a_leader_finds_out(client: Client, world: World) -> None:
    case = a_case(world)
    address = reverse("invitation_decline", args=[the_invitation(case, world.ppr).pk])
    answer = sent(reason=term(DeclineReason, "not_our_task").pk, onward="nobody")
    html = signed_in(client, world.anna).post(address, answer, follow=True).content.decode()
    assert the_invitation(case, world.ppr).onward_unknown
    assert "A leader finds out who can help." in html
    assert "Lone Leder" not in html


@pytest.mark.parametrize(("reason", "onward"), [("", "nobody"), ("no_capacity", ""), ("no_capacity", "ppr")])
def test_a_no_takes_a_reason_and_somebody_else_or_the_word_that_nobody_is_known(
    client: Client, world: World, reason: str, onward: str
) -> None:
    invitation = the_invitation(a_case(world), world.ppr)
    answer = sent(
        reason=term(DeclineReason, reason).pk if reason else "",
        onward=world.ppr.pk if onward == "ppr" else onward,
    )
    response = signed_in(client, world.anna).post(reverse("invitation_decline", args=[invitation.pk]), answer)
    assert response.status_code == 422
    assert str(response.context["form"]["reason"].value()) == str(answer["reason"])
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.SENT


def test_who_else_is_asked_is_not_told_to_the_one_who_declines(client: Client, world: World) -> None:
    case = a_case(world, invite=[(world.ppr, None), (world.health, None)])
    alone = a_case(world)
    signed_in(client, world.anna)
    pages = [
        str(client.get(reverse("invitation_decline", args=[the_invitation(each, world.ppr).pk])).context["field"])
        for each in (case, alone)
    ]
    assert pages[0] == pages[1]
    assert "Sundhedsplejen" in pages[0]
    assert "PPR" not in pages[0]


def test_looking_for_a_unit_onward_keeps_the_reason_and_answers_nothing(client: Client, world: World) -> None:
    invitation = the_invitation(a_case(world), world.ppr)
    reason = term(DeclineReason, "too_early").pk
    answer = sent(reason=reason, onward=world.health.pk, find="1", search="solsikken")
    response = signed_in(client, world.anna).post(reverse("invitation_decline", args=[invitation.pk]), answer)
    assert response.status_code == 200
    assert not response.context["form"].errors
    assert str(response.context["form"]["reason"].value()) == str(reason)
    assert "Børnehuset Solsikken" in response.content.decode()
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.SENT


def test_a_no_sent_twice_is_one_no(client: Client, world: World) -> None:
    case = a_case(world)
    address = reverse("invitation_decline", args=[the_invitation(case, world.ppr).pk])
    answer = sent(reason=term(DeclineReason, "no_capacity").pk, onward=world.health.pk)
    first = signed_in(client, world.anna).post(address, answer)
    second = client.post(address, answer)
    assert first.headers["Location"] == second.headers["Location"]
    assert case.events.filter(kind="invitation_declined").count() == 1


def test_whoever_said_no_does_not_follow_the_case(client: Client, world: World) -> None:
    cases = [a_case(world), a_case(world)]
    for case, onward in zip(cases, (world.family, None), strict=True):
        decline_invitation(
            invitation=the_invitation(case, world.ppr),
            reason=term(DeclineReason, "no_capacity"),
            onward=onward,
            actor=world.anna,
            now=on(hours=1),
        )
    addresses = [reverse("invitation", args=[the_invitation(case, world.ppr).pk]) for case in cases]

    def shown() -> list[str]:
        pages = [signed_in(client, world.anna).get(address).content.decode() for address in addresses]
        return [page.split("<main", 1)[1].split("</main>", 1)[0] for page in pages]

    before = shown()
    point_onward(invitation=the_invitation(cases[1], world.ppr), onward=world.health, actor=world.lone, now=on(hours=2))
    for case in cases:
        offer = offer_handover(
            case=case, to_person=world.mads, to_unit=world.school, stays_on=False, actor=world.maja, now=on(hours=2)
        )
        accept_handover(handover=offer, actor=world.mads, now=on(hours=3))
    assert shown() == before
    assert "Familieafdelingen" in before[0]
    assert all("Maja Holm, Bakkeskolen" in page for page in before)


# --- Afterwards -----------------------------------------------------------------------------------------------


def test_after_the_part_is_over_the_answer_page_says_so(client: Client, world: World) -> None:
    case = a_case(world)
    leave_case(partnership=accepted(world, case), reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(1))
    address = reverse("invitation", args=[the_invitation(case, world.ppr).pk])
    html = signed_in(client, world.anna).get(address).content.decode()
    assert "has left the case since" in html
    assert reverse("case", args=[case.code]) not in html


def test_a_contact_named_later_is_not_told_to_whoever_answered_once(client: Client, world: World) -> None:
    partnership = accepted(world, a_case(world))
    change_contact(partnership=partnership, contact=world.anton, actor=world.anna, now=on(1))
    html = signed_in(client, world.anna).get(reverse("invitation", args=[partnership.invitation_id])).content.decode()
    assert "You have said yes" in html
    assert "Anton Beck" not in html


def test_whoever_has_left_the_unit_sees_no_answer_of_theirs_any_more(client: Client, world: World) -> None:
    case = a_case(world)
    accept_invitation(
        invitation=the_invitation(case, world.ppr), contact=world.anton, actor=world.anna, now=on(hours=1)
    )
    address = reverse("invitation", args=[the_invitation(case, world.ppr).pk])
    assert signed_in(client, world.anna).get(address).status_code == 200
    end_membership(membership=world.anna.memberships.get(), actor=None, now=on(1))
    begin_membership(user=world.anna, unit=world.family, role=Role.PROFESSIONAL, actor=None, now=on(1))
    assert client.get(address).status_code == 404


def test_the_answer_page_costs_the_same_however_many_people_the_unit_has(client: Client, world: World) -> None:
    invitation = the_invitation(a_case(world), world.ppr)
    address = reverse("invitation", args=[invitation.pk])
    signed_in(client, world.anna).get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(4):
        draft = PersonDraft(username=f"more{number}", name=f"Nr. {number}", email="")
        person = register_person(draft=draft, actor=None, now=on(-1), password="!")
        begin_membership(user=person, unit=world.ppr, role=Role.PROFESSIONAL, actor=None, now=on(-1))
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(few) == len(many)
