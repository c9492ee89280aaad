"""Addresses: noting that the child was heard, and that the parents took part."""

from __future__ import annotations

from django.urls import path

from coordination.models import InvolvementKind
from coordination.web.involvement import views

urlpatterns = [
    path("forloeb/<code:code>/barnet/", views.note, {"kind": InvolvementKind.CHILD}, name="child_heard"),
    path("forloeb/<code:code>/foraeldrene/", views.note, {"kind": InvolvementKind.PARENTS}, name="parents_involved"),
]
