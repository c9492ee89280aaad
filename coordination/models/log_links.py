"""The chain: one link for every event and every look, by which a row that was changed, removed or added shows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from coordination.models.append_only import AppendOnly


class Log(models.TextChoices):
    """Which log a row stands in."""

    EVENT = "event"
    ACCESS = "access"


class LogLink(AppendOnly):
    """One link: which row it holds fast, as it was, and the chain up to it. Positions are 1, 2, 3 … without a gap.

    ``case_number``: the id of the row's case, a mere number, so that the link outlives the case. ``digest``: SHA-256 of
    the row; ``chain``: SHA-256 of the chain before it and of this link. See ``coordination.privacy.chain``.
    """

    position = models.BigIntegerField(primary_key=True)
    log = models.CharField(max_length=6, choices=Log.choices)
    row_id = models.BigIntegerField()
    case_number = models.BigIntegerField(null=True)
    digest = models.BinaryField(max_length=32)
    chain = models.BinaryField(max_length=32)
    linked_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["log", "row_id"], name="log_link_once_per_row")]

    def __str__(self) -> str:
        return f"{self.position}: {self.log} {self.row_id}"


class LogCleared(AppendOnly):
    """That a log was cleared of what was linked before ``before``; only such rows may be deleted."""

    log = models.CharField(max_length=6, choices=Log.choices)
    before = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["log", "before"], name="log_cleared_by_log")]

    def __str__(self) -> str:
        return f"{self.log} < {self.before:%Y-%m-%d}"
