"""Addresses of the data-protection officer's pages."""

from __future__ import annotations

from django.urls import path

from coordination.web.protection import looks, views

urlpatterns = [
    path("databeskyttelse/", views.show_log, name="protection"),
    path("databeskyttelse/indsigt/", views.export, name="protection_export"),
    path("opslag/<int:pk>/", looks.show_sample, name="look_sample"),
]
