"""Whom e-mail does not reach, for those who lead them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from coordination.models import LEADING, Membership, Unit
from coordination.queries.visibility import at_or_below
from coordination.rules.actors import Actor
from coordination.rules.escalations import units_answered_for
from notifications.models import Channel, Message, MessageState


@dataclass(frozen=True)
class Unreachable:
    """Somebody whose last e-mail could not be delivered, and since when it is known."""

    name: str
    unit: str
    address: str
    since: datetime


def unreachable_people(actor: Actor) -> list[Unreachable]:
    """List those whom the actor is the nearest leader of, and whose last e-mail could not be delivered.

    Somebody who leads a unit themselves stands with the leader beside or above them. Three queries; none for those who
    lead nobody.
    """
    if not actor.led_paths:
        return []
    units = Unit.objects.filter(at_or_below(actor.led_paths, "path")).values_list("pk", "path")
    leading = Membership.objects.live().leading().filter(at_or_below(actor.led_paths, "unit__path"))
    answered = units_answered_for(
        [(pk, path or "") for pk, path in units], leading.values_list("unit_id", "role", "user_id"), actor.persons
    )
    ended = Message.objects.filter(
        person=OuterRef("user_id"), channel=Channel.EMAIL, state__in=(MessageState.SENT, MessageState.DISCARDED)
    ).order_by("-pk")
    people = (
        Membership.objects.live()
        .filter(Q(unit_id__in=answered.nearest) | Q(unit_id__in=answered.nearest_or_above, role__in=LEADING))
        .exclude(user_id__in=actor.persons)
        .annotate(newest=Subquery(ended.values("state")[:1]), since=Subquery(ended.values("settled_at")[:1]))
        .filter(newest=MessageState.DISCARDED)
        .order_by("user__name", "user_id", "unit__name")
        .values_list("user__name", "unit__name", "user__email", "since")
    )
    return [Unreachable(*row) for row in people]
