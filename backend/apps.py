"""The composition root as a Django app: it brings the system checks and the operators' commands."""

from __future__ import annotations

from django.apps import AppConfig


class BackendConfig(AppConfig):
    """Register the system checks."""

    name = "backend"

    def ready(self) -> None:
        """Importing the checks registers them."""
        from backend import checks  # noqa: F401
