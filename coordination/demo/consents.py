"""Consents of the demonstration: given, renewed or forgotten, and asked for again where somebody else is needed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from coordination.commands.bases import BasisDraft, record_basis, withdraw_basis
from coordination.demo.play import Play, Story, open_now
from coordination.models import BasisKind, BasisState, Case, Giver, Unit, UnitKind
from coordination.queries.bases import active_basis, kinds_around
from coordination.rules.access import covers, is_in_force

# Who gives a consent; the young person themself only where those who work with the young take part.
GIVERS = {Giver.BOTH: 6.0, Giver.SOLE: 3.0, Giver.ONE: 2.0}
WITH_THE_YOUNG = ("ungdomsskole", "ungdomsvejledning")


def consent(play: Play, kinds: Collection[int], *, now: datetime, days: int) -> BasisDraft:
    """A consent given this week, which covers these kinds, and mostly some that may help later."""
    also = [play.units[code].kind_id for code in ("PPR", "SPL", "FAM")] if play.chance(0.6) else []
    today = timezone.localdate(now)
    is_young = UnitKind.objects.filter(pk__in=list(kinds), code__in=WITH_THE_YOUNG).exists()
    return BasisDraft(
        BasisKind.CONSENT,
        given_by=play.pick({**GIVERS, Giver.YOUNG: 4.0} if is_young else GIVERS),
        given_on=today - timedelta(days=play.rng.randrange(6)),
        ends_on=today + timedelta(days=days),
        covers=tuple(UnitKind.objects.filter(pk__in=[*kinds, *also])),  # type: ignore[arg-type]
    )


def cover(play: Play, case: Case, unit: Unit) -> None:
    """Ask the family again where somebody is needed whom the consent does not cover: they say yes."""
    basis = active_basis(case)
    if basis is None or not is_in_force(basis, timezone.localdate(play.now)) or covers(basis, unit.kind_id):
        return
    draft = consent(play, kinds_around(case) | {unit.kind_id}, now=play.now, days=0)
    giver = Giver(basis.given_by) if basis.given_by else draft.given_by
    again = replace(draft, given_by=giver, given_on=None, ends_on=basis.ends_on)
    record_basis(case=case, draft=again, actor=case.holder, now=play.now)


def consenting(play: Play, case: Case) -> Story:
    """A consent is renewed in good time, withdrawn, or forgotten until it has expired."""
    basis = case.bases.filter(state=BasisState.ACTIVE, kind=BasisKind.CONSENT).first()
    if basis is None or basis.ends_on is None:
        return
    if play.chance(0.08):
        yield play.later(basis.recorded_at, case.holder_unit, 12, 40)
        current = open_now(case)
        if current and current.bases.filter(pk=basis.pk, state=BasisState.ACTIVE).exists():
            withdraw_basis(basis=basis, actor=current.holder, now=play.now)
        return
    days_before = play.pick({8: 4, 3: 3, -6: 2})
    yield play.moment(play.calendar(case.holder_unit).shift(basis.ends_on, -days_before))
    current = open_now(case)
    if current is None:
        return
    again = consent(play, kinds_around(current), now=play.now, days=180)
    record_basis(case=current, draft=again, actor=current.holder, now=play.now)
