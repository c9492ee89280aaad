"""Every address of Involver."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from backend import health, metrics
from coordination.web.language import set_language

urlpatterns = [
    path("sprog/", set_language, name="set_language"),
    # One way to sign in: its limits and its second factor hold for administrators too.
    path("admin/login/", RedirectView.as_view(pattern_name="sign_in", query_string=True)),
    path("admin/", admin.site.urls),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("metrics", metrics.show_metrics),
    path("", include("notifications.web.urls")),
    path("", include("coordination.web.urls")),
]
