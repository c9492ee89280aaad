"""Who can do what: the units; and being away."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination.commands.invitations import decline_invitation
from coordination.commands.people import set_absence
from coordination.commands.units import UnitDraft, close_unit, place_unit, set_offers, set_relations
from coordination.models import Absence, Ask, DeclineReason, Event, EventKind, UnitKind, User
from tests.builders import World, a_case, accepted, day, on, term, the_invitation

OFFERS = "/enheder/{}/kan/"


@pytest.fixture(autouse=True)
def on_the_monday() -> Any:
    """Every page is asked for at noon of the Monday of the tests."""
    with time_machine.travel(on(hours=3), tick=False):
        yield


def signed_in(person: User) -> Client:
    """A browser in which somebody has signed in, in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def read(person: User, address: str) -> str:
    """A page that somebody gets."""
    answer = signed_in(person).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def another_municipality() -> Any:
    """A municipality beside, with one school."""
    town = place_unit(draft=UnitDraft("other", "Storby Kommune", term(UnitKind, "kommune")), actor=None, now=on(-9))
    return place_unit(draft=UnitDraft("far", "Fjernskolen", term(UnitKind, "skole"), town), actor=None, now=on(-9))


# --- The list -----------------------------------------------------------------------------------------------
def test_everybody_sees_the_open_units_of_their_municipality_below_what_they_belong_to(world: World) -> None:
    another_municipality()
    close_unit(unit=world.other_school, actor=None, now=on())
    page = read(world.maja, "/enheder/")
    assert all(name in page for name in ("Lilleby Kommune", "Bakkeskolen", "PPR", "Børnehuset Solsikken"))
    assert "Åskolen" not in page
    assert "Fjernskolen" not in page
    assert page.index("Dagtilbud</h2>") < page.index("Børnehuset Solsikken") < page.index("Lilleby Kommune</h2>")


@pytest.mark.parametrize("typed", ["åsk", "ÅSK", "Åskolen", "skolen å"])
def test_a_name_is_found_however_it_is_spelled(world: World, typed: str) -> None:
    page = read(world.maja, f"/enheder/?navn={typed}")
    assert "Åskolen" in page
    assert "Bakkeskolen" not in page


def test_units_are_narrowed_down_by_kind_and_by_what_they_can_be_asked_for(world: World) -> None:
    set_offers(unit=world.health, offers=[term(Ask, "sparring")], actor=None, now=on())
    by_kind = read(world.maja, "/enheder/?slags=skole")
    assert "Åskolen" in by_kind
    assert "Sundhedsplejen</a>" not in by_kind
    by_ask = read(world.maja, "/enheder/?kan=sparring")
    assert "Sundhedsplejen</a>" in by_ask
    assert "Åskolen" not in by_ask


def test_nothing_found_says_what_to_try(world: World) -> None:
    assert "No unit was found" in read(world.maja, "/enheder/?navn=zzz&slags=x&page=8")


@pytest.mark.parametrize("query", ["navn=%00skolen", "slags=%00", "kan=%00", "slags=no-such-kind", "kan=no-such-ask"])
def test_what_no_unit_can_have_narrows_nothing_down(world: World, query: str) -> None:
    assert "Bakkeskolen" in read(world.maja, f"/enheder/?{query}")


@pytest.mark.parametrize("address", ["/enheder/", "/fravaer/"])
def test_something_like_a_cpr_number_stays_neither_on_the_page_nor_in_its_address(world: World, address: str) -> None:
    client = signed_in(world.lone)
    assert client.get(f"{address}?navn=010190-1234")["Location"] == address
    page = client.get(address).content.decode()
    assert "That looks like a CPR number." in page
    assert "010190" not in page


def test_a_cpr_number_is_seen_however_far_out_in_what_was_typed_it_stands(world: World) -> None:
    answer = signed_in(world.maja).get(f"/enheder/?navn={'x' * 55} 010190-1234")
    assert answer["Location"] == "/enheder/"


def test_more_units_cost_no_more_queries(world: World, django_assert_max_num_queries: Any) -> None:
    def count() -> int:
        client = signed_in(world.maja)
        with django_assert_max_num_queries(30) as captured:
            client.get("/enheder/")
        return len(captured)

    before = count()
    for number in range(5):
        unit = UnitDraft(f"more{number}", f"Skole {number}", term(UnitKind, "skole"), world.schools)
        placed = place_unit(draft=unit, actor=None, now=on())
        set_offers(unit=placed, offers=[term(Ask, "sparring")], actor=None, now=on())
    assert count() == before


