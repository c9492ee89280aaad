"""Bases: why information may be shared."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordination.models.cases import Case
from coordination.models.people import User
from coordination.models.vocabularies import StatutoryBasis, UnitKind


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


class Giver(models.TextChoices):
    """Who gave a consent, by kind and never by name.

    Fixed in code: who can give one is the law's matter, and a list that could be edited would sooner or later name
    somebody.
    """

    BOTH = "both", _("both who have custody")
    SOLE = "sole", _("the one who has custody alone")
    ONE = "one", _("one of two who have custody; the other knows and agrees")
    YOUNG = "young", _("the young person, 15 or older")


class Basis(models.Model):
    """One basis of a case. A consent ends with the day ``ends_on``, which is included.

    A consent says which kinds of units it covers: ``covers_all``, or those in ``covers``. One that was recorded before
    that was asked for covers all, and does not say who gave it. What a legal basis covers stands with its own term.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="bases")
    kind = models.CharField(max_length=9, choices=BasisKind.choices)
    statutory = models.ForeignKey(StatutoryBasis, on_delete=models.PROTECT, null=True, related_name="+")
    given_by = models.CharField(max_length=5, choices=Giver.choices, null=True)  # noqa: DJ001 (not asked for before)
    given_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    covers_all = models.BooleanField(default=False, db_default=True)
    covers = models.ManyToManyField(UnitKind, through="BasisCover", related_name="+")
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
            models.CheckConstraint(
                condition=Q(given_by=None, given_on=None)
                | Q(kind="consent", given_by__isnull=False, given_on__isnull=False),
                name="basis_given_by_somebody_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(given_on=None) | Q(given_on__lte=F("ends_on")), name="basis_given_before_it_ends"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["ends_on"], condition=Q(state="active"), name="basis_active_by_end")]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def covered_kinds(self) -> frozenset[int] | None:
        """The ids of the kinds of units that it covers; None where it covers all of them."""
        source = self.statutory if self.statutory is not None else self
        return None if source.covers_all else frozenset(kind.pk for kind in source.covers.all())


class BasisCover(models.Model):
    """That a consent covers units of a kind."""

    basis = models.ForeignKey(Basis, on_delete=models.CASCADE, related_name="+")
    kind = models.ForeignKey(UnitKind, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["basis", "kind"], name="basis_covers_a_kind_once")]

    def __str__(self) -> str:
        return str(self.kind)
