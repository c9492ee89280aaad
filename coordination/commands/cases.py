"""Cases: opening, closing, reopening, and the references they hold."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.commands.bases import (
    ANONYMOUS,
    BasisDraft,
    add_basis,
    check_basis,
)
from coordination.commands.batons import require_leader
from coordination.commands.changing import (
    again_after_deadlock,
    changing,
    lock_people,
    lock_units,
    record,
    require_open,
    require_right,
)
from coordination.commands.deadlines import keep_next_step, owe, settle_closed
from coordination.commands.invitations import send_invitation
from coordination.commands.involvements import owe_all_involvement
from coordination.commands.join_requests import withdraw_request
from coordination.commands.keys import key_of
from coordination.commands.partings import (
    cancel_planned,
    end_agreement,
    end_partnership,
    withdraw_handover_of,
    withdraw_invitation_of,
)
from coordination.commands.same_references import SameReference, noting_who_met, require_few_met
from coordination.commands.transitions import end_transition, read_transition
from coordination.errors import MovedOn, Unacceptable
from coordination.models import (
    AgreementState,
    Ask,
    BasisKind,
    BasisState,
    Case,
    CaseOutcome,
    CaseState,
    DeadlineKind,
    ErasureRequest,
    EventKind,
    HandoverState,
    Holding,
    HoldingReason,
    InvitationState,
    JoinState,
    MeetingState,
    Membership,
    PartnershipEnd,
    Reference,
    ReferencePurpose,
    ReferenceSystem,
    ReopenReason,
    Theme,
    TransitionState,
    Unit,
    Urgency,
    User,
)
from coordination.privacy.references import (
    ReferenceLost,
    current_index_key,
    index_number,
    indexes_of,
    indexes_of_reference,
    read_number,
    seal_number,
)
from coordination.queries.actors import actor_of
from coordination.queries.bases import active_basis
from coordination.queries.same_reference import open_case_with, open_cases_with
from coordination.queries.visibility import part_in
from coordination.rules.access import Part, is_in_force, may_hold
from coordination.rules.codes import new_code


@dataclass(frozen=True)
class ReferenceDraft:
    """A reference as it is typed, before it is read and sealed."""

    system: ReferenceSystem
    number: str


@again_after_deadlock
def open_case(
    *,
    theme: Theme,
    ask: Ask,
    unit: Unit,
    invite: Sequence[tuple[Unit, User | None]],
    actor: User,
    now: datetime,
    urgency: Urgency = Urgency.NORMAL,
    reference: ReferenceDraft | None = None,
    basis: BasisDraft | None = None,
) -> Case:
    """Open a case and ask its partners in. Whoever opens it holds the baton, for the unit named.

    Without a reference it is anonymous sparring. Raises ``SameReference`` where the reference is on an open case, and
    ``TooManyMet`` for somebody who has met too many of those.
    """
    with noting_who_met(actor=actor, now=now), transaction.atomic():
        lock_units([invited.pk for invited, _person in invite])
        lock_people([actor.pk, *(person.pk for _invited, person in invite if person)])
        who = actor_of(actor, now)
        if not Membership.objects.live().filter(user=actor, unit=unit).exists():
            raise Unacceptable(_("Choose a unit that you belong to."), field="unit")
        require_leader(unit)
        if theme.is_retired:
            raise Unacceptable(_("Choose what it is about."), field="theme")
        if basis is not None:
            check_basis(basis, today=who.today)
        case = Case.objects.create(
            code=_unused_code(),
            theme=theme,
            urgency=urgency,
            opened_by=actor,
            opened_unit=unit,
            opened_at=now,
            holder=actor,
            holder_unit=unit,
            last_event_at=now,
        )
        Holding.objects.create(case=case, holder=actor, unit=unit, reason=HoldingReason.OPENED, began_at=now)
        record(
            EventKind.CASE_OPENED,
            at=now,
            actor=actor,
            case=case,
            unit=unit,
            person=actor,
            about=case,
            theme=theme.code,
        )
        if reference is None:
            add_basis(case, ANONYMOUS, actor=actor, now=now)
        else:
            _add_first_reference(case, reference, basis, actor=actor, now=now)
        for invited, person in invite:
            locked = Unit.objects.get(pk=invited.pk)
            send_invitation(case, unit=locked, ask=ask, person=person, actor=actor, now=now)
        owe_all_involvement(case, now=now)
        keep_next_step(case, now=now)
        return case


@again_after_deadlock
def add_reference(
    *, case: Case, reference: ReferenceDraft, actor: User, now: datetime, basis: BasisDraft | None = None
) -> Reference:
    """Add a reference, as the holder. It takes a basis: the one the case has, or another one."""
    with noting_who_met(actor=actor, now=now), changing(case.pk, now=now) as case:
        who = actor_of(actor, now)
        require_right(may_hold(who, case), who, case)
        require_open(case)
        if basis is not None:
            check_basis(basis, today=who.today)
        elif not is_in_force(active_basis(case), who.today):
            raise Unacceptable(_("A reference takes a consent or a legal basis."), field="basis")
        return _add_first_reference(case, reference, basis, actor=actor, now=now)


@again_after_deadlock
def close_case(*, case: Case, outcome: CaseOutcome, actor: User, now: datetime) -> Case:
    """Close a case, as its holder, with what came of it. Every open ask is answered by that; access ends."""
    with changing(case.pk, now=now) as case:
        who = actor_of(actor, now)
        # A former part is enough to be told that it has been closed.
        require_right(may_hold(who, case), who, case, sees_it=part_in(who, case) > Part.RECEIPT)
        require_open(case)
        _require_no_move_under_way(case)
        for invitation in case.invitations.filter(state=InvitationState.SENT).select_related("unit"):
            withdraw_invitation_of(invitation, actor=actor, now=now, cause="case_closed")
        for join_request in case.join_requests.filter(state=JoinState.ASKED).select_related("unit", "asked_by"):
            withdraw_request(join_request, actor=actor, now=now, cause="case_closed")
        for handover in case.handovers.filter(state=HandoverState.OFFERED).select_related("to_unit", "to_person"):
            withdraw_handover_of(handover, actor=actor, now=now)
        for partnership in case.partnerships.live().select_related("unit"):
            end_partnership(partnership, end=PartnershipEnd.CASE_CLOSED, state=InvitationState.COMPLETED, now=now)
            record(
                EventKind.PARTNERSHIP_ENDED,
                at=now,
                actor=actor,
                case=case,
                unit=partnership.unit,
                about=partnership,
                cause="case_closed",
            )
        for meeting in case.meetings.filter(state=MeetingState.PLANNED).select_related("place"):
            cancel_planned(meeting, actor=actor, now=now)
        for agreement in case.agreements.filter(state=AgreementState.OPEN).select_related("kind", "unit", "owner"):
            end_agreement(agreement, actor=actor, now=now)
        _end_moves(case, actor=actor, now=now)
        settle_closed(case, now=now)
        case.state, case.closed_at, case.outcome, case.release_asked_at = CaseState.CLOSED, now, outcome, None
        case.save(update_fields=["state", "closed_at", "outcome", "release_asked_at"])
        record(
            EventKind.CASE_CLOSED,
            at=now,
            actor=actor,
            case=case,
            unit=case.holder_unit,
            person=case.holder,
            about=case,
            outcome=outcome.code,
        )
        return case


@again_after_deadlock
def reopen_case(*, case: Case, reason: ReopenReason, actor: User, now: datetime) -> Case:
    """Open a closed case again, as the one who held it last; partners are asked in anew."""
    with noting_who_met(actor=actor, now=now), changing(case.pk, now=now, people=[case.holder_id]) as case:
        who = actor_of(actor, now)
        require_right(may_hold(who, case), who, case)
        if case.is_open:
            raise MovedOn(_("The case is open already."))
        if ErasureRequest.objects.filter(case=case).exists():
            raise MovedOn(_("The case is to be erased: the child or the parents have asked for it."))
        if not Membership.objects.live().filter(user=case.holder, unit=case.holder_unit).exists():
            raise Unacceptable(_("You are no longer in %(unit)s. Open a new case.") % {"unit": case.holder_unit.name})
        records = case.references.filter(purpose=ReferencePurpose.RECORD)
        if records.exists():
            require_few_met(actor=actor, now=now)
        _lock_systems(*records.values_list("system_id", flat=True))
        read = records.select_related("system", "case__own_key")
        indexes = [index for reference in read for index in indexes_of_reference(reference)]
        others = open_cases_with(indexes, unit=case.holder_unit).exclude(pk=case.pk)
        other = others.order_by("opened_at", "pk").first()
        if other is not None:
            raise SameReference(other, actor=actor, now=now)
        case.state, case.closed_at, case.outcome = CaseState.OPEN, None, None
        case.save(update_fields=["state", "closed_at", "outcome"])
        case.holdings.filter(ended_at=None).update(ended_at=now)
        Holding.objects.create(
            case=case, holder=case.holder, unit=case.holder_unit, reason=HoldingReason.REOPENED, began_at=now
        )
        record(
            EventKind.CASE_REOPENED,
            at=now,
            actor=actor,
            case=case,
            unit=case.holder_unit,
            person=case.holder,
            about=case,
            reason=reason.code,
        )
        owe_all_involvement(case, now=now)
        # One that ran out before still waits to be renewed; of one that was taken back nobody is reminded anew.
        wanted = case.bases.filter(kind=BasisKind.CONSENT, state__in=[BasisState.ACTIVE, BasisState.EXPIRED])
        for consent in wanted.filter(pk__in=case.bases.order_by("-pk").values("pk")[:1]):
            owe(
                DeadlineKind.RENEW_CONSENT,
                case=case,
                unit=case.holder_unit,
                owner=case.holder,
                now=now,
                due_on=consent.ends_on,
                basis=consent,
            )
        for agreement in case.agreements.filter(state=AgreementState.DONE, look_again_on__isnull=False):
            owe(
                DeadlineKind.LOOK_AGAIN,
                case=case,
                unit=case.holder_unit,
                owner=case.holder,
                now=now,
                due_on=agreement.look_again_on,
                agreement=agreement,
            )
        return case


def _require_no_move_under_way(case: Case) -> None:
    """Refuse to close while a child is between two units: whether it lands would be nobody's any more."""
    under_way = case.transitions.filter(state__in=(TransitionState.HANDED_OVER, TransitionState.RECEIVED))
    if under_way.exists():
        raise Unacceptable(_("A move is under way in this case. Follow it up first, or cancel it."))


