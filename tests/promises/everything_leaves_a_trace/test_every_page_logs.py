"""Whoever sees a case leaves a trace, whichever page it was; and what cannot be logged is not shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from coordination.models import AccessRecord, Case, Event, EventKind, LookReason, MeetingState
from tests.browser.tour import Scene, Stop, pages_of, set_the_scene
from tests.builders import World, on, term

pytestmark = pytest.mark.django_db

# Pages that name cases by their codes alone, beside what somebody owes or what was asked of them: who opens one of
# these has not yet looked into any case. Opening the case from there is the look.
NAMES_CASES_ONLY = {
    "desk": "my own deadlines and asks; the case is opened from there",
    "cases": "the list of my cases; the case is opened from there",
    "board": "moves of my units by day and what they lack; the move is opened from there",
    "board_print": "the same as a list",
    "board_csv": "the same as a table",
    "cohort": "whose cases of my units have a move this year, and whose have none; the case is opened from there",
    "notifications:bell": "messages hold the code, what is due and when, and nothing else",
    "invitation": "what somebody sees who has been asked and takes no part yet: the ask itself",
    "look_sample": "who looked at which case, for their leader to confirm; the case is not opened by that",
    "outside_erase": "the officer is asked once more before a case is erased; the page before is logged",
    "outside_hold": "the same before it is kept",
    "outside_let_go": "the same before it is kept no longer",
    "outside_ask": "the same before its holder is asked to close it",
    "outside_take_back": "the same before that is taken back",
    "outside_find": "the codes of those that are kept for a complaint; the case is opened from there",
}


@pytest.fixture
def scene(world: World) -> Iterator[Scene]:
    """A municipality in which every page has something to show, on the day after the Monday."""
    with time_machine.travel(on(1), tick=False):
        yield set_the_scene(world)


def stops(scene: Scene) -> list[Stop]:
    """Every page, and every file."""
    planned = scene.rich.meetings.filter(state=MeetingState.PLANNED)[0]
    files = [
        Stop("board_csv", "lone", reverse("board_csv")),
        Stop("cohort_csv", "kirsten", reverse("cohort_csv")),
        Stop("figures_file", "dorte", reverse("figures_file", args=["csv"])),
        Stop("notifications:meeting_file", "maja", reverse("notifications:meeting_file", args=[planned.pk])),
        Stop("notifications:meeting_file", "anna", reverse("notifications:meeting_file", args=[planned.pk])),
        Stop("find_case", "maja", f"{reverse('find_case')}?kode={scene.rich.code}"),
        Stop("protection_export", "dorthe", f"{reverse('protection_export')}?kode={scene.rich.code}"),
    ]
    return [*(stop for stop in pages_of(scene) if stop.who), *files]


def visit(client: Client, scene: Scene, stop: Stop) -> HttpResponse:
    """Go there as the one whose stop it is."""
    client.force_login(scene.world.people[stop.who])
    return client.get(stop.path)  # type: ignore[return-value]


def of_officers() -> QuerySet[Event]:
    """What officers have read of the log, or of a case from outside: no look at the case, and a trace of its own."""
    found: QuerySet[Event] = Event.objects.filter(kind=EventKind.LOG_READ)
    return found


def cases_shown(answer: Any) -> set[int]:
    """The cases whose codes stand in an answer."""
    text = answer.getvalue().decode() if answer.streaming else answer.content.decode()
    return {pk for pk, code in Case.objects.values_list("pk", "code") if code in text}


def test_every_page_that_shows_a_case_logs_the_look(client: Client, scene: Scene) -> None:
    unlogged, logged = set(), set()
    for stop in stops(scene):
        before, read = AccessRecord.objects.count(), of_officers().count()
        answer = visit(client, scene, stop)
        viewers = set(AccessRecord.objects.order_by("pk").values_list("viewer__username", flat=True)[before:])
        viewers |= set(of_officers().order_by("pk").values_list("actor__username", flat=True)[read:])
        assert viewers <= {stop.who}
        if answer.status_code != 200:
            continue
        if viewers:
            logged.add(stop.name)
        elif cases_shown(answer):
            unlogged.add(stop.name)
    assert unlogged - NAMES_CASES_ONLY.keys() == set()  # that every address is on the tour, its own test says
    assert {"case", "case_looks", "transition", "meeting", "notifications:meeting_file", "case_close"} <= logged
    assert {"protection", "protection_export"} <= logged
    assert len(logged) > 35


def test_what_cannot_be_logged_is_not_shown(client: Client, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever page would log a look shows nothing when it cannot: neither the case nor whose it is."""

    def fail(**_values: object) -> None:
        raise DatabaseError("disk full")

    client.raise_request_exception = False
    refused = set()
    for stop in stops(scene):
        before = AccessRecord.objects.count()
        visit(client, scene, stop)
        if AccessRecord.objects.count() == before:
            continue
        with monkeypatch.context() as broken:
            broken.setattr(AccessRecord.objects, "create", fail)
            answer = visit(client, scene, stop)
        assert answer.status_code == 500, stop
        text = answer.content.decode()
        assert not cases_shown(answer), stop
        assert scene.rich.theme.label not in text, stop
        refused.add(stop.name)
    assert {"case", "case_looks", "transition", "meeting", "notifications:meeting_file"} <= refused


@pytest.mark.parametrize(("who", "reason"), [("maja", ""), ("anna", ""), ("lone", "complaint")])
def test_a_reference_whose_opening_cannot_be_logged_stays_closed(
    client: Client, scene: Scene, monkeypatch: pytest.MonkeyPatch, who: str, reason: str
) -> None:
    def fail(**_values: object) -> None:
        raise DatabaseError("disk full")

    client.raise_request_exception = False
    client.force_login(scene.world.people[who])
    path = reverse("reference_open", args=[scene.rich.references.earliest("pk").pk])
    given = {"reason": term(LookReason, reason).pk} if reason else {}
    open_ = client.post(path, given)
    assert open_.status_code == 200
    number = open_.context["number"]
    assert number in open_.content.decode()
    monkeypatch.setattr(AccessRecord.objects, "create", fail)
    refused = client.post(path, given)
    assert refused.status_code == 500
    assert number not in refused.content.decode()
    assert not cases_shown(refused)
