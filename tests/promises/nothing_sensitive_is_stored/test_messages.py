"""Nothing sensitive travels: whatever goes out holds codes, units, days and names of professionals, and no more.

Everything that can be told is told here, over every channel, about cases that bear a mark in every place where somebody
can have written something. None of the marks comes out anywhere.
"""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from backend.celery import app
from coordination.models import DeadlineKind, DeadlineRule, RuleStep, User
from notifications import doorbell
from notifications.commands.webhooks import add_webhook
from notifications.models import Audience, Channel, Device, Message, MessageState, Pace, Preference
from notifications.planning.events import TOLD
from notifications.wording.facts import id_before
from tests.builders import World, build_world, on
from tests.promises.nothing_sensitive_is_stored.marks import mark_everything, wrong_in
from tests.promises.nothing_sensitive_is_stored.sinks import Logs, Sinks
from tests.promises.nothing_sensitive_is_stored.stuffed import Stuffed

pytestmark = pytest.mark.django_db

# Whoever asked for it and whoever owes it are one and the same.
NOBODY_ASKED = {
    DeadlineKind.LOOK_AGAIN,
    DeadlineKind.MEETING_OUTCOME,
    DeadlineKind.NEXT_STEP,
    DeadlineKind.RENEW_CONSENT,
    DeadlineKind.HEAR_CHILD,
    DeadlineKind.INVOLVE_PARENTS,
    DeadlineKind.REVIEW_TRANSITION,
    DeadlineKind.CLOSE_TO_ERASE,
}


@dataclass(frozen=True)
class Town:
    """A municipality that has lived through everything: what went out, and what was logged."""

    sinks: Sinks
    logs: Logs


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Town]:
    """Live through everything, once for all tests here."""
    with (
        pytest.MonkeyPatch.context() as patched,
        django_db_blocker.unblock(),
        transaction.atomic(),
        all_that_is_logged() as logs,
    ):
        reach_everybody(patched)
        world = build_world()
        mark_everything()
        everybody_is_told_everything(world)
        world.people = {name: User.objects.get(pk=person.pk) for name, person in world.people.items()}
        sinks = Sinks(patched, unreachable=world.frida)
        sinks.offer_feeds(list(world.people.values()), on())
        stuffed = Stuffed(world, sinks.everything_goes_out)
        stuffed.live()
        stuffed.wait(days=14)
        yield Town(sinks, logs)
        transaction.set_rollback(True)


@contextmanager
def all_that_is_logged() -> Iterator[Logs]:
    """Note everything that is logged, down to the finest level."""
    root, logs = logging.getLogger(), Logs()
    level = root.level
    root.addHandler(logs)
    root.setLevel(logging.DEBUG)
    try:
        yield logs
    finally:
        root.removeHandler(logs)
        root.setLevel(level)


def reach_everybody(patched: pytest.MonkeyPatch) -> None:
    """Set every channel up."""
    patched.setattr(settings, "HAS_EMAIL", True)
    patched.setattr(settings, "HAS_PUSH", True)
    patched.setattr(settings, "VAPID_PRIVATE_KEY", (1).to_bytes(32))
    patched.setattr(settings, "DEFAULT_FROM_EMAIL", "Involver <involver@lilleby.example>")


def everybody_is_told_everything(world: World) -> None:
    """Give everybody a device, some a digest, the town a webhook; and let every step of a deadline tell all it can.

    Every second one reads English.
    """
    for place, person in enumerate(world.people.values()):
        User.objects.filter(pk=person.pk).update(language="en" if place % 2 else "da")
        Device.objects.create(
            person=person, endpoint=f"https://push.example/{person.username}", p256dh="", auth="", added_at=on(-1)
        )
    Preference.objects.create(person=world.kirsten, email_pace=Pace.DAILY)
    Preference.objects.create(person=world.lone, push_pace=Pace.WEEKLY)
    admin = User.objects.create_superuser("root", name="Rut Root")
    add_webhook(name="Journal", unit=world.town, url="https://hook.example/in", actor=admin, now=on(-1))
    RuleStep.objects.all().delete()
    DeadlineRule.objects.filter(limit_days__gt=5).update(limit_days=5)  # within the days that are waited for
    everybody = {f"tells_{who}": True for who in ("owner", "asker", "leader", "leader_above")}
    for rule in DeadlineRule.objects.all():
        for offset in (-1, 0, 1):
            RuleStep.objects.create(rule=rule, offset_days=offset, **everybody)


