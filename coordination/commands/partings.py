"""What is left behind when somebody's part in a case ends: what they still owed does not die with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from coordination.commands.calling import call_person, release_person
from coordination.commands.changing import record
from coordination.commands.deadlines import settle
from coordination.commands.notes import end_notes
from coordination.models import (
    Agreement,
    AgreementState,
    Attendance,
    Case,
    DeadlineKind,
    EventKind,
    FormerContact,
    Handover,
    HandoverKind,
    HandoverState,
    Invitation,
    InvitationState,
    Meeting,
    MeetingState,
    Partnership,
    PartnershipEnd,
    Settlement,
    Unit,
    User,
)


def end_partnership(
    partnership: Partnership, *, end: PartnershipEnd, state: InvitationState, now: datetime, **answer: Any
) -> None:
    """End a partnership, and with it the invitation that it came from; ``answer`` fills the invitation's fields."""
    partnership.ended_at, partnership.end = now, end
    partnership.save(update_fields=["ended_at", "end"])
    if partnership.invitation_id:
        invitations = Invitation.objects.filter(pk=partnership.invitation_id)
        invitations.update(state=state, ended_at=now, **answer)
        for invitation in invitations:
            end_notes(invitation)


def take_in(case: Case, *, unit: Unit, contact: User, actor: User | None, now: datetime) -> Partnership:
    """Let a unit take part that was not invited; an invitation that still waits for its answer has become moot."""
    for invitation in case.invitations.filter(unit=unit, state=InvitationState.SENT).select_related("unit"):
        withdraw_invitation_of(invitation, actor=actor, now=now, cause="takes_part")
    return Partnership.objects.create(case=case, unit=unit, contact=contact, began_at=now)


def let_go_of_those_who_left(case: Case, *, actor: User | None, now: datetime) -> None:
    """Pass the open agreements of people who no longer take part on to the holder, and take their calls back."""
    taking_part = {case.holder_id, *case.partnerships.live().values_list("contact_id", flat=True)}
    for agreement in case.agreements.filter(state=AgreementState.OPEN).exclude(owner_id__in=taking_part):
        pass_agreement_on(agreement, to=case.holder, unit=case.holder_unit, actor=actor, now=now)
    for attendance in planned_attendances(case).exclude(person_id__in=taking_part):
        release_person(attendance, actor=actor, now=now)
    _withdraw_requests_of_those_who_left(case, actor=actor, now=now)


def _withdraw_requests_of_those_who_left(case: Case, *, actor: User | None, now: datetime) -> None:
    """Whoever asked for the baton as a contact asks for it no longer than they are one."""
    requests = case.handovers.filter(state=HandoverState.OFFERED, kind=HandoverKind.REQUEST)
    for request in requests.select_related("to_person", "to_unit"):
        if not case.partnerships.live().filter(unit=request.to_unit, contact=request.to_person).exists():
            withdraw_handover_of(request, actor=actor, now=now)


def pass_agreement_on(agreement: Agreement, *, to: User, unit: Unit, actor: User | None, now: datetime) -> None:
    """Let somebody else own an open agreement, by the same day."""
    agreement.owner, agreement.unit = to, unit
    agreement.save(update_fields=["owner", "unit"])
    agreement.deadlines.open().filter(kind=DeadlineKind.DO_AGREEMENT).update(owner=to, unit=unit)
    record(
        EventKind.AGREEMENT_PASSED_ON,
        at=now,
        actor=actor,
        case=agreement.case,
        unit=unit,
        person=to,
        about=agreement,
        agreement_kind=agreement.kind.code,
    )


def replace_contact(partnership: Partnership, *, contact: User, actor: User | None, now: datetime) -> None:
    """Name another contact person, who takes over agreements and calls to meetings of the one before."""
    case, before = partnership.case, partnership.contact
    latest = partnership.former_contacts.last()
    began_at = latest.ended_at if latest is not None else partnership.began_at
    FormerContact.objects.create(partnership=partnership, person=before, began_at=began_at, ended_at=now)
    partnership.contact = contact
    partnership.save(update_fields=["contact"])
    record(
        EventKind.CONTACT_CHANGED,
        at=now,
        actor=actor,
        case=case,
        unit=partnership.unit,
        person=contact,
        about=partnership,
        before=before.pk,
    )
    _withdraw_requests_of_those_who_left(case, actor=actor, now=now)
    if before.pk == case.holder_id or case.partnerships.live().filter(contact=before).exists():
        return  # they still take part in another way, and keep what they owe
    for agreement in case.agreements.filter(state=AgreementState.OPEN, owner=before):
        pass_agreement_on(agreement, to=contact, unit=partnership.unit, actor=actor, now=now)
    for attendance in planned_attendances(case).filter(person=before):
        meeting = attendance.meeting
        is_called = meeting.attendances.called().filter(person=contact).exists()
        release_person(attendance, actor=actor, now=now, instead=None if is_called else contact)
        if not is_called:
            call_person(meeting, person=contact, unit=partnership.unit, now=now)


