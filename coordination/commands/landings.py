"""Landings: whether the child has landed, and what both leaders learn from it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from coordination.commands.batons import leader_for
from coordination.commands.changing import again_after_deadlock, changing, require_open, require_right
from coordination.commands.deadlines import owe, settle
from coordination.commands.transitions import read_transition, record_of, require_state
from coordination.errors import MovedOn, Unacceptable
from coordination.models import (
    Case,
    DeadlineKind,
    EventKind,
    Landing,
    MissingKnowledge,
    Review,
    Settlement,
    Transition,
    TransitionState,
    Unit,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.visibility import part_in
from coordination.rules.transitions import may_follow_up, may_see_transition


@again_after_deadlock
def follow_up(
    *,
    transition: Transition,
    landing: Landing,
    actor: User,
    now: datetime,
    missing: MissingKnowledge | None = None,
) -> Transition:
    """Say how the child has landed, as the contact who received it; both leaders then review the move.

    ``missing``: which kind of knowledge was missing, where that was so. Not before the day of the move.
    """
    with changing(transition.case_id, now=now) as case:
        who = actor_of(actor, now)
        transition = read_transition(case, transition)
        sees_it = may_see_transition(who, transition, part_in(who, case))
        require_right(may_follow_up(who, transition), who, case, sees_it=sees_it)
        require_open(case)
        require_state(transition, TransitionState.RECEIVED)
        if who.today < transition.move_on:
            raise Unacceptable(_("The child has not moved yet."), field="landing")
        if (landing == Landing.KNOWLEDGE_MISSING) != (missing is not None):
            raise Unacceptable(_("Which kind of knowledge was missing?"), field="missing")
        transition.state, transition.landed_at = TransitionState.LANDED, now
        transition.landing, transition.missing = landing, missing
        transition.save(update_fields=["state", "landed_at", "landing", "missing"])
        settle(case, now=now, settlement=Settlement.MET, kind=DeadlineKind.FOLLOW_UP, transition=transition)
        settle(case, now=now, settlement=Settlement.LAPSED, milestone__transition=transition)
        record_of(
            EventKind.TRANSITION_LANDED,
            transition,
            actor,
            now,
            landing=landing.value,
            missing=missing.code if missing else None,
        )
        _owe_reviews(transition, now=now)
        return transition


@again_after_deadlock
def review_transition(*, transition: Transition, unit: Unit, actor: User, now: datetime) -> Transition:
    """Say, as a leader of one of its two units or above, that one has reviewed the move; the last one ends it."""
    with changing(transition.case_id, now=now) as case:
        who = actor_of(actor, now)
        transition = read_transition(case, transition)
        sees_it = may_see_transition(who, transition, part_in(who, case))
        is_theirs = unit.pk in (transition.from_unit_id, transition.to_unit_id)
        require_right(is_theirs and who.leads(Unit.objects.get(pk=unit.pk)), who, case, sees_it=sees_it)
        require_state(transition, TransitionState.LANDED)
        if transition.reviews.filter(unit=unit).exists():
            raise MovedOn(_("This move has been reviewed for %(unit)s already.") % {"unit": unit.name})
        Review.objects.create(transition=transition, unit=unit, reviewed_by=actor, reviewed_at=now)
        settle(
            case,
            now=now,
            settlement=Settlement.MET,
            kind=DeadlineKind.REVIEW_TRANSITION,
            transition=transition,
            unit=unit,
        )
        record_of(EventKind.TRANSITION_REVIEWED, transition, actor, now, reviewed_unit=unit.pk)
        if not case.deadlines.open().filter(kind=DeadlineKind.REVIEW_TRANSITION, transition=transition).exists():
            transition.state, transition.ended_at = TransitionState.REVIEWED, now
            transition.save(update_fields=["state", "ended_at"])
        return transition


def _owe_reviews(transition: Transition, *, now: datetime) -> None:
    """Owe the review for each of the two units, by its nearest leader."""
    case: Case = transition.case
    for unit in (transition.from_unit, transition.to_unit):
        if unit is not None:
            owe(
                DeadlineKind.REVIEW_TRANSITION,
                case=case,
                unit=unit,
                owner=leader_for(unit).user,
                now=now,
                transition=transition,
            )
