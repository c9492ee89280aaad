"""Who of a unit is told when the unit is asked: named by those who lead it, and everybody where nobody is named."""

from __future__ import annotations

import pytest
from django.test import Client

from coordination.commands.people import end_membership
from coordination.errors import Forbidden, Unacceptable
from coordination.models import Unit, User
from notifications.commands.receivers import name_receivers
from notifications.models import Receiver
from tests.builders import World, a_case, on
from tests.notifications.reading import in_app, tell
from tests.pages.asking import chosen, said, see, send, words
from tests.pages.desks import text_of


def here(unit: Unit) -> str:
    return f"/enheder/{unit.pk}/besked/"


def told_of_an_ask(world: World, *, unit: Unit | None = None) -> set[str]:
    """Who of a unit is told of a case that it is invited to."""
    people = {name: len(in_app(person)) for name, person in world.people.items()}
    a_case(world, invite=[(unit or world.ppr, None)])
    tell(on(hours=1))
    return {name for name, person in world.people.items() if len(in_app(person)) > people[name]}


def named(unit: Unit) -> set[User]:
    return {receiver.person for receiver in Receiver.objects.filter(unit=unit).select_related("person")}


# --- The page -----------------------------------------------------------------------------------------------
def test_only_those_who_lead_the_unit_come_to_the_page(client: Client, world: World) -> None:
    assert client.get(here(world.ppr)).status_code == 302
    assert see(world.per, "/enheder/999999/besked/").status_code == 404
    for person in (world.anna, world.maja, world.lone):
        assert see(person, here(world.ppr)).status_code == 403
        assert send(person, here(world.ppr), {"people": [world.anna.pk]}).status_code == 403
        assert here(world.ppr) not in words(see(person, f"/enheder/{world.ppr.pk}/"))
    for person in (world.per, world.dorte):
        assert see(person, here(world.ppr)).status_code == 200
        assert here(world.ppr) in words(see(person, f"/enheder/{world.ppr.pk}/"))
    assert not Receiver.objects.exists()


def test_leaders_tick_who_is_told_and_the_unit_says_so_to_them(world: World) -> None:
    assert "Everybody in the unit." in text_of(see(world.per, f"/enheder/{world.ppr.pk}/").content.decode())
    sent = {"people": [world.anna.pk, world.per.pk]}
    assert said(world.per, here(world.ppr), sent) == "From now on 2 people are told when PPR is asked."
    assert named(world.ppr) == {world.anna, world.per}
    assert chosen(see(world.per, here(world.ppr)), "people") == {str(world.anna.pk), str(world.per.pk)}
    assert "Anna Bang, Per Psykolog" in text_of(see(world.per, f"/enheder/{world.ppr.pk}/").content.decode())
    assert said(world.per, here(world.ppr), {"people": [world.anton.pk]}).startswith("From now on 1 person")
    assert named(world.ppr) == {world.anton}
    assert said(world.per, here(world.ppr), {}) == "Everybody in PPR is told when it is asked."
    assert named(world.ppr) == set()


def test_nobody_from_elsewhere_can_be_ticked(world: World) -> None:
    answer = send(world.per, here(world.ppr), {"people": [world.anna.pk, world.maja.pk]})
    assert answer.status_code == 422
    assert chosen(answer, "people") == {str(world.anna.pk)}
    assert not Receiver.objects.exists()


# --- The command --------------------------------------------------------------------------------------------
def test_the_command_refuses_whoever_does_not_lead_the_unit(world: World) -> None:
    for actor in (world.anna, world.lone, world.karin):
        if actor == world.karin:
            name_receivers(unit=world.ppr, people=[world.anna], actor=actor, now=on())  # leads from the very top
        else:
            with pytest.raises(Forbidden):
                name_receivers(unit=world.ppr, people=[world.anna], actor=actor, now=on())
    with pytest.raises(Unacceptable):
        name_receivers(unit=world.ppr, people=[world.maja], actor=world.per, now=on())
    assert named(world.ppr) == {world.anna}


def test_of_a_unit_that_has_closed_nobody_is_named(world: World) -> None:
    Unit.objects.filter(pk=world.ppr.pk).update(closed_at=on())
    with pytest.raises(Forbidden):
        name_receivers(unit=world.ppr, people=[], actor=world.dorte, now=on(1))
    assert see(world.dorte, here(world.ppr)).status_code in (403, 404)


# --- What it does -------------------------------------------------------------------------------------------
def test_those_named_are_told_and_nobody_else_until_they_are_gone(world: World) -> None:
    assert told_of_an_ask(world) == {"anna", "anton", "per"}
    name_receivers(unit=world.ppr, people=[world.anna], actor=world.per, now=on(hours=1))
    assert told_of_an_ask(world) == {"anna"}
    membership = world.anna.memberships.get(unit=world.ppr, ended_at=None)
    end_membership(membership=membership, actor=None, now=on(hours=2))
    assert told_of_an_ask(world) == {"anton", "per"}
    page = see(world.per, here(world.ppr))
    assert chosen(page, "people") == set()
    assert "Anna Bang" not in words(page)
