"""Webhooks: other systems that are told of events."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordination.models import Unit


class Webhook(models.Model):
    """An address that is told of the events of a unit and all below it. Its secrets are sealed, as references are.

    One that does not answer is left alone until ``paused_until``, longer each time; ``failures`` counts how often in a
    row. ``failure`` is the code of the last time, never what the other side said.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, verbose_name=_("unit"), related_name="+")
    url = models.CharField(_("address"), max_length=300)
    sealed_secret = models.BinaryField()
    sealed_previous_secret = models.BinaryField(null=True, help_text="Signs as well, until the other side has changed.")
    previous_secret_until = models.DateTimeField(null=True)
    is_active = models.BooleanField(_("active"), default=True)
    made_at = models.DateTimeField(_("told since"), help_text=_("Of what happened before it is told nothing."))
    failures = models.PositiveIntegerField(default=0)
    failure = models.CharField(_("last failure"), max_length=40, blank=True)
    paused_until = models.DateTimeField(_("left alone until"), null=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "url"], name="webhook_once_per_unit")]

    def __str__(self) -> str:
        return self.name
