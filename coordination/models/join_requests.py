"""Requests to join: somebody met the same reference, and asks the holder of the open case to be let in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.models.cases import Case
from coordination.models.people import User
from coordination.models.units import Unit
from coordination.models.vocabularies import DeclineReason, Theme


class JoinState(models.TextChoices):
    """Where a request to join is in its life."""

    ASKED = "asked", _("waiting for an answer")
    ACCEPTED = "accepted", _("said yes")
    DECLINED = "declined", _("said no")
    WITHDRAWN = "withdrawn", _("withdrawn")


class JoinRequest(models.Model):
    """Asked without knowing more than that a case exists; the asker sees no code before the holder says yes."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="join_requests")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="join_requests")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="join_requests")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=JoinState.choices, default=JoinState.ASKED)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    decline_reason = models.ForeignKey(DeclineReason, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "unit"], condition=Q(state="asked"), name="join_one_live_per_case_and_unit"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at=None) | ~Q(state="asked") & Q(answered_at__isnull=False),
                name="join_answered_iff_answered_at",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | Q(decline_reason__isnull=False),
                name="join_declined_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} → ?"
