"""One move, with all that its page says of it: its milestones, what it still lacks, and what is owed in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from coordination.models import (
    Basis,
    BasisState,
    Deadline,
    DeadlineKind,
    Involvement,
    InvolvementKind,
    Milestone,
    Reference,
    ReferencePurpose,
    Review,
    Transition,
    Unit,
)
from coordination.queries.bases import with_cover
from coordination.queries.case_rows import DEADLINE_PARTS
from coordination.rules.access import is_in_force, sharing_is_allowed


@dataclass(frozen=True)
class Readiness:
    """What the hand-over asks for: a receiver, a basis, and that child and parents were asked since it was planned.

    ``child`` and ``parents``: what was noted last since then, which may be a reason why not. ``shares``: whether the
    case has a reference that leaves its unit with the child, so that a basis is needed.
    """

    has_receiver: bool
    shares: bool
    basis: Basis | None
    basis_allows: bool
    child: Involvement | None
    parents: Involvement | None

    @property
    def has_basis(self) -> bool:
        """Whether nothing is in the way of sharing what there is to share."""
        return self.basis_allows or not self.shares

    @property
    def is_ready(self) -> bool:
        """Whether the child can be handed over."""
        return self.has_receiver and self.has_basis and self.child is not None and self.parents is not None


@dataclass(frozen=True)
class MovePage:
    """A move, its milestones, what is still owed in it (the first due first), its reviews, and what goes on from it."""

    transition: Transition
    milestones: list[Milestone]
    deadlines: list[Deadline]
    reviews: list[Review]
    followed_by: Transition | None

    def due(self, kind: DeadlineKind, **about: int) -> Deadline | None:
        """Find the open deadline of a kind: ``due(kind, unit_id=7)``."""
        for deadline in self.deadlines:
            if deadline.kind == kind and all(getattr(deadline, field) == pk for field, pk in about.items()):
                return deadline
        return None


def read_move(transition: Transition) -> MovePage:
    """Read what the page of a move shows, in four queries. The transition comes with its case and its units."""
    owed = Q(transition=transition) | Q(milestone__transition=transition)
    return MovePage(
        transition=transition,
        milestones=list(
            transition.milestones.select_related("kind", "reason", "settled_by").order_by("due_on", "position")
        ),
        deadlines=list(Deadline.objects.open().filter(owed).select_related(*DEADLINE_PARTS).order_by("due_on", "pk")),
        reviews=list(transition.reviews.select_related("unit", "reviewed_by")),
        followed_by=transition.followed_by.exclude(state="cancelled").select_related("template__kind").first(),
    )


def readiness_of(transition: Transition, today: date) -> Readiness:
    """Say what a move has of what its hand-over asks for. Three queries."""
    case = transition.case
    basis = with_cover(case.bases.exclude(state=BasisState.REPLACED)).first()
    noted = list(case.involvements.filter(recorded_at__gte=transition.planned_at).select_related("form", "reason"))
    to_unit = transition.to_unit
    leaves_town = transition.template.kind.leaves_town
    return Readiness(
        has_receiver=to_unit is not None or leaves_town,
        shares=to_unit is not None and case.references.exclude(unit=to_unit).exists(),
        basis=basis,
        basis_allows=_allows(basis, to_unit, today),
        child=_last(noted, InvolvementKind.CHILD),
        parents=_last(noted, InvolvementKind.PARENTS),
    )


def _allows(basis: Basis | None, to_unit: Unit | None, today: date) -> bool:
    """Whether the record may go along; while nobody knows where to, whether there is a basis at all."""
    return is_in_force(basis, today) if to_unit is None else sharing_is_allowed(basis, today, to_unit.kind_id)


def records_of(transition: Transition) -> list[Reference]:
    """List the records that the receiving unit reads before it receives the child, closed."""
    records = transition.case.references.filter(purpose=ReferencePurpose.RECORD)
    return list(records.select_related("system", "unit").defer("sealed_number", "number_index"))


def _last(noted: list[Involvement], kind: InvolvementKind) -> Involvement | None:
    return next((each for each in noted if each.kind == kind), None)
