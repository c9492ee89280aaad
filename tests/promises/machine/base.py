"""The machine's ground: a fresh world for every example, whose rows are taken back afterwards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from coordination.commands.time import pass_time
from coordination.errors import Forbidden, MovedOn, Refusal, Unacceptable, Unseen
from coordination.models import AccessRecord, Attendance, Event, Partnership, StepTaken, Term, Transition, Unit, User
from coordination.models import Case as CaseRow
from tests.builders import PEOPLE, UNITS, build_world, on
from tests.promises.machine import watching
from tests.promises.machine.effects import Happenings, NobodyLeft
from tests.promises.machine.rights import RECEIPT, Rights
from tests.promises.machine.story import A_LEADER, Case
from tests.promises.machine.town import Town
from tests.promises.machine.watching import Names

Result = TypeVar("Result")
Thing = TypeVar("Thing")
RefusalKind = type[Refusal] | None

# Numbers that a step chooses with: mostly from what is fitting, every fourth time from what is not.
pick = st.integers(0, 255)
# An ordinary Monday, the Fridays before the clocks go back and forward, and the Monday of Christmas week.
STARTS = (on(0), on(39), on(98, hours=-2), on(193))


class Ground(RuleBasedStateMachine):
    """Holds what the machine believes, carries steps out, and compares after each of them."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        world = build_world()
        self.names = Names(
            {name: person.pk for name, person in world.people.items()},
            {code: unit.pk for code, unit in world.units.items()},
        )
        town = Town(parents={code: parent for code, _name, _kind, parent in UNITS})
        for name, _full, unit, role in PEOPLE:
            town.join(name, unit, role.value)
        self.happenings = Happenings(town=town)
        self.now = on(0)
        self.noticed_on = self.today
        self.actor: str | None = None
        self.seen_events = self.newest_event()
        self.compared_on: date | None = None

    def teardown(self) -> None:
        """Take everything back."""
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def begin(self, start: datetime) -> None:
        """Begin on one of the days."""
        self.now = start
        self.noticed_on = self.today

    # --- What is believed -----------------------------------------------------------------------------------

    @property
    def town(self) -> Town:
        """Units and people."""
        return self.happenings.town

    @property
    def today(self) -> date:
        """The Danish day."""
        return timezone.localdate(self.now)

    @property
    def rights(self) -> Rights:
        """Who may do what today."""
        return Rights(self.town, self.today)

    @property
    def cast(self) -> list[str]:
        """Everybody, deactivated people too."""
        return list(self.names.people)

    def cases(self, *, is_open: bool | None = True) -> list[Case]:
        """The cases, those that are open or, with None, all."""
        return [case for case in self.happenings.cases.values() if is_open is None or case.is_open == is_open]

    # --- Choosing -------------------------------------------------------------------------------------------

    def prefer(self, number: int, fitting: Collection[Thing], everything: Sequence[Thing]) -> Thing:
        """Choose something fitting three times of four, else something that is not; whatever there is."""
        others = [thing for thing in everything if thing not in fitting]
        options = list(fitting) if fitting and (number % 4 or not others) else others
        return options[(number // 4) % len(options)]

    def someone(self, number: int, may: Callable[[str], bool]) -> str:
        """Choose a person, mostly one who may."""
        return self.prefer(number, [name for name in self.cast if may(name)], self.cast)

    def user(self, name: str) -> User:
        """The row of a person, read anew."""
        return User.objects.get(pk=self.names.people[name])

    def unit_row(self, code: str) -> Unit:
        """The row of a unit, read anew."""
        return Unit.objects.get(pk=self.names.units[code])

    def case_row(self, case: Case) -> CaseRow:
        """The row of a case, read anew."""
        return CaseRow.objects.get(pk=case.pk)

    @staticmethod
    def any_term(vocabulary: type[Term]) -> Any:
        """A term of a vocabulary."""
        return vocabulary.objects.order_by("pk").first()

    def notice(self) -> None:
        """Let the scheduler do its rounds; one more does nothing twice."""
        self.actor = None
        while pass_time(now=self.now, limit=5):
            pass
        before = self.fingerprint()
        assert pass_time(now=self.now) == 0
        assert self.fingerprint() == before
        self.noticed_on = self.today
        for case in self.cases(is_open=None):
            basis = case.basis()
            if basis is not None and basis.ends_on is not None and basis.ends_on < self.today:
                basis.state = "expired"
                self.happenings.tell("basis_expired", case)

    # --- Expecting ------------------------------------------------------------------------------------------

    def unless(self, allowed: bool, who: str, case: Case, *, sees: bool = False) -> RefusalKind:
        """What somebody is told who may not: 404 where they may not know of it, else 403."""
        if allowed:
            return None
        return Forbidden if sees or self.rights.part(who, case) > RECEIPT else Unseen

    @staticmethod
    def moved_on(condition: bool) -> RefusalKind:
        """409 where the state is gone that the move starts from."""
        return MovedOn if condition else None

    @staticmethod
    def unacceptable(condition: bool) -> RefusalKind:
        """422 where what is given cannot be accepted."""
        return Unacceptable if condition else None

    def attempt(self, who: str | None, act: Callable[[], Result], *refusals: RefusalKind) -> list[Result]:
        """Try something. The first refusal that is expected has to come, and then nothing may have changed."""
        expected = next((refusal for refusal in refusals if refusal), None)
        self.actor = who
        before = self.fingerprint()
        refused: Refusal | None = None
        results: list[Result] = []
        try:
            results.append(act())
        except Refusal as refusal:
            refused = refusal
        if refused is None:
            assert expected is None, f"{who} was not refused, {expected}"
            return results
        assert expected is not None, f"{who} was refused: {refused!r}"
        assert isinstance(refused, expected), f"{refused!r} instead of {expected}"
        assert self.fingerprint() == before, "a refusal left something behind"
        return []

    def foreseen(self, change: Callable[[Happenings], None]) -> tuple[Happenings, bool]:
        """Work out beforehand what would follow from a change, and whether nobody would be left to carry it."""
        future = deepcopy(self.happenings)
        try:
            change(future)
        except NobodyLeft:
            return future, False
        return future, True

    def fingerprint(self) -> tuple[Any, ...]:
        """What no refusal may change, beside what is compared anyway."""
        times = list(CaseRow.objects.order_by("pk").values_list("pk", "last_event_at"))
        return self.newest_event(), AccessRecord.objects.count(), StepTaken.objects.count(), times

    @staticmethod
    def newest_event() -> int:
        """The id of the newest event."""
        return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    # --- After every step -----------------------------------------------------------------------------------

    @invariant()
    def everything_is_as_believed(self) -> None:
        """Compare the database with what the machine believes, ask for the promises, and who sees what."""
        self._learn_ids()
        happenings, names = self.happenings, self.names
        actor = None if self.actor is None else names.people[self.actor]
        watching.compare_events(happenings, after=self.seen_events, actor=actor)
        watching.compare_cases(happenings, names)
        watching.compare_asks(happenings, names)
        watching.compare_work(happenings, names)
        self._learn_contacts()
        watching.compare_moves(happenings, names)
        watching.compare_town(happenings, names)
        watching.compare_owed(happenings, names)
        if happenings.told or self.today != self.compared_on:  # else nothing has changed, see what is compared above
            watching.keep_promises(self.now)
            watching.compare_sights(happenings, names, moment=self.now, rights=self.rights)
            self.compared_on = self.today
        self.forget_what_was_told()
        self.now += timedelta(minutes=1)

    def forget_what_was_told(self) -> None:
        """Expect the events of the next step only."""
        self.happenings.told.clear()
        self.seen_events = self.newest_event()

    def _learn_contacts(self) -> None:
        """A received child has whoever speaks for its unit; which leader, where it has nobody nearer, the code says."""
        for case in self.happenings.cases.values():
            for move in case.moves.values():
                if move.state == "received" and case.is_open:
                    speaker = case.speaker(move.to_unit or "")
                    row = Transition.objects.get(pk=move.pk)
                    found = self.names.person(row.contact_id)
                    leads = speaker == A_LEADER and self.town.leads(found or "", move.to_unit or "")
                    assert found == speaker or leads, (move, speaker, found)
                    move.contact = found

    def _learn_ids(self) -> None:
        """Look up the ids of rows that the code made by itself. Where it made none, this fails."""
        for case in self.happenings.cases.values():
            for partner in unknown(case.partners.values()):
                del case.partners[partner.pk]
                of_unit = Partnership.objects.filter(case_id=case.pk, unit_id=self.names.units[partner.unit])
                row = of_unit.filter(invitation=None).exclude(pk__in=case.partners).earliest("pk")
                partner.pk = row.pk
                case.partners[row.pk] = partner
            for meeting in case.meetings.values():
                for person, called in meeting.called.items():
                    if called.pk < 0:
                        called.pk = Attendance.objects.get(
                            meeting_id=meeting.pk, person_id=self.names.people[person]
                        ).pk


def unknown(things: Iterable[Any]) -> list[Any]:
    """Those whose id has not been looked up."""
    return [thing for thing in things if thing.pk < 0]
