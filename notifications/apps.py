"""The app for what time brings, and for telling people."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Name the app."""

    name = "notifications"
    verbose_name = _("Notifications")
