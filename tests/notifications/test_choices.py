"""How and when each person is told, as they have chosen; who has chosen nothing, by the defaults."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from coordination.commands.people import begin_membership
from coordination.models import ClosingPeriod, Role, User
from notifications.models import Channel, Device, Pace, Preference
from notifications.planning.choices import Choices, When
from tests.builders import World, on
from tests.promises.telling_people import at

pytestmark = pytest.mark.usefixtures("with_mail")

BELL, MAIL, PUSH = Channel.IN_APP, Channel.EMAIL, Channel.PUSH
MONDAY, TUESDAY, FRIDAY = date(2026, 9, 14), date(2026, 9, 15), date(2026, 9, 18)


def choose(person: User, **choices: object) -> None:
    """Somebody chooses."""
    Preference.objects.update_or_create(person=person, defaults=choices)


def when(person: User, channel: Channel, now: datetime, *, is_urgent: bool = False) -> When:
    """When somebody is told."""
    return Choices([person.pk]).when(person.pk, channel, now=now, is_urgent=is_urgent)


def a_device(person: User) -> None:
    """Somebody lets a browser be pushed to."""
    endpoint = f"https://push.example/{person.pk}"
    Device.objects.create(person=person, endpoint=endpoint, p256dh="-", auth="-", added_at=on(0))


def test_everybody_is_told_in_the_app_and_over_what_there_is_and_they_have_chosen(
    world: World, settings: Settings
) -> None:
    settings.HAS_PUSH = True
    a_device(world.anna)
    a_device(world.anton)
    choose(world.anton, email_pace=Pace.NEVER, push_pace=Pace.NEVER)
    User.objects.filter(pk=world.per.pk).update(email="")
    choices = Choices(user.pk for user in (world.maja, world.anna, world.anton, world.per))
    assert choices.channels(world.maja.pk) == [BELL, MAIL]
    assert choices.channels(world.anna.pk) == [BELL, MAIL, PUSH]
    assert choices.channels(world.anton.pk) == choices.channels(world.per.pk) == [BELL]
    settings.HAS_EMAIL = settings.HAS_PUSH = False
    assert choices.channels(world.anna.pk) == [BELL]


def test_in_the_app_nothing_is_quiet_and_nothing_waits(world: World) -> None:
    choose(world.maja, email_pace=Pace.WEEKLY)
    night = at(MONDAY, time(3))
    assert when(world.maja, BELL, night) == When(night)


def test_by_default_one_is_told_at_once_by_day_and_in_the_morning_of_what_comes_at_night(world: World) -> None:
    assert when(world.maja, MAIL, at(MONDAY, time(10))) == When(at(MONDAY, time(10)))
    assert when(world.maja, MAIL, at(MONDAY, time(22))) == When(at(TUESDAY, time(7)))


def test_a_digest_comes_at_the_hour_and_on_the_day_that_one_has_chosen(world: World) -> None:
    choose(world.maja, email_pace=Pace.DAILY, digest_at=time(14, 30))
    assert when(world.maja, MAIL, at(MONDAY)) == When(at(MONDAY, time(14, 30)), is_gathered=True)
    choose(world.maja, email_pace=Pace.WEEKLY, digest_weekday=4)
    assert when(world.maja, MAIL, at(MONDAY)) == When(at(FRIDAY, time(14, 30)), is_gathered=True)


def test_what_is_urgent_breaks_the_digest_and_not_the_night(world: World) -> None:
    choose(world.maja, email_pace=Pace.WEEKLY)
    assert when(world.maja, MAIL, at(MONDAY), is_urgent=True) == When(at(MONDAY))
    assert when(world.maja, MAIL, at(MONDAY, time(20)), is_urgent=True) == When(at(TUESDAY, time(7)))


def test_each_channel_has_a_pace_of_its_own(world: World) -> None:
    choose(world.maja, email_pace=Pace.DAILY, push_pace=Pace.AT_ONCE)
    assert when(world.maja, MAIL, at(MONDAY)).is_gathered
    assert not when(world.maja, PUSH, at(MONDAY)).is_gathered


def test_quiet_hours_are_ones_own(world: World) -> None:
    choose(world.maja, quiet_from=time(20), quiet_until=time(9, 30), quiet_days_off=False)
    assert when(world.maja, MAIL, at(MONDAY, time(19))).next_at == at(MONDAY, time(19))
    assert when(world.maja, MAIL, at(MONDAY, time(20))).next_at == at(TUESDAY, time(9, 30))
    saturday = date(2026, 9, 19)
    assert when(world.maja, MAIL, at(saturday, time(11))).next_at == at(saturday, time(11))


def test_days_on_which_ones_unit_or_one_above_it_is_closed_are_quiet(world: World) -> None:
    ClosingPeriod.objects.create(unit=world.schools, first_on=MONDAY, last_on=TUESDAY)
    wednesday = at(date(2026, 9, 16), time(7))
    assert when(world.maja, MAIL, at(MONDAY)).next_at == wednesday
    assert when(world.anna, MAIL, at(MONDAY)).next_at == at(MONDAY)
    # Of several units the one counts in which somebody has been for the longest time.
    begin_membership(user=world.anna, unit=world.school, role=Role.PROFESSIONAL, actor=None, now=on(-2))
    assert when(world.anna, MAIL, at(MONDAY)).next_at == at(MONDAY)


def test_what_was_due_by_day_is_put_off_when_its_turn_comes_at_night(world: World) -> None:
    choices = Choices([world.maja.pk])
    night, day = at(MONDAY, time(23)), at(MONDAY, time(16, 59))
    for channel in (MAIL, PUSH):
        assert choices.quiet_until(world.maja.pk, channel, now=night, is_digest=False) == at(TUESDAY, time(7))
        assert choices.quiet_until(world.maja.pk, channel, now=day, is_digest=False) is None
    assert choices.quiet_until(world.maja.pk, BELL, now=night, is_digest=False) is None


def test_a_digest_comes_at_the_chosen_hour_though_it_is_a_quiet_one_but_not_much_later(world: World) -> None:
    choose(world.maja, digest_at=time(20))
    choices = Choices([world.maja.pk])
    for clock, until in ((time(20), None), (time(20, 59), None), (time(21), at(TUESDAY, time(7)))):
        now = at(MONDAY, clock)
        assert choices.quiet_until(world.maja.pk, MAIL, now=now, is_digest=True) == until
    assert choices.quiet_until(world.maja.pk, MAIL, now=at(MONDAY, time(20)), is_digest=False) is not None


def test_the_choices_of_many_cost_as_many_queries_as_those_of_one(world: World) -> None:
    def cost(people: list[User]) -> int:
        with CaptureQueriesContext(connection) as asked:
            choices = Choices(person.pk for person in people)
            for person in people:
                for channel in choices.channels(person.pk):
                    choices.when(person.pk, channel, now=on(0), is_urgent=False)
        return len(asked)

    everybody = list(world.people.values())
    assert cost(everybody) == cost(everybody[:1]) <= 5
