"""Writes that the database refuses, of involvement, moves, their templates and the leaders' figures."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from django.db import models

from coordination.models import (
    Deadline,
    DeadlineKind,
    FigurePeriod,
    FigureRow,
    FigureRowKind,
    FigureRule,
    Involvement,
    InvolvementKind,
    MilestoneState,
    MissingKnowledge,
    NotInvolvedReason,
    NotRelevantReason,
    Population,
    Review,
    TemplateMilestone,
    TransitionKind,
    TransitionTemplate,
)
from tests.builders import day, on, term
from tests.promises.only_those_who_need_to_know.every_command import Scene

Write = Callable[[Scene], object]


def again(row: models.Model, **changes: Any) -> None:
    """Write a row a second time, with a key of its own."""
    twin = copy(row)
    twin.pk, twin._state = None, models.base.ModelState()
    for name, value in changes.items():
        setattr(twin, name, value)
    twin.save(force_insert=True)


def change(row: models.Model, **changes: Any) -> None:
    """Change a row past all code."""
    type(row)._default_manager.filter(pk=row.pk).update(**changes)


def involved(scene: Scene, kind: InvolvementKind) -> Involvement:
    """That the child was heard, or the parents took part."""
    return scene.moves.case.involvements.get(kind=kind)


def an_offset() -> TemplateMilestone:
    """A milestone of a template so long from the move, at a place of its own."""
    return _at_its_own_place(is_offset=True)


def a_fixed_day() -> TemplateMilestone:
    """The same on a fixed day."""
    return _at_its_own_place(is_offset=False)


def _at_its_own_place(*, is_offset: bool) -> TemplateMilestone:
    found: TemplateMilestone = TemplateMilestone.objects.filter(amount__isnull=not is_offset)[0]
    found.position = 99
    return found


def a_step(scene: Scene) -> Any:
    """A milestone of a move that is planned."""
    return scene.moves.planned.milestones.all()[0]


def a_review(scene: Scene) -> Review:
    """That a leader has reviewed a move."""
    world = scene.world
    return Review.objects.create(
        transition=scene.moves.landed, unit=world.school, reviewed_by=world.lone, reviewed_at=on(1)
    )


def a_period(scene: Scene, **changes: Any) -> FigurePeriod:
    """A period of which the figures have been reckoned."""
    how = {"first_on": day(-30), "last_on": day(-1), "threshold": 5, "reckoned_at": on(0)}
    return FigurePeriod.objects.create(root=scene.world.town, **{**how, **changes})


def a_row(period: FigurePeriod) -> FigureRow:
    """A row of a period's figures."""
    return FigureRow.objects.create(
        period=period, population=Population.CASES, kind=FigureRowKind.UNIT, unit=period.root, total=7
    )


def to_receive(scene: Scene) -> Deadline:
    """What the receiving unit owes."""
    return scene.moves.case.deadlines.open().get(kind=DeadlineKind.RECEIVE_TRANSITION)


OF_MOVES: dict[str, tuple[Write, ...]] = {
    "involvement_form_or_reason": (
        lambda s: change(involved(s, InvolvementKind.PARENTS), form=None),
        lambda s: change(involved(s, InvolvementKind.PARENTS), reason=term(NotInvolvedReason, "not_reached")),
    ),
    "involvement_plan_changed_by_child": (
        lambda s: change(involved(s, InvolvementKind.PARENTS), changed_plan=True),
        lambda s: change(
            involved(s, InvolvementKind.CHILD),
            form=None,
            reason=term(NotInvolvedReason, "too_young"),
            changed_plan=True,
        ),
    ),
    "template_version_once": (lambda _s: again(TransitionTemplate.objects.all()[0]),),
    "template_milestone_once": (lambda _s: again(TemplateMilestone.objects.all()[0]),),
    "template_milestone_offset_or_day": (
        lambda _s: again(an_offset(), span=""),
        lambda _s: again(an_offset(), amount=None),
        lambda _s: again(an_offset(), month=8, day=1, years_before=1),
        lambda _s: again(a_fixed_day(), amount=3),
        lambda _s: again(a_fixed_day(), month=13),
        lambda _s: again(a_fixed_day(), month=None),
        lambda _s: again(a_fixed_day(), day=31),
        lambda _s: again(a_fixed_day(), day=None),
        lambda _s: again(a_fixed_day(), years_before=None),
    ),
    "transition_kind_usual_day": (
        lambda _s: change(term(TransitionKind, "school_to_school"), move_day=None),
        lambda _s: change(term(TransitionKind, "school_to_school"), move_month=None),
        lambda _s: change(term(TransitionKind, "school_to_school"), move_month=0),
        lambda _s: change(term(TransitionKind, "school_to_school"), move_day=29),
    ),
    "transition_to_another_unit": (lambda s: change(s.moves.planned, to_unit=s.world.school),),
    "transition_handed_over_first": (lambda s: change(s.moves.planned, state="handed_over"),),
    "transition_received_first": (lambda s: change(s.moves.handed, state="received"),),
    "transition_missing_iff_knowledge_missing": (
        lambda s: change(s.moves.landed, landing="knowledge_missing"),
        lambda s: change(s.moves.landed, missing=term(MissingKnowledge, "what_helps")),
    ),
    "transition_landed_iff_landing": (
        lambda s: change(s.moves.received, state="landed"),
        lambda s: change(s.moves.received, landing="well"),
        lambda s: change(s.moves.landed, landed_at=None),
        lambda s: change(s.moves.landed, landing=""),
    ),
    "transition_ended_iff_ended_at": (
        lambda s: change(s.moves.planned, state="cancelled"),
        lambda s: change(s.moves.handed, state="left"),
        lambda s: change(s.moves.landed, state="reviewed"),
        lambda s: change(s.moves.planned, ended_at=on(1)),
    ),
    "transition_once_per_case_and_day": (lambda s: again(s.moves.planned),),
    "milestone_once": (lambda s: again(a_step(s)),),
    "milestone_settled_iff_settled_at": (
        lambda s: change(a_step(s), state=MilestoneState.DONE),
        lambda s: change(a_step(s), settled_at=on(1)),
    ),
    "milestone_reason_iff_not_relevant": (
        lambda s: change(a_step(s), state=MilestoneState.NOT_RELEVANT, settled_at=on(1)),
        lambda s: change(a_step(s), reason=term(NotRelevantReason, "not_needed")),
    ),
    "review_once_per_unit": (lambda s: again(a_review(s)),),
    "deadline_one_open_per_transition_and_unit": (lambda s: again(to_receive(s)),),
    "figure_rule_never_under_three": (lambda s: FigureRule.objects.create(root=s.world.town, threshold=2),),
    "figure_period_once": (lambda s: again(a_period(s)),),
    "figure_period_forward": (lambda s: a_period(s, last_on=day(-31)),),
    "figure_period_never_under_three": (lambda s: a_period(s, threshold=2),),
    "figure_row_once": (lambda s: again(a_row(a_period(s))),),
}
