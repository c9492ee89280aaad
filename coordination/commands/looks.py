"""Looking: every look at a case is logged, and one that cannot be logged does not happen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

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
from coordination.queries.bases import active_basis
from coordination.queries.visibility import part_in, parts_in, transitions_to_receive
from coordination.rules.access import Part, is_in_force, kinds_of, may_open_reference, part_of
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
    _log_look(case=case, actor=actor, now=now)
    return part


def look_at_move(*, transition: Transition, actor: User, now: datetime) -> Part:
    """Log that the actor looks at a move, and say which part they play in its case: none for its receivers.

    Raises ``Unseen`` for whoever may not see the move.
    """
    who, case = actor_of(actor, now), transition.case
    part = part_in(who, case)
    if not may_see_transition(who, transition, part):
        raise Unseen(_("Not found."))
    _log_look(case=case, actor=actor, now=now)
    return part


def _log_look(*, case: Case, actor: User, now: datetime) -> None:
    """Write down that the actor looks at a case. Raises ``Unseen`` where it is being erased."""
    with unseen_where_erased(case.pk):
        AccessRecord.objects.create(case=case, viewer=actor, at=now)


@contextmanager
def unseen_where_erased(case_id: int) -> Iterator[None]:
    """Answer as if a case had never been where it is erased just now: the look at it cannot be logged any more."""
    try:
        yield
    except (IntegrityError, Reference.DoesNotExist):
        if Case.objects.filter(pk=case_id).exists():
            raise
        raise Unseen(_("Not found.")) from None


@again_after_deadlock
def open_reference(*, reference: Reference, actor: User, now: datetime, reason: LookReason | None = None) -> str:
    """Give the number of a reference, and log it. A leader needs a reason, and the holder learns of it.

    The unit to which the child is being handed over reads the record, too, before it receives the child. Raises
    ``Unacceptable`` for a leader without a reason, ``Forbidden`` where the basis has ended or covers other kinds.
    """
    with unseen_where_erased(reference.case_id), transaction.atomic():
        reference = Reference.objects.select_related("case__holder", "case__own_key", "unit").get(pk=reference.pk)
        case = reference.case
        who = actor_of(actor, now)
        parts = parts_in(case)
        part = part_of(who, parts)
        moves = _moves_to_receive(who, reference)
        require_right(part >= Part.LEADER or bool(moves), who, case)
        basis = active_basis(case)
        reads_to_receive = any(may_read_to_receive(who, move, reference, basis) for move in moves)
        if not reads_to_receive and not may_open_reference(who, part, reference, basis, kinds_of(who, parts)):
            if is_in_force(basis, who.today):
                raise Forbidden(_("The basis for sharing does not cover your unit. Ask the holder for one that does."))
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


def _moves_to_receive(who: Actor, reference: Reference) -> list[Transition]:
    """Find the moves of the case that units of the actor's own are asked to receive, where it is about its record."""
    if reference.purpose != ReferencePurpose.RECORD:
        return []
    return list(transitions_to_receive(who).filter(case_id=reference.case_id).select_related("to_unit"))
