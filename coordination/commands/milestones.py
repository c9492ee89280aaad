"""Milestones: done, or not relevant for a reason."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock, changing, record, require_open, require_right
from coordination.commands.deadlines import settle
from coordination.errors import MovedOn
from coordination.models import (
    Case,
    DeadlineKind,
    EventKind,
    Milestone,
    MilestoneState,
    NotRelevantReason,
    Settlement,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.visibility import part_in
from coordination.rules.transitions import may_do_milestone, may_see_transition


@again_after_deadlock
def do_milestone(*, milestone: Milestone, actor: User, now: datetime) -> Milestone:
    """Say that a milestone is done, for the unit that owes it."""
    return _settle(milestone, MilestoneState.DONE, EventKind.MILESTONE_DONE, None, actor=actor, now=now)


@again_after_deadlock
def skip_milestone(*, milestone: Milestone, reason: NotRelevantReason, actor: User, now: datetime) -> Milestone:
    """Say that a milestone is not relevant for this child, and why, by a code."""
    return _settle(
        milestone, MilestoneState.NOT_RELEVANT, EventKind.MILESTONE_NOT_RELEVANT, reason, actor=actor, now=now
    )


def _settle(
    milestone: Milestone,
    state: MilestoneState,
    kind: EventKind,
    reason: NotRelevantReason | None,
    *,
    actor: User,
    now: datetime,
) -> Milestone:
    with changing(milestone.transition.case_id, now=now) as case:
        milestone = _open_milestone(case, milestone, actor, now)
        milestone.state, milestone.reason = state, reason
        milestone.settled_by, milestone.settled_at = actor, now
        milestone.save(update_fields=["state", "reason", "settled_by", "settled_at"])
        is_done = state == MilestoneState.DONE
        settlement = Settlement.MET if is_done else Settlement.LAPSED
        settle(case, now=now, settlement=settlement, kind=DeadlineKind.DO_MILESTONE, milestone=milestone)
        transition = milestone.transition
        record(
            kind,
            at=now,
            actor=actor,
            case=case,
            unit=transition.from_unit if milestone.is_senders else transition.to_unit,
            about=milestone,
            milestone=milestone.kind.code,
            reason=reason.code if reason else None,
        )
        return milestone


def _open_milestone(case: Case, milestone: Milestone, actor: User, now: datetime) -> Milestone:
    who = actor_of(actor, now)
    part = part_in(who, case)
    found = Milestone.objects.filter(transition__case=case).select_related(
        "kind", "transition__from_unit", "transition__to_unit", "transition__case"
    )
    milestone = found.get(pk=milestone.pk)
    sees_it = may_see_transition(who, milestone.transition, part)
    require_right(may_do_milestone(who, milestone, part), who, case, sees_it=sees_it)
    require_open(case)
    if milestone.state != MilestoneState.OPEN or not milestone.transition.is_live:
        raise MovedOn(_("This milestone is no longer open (%(state)s).") % {"state": milestone.get_state_display()})
    return milestone
