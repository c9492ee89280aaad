"""Making the demonstration: units, people, and months of cases, played through the commands in the order of time."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from coordination.commands.figures import reckon_figures
from coordination.commands.time import pass_time
from coordination.demo.absences import being_away
from coordination.demo.batons import leaving
from coordination.demo.cases import a_life
from coordination.demo.cast import cast_people
from coordination.demo.desks import scenes
from coordination.demo.looks import confirm_some, looking
from coordination.demo.moves import moves
from coordination.demo.places import furnish
from coordination.demo.play import Play, Story
from coordination.imports.units import import_units
from coordination.models import Case, CaseState, FigureRule, PeriodLength, Unit, User

SEED = 1947
UNITS = Path(__file__).parent / "randers" / "units.csv"
LASTS = timedelta(days=150)
BEFORE = timedelta(days=30)  # units and people are there before the first case
NIGHTLY = 6  # o'clock: when the play lets time pass
TOLD_AT = (6, 12)  # o'clock: when the play lets people be told
BROUGHT = 58  # cases that the scenes and the moves bring
MET_TWICE = 15  # one case in so many has a child whom somebody else meets too
OPENERS = {
    "skole": 60.0, "specialskole": 6.0, "boernehus": 12.0, "vuggestue": 6.0,
    "dagpleje": 5.0, "sundhedspleje": 5.0, "ppr": 3.0, "dagtilbud": 3.0,
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """What there is in the demonstration."""

    units: int
    people: int
    cases: int
    open_cases: int
    refused: int  # moves that came too late, because somebody else had been first


def is_empty() -> bool:
    """Whether nobody has put anything into the database yet."""
    return not Unit.objects.exists() and not User.objects.exists()


def tell_nobody(_now: datetime) -> None:
    """Let nobody be told: for who only wants the cases."""


def make_demo(*, cases: int, now: datetime, tell: Callable[[datetime], None] = tell_nobody) -> Made:
    """Fill an empty database with the demonstration, ``cases`` of them, up to ``now``; all of it or nothing.

    ``tell`` is called several times a day of the play: whoever tells people things does so then.
    """
    with transaction.atomic():
        play = set_the_stage(now=now)
        for story in (*scenes(play), *moves(play)):
            play.start(story)
        wanted = max(0, cases - BROUGHT)
        for number in range(wanted):
            play.start(_a_life(play, number))
        for days, length in ((110, 9), (80, 12), (52, 5), (30, 16), (6, 14), (3, 9)):
            play.start(being_away(play, _some_morning(play, days), days=length))
        for days in (95, 60, 25):
            play.start(leaving(play, _some_morning(play, days)))
        play.start(looking(play))
        play.start(passing_days(play, tell))
        play.run()
        confirm_some(play)
        while pass_time(now=now) + reckon_figures(now=now):
            pass
        tell(now)
        return _count(play)


def set_the_stage(*, now: datetime) -> Play:
    """Import the units, hire the people, open the doors."""
    begin = now - LASTS
    rng = random.Random(SEED)  # noqa: S311 -- a play, not a lock
    founded = begin - BEFORE
    import_units(UNITS.read_bytes(), file_name=UNITS.name, actor=None, now=founded)
    units = {unit.code: unit for unit in _read_units()}
    furnish(units, now=founded, rng=rng)
    units = {unit.code: unit for unit in _read_units()}
    known = cast_people(units, now=founded, rng=rng)
    FigureRule.objects.create(root=units["RK"], length=PeriodLength.MONTH)  # a play of months has few quarters
    return Play(seed=SEED, begin=begin, end=now, units=units, known=known)


def passing_days(play: Play, tell: Callable[[datetime], None]) -> Story:
    """Every morning before work time passes (reminders, escalations, consents that have expired); people are told."""
    morning = play.moment(timezone.localdate(play.begin), NIGHTLY).replace(minute=0)
    while True:
        for hour in TOLD_AT:
            now = yield morning.replace(hour=hour)
            while hour == NIGHTLY and pass_time(now=now) + reckon_figures(now=now):
                pass
            tell(now)
        morning += timedelta(days=1)


def _a_life(play: Play, number: int) -> Story:
    by_kind: dict[str, list[Unit]] = {}
    for unit in play.units.values():
        by_kind.setdefault(unit.kind.code, []).append(unit)
    unit = play.rng.choice(by_kind[play.pick(OPENERS)])
    days_ago = int(LASTS.days * play.rng.random() ** 1.3)
    start = _some_morning(play, days_ago, unit)
    return a_life(play, start, unit, is_met_twice=number % MET_TWICE == 0)


def _some_morning(play: Play, days_ago: int, unit: Unit | None = None) -> datetime:
    """A working moment about so many days before the end."""
    day = timezone.localdate(play.end) - timedelta(days=days_ago)
    return play.moment(play.calendar(unit or play.units["BS"]).shift(day, 0))


def _read_units() -> list[Unit]:
    return list(Unit.objects.select_related("kind", "parent", "root").prefetch_related("serves"))


def _count(play: Play) -> Made:
    return Made(
        units=Unit.objects.count(),
        people=User.objects.count(),
        cases=Case.objects.count(),
        open_cases=Case.objects.filter(state=CaseState.OPEN).count(),
        refused=len(play.refused),
    )
