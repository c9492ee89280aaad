"""Inviting: sent, taken back, followed by others after a no; and what becomes of a partner's part."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.commands.bases import withdraw_basis
from coordination.commands.cases import close_case
from coordination.commands.invitations import (
    decline_invitation,
    leave_case,
)
from coordination.models import (
    Ask,
    Case,
    CaseOutcome,
    DeadlineKind,
    DeclineReason,
    Invitation,
    InvitationState,
    LeaveReason,
    Partnership,
    PartnershipEnd,
    PartnershipOutcome,
    User,
)
from tests.builders import World, a_case, a_case_with_reference, accepted, on, term, the_invitation


def signed_in(client: Client, person: User) -> Client:
    client.force_login(person)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def sent(**fields: Any) -> dict[str, Any]:
    """What a form sends, with a key of its own."""
    return {"submission": str(uuid.uuid4()), **fields}


def a_no(case: Case, world: World, **changes: Any) -> Invitation:
    """Anna says no for PPR, and does not know who else."""
    how = {"reason": term(DeclineReason, "no_capacity"), "actor": world.anna, "now": on(hours=1)}
    return decline_invitation(invitation=the_invitation(case, world.ppr), **{**how, **changes})


# --- Inviting --------------------------------------------------------------------------------------------------


def test_only_the_holder_invites(client: Client, world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    address = reverse("invite", args=[case.code])
    assert signed_in(client, world.hanne).get(address).status_code == 404
    assert signed_in(client, world.anna).get(address).status_code == 403
    assert signed_in(client, world.lone).get(address).status_code == 403
    assert signed_in(client, world.maja).get(address).status_code == 200


def test_a_closed_case_invites_nobody(client: Client, world: World) -> None:
    case = a_case(world)
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(1))
    assert signed_in(client, world.maja).get(reverse("invite", args=[case.code])).status_code == 409


def test_an_invitation_goes_out_and_the_message_says_who_owes_what(client: Client, world: World) -> None:
    case = a_case(world)
    data = sent(units=world.health.pk, ask=term(Ask, "observe").pk)
    address = reverse("invite", args=[case.code])
    first = signed_in(client, world.maja).post(address, data)
    second = client.post(address, data)
    assert first.headers["Location"] == second.headers["Location"] == reverse("case", args=[case.code])
    invitation = case.invitations.get(unit=world.health)
    assert (invitation.person, invitation.ask.code) == (None, "observe")
    [message] = list(client.get(reverse("units")).context["messages"])
    assert str(message).startswith("Sundhedsplejen has been asked and answers by ")
    assert "You hold the baton" in str(message)


def test_somebody_certain_in_the_unit_may_be_asked(client: Client, world: World) -> None:
    case = a_case(world)
    ask = term(Ask, "observe").pk
    address = reverse("invite", args=[case.code])
    response = signed_in(client, world.maja).post(address, sent(units=world.kindergarten.pk, ask=ask, find="people"))
    assert response.status_code == 200
    assert "Rikke Ravn" in str(response.context["form"]["person"])
    assert "Anna Bang" not in str(response.context["form"]["person"])
    client.post(address, sent(units=world.kindergarten.pk, ask=ask, person=world.rikke.pk))
    assert case.invitations.get(unit=world.kindergarten).person == world.rikke


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"units": ""}, "units"), ({"units": "999999"}, "units"), ({"ask": ""}, "ask"), ({"person": "999999"}, "person")],
)
def test_a_wrong_invitation_is_shown_again(client: Client, world: World, changes: dict[str, Any], field: str) -> None:
    case = a_case(world)
    data = sent(**{"units": world.health.pk, "ask": term(Ask, "observe").pk, **changes})
    response = signed_in(client, world.maja).post(reverse("invite", args=[case.code]), data)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert case.invitations.count() == 1


def test_a_unit_that_has_been_invited_already_is_not_offered_and_is_refused(client: Client, world: World) -> None:
    case = a_case(world)
    address = reverse("invite", args=[case.code])
    assert "PPR" not in str(signed_in(client, world.maja).get(address).context["field"])
    response = client.post(address, sent(units=world.ppr.pk, ask=term(Ask, "observe").pk))
    assert response.status_code == 409
    assert "has been invited already" in response.content.decode()


def test_looking_for_a_unit_invites_nobody(client: Client, world: World) -> None:
    case = a_case(world)
    data = sent(units=world.health.pk, ask=term(Ask, "observe").pk, find="1", search="")
    assert signed_in(client, world.maja).post(reverse("invite", args=[case.code]), data).status_code == 200
    assert case.invitations.count() == 1


def test_after_a_no_the_unit_it_pointed_to_is_chosen_already(client: Client, world: World) -> None:
    case = a_case(world)
    no = a_no(case, world, onward=world.health)
    address = f"{reverse('invite', args=[case.code])}?efter={no.pk}"
    response = signed_in(client, world.maja).get(address)
    assert "PPR said no and points to Sundhedsplejen." in response.content.decode()
    assert "PPR" not in str(response.context["field"])
    values = {name: response.context["form"][name].value() for name in ("units", "ask")}
    assert values == {"units": world.health.pk, "ask": term(Ask, "sparring").pk}
    client.post(address, sent(**values))
    assert case.invitations.get(unit=world.health).follows == no
    assert not case.deadlines.open().filter(kind=DeadlineKind.FIND_PARTNER).exists()


@pytest.mark.parametrize("efter", ["x", "0", "999999999999999999999999", "²"])
def test_an_address_that_names_no_such_invitation_is_a_plain_one(client: Client, world: World, efter: str) -> None:
    address = reverse("invite", args=[a_case(world).code])
    assert signed_in(client, world.maja).get(address, {"efter": efter}).context["follows"] is None


def test_inviting_costs_the_same_however_many_were_invited(client: Client, world: World) -> None:
    few = a_case(world)
    many = a_case(world, invite=[(world.ppr, None), (world.other_school, None), (world.kindergarten, None)])
    signed_in(client, world.maja).get(reverse("invite", args=[few.code]))
    counts = []
    for case in (few, many):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("invite", args=[case.code]))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Withdrawing, pointing onward, giving up the search -----------------------------------------------------------


def test_only_the_holder_takes_an_invitation_back(client: Client, world: World) -> None:
    case = a_case(world)
    address = reverse("invitation_withdraw", args=[the_invitation(case, world.ppr).pk])
    assert signed_in(client, world.anna).post(address, sent()).status_code == 404
    assert signed_in(client, world.lone).post(address, sent()).status_code == 403
    assert signed_in(client, world.maja).get(address).status_code == 200
    assert the_invitation(case, world.ppr).state == InvitationState.SENT
    data = sent()
    assert client.post(address, data).status_code == client.post(address, data).status_code == 302
    assert the_invitation(case, world.ppr).state == InvitationState.WITHDRAWN
    assert client.get(address).status_code == client.post(address, sent()).status_code == 409


def test_the_leader_points_onward_and_the_holder_asks(client: Client, world: World) -> None:
    case = a_case(world)
    no = a_no(case, world)
    address = reverse("onward", args=[no.pk])
    assert signed_in(client, world.anna).get(address).status_code == 404
    assert signed_in(client, world.maja).get(address).status_code == 403
    page = signed_in(client, world.lone).get(address)
    assert "Maja Holm holds the baton" in page.content.decode()
    assert "PPR" not in str(page.context["field"])
    assert client.post(address, sent(onward="")).status_code == 422
    assert client.post(address, sent(onward="nobody")).status_code == 422
    data = sent(onward=world.family.pk)
    assert client.post(address, data).status_code == client.post(address, data).status_code == 302
    no.refresh_from_db()
    assert no.onward_unit == world.family
    assert client.get(address).status_code == client.post(address, sent(onward=world.family.pk)).status_code == 409


def test_the_holder_says_that_nobody_else_is_needed(client: Client, world: World) -> None:
    case = a_case(world)
    no = a_no(case, world, onward=world.health)
    address = reverse("search_drop", args=[no.pk])
    assert signed_in(client, world.anna).get(address).status_code == 404
    assert signed_in(client, world.lone).get(address).status_code == 403
    assert signed_in(client, world.maja).get(address).status_code == 200
    assert case.deadlines.open().filter(kind=DeadlineKind.FIND_PARTNER).exists()
    data = sent()
    assert client.post(address, data).status_code == client.post(address, data).status_code == 302
    assert not case.deadlines.open().filter(kind=DeadlineKind.FIND_PARTNER).exists()
    assert client.get(address).status_code == client.post(address, sent()).status_code == 409


# --- A partner's part ------------------------------------------------------------------------------------------


def ways_out(world: World, partnership: Partnership) -> dict[str, dict[str, Any]]:
    return {
        "partnership_complete": {"outcome": term(PartnershipOutcome, "as_agreed").pk},
        "partnership_leave": {"reason": term(LeaveReason, "no_capacity").pk},
        "partnership_contact": {"contact": world.anton.pk},
    }


@pytest.mark.parametrize("name", ["partnership_complete", "partnership_leave", "partnership_contact"])
def test_a_partners_part_is_unseen_by_others_and_wants_all_it_asks_for(client: Client, world: World, name: str) -> None:
    partnership = accepted(world, a_case(world))
    address = reverse(name, args=[partnership.pk])
    right = sent(**ways_out(world, partnership)[name])
    assert signed_in(client, world.hanne).get(address).status_code == 404
    assert client.post(address, right).status_code == 404
    assert signed_in(client, world.lone).post(address, right).status_code == 403
    assert signed_in(client, world.anna).get(address).status_code == 200
    assert client.post(address, sent()).status_code == 422
    partnership.refresh_from_db()
    assert (partnership.ended_at, partnership.contact) == (None, world.anna)
    assert client.post(address, right).status_code == client.post(address, right).status_code == 302


@pytest.mark.parametrize("name", ["partnership_complete", "partnership_leave", "partnership_contact"])
def test_a_part_that_is_over_says_so(client: Client, world: World, name: str) -> None:
    partnership = accepted(world, a_case(world))
    leave_case(partnership=partnership, reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(1))
    address = reverse(name, args=[partnership.pk])
    assert signed_in(client, world.anna).get(address).status_code == 409
    data = sent(**ways_out(world, partnership)[name])
    assert client.post(address, data).status_code == 409


def test_the_holder_may_finish_a_partners_part_but_not_leave_for_it(client: Client, world: World) -> None:
    partnership = accepted(world, a_case(world))
    data = ways_out(world, partnership)
    signed_in(client, world.maja)
    leaving = client.post(reverse("partnership_leave", args=[partnership.pk]), sent(**data["partnership_leave"]))
    assert leaving.status_code == 403
    client.post(reverse("partnership_complete", args=[partnership.pk]), sent(**data["partnership_complete"]))
    partnership.refresh_from_db()
    assert partnership.end == PartnershipEnd.COMPLETED


def test_the_leader_of_a_partner_names_another_contact(client: Client, world: World) -> None:
    partnership = accepted(world, a_case(world))
    address = reverse("partnership_contact", args=[partnership.pk])
    choices = str(signed_in(client, world.per).get(address).context["form"]["contact"])
    assert "Anton Beck" in choices
    assert "Anna Bang" not in choices
    assert client.post(address, sent(contact=world.anna.pk)).status_code == 422
    client.post(address, sent(contact=world.anton.pk))
    partnership.refresh_from_db()
    assert partnership.contact == world.anton


def test_whoever_names_another_contact_is_not_sent_to_a_case_they_no_longer_see(client: Client, world: World) -> None:
    address = reverse("partnership_contact", args=[accepted(world, a_case(world)).pk])
    response = signed_in(client, world.anna).post(address, sent(contact=world.anton.pk), follow=True)
    assert response.redirect_chain == [(reverse("desk"), 302)]
    assert response.status_code == 200
    assert client.post(address, sent(contact=world.anna.pk)).status_code == 404
    assert client.post(address, {"submission": "x", "contact": world.anna.pk}).status_code == 404


def test_inviting_without_a_basis_leads_to_recording_one(client: Client, world: World) -> None:
    case = a_case_with_reference(world)
    withdraw_basis(basis=case.bases.get(), actor=world.maja, now=on(1))
    address = reverse("invite", args=[case.code])
    assert reverse("basis_record", args=[case.code]) in signed_in(client, world.maja).get(address).content.decode()
    response = client.post(address, sent(units=world.health.pk, ask=term(Ask, "observe").pk))
    assert response.status_code == 422
    assert "Record a consent or a legal basis" in response.content.decode()
