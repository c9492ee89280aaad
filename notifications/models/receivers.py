"""Receivers: who in a unit is told when the unit is asked."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from coordination.models import Unit, User


class Receiver(models.Model):
    """That a person is told of what their unit is asked. Where a unit has named nobody, all its people are told."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="receivers")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "person"], name="receiver_once_per_unit")]

    def __str__(self) -> str:
        return f"{self.person}, {self.unit}"
