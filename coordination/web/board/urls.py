"""Addresses: the board of moves, and cohorts."""

from __future__ import annotations

from django.urls import path

from coordination.web.board import acting, cohorts, views

urlpatterns = [
    path("overgange/", views.show, name="board"),
    path("overgange/kalender/", views.show_calendar, name="board_calendar"),
    path("overgange/udskriv/", views.show_list, name="board_print"),
    path("overgange/tabel.csv", views.download, name="board_csv"),
    path("overgange/se-tilbage/", acting.review, name="board_review"),
    path("overgange/<int:pk>/mind-om/", acting.remind, name="board_remind"),
    path("overgange/aargang/", cohorts.choose, name="cohort"),
    path("overgange/aargang/liste.csv", cohorts.download, name="cohort_csv"),
    path("overgange/aargang/fil/", cohorts.take_file, name="cohort_file"),
    path("overgange/aargang/se-foerst/", cohorts.preview, name="cohort_preview"),
    path("overgange/aargang/planlaeg/", cohorts.plan, name="cohort_plan"),
]
