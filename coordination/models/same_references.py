"""The same child met twice: that somebody learned of an open case of others by its reference."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from coordination.models.append_only import AppendOnly
from coordination.models.cases import Case
from coordination.models.people import User


class ReferenceMet(AppendOnly):
    """That somebody typed the reference of an open case in which they take no part.

    ``case`` is None where they had met too many: then nothing was looked for. It is no look at the case, and nobody who
    takes part is shown it: that another unit has met the child is for that unit to tell, by asking to join.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["person", "-at"], name="reference_met_by_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.at:%Y-%m-%d %H:%M}"
