"""Addresses: the figures of leaders."""

from __future__ import annotations

from django.urls import path

from coordination.web.figures import views

urlpatterns = [
    path("ledelse/", views.show_figures, name="figures"),
    path("ledelse/fil.<slug:kind>", views.send_file, name="figures_file"),
]