# --- The card -----------------------------------------------------------------------------------------------
def test_a_card_says_what_a_unit_does_for_whom_and_who_leads_it(world: World) -> None:
    set_offers(unit=world.ppr, offers=[term(Ask, "sparring")], actor=None, now=on())
    set_relations(unit=world.school, serves=[], continues_at=world.other_school, actor=None, now=on())
    ppr, school = read(world.maja, f"/enheder/{world.ppr.pk}/"), read(world.maja, f"/enheder/{world.school.pk}/")
    assert term(Ask, "sparring").label_en in ppr
    assert "Lilleby Kommune" in ppr.split("For whom we work")[1]
    assert "Per Psykolog (leader)" in ppr
    assert "Too few answers yet" in ppr
    assert "Older pupils go on at" in school
    assert "Åskolen" in school
    assert "Pupils come here from" in read(world.maja, f"/enheder/{world.other_school.pk}/")


def test_a_unit_without_a_leader_names_the_one_above(world: World) -> None:
    assert "Dorte Dahl, Lilleby Kommune" in read(world.maja, f"/enheder/{world.health.pk}/")


def test_a_closed_unit_says_so(world: World) -> None:
    close_unit(unit=world.other_school, actor=None, now=on())
    assert "This unit has closed (today)." in read(world.maja, f"/enheder/{world.other_school.pk}/")


def test_units_of_another_municipality_are_not_found(world: World) -> None:
    far = another_municipality()
    client = signed_in(world.maja)
    assert client.get(f"/enheder/{far.pk}/").status_code == 404
    assert client.get(OFFERS.format(far.pk)).status_code == 404
    assert client.get("/enheder/999999/").status_code == 404


def test_how_fast_a_unit_answers_is_measured_in_working_days_of_the_last_year(world: World) -> None:
    def answered(days_after: int, times: int, begin: int = -20) -> None:
        for _time in range(times):
            case = a_case(world, now=on(begin))
            accepted(world, case, now=on(begin + days_after))

    address = f"/enheder/{world.ppr.pk}/"
    answered(days_after=5, times=6, begin=-400)  # too long ago
    answered(days_after=0, times=2)
    case = a_case(world, now=on(-20))
    decline_invitation(
        invitation=the_invitation(case, world.ppr),
        reason=term(DeclineReason, "no_capacity"),
        onward=None,
        actor=world.anna,
        now=on(-18),
    )
    answered(days_after=2, times=1)
    assert "Too few answers yet" in read(world.maja, address)
    answered(days_after=7, times=1)
    # Asked on Tuesday 25 August: the same day twice, two working days twice, five once.
    assert "Within 2 working days" in read(world.maja, address)


# --- What a unit can be asked for ---------------------------------------------------------------------------
def test_only_those_who_lead_a_unit_change_what_it_can_be_asked_for(world: World) -> None:
    address = OFFERS.format(world.ppr.pk)
    for person in (world.anna, world.lone):
        assert address not in read(person, f"/enheder/{world.ppr.pk}/")
        assert signed_in(person).get(address).status_code == 403
        assert signed_in(person).post(address, {"submission": uuid.uuid4(), "offers": []}).status_code == 403
    for person in (world.per, world.dorte):
        assert address in read(person, f"/enheder/{world.ppr.pk}/")
        assert signed_in(person).get(address).status_code == 200


def test_a_closed_unit_is_not_changed(world: World) -> None:
    close_unit(unit=world.ppr, actor=None, now=on())
    assert signed_in(world.dorte).get(OFFERS.format(world.ppr.pk)).status_code == 403


def test_an_ask_that_is_none_is_refused_and_the_others_stay_ticked(world: World) -> None:
    ask = term(Ask, "sparring")
    answer = signed_in(world.per).post(
        OFFERS.format(world.ppr.pk), {"submission": uuid.uuid4(), "offers": [ask.pk, 999999]}
    )
    assert answer.status_code == 422
    ticked = re.findall(r'<input type="checkbox"[^>]*value="(\d+)"[^>]* checked', answer.content.decode())
    assert ticked == [str(ask.pk)]
    assert not world.ppr.offers.exists()


@pytest.mark.parametrize("typed", ["9" * 30, "1" * 5000, "x", "\0"])
def test_what_cannot_be_an_id_is_refused(world: World, typed: str) -> None:
    answer = signed_in(world.per).post(OFFERS.format(world.ppr.pk), {"submission": uuid.uuid4(), "offers": [typed]})
    assert answer.status_code == 422


