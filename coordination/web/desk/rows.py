"""What a deadline says on a desk, for each kind: a sentence, where it leads, and the one thing to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.models import Deadline, DeadlineKind
from coordination.queries.case_rows import CaseRow
from coordination.rules.actors import Actor
from coordination.rules.day_words import due_words
from coordination.web.desk.owed import NEXT, OTHERS, is_search_of_leader, missing_words, move_of
from coordination.web.desk.own import OWN
from coordination.web.desk.row import ANSWERS, Row, state_of, when_words

OF_A_MOVE = (
    DeadlineKind.DO_MILESTONE,
    DeadlineKind.NAME_RECEIVER,
    DeadlineKind.RECEIVE_TRANSITION,
    DeadlineKind.FOLLOW_UP,
    DeadlineKind.REVIEW_TRANSITION,
)


@dataclass(frozen=True)
class CaseLine:
    """A case in a list: where it stands, in words."""

    code: str
    url: str
    theme: str
    level: int
    holder: str
    unit: str
    next: str
    state: str
    is_new: bool


def own_row(deadline: Deadline, actor: Actor) -> Row:
    """Say what the actor owes, or somebody for whom they stand in."""
    said = OWN[DeadlineKind(deadline.kind)](deadline, actor)
    is_for_other = deadline.owner is not None and deadline.owner_id != actor.user.pk
    return Row(
        title=said.title,
        state=state_of(deadline.due_on, actor.today),
        when=when_words(deadline, actor.today),
        code=deadline.case.code,
        text=_("for %(person)s") % {"person": deadline.owner} if is_for_other else "",
        href=said.url,
        action=said.action,
        action_url=said.url,
        done_url=said.done_url,
    )


def awaited_row(deadline: Deadline, actor: Actor) -> Row:
    """Say what somebody else owes, late, in a case that the actor holds."""
    case_url = reverse("case", args=[deadline.case.code])
    action, action_url = _("See the case"), case_url
    if deadline.kind == DeadlineKind.ANSWER_INVITATION:
        action, action_url = _("See who else can"), reverse("invite", args=[deadline.case.code])
    elif deadline.kind in OF_A_MOVE:
        action, action_url = _("See the move"), reverse("transition", args=[move_of(deadline).pk])
    return _others_row(deadline, actor, href=case_url, action=action, action_url=action_url)


def escalated_row(deadline: Deadline, actor: Actor, *, sees_case: bool) -> Row:
    """Say what has come up to the actor as a leader: what, of which unit, since when. It leads where they may go."""
    case_url = reverse("case", args=[deadline.case.code]) if sees_case else ""
    action, action_url = (_("See the case"), case_url) if sees_case else ("", "")
    leads_unit = actor.leads(deadline.unit)
    if deadline.kind in OF_A_MOVE and (leads_unit or sees_case):
        said = OWN[DeadlineKind(deadline.kind)](deadline, actor)
        action, action_url = said.action, said.url
    elif deadline.kind == DeadlineKind.ANSWER_INVITATION and leads_unit and deadline.invitation_id:
        action, action_url = _("Answer"), reverse("invitation", args=[deadline.invitation_id])
    elif deadline.kind == DeadlineKind.ASSIGN_HOLDER and sees_case:
        action, action_url = _("Assign"), reverse("assign", args=[deadline.case.code])
    elif is_search_of_leader(deadline) and sees_case:
        action, action_url = _("Point onward"), reverse("onward", args=[deadline.invitation_id])
    return _others_row(
        deadline, actor, href=case_url or action_url, action=action, action_url=action_url, text=deadline.unit.name
    )


def next_words(deadline: Deadline, today: date) -> str:
    """Say in a few words what comes next in a case, and by when."""
    if deadline.due_on < today:
        late = {"what": missing_words(deadline), "day": due_words(deadline.due_on, today)}
        return _("%(what)s. The limit was %(day)s") % late
    what = NEXT[DeadlineKind(deadline.kind)](deadline)
    if deadline.kind in ANSWERS:
        return _("%(what)s by %(day)s") % {"what": what, "day": due_words(deadline.due_on, today)}
    return _("%(what)s, %(when)s") % {"what": what, "when": when_words(deadline, today)}


def _others_row(deadline: Deadline, actor: Actor, *, href: str, action: str, action_url: str, text: str = "") -> Row:
    return Row(
        title=OTHERS[DeadlineKind(deadline.kind)](deadline),
        state=state_of(deadline.due_on, actor.today),
        when=when_words(deadline, actor.today),
        code=deadline.case.code,
        text=text,
        href=href,
        action=action,
        action_url=action_url,
    )


def case_line(row: CaseRow, today: date) -> CaseLine:
    """Say in one line where a case stands."""
    return CaseLine(
        code=row.case.code,
        url=reverse("case", args=[row.case.code]),
        theme=row.case.theme.label,
        level=row.level,
        holder=row.case.holder.name,
        unit=row.case.holder_unit.name,
        next=next_words(row.next_due, today) if row.next_due else "",
        state=state_of(row.next_due.due_on, today) if row.next_due else "",
        is_new=row.is_new,
    )
