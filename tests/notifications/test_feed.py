"""A calendar program reads somebody's deadlines and meetings at a secret address, and nobody else does."""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from icalendar import Calendar, Component
from pytest_django import DjangoAssertNumQueries, Settings

from backend.logs import Formatter
from coordination.commands.agreements import mark_done
from coordination.commands.meetings import WhenAndWhere, answer_meeting, cancel_meeting, move_meeting
from coordination.commands.people import deactivate_person, reactivate_person
from coordination.models import Case, Deadline, DeadlineKind, User
from notifications.channels.calendar import invite_for, uid_of_call
from notifications.commands.feeds import make_feed, remove_feed
from notifications.models import Feed, Message
from notifications.passing import deliver
from tests.builders import World, a_case, accepted, day, on
from tests.pages.asking import see, send, words
from tests.promises.telling import agreed, call_of, called

PATH = re.compile(r"/kalender/[\w-]+\.ics")


@pytest.fixture
def case(world: World) -> Case:
    """Maja holds the baton, and Anna of PPR takes part."""
    case = a_case(world)
    accepted(world, case)
    return case


@pytest.fixture
def path(world: World) -> str:
    """The address of Anna's feed."""
    return feed_of(world.anna)


def feed_of(person: User) -> str:
    """Make somebody's feed, and give its address."""
    return reverse("notifications:feed", args=[make_feed(actor=person, now=on())])


def ask(path: str, *, at: datetime | None = None, **headers: str) -> HttpResponse:
    """Read a feed as a calendar program does: without a session, and in whatever language it speaks."""
    with time_machine.travel(at or on(1), tick=False):
        return Client(headers=headers).get(path)  # type: ignore[return-value]


def entries(path: str, *, at: datetime | None = None) -> dict[str, Component]:
    """The entries of a feed by their summary."""
    response = ask(path, at=at)
    assert response.status_code == 200
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(response.content.decode()).walk("VEVENT")}


def test_a_deadline_is_a_whole_day_that_takes_no_time(world: World, case: Case, path: str) -> None:
    agreed(world, case, owner=world.anna, due_on=day(7))
    [(summary, entry)] = entries(path).items()
    assert summary == f"Gør det, du har aftalt · {case.code}"
    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (day(7), day(8))
    assert entry["TRANSP"] == "TRANSPARENT"
    assert entry["URL"].endswith(reverse("case", args=[case.code]))
    assert entry["DESCRIPTION"] == f"Det er sidste frist.\n{entry['URL']}"
    assert "LOCATION" not in entry


def test_a_meeting_stands_there_with_ones_answer(world: World, case: Case, path: str) -> None:
    meeting = called(world, case, world.anna)
    name = f"Møde · {case.code}"
    entry = entries(path)[name]
    assert entry["DTSTART"].dt == on(7)
    assert (entry["STATUS"], entry["TRANSP"], entry["LOCATION"]) == ("TENTATIVE", "OPAQUE", "Bakkeskolen")
    assert "ATTENDEE" not in entry  # or programs would take it for somebody's invitation
    answer_meeting(attendance=call_of(meeting, world.anna), comes=True, actor=world.anna, now=on(1, hours=1))
    assert entries(path)[name]["STATUS"] == "CONFIRMED"
    answer_meeting(attendance=call_of(meeting, world.anna), comes=False, actor=world.anna, now=on(1, hours=2))
    assert name not in entries(path)


def test_whoever_called_a_meeting_has_it_in_their_feed(world: World, case: Case) -> None:
    called(world, case, world.anna)
    assert entries(feed_of(world.maja))[f"Møde · {case.code}"]["STATUS"] == "CONFIRMED"


def test_what_moves_in_involver_moves_in_the_feed(world: World, case: Case, path: str) -> None:
    meeting = called(world, case, world.anna)
    name = f"Møde · {case.code}"
    before = entries(path)[name]
    at = WhenAndWhere(starts_at=on(8), ends_at=on(8, hours=1), place=world.school)
    move_meeting(meeting=meeting, at=at, actor=world.maja, now=on(1, hours=3))
    after = entries(path, at=on(2))[name]
    assert after["UID"] == before["UID"]
    assert (int(before["SEQUENCE"]), int(after["SEQUENCE"])) == (0, 1)
    assert (before["LAST-MODIFIED"].dt, after["LAST-MODIFIED"].dt) == (on(1), on(1, hours=3))
    assert after["DTSTART"].dt == on(8)
    cancel_meeting(meeting=meeting, actor=world.maja, now=on(2))
    assert name not in entries(path, at=on(2))


