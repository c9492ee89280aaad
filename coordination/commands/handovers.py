"""Handovers: the baton is offered, asked for, assigned. The old holder holds it until the new one has accepted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from coordination.commands.bases import require_sharing
from coordination.commands.batons import end_part_beside_baton, leader_for, move_baton
from coordination.commands.changing import (
    again_after_deadlock,
    changing,
    record,
    require_open,
    require_part,
    require_right,
)
from coordination.commands.deadlines import owe, settle
from coordination.commands.partings import withdraw_handover_of
from coordination.errors import MovedOn, Unacceptable
from coordination.models import (
    AssignReason,
    Case,
    DeadlineKind,
    DeclineReason,
    EventKind,
    Handover,
    HandoverKind,
    HandoverState,
    HoldingReason,
    Membership,
    Partnership,
    Settlement,
    Unit,
    User,
)
from coordination.queries.actors import actor_of, is_away
from coordination.rules.access import (
    Part,
    may_answer_handover,
    may_assign,
    may_hold,
    may_see_handover,
    may_speak_for_partner,
)
from coordination.rules.actors import Actor


@again_after_deadlock
def offer_handover(
    *, case: Case, to_person: User, to_unit: Unit, actor: User, now: datetime, stays_on: bool = True
) -> Handover:
    """Offer the baton to somebody in a unit. ``stays_on``: the holder's unit stays as a partner afterwards."""
    with changing(case.pk, now=now, people=[to_person.pk]) as case:
        who = actor_of(actor, now)
        require_right(may_hold(who, case), who, case)
        require_open(case)
        if to_person.pk == case.holder_id:
            raise Unacceptable(_("%(person)s holds the baton already.") % {"person": to_person.name}, field="to_person")
        if to_person.pk == actor.pk:
            raise Unacceptable(_("Offer the baton to somebody other than yourself."), field="to_person")
        require_member(to_person, to_unit, case)
        require_sharing(case, to_unit, now=now)
        if case.handovers.filter(kind=HandoverKind.OFFER, state=HandoverState.OFFERED).exists():
            raise MovedOn(_("The baton is offered to somebody already. Withdraw that first."))
        handover = Handover.objects.create(
            case=case,
            kind=HandoverKind.OFFER,
            to_person=to_person,
            to_unit=to_unit,
            stays_on=stays_on,
            begun_by=actor,
            begun_unit=case.holder_unit,
            begun_at=now,
        )
        owe(DeadlineKind.ANSWER_HANDOVER, case=case, unit=to_unit, owner=to_person, now=now, handover=handover)
        _record(EventKind.HANDOVER_OFFERED, handover, actor, now)
        return handover


@again_after_deadlock
def request_baton(*, partnership: Partnership, actor: User, now: datetime) -> Handover:
    """Ask, for a partner, to take the baton over; the holder answers. ``partnership`` names the contact it is for."""
    meant = partnership.contact_id
    with changing(partnership.case_id, now=now, people=[meant]) as case:
        who = actor_of(actor, now)
        partnership = case.partnerships.select_related("contact", "unit", "case").get(pk=partnership.pk)
        require_right(may_speak_for_partner(who, partnership), who, case)
        require_open(case)
        if partnership.ended_at is not None:
            raise MovedOn(_("%(unit)s no longer takes part.") % {"unit": partnership.unit.name})
        contact = partnership.contact
        if contact.pk != meant:  # nobody asks for them, and they are not locked
            raise MovedOn(
                _("%(person)s is the contact of %(unit)s now.")
                % {"person": contact.name, "unit": partnership.unit.name}
            )
        if contact.pk == case.holder_id:
            raise Unacceptable(_("%(person)s holds the baton already.") % {"person": contact.name})
        require_member(contact, partnership.unit, case)
        if case.handovers.filter(kind=HandoverKind.REQUEST, state=HandoverState.OFFERED, to_person=contact).exists():
            raise MovedOn(_("The holder has been asked already."))
        handover = Handover.objects.create(
            case=case,
            kind=HandoverKind.REQUEST,
            to_person=contact,
            to_unit=partnership.unit,
            begun_by=actor,
            begun_unit=partnership.unit,
            begun_at=now,
        )
        owe(
            DeadlineKind.ANSWER_HANDOVER,
            case=case,
            unit=case.holder_unit,
            owner=case.holder,
            now=now,
            handover=handover,
        )
        _record(EventKind.BATON_REQUESTED, handover, actor, now)
        return handover


