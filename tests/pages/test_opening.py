"""Opening a case: one page, eight inputs at most, and nothing typed is lost but what must not be kept."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coordination.commands.invitations import accept_invitation
from coordination.commands.people import begin_membership, deactivate_person
from coordination.commands.units import UnitDraft, place_unit, set_relations
from coordination.models import (
    AccessRecord,
    Ask,
    BasisKind,
    Case,
    JoinRequest,
    ReferenceSystem,
    Role,
    StatutoryBasis,
    Theme,
    UnitKind,
    Urgency,
    User,
)
from tests.builders import World, a_case_with_reference, on, term, the_invitation

CPR = "010190-1234"
LATER = (timezone.localdate() + timedelta(days=300)).isoformat()


def signed_in(client: Client, person: User) -> Client:
    client.force_login(person)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def filled(world: World, **changes: Any) -> dict[str, Any]:
    """What Maja's browser sends when she has filled the quick way in."""
    return {
        "submission": str(uuid.uuid4()),
        "unit": world.school.pk,
        "theme": term(Theme, "trivsel").pk,
        "ask": term(Ask, "sparring").pk,
        "urgency": "normal",
        "system": "",
        "number": "",
        "basis": "",
        "ends_on": "",
        "units": [world.ppr.pk],
        **changes,
    }


def with_reference(world: World, **changes: Any) -> dict[str, Any]:
    """The same with a reference, on a consent."""
    system = term(ReferenceSystem, "ppr_journal").pk
    reference = {"system": system, "number": "P-2026-1042", "basis": "consent-both", "ends_on": LATER}
    return filled(world, **{**reference, **changes})


def inputs_of(html: str) -> set[str]:
    """The names that somebody can fill in on the page's form, without what is folded away and need not be opened."""
    form = re.search(r"<form[^>]*open-form.*?</form>", html, re.DOTALL)
    assert form
    shown = re.sub(r"<details (?![^>]*\bopen\b).*?</details>", "", form[0], flags=re.DOTALL)
    fields = re.findall(r"<(?:input|select)[^>]*>", shown)
    names = {match[1] for tag in fields if 'type="hidden"' not in tag if (match := re.search(r'name="([^"]+)"', tag))}
    return names - {"search"}  # finds units to tick; it is no part of what is sent


def test_somebody_without_a_unit_is_told_so(client: Client, world: World) -> None:
    stranger = User.objects.create_user("stranger", name="Uden Enhed")
    response = signed_in(client, stranger).get(reverse("open_case"))
    assert response.status_code == 403
    assert "do not belong to a unit" in response.content.decode()


def test_the_page_says_what_a_case_is_not_and_what_is_never_written(client: Client, world: World) -> None:
    html = signed_in(client, world.maja).get(reverse("open_case")).content.decode()
    assert "A case is not a notification to the authorities (underretning) and replaces none." in html
    assert "Never write a CPR number or a name." in html


def test_the_page_has_eight_inputs_at_most_even_for_somebody_of_two_units(client: Client, world: World) -> None:
    begin_membership(user=world.maja, unit=world.other_school, role=Role.PROFESSIONAL, actor=None, now=on(-1))
    html = signed_in(client, world.maja).get(reverse("open_case")).content.decode()
    assert inputs_of(html) == {"theme", "ask", "urgency", "system", "number", "basis", "ends_on", "units"}


def test_nothing_but_theme_and_ask_has_to_be_filled_in(client: Client, world: World) -> None:
    data = filled(world)
    quick = {name: data[name] for name in ("submission", "unit", "theme", "ask", "urgency")}
    response = signed_in(client, world.maja).post(reverse("open_case"), quick)
    case = Case.objects.get()
    assert response.headers["Location"] == reverse("case_opened", args=[case.code])
    assert case.invitations.count() == 0


def test_the_quick_way_opens_an_anonymous_case_and_asks_those_ticked(client: Client, world: World) -> None:
    data = filled(world, units=[world.ppr.pk, world.health.pk], urgency="urgent")
    response = signed_in(client, world.maja).post(reverse("open_case"), data)
    case = Case.objects.get()
    assert response.status_code == 302
    assert (case.holder, case.holder_unit, case.urgency) == (world.maja, world.school, Urgency.URGENT)
    assert {invitation.unit for invitation in case.invitations.all()} == {world.ppr, world.health}
    assert case.bases.get().kind == BasisKind.ANONYMOUS
    assert not case.references.exists()


