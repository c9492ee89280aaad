"""Another holder found by a leader: release asked for and taken back, somebody named, and what fell to one kept."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from coordination.commands.handovers import ask_for_release, assign_holder
from coordination.commands.people import deactivate_person, set_absence
from coordination.models import AssignReason, Case, EventKind, HoldingReason, Partnership, Unit, User
from tests.builders import World, a_case, accepted, day, on, term
from tests.pages.asking import said, see, send, words


def key(unit: Unit, person: User) -> str:
    return f"{unit.pk}-{person.pk}"


@pytest.fixture
def case(world: World) -> Case:
    return a_case(world)


@pytest.fixture
def partnership(world: World, case: Case) -> Partnership:
    return accepted(world, case)


# --- Released and named -------------------------------------------------------------------------------------
def test_the_holder_asks_to_be_released_and_the_leader_names_another(world: World, case: Case) -> None:
    url = reverse("release", args=[case.code])
    assert "Lone Leder, Bakkeskolen, is asked to name another holder." in words(see(world.maja, url))
    assert Case.objects.get().release_asked_at is None
    message = said(world.maja, url)
    assert "Lone Leder has been asked to find another holder by Thursday." in message
    assert send(world.maja, url).status_code == 409
    assert see(world.maja, url).status_code == 409
    assign = reverse("assign", args=[case.code])
    page = words(see(world.lone, assign))
    assert "Maja Holm has asked to be released." in page
    assert "Mads Munk" in page
    reason = page.split('name="reason" value="')[1].split('"')[0]
    sent = {"to_person": key(world.school, world.mads), "reason": reason}
    assert said(world.lone, assign, sent) == "Mads Munk, Bakkeskolen, holds the baton now. Both have been told."
    assert Case.objects.get().holder == world.mads


def test_only_the_holder_asks_to_be_released(world: World, case: Case, partnership: Partnership) -> None:
    url = reverse("release", args=[case.code])
    assert send(world.hanne, url).status_code == 404
    assert send(world.anna, url).status_code == 403
    assert send(world.lone, url).status_code == 403
    assert Case.objects.get().release_asked_at is None


def test_a_leader_names_nobody_while_the_holder_is_there(world: World, case: Case, partnership: Partnership) -> None:
    url = reverse("assign", args=[case.code])
    response = see(world.lone, url)
    assert response.status_code == 403
    assert "Now the baton moves only when Maja Holm hands it over." in words(response)
    assert send(world.lone, url, {"to_person": key(world.school, world.mads)}).status_code == 403
    assert see(world.hanne, url).status_code == 404
    assert see(world.maja, url).status_code == 403
    ask_for_release(case=case, actor=world.maja, now=on(hours=2))
    assert see(world.per, url).status_code == 403
    assert see(world.sanne, url).status_code == 200


def test_an_absence_is_why_a_leader_may_name_another(world: World, case: Case) -> None:
    set_absence(
        user=world.maja, stand_in=world.mads, first_on=day(1), last_on=day(3), actor=world.maja, now=on(hours=2)
    )
    assert "Maja Holm is away." in words(see(world.lone, reverse("assign", args=[case.code])))


def test_a_leader_finds_people_only_in_units_that_they_lead(world: World, case: Case) -> None:
    ask_for_release(case=case, actor=world.maja, now=on(hours=2))
    url = reverse("assign", args=[case.code])
    assert "Ove Odgaard" not in words(send(world.lone, url, {"search": "Åskolen", "find": "1"}))
    assert "Ove Odgaard" in words(send(world.sanne, url, {"search": "Åskolen", "find": "1"}))
    sent = {"to_person": key(world.other_school, world.ove), "unit": str(world.other_school.pk)}
    assert send(world.lone, url, sent).status_code == 422
    response = send(world.sanne, url, {**sent})
    assert "Choose why." in words(response)
    assert "Choose a person." not in words(response)
    assert Case.objects.get().holder == world.maja


# --- Taken back ---------------------------------------------------------------------------------------------
def test_a_request_for_release_can_be_taken_back_where_it_is_seen(
    world: World, case: Case, partnership: Partnership
) -> None:
    url, page = reverse("release_withdraw", args=[case.code]), reverse("case", args=[case.code])
    assert url not in words(see(world.maja, page))
    ask_for_release(case=case, actor=world.maja, now=on(hours=2))
    for reader, may in ((world.maja, True), (world.anna, False), (world.lone, False)):
        text = words(see(reader, page))
        assert "Maja Holm has asked to be released" in text
        assert "Lone Leder finds a new holder" in text
        assert (url in text) == may
    text = words(see(world.maja, url))
    assert "Lone Leder no longer has to find another holder, and is told so." in text
    assert Case.objects.get().release_asked_at is not None
    sent = {"submission": str(uuid4())}
    assert said(world.maja, url, sent) == "Taken back. Maja Holm still holds the baton."
    assert Case.objects.get().release_asked_at is None
    assert send(world.maja, url, sent).headers["location"] == page
    text = words(see(world.maja, page))
    assert "Maja Holm keeps the baton after all. Lone Leder no longer has to find another holder." in text
    assert reverse("release", args=[case.code]) in text
    assert url not in text


def test_only_the_holder_takes_the_request_for_release_back_and_only_while_it_waits(
    world: World, case: Case, partnership: Partnership
) -> None:
    url = reverse("release_withdraw", args=[case.code])
    for ask in (see, send):
        assert ask(world.hanne, url).status_code == 404
        assert ask(world.anna, url).status_code == 403
        assert ask(world.lone, url).status_code == 403
        response = ask(world.maja, url)
        assert response.status_code == 409
        assert "No leader is asked to find another holder any more." in words(response)


# --- It fell to a leader ------------------------------------------------------------------------------------
def fallen(world: World, case: Case) -> str:
    """Maja is gone; the address at which Lone, to whom the baton fell, names a holder."""
    deactivate_person(user=world.maja, actor=None, now=on(hours=2))
    return reverse("assign", args=[case.code])


def test_a_leader_keeps_the_baton_that_fell_to_them(world: World, case: Case) -> None:
    url = fallen(world, case)
    page = words(see(world.lone, url))
    assert "Keep the baton yourself" in page
    assert "or keep the baton yourself." in page
    assert "Behold tovholderrollen selv" in words(see(world.lone, url, language="da"))
    reason = term(AssignReason, "fell_to_me")
    sent = {"submission": str(uuid4()), "to_person": key(world.school, world.lone), "reason": str(reason.pk)}
    assert said(world.lone, url, sent) == "You keep the baton."
    assert Case.objects.get().holder == world.lone
    assert case.holdings.get(ended_at=None).reason == HoldingReason.ASSIGNED
    again = send(world.lone, url, sent)
    assert again.headers["location"] == reverse("case", args=[case.code])
    assert case.events.filter(kind=EventKind.HOLDER_ASSIGNED).count() == 1
    assert see(world.lone, url).status_code == 403
    text = words(see(world.lone, reverse("case", args=[case.code])))
    assert "Lone Leder, Bakkeskolen, keeps the baton: The baton fell to me as leader." in text


def test_a_leader_above_is_offered_that_the_one_below_keeps_it(world: World, case: Case) -> None:
    url = fallen(world, case)
    page = words(see(world.sanne, url))
    assert "Lone Leder keeps the baton" in page
    assert "yourself" not in page
    sent = {"to_person": key(world.school, world.lone), "reason": str(term(AssignReason, "fell_to_me").pk)}
    assert said(world.sanne, url, sent) == "Lone Leder, Bakkeskolen, keeps the baton."


def test_a_holder_to_whom_nothing_fell_is_no_choice(world: World, case: Case) -> None:
    ask_for_release(case=case, actor=world.maja, now=on(hours=2))
    url, keeping = reverse("assign", args=[case.code]), key(world.school, world.maja)
    assert keeping not in words(see(world.lone, url))
    reason = str(term(AssignReason, "holder_asked").pk)
    assert send(world.lone, url, {"to_person": keeping, "reason": reason}).status_code == 422


def test_whoever_comes_too_late_to_keep_it_is_told_so(world: World, case: Case) -> None:
    url = fallen(world, case)
    assign_holder(
        case=case,
        to_person=world.mads,
        to_unit=world.school,
        reason=term(AssignReason, "fell_to_me"),
        actor=world.sanne,
        now=on(hours=3),
    )
    response = send(world.lone, url, {"to_person": key(world.school, world.lone)})
    assert response.status_code == 403
    assert Case.objects.get().holder == world.mads
