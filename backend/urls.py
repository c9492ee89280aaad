"""Every address of Involver."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from backend import health, metrics
from coordination.web.directory.signing import ToSigningIn
from coordination.web.language import set_language

urlpatterns = [
    path("sprog/", set_language, name="set_language"),
    # One way to sign in: its limits and its second factor hold for administrators too.
    path("admin/login/", ToSigningIn.as_view()),
    path("admin/", admin.site.urls),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("metrics", metrics.show_metrics),
    path("", include("notifications.web.urls")),
    path("", include("coordination.web.urls")),
]
