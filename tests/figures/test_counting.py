"""Each figure, in a town whose numbers are known by hand: the third quarter of 2026."""

from __future__ import annotations

from datetime import date

import pytest

from coordination.commands.figures import reckon_figures
from coordination.models import (
    Absence,
    Case,
    Deadline,
    DeadlineKind,
    FigureRowKind,
    Holding,
    InvolvementKind,
    Landing,
    Membership,
    Population,
    Settlement,
)
from tests.builders import World
from tests.figures.town import (
    AFTERWARDS,
    LAST,
    answers,
    at,
    cases,
    cells_of,
    close,
    involve,
    kept,
    moves,
    open_asks,
    owe,
    taken_back,
)


def reckon() -> None:
    assert reckon_figures(now=AFTERWARDS) == 1


def test_answers_within_the_limit_count_for_the_unit_and_all_above_it(world: World) -> None:
    answers(world, world.school, in_time=30, late=10)
    answers(world, world.ppr, in_time=8, late=12)
    reckon()
    assert cells_of(world.school, Population.ANSWERS, "answers") == {"in_time": 30, "late": 10}
    assert cells_of(world.schools, Population.ANSWERS, "answers") == {"in_time": 30, "late": 10}
    assert cells_of(world.town, Population.ANSWERS, "answers") == {"in_time": 38, "late": 22}
    assert kept(world.other_school, Population.ANSWERS) is None


def test_an_ask_that_got_no_answer_is_late_and_one_taken_back_in_time_counts_nowhere(world: World) -> None:
    answers(world, world.school, in_time=30, late=5)
    open_asks(world, world.school, 6, opened_on=date(2026, 8, 3))
    taken_back(world, world.school, 7, due_on=date(2026, 8, 12), on=date(2026, 8, 12))
    taken_back(world, world.school, 8, due_on=date(2026, 8, 12), on=date(2026, 8, 13))
    open_asks(world, world.school, 9, opened_on=date(2026, 9, 29), due_on=date(2026, 10, 2))
    reckon()
    assert cells_of(world.school, Population.ANSWERS, "answers") == {"in_time": 30, "late": 5 + 6 + 8}


def test_what_was_due_before_or_after_counts_in_its_own_period(world: World) -> None:
    for day in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 1)):
        answers(world, world.school, in_time=10, late=0, on=day)
    reckon()  # the second quarter
    reckon()
    row = kept(world.school, Population.ANSWERS)
    assert row is not None
    assert row.total == 20


def test_answer_times_are_working_days_and_unanswered_asks_have_waited_until_the_last_day(world: World) -> None:
    answers(world, world.school, in_time=26, days=1)  # Tuesday to Wednesday
    answers(world, world.school, in_time=19, days=7)  # a weekend lies between
    open_asks(world, world.school, 5, opened_on=date(2026, 9, 16))  # two weeks and ten working days before the end
    answers(world, world.ppr, in_time=24, days=0)
    answers(world, world.ppr, in_time=15, late=10, days=5)  # Friday to Wednesday
    reckon()
    school, ppr = kept(world.school, Population.ANSWERS), kept(world.ppr, Population.ANSWERS)
    assert school is not None
    assert ppr is not None
    assert (school.median, school.ninetieth) == (1, 5)
    assert (ppr.median, ppr.ninetieth) == (3, None)  # of 49 answers fewer than five took longer than the nine in ten


def test_the_nine_in_ten_know_of_asks_without_an_answer(world: World) -> None:
    answers(world, world.school, in_time=44, days=1)
    open_asks(world, world.school, 6, opened_on=date(2026, 9, 16))
    reckon()
    row = kept(world.school, Population.ANSWERS)
    assert row is not None
    assert (row.median, row.ninetieth) == (1, 10)


