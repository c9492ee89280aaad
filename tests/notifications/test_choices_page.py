"""Choosing how one is told: the page, what it says of the choice, and what waits already."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.conf import settings as installed
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from coordination.errors import Unacceptable
from coordination.models import Event, EventKind, Urgency, User
from notifications.commands.preferences import PreferenceDraft, choose
from notifications.models import Channel, Message, MessageState, Pace, Preference, Weekday
from notifications.web.choice_words import choice_words
from tests.builders import World, a_case, on
from tests.notifications.reading import tell
from tests.pages.asking import chosen, said, see, send, words
from tests.pages.desks import text_of

pytestmark = pytest.mark.usefixtures("with_mail")

HERE = "/besked/valg/"


@pytest.fixture(autouse=True)
def _push_is_set_up(settings: Settings) -> None:
    settings.HAS_PUSH, settings.VAPID_PRIVATE_KEY = True, bytes(range(1, 33))


CHOSEN: dict[str, Any] = {
    "email_pace": "weekly",
    "push_pace": "at_once",
    "digest_at": "09:15",
    "digest_weekday": "2",
    "quiet_from": "16:30",
    "quiet_until": "7.30",
    "language": "en",
}


def drafted(**changes: Any) -> PreferenceDraft:
    """The choices that everybody has at first, with some of them changed."""
    how: dict[str, Any] = {
        "email_pace": Pace.AT_ONCE, "push_pace": Pace.AT_ONCE, "quiet_from": time(17), "quiet_until": time(7),
        "quiet_days_off": True, "digest_at": time(8), "digest_weekday": Weekday.MONDAY,
    }  # fmt: skip
    return PreferenceDraft(**{**how, **changes})


def mails_waiting(person: User) -> list[Message]:
    """What waits to be sent to somebody by e-mail."""
    return list(Message.objects.filter(person=person, channel=Channel.EMAIL, state=MessageState.WAITING))


# --- The page -----------------------------------------------------------------------------------------------
def test_whoever_is_not_signed_in_chooses_nothing(client: Client, db: None) -> None:
    assert client.get(HERE)["Location"] == f"/ind/?next={HERE}"
    assert client.post(HERE, CHOSEN).status_code == 302
    assert not Preference.objects.exists()


def test_the_page_says_what_the_choice_means(world: World) -> None:
    shown = text_of(see(world.maja, HERE).content.decode())
    assert "Here in Involver you see everything at once." in shown
    assert "E-mail: at once on working days between 07:00 and 17:00. What comes at another time waits" in shown
    danish = words(see(world.maja, HERE, language="da"))
    assert "E-mail: med det samme på hverdage mellem kl. 07.00 og 17.00." in danish
    assert "Indkaldelser til møder" not in danish  # where nothing waits for a digest, they do not either
    choose(draft=drafted(push_pace=Pace.DAILY), actor=world.maja, now=on())
    danish = words(see(world.maja, HERE, language="da"))
    assert "Indkaldelser til møder og ændringer af møder venter heller ikke på det samlede." in danish


def test_what_is_chosen_is_kept_and_said(world: World) -> None:
    assert said(world.maja, HERE, CHOSEN) == "From now on you are told as you have chosen."
    preference = Preference.objects.get(person=world.maja)
    assert (preference.email_pace, preference.digest_at, preference.digest_weekday) == ("weekly", time(9, 15), 2)
    assert (preference.quiet_from, preference.quiet_until) == (time(16, 30), time(7, 30))
    assert not preference.quiet_days_off
    page = see(world.maja, HERE)
    assert chosen(page, "email_pace") == {"weekly"}
    assert "E-mail: all together, once a week: Wednesday at 09:15." in text_of(page.content.decode())
    assert "never while it is quiet" in text_of(page.content.decode())
    assert "Calls to meetings, and changes of meetings, never wait for the rest." in text_of(page.content.decode())
    assert not Preference.objects.filter(person=world.anna).exists()


def test_what_cannot_be_is_said_on_the_form_and_everything_typed_stays(world: World) -> None:
    for wrong in ({"quiet_until": "teatime"}, {"email_pace": "often"}, {"digest_weekday": "6"}, {"language": "de"}):
        answer = send(world.maja, HERE, {**CHOSEN, **wrong})
        assert answer.status_code == 422, wrong
        assert 'type="time" name="digest_at" value="09:15"' in words(answer)
    answer = send(world.maja, HERE, {**CHOSEN, "quiet_until": "teatime"})
    assert 'type="text" name="quiet_until" value="teatime"' in words(answer)
    answer = send(world.maja, HERE, {**CHOSEN, "quiet_from": "7.31", "quiet_until": "07:30"})
    assert answer.status_code == 422
    assert 'type="time" name="quiet_from" value="07:31"' in words(answer)
    assert "Leave at least an hour in which you can be told." in words(answer)
    assert not Preference.objects.exists()
    assert User.objects.get(pk=world.maja.pk).language == "da"


def test_the_same_form_twice_is_kept_once(world: World) -> None:
    twice = {**CHOSEN, "submission": "11111111-1111-4111-8111-111111111111"}
    assert [send(world.maja, HERE, twice).status_code for _time in range(2)] == [302, 302]
    assert Event.objects.filter(kind=EventKind.PERSON_CHANGED, person=world.maja).count() == 1


def test_what_is_not_set_up_is_not_offered_and_said(world: World, settings: Settings) -> None:
    settings.HAS_PUSH = False
    page = words(see(world.maja, HERE))
    assert 'name="email_pace"' in page
    assert 'name="push_pace"' not in page
    assert "Push to phone and computer is not set up in this installation." in page
    settings.HAS_EMAIL = False
    page = words(see(world.maja, HERE))
    assert 'name="email_pace"' not in page
    assert 'name="quiet_from"' not in page
    assert "E-mail is not set up in this installation" in page
    assert send(world.maja, HERE, {"language": "en"}).status_code == 302
    settings.HAS_PUSH, settings.VAPID_PRIVATE_KEY = True, bytes(range(1, 33))
    page = words(see(world.maja, HERE))
    assert 'name="push_pace"' in page
    assert 'name="email_pace"' not in page


def test_whoever_has_no_address_is_told_so(world: World) -> None:
    User.objects.filter(pk=world.maja.pk).update(email="")
    page = words(see(world.maja, HERE))
    assert "no work address of yours is known" in page
    assert 'name="email_pace"' not in page


def test_what_is_not_asked_stays_as_it_was(world: World, settings: Settings) -> None:
    choose(draft=drafted(push_pace=Pace.DAILY), actor=world.maja, now=on())
    settings.HAS_PUSH = False
    send(world.maja, HERE, CHOSEN)
    assert Preference.objects.get(person=world.maja).push_pace == Pace.DAILY


# --- The language -------------------------------------------------------------------------------------------
def test_messages_come_in_the_language_that_is_chosen_here(world: World) -> None:
    a_case(world)
    tell(on(hours=1))
    answer = send(world.anna, HERE, {**CHOSEN, "email_pace": "at_once", "quiet_from": "17:00", "quiet_until": "07:00"})
    assert answer.cookies[installed.LANGUAGE_COOKIE_NAME].value == "en"
    a_case(world)
    tell(on(1, hours=1))
    subjects = {email.to[0]: email.subject for email in mail.outbox}
    assert "asks PPR to join" in subjects["anna@lilleby.example"]
    assert "asks PPR to join" not in subjects["anton@lilleby.example"]


def test_the_switch_of_the_pages_language_changes_the_messages_too(client: Client, world: World) -> None:
    client.force_login(world.anna)
    client.get(reverse("set_language"))
    client.get(f"{reverse('set_language')}?language=en")
    assert User.objects.get(pk=world.anna.pk).language == "da"
    for language in ("en", "en", "de", "xx", ""):
        assert client.post(reverse("set_language"), {"language": language, "next": "/"}).status_code == 302
    assert User.objects.get(pk=world.anna.pk).language == "en"
    changed = Event.objects.filter(kind=EventKind.PERSON_CHANGED, person=world.anna)
    assert [event.data for event in changed] == [{"fields": ["language"]}]


# --- What waits already -------------------------------------------------------------------------------------
def test_what_waits_for_a_digest_comes_at_once_when_that_is_chosen(world: World) -> None:
    choose(draft=drafted(email_pace=Pace.WEEKLY), actor=world.anna, now=on())
    a_case(world)
    tell(on(hours=1))
    [message] = mails_waiting(world.anna)
    assert (message.is_gathered, message.next_at) == (True, on(7, hours=-1))
    choose(draft=drafted(email_pace=Pace.DAILY), actor=world.anna, now=on(hours=2))
    [message] = mails_waiting(world.anna)
    assert (message.is_gathered, message.next_at) == (True, on(1, hours=-1))
    choose(draft=drafted(), actor=world.anna, now=on(hours=3))
    [message] = mails_waiting(world.anna)
    assert (message.is_gathered, message.next_at, message.due_at) == (False, on(hours=3), on(hours=3))
    tell(on(hours=3))
    assert [email.to for email in mail.outbox if email.to == [world.anna.email]] == [[world.anna.email]]


def test_what_waits_for_the_quiet_to_end_comes_when_the_new_quiet_ends(world: World) -> None:
    a_case(world, now=on(hours=10))
    tell(on(hours=10))
    [message] = mails_waiting(world.anna)
    assert message.next_at == on(1, hours=-2)
    choose(draft=drafted(quiet_from=time(22), quiet_until=time(9)), actor=world.anna, now=on(hours=11))
    [message] = mails_waiting(world.anna)
    assert message.next_at == on(hours=11)
    [other] = mails_waiting(world.anton)
    assert other.next_at == on(1, hours=-2)


def test_what_somebody_is_sending_just_now_is_left_to_them(world: World) -> None:
    choose(draft=drafted(email_pace=Pace.DAILY), actor=world.anna, now=on())
    a_case(world)
    tell(on(hours=1))
    [message] = mails_waiting(world.anna)
    Message.objects.filter(pk=message.pk).update(attempts=1)
    choose(draft=drafted(), actor=world.anna, now=on(hours=3))
    assert mails_waiting(world.anna)[0].next_at == message.next_at


def test_urgent_asks_break_the_digest_but_not_the_night(world: World) -> None:
    choose(draft=drafted(email_pace=Pace.WEEKLY), actor=world.anna, now=on())
    a_case(world, urgency=Urgency.URGENT, now=on(hours=10))
    tell(on(hours=10))
    [message] = mails_waiting(world.anna)
    assert (message.is_gathered, message.next_at) == (False, on(1, hours=-2))


def test_a_day_must_have_an_hour_in_which_one_can_be_told(world: World) -> None:
    with pytest.raises(Unacceptable):
        choose(draft=drafted(quiet_from=time(8), quiet_until=time(7, 1)), actor=world.anna, now=on())
    with pytest.raises(Unacceptable):
        choose(draft=drafted(quiet_from=time(0), quiet_until=time(23, 30)), actor=world.anna, now=on())
    choose(draft=drafted(quiet_from=time(8), quiet_until=time(7)), actor=world.anna, now=on())


# --- The sentences ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "E-mail: at once on working days between 07:00 and 17:00. What comes at another time waits until then."),
        ({"quiet_days_off": False}, "E-mail: at once every day between 07:00 and 17:00."),
        ({"quiet_until": time(17)}, "E-mail: at once, on working days at any hour."),
        ({"quiet_from": time(12), "quiet_until": time(13)}, "on working days before 12:00 and after 13:00."),
        ({"quiet_from": time(0)}, "E-mail: at once on working days after 07:00."),
        ({"quiet_until": time(0)}, "E-mail: at once on working days before 17:00."),
        ({"email_pace": Pace.DAILY}, "E-mail: all together, on working days at 08:00."),
        ({"email_pace": Pace.WEEKLY, "digest_weekday": 4}, "E-mail: all together, once a week: Friday at 08:00."),
        ({"email_pace": Pace.NEVER}, "E-mail: nothing."),
    ],
)
def test_every_choice_has_its_sentence(world: World, changes: dict[str, Any], sentence: str) -> None:
    with translation.override("en"):
        found = choice_words(Preference(person=world.maja, **changes), [Channel.EMAIL])
    assert sentence in found[1]
    is_gathered = changes.get("email_pace") in (Pace.DAILY, Pace.WEEKLY)
    for exception in ("What is urgent", "Calls to meetings"):
        assert any(exception in sentence for sentence in found) == is_gathered
