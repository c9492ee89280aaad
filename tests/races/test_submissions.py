"""One form, sent twice at the same instant: carried out once, and both are answered alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from coordination.commands.handovers import ask_for_release
from coordination.models import AssignReason, Case, LeaveReason, Submission, User
from tests.builders import World, a_case, accepted, on, term
from tests.races.meeting_point import Point, at_once

pytestmark = pytest.mark.django_db(transaction=True)
rounds = pytest.mark.parametrize("round_number", range(3))

BEFORE_THE_KEY = 'INSERT INTO "coordination_submission"'
BEFORE_THE_PART = 'FROM "coordination_partnership"'
BEFORE_THE_LOOK = 'INSERT INTO "coordination_accessrecord"'


@dataclass
class Form:
    """A form that uses its sender's right up, and where it leads."""

    person: User
    address: str
    data: dict[str, Any]
    leads_to: str

    def send(self) -> str:
        """Send it, as a browser does; give the status and where it leads."""
        client = Client()
        client.force_login(self.person)
        answer = client.post(self.address, self.data)
        return f"{answer.status_code} {answer.headers.get('location', '')}"


def leaving(world: World, case: Case) -> Form:
    """The leader of a partner says that it leaves, and sees nothing of the case afterwards."""
    address = reverse("partnership_leave", args=[accepted(world, case).pk])
    return Form(world.per, address, {"reason": term(LeaveReason, "no_capacity").pk}, reverse("desk"))


def assigning(world: World, case: Case) -> Form:
    """A leader names a holder, and may not do it again afterwards."""
    ask_for_release(case=case, actor=world.maja, now=on(hours=2))
    data = {"to_person": f"{world.school.pk}-{world.mads.pk}", "reason": term(AssignReason, "holder_asked").pk}
    return Form(world.lone, reverse("assign", args=[case.code]), data, reverse("case", args=[case.code]))


@pytest.fixture(params=[leaving, assigning], ids=["leaving", "assigning"])
def form(request: pytest.FixtureRequest, world: World) -> Iterator[Form]:
    """One filled-in form, a day after the Monday."""
    made: Form = request.param(world, a_case(world))
    made.data["submission"] = str(uuid4())
    with time_machine.travel(on(1), tick=False):
        yield made


@rounds
@pytest.mark.parametrize("words", [BEFORE_THE_KEY, BEFORE_THE_PART])
def test_two_that_meet_are_both_led_where_the_one_that_was_carried_out_leads(
    form: Form, words: str, round_number: int
) -> None:
    assert at_once(form.send, form.send, points=[Point(words), Point(words)]) == [f"302 {form.leads_to}"] * 2
    assert Submission.objects.get().location == form.leads_to


@pytest.mark.parametrize("words", [BEFORE_THE_PART, BEFORE_THE_LOOK])
def test_one_that_the_other_overtakes_is_answered_alike(form: Form, words: str) -> None:
    overtaking: list[str] = []
    with connection.execute_wrapper(once_before(words, partial(_in_a_thread, form.send, overtaking))):
        overtaken = form.send()
    assert [*overtaking, overtaken] == [f"302 {form.leads_to}"] * 2
    assert Submission.objects.get().location == form.leads_to


def once_before(words: str, act: Callable[[], None]) -> Callable[..., Any]:
    """Let something else happen just before the first statement that holds the words."""
    is_over = False

    def overtake(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal is_over
        if words in sql and not is_over:
            is_over = True
            act()
        return execute(sql, *rest)

    return overtake


def _in_a_thread(send: Callable[[], str], answers: list[str]) -> None:
    def run() -> None:
        try:
            answers.append(send())
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
