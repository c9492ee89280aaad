"""Digests: what somebody wanted to hear together comes as one, at its hour, of what is still so by then."""

from __future__ import annotations

from datetime import time

import pytest

from coordination.commands.invitations import withdraw_invitation
from coordination.models import User
from notifications.delivery import digests
from notifications.delivery.digests import gather_digests
from notifications.models import Channel, Message, MessageState, Pace, Preference
from tests.builders import World, a_case, accepted, day, on, the_invitation
from tests.notifications.making import due
from tests.promises.telling_people import Post, at, message_of

pytestmark = pytest.mark.usefixtures("with_mail")


def daily(person: User, **choices: object) -> None:
    """Somebody wants their e-mail once a day."""
    how = {"email_pace": Pace.DAILY, **choices}
    Preference.objects.update_or_create(person=person, defaults=how)


def test_all_that_came_in_a_day_comes_as_one_mail(world: World) -> None:
    daily(world.anna)
    post = Post(world)
    for _number in range(3):
        a_case(world)
    post.round(on(hours=1))
    post.days(day(1), first=day(1))
    [email] = post.mails_to("anna")
    digest = message_of(email)
    assert digest.digest_on == day(1)
    assert digest.bundled.count() == 3
    assert all(message.state == MessageState.BUNDLED for message in digest.bundled.all())
    assert str(email.body).count("* ") == 3
    assert [each.at for each in post.reached if each.message == digest] == [at(day(1), time(8, 1))]
    # In the app each of them stands by itself, from the moment on at which it came.
    bells = [each for each in post.reached if each.name == "anna" and each.message.channel == Channel.IN_APP]
    assert len(bells) == 3


def test_a_digest_leaves_out_what_is_over_by_then_and_is_not_sent_for_nothing(world: World) -> None:
    daily(world.anna)
    daily(world.anton)
    post = Post(world)
    case, other = a_case(world), a_case(world, invite=[(world.ppr, world.anna)])
    post.round(on(hours=1))
    accepted(world, case, now=on(hours=2))
    post.days(day(1), first=day(1))
    assert post.mails_to("anton") == []
    [email] = post.mails_to("anna")
    assert other.code in str(email.body)
    assert case.code not in str(email.body)
    unwanted = Message.objects.get(digest_on=day(1), person=world.anton)
    assert unwanted.state == MessageState.UNWANTED


def test_a_digest_of_which_something_is_taken_back_before_it_is_gathered_is_without_it(world: World) -> None:
    daily(world.anna)
    post, case = Post(world), a_case(world)
    post.round(on(hours=1))
    withdraw_invitation(invitation=the_invitation(case, world.ppr), actor=world.maja, now=on(hours=2))
    post.days(day(1), first=day(1))
    [email] = post.mails_to("anna")
    assert str(email.body).count("* ") == 1  # that it is taken back


def test_what_comes_after_the_digest_of_a_day_waits_for_the_next_one(world: World) -> None:
    daily(world.maja)
    due(world.maja, is_gathered=True)
    assert gather_digests(now=on(0)) == 1
    later = due(world.maja, at=on(0, hours=1), is_gathered=True)
    assert gather_digests(now=on(0, hours=1)) == 1
    assert gather_digests(now=on(0, hours=1)) == 0
    later.refresh_from_db()
    assert (later.state, later.next_at, later.is_gathered) == (MessageState.WAITING, at(day(1), time(8)), True)
    assert Message.objects.filter(digest_on__isnull=False).count() == 1
    assert gather_digests(now=on(1)) == 1
    later.refresh_from_db()
    assert later.bundle is not None
    assert later.bundle.digest_on == day(1)


def test_whoever_chooses_to_hear_at_once_meanwhile_gets_what_is_left_at_once(world: World) -> None:
    daily(world.maja)
    due(world.maja, is_gathered=True)
    gather_digests(now=on(0))
    later = due(world.maja, at=on(0, hours=1), is_gathered=True)
    daily(world.maja, email_pace=Pace.AT_ONCE)
    gather_digests(now=on(0, hours=1))
    later.refresh_from_db()
    assert (later.is_gathered, later.next_at) == (False, on(0, hours=1))


def test_after_a_standstill_several_days_are_one_digest_by_day(world: World) -> None:
    daily(world.anna)
    post = Post(world)
    a_case(world)
    post.deliver(on(hours=1))
    a_case(world, now=on(2))
    post.deliver(on(2, hours=1))  # nobody had gathered on Tuesday
    post.deliver(at(day(4), time(22)))
    assert len(post.mails_to("anna")) == 1
    post.deliver(at(day(7), time(7)))
    [_first, second] = post.mails_to("anna")
    assert [message_of(second).digest_on, message_of(second).bundled.count()] == [day(4), 1]
    assert not Message.objects.filter(state=MessageState.WAITING).exists()


def test_one_reader_whose_digest_fails_keeps_no_other_one_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for person in (world.maja, world.anna, world.mads):
        due(person, is_gathered=True)
    right = digests._gather

    def breaks(person_id: int, *rest: object) -> bool:
        if person_id == world.maja.pk:
            raise ValueError("Maja Holm")
        return right(person_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(digests, "_gather", breaks)
    failed: set[int] = set()
    assert gather_digests(now=on(0), failed=failed) == 2
    assert gather_digests(now=on(0), failed=failed) == 0
    assert failed == {world.maja.pk}
    assert set(Message.objects.filter(digest_on=day(0)).values_list("person__username", flat=True)) == {"anna", "mads"}
    assert any("digest" in message for message in caplog.messages)
    monkeypatch.undo()
    assert gather_digests(now=on(0)) == 1


def test_each_channel_has_a_digest_of_its_own(world: World) -> None:
    due(world.maja, is_gathered=True)
    due(world.maja, is_gathered=True, channel=Channel.PUSH)
    assert gather_digests(now=on(0)) == 2
    digest_channels = Message.objects.filter(digest_on=day(0)).values_list("channel", flat=True)
    assert set(digest_channels) == {Channel.EMAIL, Channel.PUSH}


def test_no_more_people_are_gathered_at_once_than_asked_for(world: World) -> None:
    for person in (world.maja, world.anna, world.mads):
        due(person, is_gathered=True)
    assert [gather_digests(now=on(0), limit=2) for _round in range(3)] == [2, 1, 0]