def test_a_leader_sets_what_the_unit_can_be_asked_for_once_however_often_it_is_sent(world: World) -> None:
    ask = term(Ask, "sparring")
    client, form = signed_in(world.per), {"submission": uuid.uuid4(), "offers": [ask.pk]}
    for _time in range(2):
        answer = client.post(OFFERS.format(world.ppr.pk), form)
        assert answer["Location"] == f"/enheder/{world.ppr.pk}/"
    assert list(world.ppr.offers.all()) == [ask]
    assert Event.objects.filter(kind=EventKind.UNIT_CHANGED, actor=world.per).count() == 1
    assert "Everybody can now see" in client.get(answer["Location"]).content.decode()


def test_an_ask_that_is_retired_stays_with_a_unit_that_has_it_and_is_offered_to_no_other(world: World) -> None:
    ask = term(Ask, "sparring")
    set_offers(unit=world.ppr, offers=[ask], actor=None, now=on())
    Ask.objects.filter(pk=ask.pk).update(is_retired=True)
    assert f'name="offers" value="{ask.pk}"' in read(world.per, OFFERS.format(world.ppr.pk))
    assert f'name="offers" value="{ask.pk}"' not in read(world.lone, OFFERS.format(world.school.pk))


# --- Being away ---------------------------------------------------------------------------------------------
def away(person: User, *, query: str = "", **changes: Any) -> Any:
    """Send the form of the page as somebody: away from tomorrow to Friday."""
    form = {"submission": uuid.uuid4(), "first_on": day(1).isoformat(), "last_on": day(4).isoformat(), **changes}
    return signed_in(person).post(f"/fravaer/{query}", form)


def test_a_colleague_is_offered_as_stand_in_and_others_when_searched_for(world: World) -> None:
    page = read(world.maja, "/fravaer/")
    assert "Mads Munk" in page
    assert "Lone Leder" in page
    assert "Anna Bang" not in page
    answer = away(world.maja, words="ANNA", find="1")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert f'<option value="{world.anna.pk}">Anna Bang</option>' in page
    assert f'value="{day(4).isoformat()}"' in page
    assert not Absence.objects.exists()


