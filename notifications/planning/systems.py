"""Which other systems are told of which events: of those in their unit and below it, since they were added."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from coordination.models import Event, Unit
from notifications.models import Webhook


def unit_of(event: Event) -> Unit | None:
    """Find the unit that an event belongs to: its own, else the holder's. None: it is about a person alone."""
    if event.unit is not None:
        return event.unit
    return event.case.holder_unit if event.case is not None else None


def is_told(webhook: Webhook, event: Event) -> bool:
    """Whether a webhook is told of an event. ``events_for`` finds the same."""
    unit = unit_of(event)
    return unit is not None and unit.place.startswith(webhook.unit.place) and event.at >= webhook.made_at


def events_for(webhook: Webhook) -> QuerySet[Event]:
    """Find all events that a webhook is told of."""
    below = webhook.unit.place
    own = Q(unit__path__startswith=below)
    holders = Q(unit=None, case__holder_unit__path__startswith=below)
    events: QuerySet[Event] = Event.objects.filter(own | holders, at__gte=webhook.made_at)
    return events
