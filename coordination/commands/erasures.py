"""Erasing: a case goes with all that belongs to it, its key first; a receipt without content stays."""

from __future__ import annotations

import hashlib
import hmac
import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock, changing, lock_case, record, require_open
from coordination.commands.deadlines import owe, settle
from coordination.errors import MovedOn, Unacceptable, Unseen
from coordination.models import (
    AccessRecord,
    Case,
    CaseKey,
    DeadlineKind,
    Erasure,
    ErasureCause,
    ErasureRequest,
    Event,
    EventKind,
    Invitation,
    ReferenceMet,
    RetentionHold,
    Role,
    Settlement,
    StepTaken,
    Submission,
    Transition,
    User,
)
from coordination.queries.officers import HOLDING_BACK, cases_in, roots_of
from coordination.queries.retention import cases_to_erase

logger = logging.getLogger(__name__)


class OtherCase(Exception):
    """A receipt names a number that another case has, or the key by which it is recognised has been changed."""


@again_after_deadlock
def erase_case(*, case: Case, cause: ErasureCause, actor: User, now: datetime) -> Erasure:
    """Erase a closed case at once, as the officer: because it was asked for, or because it was opened by mistake.

    An open one has to be closed first, by its holder. Raises ``Unacceptable`` where it is held back for a complaint.
    """
    with transaction.atomic():
        case = lock_case(case.pk)
        _require_officer(actor, case)
        if case.is_open:
            raise MovedOn(_("The case is open. Its holder has to close it first."))
        if case.holds.filter(lifted_at=None).exists():
            raise Unacceptable(_("The case is kept while a complaint is dealt with. Lift that first."))
        return _erase(case, cause=cause, actor=actor, now=now)


def erase_due(*, now: datetime, limit: int, failed: set[int] | None = None) -> int:
    """Erase at most ``limit`` cases whose time is over, each in a transaction by itself; say how many.

    ``failed``: ids of cases to pass over, to which those are added that could not be erased.
    """
    failed, done = set() if failed is None else failed, 0
    for case_id in list(cases_to_erase(now).exclude(pk__in=failed).values_list("pk", flat=True)[:limit]):
        try:
            done += _erase_where_due(case_id, now)
        except Exception:
            logger.exception("Case %s could not be erased; tried again next round.", case_id)
            failed.add(case_id)
    return done


@again_after_deadlock
def place_hold(*, case: Case, actor: User, now: datetime) -> RetentionHold:
    """Keep a case from being erased while a complaint is dealt with, as the officer or the coordinator."""
    with transaction.atomic():
        case = lock_case(case.pk)
        _require_officer(actor, case, *HOLDING_BACK)
        if case.holds.filter(lifted_at=None).exists():
            raise MovedOn(_("The case is kept already."))
        hold = RetentionHold.objects.create(case=case, placed_by=actor, placed_at=now)
        record(EventKind.HOLD_PLACED, at=now, actor=actor, case=case, unit=case.holder_unit, about=hold)
        return hold


@again_after_deadlock
def lift_hold(*, case: Case, actor: User, now: datetime) -> RetentionHold:
    """Let a case be erased in its time again."""
    with transaction.atomic():
        case = lock_case(case.pk)
        _require_officer(actor, case, *HOLDING_BACK)
        hold = case.holds.filter(lifted_at=None).first()
        if hold is None:
            raise MovedOn(_("The case is no longer kept."))
        hold.lifted_by, hold.lifted_at = actor, now
        hold.save(update_fields=["lifted_by", "lifted_at"])
        record(EventKind.HOLD_LIFTED, at=now, actor=actor, case=case, unit=case.holder_unit, about=hold)
        return hold


@again_after_deadlock
def ask_for_erasure(*, case: Case, actor: User, now: datetime) -> ErasureRequest:
    """Ask the holder of an open case to close it, since the child or the parents want it erased. Then it will be."""
    with changing(case.pk, now=now) as case:
        _require_officer(actor, case)
        require_open(case)
        if ErasureRequest.objects.filter(case=case).exists():
            raise MovedOn(_("The holder has been asked already."))
        request = ErasureRequest.objects.create(case=case, asked_by=actor, asked_at=now)
        owed = owe(DeadlineKind.CLOSE_TO_ERASE, case=case, unit=case.holder_unit, owner=case.holder, now=now)
        record(
            EventKind.ERASURE_ASKED,
            at=now,
            actor=actor,
            case=case,
            unit=case.holder_unit,
            about=request,
            due_on=owed.due_on,
        )
        return request


