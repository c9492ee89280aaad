"""What is agreed in the demonstration, what becomes of it, and where people meet."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from coordination.commands.agreements import (
    drop_agreement,
    look_at_agreement_again,
    make_agreement,
    mark_done,
    move_agreement,
)
from coordination.commands.meetings import (
    WhenAndWhere,
    answer_meeting,
    call_meeting,
    cancel_meeting,
    hold_meeting,
    move_meeting,
)
from coordination.demo.play import DENMARK, Play, Story, open_now
from coordination.demo.references import record_of
from coordination.models import (
    Agreement,
    AgreementKind,
    AgreementState,
    Attendance,
    AttendanceAnswer,
    BasisKind,
    BasisState,
    Case,
    DropReason,
    LookResult,
    Meeting,
    MeetingKind,
    MeetingState,
    User,
)

KINDS = {
    "observation": 3.0, "talk_child": 3.0, "talk_parents": 3.0, "adjust_environment": 4.0, "group_activity": 2.0,
    "guidance": 2.0, "contact_other": 1.0, "description": 2.0, "follow_up": 3.0,
}  # fmt: skip
MEETINGS = {"network": 4.0, "sparring": 3.0, "with_parents": 3.0, "follow_up": 2.0}


def agreeing(play: Play, case: Case) -> Story:
    """Somebody is to do something by a day; it is done in time, late, on another day, or not."""
    yield play.later(max(case.opened_at, play.now), case.holder_unit, 3, 25)
    current = open_now(case)
    if current is None:
        return
    owner = play.rng.choice(those_taking_part(current))
    due_on = play.day(play.now, current.holder_unit, play.rng.randint(4, 15))
    look_on = play.calendar(current.holder_unit).shift(due_on, play.rng.randint(5, 20)) if play.chance(0.6) else None
    agreement = make_agreement(
        case=current,
        kind=play.term(AgreementKind, play.pick(KINDS)),
        owner=owner,
        due_on=due_on,
        look_again_on=look_on,
        actor=current.holder,
        now=play.now,
    )
    play.start(doing(play, agreement))
    if look_on is not None and play.chance(0.8):
        play.start(looking_again(play, agreement, look_on))


def those_taking_part(case: Case) -> list[User]:
    """The holder and the contacts, as they are now."""
    contacts = case.partnerships.live().select_related("contact").order_by("pk")
    return list({person.pk: person for person in [case.holder, *(p.contact for p in contacts)]}.values())


def doing(play: Play, agreement: Agreement) -> Story:
    """An agreement is kept in one of the ways in which agreements are."""
    how = play.pick({"in time": 50.0, "late": 20.0, "moved": 12.0, "dropped": 6.0, "forgotten": 12.0})
    if how == "forgotten":
        return
    days = {"in time": play.rng.randint(-2, 0), "late": play.rng.randint(2, 9)}.get(how, -1)
    yield _on(play, agreement, play.calendar(agreement.unit).shift(agreement.due_on, days))
    found = still_open(agreement)
    if found is None:
        return
    if how == "dropped":
        reason = play.term(DropReason, play.rng.choice(["no_longer_needed", "not_possible", "replaced"]))
        drop_agreement(agreement=found, reason=reason, actor=found.owner, now=play.now)
        return
    if how == "moved":
        due_on = play.day(play.now, found.unit, play.rng.randint(4, 8))
        move_agreement(agreement=found, due_on=due_on, actor=found.owner, now=play.now)
        yield _on(play, found, due_on)
        found = still_open(agreement)
    if found is not None:
        mark_done(agreement=found, actor=found.owner, now=play.now)


def still_open(agreement: Agreement) -> Agreement | None:
    """The agreement as it is now; none where it has been settled or its case closed."""
    return (
        Agreement.objects.filter(pk=agreement.pk, state=AgreementState.OPEN, case__state="open")
        .select_related("owner", "unit", "case__holder")
        .first()
    )


def looking_again(play: Play, agreement: Agreement, look_on: date) -> Story:
    """The holder looks at an agreement again."""
    yield _on(play, agreement, play.calendar(agreement.unit).shift(look_on, play.rng.choice((0, 0, 1, 3))))
    current = open_now(agreement.case)
    agreement.refresh_from_db()
    if current is None or agreement.look_again_on is None or agreement.state == AgreementState.DROPPED:
        return
    result = play.pick({LookResult.KEPT: 5.0, LookResult.ENDED: 4.0, LookResult.CHANGED: 2.0})
    changed = result == LookResult.CHANGED
    look_at_agreement_again(
        agreement=agreement,
        result=result,
        due_on=play.day(play.now, current.holder_unit, 8) if changed else None,
        look_again_on=None if result == LookResult.ENDED else play.day(play.now, current.holder_unit, 18),
        actor=current.holder,
        now=play.now,
    )


def _on(play: Play, agreement: Agreement, day: date) -> datetime:
    """A moment of the day, though not before the agreement was made."""
    return max(play.moment(day), agreement.made_at + timedelta(minutes=5))


def meeting(play: Play, case: Case) -> Story:
    """The holder calls everybody together as soon as somebody takes part."""
    yield play.later(max(case.opened_at, play.now), case.holder_unit, 6, 18)
    current = open_now(case)
    if current is None or len(those_taking_part(current)) < 2:
        return
    planned = call(play, current, days=play.rng.randint(6, 16))
    for attendance in planned.attendances.filter(answer=AttendanceAnswer.ASKED):
        play.start(answering_call(play, attendance))
    what = play.pick({"held": 74.0, "not taken down": 8.0, "moved": 9.0, "cancelled": 9.0})
    if what in ("moved", "cancelled"):
        yield play.later(play.now, current.holder_unit, 2, 4)
        current = open_now(case)
        planned.refresh_from_db()
        if current is None or planned.state != MeetingState.PLANNED:
            return
        if what == "cancelled":
            cancel_meeting(meeting=planned, actor=current.holder, now=play.now)
            return
        planned = move_meeting(
            meeting=planned, at=when_and_where(play, current, days=10), actor=current.holder, now=play.now
        )
        for attendance in planned.attendances.filter(answer=AttendanceAnswer.ASKED):
            play.start(answering_call(play, attendance))
    if what != "not taken down":
        play.start(taking_down(play, planned))


def call(play: Play, case: Case, *, days: int) -> Meeting:
    """Call everybody who takes part to a meeting, as the holder."""
    return call_meeting(
        case=case,
        kind=play.term(MeetingKind, play.pick(MEETINGS)),
        at=when_and_where(play, case, days=days),
        people=those_taking_part(case),
        actor=case.holder,
        now=play.now,
    )


def when_and_where(play: Play, case: Case, *, days: int) -> WhenAndWhere:
    """An hour at the holder's unit, so many working days ahead."""
    day = play.day(play.now, case.holder_unit, days)
    starts = datetime.combine(day, time(play.rng.randint(9, 14), play.rng.choice((0, 30))), tzinfo=DENMARK)
    place = case.holder_unit
    return WhenAndWhere(starts, starts + timedelta(hours=1), place, play.room_of(place))