def test_a_case_is_opened_with_a_reference_on_a_consent(client: Client, world: World) -> None:
    response = signed_in(client, world.maja).post(reverse("open_case"), with_reference(world))
    case = Case.objects.get()
    assert response.status_code == 302
    assert case.references.count() == 1
    assert case.bases.get().kind == BasisKind.CONSENT
    assert "1042" not in response.headers["Location"]


def test_a_legal_basis_needs_no_day(client: Client, world: World) -> None:
    legal = term(StatutoryBasis, "statutory")
    data = with_reference(world, basis=f"statutory-{legal.pk}", ends_on="no day at all")
    signed_in(client, world.maja).post(reverse("open_case"), data)
    assert Case.objects.get().bases.get().statutory == legal


def test_without_a_reference_what_stands_under_basis_is_left_alone(client: Client, world: World) -> None:
    data = filled(world, basis="consent-both", ends_on="no day at all")
    signed_in(client, world.maja).post(reverse("open_case"), data)
    assert Case.objects.get().bases.get().kind == BasisKind.ANONYMOUS


def test_the_page_afterwards_says_who_was_asked_by_when_and_who_holds_the_baton(client: Client, world: World) -> None:
    response = signed_in(client, world.maja).post(reverse("open_case"), filled(world), follow=True)
    html = response.content.decode()
    assert "PPR" in html
    assert "answer by" in html
    assert "their leader is told" in html
    assert "You hold the baton until somebody has said yes to taking it over." in html
    assert AccessRecord.objects.filter(case=Case.objects.get(), viewer=world.maja).count() == 1


def test_the_page_afterwards_is_for_the_holder_only(client: Client, world: World) -> None:
    case = a_case_with_reference(world)
    address = reverse("case_opened", args=[case.code])
    assert signed_in(client, world.mads).get(address).status_code == 404
    accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.anna, now=on(0.1))
    assert signed_in(client, world.anna).get(address).status_code == 404
    assert signed_in(client, world.maja).get(address).status_code == 200


@pytest.mark.parametrize("number", [CPR, f"1{CPR}"])
@pytest.mark.parametrize("system", ["", "sbsys", "aula"])
def test_a_cpr_number_is_refused_for_every_system_and_never_shown_again(
    client: Client, world: World, system: str, number: str
) -> None:
    chosen = term(ReferenceSystem, system).pk if system else ""
    data = with_reference(world, system=chosen, number=number)
    response = signed_in(client, world.maja).post(reverse("open_case"), data)
    html = response.content.decode()
    assert response.status_code == 422
    assert "looks like a CPR number" in html
    assert CPR not in html
    assert str(response.context["form"]["units"]).count("checked") == 1
    assert response.context["form"]["ends_on"].value() == LATER
    assert not Case.objects.exists()


def test_a_cpr_number_is_not_shown_again_when_only_units_were_looked_for(client: Client, world: World) -> None:
    data = with_reference(world, number=CPR, find="1", search=CPR)
    response = signed_in(client, world.maja).post(reverse("open_case_partners"), data)
    assert response.status_code == 200
    assert CPR not in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"theme": ""}, "theme"),
        ({"ask": "999999"}, "ask"),
        ({"urgency": "at once"}, "urgency"),
        ({"number": "P-2026-1042"}, "system"),
        ({"units": ["999999"]}, "units"),
        ({"units": ["x"]}, "units"),
        ({"unit": "999999"}, "unit"),
    ],
)
def test_wrong_input_is_shown_again_with_everything_typed(
    client: Client, world: World, changes: dict[str, Any], field: str
) -> None:
    data = filled(world, **changes)
    response = signed_in(client, world.maja).post(reverse("open_case"), data)
    form = response.context["form"]
    assert response.status_code == 422
    assert field in form.errors
    assert str(form["submission"].value()) == data["submission"]
    assert str(form["number"].value()) == data["number"]
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "not like that"}, "number"),
        ({"ends_on": ""}, "ends_on"),
        ({"ends_on": "2001-01-01"}, "ends_on"),
        ({"ends_on": "31-02-2027"}, "ends_on"),
        ({"basis": "statutory-0"}, "basis"),
        ({"basis": ""}, "basis"),
    ],
)
def test_a_reference_takes_a_number_and_a_basis(
    client: Client, world: World, changes: dict[str, Any], field: str
) -> None:
    response = signed_in(client, world.maja).post(reverse("open_case"), with_reference(world, **changes))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Case.objects.exists()


