"""Templates of moves: a new version takes the place of the one before, for the moves planned from then on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock, record
from coordination.errors import Forbidden, MovedOn, Unacceptable
from coordination.models import (
    EventKind,
    MilestoneKind,
    Span,
    TemplateMilestone,
    TransitionKind,
    TransitionTemplate,
    User,
)
from coordination.queries.templates import planned_when
from coordination.rules.milestones import FixedDay, Offset, plain_day

# The longest way from a milestone to its move: young people are spoken of from 16 until after 18.
FARTHEST = {Span.DAYS: 3 * 366, Span.WEEKS: 3 * 52, Span.MONTHS: 3 * 12}
MOST_YEARS, LATEST_DAY, MONTHS = 3, 28, 12  # the 29th is not in every February
LONGEST_FOLLOW_UP = 366


@dataclass(frozen=True)
class MilestoneDraft:
    """One milestone of a template: what, by which of the two units, and when."""

    kind: MilestoneKind
    is_senders: bool
    when: Offset | FixedDay


@dataclass(frozen=True)
class TemplateDraft:
    """What belongs to a kind of move; the follow-up comes so many calendar days after the move."""

    milestones: tuple[MilestoneDraft, ...]
    follow_up_days: int


@again_after_deadlock
def change_template(
    *, kind: TransitionKind, version: int, draft: TemplateDraft, actor: User, now: datetime
) -> TransitionTemplate:
    """Give a kind of move a new version of its template, as an administrator; give the one there is if nothing differs.

    Moves planned before keep the version that they have. ``version``: the one that was changed (0: there was none).
    Raises ``MovedOn`` where there is another one by now, ``Unacceptable`` with the field for what cannot be.
    """
    with transaction.atomic():
        kind = TransitionKind.objects.select_for_update(no_key=True).get(pk=kind.pk)  # type: ignore[assignment]
        if not (actor.is_active and actor.is_staff):
            raise Forbidden(_("This is for somebody else to do."))
        before: TransitionTemplate | None = kind.templates.order_by("-version").first()
        if (before.version if before else 0) != version:
            raise MovedOn(_("Somebody else has changed this template meanwhile. Look at the newest version first."))
        drawn = _read(before)
        _check(draft, kind, known={milestone.kind.pk for milestone in drawn.milestones} if drawn else set())
        if before is not None and drawn is not None and _same(draft, drawn):
            return before
        template: TransitionTemplate = TransitionTemplate.objects.create(
            kind=kind,
            version=version + 1,
            follow_up_days=draft.follow_up_days,
            made_by=actor,
            made_at=now,
        )
        for position, milestone in enumerate(in_order(draft.milestones, kind), start=1):
            _add(milestone, template, position)
        record(
            EventKind.TEMPLATE_CHANGED,
            at=now,
            actor=actor,
            about=template,
            transition_kind=kind.code,
            version=template.version,
        )
        return template


def require_possible(when: Offset | FixedDay) -> None:
    """Refuse what is no day of every year, or lies more than three years from the move; the field names the input."""
    if isinstance(when, Offset):
        if abs(when.amount) > FARTHEST[when.span]:
            raise Unacceptable(_("Choose a time within three years of the move."), field="amount")
        return
    if not 1 <= when.month <= MONTHS:
        raise Unacceptable(_("Choose a month from 1 to 12."), field="month")
    if not 1 <= when.day <= LATEST_DAY:
        raise Unacceptable(_("Choose a day from 1 to 28, which every month has."), field="day")
    if not 0 <= when.years_before <= MOST_YEARS:
        raise Unacceptable(_("Choose a time within three years of the move."), field="years_before")


def in_order(milestones: tuple[MilestoneDraft, ...], kind: TransitionKind) -> list[MilestoneDraft]:
    """Put milestones in the order of their days, for a move on the usual day of the kind."""
    move_on = date(2027, kind.move_month or 8, kind.move_day or 1)
    return sorted(milestones, key=lambda milestone: plain_day(milestone.when, move_on))


def _read(template: TransitionTemplate | None) -> TemplateDraft | None:
    if template is None:
        return None
    milestones = tuple(
        MilestoneDraft(milestone.kind, milestone.is_senders, planned_when(milestone))
        for milestone in template.milestones.select_related("kind")
    )
    return TemplateDraft(milestones, template.follow_up_days)


def _same(draft: TemplateDraft, other: TemplateDraft) -> bool:
    """Say whether two templates ask for the same, in whatever order it is written."""
    return draft.follow_up_days == other.follow_up_days and set(draft.milestones) == set(other.milestones)


def _check(draft: TemplateDraft, kind: TransitionKind, *, known: set[int]) -> None:
    if not draft.milestones:
        raise Unacceptable(_("A move has at least one milestone."), field="milestones")
    if len(set(draft.milestones)) < len(draft.milestones):
        raise Unacceptable(_("The same milestone stands there twice."), field="milestones")
    for milestone in draft.milestones:
        require_possible(milestone.when)
        if milestone.kind.is_retired and milestone.kind.pk not in known:
            raise Unacceptable(_("Choose one from the list."), field="milestones")
        if kind.leaves_town and not milestone.is_senders:
            raise Unacceptable(_("A move to another municipality has no receiving unit here."), field="milestones")
    if not 1 <= draft.follow_up_days <= LONGEST_FOLLOW_UP:
        raise Unacceptable(_("Choose between 1 and 366 days."), field="follow_up_days")


def _add(milestone: MilestoneDraft, template: TransitionTemplate, position: int) -> None:
    when = milestone.when
    days = (
        {"amount": when.amount, "span": when.span}
        if isinstance(when, Offset)
        else {"month": when.month, "day": when.day, "years_before": when.years_before}
    )
    TemplateMilestone.objects.create(
        template=template, kind=milestone.kind, position=position, is_senders=milestone.is_senders, **days
    )
