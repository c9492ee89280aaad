"""What somebody owed, the steps that were taken of it, and every word under way stay, whatever anybody does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.models.signals import pre_delete

from coordination.commands.people import deactivate_person, end_absence
from coordination.commands.time import pass_time
from coordination.commands.units import UnitDraft, change_unit, close_unit
from coordination.models import (
    AccessRecord,
    Agreement,
    Attendance,
    Deadline,
    Event,
    Handover,
    Holding,
    Invitation,
    Involvement,
    JoinRequest,
    Meeting,
    Milestone,
    OutboxEntry,
    Partnership,
    Review,
    StepTaken,
    Transition,
)
from tests.builders import World, on
from tests.promises.everything_leaves_a_trace.test_events import EVERY_CHANGE, carry_out
from tests.promises.only_those_who_need_to_know.every_command import Scene, build_scene
from tests.promises.telling import away, leaves

KEPT = (
    *(Deadline, StepTaken, OutboxEntry, Event, AccessRecord),
    *(Agreement, Attendance, Handover, Holding, Invitation, JoinRequest, Meeting, Partnership),
    *(Involvement, Milestone, Review, Transition),
)


@contextmanager
def nothing_deleted() -> Iterator[None]:
    """Fail where a row is deleted that people count on, be it because another one is that it belongs to."""
    deleted: list[str] = []

    def notice(sender: type, instance: Any, **_rest: object) -> None:
        if sender in KEPT:
            deleted.append(f"{sender.__name__} {instance.pk}")

    pre_delete.connect(notice)  # Django then deletes nothing beside its signals, as it else does where it can
    try:
        yield
    finally:
        pre_delete.disconnect(notice)
    assert not deleted


@pytest.fixture
def scene(world: World) -> Scene:
    """A case in which everything is going on, with reminders that have gone out."""
    built = build_scene(world)
    pass_time(now=on(1, hours=20))
    assert StepTaken.objects.filter(deadline__case=built.case).exists()
    return built


@EVERY_CHANGE
def test_no_command_of_a_case_deletes_what_was_owed_or_told(scene: Scene, name: str) -> None:
    with nothing_deleted():
        carry_out(name, scene)


def _go_away_and_come_back(world: World) -> None:
    absence = away(world.maja, world.mads, first=4, last=8, now=on(2))
    end_absence(absence=absence, actor=world.maja, now=on(3))


AROUND_A_CASE: dict[str, Callable[[World], object]] = {
    "the contact goes": lambda w: deactivate_person(user=w.anna, actor=None, now=on(2)),
    "the holder goes": lambda w: leaves(w.maja, w.school, now=on(2)),
    "the partner closes": lambda w: close_unit(unit=w.ppr, actor=None, now=on(2)),
    "the holder's unit closes": lambda w: close_unit(unit=w.school, actor=None, now=on(2)),
    "the partner moves": lambda w: change_unit(
        unit=w.ppr, draft=UnitDraft("ppr", "PPR", w.ppr.kind, w.schools), actor=None, now=on(2)
    ),
    "the holder is away, and back": _go_away_and_come_back,
    "the receiver closes": lambda w: close_unit(unit=w.other_school, actor=None, now=on(2)),
    "the receiving contact goes": lambda w: deactivate_person(user=w.hanne, actor=None, now=on(2)),
    "time passes": lambda _w: pass_time(now=on(400)),
}


@pytest.mark.parametrize("what", AROUND_A_CASE)
def test_nothing_that_happens_around_a_case_deletes_what_was_owed_or_told(scene: Scene, what: str) -> None:
    with nothing_deleted():
        AROUND_A_CASE[what](scene.world)


def test_it_would_be_noticed(scene: Scene) -> None:
    with pytest.raises(AssertionError, match="Deadline"), nothing_deleted():
        scene.call.delete()
