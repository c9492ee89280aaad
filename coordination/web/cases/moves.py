"""Rows of the moves of a case: from where to where, when, and how far they have come."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from coordination.models import Deadline, Transition
from coordination.web.cases.rows import Act, Reader, Row, link
from coordination.web.desk.rows import next_words
from coordination.web.transitions.saying import landing_words, milestone_words, shape_of, way_words


def rows_of_moves(reader: Reader, *, is_live: bool) -> list[Row]:
    """Build the rows of the moves that go on, or of those that have come to an end."""
    return [_row(reader, move) for move in reader.page.transitions if move.is_live is is_live]


def _row(reader: Reader, move: Transition) -> Row:
    owed = [deadline for deadline in reader.page.deadlines if _is_of(deadline, move)]
    facts = [move.template.kind.label, reader.day(move.move_on)]
    if move.is_live:
        facts.append(milestone_words(move.milestones.all(), owed, reader.today))
    facts.append(landing_words(move))
    if owed:
        facts.append(_("next: %(what)s") % {"what": next_words(owed[0], reader.today)})
    return Row(
        title=way_words(move),
        state=shape_of(move, owed, reader.today),
        when=capfirst(move.get_state_display()),
        facts=[fact for fact in facts if fact],
        acts=[Act(_("See the move"), link("transition", move.pk))],
    )


def _is_of(deadline: Deadline, move: Transition) -> bool:
    if deadline.milestone is not None:
        return deadline.milestone.transition_id == move.pk
    return deadline.transition_id == move.pk
