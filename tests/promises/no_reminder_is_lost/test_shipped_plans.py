"""The plans that Involver comes with are those of the domain's table, and what is added to it is written down here."""

from __future__ import annotations

import pytest

from coordination.models import DeadlineKind
from coordination.queries.rules import rule_for
from coordination.rules.steps import Told

pytestmark = pytest.mark.django_db

# Working days from the due day, and who is told then: as the domain's table has it.
Plan = dict[int, str]
LIMITS: dict[DeadlineKind, tuple[int, int]] = {
    DeadlineKind.ANSWER_INVITATION: (3, 1),
    DeadlineKind.FIND_PARTNER: (3, 1),
    DeadlineKind.ANSWER_JOIN_REQUEST: (3, 1),
    DeadlineKind.ANSWER_HANDOVER: (3, 1),
    DeadlineKind.ANSWER_MEETING: (3, 1),
    DeadlineKind.NEXT_STEP: (10, 10),
    DeadlineKind.ASSIGN_HOLDER: (2, 1),
    DeadlineKind.HEAR_CHILD: (10, 10),
    DeadlineKind.INVOLVE_PARENTS: (10, 10),
    DeadlineKind.RECEIVE_TRANSITION: (10, 10),
    DeadlineKind.REVIEW_TRANSITION: (15, 15),
    DeadlineKind.CLOSE_TO_ERASE: (10, 10),
}
TABLE: dict[DeadlineKind, Plan] = {
    DeadlineKind.ANSWER_INVITATION: {-1: "owner", 0: "owner leader", 1: "asker leader", 6: "leader leader_above"},
    DeadlineKind.ANSWER_HANDOVER: {-1: "owner", 0: "owner", 1: "asker leader"},
    DeadlineKind.DO_AGREEMENT: {-2: "owner", 0: "owner", 2: "owner asker", 5: "leader"},
    DeadlineKind.LOOK_AGAIN: {0: "owner", 5: "owner"},
    DeadlineKind.MEETING_OUTCOME: {0: "owner", 5: "owner"},
    DeadlineKind.NEXT_STEP: {0: "owner", 5: "leader"},
    DeadlineKind.RENEW_CONSENT: {-20: "owner", -5: "owner", 0: "owner"},
    DeadlineKind.ASSIGN_HOLDER: {0: "owner", 1: "leader_above"},
    DeadlineKind.HEAR_CHILD: {0: "owner", 5: "leader"},
    DeadlineKind.INVOLVE_PARENTS: {0: "owner", 5: "leader"},
    DeadlineKind.DO_MILESTONE: {-5: "owner", 0: "owner", 3: "leader"},
    DeadlineKind.RECEIVE_TRANSITION: {-3: "owner", 0: "owner", 1: "leader"},
    DeadlineKind.FOLLOW_UP: {-5: "owner", 0: "owner", 5: "leader"},
    DeadlineKind.REVIEW_TRANSITION: {0: "owner", 5: "leader_above"},
}
# Added: what can be owed beside the table, and those who are told as well so that nothing ends with a deaf ear.
ADDED: dict[DeadlineKind, Plan] = {
    DeadlineKind.FIND_PARTNER: {0: "owner", 1: "owner leader", 6: "leader leader_above"},
    DeadlineKind.ANSWER_JOIN_REQUEST: {-1: "owner", 0: "owner", 1: "asker leader", 6: "leader leader_above"},
    DeadlineKind.ANSWER_HANDOVER: {6: "leader leader_above"},
    DeadlineKind.ANSWER_MEETING: {0: "owner asker", 1: "asker leader"},
    DeadlineKind.LOOK_AGAIN: {5: "leader"},
    DeadlineKind.MEETING_OUTCOME: {5: "leader"},
    DeadlineKind.RENEW_CONSENT: {5: "owner leader"},
    DeadlineKind.ASSIGN_HOLDER: {1: "owner"},
    DeadlineKind.HEAR_CHILD: {5: "owner"},
    DeadlineKind.INVOLVE_PARENTS: {5: "owner"},
    DeadlineKind.NAME_RECEIVER: {0: "owner", 3: "owner leader"},
    DeadlineKind.DO_MILESTONE: {3: "owner asker"},
    DeadlineKind.RECEIVE_TRANSITION: {1: "owner asker"},
    DeadlineKind.FOLLOW_UP: {5: "owner"},
    DeadlineKind.REVIEW_TRANSITION: {5: "owner"},
    DeadlineKind.CLOSE_TO_ERASE: {-3: "owner", 0: "owner leader", 2: "owner leader"},
}
# A meeting comes whether it is answered or not; all else goes on every five working days until it is done.
ENDS = {DeadlineKind.ANSWER_MEETING}


def told(names: str) -> Told:
    """Who is told, from their names."""
    return Told(**dict.fromkeys(names.split(), True))


@pytest.mark.parametrize("kind", DeadlineKind)
def test_the_steps_are_those_of_the_table_and_what_is_added(kind: DeadlineKind) -> None:
    expected: dict[int, Told] = {}
    for plan in (TABLE.get(kind, {}), ADDED.get(kind, {})):
        for offset, names in plan.items():
            expected[offset] = expected.get(offset, Told()) | told(names)
    assert {step.offset: step.told for step in rule_for(kind).steps} == expected


@pytest.mark.parametrize("kind", DeadlineKind)
def test_the_last_step_comes_again_every_five_working_days(kind: DeadlineKind) -> None:
    *earlier, last = sorted(rule_for(kind).steps, key=lambda step: step.offset)
    assert [step.repeat for step in earlier] == [None] * len(earlier)
    assert last.repeat == (None if kind in ENDS else 5)


@pytest.mark.parametrize("kind", LIMITS)
def test_one_has_as_many_working_days_as_the_table_says(kind: DeadlineKind) -> None:
    rule = rule_for(kind)
    assert (rule.limit_days, rule.urgent_limit_days) == LIMITS[kind]


@pytest.mark.parametrize("kind", DeadlineKind)
def test_a_leader_hears_of_everything_that_stays_undone(kind: DeadlineKind) -> None:
    assert any(step.told.leader or step.told.leader_above for step in rule_for(kind).steps)
