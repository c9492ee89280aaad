"""Who sees and may do what, from DOMAIN's table: the same questions as the code answers, answered a second time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tests.promises.machine.story import Case, Handover, Invitation, Join, Partner, Reference
from tests.promises.machine.town import Town

NONE, RECEIPT, LEADER, PARTNER, HOLDER = range(5)


@dataclass
class Rights:
    """What a person may, on one day."""

    town: Town
    day: date

    def acting(self, person: str) -> set[str]:
        """Everybody whose rights the person has today."""
        return self.town.acting_for(person, self.day)

    def holds(self, person: str, case: Case) -> bool:
        """The holder, or who stands in for them."""
        return case.holder in self.acting(person)

    def part(self, person: str, case: Case) -> int:
        """The part in the case: it begins with taking part, and ends with it."""
        acting = self.acting(person)
        if case.is_open:
            if case.holder in acting:
                return HOLDER
            if acting & case.contacts():
                return PARTNER
            units = [case.unit, *(partner.unit for partner in case.live())]
            if any(self.town.is_leader_of(person, unit, self.day) for unit in units):
                return LEADER
        once = case.holders | case.replaced | {partner.contact for partner in case.partners.values()}
        return RECEIPT if acting & once else NONE

    def sees_invitation(self, person: str, invitation: Invitation) -> bool:
        """Before accepting the invited unit and its leaders; afterwards who answered."""
        if invitation.state == "sent":
            return self.town.is_of(person, invitation.unit, self.day)
        answered = invitation.answered_by in self.acting(person)
        return answered and self.town.is_of(person, invitation.unit, self.day)

    def answers_invitation(self, person: str, case: Case, invitation: Invitation) -> bool:
        """Somebody of the invited unit; nobody answers their own ask."""
        return self.town.is_of(person, invitation.unit, self.day) and person not in (invitation.sender, case.holder)

    def sees_handover(self, person: str, case: Case, handover: Handover) -> bool:
        """Who began it, and who can answer or did."""
        known = {handover.begun_by}
        known |= {handover.to, case.holder} if handover.state == "offered" else {handover.answered_by or ""}
        return bool(self.acting(person) & known)

    def answers_handover(self, person: str, case: Case, handover: Handover) -> bool:
        """An offer the one it is made to, a request the holder; nobody answers their own ask."""
        if handover.kind == "offer":
            return handover.to in self.acting(person) and person not in (handover.begun_by, case.holder)
        return self.holds(person, case) and person not in (handover.begun_by, handover.to)

    def sees_join(self, person: str, case: Case, join: Join) -> bool:
        """Who asked; while the case is open the holder."""
        acting = self.acting(person)
        return join.asker in acting or (case.is_open and case.holder in acting)

    def answers_join(self, person: str, case: Case, join: Join) -> bool:
        """The holder; nobody answers their own ask."""
        return self.holds(person, case) and person != join.asker

    def speaks_for(self, person: str, partner: Partner) -> bool:
        """The contact, or a leader of the unit."""
        return partner.contact in self.acting(person) or self.town.is_leader_of(person, partner.unit, self.day)

    def opens(self, person: str, case: Case, reference: Reference) -> bool:
        """Those who take part and their leaders, as long as a basis allows; else only the unit it is from."""
        if self.part(person, case) < LEADER:
            return False
        return case.may_share(self.day) or self.town.is_of(person, reference.unit, self.day)

    def assigns(self, person: str, case: Case) -> bool:
        """A leader of the holder's unit, where the holder is away or agrees, or the baton fell to a leader."""
        freed = case.fell or case.release_asked or self.town.away(case.holder, self.day)
        return self.town.is_leader_of(person, case.unit, self.day) and freed

    def may_act_as_contact(self, person: str, unit: str) -> bool:
        """Somebody who belongs to the unit or leads it, themself."""
        return self.town.belongs(person, unit)
