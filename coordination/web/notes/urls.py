"""Addresses: practical notes."""

from __future__ import annotations

from django.urls import path

from coordination.web.notes import views

urlpatterns = [
    path("invitationer/<int:pk>/note/", views.of_invitation, name="invitation_note"),
    path("aftaler/<int:pk>/note/", views.of_agreement, name="agreement_note"),
    path("moeder/<int:pk>/note/", views.of_meeting, name="meeting_note"),
    path("noter/", views.kept, name="kept_notes"),
]
