"""Bases: recording why information may be shared, and ending that."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.commands.changing import (
    again_after_deadlock,
    changing,
    record,
    require_open,
    require_right,
)
from coordination.commands.deadlines import move_due, owe, settle
from coordination.errors import MovedOn, Unacceptable
from coordination.models import (
    Basis,
    BasisCover,
    BasisKind,
    BasisState,
    Case,
    DeadlineKind,
    EventKind,
    Giver,
    Settlement,
    StatutoryBasis,
    Unit,
    UnitKind,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.bases import active_basis
from coordination.rules.access import is_in_force, may_hold, sharing_is_allowed

logger = logging.getLogger(__name__)

MAX_CONSENT = timedelta(days=3 * 366)
# Whoever consented longer ago is asked anew.
OLDEST_CONSENT = timedelta(days=366)
ALL_KINDS = "all"


@dataclass(frozen=True)
class BasisDraft:
    """A basis as it is given, before it is recorded.

    A consent names who gave it, and what it covers: ``covers``, or all kinds of units, which is said by ``covers_all``
    and never by leaving it out. ``given_on``: the day on which it is recorded, unless named.
    """

    kind: BasisKind
    ends_on: date | None = None
    statutory: StatutoryBasis | None = None
    given_by: Giver | None = None
    given_on: date | None = None
    covers: tuple[UnitKind, ...] = ()
    covers_all: bool = False


ANONYMOUS = BasisDraft(BasisKind.ANONYMOUS)


@again_after_deadlock
def record_basis(*, case: Case, draft: BasisDraft, actor: User, now: datetime) -> Basis:
    """Record the basis on which a case's information is shared; the one before, if any, is replaced.

    Partners of a kind that the new one does not cover lose the references at once. Raises ``Unacceptable`` for a
    consent that does not say who gave it or what it covers, is too old, or without an end that is near enough.
    """
    with changing(case.pk, now=now) as case:
        who = actor_of(actor, now)
        require_right(may_hold(who, case), who, case)
        require_open(case)
        check_basis(draft, today=who.today)
        if draft.kind == BasisKind.ANONYMOUS and case.references.exists():
            raise Unacceptable(_("A case with a reference is not anonymous."), field="basis")
        return add_basis(case, draft, actor=actor, now=now)


@again_after_deadlock
def withdraw_basis(*, basis: Basis, actor: User, now: datetime) -> Basis:
    """Withdraw a basis: from this moment partners cannot open the references."""
    with changing(basis.case_id, now=now) as case:
        who = actor_of(actor, now)
        require_right(may_hold(who, case), who, case)
        require_open(case)
        basis = case.bases.get(pk=basis.pk)
        if basis.state != BasisState.ACTIVE:
            raise MovedOn(_("This basis has already ended."))
        end_basis(basis, BasisState.WITHDRAWN, now=now)
        # What was to be renewed on its last day ends today: the holder renews it, or closes the case.
        owed = case.deadlines.open().filter(kind=DeadlineKind.RENEW_CONSENT, basis=basis)
        for deadline in owed.select_related("unit"):
            move_due(deadline, who.today, now=now)
        if basis.kind == BasisKind.STATUTORY and case.references.exists():
            # Nothing was owed for it while it lasted; without another one the references stay closed.
            _owe_renewal(case, basis, due_on=who.today, now=now)
        record(EventKind.BASIS_WITHDRAWN, at=now, actor=actor, case=case, about=basis, basis=basis.kind)
        return basis


def check_basis(draft: BasisDraft, *, today: date) -> None:
    """Refuse a basis that lacks what its kind needs."""
    if draft.kind == BasisKind.CONSENT:
        _check_consent(draft, given_on=draft.given_on or today, today=today)
    if draft.kind == BasisKind.STATUTORY and draft.statutory is None:
        raise Unacceptable(_("Choose the legal basis."), field="statutory")


def _check_consent(draft: BasisDraft, *, given_on: date, today: date) -> None:
    if draft.given_by is None:
        raise Unacceptable(_("Who gave the consent?"), field="basis")
    if draft.ends_on is None:
        raise Unacceptable(_("Until when have they consented?"), field="ends_on")
    if given_on > today:
        raise Unacceptable(_("This day has not come yet. When was the consent given?"), field="given_on")
    if given_on < today - OLDEST_CONSENT:
        raise Unacceptable(_("A consent from more than a year ago is too old. Ask for it again."), field="given_on")
    if draft.ends_on < today:
        raise Unacceptable(_("This consent has already ended."), field="ends_on")
    if draft.ends_on > given_on + MAX_CONSENT:
        raise Unacceptable(_("A consent lasts three years at most."), field="ends_on")
    if not draft.covers and not draft.covers_all:
        raise Unacceptable(_("Which kinds of units does the consent cover?"), field="covers")


def add_basis(case: Case, draft: BasisDraft, *, actor: User, now: datetime) -> Basis:
    """Write a checked basis into a case that is locked."""
    for before in case.bases.filter(state=BasisState.ACTIVE):
        end_basis(before, BasisState.REPLACED, now=now)
    settle(case, now=now, settlement=Settlement.MET, kind=DeadlineKind.RENEW_CONSENT)
    is_consent = draft.kind == BasisKind.CONSENT
    basis = Basis.objects.create(
        case=case,
        kind=draft.kind,
        ends_on=draft.ends_on if is_consent else None,
        statutory=draft.statutory if draft.kind == BasisKind.STATUTORY else None,
        given_by=draft.given_by if is_consent else None,
        given_on=(draft.given_on or timezone.localdate(now)) if is_consent else None,
        covers_all=draft.covers_all or not is_consent,
        recorded_by=actor,
        recorded_at=now,
    )
    if is_consent:
        if not basis.covers_all:
            kinds = {kind.pk: kind for kind in draft.covers}
            BasisCover.objects.bulk_create(BasisCover(basis=basis, kind=kind) for kind in kinds.values())
        _owe_renewal(case, basis, due_on=draft.ends_on, now=now)
    record(
        EventKind.BASIS_RECORDED,
        at=now,
        actor=actor,
        case=case,
        about=basis,
        basis=basis.kind,
        ends_on=basis.ends_on,
        given_by=basis.given_by,
        covers=_codes_covered(basis),
    )
    return basis


def _owe_renewal(case: Case, basis: Basis, *, due_on: date | None, now: datetime) -> None:
    owe(
        DeadlineKind.RENEW_CONSENT,
        case=case,
        unit=case.holder_unit,
        owner=case.holder,
        now=now,
        due_on=due_on,
        basis=basis,
    )


def _codes_covered(basis: Basis) -> str | None:
    """Give the codes of the kinds that a consent covers, for its trace."""
    if basis.kind != BasisKind.CONSENT:
        return None
    return ALL_KINDS if basis.covers_all else " ".join(sorted(basis.covers.values_list("code", flat=True)))


def end_basis(basis: Basis, state: BasisState, *, now: datetime) -> None:
    """End an active basis; what is owed for it stays owed where the holder has to renew it."""
    basis.state, basis.ended_at = state, now
    basis.save(update_fields=["state", "ended_at"])


@again_after_deadlock
def expire_consents(*, now: datetime, limit: int) -> int:
    """Let consents whose last day has passed expire, at most ``limit``; say how many.

    Their deadline stays open, late, until the holder renews or the case is closed. A consent that cannot expire keeps
    nothing else waiting.
    """
    today = timezone.localdate(now)
    passed = Basis.objects.filter(state=BasisState.ACTIVE, ends_on__lt=today).order_by("ends_on", "pk")
    expired = 0
    for case_id, basis_id in list(passed.values_list("case_id", "pk")):
        if expired == limit:
            break
        try:
            expired += _expire(case_id, basis_id, now=now)
        except OperationalError:
            raise  # ended for another transaction, or the database is away
        except Exception:
            logger.exception("Basis %s could not be let expire; tried again next round.", basis_id)
    return expired


def _expire(case_id: int, basis_id: int, *, now: datetime) -> bool:
    with changing(case_id, now=now) as case:
        basis = case.bases.filter(pk=basis_id, state=BasisState.ACTIVE).first()
        if basis is None:
            return False
        end_basis(basis, BasisState.EXPIRED, now=now)
        record(EventKind.BASIS_EXPIRED, at=now, actor=None, case=case, about=basis, ends_on=basis.ends_on)
        return True


def require_sharing(case: Case, unit: Unit, *, now: datetime) -> None:
    """Refuse to let a reference leave its own unit for one whose kind no active basis covers."""
    if not case.references.exclude(unit=unit).exists():
        return
    basis, today = active_basis(case), timezone.localdate(now)
    if not sharing_is_allowed(basis, today, unit.kind_id):
        raise Unacceptable(refusal_to_share(basis, unit, today), field="basis")


def refusal_to_share(basis: Basis | None, unit: Unit, today: date) -> str:
    """Say why a reference is not shared with a unit, and what to do about it."""
    names = {"unit": unit.name, "kind": unit.kind.label}
    if basis is None or not is_in_force(basis, today):
        return (
            _("This case has a reference. Record a consent or a legal basis before it is shared with %(unit)s.") % names
        )
    if basis.kind == BasisKind.CONSENT:
        return (
            _("The consent does not cover %(unit)s (%(kind)s). Ask for one that does, and record it; then try again.")
            % names
        )
    return _("The legal basis does not cover %(unit)s (%(kind)s). Record a consent or a legal basis that does.") % names
