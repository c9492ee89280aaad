"""What the machine knows of cases: plain records, and the deadlines that follow from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from tests.builders import UNITS

KIND_OF = {code: kind for code, _name, kind, _parent in UNITS}
Owed = tuple[str, int | None, str | None, str]  # kind, id of what it is about, owner, unit


@dataclass
class Invitation:
    """An ask to a unit. ``search``: who looks for another partner after a no, and for which unit."""

    pk: int
    unit: str
    person: str | None
    sender: str
    state: str = "sent"
    answered_by: str | None = None
    onward: str | None = None
    search: tuple[str, str] | None = None

    @property
    def nobody_was_known(self) -> bool:
        """Whether it was declined with "I don't know who", and no leader has found out yet."""
        return self.state == "declined" and self.onward is None


@dataclass
class Partner:
    """A unit that takes part."""

    pk: int
    unit: str
    contact: str
    invitation: int | None
    live: bool = True


@dataclass
class Handover:
    """A baton on its way. ``kind``: offer or request."""

    pk: int
    kind: str
    to: str
    to_unit: str
    begun_by: str
    stays_on: bool = True
    state: str = "offered"
    answered_by: str | None = None


@dataclass
class Join:
    """A request to join."""

    pk: int
    unit: str
    asker: str
    state: str = "asked"


@dataclass
class Agreement:
    """Who does what by when."""

    pk: int
    owner: str
    unit: str
    due_on: date
    look_on: date | None
    state: str = "open"


@dataclass
class Called:
    """Somebody called to a meeting."""

    pk: int
    unit: str
    answer: str


@dataclass
class Meeting:
    """A meeting and those called to it."""

    pk: int
    caller: str
    starts_at: datetime
    called: dict[str, Called]
    place: str
    state: str = "planned"


@dataclass
class Basis:
    """Why information may be shared. ``covers``: the kinds of units that it names; None where it covers all."""

    pk: int
    kind: str
    ends_on: date | None
    covers: frozenset[str] | None
    state: str = "active"


@dataclass
class Reference:
    """A number in a journal."""

    pk: int
    unit: str
    number: str
    is_record: bool


@dataclass
class Step:
    """A milestone of a move."""

    pk: int
    is_senders: bool
    state: str = "open"


@dataclass
class Move:
    """A child's move. Who speaks for a unit owes what is owed in it: ``A_LEADER`` where nobody nearer does."""

    pk: int
    from_unit: str
    to_unit: str | None
    move_on: date
    planned_at: datetime
    leaves_town: bool
    moves_baton: bool
    steps: dict[int, Step]
    state: str = "planned"
    handed_over_by: str | None = None
    contact: str | None = None
    reviewed: set[str] = field(default_factory=set)


A_LEADER = "a leader at or above"


