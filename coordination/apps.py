"""The domain app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CoordinationConfig(AppConfig):
    """Load the shipped vocabularies and deadline rules after every migration; let sessions begin at signing in."""

    name = "coordination"
    verbose_name = _("Involver")

    def ready(self) -> None:
        """Ask to be called after migrations, and when somebody signs in."""
        from coordination.web.sessions import begin_session

        user_logged_in.connect(begin_session)
        post_migrate.connect(load_defaults_after_migrate, sender=self)


def load_defaults_after_migrate(using: str = "default", **_kwargs: Any) -> None:
    """Add what is missing of the shipped defaults; what a municipality has edited stays as it is."""
    from coordination.defaults.loading import load_defaults

    load_defaults(using=using)
