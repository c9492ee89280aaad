"""Every address of Involver."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from backend import health

urlpatterns = [
    path("sprog/", login_not_required(set_language), name="set_language"),
    # One way to sign in: its limits and its second factor hold for administrators too.
    path("admin/login/", RedirectView.as_view(pattern_name="sign_in", query_string=True)),
    path("admin/", admin.site.urls),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("", include("coordination.web.urls")),
]
