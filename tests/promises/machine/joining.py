"""Steps of invitations, partnerships and requests to join."""

from __future__ import annotations

from hypothesis.stateful import precondition, rule

from coordination.commands.invitations import (
    accept_invitation,
    change_contact,
    complete_partnership,
    decline_invitation,
    drop_search,
    invite_unit,
    leave_case,
    point_onward,
    withdraw_invitation,
)
from coordination.commands.join_requests import (
    accept_join_request,
    ask_to_join,
    decline_join_request,
    withdraw_join_request,
)
from coordination.models import Ask, DeclineReason, LeaveReason, PartnershipOutcome, Theme
from coordination.models import Invitation as InvitationRow
from coordination.models import JoinRequest as JoinRow
from coordination.models import Partnership as PartnershipRow
from tests.builders import a_reference
from tests.promises.machine.base import Ground, RefusalKind, pick
from tests.promises.machine.rights import NONE
from tests.promises.machine.story import Case, Invitation, Join, Partner

NUMBERS = ("P-2026-1001", "P-2026-1002")


class Joining(Ground):
    """Asking units in, and what comes of it."""

    def invitations(self) -> list[tuple[Case, Invitation]]:
        """All invitations with their cases."""
        return [(case, found) for case in self.cases(is_open=None) for found in case.invitations.values()]

    def partners(self) -> list[tuple[Case, Partner]]:
        """All partnerships with their cases."""
        return [(case, found) for case in self.cases(is_open=None) for found in case.partners.values()]

    def joins(self) -> list[tuple[Case, Join]]:
        """All requests to join with their cases."""
        return [(case, found) for case in self.cases(is_open=None) for found in case.joins.values()]

    def cannot_be_asked(self, case: Case, unit: str, person: str | None) -> tuple[RefusalKind, ...]:
        """Why a unit, or somebody in it, cannot be invited."""
        waits = any(i.unit == unit and i.state in ("sent", "accepted") for i in case.invitations.values())
        takes_part = unit in [partner.unit for partner in case.live()]
        return (
            self.unacceptable(unit in self.town.closed),
            self.unacceptable(person is not None and self.town.place_of(person, unit) is None),
            self.unacceptable(person == case.holder),
            self.moved_on(waits or takes_part),
            self.unacceptable(case.holds_back(unit, self.today)),
        )

    @precondition(lambda self: self.cases(is_open=None))
    @rule(who=pick, which=pick, where=pick, whom=pick, onward=pick)
    def invite(self, who: int, which: int, where: int, whom: int, onward: int) -> None:
        """The holder asks a unit, perhaps a person in it, perhaps after a no."""
        case = self.prefer(which, self.cases(), self.cases(is_open=None))
        actor = self.someone(who, lambda name: self.rights.holds(name, case))
        unit = self.prefer(where, self.town.open_units(), list(self.names.units))
        members = [found.person for found in self.town.members if found.unit == unit]
        person = self.prefer(whom, members, self.cast) if whom % 3 == 0 else None
        noes = [found for found in case.invitations.values() if found.search or found.state == "declined"]
        follows = self.prefer(onward, [found for found in noes if found.search], noes) if noes and onward % 2 else None
        for row in self.attempt(
            actor,
            lambda: invite_unit(
                case=self.case_row(case),
                unit=self.unit_row(unit),
                ask=self.any_term(Ask),
                person=self.user(person) if person else None,
                follows=InvitationRow.objects.get(pk=follows.pk) if follows else None,
                actor=self.user(actor),
                now=self.now,
            ),
            self.unless(self.rights.holds(actor, case), actor, case),
            self.moved_on(not case.is_open),
            *self.cannot_be_asked(case, unit, person),
            self.moved_on(follows is not None and follows.search is None),
        ):
            case.invitations[row.pk] = Invitation(row.pk, unit, person, actor)
            if follows:
                follows.search = None
            self.happenings.tell("invitation_sent", case)

    @precondition(lambda self: self.invitations())
    @rule(who=pick, which=pick, whom=pick)
    def accept(self, who: int, which: int, whom: int) -> None:
        """The invited unit says yes."""
        waiting = [(case, found) for case, found in self.invitations() if found.state == "sent"]
        case, invitation = self.prefer(which, waiting, self.invitations())
        rights = self.rights
        actor = self.someone(who, lambda name: rights.answers_invitation(name, case, invitation))
        contact = self.someone(whom, lambda name: self.town.belongs(name, invitation.unit))
        for row in self.attempt(
            actor,
            lambda: accept_invitation(
                invitation=InvitationRow.objects.get(pk=invitation.pk),
                contact=self.user(contact),
                actor=self.user(actor),
                now=self.now,
            ),
            *self.cannot_answer(actor, case, invitation),
            self.unacceptable(not rights.may_act_as_contact(contact, invitation.unit)),
            self.unacceptable(contact == case.holder),
        ):
            invitation.state, invitation.answered_by = "accepted", actor
            case.partners[row.pk] = Partner(row.pk, invitation.unit, contact, invitation.pk)
            self.happenings.tell("invitation_accepted", case)

    def cannot_answer(self, actor: str, case: Case, invitation: Invitation) -> tuple[RefusalKind, ...]:
        """Why somebody cannot answer an invitation."""
        allowed = self.rights.answers_invitation(actor, case, invitation)
        sees = self.rights.sees_invitation(actor, invitation)
        return self.unless(allowed, actor, case, sees=sees), self.moved_on(invitation.state != "sent")

    @precondition(lambda self: self.invitations())
    @rule(who=pick, which=pick, where=pick)
    def decline(self, who: int, which: int, where: int) -> None:
        """The invited unit says no, and who else, or that it does not know."""
        waiting = [(case, found) for case, found in self.invitations() if found.state == "sent"]
        case, invitation = self.prefer(which, waiting, self.invitations())
        actor = self.someone(who, lambda name: self.rights.answers_invitation(name, case, invitation))
        onward = self.prefer(where, self.town.open_units(), list(self.names.units)) if where % 3 else None
        for _row in self.attempt(
            actor,
            lambda: decline_invitation(
                invitation=InvitationRow.objects.get(pk=invitation.pk),
                reason=self.any_term(DeclineReason),
                onward=self.unit_row(onward) if onward else None,
                actor=self.user(actor),
                now=self.now,
            ),
            *self.cannot_answer(actor, case, invitation),
            self.unacceptable(onward == invitation.unit or onward in self.town.closed),
        ):
            invitation.state, invitation.answered_by, invitation.onward = "declined", actor, onward
            invitation.search = (case.holder, case.unit) if onward else self.happenings.leader_beside(case)
            self.happenings.tell("invitation_declined", case)

    @precondition(lambda self: any(found.onward is None for _case, found in self.invitations()))
    @rule(who=pick, which=pick, where=pick)
    def point(self, who: int, which: int, where: int) -> None:
        """The leader who was asked to find out says whom to ask."""
        known = [(case, found) for case, found in self.invitations() if found.search and not found.onward]
        ended = [(case, found) for case, found in self.invitations() if found.onward] or self.invitations()
        case, invitation = self.prefer(which, known, ended)
        search, rights = invitation.search, self.rights

        def may(name: str) -> bool:
            asked = search is not None and search[0] in rights.acting(name)
            return asked or self.town.is_leader_of(name, case.unit, self.today)

        actor = self.someone(who, may)
        onward = self.prefer(where, self.town.open_units(), list(self.names.units))
        for _row in self.attempt(
            actor,
            lambda: point_onward(
                invitation=InvitationRow.objects.get(pk=invitation.pk),
                onward=self.unit_row(onward),
                actor=self.user(actor),
                now=self.now,
            ),
            self.unless(may(actor), actor, case),
            self.moved_on(not case.is_open or search is None or invitation.onward is not None),
            self.unacceptable(onward == invitation.unit or onward in self.town.closed),
        ):
            invitation.onward, invitation.search = onward, (case.holder, case.unit)
            self.happenings.tell("onward_pointed", case)

    @precondition(lambda self: any(found.search for _case, found in self.invitations()))
    @rule(who=pick, which=pick)
    def drop(self, who: int, which: int) -> None:
        """The holder says that nobody else needs to be asked."""
        searched = [(case, found) for case, found in self.invitations() if found.search]
        case, invitation = self.prefer(which, searched, self.invitations())
        actor = self.someone(who, lambda name: self.rights.holds(name, case))
        for _row in self.attempt(
            actor,
            lambda: drop_search(
                invitation=InvitationRow.objects.get(pk=invitation.pk), actor=self.user(actor), now=self.now
            ),
            self.unless(self.rights.holds(actor, case), actor, case),
            self.moved_on(not case.is_open or invitation.search is None),
        ):
            invitation.search = None
            self.happenings.tell("search_dropped", case)

    @precondition(lambda self: self.invitations())
    @rule(who=pick, which=pick)
    def withdraw(self, who: int, which: int) -> None:
        """The holder takes an invitation back."""
        waiting = [(case, found) for case, found in self.invitations() if found.state == "sent"]
        case, invitation = self.prefer(which, waiting, self.invitations())
        actor = self.someone(who, lambda name: self.rights.holds(name, case))
        for _row in self.attempt(
            actor,
            lambda: withdraw_invitation(
                invitation=InvitationRow.objects.get(pk=invitation.pk), actor=self.user(actor), now=self.now
            ),
            self.unless(self.rights.holds(actor, case), actor, case),
            self.moved_on(invitation.state != "sent"),
        ):
            invitation.state = "withdrawn"
            self.happenings.tell("invitation_withdrawn", case)

    def cannot_end(self, actor: str, case: Case, partner: Partner, *, holder_may: bool) -> tuple[RefusalKind, ...]:
        """Why somebody cannot end a partnership or name its contact."""
        rights = self.rights
        allowed = rights.speaks_for(actor, partner) or (holder_may and rights.holds(actor, case))
        return (
            self.unless(allowed, actor, case, sees=rights.part(actor, case) > NONE),
            self.moved_on(not partner.live),
        )

    @precondition(lambda self: self.partners())
    @rule(who=pick, which=pick)
    def complete(self, who: int, which: int) -> None:
        """A partner's part is done, the partner or the holder says."""
        case, partner = self.prefer(which, [pair for pair in self.partners() if pair[1].live], self.partners())
        rights = self.rights
        actor = self.someone(who, lambda name: rights.speaks_for(name, partner) or rights.holds(name, case))
        for _row in self.attempt(
            actor,
            lambda: complete_partnership(
                partnership=PartnershipRow.objects.get(pk=partner.pk),
                outcome=self.any_term(PartnershipOutcome),
                actor=self.user(actor),
                now=self.now,
            ),
            *self.cannot_end(actor, case, partner, holder_may=True),
        ):
            self.happenings.end_part(case, partner, "completed")
            self.happenings.tell("partnership_completed", case)
            self.happenings.let_go(case)

    @precondition(lambda self: self.partners())
    @rule(who=pick, which=pick)
    def leave(self, who: int, which: int) -> None:
        """A partner leaves."""
        case, partner = self.prefer(which, [pair for pair in self.partners() if pair[1].live], self.partners())
        actor = self.someone(who, lambda name: self.rights.speaks_for(name, partner))
        for _row in self.attempt(
            actor,
            lambda: leave_case(
                partnership=PartnershipRow.objects.get(pk=partner.pk),
                reason=self.any_term(LeaveReason),
                actor=self.user(actor),
                now=self.now,
            ),
            *self.cannot_end(actor, case, partner, holder_may=False),
        ):
            self.happenings.end_part(case, partner, "left")
            self.happenings.tell("partnership_left", case)
            self.happenings.let_go(case)

    @precondition(lambda self: self.partners())
    @rule(who=pick, which=pick, whom=pick)
    def name_another_contact(self, who: int, which: int, whom: int) -> None:
        """A partner names another contact."""
        case, partner = self.prefer(which, [pair for pair in self.partners() if pair[1].live], self.partners())
        actor = self.someone(who, lambda name: self.rights.speaks_for(name, partner))
        contact = self.someone(whom, lambda name: self.town.belongs(name, partner.unit))
        for _row in self.attempt(
            actor,
            lambda: change_contact(
                partnership=PartnershipRow.objects.get(pk=partner.pk),
                contact=self.user(contact),
                actor=self.user(actor),
                now=self.now,
            ),
            *self.cannot_end(actor, case, partner, holder_may=False),
            self.unacceptable(not self.rights.may_act_as_contact(contact, partner.unit)),
            self.unacceptable(contact in (partner.contact, case.holder)),
        ):
            self.happenings.replace(case, partner, contact)

    def with_reference(self, number: str, unit: str, *, other_than: Case | None = None) -> Case | None:
        """The oldest open case with a reference that has not told the unit no."""
        for case in self.cases():
            said_no = any(join.unit == unit and join.state == "declined" for join in case.joins.values())
            has_it = any(found.is_record and found.number == number for found in case.references.values())
            if has_it and not said_no and case is not other_than:
                return case
        return None

    @precondition(lambda self: any(found.is_record for case in self.cases() for found in case.references.values()))
    @rule(who=pick, where=pick, which=pick)
    def ask_in(self, who: int, where: int, which: int) -> None:
        """Somebody meets a reference again, and asks to join."""
        number = NUMBERS[which % len(NUMBERS)]
        actor = self.someone(who, lambda _name: True)
        own = [unit for one in self.rights.acting(actor) for unit in self.town.units_of(one)]
        unit = self.prefer(where, sorted(own), list(self.names.units))
        case = self.with_reference(number, unit)
        for row in self.attempt(
            actor,
            lambda: ask_to_join(
                system=a_reference().system,
                number=number,
                unit=self.unit_row(unit),
                theme=self.any_term(Theme),
                actor=self.user(actor),
                now=self.now,
            ),
            self.unacceptable(unit not in own),
            self.moved_on(case is None),
        ):
            assert case is not None
            assert row.case_id == case.pk
            if row.pk not in case.joins:
                assert not any(join.unit == unit and join.state == "asked" for join in case.joins.values())
                case.joins[row.pk] = Join(row.pk, unit, actor)
                self.happenings.tell("join_asked", case)

    def cannot_let_in(self, actor: str, case: Case, join: Join) -> tuple[RefusalKind, ...]:
        """Why somebody cannot answer a request to join."""
        allowed = self.rights.answers_join(actor, case, join)
        sees = self.rights.sees_join(actor, case, join)
        return self.unless(allowed, actor, case, sees=sees), self.moved_on(join.state != "asked")

    @precondition(lambda self: self.joins())
    @rule(who=pick, which=pick)
    def let_in(self, who: int, which: int) -> None:
        """The holder says yes to a request to join."""
        case, join = self.prefer(which, [pair for pair in self.joins() if pair[1].state == "asked"], self.joins())
        actor = self.someone(who, lambda name: self.rights.answers_join(name, case, join))
        comes_in = join.unit not in [partner.unit for partner in case.live()] and join.asker != case.holder
        contact: str | None = join.asker
        if not self.town.belongs(join.asker, join.unit):
            leader = self.town.nearest_leader(join.unit, other_than=case.holder)
            contact = leader[0] if leader else None
        for _row in self.attempt(
            actor,
            lambda: accept_join_request(
                join_request=JoinRow.objects.get(pk=join.pk), actor=self.user(actor), now=self.now
            ),
            *self.cannot_let_in(actor, case, join),
            self.unacceptable(comes_in and case.holds_back(join.unit, self.today)),
            self.unacceptable(comes_in and contact is None),
        ):
            if comes_in and contact is not None:
                self.happenings.take_in(case, join.unit, contact)
            join.state = "accepted"
            self.happenings.tell("join_accepted", case)

    @precondition(lambda self: self.joins())
    @rule(who=pick, which=pick)
    def keep_out(self, who: int, which: int) -> None:
        """The holder says no to a request to join."""
        case, join = self.prefer(which, [pair for pair in self.joins() if pair[1].state == "asked"], self.joins())
        actor = self.someone(who, lambda name: self.rights.answers_join(name, case, join))
        for _row in self.attempt(
            actor,
            lambda: decline_join_request(
                join_request=JoinRow.objects.get(pk=join.pk),
                reason=self.any_term(DeclineReason),
                actor=self.user(actor),
                now=self.now,
            ),
            *self.cannot_let_in(actor, case, join),
        ):
            join.state = "declined"
            self.happenings.tell("join_declined", case)

    @precondition(lambda self: self.joins())
    @rule(who=pick, which=pick)
    def take_request_back(self, who: int, which: int) -> None:
        """Whoever asked to join takes it back."""
        case, join = self.prefer(which, [pair for pair in self.joins() if pair[1].state == "asked"], self.joins())
        allowed = {name: join.asker in self.rights.acting(name) for name in self.cast}
        actor = self.someone(who, allowed.__getitem__)
        for _row in self.attempt(
            actor,
            lambda: withdraw_join_request(
                join_request=JoinRow.objects.get(pk=join.pk), actor=self.user(actor), now=self.now
            ),
            self.unless(allowed[actor], actor, case),
            self.moved_on(join.state != "asked"),
        ):
            join.state = "withdrawn"
            self.happenings.tell("join_withdrawn", case)
