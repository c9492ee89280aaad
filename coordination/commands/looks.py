"""Looking: every look at a case is logged, and one that cannot be logged does not happen."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.commands.bases import active_basis
from coordination.commands.changing import again_after_deadlock, record, require_right
from coordination.errors import Forbidden, Unacceptable, Unseen
from coordination.models import AccessRecord, Case, EventKind, LookReason, Reference, User
from coordination.privacy.references import open_number
from coordination.queries.actors import actor_of
from coordination.queries.visibility import part_in
from coordination.rules.access import Part, may_open_reference


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


@again_after_deadlock
def open_reference(*, reference: Reference, actor: User, now: datetime, reason: LookReason | None = None) -> str:
    """Give the number of a reference, and log it. A leader needs a reason, and the holder learns of it.

    Raises ``Unacceptable`` for a leader without a reason, ``Forbidden`` for a partner where the basis has ended.
    """
    with transaction.atomic():
        reference = Reference.objects.select_related("case__holder", "unit").get(pk=reference.pk)
        case = reference.case
        who = actor_of(actor, now)
        part = part_in(who, case)
        require_right(part >= Part.LEADER, who, case)
        if not may_open_reference(who, part, reference, active_basis(case)):
            raise Forbidden(_("The basis for sharing has ended. Only the unit that the reference is from can see it."))
        if part == Part.LEADER and reason is None:
            raise Unacceptable(_("Why do you need to see it? The holder is told."), field="reason")
        number = open_number(reference)
        AccessRecord.objects.create(case=case, viewer=actor, at=now, reference=reference, reason=reason)
        if part == Part.LEADER and reason is not None:
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