def _end_moves(case: Case, *, actor: User, now: datetime) -> None:
    for transition in case.transitions.filter(state=TransitionState.PLANNED):
        end_transition(read_transition(case, transition), actor=actor, now=now, cause="case_closed")


def store_reference(
    case: Case,
    draft: ReferenceDraft,
    *,
    purpose: ReferencePurpose,
    unit: Unit,
    actor: User,
    now: datetime,
) -> Reference:
    """Read, seal and store a reference in a case that is locked."""
    number = read_number(draft.system, draft.number)
    same = case.references.filter(purpose=purpose, number_index__in=indexes_of(draft.system, number))
    if purpose == ReferencePurpose.RECORD and same.exists():
        raise MovedOn(_("The case has this reference already."), field="number")
    try:
        key = key_of(case)
    except ReferenceLost:
        raise Unacceptable(
            _("The key of this case is missing, so no number can be encrypted here. Whoever runs Involver can help."),
            field="number",
        ) from None
    uid = uuid.uuid4()
    return Reference.objects.create(
        uid=uid,
        case=case,
        purpose=purpose,
        system=draft.system,
        sealed_number=seal_number(number, key, uid=uid, case_code=case.code),
        number_index=index_number(draft.system, number),
        index_key_id=current_index_key(),
        unit=unit,
        added_by=actor,
        added_at=now,
    )


