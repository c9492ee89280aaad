"""What somebody owes, kind by kind: as it is said of others when it is late, and as what comes next in a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordination.models import Deadline, DeadlineKind, HandoverKind, Meeting, Transition

Part = TypeVar("Part")


def there(part: Part | None) -> Part:
    """Give what a deadline of its kind always has."""
    if part is None:
        raise ValueError("a deadline without its subject")
    return part


def meeting_of(deadline: Deadline) -> Meeting:
    """Give the meeting that a deadline is about, or that it calls somebody to."""
    return deadline.attendance.meeting if deadline.attendance else there(deadline.meeting)


def move_of(deadline: Deadline) -> Transition:
    """Give the move that a deadline is about, or whose milestone it is."""
    return deadline.milestone.transition if deadline.milestone else there(deadline.transition)


def owner_of(deadline: Deadline) -> str:
    """Name who owes it: a person, or the whole unit."""
    return (deadline.owner or deadline.unit).name


def is_search_of_leader(deadline: Deadline) -> bool:
    """Whether a leader is to find out whom to ask after a no, rather than the holder to ask them."""
    if deadline.kind != DeadlineKind.FIND_PARTNER:
        return False
    return there(deadline.invitation).onward_unit is None and deadline.owner_id != deadline.case.holder_id


def _invitation_not_answered(deadline: Deadline) -> str:
    invitation = there(deadline.invitation)
    return _("%(who)s has not answered %(unit)s: %(ask)s") % {
        "who": owner_of(deadline),
        "unit": invitation.sent_unit.name,
        "ask": invitation.ask.label,
    }


def _partner_not_found(deadline: Deadline) -> str:
    who = {"who": owner_of(deadline), "unit": there(deadline.invitation).unit.name}
    if is_search_of_leader(deadline):
        return _("%(who)s has not found out who can help instead of %(unit)s") % who
    return _("%(who)s has not asked anybody else after the no of %(unit)s") % who


def _join_not_answered(deadline: Deadline) -> str:
    who = {"who": owner_of(deadline), "unit": there(deadline.join_request).unit.name}
    return _("%(who)s has not answered %(unit)s, who asks to take part") % who


def _agreement_not_done(deadline: Deadline) -> str:
    return _("%(who)s has not done what was agreed: %(kind)s") % _agreed(deadline)


def _agreement_not_looked_at(deadline: Deadline) -> str:
    return _("%(who)s has not looked again at the agreement: %(kind)s") % _agreed(deadline)


def _agreed(deadline: Deadline) -> dict[str, str]:
    return {"who": owner_of(deadline), "kind": there(deadline.agreement).kind.label}


def _handover_not_answered(deadline: Deadline) -> str:
    return _("%(who)s has not said whether the baton changes hands") % {"who": owner_of(deadline)}


def _meeting_not_answered(deadline: Deadline) -> str:
    return _("%(who)s has not answered the call to a meeting") % {"who": owner_of(deadline)}


def _outcome_not_taken(deadline: Deadline) -> str:
    return _("%(who)s has not noted whether the meeting was held") % {"who": owner_of(deadline)}


def _nothing_is_due(deadline: Deadline) -> str:
    return _("Nothing is due in a case that %(who)s holds") % {"who": owner_of(deadline)}


def _consent_not_renewed(deadline: Deadline) -> str:
    return _("%(who)s has not renewed the consent or the legal basis") % {"who": owner_of(deadline)}


def _holder_not_assigned(deadline: Deadline) -> str:
    return _("%(who)s has not assigned a new holder") % {"who": owner_of(deadline)}


def _child_not_heard(deadline: Deadline) -> str:
    return _("%(who)s has not heard the child") % {"who": owner_of(deadline)}


def _parents_not_involved(deadline: Deadline) -> str:
    return _("%(who)s has not involved the parents") % {"who": owner_of(deadline)}


def _milestone_not_done(deadline: Deadline) -> str:
    return _("%(who)s has not reached a milestone: %(milestone)s") % {
        "who": owner_of(deadline),
        "milestone": there(deadline.milestone).kind.label,
    }


def _receiver_not_named(deadline: Deadline) -> str:
    return _("%(who)s has not found out who receives the child from %(unit)s") % _move_words(deadline)


def _child_not_received(deadline: Deadline) -> str:
    return _("%(who)s has not received the child from %(unit)s") % _move_words(deadline)


def _not_followed_up(deadline: Deadline) -> str:
    return _("%(who)s has not said whether the child has landed") % {"who": owner_of(deadline)}


def _move_not_reviewed(deadline: Deadline) -> str:
    return _("%(who)s has not reviewed the move from %(unit)s") % _move_words(deadline)


def _case_not_closed(deadline: Deadline) -> str:
    return _("%(who)s has not closed a case that is to be erased") % {"who": owner_of(deadline)}


def _move_words(deadline: Deadline) -> dict[str, str]:
    return {"who": owner_of(deadline), "unit": move_of(deadline).from_unit.name}


OTHERS: dict[DeadlineKind, Callable[[Deadline], str]] = {
    DeadlineKind.ANSWER_INVITATION: _invitation_not_answered,
    DeadlineKind.FIND_PARTNER: _partner_not_found,
    DeadlineKind.ANSWER_JOIN_REQUEST: _join_not_answered,
    DeadlineKind.ANSWER_HANDOVER: _handover_not_answered,
    DeadlineKind.DO_AGREEMENT: _agreement_not_done,
    DeadlineKind.LOOK_AGAIN: _agreement_not_looked_at,
    DeadlineKind.ANSWER_MEETING: _meeting_not_answered,
    DeadlineKind.MEETING_OUTCOME: _outcome_not_taken,
    DeadlineKind.NEXT_STEP: _nothing_is_due,
    DeadlineKind.RENEW_CONSENT: _consent_not_renewed,
    DeadlineKind.ASSIGN_HOLDER: _holder_not_assigned,
    DeadlineKind.HEAR_CHILD: _child_not_heard,
    DeadlineKind.INVOLVE_PARENTS: _parents_not_involved,
    DeadlineKind.DO_MILESTONE: _milestone_not_done,
    DeadlineKind.NAME_RECEIVER: _receiver_not_named,
    DeadlineKind.RECEIVE_TRANSITION: _child_not_received,
    DeadlineKind.FOLLOW_UP: _not_followed_up,
    DeadlineKind.REVIEW_TRANSITION: _move_not_reviewed,
    DeadlineKind.CLOSE_TO_ERASE: _case_not_closed,
}


# --- What comes next ----------------------------------------------------------------------------------------
def _answer_is_next(deadline: Deadline) -> str:
    return _("%(who)s answers") % {"who": owner_of(deadline)}


def _baton_is_next(deadline: Deadline) -> str:
    if there(deadline.handover).kind == HandoverKind.OFFER:
        return _("%(who)s answers about the baton") % {"who": owner_of(deadline)}
    return _("an answer to %(who)s, who asks for the baton") % {"who": there(deadline.handover).to_person.name}


def _join_is_next(deadline: Deadline) -> str:
    return _("an answer to %(unit)s, who asks to take part") % {"unit": there(deadline.join_request).unit.name}


def _search_is_next(deadline: Deadline) -> str:
    return _("somebody instead of %(unit)s") % {"unit": there(deadline.invitation).unit.name}


def _agreement_is_next(deadline: Deadline) -> str:
    return pgettext("what comes next", "%(kind)s (%(who)s)") % _agreed(deadline)


def _look_is_next(deadline: Deadline) -> str:
    return _("look again at: %(kind)s") % {"kind": there(deadline.agreement).kind.label}


def _meeting_is_next(deadline: Deadline) -> str:
    return _("was the meeting held?")


def _milestone_is_next(deadline: Deadline) -> str:
    milestone = there(deadline.milestone).kind.label
    return pgettext("what comes next", "%(kind)s (%(who)s)") % {"kind": milestone, "who": owner_of(deadline)}


def _receiving_is_next(deadline: Deadline) -> str:
    return _("%(who)s receives the child") % {"who": owner_of(deadline)}


def _review_is_next(deadline: Deadline) -> str:
    return _("%(who)s reviews the move") % {"who": owner_of(deadline)}


NEXT: dict[DeadlineKind, Callable[[Deadline], str]] = {
    DeadlineKind.ANSWER_INVITATION: _answer_is_next,
    DeadlineKind.FIND_PARTNER: _search_is_next,
    DeadlineKind.ANSWER_JOIN_REQUEST: _join_is_next,
    DeadlineKind.ANSWER_HANDOVER: _baton_is_next,
    DeadlineKind.DO_AGREEMENT: _agreement_is_next,
    DeadlineKind.LOOK_AGAIN: _look_is_next,
    DeadlineKind.ANSWER_MEETING: _answer_is_next,
    DeadlineKind.MEETING_OUTCOME: _meeting_is_next,
    DeadlineKind.NEXT_STEP: lambda _deadline: pgettext("what comes next", "agree on a next step"),
    DeadlineKind.RENEW_CONSENT: lambda _deadline: _("renew the consent or the legal basis"),
    DeadlineKind.ASSIGN_HOLDER: lambda _deadline: _("a new holder"),
    DeadlineKind.HEAR_CHILD: lambda _deadline: _("hear the child"),
    DeadlineKind.INVOLVE_PARENTS: lambda _deadline: _("involve the parents"),
    DeadlineKind.DO_MILESTONE: _milestone_is_next,
    DeadlineKind.NAME_RECEIVER: lambda _deadline: _("find out who receives the child"),
    DeadlineKind.RECEIVE_TRANSITION: _receiving_is_next,
    DeadlineKind.FOLLOW_UP: lambda _deadline: _("has the child landed?"),
    DeadlineKind.REVIEW_TRANSITION: _review_is_next,
    DeadlineKind.CLOSE_TO_ERASE: lambda _deadline: _("close the case, so that it can be erased"),
}


def missing_words(deadline: Deadline) -> str:
    """Say what a late deadline lacks: never what is to come as if it went on."""
    if deadline.kind == DeadlineKind.NEXT_STEP:  # to whoever reads of a case, it is enough to say what to do
        return NEXT[DeadlineKind.NEXT_STEP](deadline)
    return OTHERS[DeadlineKind(deadline.kind)](deadline)
