"""Addresses: invitations, partnerships and requests to join."""

from __future__ import annotations

from django.urls import path

from coordination.web.invitations import answering, inviting, joining, partners

urlpatterns = [
    path("forloeb/<code:code>/inviter/", inviting.invite, name="invite"),
    path("invitationer/<int:pk>/", answering.invitation_page, name="invitation"),
    path("invitationer/<int:pk>/ja/", answering.accept, name="invitation_accept"),
    path("invitationer/<int:pk>/nej/", answering.decline, name="invitation_decline"),
    path("invitationer/<int:pk>/tilbagekald/", inviting.withdraw, name="invitation_withdraw"),
    path("invitationer/<int:pk>/peg-videre/", inviting.onward, name="onward"),
    path("invitationer/<int:pk>/ingen-andre/", inviting.drop, name="search_drop"),
    path("samarbejder/<int:pk>/faerdig/", partners.complete, name="partnership_complete"),
    path("samarbejder/<int:pk>/forlad/", partners.leave, name="partnership_leave"),
    path("samarbejder/<int:pk>/kontakt/", partners.contact, name="partnership_contact"),
    path("anmodninger/<int:pk>/", joining.join_request_page, name="join_request"),
    path("anmodninger/<int:pk>/traek-tilbage/", joining.join_withdraw, name="join_withdraw"),
]
