"""Whether a municipality wants practical notes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock, lock_units, record
from coordination.errors import Forbidden, Unacceptable
from coordination.models import EventKind, NoteRule, PracticalNote, Unit, User


@again_after_deadlock
def switch_notes(*, root: Unit, is_on: bool, actor: User, now: datetime) -> bool:
    """Switch practical notes on or off in a municipality, as an administrator; say whether that changed anything.

    All notes of the municipality go where they are switched off.
    """
    with transaction.atomic():
        [root] = lock_units([root.pk])
        if not (actor.is_active and actor.is_staff):
            raise Forbidden(_("This is for somebody else to do."))
        if root.parent_id is not None:
            raise Unacceptable(_("Choose a municipality."), field="root")
        rule, _is_new = NoteRule.objects.select_for_update().get_or_create(root=root)
        if rule.is_on == is_on:
            return False
        rule.is_on = is_on
        rule.save(update_fields=["is_on"])
        if not is_on:
            PracticalNote.objects.filter(case__holder_unit__path__startswith=root.place).delete()
        record(EventKind.UNIT_CHANGED, at=now, actor=actor, unit=root, about=root, fields=["notes"])
        return True
