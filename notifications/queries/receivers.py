"""Who in a unit is told when the unit is asked."""

from __future__ import annotations

from django.db.models import QuerySet

from coordination.models import Membership, Unit, User
from notifications.models import Receiver


def people_of(unit: Unit) -> QuerySet[User]:
    """Everybody in the unit."""
    return User.objects.filter(pk__in=Membership.objects.live().filter(unit=unit).values("user")).order_by("name", "pk")


def people_named(unit: Unit) -> QuerySet[User]:
    """Those named, as far as they are still in the unit; nobody: everybody is told."""
    return people_of(unit).filter(pk__in=Receiver.objects.filter(unit=unit).values("person"))
