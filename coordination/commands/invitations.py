"""Invitations and partnerships: asking a unit in, and what comes of it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from coordination.commands.bases import require_sharing
from coordination.commands.batons import leader_beside
from coordination.commands.changing import again_after_deadlock, changing, record, require_open, require_right
from coordination.commands.deadlines import owe, settle
from coordination.commands.notes import end_notes
from coordination.commands.partings import (
    end_partnership,
    let_go_of_those_who_left,
    replace_contact,
    withdraw_invitation_of,
)
from coordination.errors import MovedOn, Unacceptable
from coordination.models import (
    LIVE_INVITATION,
    Ask,
    Case,
    DeadlineKind,
    DeclineReason,
    EventKind,
    Invitation,
    InvitationState,
    LeaveReason,
    Membership,
    Partnership,
    PartnershipEnd,
    PartnershipOutcome,
    Settlement,
    Unit,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.visibility import part_in
from coordination.rules.access import (
    Part,
    may_answer_invitation,
    may_hold,
    may_see_invitation,
    may_speak_for_partner,
)


@again_after_deadlock
def invite_unit(
    *,
    case: Case,
    unit: Unit,
    ask: Ask,
    actor: User,
    now: datetime,
    person: User | None = None,
    follows: Invitation | None = None,
) -> Invitation:
    """Ask a unit, or one person in it, to join. ``follows``: the declined invitation that this one takes onward.

    Raises ``MovedOn`` where the unit has been asked already, ``Unacceptable`` for a closed unit, a person of another
    unit, or a reference that nothing allows to leave its own unit.
    """
    with changing(case.pk, now=now, units=[unit.pk], people=[person.pk] if person else []) as case:
        who = actor_of(actor, now)
        require_right(may_hold(who, case), who, case)
        require_open(case)
        unit = Unit.objects.select_related("root").get(pk=unit.pk)
        invitation = send_invitation(case, unit=unit, ask=ask, person=person, actor=actor, now=now)
        if follows is not None:
            _end_search(case.invitations.get(pk=follows.pk), Settlement.MET, now=now)
            invitation.follows = follows
            invitation.save(update_fields=["follows"])
        return invitation


def send_invitation(case: Case, *, unit: Unit, ask: Ask, person: User | None, actor: User, now: datetime) -> Invitation:
    """Send an invitation from a case that is locked, after checking that it may be sent."""
    if ask.is_retired:
        raise Unacceptable(_("Choose what you ask for."), field="ask")
    if not unit.is_open or unit.root_id_or_self != case.holder_unit.root_id_or_self:
        raise Unacceptable(_("%(unit)s cannot be invited.") % {"unit": unit.name}, field="units")
    if person is not None and not Membership.objects.live().filter(unit=unit, user=person).exists():
        raise Unacceptable(
            _("%(person)s is not in %(unit)s.") % {"person": person.name, "unit": unit.name}, field="person"
        )
    if person is not None and person.pk == case.holder_id:
        raise Unacceptable(_("You hold the baton already; invite somebody else."), field="person")
    if case.invitations.filter(unit=unit, state__in=LIVE_INVITATION).exists() or (
        case.partnerships.live().filter(unit=unit).exists()
    ):
        raise MovedOn(_("%(unit)s has been invited already.") % {"unit": unit.name}, field="units")
    require_sharing(case, unit, now=now)
    invitation = Invitation.objects.create(
        case=case, unit=unit, person=person, ask=ask, sent_by=actor, sent_unit=case.holder_unit, sent_at=now
    )
    owe(DeadlineKind.ANSWER_INVITATION, case=case, unit=unit, owner=person, now=now, invitation=invitation)
    record(
        EventKind.INVITATION_SENT,
        at=now,
        actor=actor,
        case=case,
        unit=unit,
        person=person,
        about=invitation,
        ask=ask.code,
    )
    return invitation


@again_after_deadlock
def accept_invitation(
    *, invitation: Invitation, actor: User, now: datetime, contact: User | None = None
) -> Partnership:
    """Say yes for the invited unit; ``contact``, the actor unless named, is its contact person from now on."""
    contact = contact or actor
    with changing(invitation.case_id, now=now, people=[contact.pk]) as case:
        invitation = _answerable(case, invitation, actor, now)
        require_contact(contact, invitation.unit)
        if contact.pk == case.holder_id:
            raise Unacceptable(_("The one who holds the baton cannot be a partner's contact too."), field="contact")
        if case.partnerships.live().filter(unit=invitation.unit).exists():
            raise MovedOn(_("%(unit)s takes part already.") % {"unit": invitation.unit.name})
        invitation.state = InvitationState.ACCEPTED
        invitation.answered_by, invitation.answered_at = actor, now
        invitation.save(update_fields=["state", "answered_by", "answered_at"])
        partnership = Partnership.objects.create(
            case=case, unit=invitation.unit, contact=contact, invitation=invitation, began_at=now
        )
        settle(case, now=now, settlement=Settlement.MET, invitation=invitation)
        record(
            EventKind.INVITATION_ACCEPTED,
            at=now,
            actor=actor,
            case=case,
            unit=invitation.unit,
            person=contact,
            about=invitation,
        )
        return partnership


@again_after_deadlock
def decline_invitation(
    *,
    invitation: Invitation,
    reason: DeclineReason,
    actor: User,
    now: datetime,
    onward: Unit | None = None,
) -> Invitation:
    """Say no for the invited unit, with a reason and a better partner. ``onward`` None: "I don't know who".

    With a unit onward the holder is to ask it; without, a leader is to find out.
    """
    with changing(invitation.case_id, now=now) as case:
        invitation = _answerable(case, invitation, actor, now)
        if onward is not None:
            onward = Unit.objects.get(pk=onward.pk)
            if not _can_be_pointed_to(onward, invitation):
                raise Unacceptable(_("Point to another unit, or say that you don't know who."), field="onward")
        invitation.state, invitation.ended_at = InvitationState.DECLINED, now
        invitation.answered_by, invitation.answered_at = actor, now
        invitation.decline_reason, invitation.onward_unit = reason, onward
        invitation.onward_unknown = onward is None
        invitation.save()
        end_notes(invitation)
        settle(case, now=now, settlement=Settlement.MET, invitation=invitation)
        if onward is not None:
            _owe_search(case, invitation, owner=case.holder, unit=case.holder_unit, now=now)
        else:
            leader = leader_beside(case)
            _owe_search(case, invitation, owner=leader.user, unit=leader.unit, now=now)
        record(
            EventKind.INVITATION_DECLINED,
            at=now,
            actor=actor,
            case=case,
            unit=invitation.unit,
            about=invitation,
            reason=reason.code,
            onward=onward.pk if onward else None,
        )
        return invitation


@again_after_deadlock
def point_onward(*, invitation: Invitation, onward: Unit, actor: User, now: datetime) -> Invitation:
    """Name, as the leader who was asked to find out, whom to ask instead; the holder then owes to ask them."""
    with changing(invitation.case_id, now=now) as case:
        who = actor_of(actor, now)
        invitation = case.invitations.select_related("unit").get(pk=invitation.pk)
        search = case.deadlines.open().filter(kind=DeadlineKind.FIND_PARTNER, invitation=invitation).first()
        is_asked = search is not None and who.is_one_of(search.owner_id)
        require_right(is_asked or who.leads(case.holder_unit), who, case)
        require_open(case)
        if search is None or invitation.onward_unit_id is not None:
            raise MovedOn(_("Somebody has already been found."))
        onward = Unit.objects.get(pk=onward.pk)
        if not _can_be_pointed_to(onward, invitation):
            raise Unacceptable(_("Point to another unit."), field="onward")
        invitation.onward_unit = onward
        invitation.save(update_fields=["onward_unit"])
        settle(case, now=now, settlement=Settlement.MET, pk=search.pk)
        _owe_search(case, invitation, owner=case.holder, unit=case.holder_unit, now=now)
        record(EventKind.ONWARD_POINTED, at=now, actor=actor, case=case, unit=onward, about=invitation)
        return invitation


@again_after_deadlock
def drop_search(*, invitation: Invitation, actor: User, now: datetime) -> None:
    """Say, as the holder, that nobody else needs to be asked after a no."""
    with changing(invitation.case_id, now=now) as case:
        who = actor_of(actor, now)
        require_right(may_hold(who, case), who, case)
        require_open(case)
        invitation = case.invitations.select_related("unit").get(pk=invitation.pk)
        _end_search(invitation, Settlement.LAPSED, now=now)
        record(EventKind.SEARCH_DROPPED, at=now, actor=actor, case=case, unit=invitation.unit, about=invitation)


@again_after_deadlock
def withdraw_invitation(*, invitation: Invitation, actor: User, now: datetime) -> Invitation:
    """Take back, as the holder, an invitation that has not been answered."""
    with changing(invitation.case_id, now=now) as case:
        who = actor_of(actor, now)
        require_right(may_hold(who, case), who, case)
        invitation = case.invitations.select_related("unit").get(pk=invitation.pk)
        _require_sent(invitation)
        withdraw_invitation_of(invitation, actor=actor, now=now, cause="holder")
        return invitation


@again_after_deadlock
def complete_partnership(
    *, partnership: Partnership, outcome: PartnershipOutcome, actor: User, now: datetime
) -> Partnership:
    """Say that a partner's part is done, and what came of it: said by the partner, or by the holder."""
    with changing(partnership.case_id, now=now) as case:
        partnership = _ending(case, partnership, actor, now, holder_may=True)
        end_partnership(
            partnership,
            end=PartnershipEnd.COMPLETED,
            state=InvitationState.COMPLETED,
            now=now,
            outcome=outcome,
        )
        record(
            EventKind.PARTNERSHIP_COMPLETED,
            at=now,
            actor=actor,
            case=case,
            unit=partnership.unit,
            about=partnership,
            outcome=outcome.code,
        )
        let_go_of_those_who_left(case, actor=actor, now=now)
        return partnership


