"""Rows of "Across": every unit that was asked or takes part, and what the reader may do about it."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.translation import gettext as _

from coordination.models import (
    DeadlineKind,
    Invitation,
    InvitationState,
    JoinRequest,
    Partnership,
    PartnershipEnd,
)
from coordination.rules.access import may_answer_invitation, may_answer_join_request, may_speak_for_partner
from coordination.web.cases.rows import Act, Reader, Row, link


def rows_across(reader: Reader) -> list[Row]:
    """Build the rows of those who take part, have been asked, or have to be looked for."""
    page = reader.page
    invitations = {invitation.pk: invitation for invitation in page.invitations}
    rows = [_asking_row(reader, request) for request in page.join_requests]
    for invitation in page.invitations:
        if invitation.state == InvitationState.SENT:
            rows.append(_sent_row(reader, invitation))
        elif _is_searched(reader, invitation):
            rows.append(_search_row(reader, invitation))
    rows += [
        _partner_row(reader, partnership, invitations.get(partnership.invitation_id or 0))
        for partnership in page.live_partnerships
        if (partnership.unit_id, partnership.contact_id) != (page.case.holder_unit_id, page.case.holder_id)
    ]
    return rows


def rows_before(reader: Reader) -> list[Row]:
    """Build the rows of those who no longer take part, or never did; the newest first."""
    page = reader.page
    ended = [
        (invitation.ended_at, _ended_invitation_row(reader, invitation))
        for invitation in page.invitations
        if invitation.ended_at is not None and not _is_searched(reader, invitation)
    ]
    ended += [
        (partnership.ended_at, _ended_partnership_row(reader, partnership))
        for partnership in page.partnerships
        if partnership.ended_at is not None and partnership.invitation_id is None
    ]
    return [row for _at, row in sorted(ended, key=lambda pair: str(pair[0]), reverse=True)]


def _is_searched(reader: Reader, invitation: Invitation) -> bool:
    return reader.page.due(DeadlineKind.FIND_PARTNER, invitation_id=invitation.pk) is not None


def _asking_row(reader: Reader, request: JoinRequest) -> Row:
    deadline = reader.page.due(DeadlineKind.ANSWER_JOIN_REQUEST, join_request_id=request.pk)
    acts = []
    if may_answer_join_request(reader.actor, request):
        acts.append(Act(_("Answer"), link("join_request", request.pk)))
    return Row(
        title=request.unit.name,
        state=reader.state_of(deadline),
        when=reader.answer_by(deadline),
        facts=[_("%(person)s asks to join") % {"person": request.asked_by.name}],
        acts=acts,
    )


def _sent_row(reader: Reader, invitation: Invitation) -> Row:
    deadline = reader.page.due(DeadlineKind.ANSWER_INVITATION, invitation_id=invitation.pk)
    acts = []
    if may_answer_invitation(reader.actor, invitation):
        acts.append(Act(_("Answer"), link("invitation", invitation.pk)))
    if reader.holds:
        acts.append(Act(_("Take back"), link("invitation_withdraw", invitation.pk)))
        acts += reader.note_acts("invitation", invitation.pk)
    is_late = deadline is not None and deadline.due_on < reader.today
    words = _("has not answered, {when}") if is_late else _("invited, {when}")
    return Row(
        title=invitation.unit.name,
        state=reader.state_of(deadline),
        when=format_html(words, when=reader.answer_by(deadline)),
        facts=[
            invitation.ask.label,
            *([invitation.person.name] if invitation.person is not None else []),
            *reader.notes_of("invitation", invitation.pk),
        ],
        acts=acts,
        href=link("unit", invitation.unit_id),
    )


def _search_row(reader: Reader, invitation: Invitation) -> Row:
    """A no that somebody still has to take onward."""
    deadline = reader.page.due(DeadlineKind.FIND_PARTNER, invitation_id=invitation.pk)
    onward, acts, facts = invitation.onward_unit, [], []
    if invitation.decline_reason is not None:
        facts.append(invitation.decline_reason.label)
    if onward is not None:
        facts.append(_("they point to %(unit)s") % {"unit": onward.name})
    elif deadline is not None and deadline.owner is not None:
        facts.append(_("%(person)s finds out who else can") % {"person": deadline.owner.name})
    if deadline is not None:
        facts.append(reader.by(deadline))
    if reader.holds:
        where = f"{link('invite', reader.page.case.code)}?efter={invitation.pk}"
        words = _("Ask %(unit)s instead") % {"unit": onward.name} if onward else _("Ask somebody else")
        acts.append(Act(words, where))
        acts.append(Act(_("Nobody else"), link("search_drop", invitation.pk)))
    owes = deadline is not None and reader.actor.is_one_of(deadline.owner_id)
    if onward is None and (owes or reader.actor.leads(reader.page.case.holder_unit)):
        acts.insert(0, Act(_("Point to somebody else"), link("onward", invitation.pk)))
    said_no = invitation.state == InvitationState.DECLINED
    return Row(
        title=invitation.unit.name,
        state=reader.state_of(deadline),
        when=_("said no") if said_no else _("has closed"),
        facts=facts,
        acts=acts,
        href=link("unit", invitation.unit_id),
    )


def _partner_row(reader: Reader, partnership: Partnership, invitation: Invitation | None) -> Row:
    is_mine = may_speak_for_partner(reader.actor, partnership)
    acts = []
    if is_mine or reader.holds:
        acts.append(Act(_("Finished"), link("partnership_complete", partnership.pk)))
    if is_mine:
        acts.append(Act(_("Another contact"), link("partnership_contact", partnership.pk)))
        acts.append(Act(_("Leave"), link("partnership_leave", partnership.pk)))
    facts = [_("contact: %(person)s") % {"person": partnership.contact.name}]
    if partnership.contact.phone:
        facts.append(partnership.contact.phone)
    if invitation is not None:
        facts += [invitation.ask.label, *reader.notes_of("invitation", invitation.pk)]
        acts += reader.note_acts("invitation", invitation.pk) if reader.holds else []
    return Row(
        title=partnership.unit.name,
        state="done",
        when=_("takes part"),
        facts=facts,
        acts=acts,
        href=link("unit", partnership.unit_id),
    )


def _ended_invitation_row(reader: Reader, invitation: Invitation) -> Row:
    said = {
        InvitationState.DECLINED: (_("said no"), invitation.decline_reason),
        InvitationState.WITHDRAWN: (_("the invitation was taken back"), None),
        InvitationState.COMPLETED: (_("finished its part"), invitation.outcome),
        InvitationState.LEFT: (_("left"), invitation.leave_reason),
    }
    words, why = said[InvitationState(invitation.state)]
    title = invitation.unit.name
    if invitation.state == InvitationState.DECLINED and invitation.onward_unit is not None:
        title = f"{invitation.unit.name} → {invitation.onward_unit.name}"
    facts = [why.label] if why is not None else []
    if invitation.ended_at is not None:
        facts.append(reader.day(invitation.ended_at))
    return Row(title=title, state="ended", when=words, facts=facts)


def _ended_partnership_row(reader: Reader, partnership: Partnership) -> Row:
    facts = [reader.day(partnership.ended_at)] if partnership.ended_at is not None else []
    words = str(PartnershipEnd(partnership.end).label)
    return Row(title=partnership.unit.name, state="ended", when=words, facts=list(facts))
