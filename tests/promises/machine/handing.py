"""Steps of the baton: offered, asked for, answered, given back, assigned."""

from __future__ import annotations

from hypothesis.stateful import precondition, rule

from coordination.commands.handovers import (
    accept_handover,
    ask_for_release,
    assign_holder,
    decline_handover,
    offer_handover,
    request_baton,
    withdraw_handover,
)
from coordination.models import AssignReason, DeclineReason
from coordination.models import Handover as HandoverRow
from coordination.models import Partnership as PartnershipRow
from tests.promises.machine.base import Ground, RefusalKind, pick
from tests.promises.machine.rights import LEADER
from tests.promises.machine.story import Case, Handover, Partner


class Handing(Ground):
    """The baton's ways."""

    def handovers(self) -> list[tuple[Case, Handover]]:
        """All handovers with their cases."""
        return [(case, found) for case in self.cases(is_open=None) for found in case.handovers.values()]

    def offered(self) -> list[tuple[Case, Handover]]:
        """Those that wait for an answer."""
        return [(case, found) for case, found in self.handovers() if found.state == "offered"]

    def somebody_at_work(self, number: int) -> tuple[str, str]:
        """Somebody and mostly a unit that they are in."""
        member = self.town.members[number % len(self.town.members)]
        unit = member.unit if number % 4 else self.town.members[(number // 4) % len(self.town.members)].unit
        return member.person, unit

    @precondition(lambda self: self.cases(is_open=None))
    @rule(who=pick, which=pick, whom=pick)
    def offer(self, who: int, which: int, whom: int) -> None:
        """The holder offers the baton."""
        case = self.prefer(which, self.cases(), self.cases(is_open=None))
        actor = self.someone(who, lambda name: self.rights.holds(name, case))
        to, unit = self.somebody_at_work(whom)
        stays_on = bool(which % 3)
        for row in self.attempt(
            actor,
            lambda: offer_handover(
                case=self.case_row(case),
                to_person=self.user(to),
                to_unit=self.unit_row(unit),
                stays_on=stays_on,
                actor=self.user(actor),
                now=self.now,
            ),
            self.unless(self.rights.holds(actor, case), actor, case),
            self.moved_on(not case.is_open),
            self.unacceptable(to in (case.holder, actor)),
            self.unacceptable(self.town.place_of(to, unit) is None),
            self.unacceptable(case.holds_back(unit, self.today)),
            self.moved_on(bool(case.offered("offer"))),
        ):
            case.handovers[row.pk] = Handover(row.pk, "offer", to, unit, actor, stays_on)
            self.happenings.tell("handover_offered", case)

    @precondition(lambda self: any(case.partners for case in self.cases(is_open=None)))
    @rule(who=pick, which=pick)
    def request(self, who: int, which: int) -> None:
        """A partner asks for the baton."""
        partners: list[tuple[Case, Partner]] = [
            (case, found) for case in self.cases(is_open=None) for found in case.partners.values()
        ]
        case, partner = self.prefer(which, [pair for pair in partners if pair[1].live], partners)
        actor = self.someone(who, lambda name: self.rights.speaks_for(name, partner))
        contact = partner.contact
        for row in self.attempt(
            actor,
            lambda: request_baton(
                partnership=PartnershipRow.objects.get(pk=partner.pk), actor=self.user(actor), now=self.now
            ),
            self.unless(self.rights.speaks_for(actor, partner), actor, case),
            self.moved_on(not case.is_open or not partner.live),
            self.unacceptable(contact == case.holder),
            self.unacceptable(self.town.place_of(contact, partner.unit) is None),
            self.moved_on(any(found.to == contact for found in case.offered("request"))),
        ):
            case.handovers[row.pk] = Handover(row.pk, "request", contact, partner.unit, actor)
            self.happenings.tell("baton_requested", case)

    def cannot_answer_handover(self, actor: str, case: Case, handover: Handover) -> tuple[RefusalKind, ...]:
        """Why somebody cannot answer."""
        is_over, sees = handover.state != "offered", self.rights.sees_handover(actor, case, handover)
        allowed = self.rights.answers_handover(actor, case, handover) or (is_over and sees)
        return self.unless(allowed, actor, case, sees=sees), self.moved_on(is_over)

    @precondition(lambda self: self.handovers())
    @rule(who=pick, which=pick)
    def take_over(self, who: int, which: int) -> None:
        """The answer is yes: the baton moves at once."""
        case, handover = self.prefer(which, self.offered(), self.handovers())
        actor = self.someone(who, lambda name: self.rights.answers_handover(name, case, handover))
        is_offer = handover.kind == "offer"
        for _row in self.attempt(
            actor,
            lambda: accept_handover(
                handover=HandoverRow.objects.get(pk=handover.pk), actor=self.user(actor), now=self.now
            ),
            *self.cannot_answer_handover(actor, case, handover),
            self.unacceptable(self.town.place_of(handover.to, handover.to_unit) is None),
            self.unacceptable(not is_offer and case.holds_back(handover.to_unit, self.today)),
        ):
            handover.state, handover.answered_by = "accepted", actor
            self.happenings.tell("handover_accepted" if is_offer else "baton_request_accepted", case)
            self.happenings.move(case, handover.to, handover.to_unit, stays_on=handover.stays_on)

    @precondition(lambda self: self.handovers())
    @rule(who=pick, which=pick)
    def say_no(self, who: int, which: int) -> None:
        """The answer is no: the baton stays."""
        case, handover = self.prefer(which, self.offered(), self.handovers())
        actor = self.someone(who, lambda name: self.rights.answers_handover(name, case, handover))
        for _row in self.attempt(
            actor,
            lambda: decline_handover(
                handover=HandoverRow.objects.get(pk=handover.pk),
                reason=self.any_term(DeclineReason),
                actor=self.user(actor),
                now=self.now,
            ),
            *self.cannot_answer_handover(actor, case, handover),
        ):
            handover.state, handover.answered_by = "declined", actor
            is_offer = handover.kind == "offer"
            self.happenings.tell("handover_declined" if is_offer else "baton_request_declined", case)

    @precondition(lambda self: self.handovers())
    @rule(who=pick, which=pick)
    def take_back(self, who: int, which: int) -> None:
        """The holder takes an offer back, or whoever asked their request."""
        case, handover = self.prefer(which, self.offered(), self.handovers())
        rights = self.rights

        def may(name: str) -> bool:
            asked_by = {case.holder} if handover.kind == "offer" else {handover.begun_by, handover.to}
            return bool(rights.acting(name) & asked_by)

        actor = self.someone(who, may)
        is_over, sees = handover.state != "offered", rights.sees_handover(actor, case, handover)
        for _row in self.attempt(
            actor,
            lambda: withdraw_handover(
                handover=HandoverRow.objects.get(pk=handover.pk), actor=self.user(actor), now=self.now
            ),
            self.unless(may(actor) or (is_over and sees), actor, case, sees=sees),
            self.moved_on(is_over),
        ):
            self.happenings.withdraw(case, handover)

    @precondition(lambda self: self.cases(is_open=None))
    @rule(who=pick, which=pick)
    def ask_to_be_released(self, who: int, which: int) -> None:
        """The holder asks the leader to find another."""
        case = self.prefer(which, self.cases(), self.cases(is_open=None))
        actor = self.someone(who, lambda name: self.rights.holds(name, case))
        leader = self.town.nearest_leader(case.unit, other_than=case.holder)
        for _row in self.attempt(
            actor,
            lambda: ask_for_release(case=self.case_row(case), actor=self.user(actor), now=self.now),
            self.unless(self.rights.holds(actor, case), actor, case),
            self.moved_on(not case.is_open or case.assigner is not None),
            self.unacceptable(leader is None),
        ):
            case.release_asked, case.assigner = True, leader
            self.happenings.tell("release_asked", case)

    @precondition(lambda self: self.cases(is_open=None))
    @rule(who=pick, which=pick, whom=pick)
    def assign(self, who: int, which: int, whom: int) -> None:
        """A leader moves the baton at once."""
        sought = [case for case in self.cases() if case.assigner or self.town.away(case.holder, self.today)]
        case = self.prefer(which, sought, self.cases(is_open=None))
        rights = self.rights
        actor = self.someone(who, lambda name: rights.assigns(name, case))
        to, unit = self.somebody_at_work(whom)
        for _row in self.attempt(
            actor,
            lambda: assign_holder(
                case=self.case_row(case),
                to_person=self.user(to),
                to_unit=self.unit_row(unit),
                reason=self.any_term(AssignReason),
                actor=self.user(actor),
                now=self.now,
            ),
            self.unless(rights.part(actor, case) >= LEADER and rights.assigns(actor, case), actor, case),
            self.moved_on(not case.is_open),
            self.unacceptable(to == case.holder),
            self.unacceptable(self.town.place_of(to, unit) is None),
            self.unacceptable(not self.town.is_leader_of(actor, unit, self.today)),
            self.unacceptable(case.holds_back(unit, self.today)),
        ):
            self.happenings.move(case, to, unit)
            self.happenings.tell("holder_assigned", case)
