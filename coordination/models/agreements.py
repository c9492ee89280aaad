"""Agreements: who does what by when, looked at again on a date. The wording stands in the minutes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordination.models.cases import Case
from coordination.models.people import User
from coordination.models.units import Unit
from coordination.models.vocabularies import AgreementKind, DropReason


class AgreementState(models.TextChoices):
    """Where an agreement is in its life."""

    OPEN = "open", _("open")
    DONE = "done", _("done")
    DROPPED = "dropped", _("dropped")
    ENDED = "ended", _("ended")


class LookResult(models.TextChoices):
    """What looking at an agreement again came to."""

    KEPT = "kept", _("We keep it")
    CHANGED = "changed", _("We change it")
    ENDED = "ended", _("It ends")


class Agreement(models.Model):
    """One thing that ``owner``, in ``unit``, does by ``due_on``; looked at again on ``look_again_on``."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="agreements")
    kind = models.ForeignKey(AgreementKind, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="agreements")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    look_again_on = models.DateField(null=True)
    state = models.CharField(max_length=7, choices=AgreementState.choices, default=AgreementState.OPEN)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    drop_reason = models.ForeignKey(DropReason, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None) | ~Q(state="open") & Q(settled_at__isnull=False),
                name="agreement_settled_iff_settled_at",
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | Q(drop_reason__isnull=False),
                name="agreement_dropped_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(look_again_on=None) | Q(look_again_on__gte=F("due_on")),
                name="agreement_looked_at_after_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.owner}"
