"""Who somebody is on a day: their units, what they lead, and those they stand in for."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from coordination.models import LEADING, Absence, Membership, Role, User
from coordination.rules.actors import Actor


def actor_of(user: User, now: datetime) -> Actor:
    """Read what the rights of a person rest on at ``now``, on Danish days. A deactivated person has none."""
    today = timezone.localdate(now)
    if not user.is_active:
        return Actor(user=user, today=today, persons=frozenset(), units=frozenset(), led_paths=())
    persons = {user.pk, *stood_in_for(user.pk, today)}
    memberships = Membership.objects.in_force().filter(user_id__in=persons)
    places = list(memberships.values_list("user_id", "unit_id", "unit__path", "role"))
    working = [place for place in places if place[3] != Role.OFFICER]
    return Actor(
        user=user,
        today=today,
        persons=frozenset(persons),
        units=frozenset(unit_id for _person, unit_id, _path, _role in working),
        led_paths=tuple(sorted(path or "" for _person, _unit, path, role in working if role in LEADING)),
        officer_paths=tuple(
            sorted(path or "" for person, _unit, path, role in places if role == Role.OFFICER and person == user.pk)
        ),
    )


def stood_in_for(user_id: int, today: date) -> set[int]:
    """Find everybody whom the person stands in for today: those away, and those for whom these stand in."""
    found: set[int] = set()
    asked = {user_id}
    while asked:
        away = set(
            Absence.objects.filter(
                stand_in_id__in=asked, first_on__lte=today, last_on__gte=today, user__is_active=True
            ).values_list("user_id", flat=True)
        )
        asked = away - found - {user_id}
        found |= asked
    return found


def is_away(user_id: int, today: date) -> bool:
    """Whether the person has said to be away today."""
    return Absence.objects.filter(user_id=user_id, first_on__lte=today, last_on__gte=today).exists()
