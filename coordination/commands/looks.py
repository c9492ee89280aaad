"""Looking: every look at a case is logged, and one that cannot be logged does not happen."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.commands.bases import active_basis
from coordination.commands.changing import again_after_deadlock, record, require_right
from coordination.errors import Forbidden, Unacceptable, Unseen
from coordination.models import (
    AccessRecord,
    Case,
    EventKind,
    LookReason,
    Reference,
    ReferencePurpose,
    Transition,
    User,
)
from coordination.privacy.references import open_number
from coordination.queries.actors import actor_of
from coordination.queries.visibility import part_in, transitions_to_receive
from coordination.rules.access import Part, may_open_reference
from coordination.rules.actors import Actor
from coordination.rules.transitions import may_read_to_receive, may_see_transition


def look_at_case(*, case: Case, actor: User, now: datetime, part: Part | None = None) -> Part:
    """Log that the actor looks at the case, and say which part they play in it. Raises ``Unseen``.

    ``part``: the one they play, where it has been read a moment ago.
    """
    if part is None:
        part = part_in(actor_of(actor, now), case)
    if part == Part.NONE:
        raise Unseen(_("Not found."))
    AccessRecord.objects.create(case=case, viewer=actor, at=now)
    return part


def look_at_move(*, transition: Transition, actor: User, now: datetime) -> Part:
    """Log that the actor looks at a move, and say which part they play in its case: none for its receivers.

    Raises ``Unseen`` for whoever may not see the move.
    """
    who, case = actor_of(actor, now), transition.case
    part = part_in(who, case)
    if not may_see_transition(who, transition, part):
        raise Unseen(_("Not found."))
    AccessRecord.objects.create(case=case, viewer=actor, at=now)
    return part


@again_after_deadlock
def open_reference(*, reference: Reference, actor: User, now: datetime, reason: LookReason | None = None) -> str:
    """Give the number of a reference, and log it. A leader needs a reason, and the holder learns of it.

    The unit to which the child is being handed over reads the record, too, before it receives the child. Raises
    ``Unacceptable`` for a leader without a reason, ``Forbidden`` where the basis has ended.
    """
    with transaction.atomic():
        reference = Reference.objects.select_related("case__holder", "unit").get(pk=reference.pk)
        case = reference.case
        who = actor_of(actor, now)
        part = part_in(who, case)
        move = _move_to_receive(who, reference)
        require_right(part >= Part.LEADER or move is not None, who, case)
        basis = active_basis(case)
        reads_to_receive = move is not None and may_read_to_receive(who, move, reference, basis)
        if not reads_to_receive and not may_open_reference(who, part, reference, basis):
            raise Forbidden(_("The basis for sharing has ended. Only the unit that the reference is from can see it."))
        has_to_say_why = part == Part.LEADER and not reads_to_receive
        if has_to_say_why and reason is None:
            raise Unacceptable(_("Why do you need to see it? The holder is told."), field="reason")
        number = open_number(reference)
        AccessRecord.objects.create(case=case, viewer=actor, at=now, reference=reference, reason=reason)
        if has_to_say_why and reason is not None:
            record(
                EventKind.REFERENCE_OPENED,
                at=now,
                actor=actor,
                case=case,
                person=actor,
                about=reference,
                reason=reason.code,
            )
        return number


def _move_to_receive(who: Actor, reference: Reference) -> Transition | None:
    """Find the move of the case that a unit of the actor's own is asked to receive, where it is about its record."""
    if reference.purpose != ReferencePurpose.RECORD:
        return None
    return transitions_to_receive(who).filter(case_id=reference.case_id).first()
