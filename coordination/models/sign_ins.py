"""Tries to sign in: kept for an hour, to slow down whoever tries one password after another."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SignInAttempt(models.Model):
    """One try that has not succeeded. What was typed, and from where, are keyed hashes: nobody reads them back."""

    account = models.BinaryField(max_length=32)
    address = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "at"], name="sign_in_by_account"),
            models.Index(fields=["address", "at"], name="sign_in_by_address"),
            models.Index(fields=["at"], name="sign_in_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
