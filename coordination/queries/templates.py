"""The templates of moves, as the pure rules work with them."""

from __future__ import annotations

from coordination.models import Span, TemplateMilestone
from coordination.rules.milestones import FixedDay, Offset


def planned_when(milestone: TemplateMilestone) -> Offset | FixedDay:
    """Turn a stored milestone into what says when it is due."""
    if milestone.month is not None and milestone.day is not None and milestone.years_before is not None:
        return FixedDay(milestone.month, milestone.day, milestone.years_before)
    return Offset(milestone.amount or 0, Span(milestone.span))
