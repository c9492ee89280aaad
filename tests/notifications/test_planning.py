"""The tables hang together, and urgency breaks what it is to break: the digest, never the night."""

from __future__ import annotations

from datetime import time

import pytest
from django.utils import translation

from coordination.models import DeadlineKind, EventKind, Urgency
from notifications.models import Audience, Channel, Message, Pace, Preference
from notifications.planning.events import SILENT, TOLD
from notifications.wording import deadlines, events
from tests.builders import World, a_case, accepted, on
from tests.promises.no_ask_dies_in_silence.what_is_owed import unanswered_urgent_invitation
from tests.promises.telling_people import Post, at, deliver

pytestmark = pytest.mark.usefixtures("with_mail")


@pytest.mark.parametrize("kind", TOLD)
def test_there_are_words_for_every_event_that_is_told_and_for_those_who_are_to_act(kind: EventKind) -> None:
    assert kind in events.SAID
    audiences = {audience for _role, audience in TOLD[kind]}
    assert audiences <= {Audience.OWNER, Audience.NEWS}
    with translation.override("en"):
        assert str(events.SAID[kind].headline)


def test_nothing_that_nobody_is_told_of_has_words() -> None:
    assert not set(events.SAID) & SILENT
    assert not set(events.TO_DO) - set(TOLD)


@pytest.mark.parametrize("kind", DeadlineKind)
@pytest.mark.parametrize("audience", [Audience.OWNER, Audience.ASKER, Audience.LEADER])
def test_there_are_words_for_every_deadline_before_and_after_its_day(kind: DeadlineKind, audience: Audience) -> None:
    with translation.override("en"):
        early, late = (deadlines.wording_of(kind, audience, is_late=is_late) for is_late in (False, True))
        assert str(early.headline) == str(late.headline)
        assert str(early.detail) != str(late.detail)


def test_no_role_is_named_twice_for_an_event() -> None:
    for kind, plan in TOLD.items():
        assert len({role for role, _audience in plan}) == len(plan), kind


def test_an_urgent_ask_breaks_the_digest(world: World) -> None:
    Preference.objects.create(person=world.anna, email_pace=Pace.WEEKLY)
    post = Post(world)
    a_case(world, urgency=Urgency.URGENT)
    post.deliver(on(hours=1))
    assert len(post.mails_to("anna")) == 1


def test_an_urgent_ask_does_not_break_the_night_nor_the_weekend(world: World) -> None:
    post = Post(world)
    a_case(world, urgency=Urgency.URGENT, now=at(on(4).date(), time(20)))  # on Friday evening
    for hour in range(0, 60, 4):
        post.deliver(on(4, hours=11 + hour))
    assert post.mails_to("anna") == []
    post.deliver(on(7))
    assert len(post.mails_to("anna")) == 1


def test_a_reminder_of_something_urgent_breaks_the_digest_too_also_for_leaders(world: World) -> None:
    for person in (world.anna, world.maja, world.per):
        Preference.objects.create(person=person, email_pace=Pace.WEEKLY)
    deadline, post = unanswered_urgent_invitation(world), Post(world)
    post.days(on(2).date(), first=on(0).date())
    assert post.of_deadline(deadline) == [
        ("Tue 15 Sep", "bell+mail", "owner", "anna anton per"),
        ("Wed 16 Sep", "bell+mail", "asker", "maja"),
        ("Wed 16 Sep", "bell+mail", "leader", "per"),
    ]


def test_what_is_not_urgent_waits_for_the_digest(world: World) -> None:
    Preference.objects.create(person=world.maja, email_pace=Pace.WEEKLY)
    accepted(world, a_case(world))
    deliver(on(0, hours=2))
    waiting = Message.objects.get(person=world.maja, channel=Channel.EMAIL)
    assert waiting.is_gathered
    assert waiting.next_at == at(on(7).date(), time(8))