@again_after_deadlock
def accept_handover(*, handover: Handover, actor: User, now: datetime) -> Handover:
    """Say yes to an offer, as the one it was made to, or to a request, as the holder: the baton moves at once."""
    with changing(handover.case_id, now=now, people=[handover.to_person_id]) as case:
        handover = _answerable(case, handover, actor, now)
        require_member(handover.to_person, handover.to_unit, case)
        is_offer = handover.kind == HandoverKind.OFFER
        if not is_offer:
            require_sharing(case, handover.to_unit, now=now)
        _answer(handover, HandoverState.ACCEPTED, actor, now)
        _record(
            EventKind.HANDOVER_ACCEPTED if is_offer else EventKind.BATON_REQUEST_ACCEPTED,
            handover,
            actor,
            now,
            before=case.holder_id,
        )
        if not handover.stays_on:
            end_part_beside_baton(case, actor=actor, now=now)
        move_baton(
            case,
            to_person=handover.to_person,
            to_unit=handover.to_unit,
            reason=HoldingReason.HANDED_OVER,
            stays_on=handover.stays_on,
            actor=actor,
            now=now,
        )
        return handover


@again_after_deadlock
def decline_handover(*, handover: Handover, reason: DeclineReason, actor: User, now: datetime) -> Handover:
    """Say no to an offer or a request, with a reason; the baton stays where it is."""
    with changing(handover.case_id, now=now) as case:
        handover = _answerable(case, handover, actor, now)
        handover.decline_reason = reason
        _answer(handover, HandoverState.DECLINED, actor, now)
        is_offer = handover.kind == HandoverKind.OFFER
        kind = EventKind.HANDOVER_DECLINED if is_offer else EventKind.BATON_REQUEST_DECLINED
        _record(kind, handover, actor, now, reason=reason.code)
        return handover


@again_after_deadlock
def withdraw_handover(*, handover: Handover, actor: User, now: datetime) -> Handover:
    """Take an offer back, as the holder, or a request, as the one who made it."""
    with changing(handover.case_id, now=now) as case:
        who = actor_of(actor, now)
        handover = case.handovers.select_related("to_person", "to_unit", "case").get(pk=handover.pk)
        is_offer = handover.kind == HandoverKind.OFFER
        allowed = may_hold(who, case) if is_offer else who.is_one_of(handover.begun_by_id, handover.to_person_id)
        _require_right_to(handover, case, who, allowed=allowed)
        withdraw_handover_of(handover, actor=actor, now=now)
        return handover


@again_after_deadlock
def ask_for_release(*, case: Case, actor: User, now: datetime) -> Case:
    """Ask, as the holder, that one's leader finds another holder; until then one holds the baton."""
    with changing(case.pk, now=now) as case:
        who = actor_of(actor, now)
        require_right(may_hold(who, case), who, case)
        require_open(case)
        if case.release_asked_at is not None or case.deadlines.open().filter(kind=DeadlineKind.ASSIGN_HOLDER).exists():
            raise MovedOn(_("A leader has been asked already."))
        leader = leader_for(case.holder_unit, other_than=case.holder_id)
        case.release_asked_at = now
        case.save(update_fields=["release_asked_at"])
        owe(DeadlineKind.ASSIGN_HOLDER, case=case, unit=leader.unit, owner=leader.user, now=now)
        record(
            EventKind.RELEASE_ASKED,
            at=now,
            actor=actor,
            case=case,
            unit=leader.unit,
            person=leader.user,
            about=case,
        )
        return case


@again_after_deadlock
def withdraw_release(*, case: Case, actor: User, now: datetime) -> Case:
    """Hold the baton on, as the holder who had asked for release: the leader no longer looks for somebody else."""
    with changing(case.pk, now=now) as case:
        who = actor_of(actor, now)
        require_right(may_hold(who, case), who, case)
        require_open(case)
        if case.release_asked_at is None:
            raise MovedOn(_("No leader is asked to find another holder any more."))
        asked = case.deadlines.open().select_related("owner", "unit").get(kind=DeadlineKind.ASSIGN_HOLDER)
        case.release_asked_at = None
        case.save(update_fields=["release_asked_at"])
        settle(case, now=now, settlement=Settlement.LAPSED, kind=DeadlineKind.ASSIGN_HOLDER)
        record(
            EventKind.RELEASE_WITHDRAWN,
            at=now,
            actor=actor,
            case=case,
            unit=asked.unit,
            person=asked.owner,
            about=case,
        )
        return case


