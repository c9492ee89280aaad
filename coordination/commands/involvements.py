"""Involvement: taking down that the child was heard and the parents took part, and asking for it again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.commands.agreements import unit_in_case
from coordination.commands.changing import again_after_deadlock, changing, record, require_part
from coordination.commands.deadlines import owe, settle
from coordination.errors import Unacceptable
from coordination.models import (
    Case,
    DeadlineKind,
    EventKind,
    Involvement,
    InvolvementForm,
    InvolvementKind,
    NotInvolvedReason,
    Settlement,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.calendars import calendar_of
from coordination.queries.rules import rule_for
from coordination.rules.access import Part

# A talk before the case was opened counts as well, if it was not long ago.
EARLIEST = timedelta(days=90)

OWED = {
    InvolvementKind.CHILD: DeadlineKind.HEAR_CHILD,
    InvolvementKind.PARENTS: DeadlineKind.INVOLVE_PARENTS,
}
_SAID = {
    InvolvementKind.CHILD: EventKind.CHILD_HEARD,
    InvolvementKind.PARENTS: EventKind.PARENTS_INVOLVED,
}


@dataclass(frozen=True)
class InvolvementDraft:
    """What is taken down: the day, and a form, or a reason why they were not involved yet.

    ``changed_plan`` belongs to a child that was heard.
    """

    kind: InvolvementKind
    on: date
    form: InvolvementForm | None = None
    reason: NotInvolvedReason | None = None
    changed_plan: bool | None = None


@again_after_deadlock
def record_involvement(*, case: Case, draft: InvolvementDraft, actor: User, now: datetime) -> Involvement:
    """Take down that the child was heard, or the parents took part, or why not yet; then it is owed anew.

    Whoever takes part may. Raises ``Unacceptable`` for a day to come, or one long before the case, and for a form or a
    reason that is not meant for them.
    """
    with changing(case.pk, now=now) as case:
        who = actor_of(actor, now)
        require_part(Part.PARTNER, who, case)  # which nobody has once the case has been closed
        _check(draft, case, today=who.today)
        involvement = Involvement.objects.create(
            case=case,
            kind=draft.kind,
            on=draft.on,
            form=draft.form,
            reason=draft.reason,
            changed_plan=draft.changed_plan,
            recorded_by=actor,
            recorded_unit=unit_in_case(case, actor) or case.holder_unit,
            recorded_at=now,
        )
        settle(case, now=now, settlement=Settlement.MET, kind=OWED[draft.kind])
        owe_involvement(case, draft.kind, now=now)
        record(
            _SAID[draft.kind],
            at=now,
            actor=actor,
            case=case,
            unit=involvement.recorded_unit,
            about=involvement,
            was_on=draft.on,
            form=draft.form.code if draft.form else None,
            reason=draft.reason.code if draft.reason else None,
            changed_plan=draft.changed_plan,
        )
        return involvement


def owe_involvement(case: Case, kind: InvolvementKind, *, now: datetime) -> None:
    """Owe to hear the child, or to involve the parents: soon after opening, and again so many weeks after each time.

    Given as a reason why not, it is owed again as soon as for a case that has just been opened.
    """
    rule, last = rule_for(OWED[kind]), case.involvements.filter(kind=kind).first()
    due_on = None
    if last is not None and last.took_place and rule.again_weeks:
        calendar = calendar_of(case.holder_unit)
        due_on = calendar.shift(last.on + timedelta(weeks=rule.again_weeks), 0)
        if due_on < timezone.localdate(now):
            due_on = calendar.shift(timezone.localdate(now), 0)
    owe(OWED[kind], case=case, unit=case.holder_unit, owner=case.holder, now=now, due_on=due_on)


def owe_all_involvement(case: Case, *, now: datetime) -> None:
    """Owe both, for a case that has just been opened, or opened again."""
    for kind in InvolvementKind:
        owe_involvement(case, kind, now=now)


def _check(draft: InvolvementDraft, case: Case, *, today: date) -> None:
    if (draft.form is None) == (draft.reason is None):
        raise Unacceptable(_("How were they involved, or why not yet?"), field="form")
    chosen = draft.form or draft.reason
    is_child = draft.kind == InvolvementKind.CHILD
    if chosen is None or chosen.is_retired or not (chosen.for_child if is_child else chosen.for_parents):
        raise Unacceptable(_("Choose one from the list."), field="form" if draft.form else "reason")
    if draft.changed_plan is not None and (draft.form is None or not is_child):
        raise Unacceptable(_("Whether the plan changed belongs to a child that was heard."), field="changed_plan")
    if is_child and draft.form is not None and draft.changed_plan is None:
        raise Unacceptable(_("Did what the child said change the plan?"), field="changed_plan")
    if draft.on > today:
        raise Unacceptable(_("This day has not come yet."), field="on")
    if draft.on < timezone.localdate(case.opened_at) - EARLIEST:
        raise Unacceptable(_("That is long before the case was opened."), field="on")
