"""Reckoning: once for each period that is over; what has been shown is never shown otherwise."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.commands import figures
from coordination.commands.figures import reckon_figures
from coordination.commands.units import UnitDraft, place_unit
from coordination.models import (
    AppendOnlyError,
    FigurePeriod,
    FigureRow,
    FigureRule,
    PeriodLength,
    Population,
    Unit,
    UnitKind,
    User,
)
from coordination.rules.periods import Period, month_of, periods_over, quarter_of
from notifications.passing import let_time_pass
from tests.builders import PASSWORD, World, on, term
from tests.figures.town import AFTERWARDS, FIRST, LAST, answers, at, cases, cells_of
from tests.races.meeting_point import Point, at_once


def reckon_all(now: datetime) -> int:
    done = 0
    while reckon_figures(now=now):
        done += 1
    return done


def all_that_is_kept() -> list[tuple[object, ...]]:
    return list(FigureRow.objects.order_by("pk").values_list())


def test_a_period_is_reckoned_when_it_is_over_and_not_before(world: World) -> None:
    answers(world, world.school, in_time=20)
    assert reckon_figures(now=at(LAST, 23)) == 0
    assert reckon_figures(now=at(LAST, 23) + timedelta(hours=1)) == 1
    period = FigurePeriod.objects.get()
    assert (period.root, period.first_on, period.last_on) == (world.town, FIRST, LAST)
    assert (period.threshold, period.reckoned_at) == (5, at(LAST, 23) + timedelta(hours=1))


def test_reckoning_again_changes_nothing(world: World) -> None:
    answers(world, world.school, in_time=20, late=10)
    assert reckon_all(AFTERWARDS) == 1
    before = all_that_is_kept()
    assert reckon_all(AFTERWARDS + timedelta(days=60)) == 0
    assert all_that_is_kept() == before


def test_what_comes_in_late_or_another_threshold_gives_no_cell_away(world: World) -> None:
    answers(world, world.school, in_time=36, late=4)
    reckon_all(AFTERWARDS)
    before = all_that_is_kept()
    assert cells_of(world.school, Population.ANSWERS, "answers") == {"in_time": "kept", "late": "few"}
    answers(world, world.school, late=1)  # written down afterwards: shown anew, there would be five
    FigureRule.objects.create(root=world.town, threshold=3)  # and four would be shown at once
    reckon_all(AFTERWARDS)
    assert all_that_is_kept() == before


def test_another_threshold_holds_from_the_next_period_on(world: World) -> None:
    answers(world, world.school, in_time=36, late=4)
    reckon_all(AFTERWARDS)
    FigureRule.objects.create(root=world.town, threshold=3)
    answers(world, world.school, in_time=36, late=4, on=date(2026, 11, 11))
    reckon_all(at(date(2027, 1, 1)))
    latest = FigureRow.objects.get(unit=world.school, population=Population.ANSWERS, period__first_on=date(2026, 10, 1))
    assert latest.period.threshold == 3
    assert latest.outcomes("answers") == {"in_time": 36, "late": 4}


def test_periods_that_were_missed_are_made_good_the_oldest_first(world: World) -> None:
    answers(world, world.school, in_time=20)
    reckon_all(at(date(2027, 4, 1)))
    periods = list(FigurePeriod.objects.order_by("pk").values_list("first_on", flat=True))
    assert periods == [FIRST, date(2026, 10, 1), date(2027, 1, 1)]


def test_a_municipality_that_goes_over_to_months_has_no_day_twice(world: World) -> None:
    answers(world, world.school, in_time=20)
    reckon_all(AFTERWARDS)
    rule = FigureRule.objects.create(root=world.town, length=PeriodLength.MONTH)
    assert reckon_all(at(date(2026, 12, 1))) == 2
    rule.length = PeriodLength.QUARTER
    rule.save()
    assert reckon_all(at(date(2027, 4, 1))) == 2  # December by itself, and the first quarter
    days = [(period.first_on, period.last_on) for period in FigurePeriod.objects.order_by("first_on")]
    assert days == [
        (FIRST, LAST),
        (date(2026, 10, 1), date(2026, 10, 31)),
        (date(2026, 11, 1), date(2026, 11, 30)),
        (date(2026, 12, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 3, 31)),
    ]


def test_where_nothing_has_happened_there_is_nothing_to_reckon(world: World) -> None:
    assert reckon_figures(now=AFTERWARDS) == 0


def test_a_municipality_that_fails_keeps_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    draft = UnitDraft(code="far", name="Fjernby Kommune", kind=term(UnitKind, "kommune"), parent=None)
    far = place_unit(draft=draft, actor=None, now=on(-30))
    answers(world, world.school, in_time=20)
    cases(world, far, 20, holder=world.karin)
    reckon_one = figures._reckon

    def fail_at_home(root: Unit, period: Period, rule: FigureRule, now: datetime) -> bool:
        if root == world.town:
            raise ZeroDivisionError
        return reckon_one(root, period, rule, now)

    monkeypatch.setattr(figures, "_reckon", fail_at_home)
    failed: set[int] = set()
    with caplog.at_level(logging.ERROR):
        assert reckon_figures(now=AFTERWARDS, failed=failed) == 1
    assert failed == {world.town.pk}
    assert "tried again next round" in caplog.text
    assert FigurePeriod.objects.get().root == far


def test_time_passes_over_the_figures_as_well(world: World) -> None:
    answers(world, world.school, in_time=20)
    with time_machine.travel(AFTERWARDS, tick=False):
        assert let_time_pass() >= 1
        assert let_time_pass() == 0
    assert FigurePeriod.objects.get().first_on == FIRST


def test_the_number_of_queries_does_not_grow_with_the_units(world: World) -> None:
    answers(world, world.school, in_time=20, late=10)
    with CaptureQueriesContext(connection) as few:
        assert reckon_figures(now=AFTERWARDS) == 1
    for number in range(30):
        draft = UnitDraft(code=f"s{number}", name=f"Skole {number}", kind=term(UnitKind, "skole"), parent=world.schools)
        answers(world, place_unit(draft=draft, actor=None, now=on(-30)), in_time=10, late=5, on=date(2026, 10, 14))
    with CaptureQueriesContext(connection) as many:
        assert reckon_figures(now=at(date(2027, 1, 1))) == 1
    assert len(many) <= len(few)


# --- What the database itself refuses -----------------------------------------------------------------------
def test_no_period_twice(world: World) -> None:
    answers(world, world.school, in_time=20)
    reckon_all(AFTERWARDS)
    with pytest.raises(IntegrityError), transaction.atomic():
        FigurePeriod.objects.create(root=world.town, first_on=FIRST, last_on=LAST, threshold=5, reckoned_at=AFTERWARDS)


@pytest.mark.parametrize("threshold", [0, 1, 2])
def test_no_threshold_under_three(world: World, threshold: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FigureRule.objects.create(root=world.town, threshold=threshold)
    with pytest.raises(IntegrityError), transaction.atomic():
        FigurePeriod.objects.create(
            root=world.town, first_on=FIRST, last_on=LAST, threshold=threshold, reckoned_at=AFTERWARDS
        )


def test_no_row_twice_and_none_changes_or_goes(world: World) -> None:
    answers(world, world.school, in_time=20)
    reckon_all(AFTERWARDS)
    row = FigureRow.objects.filter(unit=world.school).get()
    with pytest.raises(AppendOnlyError):
        FigureRow.objects.filter(pk=row.pk).update(total=4)
    with pytest.raises(AppendOnlyError):
        row.save()
    with pytest.raises(AppendOnlyError):
        row.period.delete()
    row.pk, row._state.adding = None, True
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    with pytest.raises(ProtectedError):
        world.school.delete()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_that_reckon_at_once_reckon_once(world: World) -> None:
    answers(world, world.school, in_time=20, late=10)
    reckon = partial(reckon_figures, now=AFTERWARDS)
    before_it_is_kept = Point('INSERT INTO "coordination_figureperiod"')
    outcomes = at_once(reckon, reckon, points=[before_it_is_kept, before_it_is_kept])
    assert sorted(outcomes) == [0, 1]
    assert FigurePeriod.objects.count() == 1
    assert FigureRow.objects.filter(unit=world.school, population=Population.ANSWERS).count() == 1


# --- Days ---------------------------------------------------------------------------------------------------
def test_periods_follow_the_calendar() -> None:
    assert month_of(date(2028, 2, 10)) == Period(date(2028, 2, 1), date(2028, 2, 29))
    assert quarter_of(date(2026, 12, 31)) == Period(date(2026, 10, 1), date(2026, 12, 31))
    assert periods_over(date(2026, 6, 30), date(2026, 9, 30), months=False) == []
    assert periods_over(date(2026, 6, 30), date(2026, 10, 1), months=False) == [quarter_of(FIRST)]


# --- The rule -----------------------------------------------------------------------------------------------
def test_an_administrator_chooses_the_threshold_but_never_under_three(client: Client, world: World) -> None:
    clerk = User.objects.create_user("clerk", PASSWORD, name="Clerk Administrator", is_staff=True)
    client.force_login(clerk)
    add = reverse("admin:coordination_figurerule_add")
    offered = client.get(add).content.decode()
    assert "Lilleby Kommune" in offered
    assert "Bakkeskolen" not in offered
    assert client.post(add, {"root": world.town.pk, "threshold": 2, "length": "month"}).status_code == 200
    assert not FigureRule.objects.exists()
    assert client.post(add, {"root": world.town.pk, "threshold": 3, "length": "month"}).status_code == 302
    rule = FigureRule.objects.get()
    assert (rule.root, rule.threshold, rule.length) == (world.town, 3, PeriodLength.MONTH)
    change = reverse("admin:coordination_figurerule_change", args=[rule.pk])
    assert client.post(change, {"threshold": 1, "length": "month"}).status_code == 200
    assert client.post(change, {"threshold": 8, "length": "quarter"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.threshold, rule.length) == (8, PeriodLength.QUARTER)
