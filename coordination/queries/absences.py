"""Who is away, who can stand in, and for whom somebody may say so."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from coordination.models import Absence, Membership, Unit, User
from coordination.queries.names import has_words
from coordination.queries.visibility import at_or_below
from coordination.rules.actors import Actor

MOST_COLLEAGUES = 100
MOST_FOUND = 20


def people_spoken_for(actor: Actor) -> QuerySet[User]:
    """Everybody whose absence the actor may set: themselves, and those in the units they lead or stand in for leading.

    Not those they stand in for: only the one who is away, or their leader, says when they are back.
    """
    oneself = actor.persons & {actor.user.pk}
    below = Membership.objects.live().filter(at_or_below(actor.led_paths, "unit__path")).values("user")
    return User.objects.filter(Q(pk__in=oneself) | Q(pk__in=below), is_active=True)


def people_led(actor: Actor, words: str = "") -> list[User]:
    """List those in the very units that the actor leads; with ``words`` those found by name further below, too."""
    others = User.objects.exclude(pk=actor.user.pk).order_by("name", "pk")
    if words:
        found = others.filter(has_words(words, "name"), pk__in=people_spoken_for(actor).values("pk"))
        return list(found[:MOST_FOUND])
    closest = Membership.objects.live().filter(unit__path__in=actor.led_paths).values("user")
    return list(others.filter(pk__in=closest)[:MOST_COLLEAGUES])


def absences_spoken_for(actor: Actor) -> QuerySet[Absence]:
    """Absences that are not over, of everybody whom the actor may speak for."""
    return (
        Absence.objects.filter(user__in=people_spoken_for(actor).values("pk"), last_on__gte=actor.today)
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
