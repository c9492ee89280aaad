"""Requests to join: the same child met twice. The asker learns that a case exists; its holder gets the ask."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from coordination.commands.bases import require_sharing
from coordination.commands.batons import leader_for
from coordination.commands.changing import again_after_deadlock, changing, record, require_open, require_right
from coordination.commands.deadlines import owe, settle
from coordination.commands.invitations import require_contact
from coordination.commands.partings import take_in
from coordination.errors import MovedOn, Refusal, Unacceptable
from coordination.models import (
    Case,
    DeadlineKind,
    DeclineReason,
    EventKind,
    JoinRequest,
    JoinState,
    ReferenceSystem,
    Settlement,
    Theme,
    Unit,
    User,
)
from coordination.privacy.references import read_number
from coordination.queries.actors import actor_of
from coordination.queries.same_reference import open_case_with
from coordination.rules.access import may_answer_join_request, may_see_join_request


@again_after_deadlock
def ask_to_join(
    *, system: ReferenceSystem, number: str, unit: Unit, theme: Theme, actor: User, now: datetime
) -> JoinRequest:
    """Ask the holder of the open case with the same reference to be let in, for one's unit.

    The asker learns nothing of the case. Asking again while the first ask waits gives that first one.
    """
    who = actor_of(actor, now)
    if unit.pk not in who.units:
        raise Unacceptable(_("Choose a unit that you belong to."), field="unit")
    found = open_case_with(system, read_number(system, number), unit=unit)
    if found is None:
        raise MovedOn(_("There is no open case with this reference any more. You can open one."))
    with changing(found.pk, now=now) as case:
        require_open(case)
        waiting = case.join_requests.filter(unit=unit, state=JoinState.ASKED).first()
        if waiting is not None:
            return waiting
        request = JoinRequest.objects.create(case=case, unit=unit, theme=theme, asked_by=actor, asked_at=now)
        owe(
            DeadlineKind.ANSWER_JOIN_REQUEST,
            case=case,
            unit=case.holder_unit,
            owner=case.holder,
            now=now,
            join_request=request,
        )
        record(EventKind.JOIN_ASKED, at=now, actor=actor, case=case, unit=unit, person=actor, about=request)
        return request


@again_after_deadlock
def accept_join_request(*, join_request: JoinRequest, actor: User, now: datetime) -> JoinRequest:
    """Let the asking unit in, as the holder; whoever asked becomes its contact (or, if they have left, its leader).

    Where the unit takes part already, its contact stays, and the asker learns who that is.
    """
    with changing(join_request.case_id, now=now, people=[join_request.asked_by_id]) as case:
        request = _answerable(case, join_request, actor, now)
        if not case.partnerships.live().filter(unit=request.unit).exists() and request.asked_by_id != case.holder_id:
            require_sharing(case, request.unit, now=now)
            take_in(case, unit=request.unit, contact=_contact_for(request), actor=actor, now=now)
        _answer(request, JoinState.ACCEPTED, actor, now)
        record(
            EventKind.JOIN_ACCEPTED,
            at=now,
            actor=actor,
            case=case,
            unit=request.unit,
            person=request.asked_by,
            about=request,
        )
        return request


@again_after_deadlock
def decline_join_request(
    *, join_request: JoinRequest, reason: DeclineReason, actor: User, now: datetime
) -> JoinRequest:
    """Say no to the asking unit, as the holder, with a reason. The unit may then open a case of its own."""
    with changing(join_request.case_id, now=now) as case:
        request = _answerable(case, join_request, actor, now)
        request.decline_reason = reason
        _answer(request, JoinState.DECLINED, actor, now)
        record(
            EventKind.JOIN_DECLINED,
            at=now,
            actor=actor,
            case=case,
            unit=request.unit,
            person=request.asked_by,
            about=request,
            reason=reason.code,
        )
        return request


@again_after_deadlock
def withdraw_join_request(*, join_request: JoinRequest, actor: User, now: datetime) -> JoinRequest:
    """Take one's own request back."""
    with changing(join_request.case_id, now=now) as case:
        who = actor_of(actor, now)
        request = case.join_requests.select_related("unit", "asked_by", "case").get(pk=join_request.pk)
        require_right(who.is_one_of(request.asked_by_id), who, case)
        _require_asked(request)
        withdraw_request(request, actor=actor, now=now, cause="asker")
        return request


def withdraw_request(request: JoinRequest, *, actor: User | None, now: datetime, cause: str) -> None:
    """End a request that has not been answered, in a case that is locked. ``cause``: why, a code."""
    request.state, request.answered_at = JoinState.WITHDRAWN, now
    request.save(update_fields=["state", "answered_at"])
    settle(request.case, now=now, settlement=Settlement.LAPSED, join_request=request)
    record(
        EventKind.JOIN_WITHDRAWN,
        at=now,
        actor=actor,
        case=request.case,
        unit=request.unit,
        person=request.asked_by,
        about=request,
        cause=cause,
    )


def _answerable(case: Case, request: JoinRequest, actor: User, now: datetime) -> JoinRequest:
    who = actor_of(actor, now)
    request = case.join_requests.select_related("unit", "asked_by", "case").get(pk=request.pk)
    sees_it = may_see_join_request(who, request)
    require_right(may_answer_join_request(who, request), who, case, sees_it=sees_it)
    _require_asked(request)
    require_open(case)
    return request


def _require_asked(request: JoinRequest) -> None:
    if request.state != JoinState.ASKED:
        raise MovedOn(
            _("This request is no longer waiting for an answer (%(state)s).") % {"state": request.get_state_display()}
        )


def _answer(request: JoinRequest, state: JoinState, actor: User, now: datetime) -> None:
    request.state, request.answered_by, request.answered_at = state, actor, now
    request.save(update_fields=["state", "answered_by", "answered_at", "decline_reason"])
    settle(request.case, now=now, settlement=Settlement.MET, join_request=request)


def _contact_for(request: JoinRequest) -> User:
    try:
        require_contact(request.asked_by, request.unit)
    except Refusal:
        return leader_for(request.unit, other_than=request.case.holder_id).user
    return request.asked_by
