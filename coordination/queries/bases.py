"""Bases as querysets: which are in force, and what they cover. They match ``coordination.rules.access``."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.db.models import Exists, OuterRef, Q, QuerySet

from coordination.models import (
    Basis,
    BasisCover,
    BasisKind,
    BasisState,
    Case,
    InvitationState,
    JoinState,
    StatutoryBasis,
    Unit,
    UnitKind,
)
from coordination.rules.access import covers


def in_force(today: date) -> QuerySet[Basis]:
    """Bases on which something can be shared on a day; matches ``is_in_force``."""
    lasting = Basis.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), state=BasisState.ACTIVE)
    return lasting.exclude(kind=BasisKind.ANONYMOUS)


def covering(bases: QuerySet[Basis], kind: str) -> QuerySet[Basis]:
    """Keep the bases that cover the kind of unit whose column, of the query around this one, is named ``kind``."""
    wanted = OuterRef(OuterRef(kind))
    named = BasisCover.objects.filter(basis=OuterRef("pk"), kind=wanted)
    legal = StatutoryBasis.covers.through.objects.filter(statutorybasis=OuterRef("statutory"), unitkind=wanted)
    by_consent = Q(statutory=None) & (Q(covers_all=True) | Exists(named))
    by_law = Q(statutory__isnull=False) & (Q(statutory__covers_all=True) | Exists(legal))
    return bases.filter(by_consent | by_law)


def with_cover(bases: QuerySet[Basis]) -> QuerySet[Basis]:
    """Read along what the bases cover: three more queries, however many they are."""
    return bases.select_related("statutory").prefetch_related("covers", "statutory__covers")


def active_basis(case: Case) -> Basis | None:
    """Find the basis that the case has now, with what it covers."""
    return with_cover(case.bases.filter(state=BasisState.ACTIVE)).first()


def covered_in(basis: Basis) -> list[UnitKind] | None:
    """List the kinds of units that a basis covers, in the municipality's order; None where it covers all."""
    source = basis.statutory if basis.statutory is not None else basis
    kinds = cast("QuerySet[UnitKind]", source.covers.all())
    return None if source.covers_all else sorted(kinds, key=lambda kind: (kind.position, kind.code))


def kinds_around(case: Case) -> set[int]:
    """Find the kinds of the units that take part in a case, are asked to, or are to receive its child."""
    wanted = (
        Q(pk=case.holder_unit_id)
        | Q(pk__in=case.partnerships.live().values("unit"))
        | Q(pk__in=case.invitations.filter(state=InvitationState.SENT).values("unit"))
        | Q(pk__in=case.join_requests.filter(state=JoinState.ASKED).values("unit"))
        | Q(pk__in=case.transitions.live().filter(to_unit__isnull=False).values("to_unit"))
    )
    return set(Unit.objects.filter(wanted).order_by().values_list("kind_id", flat=True))


def left_out(case: Case, basis: Basis) -> list[Unit]:
    """List the units that take part and that a basis does not cover: they cannot open what is not their own."""
    live = Unit.objects.filter(
        Q(pk=case.holder_unit_id) | Q(pk__in=case.partnerships.live().values("unit"))
    ).select_related("kind")
    if basis.covered_kinds is None:
        return []
    own = set(case.references.order_by().values_list("unit_id", flat=True))
    return [unit for unit in live.exclude(pk__in=own) if not covers(basis, unit.kind_id)]
