"""Addresses: opening a case, and asking to join one."""

from __future__ import annotations

from django.urls import path

from coordination.web.opening import views

urlpatterns = [
    path("forloeb/nyt/", views.open_case_page, name="open_case"),
    path("forloeb/nyt/partnere/", views.find_partners, name="open_case_partners"),
    path("forloeb/nyt/bed-om-at-vaere-med/", views.join_ask, name="join_ask"),
    path("forloeb/<code:code>/sendt/", views.case_opened, name="case_opened"),
]
