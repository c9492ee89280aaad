"""A case is erased at the very moment at which somebody works with it: one of the two came first, and all fits."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from coordination.commands.cases import reopen_case
from coordination.commands.erasures import erase_case, erase_due, place_hold
from coordination.commands.keys import renew_keys
from coordination.commands.looks import look_at_case, open_reference
from coordination.errors import Unseen
from coordination.models import (
    AccessRecord,
    Case,
    CaseKey,
    Erasure,
    ErasureCause,
    Event,
    Reference,
    ReopenReason,
    RetentionHold,
)
from coordination.queries.log import erased_case_numbers
from notifications.delivery.relay import relay
from tests.builders import World, on, term
from tests.promises.everything_ends.ending import a_closed_case, all_reckoned, an_officer
from tests.races.meeting_point import BEFORE_THE_RECORD, Act, Point, at_once

pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("round_number", range(3))
LATER = on(800)
BEFORE_THE_KEY_GOES = Point('DELETE FROM "coordination_casekey"')
BEFORE_THE_LOOK = Point('INSERT INTO "coordination_accessrecord"')


def a_case_due(world: World) -> Case:
    """A closed case whose time is over, and counted."""
    case = a_closed_case(world)
    all_reckoned(now=LATER)
    return case


def erases(world: World, case: Case) -> Act:
    """The officer erases the case."""
    return partial(erase_case, case=case, cause=ErasureCause.SUBJECT_REQUEST, actor=an_officer(world), now=LATER)


def it_is_gone_or_whole(case: Case) -> bool:
    """Whether the case is gone; if so with all that is its, if not with nothing missing."""
    connection.check_constraints()
    is_gone = not Case.objects.filter(pk=case.pk).exists()
    assert (Erasure.objects.count() == 1) == is_gone
    assert erased_case_numbers([case.pk]) == ({case.pk} if is_gone else set())
    assert CaseKey.objects.filter(case=case.pk).exists() != is_gone
    assert Reference.objects.filter(case=case.pk).exists() != is_gone
    assert Event.objects.filter(case=case.pk).exists() != is_gone
    assert not is_gone or not AccessRecord.objects.filter(case=case.pk).exists()
    return is_gone


def unexpected(outcomes: list[Any], *expected: type[Exception]) -> list[Exception]:
    """What was raised beside what may be."""
    return [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, expected)]


@rounds
def test_it_is_erased_by_time_or_opened_again_never_both(world: World, round_number: int) -> None:
    case = a_case_due(world)
    reopens = partial(reopen_case, case=case, reason=term(ReopenReason, "came_back"), actor=world.maja, now=LATER)
    outcomes = at_once(
        partial(erase_due, now=LATER, limit=10), reopens, points=[BEFORE_THE_KEY_GOES, Point(BEFORE_THE_RECORD)]
    )
    assert unexpected(outcomes, Unseen) == []
    is_gone = it_is_gone_or_whole(case)
    assert (outcomes[0] == 1) == is_gone == isinstance(outcomes[1], Unseen)


@rounds
def test_it_is_erased_by_time_or_held_back_never_both(world: World, round_number: int) -> None:
    case, officer = a_case_due(world), an_officer(world)
    outcomes = at_once(
        partial(erase_due, now=LATER, limit=10),
        partial(place_hold, case=case, actor=officer, now=LATER),
        points=[BEFORE_THE_KEY_GOES, Point(BEFORE_THE_RECORD)],
    )
    assert unexpected(outcomes, Unseen) == []
    is_gone = it_is_gone_or_whole(case)
    assert RetentionHold.objects.exists() != is_gone
    assert isinstance(outcomes[1], Unseen) == is_gone


@rounds
def test_a_look_is_logged_or_sees_nothing(world: World, round_number: int) -> None:
    case = a_closed_case(world)
    outcomes = at_once(
        erases(world, case),
        partial(look_at_case, case=case, actor=world.maja, now=LATER),
        points=[BEFORE_THE_KEY_GOES, BEFORE_THE_LOOK],
    )
    assert unexpected(outcomes, Unseen) == []
    assert it_is_gone_or_whole(case)


@rounds
def test_a_reference_is_opened_before_or_not_at_all(world: World, round_number: int) -> None:
    case = a_closed_case(world)
    outcomes = at_once(
        erases(world, case),
        partial(open_reference, reference=case.references.get(), actor=world.maja, now=LATER),
        points=[BEFORE_THE_KEY_GOES, BEFORE_THE_LOOK],
    )
    assert unexpected(outcomes, Unseen) == []
    assert it_is_gone_or_whole(case)


@rounds
def test_two_who_erase_at_once_erase_once(world: World, round_number: int) -> None:
    case = a_case_due(world)
    outcomes = at_once(
        erases(world, case),
        partial(erase_due, now=LATER, limit=10),
        points=[BEFORE_THE_KEY_GOES, BEFORE_THE_KEY_GOES],
    )
    assert unexpected(outcomes, Unseen) == []
    assert it_is_gone_or_whole(case)


@rounds
def test_keys_are_renewed_while_cases_are_erased(world: World, settings: Settings, round_number: int) -> None:
    case, kept = a_closed_case(world), a_closed_case(world, "P-2026-7")
    settings.REFERENCE_KEYS = {"new": b"n" * 32, **settings.REFERENCE_KEYS}
    outcomes = at_once(
        erases(world, case),
        partial(renew_keys, limit=10),
        points=[BEFORE_THE_KEY_GOES, Point('UPDATE "coordination_casekey"')],
    )
    assert unexpected(outcomes) == []
    assert it_is_gone_or_whole(case)
    assert bytes(CaseKey.objects.get(case=kept).sealed_key).startswith(b"new:")


@rounds
def test_people_are_told_or_it_is_gone(world: World, round_number: int) -> None:
    case = a_case_due(world)
    at_once(
        partial(erase_due, now=LATER, limit=10),
        partial(relay, now=LATER),
        points=[BEFORE_THE_KEY_GOES, Point('INSERT INTO "notifications_message"')],
    )
    while relay(now=LATER):
        pass
    erase_due(now=LATER, limit=10)  # what was ended for the other one is done by the next round
    assert it_is_gone_or_whole(case)
