"""What is said of a move in many places: its way, and how its state looks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from coordination.models import Deadline, Landing, Milestone, MilestoneState, Transition, TransitionState
from coordination.web.desk.row import state_of

_ENDED = {
    TransitionState.REVIEWED: "done",
    TransitionState.LEFT: "done",
    TransitionState.CANCELLED: "ended",
}


def way_words(move: Transition) -> str:
    """Say from where to where: "Solsikken → Bakkeskolen"."""
    if move.to_unit is not None:
        there = move.to_unit.name
    elif move.template.kind.leaves_town:
        there = _("another municipality")
    else:
        there = _("receiver not known yet")
    return f"{move.from_unit.name} → {there}"


def landing_words(move: Transition) -> str:
    """Say how the child has landed, in one sentence; nothing before that has been said."""
    if move.landing == Landing.KNOWLEDGE_MISSING and move.missing is not None:
        return _("Knowledge was missing after the move: %(missing)s.") % {"missing": move.missing.label}
    return {
        Landing.WELL.value: _("The child has landed well."),
        Landing.NEEDS_MORE.value: _("The child needs more support after the move."),
    }.get(move.landing, "")


def shape_of(move: Transition, owed: Iterable[Deadline], today: date) -> str:
    """Say which shape the status of a move has: late where something owed in it is."""
    if move.state in _ENDED:
        return _ENDED[TransitionState(move.state)]
    first = min((deadline.due_on for deadline in owed), default=None)
    return state_of(first, today) if first is not None else "later"


def milestone_words(milestones: Iterable[Milestone], owed: Iterable[Deadline], today: date) -> str:
    """Say how many milestones have been settled, and how many are late: what was planned late is not."""
    rows = list(milestones)
    if not rows:
        return ""
    settled = sum(milestone.state != MilestoneState.OPEN for milestone in rows)
    late = sum(deadline.milestone_id is not None and deadline.due_on < today for deadline in owed)
    words = _("%(settled)s of %(all)s milestones") % {"settled": settled, "all": len(rows)}
    return f"{words}, {_('%(count)s late') % {'count': late}}" if late else words
