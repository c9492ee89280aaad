"""Every page of the domain, by area."""

from __future__ import annotations

from django.urls import include, path, register_converter

from coordination.web.converters import CodeConverter

AREAS = (
    "desk",
    "opening",
    "cases",
    "involvement",
    "invitations",
    "handovers",
    "agreements",
    "meetings",
    "notes",
    "board",
    "transitions",
    "directory",
    "figures",
    "protection",
    "erasing",
)

register_converter(CodeConverter, "code")

urlpatterns = [path("", include(f"coordination.web.{area}.urls")) for area in AREAS]
