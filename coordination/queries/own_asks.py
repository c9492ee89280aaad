"""What somebody asked of others, and what came of it: whoever asked learns that, also after their part has ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q

from coordination.models import (
    Case,
    CaseState,
    Deadline,
    Event,
    EventKind,
    Handover,
    HandoverState,
    Invitation,
    InvitationState,
    JoinRequest,
    JoinState,
)
from coordination.queries.visibility import (
    cases_left_behind,
    cases_taken_part_in,
    handovers_asked_by,
    invitations_asked_by,
    join_requests_asked_by,
)
from coordination.rules.actors import Actor

# So long the answer to an ask stays on the desk of whoever asked.
ANSWERS_STAY = timedelta(days=14)
MOST_ASKS = 20

_OF_INVITATION = ("case", "unit", "decline_reason")
_OF_JOIN_REQUEST = ("unit", "theme", "case", "decline_reason")
_OF_HANDOVER = ("case__holder", "to_person", "to_unit", "decline_reason", "answered_by")


@dataclass(frozen=True)
class OwnAsks:
    """Asks, each with the deadline of its answer in ``due`` while it waits.

    ``receipts``: the cases of which the asker may see at least a receipt, by id.
    """

    invitations: list[Invitation]
    join_requests: list[JoinRequest]
    handovers: list[Handover]
    receipts: frozenset[int] = field(default_factory=frozenset)


def asked_in(case: Case, actor: Actor) -> OwnAsks:
    """Read all that the actor asked in a case, the oldest first. Three queries, and one for each kind that waits."""
    return OwnAsks(
        invitations=list(
            invitations_asked_by(actor)
            .filter(case=case)
            .select_related(*_OF_INVITATION)
            .prefetch_related(_due())
            .order_by("sent_at", "pk")
        ),
        join_requests=list(
            join_requests_asked_by(actor)
            .filter(case=case)
            .select_related(*_OF_JOIN_REQUEST)
            .prefetch_related(_due())
            .order_by("asked_at", "pk")
        ),
        handovers=list(
            handovers_asked_by(actor)
            .filter(case=case)
            .select_related(*_OF_HANDOVER)
            .prefetch_related(_due())
            .order_by("begun_at", "pk")
        ),
        receipts=frozenset([case.pk]),
    )


def asked_lately(actor: Actor, now: datetime) -> OwnAsks:
    """Read what the actor asked outside of the cases in which they read it: it waits, or has been answered lately.

    What they took back themselves is left out, what ended otherwise is not.
    """
    since = now - ANSWERS_STAY
    lately = Q(answered_at__gt=since)
    join_requests = list(
        join_requests_asked_by(actor)
        .filter(Q(state=JoinState.ASKED) | lately)
        .select_related(*_OF_JOIN_REQUEST)
        .prefetch_related(_due())
        .order_by("-asked_at", "-pk")[:MOST_ASKS]
    )
    waits_elsewhere = Q(state=HandoverState.OFFERED) & ~Q(case__holder_id__in=actor.persons)
    handovers = list(
        handovers_asked_by(actor)
        .filter(waits_elsewhere | lately)
        .select_related(*_OF_HANDOVER)
        .prefetch_related(_due())
        .order_by("-begun_at", "-pk")[:MOST_ASKS]
    )
    # After a case has closed its receipt says what was answered before; only what ended with it is news.
    answered = Q(case__state=CaseState.OPEN) & lately
    withdrawn = Q(state=InvitationState.WITHDRAWN, ended_at__gt=since)
    invitations = list(
        invitations_asked_by(actor)
        .filter(Q(state=InvitationState.SENT) | answered | withdrawn)
        .exclude(case__in=cases_taken_part_in(actor))
        .select_related(*_OF_INVITATION)
        .prefetch_related(_due())
        .order_by("-sent_at", "-pk")[:MOST_ASKS]
    )
    taken_back = _taken_back_by(actor, [*join_requests, *handovers, *invitations])
    return OwnAsks(
        invitations=[each for each in invitations if ("invitation", each.pk) not in taken_back],
        join_requests=[each for each in join_requests if ("joinrequest", each.pk) not in taken_back],
        handovers=[each for each in handovers if ("handover", each.pk) not in taken_back],
        receipts=_receipts(actor, {each.case_id for each in invitations}),
    )


def _due() -> Prefetch[str]:
    return Prefetch("deadlines", queryset=Deadline.objects.open(), to_attr="due")


def _receipts(actor: Actor, case_ids: set[int]) -> frozenset[int]:
    return frozenset(cases_left_behind(actor).filter(pk__in=case_ids).values_list("pk", flat=True) if case_ids else [])


def _taken_back_by(actor: Actor, asks: Iterable[Invitation | Handover | JoinRequest]) -> set[tuple[str, int]]:
    """Find the asks that the actor took back."""
    ids: dict[str, list[int]] = {"invitation": [], "handover": [], "joinrequest": []}
    for ask in asks:
        if ask.state in (InvitationState.WITHDRAWN, HandoverState.WITHDRAWN, JoinState.WITHDRAWN):
            ids[type(ask).__name__.lower()].append(ask.pk)
    withdrawn = (
        Q(kind=EventKind.INVITATION_WITHDRAWN, subject="invitation", subject_id__in=ids["invitation"])
        | Q(kind=EventKind.JOIN_WITHDRAWN, subject="joinrequest", subject_id__in=ids["joinrequest"])
        | Q(
            kind__in=(EventKind.HANDOVER_WITHDRAWN, EventKind.BATON_REQUEST_WITHDRAWN),
            subject="handover",
            subject_id__in=ids["handover"],
        )
    )
    events = Event.objects.filter(withdrawn, actor_id__in=actor.persons)
    return {(subject, pk) for subject, pk in events.values_list("subject", "subject_id") if pk is not None}
