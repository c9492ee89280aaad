"""Agreements: made, done, moved, dropped, and looked at again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from coordination.commands.changing import (
    again_after_deadlock,
    changing,
    record,
    require_open,
    require_part,
    require_right,
)
from coordination.commands.deadlines import owe, settle
from coordination.commands.notes import end_notes
from coordination.commands.partings import let_go_of_those_who_left
from coordination.errors import MovedOn, Unacceptable
from coordination.models import (
    Agreement,
    AgreementKind,
    AgreementState,
    Case,
    DeadlineKind,
    DropReason,
    EventKind,
    LookResult,
    Settlement,
    Unit,
    User,
)
from coordination.queries.actors import actor_of
from coordination.rules.access import Part, may_do_agreement, may_hold
from coordination.rules.actors import Actor

FARTHEST = timedelta(days=2 * 366)


@again_after_deadlock
def make_agreement(
    *,
    case: Case,
    kind: AgreementKind,
    owner: User,
    due_on: date,
    actor: User,
    now: datetime,
    look_again_on: date | None = None,
) -> Agreement:
    """Agree that ``owner``, who takes part, does something by ``due_on``; the holder may look at it again on a day."""
    with changing(case.pk, now=now, people=[owner.pk]) as case:
        who = actor_of(actor, now)
        require_part(Part.PARTNER, who, case)
        require_open(case)
        unit = unit_in_case(case, owner)
        if unit is None:
            raise Unacceptable(_("%(person)s does not take part in the case.") % {"person": owner.name}, field="owner")
        _check_days(due_on, look_again_on, who)
        agreement = Agreement.objects.create(
            case=case,
            kind=kind,
            owner=owner,
            unit=unit,
            due_on=due_on,
            look_again_on=look_again_on,
            made_by=actor,
            made_at=now,
        )
        owe(
            DeadlineKind.DO_AGREEMENT,
            case=case,
            unit=unit,
            owner=owner,
            now=now,
            due_on=due_on,
            agreement=agreement,
        )
        _owe_look(agreement, now)
        _record(EventKind.AGREEMENT_MADE, agreement, actor, now, due_on=due_on)
        return agreement


@again_after_deadlock
def mark_done(*, agreement: Agreement, actor: User, now: datetime) -> Agreement:
    """Say that an agreement is done, as its owner or the holder."""
    with changing(agreement.case_id, now=now) as case:
        agreement = _doable(case, agreement, actor, now)
        _settle(agreement, AgreementState.DONE, Settlement.MET, now)
        _record(EventKind.AGREEMENT_DONE, agreement, actor, now)
        return agreement


@again_after_deadlock
def move_agreement(*, agreement: Agreement, due_on: date, actor: User, now: datetime) -> Agreement:
    """Give an open agreement another day, as its owner or the holder; looking again moves along if it must."""
    with changing(agreement.case_id, now=now) as case:
        agreement = _doable(case, agreement, actor, now)
        before = agreement.due_on
        look_again_on = agreement.look_again_on
        if look_again_on is not None and look_again_on < due_on:
            look_again_on = due_on
        _set_days(agreement, due_on, look_again_on, actor=actor, now=now)
        _record(EventKind.AGREEMENT_MOVED, agreement, actor, now, due_on=due_on, before_on=before)
        return agreement


@again_after_deadlock
def drop_agreement(*, agreement: Agreement, reason: DropReason, actor: User, now: datetime) -> Agreement:
    """Drop an open agreement, with a reason, as its owner or the holder."""
    with changing(agreement.case_id, now=now) as case:
        agreement = _doable(case, agreement, actor, now)
        agreement.drop_reason = reason
        _settle(agreement, AgreementState.DROPPED, Settlement.LAPSED, now)
        settle(case, now=now, settlement=Settlement.LAPSED, agreement=agreement)
        _record(EventKind.AGREEMENT_DROPPED, agreement, actor, now, reason=reason.code)
        return agreement


@again_after_deadlock
def look_at_agreement_again(
    *,
    agreement: Agreement,
    result: LookResult,
    actor: User,
    now: datetime,
    due_on: date | None = None,
    look_again_on: date | None = None,
) -> Agreement:
    """Look at an agreement again, as the holder: kept (perhaps with a new look), changed (a new due day), or ended."""
    with changing(agreement.case_id, now=now) as case:
        who = actor_of(actor, now)
        agreement = case.agreements.select_related("owner", "unit", "kind", "case").get(pk=agreement.pk)
        require_right(may_hold(who, case), who, case)
        require_open(case)
        if agreement.look_again_on is None or agreement.state in (
            AgreementState.DROPPED,
            AgreementState.ENDED,
        ):
            raise MovedOn(_("This agreement is not to be looked at again."))
        if result == LookResult.CHANGED and due_on is None:
            raise Unacceptable(_("By when is it to be done now?"), field="due_on")
        if result == LookResult.KEPT and look_again_on is not None:
            _check_look(look_again_on, agreement.due_on, who)
        settle(case, now=now, settlement=Settlement.MET, agreement=agreement, kind=DeadlineKind.LOOK_AGAIN)
        if result == LookResult.ENDED:
            agreement.look_again_on = None
            agreement.save(update_fields=["look_again_on"])
            if agreement.state == AgreementState.OPEN:
                _settle(agreement, AgreementState.ENDED, Settlement.LAPSED, now)
        elif result == LookResult.CHANGED and due_on is not None:
            _set_days(agreement, due_on, look_again_on, actor=actor, now=now)
            # One that was done is open again, and its owner may have left since: then it is the holder's.
            let_go_of_those_who_left(case, actor=actor, now=now)
            agreement.refresh_from_db(fields=["owner", "unit"])
        else:
            agreement.look_again_on = look_again_on
            agreement.save(update_fields=["look_again_on"])
            _owe_look(agreement, now)
        _record(EventKind.AGREEMENT_LOOKED_AT, agreement, actor, now, result=result.value)
        return agreement


def unit_in_case(case: Case, person: User) -> Unit | None:
    """Find the unit for which somebody takes part in the case; none if they do not."""
    if person.pk == case.holder_id:
        return case.holder_unit
    partnership = case.partnerships.live().filter(contact=person).select_related("unit").first()
    return partnership.unit if partnership else None


def _doable(case: Case, agreement: Agreement, actor: User, now: datetime) -> Agreement:
    who = actor_of(actor, now)
    agreement = case.agreements.select_related("owner", "unit", "kind", "case").get(pk=agreement.pk)
    require_right(may_do_agreement(who, agreement), who, case)
    require_open(case)
    if agreement.state != AgreementState.OPEN:
        raise MovedOn(_("This agreement is no longer open (%(state)s).") % {"state": agreement.get_state_display()})
    return agreement


def _settle(agreement: Agreement, state: AgreementState, settlement: Settlement, now: datetime) -> None:
    agreement.state, agreement.settled_at = state, now
    agreement.save(update_fields=["state", "settled_at", "drop_reason"])
    end_notes(agreement)
    settle(agreement.case, now=now, settlement=settlement, agreement=agreement, kind=DeadlineKind.DO_AGREEMENT)


def _set_days(agreement: Agreement, due_on: date, look_again_on: date | None, *, actor: User, now: datetime) -> None:
    """Give new days, opening the agreement again where it had been done; every deadline of it begins anew."""
    _check_days(due_on, look_again_on, actor_of(actor, now))
    agreement.due_on, agreement.look_again_on = due_on, look_again_on
    agreement.state, agreement.settled_at = AgreementState.OPEN, None
    agreement.save(update_fields=["due_on", "look_again_on", "state", "settled_at"])
    settle(agreement.case, now=now, settlement=Settlement.LAPSED, agreement=agreement)
    owe(
        DeadlineKind.DO_AGREEMENT,
        case=agreement.case,
        unit=agreement.unit,
        owner=agreement.owner,
        now=now,
        due_on=due_on,
        agreement=agreement,
    )
    _owe_look(agreement, now)


def _owe_look(agreement: Agreement, now: datetime) -> None:
    if agreement.look_again_on is not None:
        owe(
            DeadlineKind.LOOK_AGAIN,
            case=agreement.case,
            unit=agreement.case.holder_unit,
            owner=agreement.case.holder,
            now=now,
            due_on=agreement.look_again_on,
            agreement=agreement,
        )


def _check_days(due_on: date, look_again_on: date | None, who: Actor) -> None:
    _check_day(due_on, "due_on", who)
    if look_again_on is not None:
        _check_look(look_again_on, due_on, who)


def _check_look(look_again_on: date, due_on: date, who: Actor) -> None:
    _check_day(look_again_on, "look_again_on", who)
    if look_again_on < due_on:
        raise Unacceptable(_("Look at it again on the day it is due, or later."), field="look_again_on")


def _check_day(day: date, field: str, who: Actor) -> None:
    if day < who.today:
        raise Unacceptable(_("This day has passed."), field=field)
    if day > who.today + FARTHEST:
        raise Unacceptable(_("Choose a day within two years."), field=field)


def _record(kind: EventKind, agreement: Agreement, actor: User, now: datetime, **data: Any) -> None:
    record(
        kind,
        at=now,
        actor=actor,
        case=agreement.case,
        unit=agreement.unit,
        person=agreement.owner,
        about=agreement,
        agreement_kind=agreement.kind.code,
        **data,
    )
