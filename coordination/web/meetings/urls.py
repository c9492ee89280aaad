"""Addresses: meetings."""

from __future__ import annotations

from django.urls import path

from coordination.web.meetings import planning, views

urlpatterns = [
    path("forloeb/<code:code>/moede/", planning.call, name="meeting_call"),
    path("moeder/<int:pk>/", views.show, name="meeting"),
    path("moeder/<int:pk>/svar/", views.answer, name="meeting_answer"),
    path("moeder/<int:pk>/flyt/", planning.move, name="meeting_move"),
    path("moeder/<int:pk>/aflys/", planning.cancel, name="meeting_cancel"),
    path("moeder/<int:pk>/afholdt/", views.hold, name="meeting_hold"),
]