def test_a_reference_without_a_basis_stays_in_ones_own_unit(client: Client, world: World) -> None:
    data = with_reference(world, basis="", units=[world.school.pk])
    assert signed_in(client, world.maja).post(reverse("open_case"), data).status_code == 302


def test_the_same_form_sent_twice_opens_one_case(client: Client, world: World) -> None:
    data = filled(world)
    first = signed_in(client, world.maja).post(reverse("open_case"), data)
    second = client.post(reverse("open_case"), data)
    assert Case.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_the_same_reference_tells_only_that_an_open_case_exists(client: Client, world: World) -> None:
    case = a_case_with_reference(world)
    data = with_reference(world, unit=world.other_school.pk, units=[world.health.pk])
    response = signed_in(client, world.ove).post(reverse("open_case"), data)
    html = response.content.decode()
    assert response.status_code == 409
    assert "An open case has this reference already" in html
    assert reverse("join_ask") in html
    for secret in (case.code, world.maja.name, world.school.name):
        assert secret not in html
    assert response.context["form"]["number"].value() == "P-2026-1042"
    assert Case.objects.count() == 1


def test_asking_to_join_sends_what_was_typed_and_puts_the_number_nowhere(client: Client, world: World) -> None:
    case = a_case_with_reference(world)
    data = with_reference(world, unit=world.other_school.pk, units=[world.health.pk])
    signed_in(client, world.ove).post(reverse("open_case"), data)
    response = client.post(reverse("join_ask"), data)
    asked = JoinRequest.objects.get()
    assert (asked.case, asked.unit, asked.asked_by) == (case, world.other_school, world.ove)
    assert response.headers["Location"] == reverse("join_request", args=[asked.pk])
    assert "1042" not in str(dict(client.session))


def test_somebody_who_takes_part_is_led_to_the_case(client: Client, world: World) -> None:
    case = a_case_with_reference(world)
    response = signed_in(client, world.maja).post(reverse("open_case"), with_reference(world))
    assert response.status_code == 409
    assert reverse("case", args=[case.code]) in response.content.decode()


def test_asking_to_join_a_case_that_is_gone_says_so_and_keeps_what_was_typed(client: Client, world: World) -> None:
    response = signed_in(client, world.ove).post(reverse("join_ask"), with_reference(world, unit=world.other_school.pk))
    assert response.status_code == 409
    assert "no open case with this reference" in response.content.decode()
    assert response.context["form"]["number"].value() == "P-2026-1042"


def test_where_a_colleague_has_asked_already_theirs_is_the_ask_that_counts(client: Client, world: World) -> None:
    a_case_with_reference(world)
    begin_membership(user=world.mads, unit=world.other_school, role=Role.PROFESSIONAL, actor=None, now=on(-1))
    data = {"unit": world.other_school.pk}
    signed_in(client, world.ove).post(reverse("join_ask"), with_reference(world, **data))
    response = signed_in(client, world.mads).post(reverse("join_ask"), with_reference(world, **data), follow=True)
    assert JoinRequest.objects.get().asked_by == world.ove
    assert response.status_code == 200
    assert "Ove Odgaard has asked already, for Åskolen" in response.content.decode()


def test_asking_to_join_takes_a_reference(client: Client, world: World) -> None:
    response = signed_in(client, world.maja).post(reverse("join_ask"), filled(world))
    assert response.status_code == 422
    assert "system" in response.context["form"].errors


