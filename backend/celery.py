"""The Celery app for production: workers and a static beat."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

app = Celery("involver")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
