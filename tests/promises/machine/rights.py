"""Who sees and may do what, from DOMAIN's table: the same questions as the code answers, answered a second time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tests.promises.machine.story import Case, Handover, Invitation, Join, Move, Partner, Reference, Step
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
        """Those who take part and their leaders, as long as a basis covers them; else only the unit it is from."""
        part, sides = self.part(person, case), [(case.holder, case.unit)]
        if part < LEADER:
            return False
        sides += [(partner.contact, partner.unit) for partner in case.live()]
        if part == LEADER:
            theirs = [unit for _contact, unit in sides if self.is_leader(person, unit)]
        else:
            theirs = [unit for contact, unit in sides if contact in self.acting(person)]
        covered = any(case.shares_with(unit, self.day) for unit in theirs)
        return covered or self.town.is_of(person, reference.unit, self.day)

    def assigns(self, person: str, case: Case) -> bool:
        """A leader of the holder's unit, where the holder is away or agrees, or the baton fell to a leader."""
        freed = case.fell or case.release_asked or self.town.away(case.holder, self.day)
        return self.town.is_leader_of(person, case.unit, self.day) and freed

    def may_act_as_contact(self, person: str, unit: str) -> bool:
        """Somebody who belongs to the unit or leads it, themself."""
        return self.town.belongs(person, unit)

    def is_leader(self, person: str, unit: str | None) -> bool:
        """A leader of a unit, or above; of no unit nobody is."""
        return unit is not None and self.town.is_leader_of(person, unit, self.day)

    def is_of_receivers(self, person: str, move: Move) -> bool:
        """The receiving unit's leaders and contact; the whole unit until somebody has received the child."""
        if move.to_unit is None:
            return False
        is_asked = move.state in ("planned", "handed_over") and self.town.is_of(person, move.to_unit, self.day)
        return is_asked or self.is_leader(person, move.to_unit) or move.contact in self.acting(person)

    def sees_move(self, person: str, case: Case, move: Move) -> bool:
        """Those who see the case's page, the sending unit's leaders, and the receivers."""
        is_in_case = self.part(person, case) >= LEADER
        return is_in_case or self.is_leader(person, move.from_unit) or self.is_of_receivers(person, move)

    def plans(self, person: str, case: Case) -> bool:
        """The holder, or a leader of a unit that takes part while the case is open."""
        units = [case.unit, *(partner.unit for partner in case.live())]
        return self.holds(person, case) or (case.is_open and any(self.is_leader(person, unit) for unit in units))

    def changes_move(self, person: str, case: Case, move: Move) -> bool:
        """Who plans moves, or leads the unit that the child leaves."""
        return self.plans(person, case) or self.is_leader(person, move.from_unit)

    def does_step(self, person: str, case: Case, move: Move, step: Step) -> bool:
        """The unit whose it is, or the holder."""
        if self.holds(person, case):
            return True
        if not step.is_senders:
            return self.is_of_receivers(person, move)
        is_partner = self.part(person, case) >= PARTNER and self.town.is_of(person, move.from_unit, self.day)
        return is_partner or self.is_leader(person, move.from_unit)

    def receives(self, person: str, move: Move) -> bool:
        """Somebody of the receiving unit, who has not handed the child over themself."""
        is_of = move.to_unit is not None and self.town.is_of(person, move.to_unit, self.day)
        return is_of and person != move.handed_over_by

    def follows_up(self, person: str, move: Move) -> bool:
        """Whoever received the child, or a leader of their unit."""
        is_contact = move.contact is not None and move.contact in self.acting(person)
        return move.to_unit is not None and (is_contact or self.is_leader(person, move.to_unit))

    def is_to_receive(self, person: str, case: Case) -> bool:
        """A member (no leader from above) of a unit to which a child is being handed over."""
        units = {unit for one in self.acting(person) for unit in self.town.units_of(one)}
        return any(move.state == "handed_over" and move.to_unit in units for move in case.moves.values())

    def reads_to_receive(self, person: str, case: Case, reference: Reference) -> bool:
        """Whoever is to receive the child reads its record before, as long as a basis covers their unit."""
        if not (reference.is_record and case.is_open):
            return False
        units = {unit for one in self.acting(person) for unit in self.town.units_of(one)}
        asked = {move.to_unit for move in case.moves.values() if move.state == "handed_over" and move.to_unit in units}
        return any(unit == reference.unit or case.shares_with(unit, self.day) for unit in asked if unit)