def test_one_says_that_one_is_away_and_who_stands_in(world: World) -> None:
    client = signed_in(world.maja)
    form = {
        "submission": str(uuid.uuid4()),
        "first_on": day(1).isoformat(),
        "last_on": "18-09-2026",
        "stand_in": world.anna.pk,
    }
    for _time in range(2):
        answer = client.post("/fravaer/", form)
        assert answer["Location"] == "/fravaer/"
    absence = Absence.objects.get()
    assert (absence.user, absence.stand_in) == (world.maja, world.anna)
    assert (absence.first_on, absence.last_on) == (day(1), day(4))
    page = client.get("/fravaer/").content.decode()
    assert "You are away from tomorrow to Friday, both included. Anna Bang sees and answers for you." in page
    assert "Anna Bang stands in" in page
    assert "You stand in for" in read(world.anna, "/fravaer/")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"last_on": ""}, "Last day away"),
        ({"first_on": "31-02-2026"}, "Write the day like"),
        ({"last_on": "2026-09-14", "first_on": "2026-09-16"}, "The last day comes before the first."),
        ({"stand_in": ""}, "Who stands in?"),
        ({"stand_in": "999999"}, "Who stands in?"),
        ({"stand_in": "²"}, "Who stands in?"),
        ({"submission": "x"}, "The form was not sent whole."),
    ],
)
def test_what_cannot_be_is_refused_with_everything_kept(world: World, wrong: dict[str, str], said: str) -> None:
    typed = {"stand_in": str(world.anna.pk), **wrong}
    answer = away(world.maja, **typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page.split("error-summary", 1)[1]
    assert not Absence.objects.exists()
    if "stand_in" not in wrong:
        assert f'<option value="{world.anna.pk}" selected>Anna Bang</option>' in page
    if wrong.get("first_on") == "31-02-2026":
        assert 'value="31-02-2026"' in page


def test_a_stand_in_of_another_municipality_or_oneself_is_refused(world: World) -> None:
    assert away(world.maja, stand_in=world.maja.pk).status_code == 422
    assert not Absence.objects.exists()


def test_days_on_which_one_is_away_already_are_a_conflict(world: World) -> None:
    assert away(world.maja, stand_in=world.mads.pk).status_code == 302
    answer = away(world.maja, stand_in=world.anna.pk)
    assert answer.status_code == 409
    assert "away on some of these days" in answer.content.decode()


def test_something_like_a_cpr_number_in_the_search_is_not_repeated(world: World) -> None:
    for changes in ({"find": "1"}, {"stand_in": ""}):
        page = away(world.maja, words="010190-1234", **changes).content.decode()
        assert "010190" not in page
        assert f'value="{day(4).isoformat()}"' in page


def test_a_leader_says_it_for_their_people_and_for_nobody_else(world: World) -> None:
    assert "?person=" in read(world.lone, "/fravaer/")
    assert "?person=" not in read(world.maja, "/fravaer/")
    answer = away(world.lone, query=f"?person={world.maja.pk}", stand_in=world.mads.pk)
    assert answer.status_code == 302
    assert Absence.objects.get().user == world.maja
    for person, other in ((world.maja, world.mads), (world.lone, world.anna), (world.per, world.maja)):
        assert signed_in(person).get(f"/fravaer/?person={other.pk}").status_code == 404
        assert away(person, query=f"?person={other.pk}", stand_in=world.dorte.pk).status_code == 404
    for nobody in ("0", "x", "²", "9" * 40):
        assert signed_in(world.lone).get(f"/fravaer/?person={nobody}").status_code == 404
    assert Absence.objects.count() == 1


def test_the_leader_at_the_top_finds_people_far_below_by_name(world: World) -> None:
    assert "Maja Holm" not in read(world.dorte, "/fravaer/")
    assert f"?person={world.maja.pk}" in read(world.dorte, "/fravaer/?navn=maja")


@pytest.mark.parametrize("field", ["stand_in", "words"])
@pytest.mark.parametrize("button", ["", "find"])
@pytest.mark.parametrize("typed", ["1" * 5000, "9" * 19, "a" * 60_000, "\0"])
def test_what_nobody_would_type_is_refused_or_finds_nobody(world: World, field: str, button: str, typed: str) -> None:
    form = {"first_on": str(day(1)), "last_on": str(day(2)), "words": "", "submission": uuid.uuid4(), field: typed}
    answer = signed_in(world.maja).post("/fravaer/", {**form, button: "1"} if button else form)
    assert answer.status_code == (200 if button else 422)
    assert not Absence.objects.exists()


# --- Being back ---------------------------------------------------------------------------------------------
def an_absence(world: World, first_on: date) -> Absence:
    """Maja is away for five days; Mads stands in."""
    return set_absence(
        user=world.maja,
        stand_in=world.mads,
        first_on=first_on,
        last_on=first_on + timedelta(days=4),
        actor=world.maja,
        now=on(-3),
    )


def end(person: User, absence_pk: int, submission: object = None) -> Any:
    """Press the button that ends an absence."""
    form = {"submission": submission or uuid.uuid4()}
    return signed_in(person).post(reverse("absence_end", args=[absence_pk]), form)


def test_an_absence_is_ended_by_its_person_or_their_leader(world: World) -> None:
    absence = an_absence(world, day(-1))
    for person in (world.mads, world.anna, world.per):
        assert end(person, absence.pk).status_code == 404
    absence.refresh_from_db()
    assert absence.last_on == day(3)
    assert end(world.lone, absence.pk).status_code == 302
    absence.refresh_from_db()
    assert absence.last_on == day(-1)


def test_an_absence_that_has_not_begun_is_taken_back_once_however_often_it_is_sent(world: World) -> None:
    absence, key = an_absence(world, day(2)), uuid.uuid4()
    for _time in range(2):
        assert end(world.maja, absence.pk, key)["Location"] == "/fravaer/"
    assert not Absence.objects.exists()
    assert Event.objects.filter(kind=EventKind.ABSENCE_ENDED).count() == 1
    assert end(world.maja, absence.pk).status_code == 404


def test_an_absence_that_is_over_is_a_conflict(world: World) -> None:
    absence = an_absence(world, day(-1))
    assert end(world.maja, absence.pk).status_code == 302
    answer = end(world.maja, absence.pk)
    assert answer.status_code == 409
    assert "This absence is over already." in answer.content.decode()


def test_ending_takes_a_post(world: World) -> None:
    absence = an_absence(world, day(-1))
    assert signed_in(world.maja).get(reverse("absence_end", args=[absence.pk]))["Location"] == "/fravaer/"
    absence.refresh_from_db()
    assert absence.last_on == day(3)
