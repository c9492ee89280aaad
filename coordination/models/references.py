"""References: where the record stands in a journal system. Encrypted at rest, never in a URL, a log or a message."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from coordination.models.cases import Case
from coordination.models.people import User
from coordination.models.units import Unit
from coordination.models.vocabularies import ReferenceSystem


class ReferencePurpose(models.TextChoices):
    """What a reference points at."""

    RECORD = "record"
    MINUTES = "minutes"


class Reference(models.Model):
    """(system, number) of a record elsewhere. ``unit`` is the unit it came from, which may always see it."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="references")
    purpose = models.CharField(max_length=7, choices=ReferencePurpose.choices, default=ReferencePurpose.RECORD)
    system = models.ForeignKey(ReferenceSystem, on_delete=models.PROTECT, related_name="+")
    sealed_number = models.BinaryField()
    number_index = models.BinaryField(max_length=32)
    index_key_id = models.CharField(
        max_length=40,
        blank=True,
        db_default="",
        help_text="Under which key the index is; none for a row from before cases had keys of their own.",
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["added_at", "id"]
        constraints: ClassVar = [
            # Minutes of many meetings may stand in one record.
            models.UniqueConstraint(
                fields=["case", "number_index"], condition=Q(purpose="record"), name="reference_record_once_per_case"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["number_index"], name="reference_by_index"),
            models.Index(fields=["index_key_id"], name="reference_by_index_key"),
        ]

    def __str__(self) -> str:
        return f"{self.system} ••••••"
