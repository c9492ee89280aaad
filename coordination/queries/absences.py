"""Who is away, who can stand in, and for whom somebody may say so."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from coordination.models import Absence, Membership, Unit, User
from coordination.queries.names import has_words
from coordination.queries.visibility import at_or_below

MOST_COLLEAGUES = 100
MOST_FOUND = 20


def led_paths_of(user: User) -> tuple[str, ...]:
    """Give the paths of the units that somebody leads themselves."""
    led = Membership.objects.live().leading().filter(user=user).values_list("unit__path", flat=True)
    return tuple(sorted(path for path in led if path))


def people_spoken_for(user: User) -> QuerySet[User]:
    """Everybody whose absence the user may set: themselves, and those in the units they lead."""
    below = Membership.objects.live().filter(at_or_below(led_paths_of(user), "unit__path")).values("user")
    return User.objects.filter(Q(pk=user.pk) | Q(pk__in=below), is_active=True)


def people_led(user: User, words: str = "") -> list[User]:
    """List those in the very units that somebody leads; with ``words`` those found by name further below, too."""
    led = led_paths_of(user)
    if words:
        found = people_spoken_for(user).exclude(pk=user.pk).filter(has_words(words, "name"))
        return list(found.order_by("name", "pk")[:MOST_FOUND])
    closest = Membership.objects.live().filter(unit__path__in=led).values("user")
    return list(User.objects.filter(pk__in=closest).exclude(pk=user.pk).order_by("name", "pk")[:MOST_COLLEAGUES])


def absences_spoken_for(user: User, today: date) -> QuerySet[Absence]:
    """Absences that are not over, of the user and of those in the units they lead."""
    return (
        Absence.objects.filter(user__in=people_spoken_for(user).values("pk"), last_on__gte=today)
        .select_related("user", "stand_in")
        .order_by("first_on", "pk")
    )


def colleagues_of(person: User) -> list[User]:
    """List those who work in one of the person's own units."""
    units = person.memberships.live().values("unit")
    others = Membership.objects.live().filter(unit__in=units).exclude(user=person).values("user")
    return list(User.objects.filter(pk__in=others).order_by("name", "pk")[:MOST_COLLEAGUES])


def possible_stand_ins(person: User) -> QuerySet[User]:
    """Everybody else in the person's municipality."""
    own = Membership.objects.live().filter(user=person).values("unit")
    roots = Unit.objects.filter(pk__in=own).annotate(top=Coalesce("root_id", "pk")).values("top")
    there = Membership.objects.live().filter(Q(unit__root_id__in=roots) | Q(unit_id__in=roots)).values("user")
    return User.objects.filter(pk__in=there, is_active=True).exclude(pk=person.pk)


def find_stand_ins(person: User, words: str) -> list[User]:
    """Find by name somebody in the person's municipality who could stand in."""
    if not words.split():
        return []
    return list(possible_stand_ins(person).filter(has_words(words, "name")).order_by("name", "pk")[:MOST_FOUND])
