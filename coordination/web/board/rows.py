"""The rows of the board: each move in words, shapes and colours, and the one step that it needs most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from coordination.models import BasisKind, DeadlineKind, MilestoneState, Transition, TransitionState
from coordination.queries.board import BoardRow
from coordination.rules.actors import Actor

_BEFORE_IT = (TransitionState.PLANNED, TransitionState.HANDED_OVER)

# How many moves lack what.
LACK_WORDS: dict[str, Callable[[int], str]] = {
    "late": lambda n: ngettext("%(n)s with a late step", "%(n)s with late steps", n) % {"n": n},
    "no_meeting": lambda n: (
        ngettext("%(n)s without a handover meeting", "%(n)s without a handover meeting", n) % {"n": n}
    ),
    "no_receiver": lambda n: ngettext("%(n)s without a receiver", "%(n)s without a receiver", n) % {"n": n},
    "no_basis": lambda n: ngettext("%(n)s without a valid basis", "%(n)s without a valid basis", n) % {"n": n},
    "child_not_heard": lambda n: (
        ngettext("%(n)s where the child has not been heard", "%(n)s where the child has not been heard", n) % {"n": n}
    ),
    "parents_not_involved": lambda n: (
        ngettext("%(n)s where the parents have not taken part", "%(n)s where the parents have not taken part", n)
        % {"n": n}
    ),
    "to_review": lambda n: ngettext("%(n)s to look back on", "%(n)s to look back on", n) % {"n": n},
}


@dataclass(frozen=True)
class Mark:
    """A word with a shape and a colour: the states of ``components/status.html``."""

    state: str
    label: str


@dataclass(frozen=True)
class Step:
    """The one step to act. ``does``: "go", or which button of the board's form: "remind" or "review"."""

    does: str
    label: str
    url: str = ""


@dataclass(frozen=True)
class Line:
    """One row as it is shown. ``shapes``: a state for each milestone, in their order."""

    pk: int
    code: str
    url: str
    move_on: date
    day: str
    kind: str
    from_unit: str
    to_unit: str
    shapes: tuple[str, ...]
    done: str
    late: str
    receiver: Mark
    child: Mark
    parents: Mark
    basis: Mark
    step: Step
    is_reminded: bool
    can_review: bool
    is_first_of_day: bool


def lines_of(rows: list[BoardRow], actor: Actor) -> list[Line]:
    """Put the rows of one page into words."""
    days: set[date] = set()
    lines = []
    for row in rows:
        lines.append(_line(row, actor, is_first_of_day=row.transition.move_on not in days))
        days.add(row.transition.move_on)
    return lines


def units_to_review(row: BoardRow, actor: Actor) -> list[int]:
    """List the ids of the units for which the actor can say that the move has been reviewed."""
    move = row.transition
    if move.state != TransitionState.LANDED:
        return []
    units = [unit for unit in (move.from_unit, move.to_unit) if unit is not None]
    return [unit.pk for unit in units if unit.pk not in row.reviewed and actor.leads(unit)]


def readiness(lacks: frozenset[str], state: str) -> str:
    """Say in words alone what a move lacks, or else where it is in its life."""
    words = {
        "late": _("a late step"),
        "no_meeting": _("no handover meeting"),
        "no_receiver": _("no receiver"),
        "no_basis": _("no valid basis"),
        "child_not_heard": _("child not heard"),
        "parents_not_involved": _("parents not involved"),
        "to_review": _("to look back on"),
    }
    return ", ".join(words[lack] for lack in words if lack in lacks) or str(TransitionState(state).label)


def short_day(day: date) -> str:
    """Say a day in a table, where there is little room: "1 Aug 2027"."""
    # Translators: a date format of Django's. In Danish it reads 1/8 2027.
    return date_format(day, pgettext("short date format", "j M Y"))


