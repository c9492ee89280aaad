"""Reads for the case page: everything that those who take part see, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from coordination.models import (
    Agreement,
    AgreementState,
    Attendance,
    Basis,
    BasisKind,
    BasisState,
    Case,
    Deadline,
    DeadlineKind,
    Handover,
    HandoverKind,
    HandoverState,
    Holding,
    HoldingReason,
    Invitation,
    Involvement,
    InvolvementKind,
    JoinRequest,
    JoinState,
    Meeting,
    Milestone,
    Partnership,
    Reference,
    Transition,
    Unit,
)
from coordination.queries.actors import is_away
from coordination.queries.bases import with_cover
from coordination.queries.notes import notes_in, wants_notes
from coordination.queries.visibility import as_parts
from coordination.rules.access import Part, Parts, covers, kinds_of, may_assign, part_of
from coordination.rules.actors import Actor
from coordination.rules.levels import level_of


@dataclass(frozen=True)
class People:
    """Stretch by stretch, who holds and takes part in a case."""

    case: Case
    holdings: list[Holding]
    partnerships: list[Partnership]

    @property
    def parts(self) -> Parts:
        """Who takes part in the case as it goes on; those who once did are left out."""
        stretches = [(each.contact_id, each.unit.path, each.unit.kind_id, each.ended_at) for each in self.partnerships]
        return as_parts(self.case, stretches, once=())

    def part_of(self, actor: Actor) -> Part:
        """Say which part the actor plays in the case as it goes on; that somebody once did is not looked for."""
        return part_of(actor, self.parts)


@dataclass(frozen=True)
class CasePage:
    """One open case as those who take part see it, and leaders above them (who see no number of a reference).

    ``kinds``: those of the units for which the reader takes part.
    """

    case: Case
    part: Part
    kinds: frozenset[int]
    level: int
    holdings: list[Holding]
    handovers: list[Handover]
    invitations: list[Invitation]
    partnerships: list[Partnership]
    join_requests: list[JoinRequest]
    agreements: list[Agreement]
    meetings: list[Meeting]
    references: list[Reference]
    basis: Basis | None
    deadlines: list[Deadline]
    involvements: list[Involvement]
    transitions: list[Transition]
    may_assign: bool
    has_notes: bool
    notes: dict[tuple[str, int], str]

    @property
    def active_basis(self) -> Basis | None:
        """The basis that lets references be shared now; none where the newest one has ended."""
        return self.basis if self.basis is not None and self.basis.state == BasisState.ACTIVE else None

    @property
    def live_partnerships(self) -> list[Partnership]:
        """The partnerships that have not ended."""
        return [partnership for partnership in self.partnerships if partnership.ended_at is None]

    @property
    def left_out(self) -> list[Unit]:
        """The units that take part, but cannot open a reference: the basis does not cover them."""
        basis, own = self.active_basis, {reference.unit_id for reference in self.references}
        if basis is None or basis.kind == BasisKind.ANONYMOUS or not own:
            return []
        units = [self.case.holder_unit, *(partnership.unit for partnership in self.live_partnerships)]
        return [unit for unit in units if unit.pk not in own and not covers(basis, unit.kind_id)]

    @property
    def offer(self) -> Handover | None:
        """The handover that the holder has offered, while it waits."""
        return next((waiting for waiting in self.handovers if waiting.kind == HandoverKind.OFFER), None)

    @property
    def next_due(self) -> Deadline | None:
        """What is due first, whoever owes it."""
        return self.deadlines[0] if self.deadlines else None

    def due(self, kind: DeadlineKind, **about: int) -> Deadline | None:
        """Find the open deadline of a kind about one thing: ``due(kind, invitation_id=7)``."""
        for deadline in self.deadlines:
            if deadline.kind == kind and all(getattr(deadline, field) == pk for field, pk in about.items()):
                return deadline
        return None

    def note_of(self, noted: str, pk: int) -> str:
        """Find the practical note of an ask: ``note_of("agreement", 7)``; empty where there is none."""
        return self.notes.get((noted, pk), "")

    def last_of(self, kind: InvolvementKind) -> Involvement | None:
        """Find what was noted last about the child being heard, or about the parents taking part."""
        return next((noted for noted in self.involvements if noted.kind == kind), None)

    def owed_by(self, actor: Actor) -> list[Deadline]:
        """Find what the actor owes here, or somebody whom they stand in for; the first due first."""
        return [deadline for deadline in self.deadlines if actor.is_one_of(deadline.owner_id)]


def read_people(case: Case) -> People:
    """Read who holds and takes part in a case, and who did. Two queries."""
    return People(
        case=case,
        holdings=list(case.holdings.select_related("holder", "unit")),
        partnerships=list(case.partnerships.select_related("unit", "contact")),
    )


def read_case_page(people: People, part: Part, actor: Actor) -> CasePage:
    """Read an open case for somebody who plays ``part`` in it. Its case comes with theme, holder and holder_unit."""
    case, holdings, partnerships = people.case, people.holdings, people.partnerships
    live = [partnership for partnership in partnerships if partnership.ended_at is None]
    fell = bool(holdings) and holdings[-1].reason == HoldingReason.FELL
    leads = actor.leads(case.holder_unit)
    has_notes = wants_notes(case.holder_unit)
    return CasePage(
        case=case,
        part=part,
        kinds=kinds_of(actor, people.parts),
        level=level_of(
            unit_ids={case.holder_unit_id, *(partnership.unit_id for partnership in live)},
            people=len({case.holder_id, *(partnership.contact_id for partnership in live)}),
        ),
        holdings=holdings,
        handovers=list(
            case.handovers.filter(state=HandoverState.OFFERED).select_related("to_person", "to_unit", "begun_by")
        ),
        invitations=list(
            case.invitations.select_related(
                "unit", "person", "ask", "decline_reason", "onward_unit", "outcome", "leave_reason"
            )
        ),
        partnerships=partnerships,
        join_requests=_join_requests(case, part),
        agreements=_open_first(case.agreements.select_related("kind", "owner", "unit", "drop_reason")),
        meetings=list(
            case.meetings.select_related("kind", "place", "room", "minutes__system").prefetch_related(
                Prefetch("attendances", Attendance.objects.select_related("person", "unit"))
            )
        ),
        references=list(case.references.select_related("system", "unit").defer("sealed_number", "number_index")),
        basis=with_cover(case.bases.exclude(state=BasisState.REPLACED)).select_related("recorded_by").first(),
        deadlines=list(
            case.deadlines.open().select_related(
                "owner",
                "unit",
                "invitation__unit",
                "invitation__onward_unit",
                "invitation__sent_unit",
                "invitation__ask",
                "handover__begun_by",
                "handover__to_person",
                "agreement__kind",
                "agreement__owner",
                "attendance__meeting__kind",
                "meeting__kind",
                "join_request__unit",
                "milestone__kind",
                "milestone__transition__from_unit",
                "milestone__transition__to_unit",
                "transition__from_unit",
                "transition__to_unit",
            )
        ),
        involvements=list(case.involvements.select_related("form", "reason")),
        transitions=list(
            case.transitions.select_related("template__kind", "from_unit", "to_unit", "contact").prefetch_related(
                Prefetch("milestones", Milestone.objects.select_related("kind"))
            )
        ),
        may_assign=leads
        and may_assign(
            actor,
            case,
            holder_is_away=is_away(case.holder_id, actor.today),
            fell_to_leader=fell,
        ),
        has_notes=has_notes,
        notes=notes_in(case) if has_notes else {},
    )


def _join_requests(case: Case, part: Part) -> list[JoinRequest]:
    """Requests that wait: for the holder to know, and for nobody else before they are let in."""
    if part < Part.HOLDER:
        return []
    return list(case.join_requests.filter(state=JoinState.ASKED).select_related("unit", "asked_by"))


def _open_first(agreements: Iterable[Agreement]) -> list[Agreement]:
    """Sort what is still to be done by its day, then what has been settled, the newest first."""
    rows = list(agreements)
    still_open = [row for row in rows if row.state == AgreementState.OPEN]
    settled = [row for row in rows if row.state != AgreementState.OPEN]
    return still_open + sorted(settled, key=lambda row: row.settled_at or row.made_at, reverse=True)
