"""Steps of the baton: offered, asked for, answered, given back, assigned."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis.stateful import precondition, rule

from coordination.commands.handovers import (
    accept_handover,
    ask_for_release,
    assign_holder,
    decline_handover,
    offer_handover,
    request_baton,
    withdraw_handover,
    withdraw_release,
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

    def number_of(self, fits: Callable[[tuple[str, str]], bool], number: int = 0) -> int:
        """A number with which somebody at work is chosen who fits."""
        numbers = [choice for choice in range(256) if fits(self.somebody_at_work(choice))]
        return numbers[number % len(numbers)]

    def somebody_else(self, number: int) -> int:
        """A number with which somebody is chosen to whom the first case can be handed over."""
        case = self.cases()[0]

        def can(one: tuple[str, str]) -> bool:
            works_there, is_kept_from = self.town.place_of(*one) is not None, case.holds_back(one[1], self.today)
            return one[0] != case.holder and works_there and not is_kept_from

        return self.number_of(can, number)

    def hand_over(self, to: int, *, stays_on: bool) -> None:
        """The baton of the first case is offered to somebody, who says yes if that can be."""
        self.offer(who=1, which=1 if stays_on else 3, whom=to)
        if self.offered():
            self.take_over(who=1, which=1)

    def hand_there_and_back(self, by: int) -> None:
        """The baton of the first case goes to somebody and comes back, so that its unit takes part beside it."""
        case = self.cases()[0]
        first = case.holder, case.unit
        self.hand_over(self.somebody_else(by), stays_on=True)
        self.hand_over(self.number_of(lambda one: one == first), stays_on=True)

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
            if not handover.stays_on:
                self.happenings.end_own_part(case)
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

    @precondition(lambda self: any(case.release_asked for case in self.cases()))
    @rule(who=pick, which=pick)
    def stay_after_all(self, who: int, which: int) -> None:
        """Anybody, and then the holder, says that no other holder is needed."""
        asked = [case for case in self.cases() if case.release_asked]
        case = self.prefer(which, asked, self.cases(is_open=None))
        if not self.withdraw_release(self.cast[who % len(self.cast)], case):
            self.withdraw_release(self.someone(1, lambda name: self.rights.holds(name, case)), case)

    def withdraw_release(self, actor: str, case: Case) -> bool:
        """Try to ask the leader no longer to find another holder; say whether that was allowed."""
        for _row in self.attempt(
            actor,
            lambda: withdraw_release(case=self.case_row(case), actor=self.user(actor), now=self.now),
            self.unless(self.rights.holds(actor, case), actor, case),
            self.moved_on(not case.is_open or not case.release_asked),
        ):
            case.release_asked, case.assigner = False, None
            self.happenings.tell("release_withdrawn", case)
            return True
        return False

    @precondition(lambda self: self.cases(is_open=None))
    @rule(who=pick, which=pick, whom=pick)
    def assign(self, who: int, which: int, whom: int) -> None:
        """A leader moves the baton at once, or lets whom it fell to keep it."""
        sought = [case for case in self.cases() if case.assigner or self.town.away(case.holder, self.today)]
        case = self.prefer(which, sought, self.cases(is_open=None))
        rights = self.rights
        actor = self.someone(who, lambda name: rights.assigns(name, case))
        to, unit = (case.holder, case.unit) if whom % 5 == 0 else self.somebody_at_work(whom)
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
            self.unacceptable(to == case.holder and not case.fell),
            self.unacceptable(self.town.place_of(to, unit) is None),
            self.unacceptable(not self.town.is_leader_of(actor, unit, self.today)),
            self.unacceptable(case.holds_back(unit, self.today)),
        ):
            self.happenings.move(case, to, unit)
            self.happenings.tell("holder_assigned", case)
