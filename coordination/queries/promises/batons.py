"""Promise 1: somebody always holds the baton."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from coordination.models import (
    LEADING,
    Case,
    CaseState,
    Deadline,
    DeadlineKind,
    Holding,
    HoldingReason,
    Membership,
    Role,
    Unit,
)
from coordination.queries.promises.registry import Rows, invariant

OPEN_CASES = Case.objects.filter(state=CaseState.OPEN)
_SOUGHT = Deadline.objects.open().filter(kind=DeadlineKind.ASSIGN_HOLDER)


@invariant(1, among=Case.objects.all())
def case_has_the_holding_it_says(_today: date) -> Iterator[Rows]:
    """A case has one holding that has not ended, and it is that of the holder and the unit the case names."""
    current = Holding.objects.filter(
        case=OuterRef("pk"), ended_at=None, holder=OuterRef("holder"), unit=OuterRef("holder_unit")
    )
    yield Case.objects.filter(~Exists(current))


@invariant(1, among=Holding.objects.exclude(ended_at=None))
def holding_is_followed_at_once(_today: date) -> Iterator[Rows]:
    """A holding that has ended is followed, at the same instant, by the next one of its case."""
    followers = Holding.objects.filter(case=OuterRef("case"), began_at=OuterRef("ended_at"), pk__gt=OuterRef("pk"))
    yield Holding.objects.exclude(ended_at=None).filter(~Exists(followers))


@invariant(1, among=OPEN_CASES)
def holder_works_in_the_unit(_today: date) -> Iterator[Rows]:
    """The holder of an open case is active and belongs to the unit that they hold it for, which is open."""
    memberships = Membership.objects.live().filter(user=OuterRef("holder"), unit=OuterRef("holder_unit"))
    yield OPEN_CASES.filter(~Exists(memberships))


@invariant(1, among=OPEN_CASES)
def holder_is_sought_where_one_is_missing(_today: date) -> Iterator[Rows]:
    """A leader owes to assign a holder where the baton fell to a leader or its holder asked, and nowhere else."""
    fell = Holding.objects.filter(case=OuterRef("pk"), ended_at=None, reason=HoldingReason.FELL)
    missing = Q(Exists(fell)) | Q(release_asked_at__isnull=False)
    sought = Q(Exists(_SOUGHT.filter(case=OuterRef("pk"))))
    yield OPEN_CASES.filter(missing & ~sought | ~missing & sought)


@invariant(1, among=_SOUGHT)
def holder_is_sought_by_a_leader(_today: date) -> Iterator[Rows]:
    """Whoever owes to assign a holder leads the holder's unit or one above it."""
    leads = (
        Membership.objects.live()
        .leading()
        .filter(user=OuterRef("owner"))
        .alias(place=ExpressionWrapper(OuterRef("case__holder_unit__path"), CharField()))
        .filter(place__startswith=F("unit__path"))
    )
    yield _SOUGHT.filter(~Exists(leads))


@invariant(1, among=Unit.objects.filter(parent=None))
def municipality_has_a_coordinator(_today: date) -> Iterator[Rows]:
    """A municipality in which people work has a coordinator, to whom everything falls in the last resort."""
    people = Membership.objects.live().filter(Q(unit=OuterRef("pk")) | Q(unit__root=OuterRef("pk")))
    coordinators = Membership.objects.live().filter(unit=OuterRef("pk"), role=Role.COORDINATOR)
    yield Unit.objects.filter(Exists(people), ~Exists(coordinators), parent=None)


@invariant(1, among=Unit.objects.exclude(parent=None))
def unit_hangs_below_an_open_one(_today: date) -> Iterator[Rows]:
    """An open unit is below an open one, and the path of a unit goes through the one above it."""
    units = Unit.objects.exclude(parent=None)
    yield units.filter(closed_at=None, parent__closed_at__isnull=False)
    path = Concat(F("parent__path"), Cast("pk", CharField()), Value("/"))
    yield units.alias(through_parent=path).exclude(path=F("through_parent"))


def leads_the_unit_of(deadline_unit: str, person: str) -> Exists:
    """Build the condition that a person leads exactly the unit that a deadline names."""
    return Exists(
        Membership.objects.live().filter(user=OuterRef(person), unit=OuterRef(deadline_unit), role__in=LEADING)
    )
