"""Addresses: agreements."""

from __future__ import annotations

from django.urls import path

from coordination.web.agreements import views

urlpatterns = [
    path("forloeb/<code:code>/aftale/", views.make, name="agreement_make"),
    path("aftaler/<int:pk>/gjort/", views.done, name="agreement_done"),
    path("aftaler/<int:pk>/flyt/", views.move, name="agreement_move"),
    path("aftaler/<int:pk>/drop/", views.drop, name="agreement_drop"),
    path("aftaler/<int:pk>/se-igen/", views.look, name="agreement_look"),
]
