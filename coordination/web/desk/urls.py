"""Addresses: my desk, and the list of cases."""

from __future__ import annotations

from django.urls import path

from coordination.web.desk import cases, views

urlpatterns = [
    path("", views.show_desk, name="desk"),
    path("forloeb/", cases.show_cases, name="cases"),
    path("find/", cases.find_case, name="find_case"),
]
