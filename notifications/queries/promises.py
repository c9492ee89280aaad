"""Promises 2 and 7 as far as messages show them: that whoever asked has been told, and that nothing is left lying.

What is asked of rows of the last days only is so because older messages may have been cleared away.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from coordination.models import (
    Deadline,
    Event,
    EventKind,
    Handover,
    Invitation,
    JoinRequest,
    OutboxEntry,
    Partnership,
    StepTaken,
    User,
)
from coordination.queries.promises.registry import Rows, invariant
from notifications.models import Channel, Message, MessageState

RECENT = timedelta(days=30)
A_DAY = timedelta(days=1)
# Longer than any closing period, with a weekly digest behind it.
LONGEST_WAIT = timedelta(days=90)

_WAITING = Message.objects.filter(state=MessageState.WAITING)
_PLANNED = Deadline.objects.open().exclude(next_step_on=None)
_STEPS = StepTaken.objects.filter(deadline__settled_at=None, outbox_entry__relayed_at__isnull=False)

# What answers an ask, or ends what came of it, and who had asked.
_ANSWERS: tuple[tuple[QuerySet[Invitation | JoinRequest | Handover | Partnership], str, tuple[EventKind, ...]], ...] = (
    (
        Invitation.objects.all(),
        "sent_by",
        (EventKind.INVITATION_ACCEPTED, EventKind.INVITATION_DECLINED, EventKind.INVITATION_WITHDRAWN),
    ),
    (
        Partnership.objects.all(),
        "invitation__sent_by",
        (EventKind.PARTNERSHIP_COMPLETED, EventKind.PARTNERSHIP_LEFT),
    ),
    (
        JoinRequest.objects.all(),
        "asked_by",
        (EventKind.JOIN_ACCEPTED, EventKind.JOIN_DECLINED, EventKind.JOIN_WITHDRAWN),
    ),
    (
        Handover.objects.all(),
        "begun_by",
        (
            EventKind.HANDOVER_ACCEPTED,
            EventKind.HANDOVER_DECLINED,
            EventKind.HANDOVER_WITHDRAWN,
            EventKind.BATON_REQUEST_ACCEPTED,
            EventKind.BATON_REQUEST_DECLINED,
            EventKind.BATON_REQUEST_WITHDRAWN,
        ),
    ),
)
_TELLING = [kind for _rows, _asker, kinds in _ANSWERS for kind in kinds]
_RELAYED = Event.objects.filter(outbox_entry__relayed_at__isnull=False)


@invariant(2, among=_RELAYED.filter(kind__in=_TELLING))
def asker_learns_the_answer(today: date) -> Iterator[Rows]:
    """Whoever asked has a message of the answer. Else tell them yourself, and report it: the relay has lost it."""
    gone = Event.objects.filter(kind=EventKind.PERSON_DEACTIVATED, person=OuterRef("pk"))
    for rows, asker, kinds in _ANSWERS:
        asked_by = Subquery(rows.filter(pk=OuterRef("subject_id")).values(asker)[:1])
        answers = _RELAYED.filter(kind__in=kinds, at__gte=_midnight(today) - RECENT).annotate(asker=asked_by)
        by_another = answers.filter(Q(actor=None) | ~Q(actor=F("asker")))
        there = User.objects.filter(~Exists(gone), pk=OuterRef("asker"), is_active=True)
        told = Message.objects.filter(event=OuterRef("pk"), person=OuterRef("asker"), channel=Channel.IN_APP)
        yield by_another.filter(Exists(there), ~Exists(told))


@invariant(7, among=_PLANNED)
def step_is_taken_in_time(today: date) -> Iterator[Rows]:
    """No step is a day late. Else nobody lets time pass: start the scheduler, or Celery's worker and beat."""
    yield _PLANNED.filter(next_step_on__lt=today - A_DAY)


@invariant(7, among=_STEPS)
def step_reaches_somebody(today: date) -> Iterator[Rows]:
    """A step that has been relayed has told somebody. Else look whom the unit has: it may lack people and leaders."""
    tells = Q(tells_owner=True) | Q(tells_asker=True) | Q(tells_leader=True) | Q(tells_leader_above=True)
    recent = _STEPS.filter(tells, taken_at__gte=_midnight(today) - RECENT)
    yield recent.filter(~Exists(Message.objects.filter(step=OuterRef("pk"))))


@invariant(7, among=OutboxEntry.objects.all())
def outbox_is_not_passed_over(_today: date) -> Iterator[Rows]:
    """No row of the outbox is a day late while later ones go. Else the log says why; mended, it goes by itself."""
    waiting = OutboxEntry.objects.filter(relayed_at=None).annotate(since=Coalesce("event__at", "step__taken_at"))
    later = OutboxEntry.objects.filter(pk__gt=OuterRef("pk"), relayed_at__gt=OuterRef("since") + A_DAY)
    yield waiting.filter(Exists(later))


@invariant(7, among=_WAITING)
def message_is_not_passed_over(today: date) -> Iterator[Rows]:
    """No message is a day late while later ones go. Else the log says why; mended, it goes by itself."""
    late = _WAITING.filter(next_at__lt=_midnight(today) - A_DAY, person__isnull=False)
    later = Message.objects.filter(
        pk__gt=OuterRef("pk"),
        channel=OuterRef("channel"),
        state=MessageState.SENT,
        settled_at__gt=OuterRef("next_at") + A_DAY,
    )
    yield late.filter(Exists(later))


@invariant(7, among=_WAITING)
def message_comes_to_an_end(today: date) -> Iterator[Rows]:
    """No message waits for more than 90 days. Else the operators' page of messages shows it, with its code."""
    yield _WAITING.filter(made_at__lt=_midnight(today) - LONGEST_WAIT)


def _midnight(day: date) -> datetime:
    """The moment at which a Danish day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))