def planned_attendances(case: Case) -> QuerySet[Attendance]:
    """Calls to meetings of the case that are still to be held, those taken back left out."""
    planned = Attendance.objects.called().filter(meeting__case=case, meeting__state=MeetingState.PLANNED)
    return planned.select_related("meeting__case", "person", "unit")


def move_to_another_place(meeting: Meeting, place: Unit, *, actor: User | None, now: datetime) -> None:
    """Move a planned meeting because the unit closes at which it was to be held, and say so; its time stays."""
    closed_id = meeting.place_id
    meeting.place, meeting.room = place, None
    meeting.moved_count += 1
    meeting.save(update_fields=["place", "room", "moved_count"])
    record(
        EventKind.MEETING_MOVED,
        at=now,
        actor=actor,
        case=meeting.case,
        unit=place,
        about=meeting,
        starts_at=meeting.starts_at,
        closed=closed_id,
    )


def cancel_planned(meeting: Meeting, *, actor: User | None, now: datetime) -> None:
    """Cancel a planned meeting, and say so."""
    meeting.state, meeting.settled_at = MeetingState.CANCELLED, now
    meeting.save(update_fields=["state", "settled_at"])
    end_notes(meeting)
    settle(meeting.case, now=now, settlement=Settlement.LAPSED, meeting=meeting)
    settle(meeting.case, now=now, settlement=Settlement.LAPSED, attendance__meeting=meeting)
    record(EventKind.MEETING_CANCELLED, at=now, actor=actor, case=meeting.case, unit=meeting.place, about=meeting)


def end_agreement(agreement: Agreement, *, actor: User | None, now: datetime) -> None:
    """End an open agreement because its case is closed, and say so."""
    agreement.state, agreement.settled_at = AgreementState.ENDED, now
    agreement.save(update_fields=["state", "settled_at"])
    end_notes(agreement)
    settle(agreement.case, now=now, settlement=Settlement.LAPSED, agreement=agreement)
    record(
        EventKind.AGREEMENT_ENDED,
        at=now,
        actor=actor,
        case=agreement.case,
        unit=agreement.unit,
        person=agreement.owner,
        about=agreement,
        agreement_kind=agreement.kind.code,
    )


def withdraw_handover_of(handover: Handover, *, actor: User | None, now: datetime) -> None:
    """End an offer or a request without an answer, and say so."""
    handover.state, handover.answered_at = HandoverState.WITHDRAWN, now
    handover.save(update_fields=["state", "answered_at"])
    settle(handover.case, now=now, settlement=Settlement.LAPSED, handover=handover)
    is_offer = handover.kind == HandoverKind.OFFER
    record(
        EventKind.HANDOVER_WITHDRAWN if is_offer else EventKind.BATON_REQUEST_WITHDRAWN,
        at=now,
        actor=actor,
        case=handover.case,
        unit=handover.to_unit,
        person=handover.to_person,
        about=handover,
    )


def withdraw_invitation_of(invitation: Invitation, *, actor: User | None, now: datetime, cause: str) -> None:
    """End an invitation that has not been answered, and say so. ``cause``: why, a code."""
    invitation.state, invitation.ended_at = InvitationState.WITHDRAWN, now
    invitation.save(update_fields=["state", "ended_at"])
    end_notes(invitation)
    settle(invitation.case, now=now, settlement=Settlement.LAPSED, invitation=invitation)
    record(
        EventKind.INVITATION_WITHDRAWN,
        at=now,
        actor=actor,
        case=invitation.case,
        unit=invitation.unit,
        about=invitation,
        cause=cause,
    )