@again_after_deadlock
def withdraw_erasure(*, case: Case, actor: User, now: datetime) -> None:
    """Take back that a case is to be erased: the child or the parents have thought better of it."""
    with changing(case.pk, now=now) as case:
        _require_officer(actor, case)
        request = ErasureRequest.objects.filter(case=case).first()
        if request is None:
            raise MovedOn(_("Nobody asks for it to be erased any more."))
        record(EventKind.ERASURE_WITHDRAWN, at=now, actor=actor, case=case, unit=case.holder_unit, about=request)
        settle(case, now=now, settlement=Settlement.LAPSED, kind=DeadlineKind.CLOSE_TO_ERASE)
        request.delete()


@again_after_deadlock
def erase_again(*, receipt: Erasure, now: datetime) -> bool:
    """Erase a case that a restore has brought back, by the receipt of its erasure; say whether it was there.

    The receipt is kept either way, as it was. Raises ``OtherCase`` where the number is another case's by now.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(pk=receipt.case_number).first()
        if case is not None and digest_code(case.code) != bytes(receipt.code_digest):
            raise OtherCase(receipt.case_number)
        if not Erasure.objects.filter(uid=receipt.uid).exists():
            receipt.save(force_insert=True)
        if case is None:
            return False
        _take_away(case, receipt, actor=None, now=now)
        return True


def digest_code(code: str) -> bytes:
    """Make the digest of a case's code: the same each time, and nobody reads the code from it without the key."""
    key = hmac.digest(settings.INDEX_KEY, b"coordination.commands.erasures", hashlib.sha256)
    return hmac.digest(key, code.encode(), hashlib.sha256)


@again_after_deadlock
def _erase_where_due(case_id: int, now: datetime) -> bool:
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(pk=case_id).first()
        # Whoever has reopened it, or holds it back, came first.
        if case is None or not cases_to_erase(now).filter(pk=case_id).exists():
            return False
        is_asked = ErasureRequest.objects.filter(case=case).exists()
        cause = ErasureCause.SUBJECT_REQUEST if is_asked else ErasureCause.RETENTION
        _erase(case, cause=cause, actor=None, now=now)
        return True


def _erase(case: Case, *, cause: ErasureCause, actor: User | None, now: datetime) -> Erasure:
    """Erase a closed case that is locked."""
    if case.closed_at is None:
        raise MovedOn(_("The case is open. Its holder has to close it first."))
    receipt = Erasure(
        case_number=case.pk,
        code_digest=digest_code(case.code),
        cause=cause,
        closed_on=timezone.localdate(case.closed_at),
        erased_at=now,
        by=actor,
    )
    receipt.save()
    _take_away(case, receipt, actor=actor, now=now)
    return receipt


def _take_away(case: Case, receipt: Erasure, *, actor: User | None, now: datetime) -> None:
    """Delete a case that is locked, and all that belongs to it. There is a receipt by now, so that the traces may go.

    The event that stays names the number that the case had, and the unit, for what is counted.
    """
    CaseKey.objects.filter(case=case).delete()
    _every(StepTaken).filter(deadline__case=case).delete()
    for trace in (Event, AccessRecord, ReferenceMet):
        _every(trace).filter(case=case).delete()
    # The later of two may follow the earlier one, which then could not go before it.
    Invitation.objects.filter(case=case).update(follows=None)
    Transition.objects.filter(case=case).update(follows=None)
    Submission.objects.filter(location__contains=case.code).delete()
    record(EventKind.CASE_ERASED, at=now, actor=actor, unit=case.holder_unit, about=case, cause=receipt.cause)
    case.delete()


def _every(model: type[models.Model]) -> models.QuerySet[Any]:
    """All rows, past the manager that deletes none."""
    return models.QuerySet(model)


def _require_officer(actor: User, case: Case, *roles: Role) -> None:
    """Refuse whoever does not look after this municipality's cases: they may not even know of the case."""
    if not cases_in(roots_of(actor, *(roles or (Role.OFFICER,)))).filter(pk=case.pk).exists():
        raise Unseen(_("Not found."))
