"""Time erases a case when its time is over: not before, not while it is held, not before the figures count it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from coordination.commands import erasures
from coordination.commands.cases import close_case, reopen_case
from coordination.commands.erasures import ask_for_erasure, erase_due, lift_hold, place_hold
from coordination.commands.figures import reckon_figures
from coordination.models import (
    Case,
    CaseOutcome,
    Erasure,
    FigureRow,
    ReopenReason,
    RetentionKind,
    RetentionRule,
)
from coordination.queries.retention import cases_to_erase
from coordination.rules.retention import same_day_months_ago
from notifications.passing import let_time_pass
from tests.builders import COPENHAGEN, World, a_case, on, term
from tests.promises.everything_ends.ending import a_closed_case, all_reckoned, an_officer

pytestmark = pytest.mark.django_db


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    """A moment in Denmark."""
    return datetime(year, month, day, hour, tzinfo=COPENHAGEN)


def erased(now: datetime) -> int:
    """Let the figures be reckoned, and erase what is due; say how many cases that were."""
    all_reckoned(now=now)
    return erase_due(now=now, limit=100)


def test_a_case_is_erased_twelve_months_after_it_was_closed_and_not_a_day_before(world: World) -> None:
    a_closed_case(world)  # on Tuesday 15 September 2026
    assert erased(at(2027, 9, 15, 23)) == 0
    assert erased(at(2027, 9, 16, 0)) == 1
    receipt = Erasure.objects.get()
    assert (receipt.cause, receipt.by, receipt.closed_on) == ("retention", None, date(2026, 9, 15))
    assert not Case.objects.exists()


def test_an_open_case_is_never_erased_by_time(world: World) -> None:
    a_case(world)
    assert erased(at(2040, 1, 1)) == 0


def test_a_case_opened_again_is_kept_from_its_new_end_on(world: World) -> None:
    case = a_closed_case(world)
    reopen_case(case=case, reason=term(ReopenReason, "came_back"), actor=world.maja, now=on(200))
    assert erased(at(2027, 9, 16)) == 0
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(380))
    assert erased(at(2028, 9, 20)) == 0
    assert erased(at(2028, 9, 30)) == 1


def test_a_hold_keeps_it_until_it_is_lifted(world: World) -> None:
    officer, case = an_officer(world), a_closed_case(world)
    place_hold(case=case, actor=officer, now=on(2))
    assert erased(at(2030, 1, 1)) == 0
    lift_hold(case=case, actor=officer, now=at(2030, 1, 1))
    assert erased(at(2030, 1, 1)) == 1


def test_a_municipality_decides_how_long_for_each_kind(world: World) -> None:
    a_closed_case(world)
    sparring = a_case(world)
    close_case(case=sparring, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(1))
    RetentionRule.objects.create(kind=RetentionKind.SPARRING, months=6)
    assert erased(at(2027, 3, 15)) == 0
    assert erased(at(2027, 3, 16)) == 1
    assert not Case.objects.filter(pk=sparring.pk).exists()
    RetentionRule.objects.create(kind=RetentionKind.CASE, months=24)
    assert erased(at(2028, 9, 15)) == 0
    assert erased(at(2028, 9, 16)) == 1


@pytest.mark.parametrize("months", [0, 121])
def test_the_database_refuses_a_rule_that_keeps_nothing_or_for_ever(months: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRule.objects.create(kind=RetentionKind.CASE, months=months)


def test_an_administrator_edits_the_rules(world: World, client: Client) -> None:
    world.dorte.is_staff = True
    world.dorte.save()
    client.force_login(world.dorte)
    add = reverse("admin:coordination_retentionrule_add")
    assert client.post(add, {"kind": "case", "months": "0"}).status_code == 200
    client.post(add, {"kind": "case", "months": "18"})
    assert RetentionRule.objects.get().months == 18
    client.force_login(world.maja)
    assert client.get(add).status_code in (302, 403)


def test_a_case_waits_until_the_figures_of_its_last_period_are_kept_and_they_stay_right(world: World) -> None:
    RetentionRule.objects.create(kind=RetentionKind.CASE, months=1)
    for number in range(6):
        a_closed_case(world, f"P-2026-{number + 1}")
    assert erase_due(now=at(2026, 11, 1), limit=10) == 0  # the quarter is over, and not reckoned yet
    assert reckon_figures(now=at(2026, 11, 1)) == 1
    counted = list(FigureRow.objects.values())
    assert any(row["total"] for row in counted)
    assert erase_due(now=at(2026, 11, 1), limit=10) == 6
    assert list(FigureRow.objects.values()) == counted
    assert reckon_figures(now=at(2026, 11, 1)) == 0


def test_figures_that_cannot_be_reckoned_keep_nothing_for_ever(world: World) -> None:
    a_closed_case(world)
    assert erase_due(now=at(2027, 10, 1), limit=10) == 0
    assert erase_due(now=at(2028, 3, 20), limit=10) == 1


def test_asked_for_it_goes_the_day_after_it_was_closed(world: World) -> None:
    officer, case = an_officer(world), a_case(world)
    ask_for_erasure(case=case, actor=officer, now=on(1))
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(2))
    assert erase_due(now=on(2, hours=10), limit=10) == 0
    assert erase_due(now=on(3), limit=10) == 1
    assert Erasure.objects.get().cause == "subject request"


def test_time_does_it_in_batches_and_one_that_fails_keeps_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_others = [a_closed_case(world, f"P-2026-{number + 1}") for number in range(3)]
    real = erasures._erase

    def fail_for_the_first(case: Case, **how: object) -> Erasure:
        if case.pk == first.pk:
            raise RuntimeError
        return real(case, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(erasures, "_erase", fail_for_the_first)
    with time_machine.travel(at(2027, 10, 20), tick=False):
        let_time_pass()
    assert list(Case.objects.all()) == [first]
    monkeypatch.undo()
    with time_machine.travel(at(2027, 10, 20), tick=False):
        let_time_pass()
    assert not Case.objects.exists()


def test_the_command_says_first_and_then_does(world: World) -> None:
    officer, case, kept = an_officer(world), a_closed_case(world), a_closed_case(world, "P-2026-7")
    place_hold(case=kept, actor=officer, now=on(2))
    all_reckoned(now=at(2027, 10, 20))
    with time_machine.travel(at(2027, 10, 20), tick=False):
        said = StringIO()
        call_command("erase", dry_run=True, stdout=said)
        assert case.code in said.getvalue()
        assert kept.code not in said.getvalue()
        assert "To be erased: 1. Nothing has been." in said.getvalue()
        assert Case.objects.count() == 2
        done = StringIO()
        call_command("erase", stdout=done)
    assert "Erased: 1." in done.getvalue()
    assert "Held back for a complaint: 1." in done.getvalue()
    assert list(Case.objects.all()) == [kept]


def test_a_case_found_due_that_is_reopened_meanwhile_is_kept(world: World) -> None:
    case = a_closed_case(world)
    now = at(2027, 10, 20)
    all_reckoned(now=now)
    due = list(cases_to_erase(now))
    reopen_case(case=case, reason=term(ReopenReason, "came_back"), actor=world.maja, now=now)
    assert due == [case]
    assert not erasures._erase_where_due(case.pk, now)
    assert Case.objects.filter(pk=case.pk).exists()


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2027, 3, 31), 1, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2027, 1, 15), 1, date(2026, 12, 15)),
        (date(2027, 1, 15), 13, date(2025, 12, 15)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, before: date) -> None:
    assert same_day_months_ago(day, months) == before
    assert timedelta() < day - before
