"""The directory's own words, as screening sees them: of one municipality, and fresh after a short time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from coordination.models import Room
from coordination.queries.known_words import KEPT, forget_known_words, known_words
from coordination.screening import check
from tests.builders import World, day, on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """Begin and end with nothing kept."""
    forget_known_words()
    yield
    forget_known_words()


def is_alarm(text: str, *, root: str = "town", later: timedelta = timedelta(0)) -> bool:
    return bool(check(text, day(), known_words(root, now=on() + later)))


def test_people_units_and_rooms_of_the_municipality_are_no_alarm(world: World) -> None:
    Room.objects.create(unit=world.school, name="Angstrummet")
    assert not is_alarm("Maja Holm kommer i Angstrummet")
    assert not is_alarm("Mads Munk og Anna Bang ses i Bakkeskolen")


def test_of_another_municipality_and_of_none_they_are(world: World) -> None:
    assert world.maja.is_active
    assert is_alarm("Maja Holm kommer", root="elsewhere")
    assert is_alarm("Maja Holm kommer", root="school"), "a unit that is no municipality has no people of its own"


def test_somebody_who_has_left_is_an_alarm_again(world: World) -> None:
    world.maja.memberships.update(ended_at=on(-1))
    assert is_alarm("Maja Holm kommer")


def test_what_was_read_is_kept_for_a_short_time(world: World) -> None:
    assert not is_alarm("Maja Holm kommer")
    world.maja.memberships.update(ended_at=on(-1))
    assert not is_alarm("Maja Holm kommer", later=KEPT - timedelta(seconds=1))
    assert is_alarm("Maja Holm kommer", later=KEPT)


def test_a_clock_that_was_set_back_keeps_nothing(world: World) -> None:
    assert not is_alarm("Maja Holm kommer")
    world.maja.memberships.update(ended_at=on(-1))
    assert is_alarm("Maja Holm kommer", later=timedelta(seconds=-1))
