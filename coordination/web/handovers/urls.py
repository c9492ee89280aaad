"""Addresses: the baton on its way."""

from __future__ import annotations

from django.urls import path

from coordination.web.handovers import assigning, offering, views

urlpatterns = [
    path("forloeb/<code:code>/overdrag/", offering.offer, name="handover_offer"),
    path("forloeb/<code:code>/bed-om-afloesning/", assigning.release, name="release"),
    path("forloeb/<code:code>/bed-om-afloesning/tilbagekald/", assigning.withdraw, name="release_withdraw"),
    path("forloeb/<code:code>/udpeg-tovholder/", assigning.assign, name="assign"),
    path("samarbejder/<int:pk>/bed-om-tovholderrollen/", offering.request_it, name="baton_request"),
    path("overdragelser/<int:pk>/", views.show, name="handover"),
    path("overdragelser/<int:pk>/ja/", views.accept, name="handover_accept"),
    path("overdragelser/<int:pk>/nej/", views.decline, name="handover_decline"),
    path("overdragelser/<int:pk>/tilbagekald/", views.withdraw, name="handover_withdraw"),
]