@again_after_deadlock
def assign_holder(
    *,
    case: Case,
    to_person: User,
    to_unit: Unit,
    reason: AssignReason,
    actor: User,
    now: datetime,
) -> Case:
    """Move the baton at once, as a leader: only where the holder is away, has asked for it, or it fell to a leader.

    Whomever it fell to may be named, too: then they keep it, and nobody else is looked for.
    """
    with changing(case.pk, now=now, people=[to_person.pk]) as case:
        who = actor_of(actor, now)
        require_part(Part.LEADER, who, case)
        fell = case.holdings.filter(ended_at=None, reason=HoldingReason.FELL).exists()
        is_holder_away = is_away(case.holder_id, who.today)
        require_right(may_assign(who, case, holder_is_away=is_holder_away, fell_to_leader=fell), who, case)
        require_open(case)
        if to_person.pk == case.holder_id and not fell:
            raise Unacceptable(_("%(person)s holds the baton already.") % {"person": to_person.name}, field="to_person")
        require_member(to_person, to_unit, case)
        if not who.leads(to_unit):
            raise Unacceptable(_("Choose somebody in a unit that you lead."), field="to_person")
        require_sharing(case, to_unit, now=now)
        before = case.holder
        move_baton(
            case,
            to_person=to_person,
            to_unit=to_unit,
            reason=HoldingReason.ASSIGNED,
            stays_on=False,
            actor=actor,
            now=now,
        )
        record(
            EventKind.HOLDER_ASSIGNED,
            at=now,
            actor=actor,
            case=case,
            unit=to_unit,
            person=to_person,
            about=case,
            reason=reason.code,
            before=before.pk,
            kept=to_person.pk == before.pk,
        )
        return case


def require_member(person: User, unit: Unit, case: Case, *, field: str = "to_person") -> None:
    """Refuse to give the baton to somebody who does not work in the unit just now, or in another municipality."""
    is_member = Membership.objects.live().filter(user=person, unit=unit).exists()
    if not is_member or unit.root_id_or_self != case.holder_unit.root_id_or_self:
        raise Unacceptable(
            _("%(person)s is not in %(unit)s.") % {"person": person.name, "unit": unit.name},
            field=field,
        )


def _answerable(case: Case, handover: Handover, actor: User, now: datetime) -> Handover:
    who = actor_of(actor, now)
    handover = case.handovers.select_related("to_person", "to_unit", "case__holder").get(pk=handover.pk)
    _require_right_to(handover, case, who, allowed=may_answer_handover(who, handover))
    require_open(case)
    return handover


def _require_right_to(handover: Handover, case: Case, who: Actor, *, allowed: bool) -> None:
    """Refuse what is not theirs, or is no longer so.

    Whose move it was can have changed with the answer: whoever sees the handover is told that it has been answered.
    """
    is_over, sees_it = handover.state != HandoverState.OFFERED, may_see_handover(who, handover)
    require_right(allowed or (is_over and sees_it), who, case, sees_it=sees_it)
    if is_over:
        raise MovedOn(
            _("This handover is no longer waiting for an answer (%(state)s).") % {"state": handover.get_state_display()}
        )


def _answer(handover: Handover, state: HandoverState, actor: User, now: datetime) -> None:
    handover.state, handover.answered_by, handover.answered_at = state, actor, now
    handover.save(update_fields=["state", "answered_by", "answered_at", "decline_reason"])
    settle(handover.case, now=now, settlement=Settlement.MET, handover=handover)


def _record(kind: EventKind, handover: Handover, actor: User, now: datetime, **data: Any) -> None:
    record(
        kind,
        at=now,
        actor=actor,
        case=handover.case,
        unit=handover.to_unit,
        person=handover.to_person,
        about=handover,
        **data,
    )
