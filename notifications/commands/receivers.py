"""Naming who in a unit is told when the unit is asked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock, lock_units
from coordination.errors import Forbidden, Unacceptable
from coordination.models import Membership, Unit, User
from coordination.queries.actors import actor_of
from notifications.models import Receiver


@again_after_deadlock
def name_receivers(*, unit: Unit, people: Collection[User], actor: User, now: datetime) -> None:
    """Name who is told of what the unit is asked; naming nobody: everybody in it. For those who lead it, or above.

    Raises ``Unacceptable`` for somebody who is not in the unit.
    """
    with transaction.atomic():
        [unit] = lock_units([unit.pk])
        if not (unit.is_open and actor_of(actor, now).leads(unit)):
            raise Forbidden(_("Only those who lead the unit choose who is told."))
        named = {person.pk for person in people}
        members = set(Membership.objects.live().filter(unit=unit).values_list("user_id", flat=True))
        if not named <= members:
            raise Unacceptable(_("Choose among the people of the unit."), field="people")
        Receiver.objects.filter(unit=unit).exclude(person_id__in=named).delete()
        Receiver.objects.bulk_create(
            [Receiver(unit=unit, person_id=person_id) for person_id in sorted(named)], ignore_conflicts=True
        )