def _line(row: BoardRow, actor: Actor, *, is_first_of_day: bool) -> Line:
    move, today = row.transition, actor.today
    overdue = [each for each in row.owed if each.due_on < today]
    late_steps = {each.milestone_id for each in overdue}
    shapes = tuple(_shape(each.state, is_late=each.pk in late_steps) for each in row.milestones)
    late = len(overdue)
    asks = move.state in _BEFORE_IT
    return Line(
        pk=move.pk,
        code=move.case.code,
        url=reverse("transition", args=[move.pk]),
        move_on=move.move_on,
        day=short_day(move.move_on),
        kind=move.template.kind.label,
        from_unit=move.from_unit.name,
        to_unit=_to(move),
        shapes=shapes,
        done=_("%(done)s of %(all)s") % {"done": shapes.count("done") + shapes.count("ended"), "all": len(shapes)},
        late=ngettext("%(count)s late", "%(count)s late", late) % {"count": late} if late else "",
        receiver=_receiver(row, today),
        child=_asked(row, "child_not_heard", _("heard"), _("not heard"), asks=asks),
        parents=_asked(row, "parents_not_involved", _("took part"), _("not yet"), asks=asks),
        basis=_basis(row, asks=asks),
        step=_step(row, actor),
        is_reminded=row.is_reminded,
        can_review=bool(units_to_review(row, actor)),
        is_first_of_day=is_first_of_day,
    )


def _to(move: Transition) -> str:
    if move.to_unit is not None:
        return move.to_unit.name
    return _("another municipality") if move.template.kind.leaves_town else _("not known yet")


def _shape(state: str, *, is_late: bool) -> str:
    if state == MilestoneState.OPEN:
        return "late" if is_late else "later"
    return "done" if state == MilestoneState.DONE else "ended"


def _receiver(row: BoardRow, today: date) -> Mark:
    move = row.transition
    if move.contact is not None:
        return Mark("done", move.contact.name)
    if move.template.kind.leaves_town:
        return Mark("ended", _("elsewhere"))
    if move.to_unit is None:
        return Mark("late", _("missing"))
    if move.state == TransitionState.PLANNED:
        return Mark("later", _("not asked yet"))
    receive = next((each for each in row.owed if each.kind == DeadlineKind.RECEIVE_TRANSITION), None)
    if receive is not None and receive.due_on < today:
        return Mark("late", _("has not answered"))
    return Mark("today", _("has been asked"))


def _asked(row: BoardRow, lack: str, yes: str, no: str, *, asks: bool) -> Mark:
    if lack in row.lacks:
        return Mark("late" if row.transition.state == TransitionState.HANDED_OVER else "today", no)
    return Mark("done", yes if asks else _("asked"))


def _basis(row: BoardRow, *, asks: bool) -> Mark:
    basis = row.basis
    if basis is None:
        return Mark("late", _("missing")) if asks else Mark("ended", _("none now"))
    if "no_basis" in row.lacks:
        return Mark("late", _("does not cover them"))
    if basis.kind != BasisKind.CONSENT or basis.ends_on is None:
        return Mark("done", str(basis.get_kind_display()))
    ends_first = asks and basis.ends_on < row.transition.move_on
    return Mark("today" if ends_first else "done", _("until %(day)s") % {"day": short_day(basis.ends_on)})


def _step(row: BoardRow, actor: Actor) -> Step:
    """Choose the one step: what the leader can do themselves comes before asking others to do what they owe."""
    move = row.transition
    there = reverse("transition", args=[move.pk])
    if units_to_review(row, actor):
        return Step("review", _("Looked back on"))
    if "no_receiver" in row.lacks and actor.leads(move.from_unit):
        return Step("go", _("Find a receiver"), reverse("transition_receiver", args=[move.pk]))
    is_asked = move.state == TransitionState.HANDED_OVER and move.to_unit is not None and actor.leads(move.to_unit)
    if is_asked and move.handed_over_by_id != actor.user.pk:
        return Step("go", _("Receive"), reverse("transition_receive", args=[move.pk]))
    if row.lacks and not row.is_reminded and any(each.owner_id != actor.user.pk for each in row.owed):
        return Step("remind", _("Remind"), reverse("board_remind", args=[move.pk]))
    return Step("go", _("Show"), there)
