"""What an event or a deadline is about: the row behind it, and where one reads more of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from coordination.models import (
    Absence,
    Agreement,
    Attendance,
    Basis,
    Case,
    Deadline,
    DeadlineKind,
    Event,
    EventKind,
    Handover,
    Invitation,
    JoinRequest,
    Meeting,
    Milestone,
    Partnership,
    Transition,
)
from notifications.models import Audience

_MODELS: dict[str, Any] = {
    model.__name__.lower(): model
    for model in (
        Absence,
        Agreement,
        Attendance,
        Basis,
        Case,
        Handover,
        Invitation,
        JoinRequest,
        Meeting,
        Milestone,
        Partnership,
        Transition,
    )
}
KINDS = tuple(_MODELS)
# What is said of a row, or of whom it is, beside its own columns.
_WITH: dict[str, tuple[str, ...]] = {
    "invitation": ("sent_unit", "onward_unit"),
    "meeting": ("place", "room"),
    "partnership": ("invitation",),
    "attendance": ("meeting__place", "meeting__room"),
    "transition": ("from_unit", "to_unit"),
    "milestone": ("transition",),
}
# Pages that may be opened without seeing the case.
_PAGES = {"invitation": "invitation", "handover": "handover", "joinrequest": "join_request", "meeting": "meeting"}
_ASKS = frozenset(
    {
        EventKind.INVITATION_SENT,
        EventKind.INVITATION_OPENED_TO_UNIT,
        EventKind.HANDOVER_OFFERED,
        EventKind.BATON_REQUESTED,
        EventKind.JOIN_ASKED,
        EventKind.MEETING_CALLED,
        EventKind.MEETING_MOVED,
    }
)
# Told also to those who were asked, and who have never seen the case.
_TAKEN_BACK = frozenset(
    {
        EventKind.INVITATION_WITHDRAWN,
        EventKind.HANDOVER_WITHDRAWN,
        EventKind.BATON_REQUEST_WITHDRAWN,
        EventKind.TRANSITION_CANCELLED,
    }
)


def subjects_of(events: Iterable[Event], kinds: Iterable[str]) -> dict[tuple[str, int], Any]:
    """Read the rows of these kinds that the events happened to, by kind and id: one query a kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for event in events:
        if event.subject_id is not None:
            wanted[event.subject].add(event.subject_id)
    return {
        (kind, row.pk): row
        for kind in kinds
        if wanted[kind]
        for row in _MODELS[kind].objects.filter(pk__in=wanted[kind]).select_related(*_WITH.get(kind, ()))
    }


def path_of_event(event: Event) -> str:
    """Give the address at which one reads more: an ask's own page, else the case, else the desk."""
    if event.kind in _ASKS and event.subject in _PAGES:
        return reverse(_PAGES[event.subject], args=[event.subject_id])
    if event.kind in _TAKEN_BACK:
        return reverse("desk")
    if event.kind in (EventKind.JOIN_ACCEPTED, EventKind.JOIN_DECLINED, EventKind.JOIN_WITHDRAWN):
        return reverse("join_request", args=[event.subject_id])
    if event.subject == "transition":
        return reverse("transition", args=[event.subject_id])
    return reverse("case", args=[event.case.code]) if event.case else reverse("desk")


def path_of_deadline(deadline: Deadline, audience: Audience) -> str:
    """Give the address at which what is owed can be done, or where those who wait for it, or lead, may read of it."""
    kind = deadline.kind
    if kind == DeadlineKind.ANSWER_INVITATION and audience != Audience.ASKER:
        return reverse("invitation", args=[deadline.invitation_id])
    if kind == DeadlineKind.ANSWER_JOIN_REQUEST and audience != Audience.LEADER:
        return reverse("join_request", args=[deadline.join_request_id])
    if kind == DeadlineKind.ANSWER_HANDOVER and audience == Audience.OWNER:
        return reverse("handover", args=[deadline.handover_id])
    if audience == Audience.OWNER and (meeting_id := _meeting_of(deadline)) is not None:
        return reverse("meeting", args=[meeting_id])
    if deadline.move is not None and kind != DeadlineKind.NAME_RECEIVER:
        return reverse("transition", args=[deadline.move.pk])  # which the leaders of both units see
    # A leader need not see the case; their desk shows what has come up to them, and the way on where there is one.
    return reverse("desk") if audience == Audience.LEADER else reverse("case", args=[deadline.case.code])


def _meeting_of(deadline: Deadline) -> int | None:
    """Give the meeting that one is to answer about, or to take down."""
    return deadline.attendance.meeting_id if deadline.attendance else deadline.meeting_id