def test_nothing_sensitive_goes_out(town: Town) -> None:
    assert [(sunk.where, wrong) for sunk in town.sinks.sunk if (wrong := wrong_in(sunk.text))] == []


def test_nothing_sensitive_is_logged(town: Town) -> None:
    lines = "\n".join(sunk.text for sunk in town.logs.sunk)
    assert lines.count("builtins.RuntimeError") == 3
    assert "Not Found: /kalender/…" in lines
    assert wrong_in(lines) == []
    assert not [secret for secret in town.sinks.secrets if secret in lines]


def test_every_channel_was_used(town: Town) -> None:
    kinds = {sunk.where.split()[0] for sunk in town.sinks.sunk}
    assert kinds == {"app", "call", "e-mail", "feed", "file", "push"}
    calendars = [sunk.text for sunk in town.sinks.sunk if "BEGIN:VCALENDAR" in sunk.text]
    methods = {found for text in calendars for found in re.findall(r"^METHOD:(\w+)", text, re.MULTILINE)}
    assert methods == {"REQUEST", "CANCEL", "PUBLISH"}


def test_everything_that_is_told_was_told(town: Town) -> None:
    told = {message.event.kind for message, _said in town.sinks.said if message.event}
    assert told == set(TOLD)


def test_every_deadline_was_told_to_all_whom_it_can_tell(town: Town) -> None:
    told = {
        (message.step.deadline.kind, message.audience) for message, _said in town.sinks.said if message.step is not None
    }
    for kind in DeadlineKind:
        wanted = {Audience.OWNER, Audience.LEADER} | (set() if kind in NOBODY_ASKED else {Audience.ASKER})
        assert {audience for each, audience in told if each == kind} == wanted, kind


def test_digests_and_failures_were_told(town: Town) -> None:
    assert any(message.failed for message, _said in town.sinks.said)
    assert Message.objects.filter(digest_on__isnull=False, channel=Channel.EMAIL, state=MessageState.SENT).exists()


def test_every_message_reads_as_a_sentence(town: Town) -> None:
    for message, said in town.sinks.said:
        about = (message.event and message.event.kind) or (message.step and message.step.deadline.kind), said
        assert re.fullmatch(r"[A-ZÆØÅ][^%{}]+[^.,:% ]", said.headline), about
        assert re.fullmatch(r"[A-ZÆØÅ0-9][^%{}]+[.?]", said.detail), about
        assert not re.search(r"  | [,.:?]|\bNone\b|^[,.:]|kl\. ,| - |\(\)", f"{said.headline}\n{said.detail}"), about


def test_no_message_names_its_reader_as_somebody_else(town: Town) -> None:
    """Whoever is named in a message about themselves is spoken to."""
    for message, said in town.sinks.said:
        event = message.event
        named = {event.person_id, id_before(event)} if event is not None else set()
        if event is not None and message.person is not None and message.person_id in named:
            assert message.person.name not in f"{said.headline} {said.detail}", (event.kind, said)


# ---- The queue


def test_tasks_take_nothing() -> None:
    app.loader.import_default_modules()
    own = [task for name, task in app.tasks.items() if name.startswith("notifications.")]
    assert own
    for task in own:
        kinds = [each.kind for each in inspect.signature(task.run).parameters.values()]
        assert kinds == [inspect.Parameter.VAR_KEYWORD], task.name  # those of other versions, which are passed over


def test_beat_sends_nothing_along() -> None:
    for entry in app.conf.beat_schedule.values():
        assert not entry.get("args")
        assert not entry.get("kwargs")


def test_the_doorbell_sends_nothing_along(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda _app, *given, **how: sent.append((given, how)))
    doorbell.nudge_workers(app)
    [(given, how)] = sent
    assert given == (doorbell.DELIVER,)
    assert not {"args", "kwargs"} & set(how)


def test_what_must_not_go_out_would_be_found() -> None:
    assert wrong_in("Tema: zzmark-theme-trivsel") == ["zzmark-theme-trivsel"]
    assert wrong_in("CPR 010190-1234.") == ["010190-1234"]
    assert wrong_in("Mødet er mandag den 21. september 2026 kl. 09:00–10:00 (K7M3-92QD)") == []
