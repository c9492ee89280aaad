"""Handovers: the baton offered by its holder, or asked for by a partner."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.models.cases import Case
from coordination.models.people import User
from coordination.models.units import Unit
from coordination.models.vocabularies import DeclineReason


class HandoverKind(models.TextChoices):
    """Who began it: the holder offers, or a partner asks."""

    OFFER = "offer", _("offered by the holder")
    REQUEST = "request", _("asked for by a partner")


class HandoverState(models.TextChoices):
    """Where a handover is in its life."""

    OFFERED = "offered", _("waiting for an answer")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Handover(models.Model):
    """The baton on its way to ``to_person`` in ``to_unit``. Until it is accepted the old holder holds it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="handovers")
    kind = models.CharField(max_length=7, choices=HandoverKind.choices, default=HandoverKind.OFFER)
    to_person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="handovers")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="handovers")
    stays_on = models.BooleanField(default=True, help_text="The old holder's unit stays as a partner.")
    state = models.CharField(max_length=9, choices=HandoverState.choices, default=HandoverState.OFFERED)
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="begun_handovers")
    begun_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    decline_reason = models.ForeignKey(DeclineReason, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["begun_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state="offered", kind="offer"),
                name="handover_one_offered_per_case",
            ),
            models.UniqueConstraint(
                fields=["case", "to_person"],
                condition=Q(state="offered", kind="request"),
                name="handover_one_request_per_case_and_person",
            ),
            models.CheckConstraint(
                condition=Q(state="offered", answered_at=None) | ~Q(state="offered") & Q(answered_at__isnull=False),
                name="handover_answered_iff_answered_at",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | Q(decline_reason__isnull=False),
                name="handover_declined_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} → {self.to_person}"
