"""Addresses: what the data-protection officer does for a child or its parents."""

from __future__ import annotations

from django.urls import path

from coordination.web.erasing import cases, subjects

urlpatterns = [
    path("databeskyttelse/barn/", subjects.look_up, name="subject"),
    path("databeskyttelse/barn/fil/", subjects.hand_out, name="subject_file"),
    path("databeskyttelse/forloeb/", cases.find_one, name="outside_find"),
    path("databeskyttelse/forloeb/<code:code>/", cases.show, name="outside"),
    path("databeskyttelse/forloeb/<code:code>/slet/", cases.erase, name="outside_erase"),
    path("databeskyttelse/forloeb/<code:code>/behold/", cases.hold, name="outside_hold"),
    path("databeskyttelse/forloeb/<code:code>/slip/", cases.let_go, name="outside_let_go"),
    path("databeskyttelse/forloeb/<code:code>/bed-om-sletning/", cases.ask, name="outside_ask"),
    path("databeskyttelse/forloeb/<code:code>/traek-sletning-tilbage/", cases.take_back, name="outside_take_back"),
]
