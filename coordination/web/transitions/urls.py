"""Addresses: a child's move from one unit to the next."""

from __future__ import annotations

from django.urls import path

from coordination.web.transitions import changing, handing_over, landing, milestones, page, planning

urlpatterns = [
    path("forloeb/<code:code>/overgang/", planning.plan, name="transition_plan"),
    path("overgange/<int:pk>/", page.show, name="transition"),
    path("overgange/<int:pk>/naeste/", planning.plan_next, name="transition_plan_next"),
    path("overgange/<int:pk>/ny-dag/", changing.postpone, name="transition_postpone"),
    path("overgange/<int:pk>/modtager/", changing.name_receiver_of, name="transition_receiver"),
    path("overgange/<int:pk>/aflys/", changing.cancel, name="transition_cancel"),
    path("overgange/<int:pk>/overlever/", handing_over.hand_over_child, name="transition_hand_over"),
    path("overgange/<int:pk>/tag-imod/", handing_over.receive, name="transition_receive"),
    path("overgange/<int:pk>/nej/", handing_over.decline, name="transition_decline"),
    path("overgange/<int:pk>/faldet-til/", landing.say_how, name="transition_follow_up"),
    path("overgange/<int:pk>/se-tilbage/<int:unit_id>/", landing.review, name="transition_review"),
    path("milepaele/<int:pk>/naaet/", milestones.done, name="milestone_done"),
    path("milepaele/<int:pk>/ikke-noedvendig/", milestones.skip, name="milestone_skip"),
]
