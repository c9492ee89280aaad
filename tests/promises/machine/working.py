"""Steps of what is agreed and of meetings."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Model
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

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
from coordination.models import Agreement as AgreementRow
from coordination.models import (
    AgreementKind,
    Deadline,
    DropReason,
    LookResult,
    MeetingKind,
    OutboxEntry,
    StepTaken,
)
from coordination.models import Attendance as AttendanceRow
from coordination.models import Meeting as MeetingRow
from tests.builders import a_reference
from tests.promises.machine.base import Ground, RefusalKind, pick
from tests.promises.machine.rights import PARTNER
from tests.promises.machine.story import Agreement, Called, Case, Meeting, Reference

DAYS = st.integers(-1, 30)
LATER = st.none() | st.integers(-2, 30)
RESULTS = st.sampled_from([LookResult.KEPT, LookResult.CHANGED, LookResult.ENDED])


class Working(Ground):
    """Agreements and meetings."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[type[Model], set[int]] = {model: set() for model in (Deadline, StepTaken, OutboxEntry)}

    @invariant()
    def what_was_owed_and_told_is_kept(self) -> None:
        """Nothing that anybody owed, no step that was taken and no word that is under way is ever deleted."""
        for model, before in self.kept.items():
            self.kept[model] = set(model._default_manager.values_list("pk", flat=True))
            assert before <= self.kept[model], f"{model.__name__} deleted: {before - self.kept[model]}"

    def agreements(self) -> list[tuple[Case, Agreement]]:
        """All agreements with their cases."""
        return [(case, found) for case in self.cases(is_open=None) for found in case.agreements.values()]

    def meetings(self) -> list[tuple[Case, Meeting]]:
        """All meetings with their cases."""
        return [(case, found) for case in self.cases(is_open=None) for found in case.meetings.values()]

    def participants(self, case: Case) -> list[str]:
        """Who takes part."""
        return [name for name in self.cast if case.takes_part(name)]

    def impossible_days(self, due_on: date, look_on: date | None) -> RefusalKind:
        """Why an agreement cannot have these days."""
        past = due_on < self.today or (look_on is not None and look_on < self.today)
        return self.unacceptable(past or (look_on is not None and look_on < due_on))

    @precondition(lambda self: self.cases(is_open=None))
    @rule(who=pick, which=pick, whom=pick, days=DAYS, later=LATER)
    def agree(self, who: int, which: int, whom: int, days: int, later: int | None) -> None:
        """Those who take part agree who does what."""
        case = self.prefer(which, self.cases(), self.cases(is_open=None))
        part = self.rights.part
        actor = self.someone(who, lambda name: part(name, case) >= PARTNER)
        owner = self.someone(whom, case.takes_part)
        due_on = self.today + timedelta(days=days)
        look_on = None if later is None else due_on + timedelta(days=later)
        unit = case.unit_of(owner)
        for row in self.attempt(
            actor,
            lambda: make_agreement(
                case=self.case_row(case),
                kind=self.any_term(AgreementKind),
                owner=self.user(owner),
                due_on=due_on,
                look_again_on=look_on,
                actor=self.user(actor),
                now=self.now,
            ),
            self.unless(part(actor, case) >= PARTNER, actor, case),
            self.moved_on(not case.is_open),
            self.unacceptable(unit is None),
            self.impossible_days(due_on, look_on),
        ):
            assert unit is not None
            case.agreements[row.pk] = Agreement(row.pk, owner, unit, due_on, look_on)
            self.happenings.tell("agreement_made", case)

    def may_do(self, name: str, case: Case, agreement: Agreement) -> bool:
        """The owner or the holder."""
        return bool(self.rights.acting(name) & {agreement.owner, case.holder})

    def cannot_do(self, actor: str, case: Case, agreement: Agreement) -> tuple[RefusalKind, ...]:
        """Why somebody cannot change an agreement."""
        return (
            self.unless(self.may_do(actor, case, agreement), actor, case),
            self.moved_on(not case.is_open or agreement.state != "open"),
        )

    @precondition(lambda self: self.agreements())
    @rule(who=pick, which=pick)
    def do(self, who: int, which: int) -> None:
        """An agreement is done."""
        case, agreement = self.prefer(which, [a for a in self.agreements() if a[1].state == "open"], self.agreements())
        actor = self.someone(who, lambda name: self.may_do(name, case, agreement))
        for _row in self.attempt(
            actor,
            lambda: mark_done(
                agreement=AgreementRow.objects.get(pk=agreement.pk), actor=self.user(actor), now=self.now
            ),
            *self.cannot_do(actor, case, agreement),
        ):
            agreement.state = "done"
            self.happenings.tell("agreement_done", case)

    @precondition(lambda self: self.agreements())
    @rule(who=pick, which=pick, days=DAYS)
    def put_off(self, who: int, which: int, days: int) -> None:
        """An agreement gets another day."""
        case, agreement = self.prefer(which, [a for a in self.agreements() if a[1].state == "open"], self.agreements())
        actor = self.someone(who, lambda name: self.may_do(name, case, agreement))
        due_on = self.today + timedelta(days=days)
        look_on = max(agreement.look_on, due_on) if agreement.look_on else None
        for _row in self.attempt(
            actor,
            lambda: move_agreement(
                agreement=AgreementRow.objects.get(pk=agreement.pk),
                due_on=due_on,
                actor=self.user(actor),
                now=self.now,
            ),
            *self.cannot_do(actor, case, agreement),
            self.impossible_days(due_on, look_on),
        ):
            agreement.due_on, agreement.look_on = due_on, look_on
            self.happenings.tell("agreement_moved", case)

    @precondition(lambda self: self.agreements())
    @rule(who=pick, which=pick)
    def drop_what_was_agreed(self, who: int, which: int) -> None:
        """An agreement is dropped."""
        case, agreement = self.prefer(which, [a for a in self.agreements() if a[1].state == "open"], self.agreements())
        actor = self.someone(who, lambda name: self.may_do(name, case, agreement))
        for _row in self.attempt(
            actor,
            lambda: drop_agreement(
                agreement=AgreementRow.objects.get(pk=agreement.pk),
                reason=self.any_term(DropReason),
                actor=self.user(actor),
                now=self.now,
            ),
            *self.cannot_do(actor, case, agreement),
        ):
            agreement.state = "dropped"
            self.happenings.tell("agreement_dropped", case)

    @precondition(lambda self: self.agreements())
    @rule(who=pick, which=pick, result=RESULTS, days=DAYS, later=LATER)
    def look_again(self, who: int, which: int, result: LookResult, days: int, later: int | None) -> None:
        """The holder looks at an agreement again."""
        looked_for = [pair for pair in self.agreements() if pair[1].look_on and pair[1].state in ("open", "done")]
        case, agreement = self.prefer(which, looked_for, self.agreements())
        actor = self.someone(who, lambda name: self.rights.holds(name, case))
        due_on = self.today + timedelta(days=days)
        look_on = None if later is None else due_on + timedelta(days=later)
        kept_until = agreement.due_on
        for _row in self.attempt(
            actor,
            lambda: look_at_agreement_again(
                agreement=AgreementRow.objects.get(pk=agreement.pk),
                result=result,
                due_on=due_on if result == LookResult.CHANGED else None,
                look_again_on=look_on,
                actor=self.user(actor),
                now=self.now,
            ),
            self.unless(self.rights.holds(actor, case), actor, case),
            self.moved_on(not case.is_open or (case, agreement) not in looked_for),
            self.impossible_days(due_on, look_on) if result == LookResult.CHANGED else None,
            self.unacceptable(
                result == LookResult.KEPT and look_on is not None and look_on < max(kept_until, self.today)
            ),
        ):
            if result == LookResult.ENDED:
                agreement.look_on = None
                agreement.state = "ended" if agreement.state == "open" else agreement.state
            elif result == LookResult.CHANGED:
                agreement.due_on, agreement.look_on, agreement.state = due_on, look_on, "open"
                self.happenings.let_go(case)
            else:
                agreement.look_on = look_on
            self.happenings.tell("agreement_looked_at", case)

    @precondition(lambda self: self.cases(is_open=None))
    @rule(who=pick, which=pick, whom=pick, hours=st.integers(-1, 200), where=pick)
    def call(self, who: int, which: int, whom: int, hours: int, where: int) -> None:
        """Somebody who takes part calls the others to a meeting."""
        case = self.prefer(which, self.cases(), self.cases(is_open=None))
        part = self.rights.part
        actor = self.someone(who, lambda name: part(name, case) >= PARTNER)
        called = [self.someone(whom, lambda name: case.takes_part(name) and name != actor)]
        if whom % 2:
            called = self.participants(case)
        place = self.prefer(where, self.town.open_units(), list(self.names.units))
        starts_at = self.now + timedelta(hours=hours)
        for row in self.attempt(
            actor,
            lambda: call_meeting(
                case=self.case_row(case),
                kind=self.any_term(MeetingKind),
                at=WhenAndWhere(starts_at, starts_at + timedelta(hours=1), self.unit_row(place)),
                people=[self.user(name) for name in called],
                actor=self.user(actor),
                now=self.now,
            ),
            self.unless(part(actor, case) >= PARTNER, actor, case),
            self.moved_on(not case.is_open),
            self.unacceptable(hours <= 0 or place in self.town.closed),
            self.unacceptable(not all(case.takes_part(name) for name in called)),
            self.unacceptable(not set(called) - {actor}),
        ):
            ids = {self.names.person_of[a.person_id]: a.pk for a in row.attendances.all()}
            people = {name: Called(ids[name], case.unit_of(name) or "", "asked") for name in called if name != actor}
            if case.takes_part(actor):
                people[actor] = Called(ids[actor], case.unit_of(actor) or "", "yes")
            case.meetings[row.pk] = Meeting(row.pk, actor, starts_at, people, place)
            self.happenings.tell("meeting_called", case)

    @precondition(lambda self: any(found.called for _case, found in self.meetings()))
    @rule(who=pick, which=pick, comes=st.booleans())
    def answer_call(self, who: int, which: int, comes: bool) -> None:
        """Somebody who was called says whether they come."""
        calls = [(case, m, name, one) for case, m in self.meetings() for name, one in m.called.items()]
        case, meeting, person, called = self.prefer(which, [c for c in calls if c[1].state == "planned"], calls)
        released, part = called.answer == "released", self.rights.part
        may = {
            name: person in self.rights.acting(name) and (not released or part(name, case) >= PARTNER)
            for name in self.cast
        }
        actor = self.someone(who, may.__getitem__)
        for _row in self.attempt(
            actor,
            lambda: answer_meeting(
                attendance=AttendanceRow.objects.select_related("meeting").get(pk=called.pk),
                comes=comes,
                actor=self.user(actor),
                now=self.now,
            ),
            self.unless(may[actor], actor, case),
            self.moved_on(not case.is_open or meeting.state != "planned" or released),
        ):
            called.answer = "yes" if comes else "no"
            self.happenings.tell("meeting_answered", case)

    def may_change(self, name: str, case: Case, meeting: Meeting) -> bool:
        """The holder, or the one who called it while they take part."""
        rights = self.rights
        calls = rights.part(name, case) >= PARTNER and meeting.caller in rights.acting(name)
        return case.is_open and (rights.holds(name, case) or calls)

    def cannot_change(self, actor: str, case: Case, meeting: Meeting) -> tuple[RefusalKind, ...]:
        """Why somebody cannot change a meeting."""
        return (
            self.unless(self.may_change(actor, case, meeting), actor, case),
            self.moved_on(meeting.state != "planned"),
        )

    @precondition(lambda self: self.meetings())
    @rule(who=pick, which=pick, hours=st.integers(-1, 200), where=pick)
    def meet_another_day(self, who: int, which: int, hours: int, where: int) -> None:
        """A meeting is moved; everybody else is asked again."""
        case, meeting = self.prefer(which, [m for m in self.meetings() if m[1].state == "planned"], self.meetings())
        actor = self.someone(who, lambda name: self.may_change(name, case, meeting))
        place = self.prefer(where, self.town.open_units(), list(self.names.units))
        starts_at = self.now + timedelta(hours=hours)
        for _row in self.attempt(
            actor,
            lambda: move_meeting(
                meeting=MeetingRow.objects.get(pk=meeting.pk),
                at=WhenAndWhere(starts_at, starts_at + timedelta(hours=1), self.unit_row(place)),
                actor=self.user(actor),
                now=self.now,
            ),
            *self.cannot_change(actor, case, meeting),
            self.unacceptable(hours <= 0 or place in self.town.closed),
        ):
            meeting.starts_at, meeting.place = starts_at, place
            for name, called in meeting.called.items():
                if name != actor and called.answer != "released":
                    called.answer = "asked"
            self.happenings.tell("meeting_moved", case)

    @precondition(lambda self: self.meetings())
    @rule(who=pick, which=pick)
    def cancel(self, who: int, which: int) -> None:
        """A meeting is cancelled."""
        case, meeting = self.prefer(which, [m for m in self.meetings() if m[1].state == "planned"], self.meetings())
        actor = self.someone(who, lambda name: self.may_change(name, case, meeting))
        for _row in self.attempt(
            actor,
            lambda: cancel_meeting(meeting=MeetingRow.objects.get(pk=meeting.pk), actor=self.user(actor), now=self.now),
            *self.cannot_change(actor, case, meeting),
        ):
            meeting.state = "cancelled"
            self.happenings.tell("meeting_cancelled", case)

    @precondition(lambda self: self.meetings())
    @rule(who=pick, which=pick, has_minutes=st.booleans())
    def hold(self, who: int, which: int, has_minutes: bool) -> None:
        """A meeting has been held; its minutes are a reference."""
        begun = [m for m in self.meetings() if m[1].state == "planned" and m[1].starts_at <= self.now]
        case, meeting = self.prefer(which, begun, self.meetings())
        actor = self.someone(who, lambda name: self.may_change(name, case, meeting))
        number = f"P-2026-2{meeting.pk % 1000:03}"
        unit = case.unit_of(actor) or case.unit
        is_shared = unit != case.unit or any(partner.unit != unit for partner in case.live())
        for row in self.attempt(
            actor,
            lambda: hold_meeting(
                meeting=MeetingRow.objects.get(pk=meeting.pk),
                came=[self.user(name) for name in meeting.called],
                minutes=a_reference(number) if has_minutes else None,
                actor=self.user(actor),
                now=self.now,
            ),
            *self.cannot_change(actor, case, meeting),
            self.unacceptable(self.now < meeting.starts_at),
            self.unacceptable(has_minutes and is_shared and not case.may_share(self.today)),
        ):
            meeting.state = "held"
            if has_minutes:
                assert row.minutes_id is not None
                case.references[row.minutes_id] = Reference(row.minutes_id, unit, number, is_record=False)
            self.happenings.tell("meeting_held", case)
