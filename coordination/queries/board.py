"""The board of overgange: the moves of the units that somebody leads, both ways, and what each of them lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from coordination.models import (
    Basis,
    Deadline,
    Event,
    EventKind,
    Involvement,
    InvolvementKind,
    Milestone,
    MilestoneState,
    Review,
    Transition,
    TransitionState,
)
from coordination.models.transitions import TransitionQuerySet
from coordination.queries.bases import covering, in_force
from coordination.queries.visibility import at_or_below
from coordination.rules.actors import Actor

PER_PAGE = 50
INWARDS, OUTWARDS = "ind", "ud"
# What a move can lack, in the order in which the board shows it.
LACKS = ("late", "no_meeting", "no_receiver", "no_basis", "child_not_heard", "parents_not_involved", "to_review")


@dataclass(frozen=True)
class BoardFilter:
    """What a leader wants to see. ``direction``: to the units they lead, or from them; ``lack``: one of ``LACKS``."""

    direction: str = ""
    unit_path: str = ""
    kind: str = ""
    move_on: date | None = None
    lack: str = ""
    with_ended: bool = False


@dataclass(frozen=True)
class BoardRow:
    """A move on the board; ``milestones`` in their order, ``lacks`` the names of what it lacks.

    ``owed``: the open deadlines of the move, the first one due first. ``basis``: the one in force, if there is one.
    ``reviewed``: the ids of the units for which it has been reviewed. ``is_reminded``: somebody has been, today.
    """

    transition: Transition
    milestones: tuple[Milestone, ...]
    lacks: frozenset[str]
    owed: tuple[Deadline, ...] = ()
    basis: Basis | None = None
    reviewed: frozenset[int] = frozenset()
    is_reminded: bool = False


@dataclass(frozen=True)
class Board:
    """One page of the board. ``counts``: how many moves lack what, of all that the filter shows but for ``lack``."""

    rows: list[BoardRow]
    total: int
    counts: dict[str, int]
    next_after: tuple[date, int] | None = field(default=None)


def transitions_led(actor: Actor) -> TransitionQuerySet:
    """Moves out of, or into, a unit that the actor leads, or one below it."""
    if not actor.led_paths:
        return Transition.objects.none()
    led = at_or_below(actor.led_paths, "from_unit__path") | at_or_below(actor.led_paths, "to_unit__path")
    return Transition.objects.filter(led)


def read_board(
    actor: Actor, wanted: BoardFilter, *, after: tuple[date, int] | None = None, limit: int = PER_PAGE
) -> Board:
    """Read one page of the board, by the day of the move; ``after``: where the page before ended. Seven queries."""
    shown = with_lacks(_shown(actor, wanted), actor.today)
    # Under names of their own: an aggregate that is called as a column would count itself.
    lacking = {f"lacking_{lack}": Count("pk", filter=Q(**{lack: True})) for lack in LACKS}
    counted = shown.aggregate(total=Count("pk"), **lacking)
    page = _lacking(shown, wanted)
    if after is not None:
        page = page.filter(Q(move_on__gt=after[0]) | Q(move_on=after[0], pk__gt=after[1]))
    found = list(
        page.select_related("case", "from_unit", "to_unit", "contact", "template__kind").order_by("move_on", "pk")[
            : limit + 1
        ]
    )
    rows = found[:limit]
    last = rows[-1] if len(found) > limit else None
    return Board(
        rows=_with_all(rows, actor),
        total=counted["total"],
        counts={lack: counted[f"lacking_{lack}"] for lack in LACKS},
        next_after=(last.move_on, last.pk) if last else None,
    )


def with_lacks(transitions: QuerySet[Transition], today: date) -> QuerySet[Transition]:
    """Say of each move what it lacks, in columns of the names in ``LACKS``."""
    milestones = Milestone.objects.filter(transition=OuterRef("pk"))
    meetings = milestones.filter(kind__is_meeting=True)
    # As it is owed, which may be later than its day where that had passed before the move was planned. By the case
    # first: there is little owed in it, and an index leads there; else all that is late anywhere may be looked through.
    of_move = Q(transition=OuterRef("pk")) | Q(milestone__transition=OuterRef("pk"))
    overdue = Deadline.objects.open().filter(of_move, case=OuterRef("case_id"), due_on__lt=today)
    asked_again = Involvement.objects.filter(
        case=OuterRef("case_id"), recorded_at__gte=OuterRef("planned_at"), form__isnull=False
    )
    valid = in_force(today).filter(case=OuterRef("case_id"))
    covered = Q(to_unit=None) & Q(Exists(valid)) | Q(Exists(covering(valid, "to_unit__kind")))
    before_it = Q(state__in=(TransitionState.PLANNED, TransitionState.HANDED_OVER))
    return transitions.annotate(
        late=Exists(overdue),
        no_meeting=before_it & Q(Exists(meetings)) & ~Q(Exists(meetings.exclude(state=MilestoneState.OPEN))),
        no_receiver=Q(state=TransitionState.PLANNED, to_unit=None, template__kind__leaves_town=False),
        no_basis=before_it & ~covered,
        child_not_heard=before_it & ~Q(Exists(asked_again.filter(kind=InvolvementKind.CHILD))),
        parents_not_involved=before_it & ~Q(Exists(asked_again.filter(kind=InvolvementKind.PARENTS))),
        to_review=Q(state=TransitionState.LANDED),
    )


def days_of_moves(actor: Actor) -> list[tuple[date, int]]:
    """List the days on which moves that are under way take place, with how many there are; the next day first."""
    days = transitions_led(actor).live().values("move_on").annotate(moves=Count("pk")).order_by("move_on")
    return [(row["move_on"], row["moves"]) for row in days[:100]]


def moves_by_day(actor: Actor, wanted: BoardFilter, *, first: date, last: date) -> dict[date, int]:
    """Count the moves of each day from the first to the last one, of those that the filter shows but for its day."""
    shown = _lacking(with_lacks(_shown(actor, replace(wanted, move_on=None)), actor.today), wanted)
    days = shown.filter(move_on__range=(first, last)).order_by().values("move_on").annotate(moves=Count("pk"))
    return {row["move_on"]: row["moves"] for row in days}


def moves_around(actor: Actor, wanted: BoardFilter, *, first: date, last: date) -> tuple[date | None, date | None]:
    """Find the nearest days with moves before the first and after the last day, of those that the filter shows."""
    shown = _lacking(with_lacks(_shown(actor, replace(wanted, move_on=None)), actor.today), wanted).order_by()
    found = shown.aggregate(
        before=Max("move_on", filter=Q(move_on__lt=first)), after=Min("move_on", filter=Q(move_on__gt=last))
    )
    return found["before"], found["after"]


def moves_to_write(actor: Actor, wanted: BoardFilter) -> Iterator[Transition]:
    """Read all moves that the filter shows, with what they lack, in their order: one query, row by row."""
    shown = _lacking(with_lacks(_shown(actor, wanted), actor.today), wanted)
    related = shown.select_related("case", "from_unit", "to_unit", "template__kind")
    return related.order_by("move_on", "pk").iterator(chunk_size=500)


def _lacking(shown: QuerySet[Transition], wanted: BoardFilter) -> QuerySet[Transition]:
    return shown.filter(**{wanted.lack: True}) if wanted.lack in LACKS else shown


def _shown(actor: Actor, wanted: BoardFilter) -> TransitionQuerySet:
    shown = transitions_led(actor)
    paths = (wanted.unit_path,) if wanted.unit_path else actor.led_paths
    inwards, outwards = at_or_below(paths, "to_unit__path"), at_or_below(paths, "from_unit__path")
    if wanted.direction in (INWARDS, OUTWARDS):
        shown = shown.filter(inwards if wanted.direction == INWARDS else outwards)
    elif wanted.unit_path:
        shown = shown.filter(inwards | outwards)
    if wanted.kind:
        shown = shown.filter(template__kind__code=wanted.kind)
    if wanted.move_on is not None:
        shown = shown.filter(move_on=wanted.move_on)
    return shown if wanted.with_ended else shown.live()


def _with_all(rows: list[Transition], actor: Actor) -> list[BoardRow]:
    """Read what belongs to the moves of one page: five queries, however many they are."""
    cases = [row.case_id for row in rows]
    milestones, owed, reviewed = defaultdict(list), defaultdict(list), defaultdict(set)
    for milestone in Milestone.objects.filter(transition__in=rows).select_related("kind").order_by("position"):
        milestones[milestone.transition_id].append(milestone)
    move_of = {each.pk: each.transition_id for steps in milestones.values() for each in steps}
    of_moves = Q(transition__isnull=False) | Q(milestone__isnull=False)
    for deadline in Deadline.objects.open().filter(of_moves, case__in=cases).order_by("due_on", "pk"):
        owed[deadline.transition_id or move_of.get(deadline.milestone_id or 0)].append(deadline)
    for transition_id, unit_id in Review.objects.filter(transition__in=rows).values_list("transition_id", "unit_id"):
        reviewed[transition_id].add(unit_id)
    bases = {basis.case_id: basis for basis in in_force(actor.today).filter(case__in=cases).order_by("pk")}
    reminded = _reminded_today(rows, actor.today)
    return [
        BoardRow(
            row,
            tuple(milestones[row.pk]),
            frozenset(lack for lack in LACKS if getattr(row, lack)),
            owed=tuple(owed[row.pk]),
            basis=bases.get(row.case_id),
            reviewed=frozenset(reviewed[row.pk]),
            is_reminded=row.pk in reminded,
        )
        for row in rows
    ]


def _reminded_today(rows: list[Transition], today: date) -> set[int | None]:
    since = timezone.make_aware(datetime.combine(today, time.min))
    told = Event.objects.filter(kind=EventKind.TRANSITION_REMINDED, subject="transition", at__gte=since)
    return set(told.filter(subject_id__in=[row.pk for row in rows]).values_list("subject_id", flat=True))