@pytest.mark.parametrize("name", ["open_case_partners", "join_ask"])
def test_a_visit_to_what_is_only_sent_leads_to_the_page(client: Client, world: World, name: str) -> None:
    response = signed_in(client, world.maja).get(reverse(name))
    assert response.headers["Location"] == reverse("open_case")


def test_the_themes_usual_helpers_are_suggested_first(client: Client, world: World) -> None:
    signed_in(client, world.maja)
    data = filled(world, theme=term(Theme, "hverdag").pk, units=[])
    html = client.post(reverse("open_case_partners"), data, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in html
    assert html.index("Often help with this") < html.index("PPR")
    plain = client.get(reverse("open_case")).content.decode()
    assert "Often help with this" not in plain
    assert all(name in plain for name in ("PPR", "Sundhedsplejen", "Familieafdelingen"))
    assert "Åskolen" not in plain


def test_looking_for_units_keeps_ticks_and_everything_typed_and_opens_nothing(client: Client, world: World) -> None:
    data = with_reference(world, find="1", search="ÅSK", units=[world.ppr.pk, world.kindergarten.pk])
    response = signed_in(client, world.maja).post(reverse("open_case_partners"), data)
    form = response.context["form"]
    html = str(form["units"])
    assert response.status_code == 200
    assert not form.errors
    assert {"Åskolen", "Børnehuset Solsikken"} <= set(re.findall(r"[^<>]+", html))
    assert html.count("checked") == 2
    assert form["number"].value() == "P-2026-1042"
    assert not Case.objects.exists()


def test_enter_in_the_search_field_finds_and_elsewhere_opens(client: Client, world: World) -> None:
    signed_in(client, world.maja).post(reverse("open_case"), filled(world, enter="1", search="åsk"))
    assert not Case.objects.exists()
    client.post(reverse("open_case"), filled(world, enter="1", search=" "))
    assert Case.objects.count() == 1


def test_a_case_is_opened_for_the_unit_that_was_chosen(client: Client, world: World) -> None:
    begin_membership(user=world.maja, unit=world.other_school, role=Role.PROFESSIONAL, actor=None, now=on(-1))
    html = signed_in(client, world.maja).get(reverse("open_case"), {"enhed": world.other_school.pk}).content.decode()
    assert f'name="unit" value="{world.other_school.pk}"' in html
    client.post(reverse("open_case"), filled(world, unit=world.other_school.pk))
    assert Case.objects.get().holder_unit == world.other_school


def test_a_case_is_not_opened_for_a_unit_of_others(client: Client, world: World) -> None:
    response = signed_in(client, world.maja).post(reverse("open_case"), filled(world, unit=world.ppr.pk))
    assert response.status_code == 422
    assert not Case.objects.exists()


def test_units_show_how_fast_they_usually_answer(client: Client, world: World) -> None:
    for hours in range(5):
        case = a_case_with_reference(world, f"P-2026-{hours + 1}")
        accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.anna, now=on(1, hours=hours))
    html = signed_in(client, world.maja).get(reverse("open_case")).content.decode()
    assert "usually answers within 1 working day" in html


def test_the_page_costs_the_same_however_many_units_there_are(
    client: Client, world: World, django_assert_num_queries: Any
) -> None:
    signed_in(client, world.maja)
    client.get(reverse("open_case"))
    with CaptureQueriesContext(connection) as before:
        client.get(reverse("open_case"))
    for number in range(4):
        draft = UnitDraft(code=f"more{number}", name=f"Hold {number}", kind=term(UnitKind, "ppr"), parent=world.town)
        unit = place_unit(draft=draft, actor=None, now=on(-1))
        set_relations(unit=unit, serves=[world.town], continues_at=None, actor=None, now=on(-1))
    with django_assert_num_queries(len(before)):
        client.get(reverse("open_case"))


def test_somebody_deactivated_opens_nothing(client: Client, world: World) -> None:
    signed_in(client, world.mads)
    deactivate_person(user=world.mads, actor=world.lone, now=on())
    response = client.post(reverse("open_case"), filled(world))
    assert response.headers["Location"].startswith(reverse("sign_in"))
    assert not Case.objects.exists()