def test_a_meeting_has_one_uid_in_the_feed_and_in_the_invitation(
    world: World, case: Case, path: str, settings: Settings
) -> None:
    settings.HAS_EMAIL = True
    meeting = called(world, case, world.anna)
    with time_machine.travel(on(1), tick=False):
        deliver()
    message = Message.objects.get(event__kind="meeting_called", person=world.anna, channel="email")
    invite = invite_for(message, url="")
    assert invite is not None
    uid = str(entries(path)[f"Møde · {case.code}"]["UID"])
    assert uid == uid_of_call(call_of(meeting, world.anna))
    assert f"UID:{uid}" in invite.content


def test_a_deadline_that_is_given_another_day_is_another_entry(world: World, case: Case, path: str) -> None:
    agreed(world, case, owner=world.anna, due_on=day(7))
    [before] = entries(path).values()
    assert before["UID"] == next(iter(entries(path, at=on(2)).values()))["UID"]
    Deadline.objects.filter(kind=DeadlineKind.DO_AGREEMENT).update(due_on=day(9))
    [after] = entries(path).values()
    assert (after["DTSTART"].dt, after["UID"] != before["UID"]) == (day(9), True)


def test_the_same_plans_give_the_same_text(world: World, case: Case, path: str) -> None:
    agreed(world, case, owner=world.anna)
    called(world, case, world.anna)
    assert ask(path, at=on(1)).content == ask(path, at=on(2)).content


def test_it_holds_a_month_back_and_a_year_on(world: World, case: Case, path: str) -> None:
    for days in (-31, -30, 365, 366):
        Deadline.objects.create(
            kind=DeadlineKind.LOOK_AGAIN,
            case=case,
            agreement=agreed(world, case, owner=world.maja),
            owner=world.anna,
            unit=world.ppr,
            due_on=day(1) + timedelta(days=days),
            opened_at=on(),
        )
    days_shown = {entry["DTSTART"].dt for entry in Calendar.from_ical(ask(path).content.decode()).walk("VEVENT")}
    assert days_shown == {day(1) - timedelta(days=30), day(1) + timedelta(days=365)}


def test_it_holds_what_is_ones_own_and_still_open(world: World, case: Case, path: str) -> None:
    agreed(world, case, owner=world.maja)
    done = agreed(world, case, owner=world.anna)
    mark_done(agreement=done, actor=world.anna, now=on(1))
    assert entries(path) == {}


def test_it_is_in_the_language_of_its_owner_whoever_asks(world: World, case: Case, path: str) -> None:
    agreed(world, case, owner=world.anna)
    assert "Gør det" in ask(path, accept_language="en").content.decode()
    User.objects.filter(pk=world.anna.pk).update(language="en")
    assert "Do what you have agreed to" in ask(path, accept_language="da").content.decode()


def test_a_program_is_told_what_it_gets_and_when_to_ask_again(world: World, path: str) -> None:
    response = ask(path)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in response
    text = response.content.decode()
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    assert "X-WR-CALNAME:Involver" in text
    assert text.count("BEGIN:VTIMEZONE") == 1


