"""Clocks that are set back and forward lose and double nothing: by hand, and over both changes of summer time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core import mail

from coordination.commands.time import pass_time
from coordination.models import Deadline, DeadlineKind, StepTaken
from notifications.models import Message, MessageState, Pace, Preference
from tests.builders import World, a_case, on
from tests.promises.telling import owed
from tests.promises.telling_people import Line, Post, at

pytestmark = pytest.mark.usefixtures("with_mail")

AN_HOUR = timedelta(hours=1)
# The Saturdays before the nights on which clocks are put back, and forward.
CHANGES = pytest.mark.parametrize(
    "saturday", [date(2026, 10, 24), date(2028, 3, 25)], ids=["when summer time ends", "when summer time begins"]
)


def every_hour(post: Post, first: datetime, last: datetime, *, wrong_by: dict[int, timedelta] | None = None) -> None:
    """Do a round every hour; from the n-th on the clock is wrong by so much."""
    now, number, wrong = first.astimezone(UTC), 0, timedelta()
    while now <= last:
        wrong = (wrong_by or {}).get(number, wrong)
        post.round(now + wrong)
        now, number = now + AN_HOUR, number + 1


def told_once(deadline: Deadline) -> Counter[tuple[int | None, int | None, str]]:
    """How often who was told of which step over what; makes sure that nothing waits, and no mail came twice."""
    assert not Message.objects.filter(state=MessageState.WAITING).exists()
    ids = [email.extra_headers["Message-ID"] for email in mail.outbox]
    assert len(ids) == len(set(ids))
    told = Message.objects.filter(step__deadline=deadline, state=MessageState.SENT)
    return Counter(told.values_list("step_id", "person_id", "channel"))


def asked_before(world: World, saturday: date) -> Deadline:
    """PPR is asked on the Wednesday before, so that it is due on the Monday after and late on Tuesday."""
    wednesday = at(saturday - timedelta(days=3))
    return owed(a_case(world, now=wednesday), DeadlineKind.ANSWER_INVITATION)


@CHANGES
def test_over_a_change_of_summer_time_everything_comes_on_its_day(world: World, saturday: date) -> None:
    deadline, post = asked_before(world, saturday), Post(world)
    every_hour(post, at(saturday - timedelta(days=1), time(0)), at(saturday + timedelta(days=3), time(12)))
    friday, monday, tuesday = (f"{saturday + timedelta(days=days):%a %d %b}" for days in (-1, 2, 3))
    expected: list[Line] = [
        (friday, "bell+mail", "owner", "anna anton per"),
        (monday, "bell+mail", "owner", "anna anton per"),
        (tuesday, "bell+mail", "asker", "maja"),
        (tuesday, "bell+mail", "leader", "per"),
    ]
    assert post.of_deadline(deadline) == expected
    assert set(told_once(deadline).values()) == {1}


@CHANGES
def test_over_a_change_of_summer_time_a_digest_comes_once_a_working_day_at_its_hour(
    world: World, saturday: date
) -> None:
    Preference.objects.create(person=world.anna, email_pace=Pace.DAILY, digest_at=time(8))
    post = Post(world)
    for days in range(-1, 3):
        a_case(world, now=at(saturday + timedelta(days=days), time(14)))
        every_hour(
            post,
            at(saturday + timedelta(days=days), time(15)),
            at(saturday + timedelta(days=days + 1), time(14)),
        )
    came = [each.at for each in post.reached if each.name == "anna" and each.message.digest_on is not None]
    monday = saturday + timedelta(days=2)
    assert came == [at(monday, time(8)), at(monday + timedelta(days=1), time(8))]
    assert not Message.objects.filter(state=MessageState.WAITING).exists()


@pytest.mark.parametrize(
    "wrong_by",
    [
        {20: timedelta(hours=-3)},
        {20: timedelta(hours=3)},
        {30: timedelta(hours=-11), 40: timedelta(hours=11), 50: timedelta()},
        {25: timedelta(hours=26), 26: timedelta(), 60: timedelta(hours=-30), 70: timedelta()},
    ],
    ids=["set back", "set forward", "back and forth", "by more than a day"],
)
def test_a_clock_that_is_set_loses_and_doubles_nothing(world: World, wrong_by: dict[int, timedelta]) -> None:
    deadline, post = owed(a_case(world), DeadlineKind.ANSWER_INVITATION), Post(world)
    every_hour(post, on(0, hours=3), on(6), wrong_by=wrong_by)
    every_hour(post, on(7, hours=-3), on(7, hours=6))
    # Wednesday: those asked; Thursday: those asked; Friday: who asked, and the leader.
    assert StepTaken.objects.filter(deadline=deadline).count() == 3
    told = told_once(deadline)
    assert set(told.values()) == {1}
    by_mail = Counter(person for _step, person, channel in told if channel == "email")
    names = {post.names[person or 0]: times for person, times in by_mail.items()}
    assert names == {"anna": 2, "anton": 2, "per": 3, "maja": 1}


def test_a_step_that_was_taken_by_a_clock_that_was_ahead_is_not_taken_again_by_the_right_one(world: World) -> None:
    deadline = owed(a_case(world), DeadlineKind.ANSWER_INVITATION)
    assert pass_time(now=on(2)) == 1
    for hours in range(0, 72, 6):
        pass_time(now=on(0, hours=hours))
    assert list(deadline.steps_taken.values_list("planned_on", flat=True)) == [on(2).date(), on(3).date()]
