"""What a message says is meant for whoever reads it: no more than they may know, and nothing of their own deeds."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import Settings

from coordination.commands.bases import withdraw_basis
from coordination.commands.cases import close_case
from coordination.commands.join_requests import accept_join_request, ask_to_join, decline_join_request
from coordination.commands.people import end_absence
from coordination.models import (
    Case,
    CaseOutcome,
    DeadlineKind,
    DeadlineRule,
    DeclineReason,
    EventKind,
    JoinRequest,
    RuleStep,
    Theme,
    User,
)
from notifications.delivery.claims import MESSAGE_PARTS
from notifications.models import Audience, Message
from notifications.passing import run_round
from notifications.wording.saying import Said, say
from tests.builders import World, a_case_with_reference, a_reference, accepted, day, on, term
from tests.promises.telling import away, called

NUMBER = "P-2026-1042"


def told(person: User, at: datetime, **which: object) -> list[Said]:
    """Let time pass and everybody be told; give what somebody reads in the app, in English."""
    with time_machine.travel(at, tick=False), translation.override("en"):
        run_round()
        rows = Message.objects.filter(person=person, channel="inapp", **which)
        return [say(each, today=timezone.localdate()) for each in rows.select_related(*MESSAGE_PARTS).order_by("pk")]


@pytest.fixture
def case(world: World) -> Case:
    """Maja holds the baton of a case with a reference."""
    return a_case_with_reference(world, NUMBER)


@pytest.fixture
def request_to_join(world: World, case: Case) -> JoinRequest:
    """Ove of the other school has the same reference, and asks to be let in."""
    return ask_to_join(
        system=a_reference().system,
        number=NUMBER,
        unit=world.other_school,
        theme=term(Theme, "trivsel"),
        actor=world.ove,
        now=on(),
    )


def everybody_is_told_at_once(kind: DeadlineKind) -> None:
    """Let the first step of a kind of deadline, a working day before its day, tell everybody."""
    rule = DeadlineRule.objects.get(kind=kind)
    rule.steps.all().delete()
    RuleStep.objects.create(rule=rule, offset_days=-1, tells_owner=True, tells_asker=True, tells_leader=True)


def test_whoever_asks_to_join_learns_neither_which_case_it_is_nor_whose(
    world: World, case: Case, request_to_join: JoinRequest
) -> None:
    everybody_is_told_at_once(DeadlineKind.ANSWER_JOIN_REQUEST)
    request_to_join.deadlines.update(next_step_on=day(2))
    [reminded] = told(world.ove, on(2), step__isnull=False)
    decline_join_request(
        join_request=request_to_join, reason=term(DeclineReason, "not_our_task"), actor=world.maja, now=on(2)
    )
    *_before, answered = told(world.ove, on(2, hours=1))
    for said in (reminded, answered):
        assert said.path == reverse("join_request", args=[request_to_join.pk])
        everything = f"{said.title} {said.detail} {said.subject} {said.why} {said.url}"
        assert not [word for word in (case.code, "Bakkeskolen", "Maja") if word in everything], everything
        assert said.why.startswith("You are told because")
    [to_holder] = told(world.maja, on(2, hours=1), step__isnull=False)
    assert to_holder.code == case.code


def test_whoever_is_let_in_learns_which_case_it_is(world: World, case: Case, request_to_join: JoinRequest) -> None:
    accept_join_request(join_request=request_to_join, actor=world.maja, now=on(hours=1))
    [said] = told(world.ove, on(hours=1))
    assert said.title == f"{case.code}: Åskolen takes part now"


def test_a_request_that_ends_with_the_case_tells_the_asker_so(
    world: World, case: Case, request_to_join: JoinRequest
) -> None:
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(hours=1))
    [said] = told(world.ove, on(hours=1))
    assert said.detail == "The case has been closed. If one is still needed, it can be opened anew."
    assert said.code == ""


def test_who_acts_for_somebody_away_is_not_told_of_it(world: World, case: Case) -> None:
    away(world.maja, world.mads, first=0, last=5)
    told(world.mads, on())
    withdraw_basis(basis=case.bases.get(), actor=world.mads, now=on(hours=1))
    assert told(world.mads, on(hours=1), event__kind=EventKind.BASIS_WITHDRAWN) == []
    [said] = told(world.maja, on(hours=1), event__kind=EventKind.BASIS_WITHDRAWN)
    assert said.headline == "The basis for sharing has been withdrawn"


def test_a_stand_in_is_told_that_they_are_none_before_it_has_begun(world: World) -> None:
    absence = away(world.maja, world.mads, first=5, last=9)
    end_absence(absence=absence, actor=world.maja, now=on())
    assert [said.headline for said in told(world.mads, on())] == [
        "You stand in for Maja Holm",
        "You no longer stand in for Maja Holm",
    ]


def test_what_is_owed_about_a_meeting_leads_to_the_meeting(world: World, case: Case) -> None:
    accepted(world, case)
    everybody_is_told_at_once(DeadlineKind.ANSWER_MEETING)
    meeting = called(world, case, world.anna)
    [said] = told(world.anna, on(3), step__isnull=False)
    assert said.headline == "Answer whether you come to the meeting"
    assert said.path == reverse("meeting", args=[meeting.pk])
    [to_leader] = told(world.per, on(3), step__isnull=False, audience=Audience.LEADER)
    assert to_leader.path == reverse("desk")


def test_an_e_mail_says_which_case_it_is_about_where_one_reads_it(world: World, case: Case, settings: Settings) -> None:
    settings.HAS_EMAIL = True
    User.objects.update(language="en")
    told(world.anna, on(hours=1))
    [sent] = [each for each in mail.outbox if each.to == [world.anna.email]]
    assert sent.subject == f"Involver: Bakkeskolen asks PPR to join ({case.code})"
    assert f"\n{case.code}: Bakkeskolen asks PPR to join.\n" in str(sent.body)
