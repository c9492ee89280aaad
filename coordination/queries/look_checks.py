"""Looks that wait for a leader's answer, and those that a leader wants explained."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from coordination.models import LookAnswer, LookCheck, LookSample
from coordination.queries.visibility import at_or_below
from coordination.rules.actors import Actor


def may_answer(actor: Actor, sample: LookSample) -> bool:
    """Say whether the actor may answer: a leader of the unit, or of one above it."""
    return actor.leads(sample.unit)


def samples_seen_by(actor: Actor) -> QuerySet[LookSample]:
    """Find the samples that the actor may answer; matches ``may_answer``."""
    return LookSample.objects.filter(at_or_below(actor.led_paths, "unit__path"))


def samples_waiting_for(actor: Actor) -> list[LookSample]:
    """List what waits on the actor's desk: their own, and what has come up to them; each with ``waiting`` looks."""
    if not actor.led_paths:
        return []
    theirs = Q(leader_id__in=actor.persons) | Q(is_above=True)
    waiting = samples_seen_by(actor).filter(theirs, answered_at=None).select_related("unit", "leader")
    return list(waiting.annotate(waiting=Count("checks", filter=Q(checks__answer=""))))


def looks_to_explain(actor: Actor) -> QuerySet[LookCheck]:
    """Find the looks in the officer's municipalities that a leader wants explained, newest first."""
    below = at_or_below(actor.officer_paths, "sample__unit__path")
    asked = LookCheck.objects.filter(below, answer=LookAnswer.QUESTIONED)
    return asked.select_related("case", "viewer", "answered_by").order_by("-answered_at", "-pk")


def samples_late_for(actor: Actor) -> QuerySet[LookSample]:
    """Find the samples in the officer's municipalities that no leader has answered in time."""
    below = at_or_below(actor.officer_paths, "unit__path")
    late = LookSample.objects.filter(below, answered_at=None, due_on__lt=actor.today)
    return late.select_related("unit", "leader").order_by("due_on", "pk")
