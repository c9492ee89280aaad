"""What follows by itself from what somebody did, as the machine expects it: batons fall, contacts change, asks end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count

from django.utils import timezone

from tests.promises.machine.story import Called, Case, Handover, Partner
from tests.promises.machine.town import Member, Town

_later = count(1)


def not_yet_known() -> int:
    """Give an id to a row that the code makes by itself; the real one is looked up before anything is compared."""
    return -next(_later)


class NobodyLeft(Exception):
    """There is nobody to whom it could fall: the code has to refuse."""


@dataclass
class Happenings:
    """The town and its cases, with the events of the step that is under way."""

    town: Town = field(default_factory=Town)
    cases: dict[int, Case] = field(default_factory=dict)
    told: Counter[tuple[str, int | None]] = field(default_factory=Counter)

    def tell(self, kind: str, case: Case | None = None) -> None:
        """Expect one event."""
        self.told[kind, case.pk if case else None] += 1

    def open_cases(self) -> list[Case]:
        """The cases that are open."""
        return [case for case in self.cases.values() if case.is_open]

    def leader(self, unit: str, *, other_than: str | None = None) -> tuple[str, str]:
        """The nearest leader, whom there has to be."""
        found = self.town.nearest_leader(unit, other_than=other_than)
        if found is None:
            raise NobodyLeft
        return found

    def withdraw(self, case: Case, handover: Handover) -> None:
        """A baton is no longer on its way."""
        handover.state = "withdrawn"
        self.tell("handover_withdrawn" if handover.kind == "offer" else "baton_request_withdrawn", case)

    def move(self, case: Case, to: str, unit: str, *, stays_on: bool = False) -> None:
        """The baton moves, and with it all that its holder owes."""
        old, old_unit = case.holder, case.unit
        case.holder, case.unit = to, unit
        case.holders.add(to)
        case.fell, case.release_asked, case.assigner = False, False, None
        if stays_on and old != to and old_unit not in [partner.unit for partner in case.live()]:
            self.take_in(case, old_unit, old)
        moot = [*case.offered("offer"), *[found for found in case.offered("request") if found.to == to]]
        for handover in moot:
            self.withdraw(case, handover)
        for invitation in case.invitations.values():
            if invitation.state == "sent" and invitation.person == to:
                invitation.state = "withdrawn"
                self.tell("invitation_withdrawn", case)
            if invitation.search and not invitation.nobody_was_known:
                invitation.search = (to, unit)
        self.seek_beside(case)
        self.let_go(case)

    def end_own_part(self, case: Case) -> None:
        """A holder who does not stay has no part beside the baton either, in the unit for which they held it."""
        for partner in case.live():
            if (partner.contact, partner.unit) == (case.holder, case.unit):
                self.end_part(case, partner, "left")
                self.tell("partnership_left", case)

    def leader_beside(self, case: Case) -> tuple[str, str]:
        """The holder's nearest leader who is somebody else, if there is one."""
        return self.town.nearest_leader(case.unit, other_than=case.holder) or self.leader(case.unit)

    def seek_beside(self, case: Case) -> None:
        """Partners that nobody knew are sought by the leader whom the holder has now."""
        for invitation in case.invitations.values():
            if invitation.search and invitation.nobody_was_known:
                invitation.search = self.leader_beside(case)

    def fall(self, case: Case) -> None:
        """The holder is gone: the nearest leader holds it, and owes to find another."""
        leader = self.leader(case.unit, other_than=case.holder)
        self.move(case, *leader)
        case.fell, case.assigner = True, leader
        self.tell("baton_fell", case)

    def take_in(self, case: Case, unit: str, contact: str) -> Partner:
        """A unit takes part without having been invited; an invitation that waits is moot."""
        for invitation in case.invitations.values():
            if invitation.unit == unit and invitation.state == "sent":
                invitation.state = "withdrawn"
                self.tell("invitation_withdrawn", case)
        partner = Partner(not_yet_known(), unit, contact, None)
        case.partners[partner.pk] = partner
        return partner

    def let_go(self, case: Case) -> None:
        """What those owed who no longer take part is the holder's; they are called to no meeting."""
        for agreement in case.agreements.values():
            if agreement.state == "open" and not case.takes_part(agreement.owner):
                agreement.owner, agreement.unit = case.holder, case.unit
                self.tell("agreement_passed_on", case)
        for meeting in case.meetings.values():
            if meeting.state == "planned":
                for person in [called for called in meeting.called if not case.takes_part(called)]:
                    self.release(case, meeting.called[person])
        self.end_requests(case)

    def release(self, case: Case, called: Called) -> bool:
        """Somebody is called to a meeting no longer, if they were."""
        was_called = called.answer != "released"
        if was_called:
            called.answer = "released"
            self.tell("meeting_released", case)
        return was_called

    def end_requests(self, case: Case) -> None:
        """Whoever asked for the baton as a contact asks no longer than they are one."""
        contacts = {(partner.contact, partner.unit) for partner in case.live()}
        for request in case.offered("request"):
            if (request.to, request.to_unit) not in contacts:
                self.withdraw(case, request)

    def replace(self, case: Case, partner: Partner, contact: str) -> None:
        """Another contact, who takes over what the one before owed."""
        before, partner.contact = partner.contact, contact
        case.replaced.add(before)
        self.tell("contact_changed", case)
        self.end_requests(case)
        if case.takes_part(before):
            return
        for agreement in case.agreements.values():
            if agreement.state == "open" and agreement.owner == before:
                agreement.owner, agreement.unit = contact, partner.unit
                self.tell("agreement_passed_on", case)
        for meeting in case.meetings.values():
            if meeting.state != "planned" or before not in meeting.called:
                continue
            if self.release(case, meeting.called[before]):
                called = meeting.called.setdefault(contact, Called(not_yet_known(), partner.unit, "released"))
                if called.answer == "released":
                    called.unit, called.answer = partner.unit, "asked"

    def end_part(self, case: Case, partner: Partner, state: str) -> None:
        """A partner's part ends, and with it the invitation that it came from."""
        partner.live = False
        if partner.invitation is not None:
            case.invitations[partner.invitation].state = state

    def give_up(self, member: Member, *, unit_closes: bool = False, only_as_leader: bool = False) -> None:
        """A member has left a unit (or leads it no longer): all that was theirs there passes on."""
        for case in self.open_cases():
            if not only_as_leader:
                self._give_up_baton_and_asks(case, member, unit_closes=unit_closes)
            for partner in case.live():
                ends_with_its_unit = unit_closes and partner.unit == member.unit
                if partner.contact == member.person and not ends_with_its_unit:
                    self._replace_unless_entitled(case, partner)
            self._pass_leaders_tasks_on(case, member)

    def _give_up_baton_and_asks(self, case: Case, member: Member, *, unit_closes: bool) -> None:
        if (case.holder, case.unit) == (member.person, member.unit):
            self.fall(case)
        for invitation in case.invitations.values():
            asked = (invitation.person, invitation.unit) == (member.person, member.unit)
            if asked and invitation.state == "sent" and not unit_closes:
                invitation.person = None
                self.tell("invitation_opened_to_unit", case)
        for handover in [*case.offered("offer"), *case.offered("request")]:
            if (handover.to, handover.to_unit) == (member.person, member.unit):
                self.withdraw(case, handover)

    def _replace_unless_entitled(self, case: Case, partner: Partner) -> None:
        if not self.town.belongs(partner.contact, partner.unit):
            self.replace(case, partner, self.leader(partner.unit, other_than=partner.contact)[0])

    def _pass_leaders_tasks_on(self, case: Case, member: Member) -> None:
        theirs = (member.person, member.unit)
        searches = [found for found in case.invitations.values() if found.search == theirs and found.nobody_was_known]
        if not searches and case.assigner != theirs:
            return
        leader = self.leader(member.unit, other_than=member.person)
        for invitation in searches:
            invitation.search = leader
        if case.assigner == theirs:
            case.assigner = leader

    def settle_below(self, unit: str) -> None:
        """A unit has moved in the tree: those answer for it who lead it now."""
        below = self.town.below(unit)
        for case in self.open_cases():
            for partner in case.live():
                if partner.unit in below:
                    self._replace_unless_entitled(case, partner)
            if case.unit in below and case.assigner and case.assigner[0] != case.holder:
                case.assigner = self.leader(case.unit, other_than=case.holder)
            if case.unit in below:
                self.seek_beside(case)

    def end_member(self, member: Member, *, today: date) -> None:
        """A member leaves a unit."""
        self.town.members.remove(member)
        if not self.town.has_coordinator():
            raise NobodyLeft
        self.tell("membership_ended")
        self.give_up(member)
        self.replace_as_stand_in(member.person, today=today)

    def replace_as_stand_in(self, gone: str, *, today: date) -> None:
        """Leaders stand in where somebody was to who belongs to no unit any more."""
        if self.town.units_of(gone):
            return
        for absence in [found for found in self.town.absences if found.stand_in == gone and found.last_on >= today]:
            units = self.town.units_of(absence.person)
            leader = self.town.nearest_leader(units[0], other_than=absence.person) if units else None
            if units and (leader is None or self.town.away(leader[0], today)):
                leader = self.town.nearest_leader(self.town.line(units[0])[-1], other_than=absence.person)
            if leader is None:
                self.town.absences.remove(absence)
            else:
                absence.stand_in = leader[0]
                self.tell("absence_set")

    def close_unit(self, unit: str, successor: str | None, *, now: datetime, order: dict[str, int]) -> None:
        """A unit closes: its people leave, its parts and asks end, and meetings are held elsewhere."""
        today = timezone.localdate(now)
        self.town.closed.add(unit)
        leaving = sorted((found for found in self.town.members if found.unit == unit), key=lambda m: order[m.person])
        self.town.members = [found for found in self.town.members if found.unit != unit]
        for member in leaving:
            self.tell("membership_ended")
            self.give_up(member, unit_closes=True)
            self.replace_as_stand_in(member.person, today=today)
        for case in self.open_cases():
            self._end_parts_of(case, unit, successor)
            for meeting in case.meetings.values():
                if meeting.state == "planned" and meeting.place == unit and meeting.starts_at > now:
                    meeting.place = successor or case.unit
                    self.tell("meeting_moved", case)
        self.tell("unit_closed")

    def _end_parts_of(self, case: Case, unit: str, successor: str | None) -> None:
        for invitation in case.invitations.values():
            if invitation.unit == unit and invitation.state == "sent":
                invitation.state, invitation.onward = "withdrawn", successor
                invitation.search = (case.holder, case.unit)
                self.tell("invitation_withdrawn", case)
        for join in case.joins.values():
            if join.unit == unit and join.state == "asked":
                join.state = "withdrawn"
                self.tell("join_withdrawn", case)
        for partner in case.live():
            if partner.unit == unit:
                self.end_part(case, partner, "left")
                self.tell("partnership_ended", case)
        self.let_go(case)
        for move in case.moves.values():
            if move.to_unit == unit and move.state in ("planned", "handed_over"):
                move.state, move.to_unit, move.handed_over_by = "planned", None, None
                self.tell("receiver_lost", case)

    def close_case(self, case: Case) -> None:
        """A case closes: everything in it ends, and says so."""
        for invitation in case.invitations.values():
            invitation.search = None
            if invitation.state == "sent":
                invitation.state = "withdrawn"
                self.tell("invitation_withdrawn", case)
        for join in case.joins.values():
            if join.state == "asked":
                join.state = "withdrawn"
                self.tell("join_withdrawn", case)
        for handover in [*case.offered("offer"), *case.offered("request")]:
            self.withdraw(case, handover)
        for partner in case.live():
            self.end_part(case, partner, "completed")
            self.tell("partnership_ended", case)
        self._end_work(case)
        for move in case.moves.values():
            if move.state == "planned":
                move.state = "cancelled"
                self.tell("transition_cancelled", case)
        case.is_open, case.release_asked, case.assigner, case.renewal = False, False, None, None
        self.tell("case_closed", case)

    def _end_work(self, case: Case) -> None:
        for meeting in case.meetings.values():
            if meeting.state == "planned":
                meeting.state = "cancelled"
                self.tell("meeting_cancelled", case)
        for agreement in case.agreements.values():
            if agreement.state == "open":
                agreement.state = "ended"
                self.tell("agreement_ended", case)