@dataclass
class Case:
    """One case as the machine believes it to be."""

    pk: int
    holder: str
    unit: str
    is_open: bool = True
    holders: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    fell: bool = False
    release_asked: bool = False
    assigner: tuple[str, str] | None = None
    renewal: int | None = None
    invitations: dict[int, Invitation] = field(default_factory=dict)
    partners: dict[int, Partner] = field(default_factory=dict)
    handovers: dict[int, Handover] = field(default_factory=dict)
    joins: dict[int, Join] = field(default_factory=dict)
    agreements: dict[int, Agreement] = field(default_factory=dict)
    meetings: dict[int, Meeting] = field(default_factory=dict)
    bases: dict[int, Basis] = field(default_factory=dict)
    references: dict[int, Reference] = field(default_factory=dict)
    moves: dict[int, Move] = field(default_factory=dict)
    involved: dict[str, datetime] = field(default_factory=dict)

    def live(self) -> list[Partner]:
        """The units that take part, in the order in which they came."""
        return [partner for partner in self.partners.values() if partner.live]

    def contacts(self) -> set[str]:
        """The contact persons of this moment."""
        return {partner.contact for partner in self.live()}

    def takes_part(self, person: str) -> bool:
        """Whether somebody holds the baton or is a contact."""
        return person == self.holder or person in self.contacts()

    def unit_of(self, person: str) -> str | None:
        """The unit for which somebody takes part."""
        if person == self.holder:
            return self.unit
        return next((partner.unit for partner in self.live() if partner.contact == person), None)

    def basis(self) -> Basis | None:
        """The basis that is in force."""
        return next((basis for basis in self.bases.values() if basis.state == "active"), None)

    def may_share(self, day: date) -> bool:
        """Whether there is a basis in force on a day, whatever it covers."""
        basis = self.basis()
        if basis is None or basis.kind == "anonymous":
            return False
        return basis.ends_on is None or day <= basis.ends_on

    def shares_with(self, unit: str, day: date) -> bool:
        """Whether a reference may leave its own unit for this one on a day."""
        basis = self.basis()
        return basis is not None and self.may_share(day) and (basis.covers is None or KIND_OF[unit] in basis.covers)

    def holds_back(self, unit: str, day: date) -> bool:
        """Whether a reference keeps the case from being shared with a unit."""
        return any(found.unit != unit for found in self.references.values()) and not self.shares_with(unit, day)

    def offered(self, kind: str) -> list[Handover]:
        """Batons on their way."""
        return [found for found in self.handovers.values() if found.state == "offered" and found.kind == kind]

    def owed(self) -> Counter[Owed]:
        """Everything that is owed in the case, as it follows from the rest."""
        if not self.is_open:
            return Counter(self._reviews_owed())
        owed: Counter[Owed] = Counter([*self._asks_owed(), *self._work_owed(), *self._moves_owed()])
        if self.assigner is not None:
            owed["assign_holder", None, *self.assigner] += 1
        if not owed:
            owed["next_step", None, self.holder, self.unit] += 1
        if self.renewal is not None:
            owed["renew_consent", self.renewal, self.holder, self.unit] += 1
        for kind in ("hear_child", "involve_parents"):
            owed[kind, None, self.holder, self.unit] += 1
        return owed

    def speaker(self, unit: str) -> str:
        """Who speaks for a unit: the holder, its contact, else a leader of it or above."""
        if self.unit == unit:
            return self.holder
        return next((partner.contact for partner in self.live() if partner.unit == unit), A_LEADER)

    def _moves_owed(self) -> list[Owed]:
        owed = self._reviews_owed()
        for move in self.moves.values():
            if move.state == "planned" and move.to_unit is None and not move.leaves_town:
                owed.append(("name_receiver", move.pk, self.holder, self.unit))
            if move.state == "handed_over":
                owed.append(("receive_transition", move.pk, None, move.to_unit or ""))
            if move.state == "received":
                owed.append(("follow_up", move.pk, self.speaker(move.to_unit or ""), move.to_unit or ""))
            if move.state in ("planned", "handed_over", "received"):
                owed += self._steps_owed(move)
        return owed

    def _steps_owed(self, move: Move) -> list[Owed]:
        owed: list[Owed] = []
        for step in move.steps.values():
            unit = move.from_unit if step.is_senders else move.to_unit
            if step.state == "open" and unit is not None:
                is_units = not step.is_senders and move.state != "received"
                owed.append(("do_milestone", step.pk, None if is_units else self.speaker(unit), unit))
        return owed

    def _reviews_owed(self) -> list[Owed]:
        return [
            ("review_transition", move.pk, A_LEADER, unit)
            for move in self.moves.values()
            for unit in (move.from_unit, move.to_unit)
            if move.state == "landed" and unit is not None and unit not in move.reviewed
        ]

    def _asks_owed(self) -> list[Owed]:
        owed: list[Owed] = []
        for invitation in self.invitations.values():
            if invitation.state == "sent":
                owed.append(("answer_invitation", invitation.pk, invitation.person, invitation.unit))
            if invitation.search is not None:
                owed.append(("find_partner", invitation.pk, *invitation.search))
        asked = [join for join in self.joins.values() if join.state == "asked"]
        owed += [("answer_join_request", join.pk, self.holder, self.unit) for join in asked]
        owed += [("answer_handover", found.pk, found.to, found.to_unit) for found in self.offered("offer")]
        owed += [("answer_handover", found.pk, self.holder, self.unit) for found in self.offered("request")]
        return owed

    def _work_owed(self) -> list[Owed]:
        owed: list[Owed] = []
        for agreement in self.agreements.values():
            if agreement.state == "open":
                owed.append(("do_agreement", agreement.pk, agreement.owner, agreement.unit))
            if agreement.look_on is not None and agreement.state in ("open", "done"):
                owed.append(("look_again", agreement.pk, self.holder, self.unit))
        for meeting in self.meetings.values():
            if meeting.state != "planned":
                continue
            owed.append(("meeting_outcome", meeting.pk, self.holder, self.unit))
            owed += [
                ("answer_meeting", called.pk, person, called.unit)
                for person, called in meeting.called.items()
                if called.answer == "asked"
            ]
        return owed
