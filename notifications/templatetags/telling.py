"""What pages of the domain show of who is told."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from coordination.models import Unit
from coordination.rules.actors import Actor
from notifications.queries.receivers import people_named
from notifications.queries.unreachable import unreachable_people

register = template.Library()


@register.inclusion_tag("notifications/_unreachable.html", takes_context=True)
def people_out_of_reach(context: Context) -> dict[str, Any]:
    """Show a leader whom e-mail does not reach; nothing to everybody else."""
    actor = context.get("actor")
    return {"people": unreachable_people(actor) if isinstance(actor, Actor) else [], "today": context.get("today")}


@register.simple_tag
def receivers_named(unit: Unit) -> list[str]:
    """Name those who are told when the unit is asked; nobody: everybody in it."""
    return list(people_named(unit).values_list("name", flat=True))
