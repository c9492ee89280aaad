"""Steps of people, units and time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from coordination.commands.people import (
    begin_membership,
    change_role,
    deactivate_person,
    end_absence,
    end_membership,
    reactivate_person,
    set_absence,
)
from coordination.commands.units import UnitDraft, change_unit, close_unit
from coordination.errors import Forbidden
from coordination.models import Absence as AbsenceRow
from coordination.models import Membership as MembershipRow
from coordination.models import Role
from tests.promises.machine.base import Ground, RefusalKind, pick
from tests.promises.machine.effects import Happenings
from tests.promises.machine.town import Away, Member

ROLES = st.sampled_from([Role.PROFESSIONAL, Role.PROFESSIONAL, Role.LEADER, Role.COORDINATOR])
# From an hour to seven weeks: over nights, weekends, holidays and the nights in which the clocks change.
HOURS = st.sampled_from([1, 5, 24, 24, 72, 168, 504, 1176])


class Directing(Ground):
    """People come, go, lead and are away; units close and move; time passes."""

    def membership_row(self, member: Member) -> MembershipRow:
        """The row of a member."""
        return MembershipRow.objects.get(
            user_id=self.names.people[member.person], unit_id=self.names.units[member.unit], ended_at=None
        )

    @rule(whom=pick, where=pick, role=ROLES)
    def place(self, whom: int, where: int, role: Role) -> None:
        """Somebody is placed in a unit."""
        person = self.cast[whom % len(self.cast)]
        unit = self.prefer(where, self.town.open_units(), list(self.names.units))
        for _row in self.attempt(
            None,
            lambda: begin_membership(
                user=self.user(person), unit=self.unit_row(unit), role=role, actor=None, now=self.now
            ),
            self.unacceptable(unit in self.town.closed or person in self.town.inactive),
            self.moved_on(self.town.place_of(person, unit) is not None),
        ):
            self.town.join(person, unit, role.value)
            self.happenings.tell("membership_begun")

    def change(self, act: Callable[[], object], follows: Callable[[Happenings], None], *refusals: RefusalKind) -> None:
        """Carry out something from which more follows by itself, which is refused where nobody is left."""
        future, possible = self.foreseen(follows)
        for _row in self.attempt(None, act, *refusals, self.unacceptable(not possible)):
            self.happenings = future

    @rule(which=pick)
    def take_out(self, which: int) -> None:
        """Somebody leaves a unit."""
        member = self.town.members[which % len(self.town.members)]
        self.change(
            lambda: end_membership(membership=self.membership_row(member), actor=None, now=self.now),
            lambda future: future.end_member(found_in(future, member), today=self.today),
        )

    @rule(which=pick, role=ROLES)
    def give_role(self, which: int, role: Role) -> None:
        """Somebody becomes a leader, or is one no longer."""
        leading = [found for found in self.town.members if found.role != "professional"]
        fell_to = {(case.holder, case.unit) for case in self.cases() if case.fell}
        fallen = [found for found in leading if (found.person, found.unit) in fell_to]
        member = self.prefer(which, fallen if fallen and which % 3 else leading, self.town.members)

        def follow(future: Happenings) -> None:
            same = found_in(future, member)
            same.role = role.value
            if not future.town.has_coordinator():
                future.leader("town", other_than=None if future.town.members else "")
            future.tell("membership_changed")
            if role == Role.PROFESSIONAL:
                future.give_up(same, only_as_leader=True)

        last_coordinator = role != Role.COORDINATOR and not self.town.has_coordinator(but=member)
        self.change(
            lambda: change_role(membership=self.membership_row(member), role=role, actor=None, now=self.now),
            follow,
            self.unacceptable(last_coordinator),
        )

    @rule(whom=pick)
    def deactivate(self, whom: int) -> None:
        """Somebody stops, and leaves every unit."""
        holders = [case.holder for case in self.cases()]
        person = self.prefer(whom, [name for name in holders if name not in self.town.inactive], self.cast)

        def follow(future: Happenings) -> None:
            theirs = [found for found in future.town.members if found.person == person]
            for member in sorted(theirs, key=lambda found: self.names.units[found.unit]):
                future.end_member(member, today=self.today)
            future.town.inactive.add(person)
            future.tell("person_deactivated")

        self.change(
            lambda: deactivate_person(user=self.user(person), actor=None, now=self.now),
            follow,
            self.moved_on(person in self.town.inactive),
        )

    @precondition(lambda self: self.town.inactive)
    @rule(whom=pick)
    def reactivate(self, whom: int) -> None:
        """Somebody comes back, to no unit at first."""
        person = self.prefer(whom, sorted(self.town.inactive), self.cast)
        for _row in self.attempt(
            None,
            lambda: reactivate_person(user=self.user(person), actor=None, now=self.now),
            self.moved_on(person not in self.town.inactive),
        ):
            self.town.inactive.discard(person)
            self.happenings.tell("person_reactivated")

    def speaks_for_person(self, actor: str, person: str) -> bool:
        """Oneself, or a leader (or who stands in for one) of a unit that the person is in."""
        if actor == person:
            return actor not in self.town.inactive
        return any(self.town.is_leader_of(actor, unit, self.today) for unit in self.town.units_of(person))

    @rule(who=pick, whom=pick, by=pick, starts=st.integers(-3, 10), days=st.integers(-1, 30))
    def go_away(self, who: int, whom: int, by: int, starts: int, days: int) -> None:
        """Somebody says that they are away, and who stands in."""
        parts = [case.holder for case in self.cases()] + [name for case in self.cases() for name in case.contacts()]
        person = self.prefer(whom, parts, self.cast)
        actor = self.someone(who, lambda name: self.speaks_for_person(name, person))
        entangled = self.entangled_with(person)
        stand_in = self.someone(by, lambda name: name in entangled if by % 3 else bool(self.town.units_of(name)))
        first_on = self.today + timedelta(days=starts)
        last_on = first_on + timedelta(days=days)

        def is_away(name: str) -> bool:
            return any(
                found.person == name and found.first_on <= last_on and found.last_on >= first_on
                for found in self.town.absences
            )

        at_work = bool(self.town.units_of(person)) and bool(self.town.units_of(stand_in))
        for row in self.attempt(
            actor,
            lambda: set_absence(
                user=self.user(person),
                stand_in=self.user(stand_in),
                first_on=first_on,
                last_on=last_on,
                actor=self.user(actor),
                now=self.now,
            ),
            None if self.speaks_for_person(actor, person) else Forbidden,
            self.unacceptable(days < 0 or last_on < self.today),
            self.moved_on(is_away(person)),
            self.unacceptable(stand_in == person or not at_work or is_away(stand_in)),
        ):
            self.town.absences.append(Away(row.pk, person, stand_in, first_on, last_on))
            self.happenings.tell("absence_set")

    def entangled_with(self, person: str) -> set[str]:
        """Those who wait for an answer of the person's, or owe them one: where standing in is most delicate."""
        found: set[str] = set()
        for case in self.cases():
            if not case.takes_part(person):
                continue
            found |= {join.asker for join in case.joins.values() if join.state == "asked"}
            for handover in [*case.offered("offer"), *case.offered("request")]:
                found |= {handover.begun_by, handover.to}
            for invitation in case.invitations.values():
                if invitation.state == "sent":
                    found |= {member.person for member in self.town.members if member.unit == invitation.unit}
        return {name for name in found | set(self.cast[:3]) if name != person and self.town.units_of(name)}

    @precondition(lambda self: self.town.absences)
    @rule(who=pick, which=pick)
    def come_back(self, who: int, which: int) -> None:
        """Somebody is back before the day, or does not go after all."""
        under_way = [found for found in self.town.absences if found.last_on >= self.today]
        away = self.prefer(which, under_way, self.town.absences)
        actor = self.someone(who, lambda name: self.speaks_for_person(name, away.person))
        row = AbsenceRow.objects.get(pk=away.pk)
        for _nothing in self.attempt(
            actor,
            lambda: end_absence(absence=row, actor=self.user(actor), now=self.now),
            self.moved_on(away.last_on < self.today),
            None if self.speaks_for_person(actor, away.person) else Forbidden,
        ):
            if away.first_on < self.today:
                away.last_on = self.today - timedelta(days=1)
            else:
                self.town.absences.remove(away)
            self.happenings.tell("absence_ended")

    @rule(which=pick, instead=pick)
    def close_down(self, which: int, instead: int) -> None:
        """A unit closes, perhaps with another one in its place."""
        leaves = [unit for unit in self.town.open_units() if self.open_below(unit) == [unit]]
        unit = self.prefer(which, leaves, list(self.names.units))
        others = [other for other in self.town.open_units() if other != unit]
        successor = others[instead % len(others)] if others and instead % 2 else None
        self.change(
            lambda: close_unit(
                unit=self.unit_row(unit),
                successor=self.unit_row(successor) if successor else None,
                actor=None,
                now=self.now,
            ),
            lambda future: future.close_unit(unit, successor, now=self.now, order=self.names.people),
            self.moved_on(unit in self.town.closed),
            self.unacceptable(self.town.parents[unit] is None or self.open_below(unit) != [unit]),
        )

    def open_below(self, unit: str) -> list[str]:
        """The unit and what is open below it."""
        return [other for other in self.town.below(unit) if other == unit or other not in self.town.closed]

    @rule(which=pick, where=pick)
    def move_in_the_tree(self, which: int, where: int) -> None:
        """A unit is placed below another one: others lead it from now on."""
        unit = self.prefer(which, ["school", "kindergarten", "ppr", "health"], list(self.names.units))
        parent = self.prefer(where, ["schools", "daycare", "town"], list(self.names.units))
        row, below = self.unit_row(unit), self.town.below(unit)
        if self.town.parents[unit] == parent:
            return

        def follow(future: Happenings) -> None:
            future.town.parents[unit] = parent
            future.settle_below(unit)
            future.tell("unit_changed")

        refused = parent in below or self.town.parents[unit] is None or parent in self.town.closed
        self.change(
            lambda: change_unit(
                unit=row,
                draft=UnitDraft(row.code, row.name, row.kind, self.unit_row(parent), row.phone),
                actor=None,
                now=self.now,
            ),
            (lambda _future: None) if refused else follow,
            self.unacceptable(refused),
        )

    @rule(hours=HOURS, is_noticed=st.booleans())
    def time_passes(self, hours: int, is_noticed: bool) -> None:
        """Time passes; mostly the scheduler notices, but it may be down for a day."""
        tomorrow = self.now + timedelta(hours=24)
        if not is_noticed and timezone.localdate(tomorrow) <= self.noticed_on + timedelta(days=1):
            self.now = tomorrow
            return
        self.now += timedelta(hours=hours)
        self.notice()

    @precondition(lambda self: any(m.state == "planned" for case in self.cases() for m in case.meetings.values()))
    @rule(which=pick)
    def a_meeting_begins(self, which: int) -> None:
        """The time of a meeting comes."""
        planned = [m for case in self.cases() for m in case.meetings.values() if m.state == "planned"]
        self.now = max(self.now, planned[which % len(planned)].starts_at)
        self.notice()


def found_in(future: Happenings, member: Member) -> Member:
    """The same member in a copy of the town."""
    found = future.town.place_of(member.person, member.unit)
    if found is None:
        raise LookupError(member)
    return found
