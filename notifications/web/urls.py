"""The addresses of what people are told, and how."""

from __future__ import annotations

from django.urls import path

from notifications.web import choices, devices, feeds, meetings, messages, receivers

app_name = "notifications"
urlpatterns = [
    path("besked/", messages.show_messages, name="bell"),
    path("besked/laest/", messages.read, name="read"),
    path("besked/valg/", choices.show_choices, name="choices"),
    path("enheder/<int:pk>/besked/", receivers.choose_receivers, name="receivers"),
    path("besked/push/", devices.add, name="device_add"),
    path("besked/push/<int:pk>/fjern/", devices.remove, name="device_remove"),
    path("service-worker.js", devices.show_worker, name="service_worker"),
    path("besked/kalenderadresse/", feeds.make, name="feed_make"),
    path("besked/kalenderadresse/fjern/", feeds.remove, name="feed_remove"),
    path("moeder/<int:pk>/kalender.ics", meetings.give, name="meeting_file"),
    # Logs leave out what follows the first part: see backend.logs.
    path("kalender/<str:token>.ics", feeds.read, name="feed"),
]
