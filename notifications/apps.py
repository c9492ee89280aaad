"""The app for what time brings, and for telling people."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Name the app, have the doorbell rung, browsers watched, and the promises asked for."""

    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        """Install the doorbell, watch who signs in and out, and register what ``check_promises`` asks."""
        from notifications import doorbell
        from notifications.queries import promises  # noqa: F401 (it registers)
        from notifications.web import devices

        doorbell.install()
        devices.watch_who_sits_there()
