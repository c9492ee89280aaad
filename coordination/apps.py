"""The domain app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CoordinationConfig(AppConfig):
    """Load the shipped vocabularies and deadline rules after every migration."""

    name = "coordination"
    verbose_name = _("Involver")

    def ready(self) -> None:
        """Ask to be called after migrations."""
        post_migrate.connect(load_defaults_after_migrate, sender=self)


def load_defaults_after_migrate(using: str = "default", **_kwargs: Any) -> None:
    """Add what is missing of the shipped defaults; what a municipality has edited stays as it is."""
    from coordination.defaults.loading import load_defaults

    load_defaults(using=using)
