"""Nothing is kept without a rule: every table stands in the operators' list, and what is to end by itself does."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from coordination.commands.endings import clear_out
from coordination.commands.people import deactivate_person
from coordination.commands.submissions import carry_out_once
from coordination.commands.time import pass_time
from coordination.models import VOCABULARIES, Absence, OutboxEntry, RetentionKind, RetentionRule, Submission
from coordination.queries.promises import INVARIANTS, judge
from notifications.commands.endings import clear_messages
from notifications.delivery.relay import relay
from notifications.delivery.sending import send_due
from notifications.models import Channel, Device, Feed, Message, MessageState
from notifications.passing import let_time_pass
from tests.builders import World, a_case, accepted, day, on
from tests.promises.everything_ends.ending import ways_to_the_case

pytestmark = pytest.mark.django_db
# What belongs to a case and may go before it, each with a row of its own in the list.
ALSO_BY_THEMSELVES = {"Event", "AccessRecord", "ReferenceMet", "Message", "OutboxEntry"}


def rows_of_the_list() -> list[str]:
    """The first column of the list of what ends, row by row."""
    text = (settings.BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8")
    section = text.partition("## What ends, and when")[2].partition("\n## ")[0]
    return [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")][1:]


def test_every_table_has_a_rule() -> None:
    listed = [name for row in rows_of_the_list() for name in re.findall(r"`([A-Z]\w+)`", row)]
    models = {model.__name__ for model in apps.get_models()} - {vocabulary.__name__ for vocabulary in VOCABULARIES}
    assert set(listed) == models
    assert sorted(name for name in set(listed) if listed.count(name) > 1) == ["Event"]


def test_what_belongs_to_a_case_is_said_to_end_with_it() -> None:
    [first, *_others] = rows_of_the_list()
    said = set(re.findall(r"`([A-Z]\w+)`", first))
    assert said == {model.__name__ for model in ways_to_the_case()} - ALSO_BY_THEMSELVES


def told(world: World) -> datetime:
    """Let a case be opened and everybody be told in the app; give the time."""
    accepted(world, a_case(world))
    now = on(1)
    while relay(now=now):
        pass
    while send_due(Channel.IN_APP, clock=lambda: now):
        pass
    return now


def test_messages_go_six_months_after_they_were_sent_or_as_the_municipality_says(world: World) -> None:
    told(world)
    sent = Message.objects.filter(state=MessageState.SENT)
    assert sent.exists()
    assert clear_messages(now=on(150), limit=100) == 0
    RetentionRule.objects.create(kind=RetentionKind.MESSAGE, months=4)
    assert clear_messages(now=on(150), limit=1) == 1  # a few at a time
    while clear_messages(now=on(150), limit=100):
        pass
    assert not sent.exists()


def test_what_waits_to_be_sent_does_not_go(world: World) -> None:
    told(world)
    Message.objects.update(state=MessageState.WAITING, settled_at=None)
    assert clear_messages(now=on(4000), limit=100) == 0


def test_what_an_open_deadline_has_said_stays_with_it(world: World) -> None:
    told(world)
    let_steps_be_told(world)
    steps = Message.objects.filter(step__isnull=False, state=MessageState.SENT)
    assert steps.exists()
    while clear_messages(now=on(4000), limit=100):
        pass
    assert {message.step.deadline.settled_at for message in steps.all() if message.step} == {None}
    assert not Message.objects.filter(event__isnull=False, state=MessageState.SENT).exists()


def let_steps_be_told(world: World) -> None:
    """Let the first reminder be due, and told."""
    now = on(60)
    pass_time(now=now)
    while relay(now=now):
        pass
    while send_due(Channel.IN_APP, clock=lambda: now):
        pass


def test_rows_of_the_outbox_go_sixty_days_after_they_were_passed_on_and_no_promise_misses_them(world: World) -> None:
    now = told(world)
    assert clear_out(now=now + timedelta(days=59), limit=1000) == 0
    passed_on = OutboxEntry.objects.exclude(relayed_at=None).count()
    assert clear_out(now=now + timedelta(days=61), limit=1000) == passed_on > 0
    later = now + timedelta(days=61)
    broken = {
        name
        for name in ("event_is_passed_on", "step_is_passed_on", "asker_learns_the_answer")
        if not judge(INVARIANTS[name], now=later, limit=1).holds
    }
    assert broken == set()


def test_what_has_not_been_passed_on_stays_in_the_outbox(world: World) -> None:
    a_case(world)
    waiting = OutboxEntry.objects.count()
    assert clear_out(now=on(4000), limit=1000) == 0
    assert OutboxEntry.objects.count() == waiting > 0


def test_sessions_absences_and_the_administrations_history_go_in_their_time(world: World) -> None:
    session = SessionStore()
    session["x"] = 1
    with time_machine.travel(on(), tick=False):
        session.save()
    Absence.objects.create(user=world.maja, stand_in=world.mads, first_on=day(0), last_on=day(1))
    entry = LogEntry.objects.create(user=world.dorte, action_flag=1, object_repr="x", change_message="")
    LogEntry.objects.filter(pk=entry.pk).update(action_time=on())
    assert clear_out(now=on(0, hours=1), limit=10) == 0
    assert clear_out(now=on(2), limit=10) == 1
    assert not Session.objects.exists()
    assert clear_out(now=on(720), limit=10) == 0
    assert clear_out(now=on(740), limit=10) == 2
    assert not Absence.objects.exists()
    assert not LogEntry.objects.exists()


def test_devices_and_feeds_of_people_who_have_left_go(world: World) -> None:
    for person in (world.anna, world.maja):
        Device.objects.create(
            person=person, endpoint=f"https://push.example/{person.pk}", p256dh="", auth="", added_at=on()
        )
        Feed.objects.create(person=person, token_hash=str(person.pk), made_at=on())
    deactivate_person(user=world.anna, actor=None, now=on(1))
    assert clear_messages(now=on(2), limit=10) == 2
    assert {device.person for device in Device.objects.all()} == {world.maja}
    assert {feed.person for feed in Feed.objects.all()} == {world.maja}


def test_time_does_all_of_it_by_itself(world: World) -> None:
    now = told(world)
    carry_out_once(key=uuid4(), actor=world.maja, now=now, act=lambda: "/")
    with time_machine.travel(now + timedelta(days=400), tick=False):
        let_time_pass()
    left: dict[str, Any] = {
        "messages": Message.objects.filter(state=MessageState.SENT, event__isnull=False).count(),
        "outbox": OutboxEntry.objects.filter(relayed_at__lte=now).count(),
        "submissions": Submission.objects.count(),
    }
    assert left == {"messages": 0, "outbox": 0, "submissions": 0}
