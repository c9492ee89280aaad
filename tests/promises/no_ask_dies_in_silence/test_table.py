"""Who is told on which day that something is owed: DOMAIN's table of deadlines, with its dates written out.

The stories begin on Monday 14 September 2026; there is no holiday before Christmas.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from coordination.commands.time import pass_time
from coordination.models import (
    BasisState,
    Deadline,
    EventKind,
)
from tests.builders import (
    World,
    day,
    on,
)
from tests.promises.no_ask_dies_in_silence.what_is_owed import (
    AUDIENCES,
    Told,
    baton_that_fell,
    consent_that_ends,
    date_of,
    day_by_day,
    meeting_not_taken_down,
    no_that_knows_nobody,
    nothing_due,
    told,
    unanswered_call,
    unanswered_invitation,
    unanswered_join_request,
    unanswered_offer,
    unanswered_request,
    unanswered_urgent_invitation,
    undone_agreement,
    unlooked_agreement,
)

TABLE: list[tuple[Callable[[World], Deadline], date, Told]] = [
    (
        unanswered_invitation,
        date(2026, 9, 17),
        [
            ("Wed 16 Sep", "owner"),
            ("Thu 17 Sep", "owner leader"),
            ("Fri 18 Sep", "asker leader"),
            ("Fri 25 Sep", "leader leader_above"),
            ("Fri 02 Oct", "leader leader_above"),
        ],
    ),
    (
        unanswered_urgent_invitation,
        date(2026, 9, 15),
        [
            ("Tue 15 Sep", "owner leader"),
            ("Wed 16 Sep", "asker leader"),
            ("Wed 23 Sep", "leader leader_above"),
            ("Wed 30 Sep", "leader leader_above"),
            ("Wed 07 Oct", "leader leader_above"),
        ],
    ),
    (
        unanswered_join_request,
        date(2026, 9, 18),
        [
            ("Thu 17 Sep", "owner"),
            ("Fri 18 Sep", "owner"),
            ("Mon 21 Sep", "asker leader"),
            ("Mon 28 Sep", "leader leader_above"),
            ("Mon 05 Oct", "leader leader_above"),
        ],
    ),
    (
        unanswered_offer,
        date(2026, 9, 18),
        [
            ("Thu 17 Sep", "owner"),
            ("Fri 18 Sep", "owner"),
            ("Mon 21 Sep", "asker leader"),
            ("Mon 28 Sep", "leader leader_above"),
            ("Mon 05 Oct", "leader leader_above"),
        ],
    ),
    (
        unanswered_request,
        date(2026, 9, 18),
        [
            ("Thu 17 Sep", "owner"),
            ("Fri 18 Sep", "owner"),
            ("Mon 21 Sep", "asker leader"),
            ("Mon 28 Sep", "leader leader_above"),
            ("Mon 05 Oct", "leader leader_above"),
        ],
    ),
    (
        undone_agreement,
        date(2026, 9, 21),
        [
            ("Thu 17 Sep", "owner"),
            ("Mon 21 Sep", "owner"),
            ("Wed 23 Sep", "owner asker"),
            ("Mon 28 Sep", "leader"),
            ("Mon 05 Oct", "leader"),
        ],
    ),
    (
        unlooked_agreement,
        date(2026, 9, 30),
        [("Wed 30 Sep", "owner"), ("Wed 07 Oct", "owner leader")],
    ),
    (
        unanswered_call,
        date(2026, 9, 18),
        [("Fri 18 Sep", "owner asker"), ("Mon 21 Sep", "asker leader")],
    ),
    (
        meeting_not_taken_down,
        date(2026, 9, 22),
        [("Tue 22 Sep", "owner"), ("Tue 29 Sep", "owner leader"), ("Tue 06 Oct", "owner leader")],
    ),
    (
        nothing_due,
        date(2026, 9, 28),
        [("Mon 28 Sep", "owner"), ("Mon 05 Oct", "leader")],
    ),
    (
        baton_that_fell,
        date(2026, 9, 17),
        [
            ("Thu 17 Sep", "owner"),
            ("Fri 18 Sep", "owner leader_above"),
            ("Fri 25 Sep", "owner leader_above"),
            ("Fri 02 Oct", "owner leader_above"),
        ],
    ),
    (
        no_that_knows_nobody,
        date(2026, 9, 18),
        [
            ("Fri 18 Sep", "owner"),
            ("Mon 21 Sep", "owner leader"),
            ("Mon 28 Sep", "leader leader_above"),
            ("Mon 05 Oct", "leader leader_above"),
        ],
    ),
]
ROWS = pytest.mark.parametrize(("arrange", "due_on", "expected"), TABLE, ids=[row[0].__name__ for row in TABLE])


@ROWS
def test_each_step_is_taken_on_its_day(
    world: World, arrange: Callable[[World], Deadline], due_on: date, expected: Told
) -> None:
    deadline = arrange(world)
    assert deadline.due_on == due_on
    day_by_day(24, first=1)  # until Thursday 8 October
    assert told(deadline) == expected


@ROWS
def test_steps_that_are_late_become_one_that_tells_everybody(
    world: World, arrange: Callable[[World], Deadline], due_on: date, expected: Told
) -> None:
    deadline = arrange(world)
    assert pass_time(now=on(24)) > 0
    everybody = {audience for _day, audiences in expected for audience in audiences.split()}
    assert told(deadline) == [(expected[-1][0], " ".join(name for name in AUDIENCES if name in everybody))]
    assert pass_time(now=on(24)) == 0


@ROWS
def test_the_steps_after_a_standstill_are_those_that_would_have_come_anyway(
    world: World, arrange: Callable[[World], Deadline], due_on: date, expected: Told
) -> None:
    deadline = arrange(world)
    pass_time(now=on(8))  # Tuesday 22 September, after a week of standstill
    day_by_day(24, first=9)
    later = [step for step in expected if date_of(step[0]) > day(8)]
    first, *others = told(deadline)
    assert later in (others, [first, *others])


def test_a_consent_is_to_be_renewed_20_and_5_days_before_and_on_its_last_day(world: World) -> None:
    deadline = consent_that_ends(world)
    assert deadline.due_on == date(2026, 10, 30)
    day_by_day(53, first=1)  # until Friday 6 November
    assert told(deadline) == [
        ("Fri 02 Oct", "owner"),
        ("Fri 23 Oct", "owner"),
        ("Fri 30 Oct", "owner"),
        ("Fri 06 Nov", "owner leader"),
    ]
    assert deadline.basis is not None
    deadline.basis.refresh_from_db()
    assert deadline.basis.state == BasisState.EXPIRED
    assert deadline.case.events.get(kind=EventKind.BASIS_EXPIRED).at == on(47)