@again_after_deadlock
def leave_case(*, partnership: Partnership, reason: LeaveReason, actor: User, now: datetime) -> Partnership:
    """Leave before one's part is done, as the partner, with a reason."""
    with changing(partnership.case_id, now=now) as case:
        partnership = _ending(case, partnership, actor, now, holder_may=False)
        end_partnership(partnership, end=PartnershipEnd.LEFT, state=InvitationState.LEFT, now=now, leave_reason=reason)
        record(
            EventKind.PARTNERSHIP_LEFT,
            at=now,
            actor=actor,
            case=case,
            unit=partnership.unit,
            about=partnership,
            reason=reason.code,
        )
        let_go_of_those_who_left(case, actor=actor, now=now)
        return partnership


@again_after_deadlock
def change_contact(*, partnership: Partnership, contact: User, actor: User, now: datetime) -> Partnership:
    """Name another contact person for a partner, as its contact or its leader."""
    with changing(partnership.case_id, now=now, people=[contact.pk]) as case:
        partnership = _ending(case, partnership, actor, now, holder_may=False)
        require_contact(contact, partnership.unit)
        if contact.pk in (partnership.contact_id, case.holder_id):
            raise Unacceptable(_("Choose somebody else."), field="contact")
        replace_contact(partnership, contact=contact, actor=actor, now=now)
        return partnership


