"""Ways to break what is promised of traces and of telling people: something is not passed on, or is missing."""

from __future__ import annotations

from typing import Any

from coordination.models import (
    Agreement,
    Attendance,
    Basis,
    Case,
    DeadlineKind,
    Event,
    EventKind,
    FormerContact,
    Handover,
    Invitation,
    Membership,
    OutboxEntry,
    Partnership,
    Reference,
    StepTaken,
    TransitionTemplate,
    User,
)
from notifications.models import Message, MessageState
from tests.builders import (
    day,
    on,
)
from tests.promises.breaking import Breaking
from tests.promises.living import NOW, Lived


def _released_by_nobody(lived: Lived) -> None:
    Attendance.objects.filter(person=lived.world.anna).update(answer="released", answered_at=NOW)
    lived.owed(DeadlineKind.ANSWER_MEETING).update(settled_at=NOW, settlement="lapsed")


def _followed_by_nobody(lived: Lived) -> None:
    partnership = Partnership.objects.live().latest("pk")
    FormerContact.objects.create(
        partnership=partnership, person=lived.world.mads, began_at=partnership.began_at, ended_at=NOW
    )


def _received_by_nobody(lived: Lived) -> None:
    """The baton is told to have gone with a child, and has not."""
    at = Case.objects.get(pk=lived.busy.pk).last_event_at
    told = Event.objects.create(kind=EventKind.TRANSITION_RECEIVED, at=at, case=lived.busy, data={"takes_baton": True})
    OutboxEntry.objects.create(event=told)


def _told_again(kind: EventKind, model: Any, **which: Any) -> Breaking:
    return lambda lived: lived.tell(kind, model.objects.filter(**which).first())


def _untold(kind: EventKind) -> Breaking:
    return lambda _lived: Message.objects.filter(event__kind=kind).delete()


def _forgotten(_lived: Lived) -> None:
    first = OutboxEntry.objects.filter(event__kind=EventKind.CASE_OPENED).order_by("pk")[0]
    OutboxEntry.objects.filter(pk=first.pk).update(relayed_at=None)


def _waiting_since(**times: Any) -> None:
    first = Message.objects.filter(state=MessageState.SENT).order_by("pk")[0]
    Message.objects.filter(pk=first.pk).update(state=MessageState.WAITING, settled_at=None, **times)


TRACES: dict[str, list[Breaking]] = {
    # 6 and 7
    "invitation_leaves_its_trace": [
        _told_again(kind, Invitation)
        for kind in (
            EventKind.INVITATION_SENT,
            EventKind.INVITATION_ACCEPTED,
            EventKind.INVITATION_DECLINED,
            EventKind.INVITATION_WITHDRAWN,
        )
    ],
    "partnership_leaves_its_trace": [
        _told_again(kind, Partnership)
        for kind in (EventKind.PARTNERSHIP_COMPLETED, EventKind.PARTNERSHIP_LEFT, EventKind.PARTNERSHIP_ENDED)
    ],
    "contact_leaves_its_trace": [
        _told_again(EventKind.CONTACT_CHANGED, Partnership, ended_at=None),
        _followed_by_nobody,
    ],
    "join_request_leaves_its_trace": [
        lambda lived, kind=kind: lived.tell(kind, lived.busy.join_requests.get())  # type: ignore[misc]
        for kind in (
            EventKind.JOIN_ASKED,
            EventKind.JOIN_ACCEPTED,
            EventKind.JOIN_DECLINED,
            EventKind.JOIN_WITHDRAWN,
        )
    ],
    "handover_leaves_its_trace": [
        _told_again(kind, Handover) for kind in EventKind if kind.startswith(("handover_", "baton_request"))
    ],
    "agreement_leaves_its_trace": [
        _told_again(EventKind.AGREEMENT_MADE, Agreement),
        _told_again(EventKind.AGREEMENT_DROPPED, Agreement),
    ],
    "meeting_leaves_its_trace": [
        lambda lived, kind=kind: lived.tell(kind, lived.busy.meetings.get())  # type: ignore[misc]
        for kind in (
            EventKind.MEETING_CALLED,
            EventKind.MEETING_HELD,
            EventKind.MEETING_CANCELLED,
            EventKind.MEETING_MOVED,
        )
    ],
    "released_call_leaves_its_trace": [_released_by_nobody],
    "basis_leaves_its_trace": [
        _told_again(kind, Basis)
        for kind in (EventKind.BASIS_RECORDED, EventKind.BASIS_WITHDRAWN, EventKind.BASIS_EXPIRED)
    ],
    "reference_leaves_its_trace": [_told_again(EventKind.REFERENCE_ADDED, Reference)],
    "case_leaves_its_trace": [
        lambda lived: lived.tell(EventKind.CASE_OPENED, lived.busy),
        lambda lived: lived.tell(EventKind.CASE_CLOSED, lived.busy),
        lambda lived: lived.tell(EventKind.CASE_REOPENED, lived.closed),
        lambda lived: Case.objects.filter(pk=lived.busy.pk).update(last_event_at=on(30)),
    ],
    "baton_leaves_its_trace": [
        lambda lived, kind=kind: lived.tell(kind, lived.world.maja, case=lived.busy)
        for kind in (
            EventKind.CASE_OPENED,
            EventKind.HANDOVER_ACCEPTED,
            EventKind.BATON_REQUEST_ACCEPTED,
            EventKind.HOLDER_ASSIGNED,
            EventKind.BATON_FELL,
            EventKind.CASE_REOPENED,
        )
    ]
    + [_received_by_nobody],
    "membership_leaves_its_trace": [
        _told_again(EventKind.MEMBERSHIP_BEGUN, Membership),
        _told_again(EventKind.MEMBERSHIP_ENDED, Membership),
    ],
    "unit_leaves_its_trace": [
        lambda lived: lived.tell(EventKind.UNIT_PLACED, lived.world.ppr),
        lambda lived: lived.tell(EventKind.UNIT_CLOSED, lived.world.ppr),
    ],
    "template_leaves_its_trace": [
        lambda lived: lived.tell(EventKind.TEMPLATE_CHANGED, TransitionTemplate.objects.all()[0]),
        lambda _lived: TransitionTemplate.objects.create(
            kind=TransitionTemplate.objects.all()[0].kind, version=2, made_by=User.objects.all()[0], made_at=NOW
        ),
    ],
    "event_is_passed_on": [
        lambda lived: Event.objects.create(kind=EventKind.PERSON_CHANGED, at=NOW, person=lived.world.maja),
    ],
    "step_is_passed_on": [lambda _lived: OutboxEntry.objects.exclude(step=None).delete()],
    # 2 and 7, of telling people
    "asker_learns_the_answer": [
        _untold(kind)
        for kind in (EventKind.INVITATION_ACCEPTED, EventKind.INVITATION_DECLINED, EventKind.HANDOVER_ACCEPTED)
    ],
    "step_is_taken_in_time": [lambda lived: lived.owed(DeadlineKind.LOOK_AGAIN).update(next_step_on=day(2))],
    "step_reaches_somebody": [lambda _lived: Message.objects.filter(step=StepTaken.objects.all()[0]).delete()],
    "outbox_is_not_passed_over": [_forgotten],
    "message_is_not_passed_over": [lambda _lived: _waiting_since(next_at=on(2))],
    "message_comes_to_an_end": [lambda _lived: _waiting_since(next_at=on(9), made_at=on(-100))],
}
