"""Erasures: that a case was erased, and that somebody has asked for it. What stays says nothing about a child."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordination.models.append_only import AppendOnly
from coordination.models.cases import Case
from coordination.models.people import User


class ErasureCause(models.TextChoices):
    """Why a case was erased."""

    RETENTION = "retention", _("its time was over")
    SUBJECT_REQUEST = "subject request", _("the child or the parents asked for it")
    MISTAKE = "mistake", _("it was opened by mistake")


class Erasure(AppendOnly):
    """The receipt of an erasure. ``by``: None where time itself erased.

    ``case_number`` is the id that the case had; ``code_digest`` a keyed hash of its code, by which a backup in which it
    still is can be rid of it, and from which nobody learns the code.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case_number = models.BigIntegerField(unique=True)
    code_digest = models.BinaryField(max_length=32)
    cause = models.CharField(max_length=15, choices=ErasureCause.choices)
    closed_on = models.DateField()
    erased_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["erased_at", "id"]

    def __str__(self) -> str:
        return f"{self.case_number} {self.erased_at:%Y-%m-%d}"


class ErasureRequest(models.Model):
    """That the child or the parents want a case erased that is still open. It is, as soon as it has been closed."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="erasure_request")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["asked_at", "id"]

    def __str__(self) -> str:
        return f"{self.case} {self.asked_at:%Y-%m-%d}"
