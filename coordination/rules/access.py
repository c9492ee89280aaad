"""Who may do what: named pure functions over what has been read. DOMAIN "Who sees what" is their source.

Each has a matching queryset in ``coordination.queries.visibility``; a test holds that the two agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import NamedTuple

from coordination.models import (
    Agreement,
    Basis,
    BasisKind,
    BasisState,
    Case,
    Handover,
    HandoverKind,
    HandoverState,
    Invitation,
    InvitationState,
    JoinRequest,
    Partnership,
    Reference,
)
from coordination.rules.actors import Actor


class Part(IntEnum):
    """The part that somebody plays in a case, from none to the holder's."""

    NONE = 0
    RECEIPT = 1
    LEADER = 2
    PARTNER = 3
    HOLDER = 4


class Side(NamedTuple):
    """A unit that takes part, by its path and its kind, and the person who does so for it."""

    person_id: int
    path: str
    kind_id: int


@dataclass(frozen=True)
class Parts:
    """What a case says about who takes part, read at one moment. ``sides``: the holder's, and each partner's."""

    is_open: bool
    holder_id: int
    contact_ids: frozenset[int]
    former_ids: frozenset[int]
    sides: frozenset[Side]


def part_of(actor: Actor, parts: Parts) -> Part:
    """Say which part the actor plays: it begins with taking part and ends with it."""
    if parts.is_open:
        if parts.holder_id in actor.persons:
            return Part.HOLDER
        if actor.persons & parts.contact_ids:
            return Part.PARTNER
        if leads_in(actor, parts):
            return Part.LEADER
    if actor.persons & (parts.former_ids | parts.contact_ids | {parts.holder_id}):
        return Part.RECEIPT
    return Part.NONE


def leads_in(actor: Actor, parts: Parts) -> bool:
    """Say whether the actor leads a unit that takes part in the open case, or one above it, whatever else they are."""
    return parts.is_open and any(side.path.startswith(actor.led_paths) for side in parts.sides)


def kinds_of(actor: Actor, parts: Parts) -> frozenset[int]:
    """Give the kinds of the units for which the actor takes part; for a leader, of those below that take part."""
    part = part_of(actor, parts)
    if part < Part.LEADER:
        return frozenset()
    if part == Part.LEADER:
        return frozenset(side.kind_id for side in parts.sides if side.path.startswith(actor.led_paths))
    return frozenset(side.kind_id for side in parts.sides if side.person_id in actor.persons)


def may_hold(actor: Actor, case: Case) -> bool:
    """Say whether the actor may do what the holder does: they hold the baton, or stand in for the one who does."""
    return actor.is_one_of(case.holder_id)


def may_see_invitation(actor: Actor, invitation: Invitation) -> bool:
    """Say whether the actor may see the ask itself.

    The invited unit may while it waits; afterwards whoever answered it, as long as they are still of the unit.
    """
    if invitation.state == InvitationState.SENT:
        return actor.is_in(invitation.unit)
    return actor.is_one_of(invitation.answered_by_id) and actor.is_in(invitation.unit)


def may_answer_invitation(actor: Actor, invitation: Invitation) -> bool:
    """Say whether the actor may answer: somebody of the invited unit who has not asked it themselves."""
    return actor.is_in(invitation.unit) and actor.user.pk not in (
        invitation.sent_by_id,
        invitation.case.holder_id,
    )


def may_see_handover(actor: Actor, handover: Handover) -> bool:
    """Say whether the actor may see the handover itself: those who can answer it, and those who did."""
    if handover.state != HandoverState.OFFERED:
        return actor.is_one_of(handover.answered_by_id, handover.begun_by_id)
    return actor.is_one_of(handover.to_person_id, handover.begun_by_id, handover.case.holder_id)


def may_answer_handover(actor: Actor, handover: Handover) -> bool:
    """Say whether the actor may answer: an offer the one it is made to, a request the holder; never one's own."""
    asker, answerer = handover.case.holder_id, handover.to_person_id
    if handover.kind == HandoverKind.REQUEST:
        asker, answerer = answerer, asker
    return actor.is_one_of(answerer) and actor.user.pk not in (handover.begun_by_id, asker)


def may_answer_join_request(actor: Actor, request: JoinRequest) -> bool:
    """Say whether the actor may let the asker in: the holder, who has not asked it themselves."""
    return may_hold(actor, request.case) and actor.user.pk != request.asked_by_id


def may_see_join_request(actor: Actor, request: JoinRequest) -> bool:
    """Say whether the actor may see the request: the one who asked it, and the holder who is asked."""
    return actor.is_one_of(request.asked_by_id) or (request.case.is_open and may_hold(actor, request.case))


def has_asked(actor: Actor, ask: Invitation | Handover | JoinRequest) -> bool:
    """Say whether it was the actor who asked: they learn what was answered, also after their part has ended."""
    if isinstance(ask, Invitation):
        return actor.is_one_of(ask.sent_by_id)
    return actor.is_one_of(ask.begun_by_id if isinstance(ask, Handover) else ask.asked_by_id)


def may_speak_for_partner(actor: Actor, partnership: Partnership) -> bool:
    """Say whether the actor may complete, leave or name another contact: the contact, or a leader of the unit."""
    return actor.is_one_of(partnership.contact_id) or actor.leads(partnership.unit)


def may_do_agreement(actor: Actor, agreement: Agreement) -> bool:
    """Say whether the actor may mark an agreement as done or move it: its owner, or the holder."""
    return actor.is_one_of(agreement.owner_id, agreement.case.holder_id)


def may_note_agreement(actor: Actor, agreement: Agreement) -> bool:
    """Say whether the actor may write the note of an agreement: who may do it, and who made it."""
    return may_do_agreement(actor, agreement) or actor.is_one_of(agreement.made_by_id)


def may_assign(actor: Actor, case: Case, *, holder_is_away: bool, fell_to_leader: bool) -> bool:
    """Say whether a leader may move the baton at once: where the holder is away, agrees, or it fell to a leader."""
    frees = holder_is_away or fell_to_leader or case.release_asked_at is not None
    return actor.leads(case.holder_unit) and frees


def may_open_reference(
    actor: Actor, part: Part, reference: Reference, basis: Basis | None, kinds: frozenset[int]
) -> bool:
    """Say whether the actor may see the number: who takes part for a unit of a kind that the basis covers.

    Whoever is of the unit that the reference is from may without a basis, too. A leader may ask to (with a reason),
    under the same basis. ``kinds``: those of the units for which the actor takes part, as ``kinds_of`` has them.
    """
    if part < Part.LEADER:
        return False
    return actor.is_in(reference.unit) or any(sharing_is_allowed(basis, actor.today, kind) for kind in kinds)


def sharing_is_allowed(basis: Basis | None, today: date, kind_id: int) -> bool:
    """Say whether a reference may leave its own unit for one of this kind: a basis in force covers it."""
    return basis is not None and is_in_force(basis, today) and covers(basis, kind_id)


def is_in_force(basis: Basis | None, today: date) -> bool:
    """Say whether anything can be shared on a basis: it is active, and more than anonymous sparring.

    A consent ends with its last day, also where nothing has yet marked it as expired.
    """
    if basis is None or basis.state != BasisState.ACTIVE or basis.kind == BasisKind.ANONYMOUS:
        return False
    return basis.ends_on is None or basis.ends_on >= today


def covers(basis: Basis, kind_id: int) -> bool:
    """Say whether a basis covers units of a kind."""
    return basis.covered_kinds is None or kind_id in basis.covered_kinds
