"""Every page of the domain, by area."""

from __future__ import annotations

from django.urls import include, path

AREAS = ("desk", "opening", "cases", "invitations", "handovers", "agreements", "meetings", "directory")

urlpatterns = [path("", include(f"coordination.web.{area}.urls")) for area in AREAS]
