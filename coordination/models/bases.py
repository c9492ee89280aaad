"""Bases: why information may be shared."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.models.cases import Case
from coordination.models.people import User
from coordination.models.vocabularies import StatutoryBasis


class BasisKind(models.TextChoices):
    """What a basis rests on."""

    CONSENT = "consent", _("Consent")
    STATUTORY = "statutory", _("Legal basis")
    ANONYMOUS = "anonymous", _("Anonymous sparring")


class BasisState(models.TextChoices):
    """Where a basis is in its life."""

    ACTIVE = "active", _("Active")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")
    REPLACED = "replaced", _("Replaced by a newer one")


class Basis(models.Model):
    """One basis of a case. A consent ends with the day ``ends_on``, which is included."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="bases")
    kind = models.CharField(max_length=9, choices=BasisKind.choices)
    statutory = models.ForeignKey(StatutoryBasis, on_delete=models.PROTECT, null=True, related_name="+")
    ends_on = models.DateField(null=True)
    state = models.CharField(max_length=9, choices=BasisState.choices, default=BasisState.ACTIVE)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-recorded_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="active"), name="basis_one_active_per_case"),
            models.CheckConstraint(
                condition=Q(kind="consent", ends_on__isnull=False, statutory=None)
                | Q(kind="statutory", ends_on=None, statutory__isnull=False)
                | Q(kind="anonymous", ends_on=None, statutory=None),
                name="basis_has_what_its_kind_needs",
            ),
            models.CheckConstraint(
                condition=Q(state="active", ended_at=None) | ~Q(state="active") & Q(ended_at__isnull=False),
                name="basis_ended_iff_ended_at",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["ends_on"], condition=Q(state="active"), name="basis_active_by_end")]

    def __str__(self) -> str:
        return self.get_kind_display()