def require_contact(person: User, unit: Unit) -> None:
    """Refuse a contact person who neither belongs to the unit nor leads it from above."""
    if not Membership.objects.live().filter(user=person, unit_id=unit.pk).exists() and not (
        Membership.objects.live().leading().filter(user=person, unit_id__in=unit.line).exists()
    ):
        raise Unacceptable(
            _("%(person)s is not in %(unit)s.") % {"person": person.name, "unit": unit.name}, field="contact"
        )


def _answerable(case: Case, invitation: Invitation, actor: User, now: datetime) -> Invitation:
    who = actor_of(actor, now)
    invitation = case.invitations.select_related("unit", "case").get(pk=invitation.pk)
    # One who could have answered, had nobody come first, is told that somebody did; anybody else learns nothing.
    sees_it = may_see_invitation(who, invitation)
    require_right(may_answer_invitation(who, invitation), who, case, sees_it=sees_it)
    _require_sent(invitation)
    require_open(case)
    return invitation


def _require_sent(invitation: Invitation) -> None:
    if invitation.state != InvitationState.SENT:
        raise MovedOn(
            _("This invitation is no longer waiting for an answer (%(state)s).")
            % {"state": invitation.get_state_display()}
        )


def _ending(case: Case, partnership: Partnership, actor: User, now: datetime, *, holder_may: bool) -> Partnership:
    who = actor_of(actor, now)
    partnership = case.partnerships.select_related("unit", "contact", "case").get(pk=partnership.pk)
    allowed = may_speak_for_partner(who, partnership) or (holder_may and may_hold(who, case))
    # Whoever spoke for it before it ended is told that it has; it is part of their receipt.
    sees_it = part_in(who, case) > Part.NONE
    require_right(allowed, who, case, sees_it=sees_it)
    if partnership.ended_at is not None:
        raise MovedOn(_("%(unit)s no longer takes part.") % {"unit": partnership.unit.name})
    require_open(case)
    return partnership


def _can_be_pointed_to(unit: Unit, invitation: Invitation) -> bool:
    """Whether a unit is another one, open, and of the same municipality."""
    is_other = unit.pk != invitation.unit_id
    return is_other and unit.is_open and unit.root_id_or_self == invitation.unit.root_id_or_self


def _owe_search(case: Case, invitation: Invitation, *, owner: User, unit: Unit, now: datetime) -> None:
    owe(DeadlineKind.FIND_PARTNER, case=case, unit=unit, owner=owner, now=now, invitation=invitation)


def _end_search(invitation: Invitation, settlement: Settlement, *, now: datetime) -> None:
    ended = settle(
        invitation.case, now=now, settlement=settlement, kind=DeadlineKind.FIND_PARTNER, invitation=invitation
    )
    if not ended:
        raise MovedOn(_("Nobody is being looked for after this no any more."))
