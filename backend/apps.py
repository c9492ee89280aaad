"""The composition root as a Django app: it brings the system checks and the operators' commands."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class BackendConfig(AppConfig):
    """Register the system checks; where there is a broker, let its workers hear the doorbell."""

    name = "backend"

    def ready(self) -> None:
        """Importing the checks registers them."""
        from backend import checks  # noqa: F401

        if settings.HAS_BROKER:
            from backend.celery import app
            from notifications.doorbell import let_workers_hear

            let_workers_hear(app)
