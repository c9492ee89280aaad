"""Addresses: units, absence, signing in and out."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_http_methods

from coordination.web.directory import absence, views
from coordination.web.directory.signing import SignIn, SignOut

by_visit_or_form = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("enheder/", views.show_units, name="units"),
    path("enheder/<int:pk>/", views.show_unit, name="unit"),
    path("enheder/<int:pk>/kan/", views.edit_offers, name="unit_offers"),
    path("fravaer/", absence.show_absence, name="absence"),
    path("fravaer/<int:pk>/slut/", absence.end, name="absence_end"),
    path("ind/", by_visit_or_form(SignIn.as_view()), name="sign_in"),
    path("ud/", by_visit_or_form(SignOut.as_view()), name="sign_out"),
]