def test_much_is_read_in_as_many_queries_as_little(
    world: World, case: Case, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def fill() -> None:
        for days in (7, 8, 9):
            agreed(world, case, owner=world.anna, due_on=day(days))
            called(world, case, world.anna, at=days)

    fill()
    ask(path)  # notes that it has been read
    with django_assert_num_queries(6):  # the feed; deadlines; meetings, whether they moved, and who was released (two)
        ask(path)
    fill()
    with django_assert_num_queries(6):
        ask(path)
    assert len(Calendar.from_ical(ask(path).content.decode()).walk("VEVENT")) == 18  # six of each, and the answers


def test_a_secret_that_nobody_has_leads_nowhere(world: World, path: str) -> None:
    assert ask(path).status_code == 200
    for wrong in (path[:-5] + ".ics", path.replace(".ics", "A.ics"), reverse("notifications:feed", args=["x"])):
        assert ask(wrong).status_code == 404
    [stored] = Feed.objects.all()
    assert ask(reverse("notifications:feed", args=[stored.token_hash])).status_code == 404


def test_the_secret_itself_is_stored_nowhere(world: World) -> None:
    token = make_feed(actor=world.anna, now=on())
    assert len(token) >= 43  # 256 bits
    [row] = Feed.objects.values()
    assert not [value for value in row.values() if token in str(value)]


def test_an_address_made_anew_ends_the_one_before(world: World, path: str) -> None:
    another = feed_of(world.anna)
    assert another != path
    assert (ask(path).status_code, ask(another).status_code) == (404, 200)


def test_an_address_that_is_removed_leads_nowhere(world: World, path: str) -> None:
    assert remove_feed(actor=world.anna, now=on())
    assert ask(path).status_code == 404
    assert not remove_feed(actor=world.anna, now=on())


def test_whoever_has_left_has_no_feed(world: World, path: str) -> None:
    deactivate_person(user=world.anna, actor=None, now=on())
    assert ask(path).status_code == 404


def test_whoever_is_switched_off_past_all_commands_has_no_feed(world: World, path: str) -> None:
    User.objects.filter(pk=world.anna.pk).update(is_active=False)
    assert ask(path).status_code == 404


@pytest.mark.parametrize("hours", [0, 3])
def test_whoever_comes_back_has_no_feed_until_they_make_one(world: World, path: str, hours: float) -> None:
    deactivate_person(user=world.anna, actor=None, now=on(hours=hours))
    reactivate_person(user=world.anna, actor=None, now=on(hours=4))
    assert ask(path).status_code == 404
    choices = reverse("notifications:choices")
    anna = User.objects.get(pk=world.anna.pk)
    assert "Make the address" in words(see(anna, choices))
    another = reverse("notifications:feed", args=[make_feed(actor=anna, now=on(hours=5))])
    assert (ask(path).status_code, ask(another).status_code) == (404, 200)
    assert "Make a new address" in words(see(anna, choices))


def test_that_somebody_else_goes_and_comes_ends_nobodys_feed(world: World, path: str) -> None:
    deactivate_person(user=world.anton, actor=None, now=on(1))
    reactivate_person(user=world.anton, actor=None, now=on(1))
    assert ask(path).status_code == 200


def test_reading_is_noted_once_an_hour(world: World, path: str) -> None:
    feed = Feed.objects.get()
    assert feed.read_at is None
    for moment, noted in ((on(1), on(1)), (on(1, hours=0.9), on(1)), (on(1, hours=1), on(1, hours=1))):
        ask(path, at=moment)
        feed.refresh_from_db()
        assert feed.read_at == noted


def test_nothing_can_be_sent_there(world: World, path: str) -> None:
    assert Client().post(path).status_code == 405
    assert Client().head(path).status_code == 200


@pytest.mark.parametrize("status", [404, 500])
def test_the_address_is_never_logged(
    world: World, path: str, status: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = path.removeprefix("/kalender/").removesuffix(".ics")
    caplog.set_level(logging.DEBUG)
    if status == 404:
        remove_feed(actor=world.anna, now=on())
    else:

        def fail(*_: Any, **__: Any) -> None:
            raise RuntimeError(path)

        monkeypatch.setattr("notifications.web.feeds.read_plans", fail)
    response = Client(raise_request_exception=False).get(path)
    assert response.status_code == status
    said = [Formatter().format(record) for record in caplog.records]
    assert any("/kalender/…" in line for line in said)
    assert not [line for line in said if secret in line]


def test_a_server_that_logs_each_request_does_not_log_the_address() -> None:
    words = ('"GET /kalender/Se-cret_9.ics HTTP/1.1"', "200", "17")
    record = logging.LogRecord("django.server", logging.INFO, __file__, 1, "%s %s %s", words, None)
    assert Formatter().format(record).endswith('"GET /kalender/… HTTP/1.1" 200 17')


def test_what_logs_hide_is_where_the_feed_is(path: str) -> None:
    assert PATH.fullmatch(path)


# ---- One's own page


def test_somebody_makes_their_address_and_sees_it_once(world: World, case: Case, settings: Settings) -> None:
    settings.BASE_URL = "https://involver.lilleby.example"
    agreed(world, case, owner=world.maja)
    choices = reverse("notifications:choices")
    assert "Make the address" in words(see(world.maja, choices))
    page = send(world.maja, reverse("notifications:feed_make"))
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    [address] = re.findall(r'value="(https://involver\.lilleby\.example/kalender/[^"]+)"', words(page))
    path = address.removeprefix("https://involver.lilleby.example")
    assert f'href="webcal://involver.lilleby.example{path}"' in words(page)
    assert f"Gør det, du har aftalt · {case.code}" in entries(path)
    again = words(see(world.maja, choices))
    assert "Make a new address" in again
    assert not PATH.search(again)


def test_somebody_removes_their_address(world: World) -> None:
    path = feed_of(world.maja)
    answer = send(world.maja, reverse("notifications:feed_remove"), follow=True)
    assert "The address of your calendar leads nowhere any more." in words(answer)
    assert ask(path).status_code == 404


def test_nobody_makes_or_removes_the_address_of_somebody_else(world: World, path: str) -> None:
    send(world.maja, reverse("notifications:feed_make"), {"person": world.anna.pk})
    send(world.maja, reverse("notifications:feed_remove"), {"person": world.anna.pk})
    assert ask(path).status_code == 200


@pytest.mark.parametrize("name", ["feed_make", "feed_remove"])
def test_a_mere_visit_changes_nothing(world: World, name: str, path: str) -> None:
    answer = see(world.anna, reverse(f"notifications:{name}"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("notifications:choices"))
    assert ask(path).status_code == 200
    assert Client().post(reverse(f"notifications:{name}")).status_code == 302  # to the sign-in page
    assert ask(path).status_code == 200