def test_asks_that_wait_are_counted_by_their_age_on_the_last_day(world: World) -> None:
    later = date(2026, 10, 2)
    for count, opened_on in (
        (6, date(2026, 9, 30)),
        (7, date(2026, 9, 24)),
        (8, date(2026, 9, 23)),
        (9, date(2026, 9, 10)),
    ):
        open_asks(world, world.school, count, opened_on=opened_on, due_on=later)
    open_asks(world, world.school, 10, opened_on=date(2026, 9, 9), due_on=later)
    answers(world, world.school, in_time=11, on=later, days=5)  # answered since
    answers(world, world.school, in_time=12, on=LAST)
    open_asks(world, world.school, 13, opened_on=date(2026, 10, 1), due_on=later)
    reckon()
    shown = cells_of(world.school, Population.OPEN_ASKS, "ages")
    assert list(shown.items()) == [("week", 24), ("three_weeks", 17), ("older", 10)]


def test_cases_without_a_next_step_are_those_in_which_one_was_owed_on_the_last_day(world: World) -> None:
    some = cases(world, world.school, 30)
    owe(DeadlineKind.NEXT_STEP, some[:8])
    owe(DeadlineKind.NEXT_STEP, some[8:10], since=date(2026, 10, 1))
    close(cases(world, world.school, 5), on=LAST)
    assert len(cases(world, world.school, 5, opened_on=date(2026, 10, 1))) == 5
    reckon()
    assert cells_of(world.school, Population.CASES, "next_step") == {"has": 22, "missing": 8}


def test_batons_at_risk_are_counted_once_each_by_the_worst(world: World) -> None:
    safe, away = cases(world, world.school, 20), cases(world, world.school, 6, holder=world.mads)
    asked, gone = cases(world, world.school, 7, holder=world.mads), cases(world, world.school, 5, holder=world.lone)
    Absence.objects.create(user=world.mads, stand_in=world.maja, first_on=date(2026, 9, 20), last_on=LAST)
    Case.objects.filter(pk__in=[case.pk for case in asked]).update(release_asked_at=at(LAST))
    owe(DeadlineKind.ASSIGN_HOLDER, gone)
    left = cases(world, world.school, 5, holder=world.anton)  # of another unit by now
    assert not Membership.objects.filter(user=world.anton, unit=world.school).exists()
    reckon()
    shown = cells_of(world.school, Population.CASES, "baton")
    assert shown == {"safe": len(safe), "away": len(away), "asked": len(asked), "gone": len(gone) + len(left)}


def test_a_case_counts_where_the_baton_was_on_the_last_day(world: World) -> None:
    some = cases(world, world.school, 12)
    holdings = Holding.objects.filter(case__in=some[:6])
    holdings.update(ended_at=at(LAST))
    for case in some[:6]:
        Holding.objects.create(
            case=case, holder=world.anna, unit=world.ppr, reason="handed_over", began_at=at(LAST), ended_at=None
        )
    reckon()
    totals = [row.total for unit in (world.school, world.ppr) if (row := kept(unit, Population.CASES))]
    assert totals == [6, 6]


def test_children_heard_and_parents_involved_are_counted_by_the_last_day(world: World) -> None:
    some = cases(world, world.school, 30)
    involve(InvolvementKind.CHILD, some[:18])
    involve(InvolvementKind.CHILD, some[10:14])  # again: still one child each
    involve(InvolvementKind.PARENTS, some[:24])
    involve(InvolvementKind.CHILD, some[18:20], on=date(2026, 10, 1))
    reckon()
    assert cells_of(world.school, Population.CASES, "child") == {"heard": 18, "not_yet": 12}
    assert cells_of(world.school, Population.CASES, "parents") == {"involved": 24, "not_yet": 6}


