"""Transitions: a child's move from one unit to another, its milestones, and whether the child landed well."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordination.models.cases import Case
from coordination.models.people import User
from coordination.models.templates import TransitionTemplate
from coordination.models.units import Unit
from coordination.models.vocabularies import (
    CancelReason,
    DeclineReason,
    MilestoneKind,
    MissingKnowledge,
    NotRelevantReason,
)


class TransitionState(models.TextChoices):
    """Where a transition is in its life; the last three are ends."""

    PLANNED = "planned", _("planned")
    HANDED_OVER = "handed_over", _("handed over")
    RECEIVED = "received", _("received")
    LANDED = "landed", _("followed up")
    REVIEWED = "reviewed", _("reviewed")
    LEFT = "left", _("has moved away")
    CANCELLED = "cancelled", _("cancelled")


LIVE_TRANSITION = (
    TransitionState.PLANNED,
    TransitionState.HANDED_OVER,
    TransitionState.RECEIVED,
    TransitionState.LANDED,
)


class Landing(models.TextChoices):
    """How the child landed."""

    WELL = "well", _("has landed well")
    NEEDS_MORE = "needs_more", _("needs more support")
    KNOWLEDGE_MISSING = "knowledge_missing", _("knowledge was missing")


class TransitionQuerySet(models.QuerySet["Transition"]):
    """Transitions, open or ended."""

    def live(self) -> TransitionQuerySet:
        """Keep those that have not come to an end."""
        return self.filter(state__in=LIVE_TRANSITION)


class Transition(models.Model):
    """A move on the day ``move_on``. ``to_unit`` is empty while nobody is known who receives, or for a move away.

    It keeps the version of the template that it was planned with. ``follows``: the move that this one goes on from.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="transitions")
    template = models.ForeignKey(TransitionTemplate, on_delete=models.PROTECT, related_name="transitions")
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="transitions_out")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="transitions_in")
    move_on = models.DateField()
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    state = models.CharField(max_length=11, choices=TransitionState.choices, default=TransitionState.PLANNED)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    moves_baton = models.BooleanField(default=True, help_text="Who receives the child takes the baton over as well.")
    handed_over_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    handed_over_at = models.DateTimeField(null=True)
    contact = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="transitions_received")
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(null=True)
    landing = models.CharField(max_length=17, choices=Landing.choices, blank=True)
    missing = models.ForeignKey(MissingKnowledge, on_delete=models.PROTECT, null=True, related_name="+")
    landed_at = models.DateTimeField(null=True)
    decline_reason = models.ForeignKey(DeclineReason, on_delete=models.PROTECT, null=True, related_name="+")
    declined_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    onward_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", help_text="To whom a no has pointed."
    )
    cancel_reason = models.ForeignKey(CancelReason, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = TransitionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["move_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(to_unit=None) | ~Q(to_unit=F("from_unit")), name="transition_to_another_unit"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("planned", "cancelled")) | Q(handed_over_at__isnull=False),
                name="transition_handed_over_first",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("received", "landed", "reviewed")) | Q(received_at__isnull=False),
                name="transition_received_first",
            ),
            models.CheckConstraint(
                condition=Q(landing="knowledge_missing", missing__isnull=False)
                | ~Q(landing="knowledge_missing") & Q(missing=None),
                name="transition_missing_iff_knowledge_missing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("landed", "reviewed"), landed_at__isnull=False) & ~Q(landing="")
                | ~Q(state__in=("landed", "reviewed")) & Q(landed_at=None, landing=""),
                name="transition_landed_iff_landing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("reviewed", "left", "cancelled"), ended_at__isnull=False)
                | ~Q(state__in=("reviewed", "left", "cancelled")) & Q(ended_at=None),
                name="transition_ended_iff_ended_at",
            ),
            models.UniqueConstraint(
                fields=["case", "from_unit", "move_on"],
                condition=~Q(state="cancelled"),
                name="transition_once_per_case_and_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["from_unit", "move_on"], name="transition_out_by_day"),
            models.Index(fields=["to_unit", "move_on"], name="transition_in_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.template.kind} {self.move_on}"

    @property
    def is_live(self) -> bool:
        """Whether it has not come to an end."""
        return self.state in LIVE_TRANSITION


class MilestoneState(models.TextChoices):
    """Where a milestone is."""

    OPEN = "open", _("open")
    DONE = "done", _("done")
    NOT_RELEVANT = "not_relevant", _("not relevant")


class Milestone(models.Model):
    """One step of a transition, owed by one of its two units."""

    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="milestones")
    kind = models.ForeignKey(MilestoneKind, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    is_senders = models.BooleanField(help_text="Owed by the unit that the child leaves; else by the one it comes to.")
    due_on = models.DateField()
    state = models.CharField(max_length=12, choices=MilestoneState.choices, default=MilestoneState.OPEN)
    reason = models.ForeignKey(NotRelevantReason, on_delete=models.PROTECT, null=True, related_name="+")
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["due_on", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["transition", "position"], name="milestone_once"),
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None) | ~Q(state="open") & Q(settled_at__isnull=False),
                name="milestone_settled_iff_settled_at",
            ),
            models.CheckConstraint(
                condition=Q(state="not_relevant", reason__isnull=False) | ~Q(state="not_relevant") & Q(reason=None),
                name="milestone_reason_iff_not_relevant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on}"


class Review(models.Model):
    """That the leader of one of the two units has reviewed a transition, and what is to be learned, by a code."""

    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="reviews")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["transition", "unit"], name="review_once_per_unit")]

    def __str__(self) -> str:
        return f"{self.transition}: {self.unit}"
