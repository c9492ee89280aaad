"""Devices: browsers that somebody has let Involver push to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordination.models import User


class Device(models.Model):
    """One browser's push address, with the public key that messages to it are encrypted for."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    endpoint = models.URLField(max_length=600, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=60, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering: ClassVar = ["added_at", "id"]

    def __str__(self) -> str:
        return self.name or str(self.pk)