def test_children_are_received_in_time_or_not_where_they_come_to(world: World) -> None:
    moves(world, world.school, 20)
    moves(world, world.school, 6, received_on=date(2026, 8, 20))
    moves(world, world.school, 5, received_on=date(2026, 10, 2))  # not yet on the last day
    moves(world, world.school, 5)
    declined = Deadline.objects.filter(kind=DeadlineKind.RECEIVE_TRANSITION).order_by("-pk")[:5]
    for deadline in declined:
        assert deadline.transition is not None
        deadline.transition.received_at, deadline.transition.state = None, "planned"
        deadline.transition.save()
    reckon()
    assert cells_of(world.school, Population.RECEPTIONS, "received") == {"in_time": 20, "late": 11}
    assert kept(world.kindergarten, Population.RECEPTIONS) is None


def test_a_child_that_nobody_has_received_by_its_day_is_late(world: World) -> None:
    moves(world, world.school, 10)
    moves(world, world.school, 7)
    waiting = Deadline.objects.filter(kind=DeadlineKind.RECEIVE_TRANSITION).order_by("-pk")[:7]
    for deadline in waiting:
        assert deadline.transition is not None
        deadline.transition.received_at, deadline.transition.state = None, "handed_over"
        deadline.transition.save()
        deadline.settled_at, deadline.settlement = None, ""
        deadline.save()
    reckon()
    assert cells_of(world.school, Population.RECEPTIONS, "received") == {"in_time": 10, "late": 7}


def test_children_have_landed_well_or_not_and_lost_knowledge_counts_by_its_kind(world: World) -> None:
    moves(world, world.school, 12, landing=Landing.WELL)
    moves(world, world.school, 6, landing=Landing.NEEDS_MORE)
    moves(world, world.school, 7, landing=Landing.KNOWLEDGE_MISSING, missing="relations")
    moves(world, world.school, 5, landing=Landing.KNOWLEDGE_MISSING, missing="support")
    reckon()
    shown = cells_of(world.school, Population.LANDINGS, "landed")
    assert (shown["needs_more"], shown["missing:relations"], shown["missing:support"]) == (6, 7, 5)
    assert {shown[f"missing:{code}"] for code in ("what_helps", "strengths", "parents", "not_read")} == {"few"}
    assert shown["well"] == "kept"  # else the others could be told from the total to be none at all


@pytest.mark.parametrize("settlement", [Settlement.MET, Settlement.LAPSED])
def test_joining_and_handing_over_are_asks_like_any_other(world: World, settlement: Settlement) -> None:
    answers(world, world.school, in_time=20)
    answers(world, world.school, late=10)
    asked = list(Deadline.objects.filter(unit=world.school).order_by("pk").values_list("pk", flat=True))
    Deadline.objects.filter(pk__in=asked[:10]).update(kind=DeadlineKind.ANSWER_HANDOVER)
    Deadline.objects.filter(pk__in=asked[10:20]).update(kind=DeadlineKind.ANSWER_JOIN_REQUEST)
    Deadline.objects.filter(pk__in=asked[20:]).update(settlement=settlement)
    reckon()
    assert cells_of(world.school, Population.ANSWERS, "answers") == {"in_time": 20, "late": 10}


def test_what_is_few_is_hidden_and_units_that_are_too_small_stand_together(world: World) -> None:
    answers(world, world.school, in_time=38, late=2)
    answers(world, world.other_school, in_time=20, late=20)
    answers(world, world.health, in_time=2, late=1)
    answers(world, world.family, in_time=6, late=7)
    answers(world, world.ppr, in_time=20, late=9)
    reckon()
    assert cells_of(world.school, Population.ANSWERS, "answers") == {"in_time": "kept", "late": "kept"}
    hidden = [unit for unit in world.units.values() if (row := kept(unit, Population.ANSWERS)) and row.total is None]
    assert world.health in hidden
    group = kept(world.town, Population.ANSWERS, FigureRowKind.GROUP)
    assert group is not None
    # Nobody is told in which of them there is somebody; nor how many are in health, by what is missing from the town.
    assert set(group.members) == {world.town.pk, world.daycare.pk, world.health.pk, world.family.pk}
    assert group.total == 16
