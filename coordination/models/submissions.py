"""Submissions: what a form or a call that was sent twice is answered with."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from coordination.models.people import User


class Submission(models.Model):
    """One key that a form carried, and where its sender was taken. The same key is carried out once."""

    key = models.UUIDField()
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    location = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "key"], name="submission_once")]
        indexes: ClassVar = [models.Index(fields=["made_at"], name="submission_by_age")]

    def __str__(self) -> str:
        return str(self.key)
