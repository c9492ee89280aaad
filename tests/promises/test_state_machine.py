"""All promises at once: random people do random things for weeks, and after every step everything still holds.

The machine in ``tests/promises/machine`` has a model of its own, written from DOMAIN. It tries what is allowed and what
is not, and compares the database, what is owed, every event and what everybody sees with what it believes.

    pytest tests/promises/test_state_machine.py                                 what every run does
    pytest tests/promises/test_state_machine.py --hypothesis-profile=thorough   an evening's worth
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test

from coordination.models import Role
from tests.promises.machine.base import STARTS, pick
from tests.promises.machine.directing import Directing
from tests.promises.machine.handing import Handing
from tests.promises.machine.moving import Moving
from tests.promises.machine.opening import Opening
from tests.promises.machine.working import Working

COMMON: dict[str, Any] = {
    "deadline": None,
    "print_blob": True,
    "suppress_health_check": list(HealthCheck),
    "database": None,
}
settings.register_profile("thorough", max_examples=150, stateful_step_count=80, **COMMON)
# What is random here is what people do. On PostgreSQL a step takes twice as long, and fewer lives show that it is used
# rightly; what differs between the two databases, locks above all, has tests of its own in tests/races.
LIVES = 8 if connection.vendor == "sqlite" else 3
QUICK = settings(max_examples=LIVES, stateful_step_count=40, phases=(Phase.generate, Phase.shrink), **COMMON)
# What has happened to the baton of the first case before the random life begins; each is a run of its own, for one run
# varies little how it begins.
BATON = ("stayed", "came back", "fell", "to be given back")


class Involver(Opening, Handing, Working, Moving, Directing):
    """Everything that can be done, in any order."""

    baton = BATON[0]

    @initialize(start=st.sampled_from(STARTS), number=pick, chance=pick, far=st.integers(0, 6))
    def life_has_begun(self, start: datetime, number: int, chance: int, far: int) -> None:
        """Two cases are under way, and by chance what takes many steps to come to by chance alone."""
        self.begin(start)
        self.open_two_cases(number)
        self.move_the_baton(chance)
        anybody = 4 * self.cast.index("rikke") + 1
        if number & 2:
            self.ask_in(who=anybody, where=1, which=number)
        if number & 4:
            self.agree(who=1, which=1, whom=5, days=2, later=5)
        if number & 8:
            self.call(who=1, which=1 if number & 1 else 5, whom=1, hours=20, where=1)
        if number & 16:
            self.go_away(who=1, whom=1, by=number, starts=0, days=20)
        if number & 32:
            self.offer(who=1, which=1, whom=number)
        if number & 64:
            self.request(who=1, which=1)
        if number & 128:
            self.withdraw_basis(who=1, which=1)
        self.move_a_child(far)
        self.forget_what_was_told()

    def move_the_baton(self, number: int) -> None:
        """Let something happen to the baton of the first case."""
        if self.baton == "came back":
            self.hand_there_and_back(by=number)
            if number % 4:
                self.hand_over(self.somebody_else(number), stays_on=False)
        elif self.baton == "fell":
            self.deactivate(whom=1)
            if number & 1:
                self.give_role(which=1, role=Role.PROFESSIONAL)
            if number & 2:
                self.assign(who=1, which=1, whom=number if number & 4 else 0)
        elif self.baton == "to be given back":
            self.ask_to_be_released(who=1, which=1)
            if number & 1:
                self.stay_after_all(who=number // 2, which=1)


@pytest.mark.django_db
@pytest.mark.parametrize("baton", BATON)
def test_every_promise_holds_whatever_people_do(baton: str) -> None:
    class Begun(Involver):
        """The same, from where the baton is."""

    Begun.baton = baton
    is_thorough = settings.get_current_profile_name() == "thorough"
    run_state_machine_as_test(Begun, settings=settings.get_profile("thorough") if is_thorough else QUICK)
