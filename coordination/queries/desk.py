"""My desk: everything that waits for somebody on a day, read in as many queries whether it is little or much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from coordination.models import Case, CaseState, Deadline, DeadlineKind, Escalation, Membership, Role, Unit
from coordination.queries.case_rows import DEADLINE_PARTS, CaseRow, read_case_rows
from coordination.queries.own_asks import OwnAsks, asked_lately
from coordination.queries.visibility import at_or_below, cases_led
from coordination.rules.actors import Actor
from coordination.rules.escalations import units_answered_for

MOST_CASES = 20
MILESTONES_SHOWN = timedelta(weeks=4)

Kept = TypeVar("Kept", bound=Model)


@dataclass(frozen=True)
class Few(Generic[Kept]):
    """The first rows of what may be many."""

    rows: list[Kept]
    has_more: bool = False


@dataclass(frozen=True)
class Inbox:
    """What a unit has been asked and nobody in it has taken yet."""

    unit: Unit
    deadlines: list[Deadline]


@dataclass(frozen=True)
class Desk:
    """A desk on one day. ``seen_cases`` are those of the escalated deadlines whose page the reader may open."""

    escalated: Few[Deadline]
    seen_cases: frozenset[int]
    now: Few[Deadline]
    this_week: Few[Deadline]
    later: Few[Deadline]
    inboxes: list[Inbox]
    inboxes_have_more: bool
    asks: OwnAsks
    held: list[CaseRow]
    held_count: int


def read_desk(actor: Actor, *, now: datetime, most: dict[str, int]) -> Desk:
    """Read what waits for the actor; ``most`` says how many rows of each group ("escalated", "now", …) at most."""
    today = actor.today
    sunday = today + timedelta(days=6 - today.weekday())
    escalated = _few(_escalated_to(actor), most["escalated"])
    taken = [deadline.pk for deadline in escalated.rows]
    mine = _open().filter(owner_id__in=actor.persons)
    awaited = (
        _open()
        .filter(case__holder_id__in=actor.persons, case__state=CaseState.OPEN, due_on__lt=today)
        .exclude(Q(owner_id__in=actor.persons) & Q(owner_id__isnull=False))
        .exclude(pk__in=taken)
    )
    inbox = _few(_untaken_in(actor).exclude(pk__in=taken), most["inbox"])
    held = Case.objects.filter(holder_id__in=actor.persons, state=CaseState.OPEN)
    return Desk(
        escalated=escalated,
        seen_cases=_seen_of(actor, escalated.rows),
        now=_together(_few(mine.filter(due_on__lte=today), most["now"]), _few(awaited, most["now"]), most["now"]),
        this_week=_few(mine.filter(due_on__gt=today, due_on__lte=sunday), most["week"]),
        later=_few(mine.filter(due_on__gt=max(today, sunday)), most["later"]),
        inboxes=_by_unit(inbox.rows),
        inboxes_have_more=inbox.has_more,
        asks=asked_lately(actor, now),
        held=read_case_rows(held[:MOST_CASES], actor),
        held_count=held.count(),
    )


def _open() -> QuerySet[Deadline]:
    return Deadline.objects.open().select_related(*DEADLINE_PARTS).order_by("due_on", "pk")


def _untaken_in(actor: Actor) -> QuerySet[Deadline]:
    """What the actor's units are asked and nobody has taken; not what only somebody else there can answer.

    Of a move to come the milestones are shown that are due soon: a year's plan is no inbox.
    """
    invited = Q(kind=DeadlineKind.ANSWER_INVITATION) & ~Q(case__holder=actor.user)
    to_receive = Q(kind=DeadlineKind.RECEIVE_TRANSITION)
    soon = Q(kind=DeadlineKind.DO_MILESTONE, due_on__lte=actor.today + MILESTONES_SHOWN)
    waiting = _open().filter(invited | to_receive | soon, owner=None, unit_id__in=actor.units)
    return waiting.exclude(invitation__sent_by=actor.user).exclude(
        kind=DeadlineKind.RECEIVE_TRANSITION, transition__handed_over_by=actor.user
    )


def _escalated_to(actor: Actor) -> QuerySet[Deadline]:
    """What has come up to the actor as a leader; what they owe themselves stands among their own."""
    if not actor.led_paths:
        return _open().none()
    answered = units_answered_for(
        [
            (pk, path or "")
            for pk, path in Unit.objects.filter(at_or_below(actor.led_paths, "path")).values_list("pk", "path")
        ],
        Membership.objects.live()
        .leading()
        .filter(at_or_below(actor.led_paths, "unit__path"))
        .values_list("unit_id", "role", "user_id"),
        actor.persons,
    )
    # What the only leader of a unit owes comes up to the next one above at once: nobody else leads them.
    leaders = Membership.objects.live().filter(unit=OuterRef("unit"), role=Role.LEADER)
    owed_by_the_leader = Exists(leaders.filter(user=OuterRef("owner"))) & ~Exists(
        leaders.exclude(user=OuterRef("owner"))
    )
    # So does what the one leader above owes for a unit in which nobody leads, or which has closed.
    owed_from_above = Q(pk__in=[])
    for person_id, units in answered.above_one.items():
        owed_from_above |= Q(owner_id=person_id, unit_id__in=units)
    come_up = (
        Q(escalation__gte=Escalation.LEADER, unit_id__in=answered.nearest)
        | Q(escalation__gte=Escalation.LEADER_ABOVE, unit_id__in=answered.nearest_or_above)
        | Q(owed_by_the_leader, escalation__gte=Escalation.LEADER, unit_id__in=answered.nearest_or_above)
        | Q(owed_from_above, escalation__gte=Escalation.LEADER)
    )
    return _open().filter(come_up).exclude(Q(owner_id__in=actor.persons) & Q(owner_id__isnull=False))


def _seen_of(actor: Actor, deadlines: Iterable[Deadline]) -> frozenset[int]:
    ids = {deadline.case_id for deadline in deadlines}
    return frozenset(cases_led(actor).filter(pk__in=ids).values_list("pk", flat=True)) if ids else frozenset()


def _few(deadlines: QuerySet[Kept], most: int) -> Few[Kept]:
    rows = list(deadlines[: most + 1])
    return Few(rows[:most], has_more=len(rows) > most)


def _together(first: Few[Deadline], second: Few[Deadline], most: int) -> Few[Deadline]:
    rows = sorted([*first.rows, *second.rows], key=lambda deadline: (deadline.due_on, deadline.pk))
    return Few(rows[:most], has_more=first.has_more or second.has_more or len(rows) > most)


def _by_unit(deadlines: Iterable[Deadline]) -> list[Inbox]:
    inboxes: dict[int, Inbox] = {}
    for deadline in deadlines:
        inboxes.setdefault(deadline.unit_id, Inbox(deadline.unit, [])).deadlines.append(deadline)
    return sorted(inboxes.values(), key=lambda inbox: inbox.unit.name)