def answering_call(play: Play, attendance: Attendance) -> Story:
    """Somebody says whether they come; a few never do."""
    if play.chance(0.12):
        return
    yield play.later(play.now, attendance.unit, 0, 4)
    found = (
        Attendance.objects.filter(
            pk=attendance.pk,
            answer=AttendanceAnswer.ASKED,
            meeting__state=MeetingState.PLANNED,
            meeting__starts_at__gt=play.now,
            meeting__case__state="open",
        )
        .select_related("person", "meeting")
        .first()
    )
    if found is not None:
        answer_meeting(attendance=found, comes=play.chance(0.88), actor=found.person, now=play.now)


def taking_down(play: Play, planned: Meeting) -> Story:
    """The holder takes down who came and where the minutes are, the same day or some days later."""
    place = planned.place
    yield play.later(planned.ends_at, place, 0, 3)
    current = open_now(planned.case)
    planned.refresh_from_db()
    if current is None or planned.state != MeetingState.PLANNED or play.now < planned.starts_at:
        return
    coming = planned.attendances.called().exclude(answer=AttendanceAnswer.NO).select_related("person")
    hold_meeting(
        meeting=planned,
        came=[attendance.person for attendance in coming],
        minutes=record_of(play, current.holder_unit) if play.chance(0.7) and _may_refer(current) else None,
        actor=current.holder,
        now=play.now,
    )


def _may_refer(case: Case) -> bool:
    """Whether there is a basis for keeping a reference."""
    return case.bases.filter(state=BasisState.ACTIVE).exclude(kind=BasisKind.ANONYMOUS).exists()
