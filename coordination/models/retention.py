"""Retention: how long things are kept, and what holds a case back from being erased."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordination.models.cases import Case
from coordination.models.people import User

DEFAULT_MONTHS = {"case": 12, "sparring": 12, "message": 6}
LONGEST_MONTHS = 120


class RetentionKind(models.TextChoices):
    """What is kept for a time that a municipality decides on."""

    CASE = "case", _("a case with a reference, after it was closed")
    SPARRING = "sparring", _("anonymous sparring, after it was closed")
    MESSAGE = "message", _("a message, after it was sent")


class RetentionRule(models.Model):
    """How many months something is kept; without a row, the default holds."""

    kind = models.CharField(_("what"), max_length=8, choices=RetentionKind.choices, unique=True)
    months = models.PositiveSmallIntegerField(
        _("months"),
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MONTHS)],
        help_text=_("From 1 to 120. Fewer than before holds for what is there, too: from the next round on it goes."),
    )

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=LONGEST_MONTHS), name="retention_rule_one_month_to_ten_years"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class RetentionHold(models.Model):
    """That a case is not erased while a complaint is dealt with. It goes with its case, once lifted."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="holds")
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["placed_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(lifted_at=None), name="retention_hold_one_per_case"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_at__gte=F("placed_at"), lifted_by__isnull=False),
                name="retention_hold_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.placed_at:%Y-%m-%d}"
