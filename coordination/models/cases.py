"""Cases: one coordination around one challenge, always with somebody who holds the baton."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordination.models.people import User
from coordination.models.units import Unit
from coordination.models.vocabularies import CaseOutcome, Theme


class Urgency(models.TextChoices):
    """How soon partners are needed."""

    NORMAL = "normal", _("As usual")
    URGENT = "urgent", _("Urgent")


class CaseState(models.TextChoices):
    """Where a case is in its life."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class Case(models.Model):
    """One coordination. It holds no word about the child: a theme, who takes part, and what is due."""

    code = models.CharField(_("code"), max_length=9, unique=True)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, verbose_name=_("theme"), related_name="+")
    urgency = models.CharField(_("how soon"), max_length=6, choices=Urgency.choices, default=Urgency.NORMAL)
    state = models.CharField(max_length=6, choices=CaseState.choices, default=CaseState.OPEN)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="opened_cases")
    opened_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="opened_cases")
    opened_at = models.DateTimeField()
    holder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="held_cases")
    holder_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="held_cases")
    release_asked_at = models.DateTimeField(
        null=True,
        help_text="When the holder asked the leader to find another holder; cleared when the baton moves.",
    )
    last_event_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.ForeignKey(CaseOutcome, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-last_event_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state=CaseState.OPEN, closed_at=None, outcome=None)
                | Q(state=CaseState.CLOSED, closed_at__isnull=False, outcome__isnull=False),
                name="case_closed_iff_closed_at",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["holder", "-last_event_at"], name="case_by_holder"),
            models.Index(fields=["holder_unit", "state"], name="case_by_holder_unit"),
            models.Index(fields=["closed_at"], condition=Q(state="closed"), name="case_closed_by_time"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether the case has not been closed."""
        return self.state == CaseState.OPEN


class HoldingReason(models.TextChoices):
    """How the baton came to somebody."""

    OPENED = "opened", _("opened the case")
    HANDED_OVER = "handed_over", _("took the baton over")
    ASSIGNED = "assigned", _("was assigned by a leader")
    FELL = "fell", _("is the leader to whom the baton fell")
    REOPENED = "reopened", _("reopened the case")


class Holding(models.Model):
    """That somebody holds, or held, the baton of a case: its way through the case, stretch by stretch."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="holdings")
    holder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="holdings")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="holdings")
    reason = models.CharField(max_length=12, choices=HoldingReason.choices)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["began_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="holding_one_at_a_time"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="holding_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.holder}"
