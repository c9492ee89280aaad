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
    BasisKind,
    BasisState,
    Case,
    DeadlineKind,
    EventKind,
    Settlement,
    StatutoryBasis,
    Unit,
    User,
)
from coordination.queries.actors import actor_of
from coordination.rules.access import may_hold, sharing_is_allowed

logger = logging.getLogger(__name__)

MAX_CONSENT = timedelta(days=3 * 366)


@dataclass(frozen=True)
class BasisDraft:
    """A basis as it is given, before it is recorded."""

    kind: BasisKind
    ends_on: date | None = None
    statutory: StatutoryBasis | None = None


ANONYMOUS = BasisDraft(BasisKind.ANONYMOUS)


@again_after_deadlock
def record_basis(*, case: Case, draft: BasisDraft, actor: User, now: datetime) -> Basis:
    """Record the basis on which a case's information is shared; the one before, if any, is replaced.

    Raises ``Unacceptable`` for a consent without an end, or one that has ended or never does.
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
        record(EventKind.BASIS_WITHDRAWN, at=now, actor=actor, case=case, about=basis, basis=basis.kind)
        return basis


def check_basis(draft: BasisDraft, *, today: date) -> None:
    """Refuse a basis that lacks what its kind needs."""
    if draft.kind == BasisKind.CONSENT:
        if draft.ends_on is None:
            raise Unacceptable(_("Until when have they consented?"), field="ends_on")
        if draft.ends_on < today:
            raise Unacceptable(_("This consent has already ended."), field="ends_on")
        if draft.ends_on > today + MAX_CONSENT:
            raise Unacceptable(_("A consent lasts three years at most."), field="ends_on")
    if draft.kind == BasisKind.STATUTORY and draft.statutory is None:
        raise Unacceptable(_("Choose the legal basis."), field="statutory")


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
        recorded_by=actor,
        recorded_at=now,
    )
    if is_consent:
        owe(
            DeadlineKind.RENEW_CONSENT,
            case=case,
            unit=case.holder_unit,
            owner=case.holder,
            now=now,
            due_on=draft.ends_on,
            basis=basis,
        )
    record(
        EventKind.BASIS_RECORDED,
        at=now,
        actor=actor,
        case=case,
        about=basis,
        basis=basis.kind,
        ends_on=basis.ends_on,
    )
    return basis


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


def active_basis(case: Case) -> Basis | None:
    """Find the basis that the case has now."""
    return case.bases.filter(state=BasisState.ACTIVE).first()


def require_sharing(case: Case, unit: Unit, *, now: datetime) -> None:
    """Refuse to let a reference leave its own unit without an active basis."""
    outside = case.references.exclude(unit=unit).exists()
    if outside and not sharing_is_allowed(active_basis(case), timezone.localdate(now)):
        raise Unacceptable(
            _("This case has a reference. Record a consent or a legal basis before it is shared with %(unit)s.")
            % {"unit": unit.name},
            field="basis",
        )
