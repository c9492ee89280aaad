"""Case keys: each case has a key of its own, under which its references are encrypted."""

from __future__ import annotations

from django.db import models

from coordination.models.cases import Case


class CaseKey(models.Model):
    """The key of one case, itself sealed under a key of ``settings.REFERENCE_KEYS``.

    A table of its own: whoever has the references without it has nothing. It is what an erasure takes away first, and
    what a backup keeps apart.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="own_key")
    sealed_key = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.case} ••••••"
