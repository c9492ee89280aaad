"""A municipality in which a lot is owed at once.

Its units and people are made through the commands, by `python -m tests.faults.founding`. The cases, deadlines and
events of which people are to be told are written in bulk, past the commands: making hundreds of cases by hand would
take longer than all faults together. From there on everything goes its ordinary way.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import cycle
from typing import Any

from django.db import connections
from django.db.models import Q, QuerySet
from django.utils import timezone

from backend.settings import parse_database
from coordination.models import (
    Case,
    Deadline,
    DeadlineKind,
    Event,
    EventKind,
    Membership,
    OutboxEntry,
    Theme,
    User,
)
from coordination.rules.workdays import WorkCalendar
from notifications.models import Channel, Message, MessageState, Preference

TOWN = "town"  # the alias of the database that the servers work on


@dataclass(frozen=True)
class Owed:
    """So many messages over each channel: one for each deadline and event of these ranges of ids."""

    deadlines: tuple[int, int]
    events: tuple[int, int]
    count: int

    def messages(self, channel: Channel) -> QuerySet[Message]:
        """Those made so far."""
        of_these = Q(step__deadline__pk__range=self.deadlines) | Q(event__pk__range=self.events)
        return Message.objects.using(TOWN).filter(of_these, channel=channel)

    def is_settled(self, channel: Channel) -> bool:
        """Whether every message that is owed has been made and has come to an end."""
        settled = self.messages(channel).exclude(state__in=(MessageState.WAITING, MessageState.BUNDLED))
        return settled.count() >= self.count


@contextmanager
def town_at(url: str) -> Iterator[None]:
    """Let this process reach the database at the address, besides the one of the tests."""
    plain = parse_database(url)
    plain["OPTIONS"] = {key: value for key, value in plain["OPTIONS"].items() if key != "pool"}
    before = connections.settings.get(TOWN)
    _turn_to(connections.configure_settings({"default": {}, TOWN: plain})[TOWN])
    try:
        yield
    finally:
        _turn_to(before)


def _turn_to(database: dict[str, Any] | None) -> None:
    if TOWN in connections.settings:
        connections[TOWN].close()
        del connections[TOWN], connections.settings[TOWN]
    if database is not None:
        connections.settings[TOWN] = database


def make_owed(count: int, *, now: datetime) -> Owed:
    """Owe so many things: half of them deadlines that are due, half of them events that somebody is to be told of."""
    today = timezone.localdate(now)
    day = today
    while not WorkCalendar().is_working(day):
        day -= timedelta(days=1)
    long_ago = now - timedelta(days=60)
    people = _people()
    theme_id = Theme.objects.using(TOWN).values_list("pk", flat=True).earliest("pk")
    cases = Case.objects.using(TOWN).bulk_create(
        [
            Case(
                code=secrets.token_hex(4),
                theme_id=theme_id,
                opened_by_id=person_id,
                opened_unit_id=unit_id,
                opened_at=long_ago,
                holder_id=person_id,
                holder_unit_id=unit_id,
                last_event_at=long_ago,
            )
            for (person_id, unit_id), _number in zip(cycle(people), range(count), strict=False)
        ]
    )
    half = count // 2
    deadlines = Deadline.objects.using(TOWN).bulk_create(
        [
            Deadline(
                kind=DeadlineKind.NEXT_STEP,
                case=case,
                owner_id=case.holder_id,
                unit_id=case.holder_unit_id,
                due_on=day,
                opened_at=long_ago,
                next_step_on=day,
            )
            for case in cases[:half]
        ]
    )
    events = Event.objects.using(TOWN).bulk_create(
        [Event(kind=EventKind.HOLDER_ASSIGNED, at=now, case=case, person_id=case.holder_id) for case in cases[half:]]
    )
    OutboxEntry.objects.using(TOWN).bulk_create([OutboxEntry(event=event) for event in events])
    return Owed((deadlines[0].pk, deadlines[-1].pk), (events[0].pk, events[-1].pk), count)


def tell_at_any_hour(**changes: object) -> None:
    """Have everybody told over every channel at once, at night and on Sundays too, but for the changes."""
    never_quiet = {"quiet_from": time(0), "quiet_until": time(0), "quiet_days_off": False}
    Preference.objects.using(TOWN).all().delete()
    Preference.objects.using(TOWN).bulk_create(
        [Preference(person_id=person_id, **{**never_quiet, **changes}) for person_id, _unit_id in _people()]
    )


def addresses() -> list[str]:
    """The addresses of all people."""
    return list(User.objects.using(TOWN).order_by("pk").values_list("email", flat=True))


def _people() -> list[tuple[int, int]]:
    return list(Membership.objects.using(TOWN).order_by("pk").values_list("user_id", "unit_id"))
