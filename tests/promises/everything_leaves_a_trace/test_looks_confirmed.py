"""Each month a few looks are put before the leaders who answer for them; the officer sees what is to be explained."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from coordination.commands import look_checks
from coordination.commands.look_checks import answer_looks, draw_looks, remind_of_looks
from coordination.commands.looks import look_at_case, open_reference
from coordination.errors import Forbidden, MovedOn, Unseen
from coordination.models import (
    Case,
    Event,
    EventKind,
    LookAnswer,
    LookCheck,
    LookDrawing,
    LookReason,
    LookSample,
)
from coordination.queries.calendars import calendar_of
from tests.builders import World, a_case_with_reference, accepted, on, term
from tests.pages.officers import an_officer
from tests.promises.telling import leaves

pytestmark = pytest.mark.django_db

NEXT_MONTH = on(20)  # the Monday of the tests is in the middle of a month


@pytest.fixture
def case(world: World) -> Case:
    """A case at which Maja looked ten times, Anna and Lone, who leads the school, once."""
    case = a_case_with_reference(world)
    accepted(world, case)
    for hours in range(10):
        look_at_case(case=case, actor=world.maja, now=on(1, hours=hours))
    look_at_case(case=case, actor=world.anna, now=on(2))
    open_reference(reference=case.references.get(), actor=world.lone, now=on(2), reason=term(LookReason, "complaint"))
    return case


def sample_of(leader: Any) -> LookSample:
    """What one leader has to answer for."""
    return LookSample.objects.get(leader=leader)


def test_each_leader_is_asked_about_a_few_looks_of_the_last_month(world: World, case: Case) -> None:
    assert draw_looks(now=on(10)) == 1  # of the month before, in which nobody looked
    assert not LookSample.objects.exists()
    assert draw_looks(now=NEXT_MONTH) == 1
    lone, per = sample_of(world.lone), sample_of(world.per)
    assert lone.checks.count() == 3
    assert {check.viewer for check in lone.checks.all()} == {world.maja}
    assert [check.viewer for check in per.checks.all()] == [world.anna]
    assert (lone.month, lone.unit) == (date(2026, 9, 1), world.school)
    assert lone.due_on == calendar_of(world.school).shift(NEXT_MONTH.date(), 10)
    told = Event.objects.filter(kind=EventKind.LOOK_DRAWN, person=world.lone)
    assert [(event.case, event.subject_id) for event in told] == [(None, lone.pk)]


def test_a_leaders_own_look_is_for_the_leader_above(world: World, case: Case) -> None:
    draw_looks(now=NEXT_MONTH)
    [check] = LookCheck.objects.filter(viewer=world.lone)
    assert check.sample.leader != world.lone
    assert world.school.place.startswith(check.sample.unit.place)
    assert check.sample.unit != world.school
    assert (check.opened_reference, check.reason) == (True, term(LookReason, "complaint"))


def test_nothing_is_drawn_twice(world: World, case: Case) -> None:
    draw_looks(now=NEXT_MONTH)
    before = set(LookCheck.objects.values_list("record_id", flat=True))
    assert draw_looks(now=NEXT_MONTH) == 0
    assert set(LookCheck.objects.values_list("record_id", flat=True)) == before
    with pytest.raises(IntegrityError), transaction.atomic():
        LookDrawing.objects.create(root=world.town, month=date(2026, 9, 1), drawn_at=NEXT_MONTH)


def test_which_looks_are_drawn_is_chance_and_each_has_the_same(world: World, case: Case, settings: Settings) -> None:
    settings.LOOKS_CHECKED = 1
    drawn = set()
    for _turn in range(60):
        with transaction.atomic():
            draw_looks(now=NEXT_MONTH)
            drawn |= set(LookCheck.objects.filter(viewer=world.maja).values_list("looked_at", flat=True))
            transaction.set_rollback(True)
    assert len(drawn) >= 6  # of ten; that fewer come in sixty turns happens once in many millions


def test_none_are_drawn_where_none_are_wanted(world: World, case: Case, settings: Settings) -> None:
    settings.LOOKS_CHECKED = 0
    draw_looks(now=NEXT_MONTH)
    assert not LookCheck.objects.exists()


def test_one_municipality_that_fails_keeps_nothing_half_done(
    world: World, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise ValueError

    failed: set[int] = set()
    with monkeypatch.context() as broken:
        broken.setattr(look_checks, "record", fail)
        assert draw_looks(now=NEXT_MONTH, failed=failed) == 0
    assert failed == {world.town.pk}
    assert not LookDrawing.objects.exists()
    assert not LookSample.objects.exists()
    assert draw_looks(now=NEXT_MONTH) == 1


def test_the_answers_are_kept_with_who_gave_them_and_leave_events(world: World, case: Case) -> None:
    draw_looks(now=NEXT_MONTH)
    sample = sample_of(world.lone)
    first, second, third = sample.checks.order_by("pk")
    answer_looks(sample=sample, answers={first.pk: LookAnswer.IN_ORDER}, actor=world.lone, now=on(21))
    assert sample_of(world.lone).answered_at is None
    rest = {second.pk: LookAnswer.IN_ORDER, third.pk: LookAnswer.QUESTIONED}
    answer_looks(sample=sample, answers=rest, actor=world.lone, now=on(22))
    assert sample_of(world.lone).answered_at == on(22)
    third.refresh_from_db()
    assert (third.answer, third.answered_by, third.answered_at) == ("questioned", world.lone, on(22))
    told = Event.objects.filter(kind__in=(EventKind.LOOK_CONFIRMED, EventKind.LOOK_QUESTIONED)).order_by("pk")
    assert [(event.kind, event.person, event.subject_id) for event in told] == [
        ("look_confirmed", world.maja, first.pk),
        ("look_confirmed", world.maja, second.pk),
        ("look_questioned", world.maja, third.pk),
    ]
    with pytest.raises(MovedOn):
        answer_looks(sample=sample, answers={third.pk: LookAnswer.IN_ORDER}, actor=world.lone, now=on(23))


@pytest.mark.parametrize("who", ["maja", "anna", "per", "ove", "kirsten"])
def test_nobody_else_answers(world: World, case: Case, who: str) -> None:
    draw_looks(now=NEXT_MONTH)
    sample = sample_of(world.lone)
    check = sample.checks.all()[0]
    with pytest.raises(Unseen):
        answer_looks(sample=sample, answers={check.pk: LookAnswer.IN_ORDER}, actor=world.people[who], now=on(21))


def test_nobody_confirms_their_own_look(world: World, case: Case) -> None:
    draw_looks(now=NEXT_MONTH)
    [check] = LookCheck.objects.filter(viewer=world.lone)
    LookSample.objects.filter(pk=check.sample_id).update(unit=world.school)
    with pytest.raises(Forbidden):
        answer_looks(sample=check.sample, answers={check.pk: LookAnswer.IN_ORDER}, actor=world.lone, now=on(21))
    with pytest.raises(IntegrityError), transaction.atomic():
        LookCheck.objects.filter(pk=check.pk).update(
            answer=LookAnswer.IN_ORDER, answered_by=world.lone, answered_at=on(21)
        )


def test_leaders_are_reminded_once_when_it_is_due_and_the_leader_above_after_five_days(
    world: World, case: Case
) -> None:
    draw_looks(now=NEXT_MONTH)
    LookSample.objects.exclude(leader=world.lone).delete()
    sample = sample_of(world.lone)

    def told_on(days: int) -> list[str]:
        before = Event.objects.latest("pk").pk
        remind_of_looks(now=on(days))
        return [event.person.username for event in Event.objects.filter(pk__gt=before) if event.person]

    due = (sample.due_on - on(0).date()).days
    assert told_on(due - 1) == []
    assert told_on(due) == ["lone"]
    assert told_on(due) == []
    late = (calendar_of(world.school).shift(sample.due_on, 5) - on(0).date()).days
    assert told_on(late - 1) == []
    above = told_on(late)
    assert "lone" in above
    assert len(above) == 2
    assert told_on(late + 1) == []


def test_what_a_leader_who_left_owed_the_nearest_leader_owes(world: World, case: Case) -> None:
    draw_looks(now=NEXT_MONTH)
    sample = sample_of(world.lone)
    leaves(world.lone, world.school, now=on(21))
    assert remind_of_looks(now=on(21)) >= 1
    sample.refresh_from_db()
    assert sample.leader != world.lone
    assert remind_of_looks(now=on(21)) == 0


# --- Pages --------------------------------------------------------------------------------------------------
def test_the_leader_finds_them_on_the_desk_and_answers(client: Client, world: World, case: Case) -> None:
    draw_looks(now=NEXT_MONTH)
    sample = sample_of(world.lone)
    path = reverse("look_sample", args=[sample.pk])
    client.force_login(world.lone)
    with time_machine.travel(on(21), tick=False):
        assert path in client.get("/").content.decode()
        page = client.get(path)
        text = page.content.decode()
        assert case.code in text
        assert "Maja" in text
        assert case.theme.label not in text
        empty = client.post(path, {"submission": page.context["form"]["submission"].value()})
        assert empty.status_code == 422
        given = {f"look_{check.pk}": "in_order" for check in sample.checks.all()}
        last = list(given)[-1]
        sent = {**given, last: "questioned", "submission": page.context["form"]["submission"].value()}
        assert client.post(path, sent).status_code == 302
        assert client.post(path, sent).status_code == 302
        assert path not in client.get("/").content.decode()
    assert sorted(sample.checks.values_list("answer", flat=True)) == ["in_order", "in_order", "questioned"]
    officer = an_officer(world)
    client.force_login(officer)
    page = client.get("/databeskyttelse/")
    assert [check.viewer for check in page.context["to_explain"]] == [world.maja]


def test_others_do_not_find_the_page(client: Client, world: World, case: Case) -> None:
    draw_looks(now=NEXT_MONTH)
    path = reverse("look_sample", args=[sample_of(world.lone).pk])
    for person in (world.maja, world.anna, world.per, an_officer(world)):
        client.force_login(person)
        assert client.get(path).status_code == 404
        assert path not in client.get("/").content.decode()


def test_the_officer_sees_what_no_leader_has_answered_in_time(client: Client, world: World, case: Case) -> None:
    draw_looks(now=NEXT_MONTH)
    officer = an_officer(world)
    for days, late in ((21, 0), (60, LookSample.objects.count())):
        with time_machine.travel(on(days), tick=False):
            client.force_login(officer)
            assert len(client.get("/databeskyttelse/").context["late"]) == late
