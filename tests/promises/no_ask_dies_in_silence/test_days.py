"""Steps are taken once, however late; and the days that count are those of the asked unit, in Denmark."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from coordination.commands import bases
from coordination.commands.agreements import mark_done, move_agreement
from coordination.commands.cases import close_case
from coordination.commands.handovers import accept_handover
from coordination.commands.invitations import accept_invitation
from coordination.commands.time import pass_time
from coordination.models import (
    Basis,
    BasisState,
    Case,
    CaseOutcome,
    ClosingPeriod,
    DeadlineKind,
    DeadlineRule,
    Escalation,
    OutboxEntry,
    StepTaken,
)
from tests.builders import (
    COPENHAGEN,
    World,
    a_case,
    a_case_with_reference,
    a_consent,
    a_reference,
    accepted,
    day,
    on,
    term,
    the_invitation,
)
from tests.promises.no_ask_dies_in_silence.what_is_owed import (
    day_by_day,
    told,
    unanswered_invitation,
    undone_agreement,
)
from tests.promises.telling import agreed, called, offered, owed


def test_a_silent_ask_goes_up_to_the_leader_and_then_to_the_one_above(world: World) -> None:
    deadline = unanswered_invitation(world)
    reached = []
    for number in (2, 3, 4, 11):
        pass_time(now=on(number))
        deadline.refresh_from_db()
        reached.append(deadline.escalation)
    assert reached == [Escalation.NONE, Escalation.LEADER, Escalation.LEADER, Escalation.LEADER_ABOVE]


def test_after_months_of_standstill_everybody_is_told_once_and_the_rhythm_goes_on(world: World) -> None:
    deadline = unanswered_invitation(world)
    pass_time(now=on(150))  # Thursday 11 February 2027
    # Four of the working days since were holidays: what came on Fridays comes on Thursdays.
    assert told(deadline) == [("Thu 11 Feb", "owner asker leader leader_above")]
    deadline.refresh_from_db()
    assert deadline.next_step_on == date(2027, 2, 18)
    assert OutboxEntry.objects.filter(step__deadline=deadline).count() == 1


def test_every_step_taken_waits_in_the_outbox(world: World) -> None:
    unanswered_invitation(world)
    day_by_day(12)
    steps = set(StepTaken.objects.values_list("pk", flat=True))
    assert len(steps) == 4
    assert set(OutboxEntry.objects.filter(step__isnull=False).values_list("step_id", flat=True)) == steps


def test_what_was_answered_meanwhile_is_not_reminded_of(world: World) -> None:
    case = a_case(world)
    pass_time(now=on(2))
    accepted(world, case, now=on(2, hours=1))
    handover = offered(world, case, now=on(2, hours=2))
    accept_handover(handover=handover, actor=world.anna, now=on(3))
    agreement = agreed(world, case, owner=world.anna, actor=world.anna, now=on(3))
    mark_done(agreement=agreement, actor=world.anna, now=on(3, hours=1))
    before = StepTaken.objects.count()
    assert before == 1
    day_by_day(9, first=3)  # the next step is due later
    assert StepTaken.objects.count() == before


def test_a_closed_case_reminds_nobody(world: World) -> None:
    case = a_case_with_reference(world)
    agreed(world, case, owner=world.maja, look_again_on=day(16))
    called(world, case, world.maja, actor=accepted(world, case).contact)
    offered(world, case)
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(1, hours=5))
    pass_time(now=on(400))
    assert not StepTaken.objects.exists()


def test_an_agreement_that_is_moved_begins_anew(world: World) -> None:
    deadline = undone_agreement(world)
    pass_time(now=on(7))
    assert deadline.agreement is not None
    move_agreement(agreement=deadline.agreement, due_on=day(14), actor=world.anna, now=on(7, hours=1))
    day_by_day(16, first=7)
    moved = owed(deadline.case, DeadlineKind.DO_AGREEMENT)
    assert moved.due_on == date(2026, 9, 28)
    assert told(moved) == [("Thu 24 Sep", "owner"), ("Mon 28 Sep", "owner"), ("Wed 30 Sep", "owner asker")]


def test_days_on_which_the_asked_unit_is_closed_do_not_count(world: World) -> None:
    ClosingPeriod.objects.create(unit=world.ppr, first_on=day(2), last_on=day(4))  # Wednesday to Friday
    deadline = unanswered_invitation(world)
    assert deadline.due_on == date(2026, 9, 22)
    day_by_day(9, first=1)
    assert told(deadline) == [("Mon 21 Sep", "owner"), ("Tue 22 Sep", "owner leader"), ("Wed 23 Sep", "asker leader")]


def test_a_day_begins_at_midnight_in_denmark(world: World) -> None:
    deadline = unanswered_invitation(world)
    midnight = datetime(2026, 9, 16, tzinfo=COPENHAGEN)
    assert pass_time(now=midnight - timedelta(minutes=1)) == 0
    assert pass_time(now=midnight) == 1
    assert told(deadline) == [("Wed 16 Sep", "owner")]


def test_a_consent_is_good_until_midnight_in_denmark_on_its_last_day(world: World) -> None:
    case = a_case(world, reference=a_reference(), basis=a_consent(46), invite=[])
    basis = case.bases.get()
    end = datetime(2026, 10, 31, tzinfo=COPENHAGEN)
    pass_time(now=end - timedelta(minutes=1))
    basis.refresh_from_db()
    assert basis.state == BasisState.ACTIVE
    pass_time(now=end)
    basis.refresh_from_db()
    assert basis.state == BasisState.EXPIRED


def test_a_consent_that_cannot_expire_keeps_nothing_else_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, fine = (a_case_with_reference(world, number, invite=[]) for number in ("P-2026-1042", "P-2026-1043"))
    Basis.objects.filter(case=broken).update(ends_on=day(1))
    Basis.objects.filter(case=fine).update(ends_on=day(2))
    a_case(world)
    right = bases.end_basis

    def breaks(basis: Basis, *rest: BasisState, now: datetime) -> None:
        if basis.case_id == broken.pk:
            raise ValueError
        right(basis, *rest, now=now)

    monkeypatch.setattr(bases, "end_basis", breaks)
    assert pass_time(now=on(3), limit=1) == 2  # the other consent, and a step
    assert [basis.case for basis in Basis.objects.filter(state=BasisState.EXPIRED)] == [fine]
    assert any("could not be let expire" in message for message in caplog.messages)
    monkeypatch.undo()
    pass_time(now=on(3))
    assert Basis.objects.filter(state=BasisState.EXPIRED).count() == 2


def test_more_than_one_batch_is_done_one_batch_after_the_other(world: World) -> None:
    for _number in range(5):
        a_case(world)
    assert [pass_time(now=on(2), limit=2) for _round in range(4)] == [2, 2, 1, 0]
    assert StepTaken.objects.count() == 5


def test_a_municipality_decides_how_long_one_has(world: World) -> None:
    DeadlineRule.objects.filter(kind=DeadlineKind.ANSWER_INVITATION).update(limit_days=5)
    assert unanswered_invitation(world).due_on == date(2026, 9, 21)


def test_a_case_always_has_something_due(world: World) -> None:
    case = a_case(world)
    assert not case.deadlines.filter(kind=DeadlineKind.NEXT_STEP).exists()
    accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.anna, now=on(1))
    missing = owed(case, DeadlineKind.NEXT_STEP)
    assert (missing.owner, missing.unit, missing.due_on) == (world.maja, world.school, date(2026, 9, 29))
    agreement = agreed(world, case, owner=world.anna)
    assert not case.deadlines.open().filter(kind=DeadlineKind.NEXT_STEP).exists()
    mark_done(agreement=agreement, actor=world.anna, now=on(3))
    assert owed(case, DeadlineKind.NEXT_STEP).due_on == date(2026, 10, 1)


def test_the_next_step_is_put_off_by_something_that_happens_and_by_nothing_else(world: World) -> None:
    case = a_case_with_reference(world, invite=[])
    missing = owed(case, DeadlineKind.NEXT_STEP)
    day_by_day(10)
    missing.refresh_from_db()
    assert missing.due_on == date(2026, 9, 28)
    agreement = agreed(world, case, owner=world.maja, now=on(11), due_on=day(12))
    mark_done(agreement=agreement, actor=world.maja, now=on(11, hours=1))
    assert owed(case, DeadlineKind.NEXT_STEP).due_on == date(2026, 10, 9)


def test_every_kind_of_deadline_has_a_rule_with_steps_that_ends_with_a_leader(world: World) -> None:
    for kind in DeadlineKind:
        steps = list(DeadlineRule.objects.get(kind=kind).steps.order_by("offset_days"))
        assert steps, kind
        last = steps[-1]
        assert last.tells_leader or last.tells_leader_above, kind


def test_no_case_is_touched_by_the_time_of_another(world: World) -> None:
    quiet, late = a_case(world), a_case(world)
    accepted(world, quiet)
    pass_time(now=on(4))
    assert not StepTaken.objects.filter(deadline__case=quiet).exists()
    assert StepTaken.objects.filter(deadline__case=late).exists()
    assert Case.objects.filter(state="open").count() == 2
