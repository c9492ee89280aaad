"""Looks put before a leader: a few of each month, drawn by chance, to be found in order or to be explained."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.models.append_only import AppendOnly
from coordination.models.cases import Case
from coordination.models.people import User
from coordination.models.units import Unit
from coordination.models.vocabularies import LookReason


class LookDrawing(AppendOnly):
    """That looks of a month have been drawn in a municipality, were it none."""

    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="Its first day.")
    drawn_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["root", "month"], name="look_drawing_once_a_month")]

    def __str__(self) -> str:
        return f"{self.root} {self.month:%Y-%m}"


class LookSample(models.Model):
    """The looks of a month that one leader is to answer for, as the leader of ``unit``, by ``due_on``.

    ``told_until``: the day of the last time that somebody was told that it waits. ``is_above``: so was the next leader.
    """

    month = models.DateField(help_text="Its first day.")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    leader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="look_samples")
    drawn_at = models.DateTimeField()
    due_on = models.DateField()
    told_until = models.DateField()
    is_above = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [
            models.Index(fields=["leader"], condition=Q(answered_at=None), name="look_sample_open_by_leader"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.month:%Y-%m}"


class LookAnswer(models.TextChoices):
    """What a leader says of a look."""

    IN_ORDER = "in_order", _("Yes, it was in order")
    QUESTIONED = "questioned", _("No, I ask for an explanation")


class LookCheck(models.Model):
    """One look that was drawn. ``record_id`` is its row in the log, which may have been cleared since."""

    sample = models.ForeignKey(LookSample, on_delete=models.CASCADE, related_name="checks")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    viewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    record_id = models.BigIntegerField(unique=True)
    looked_at = models.DateTimeField()
    opened_reference = models.BooleanField(default=False)
    reason = models.ForeignKey(LookReason, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=10, choices=LookAnswer.choices, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["looked_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_at=None)
                | ~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False),
                name="look_check_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=models.F("viewer")),
                name="look_check_never_ones_own",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.viewer} {self.looked_at:%Y-%m-%d %H:%M}"