def _add_first_reference(
    case: Case, draft: ReferenceDraft, basis: BasisDraft | None, *, actor: User, now: datetime
) -> Reference:
    number = read_number(draft.system, draft.number)
    if basis is not None and basis.kind == BasisKind.ANONYMOUS:
        raise Unacceptable(_("A case with a reference is not anonymous."), field="basis")
    require_few_met(actor=actor, now=now)
    _lock_systems(draft.system.pk)
    other = open_case_with(draft.system, number, unit=case.holder_unit, other_than=case)
    if other is not None:
        raise SameReference(other, actor=actor, now=now)
    reference = store_reference(
        case, draft, purpose=ReferencePurpose.RECORD, unit=case.holder_unit, actor=actor, now=now
    )
    record(
        EventKind.REFERENCE_ADDED,
        at=now,
        actor=actor,
        case=case,
        unit=case.holder_unit,
        about=reference,
        system=draft.system.code,
    )
    if basis is not None:
        add_basis(case, basis, actor=actor, now=now)
    return reference


def _lock_systems(*system_ids: int) -> None:
    """Let those who look for the same reference go one after the other: two at once would each find no open case."""
    systems = ReferenceSystem.objects.select_for_update(no_key=True).filter(pk__in=system_ids)
    list(systems.order_by("pk").values_list("pk"))


def _unused_code() -> str:
    while True:
        code = new_code()
        if not Case.objects.filter(code=code).exists():
            return code
