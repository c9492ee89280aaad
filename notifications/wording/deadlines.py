"""How the steps of deadlines are told: by what is owed, whether its day has passed, and to whom it is said."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from coordination.models import DeadlineKind
from notifications.models import Audience
from notifications.wording.events import Wording

# To the one who owes it: what they are to do.
TO_DO: dict[DeadlineKind, Any] = {
    DeadlineKind.ANSWER_INVITATION: _("Answer the invitation to %(unit)s"),
    DeadlineKind.FIND_PARTNER: _("Find another partner"),
    DeadlineKind.ANSWER_JOIN_REQUEST: _("Answer the request to join"),
    DeadlineKind.ANSWER_HANDOVER: _("Answer whether the baton moves"),
    DeadlineKind.DO_AGREEMENT: _("Do what you have agreed to"),
    DeadlineKind.LOOK_AGAIN: _("Look at the agreement again"),
    DeadlineKind.ANSWER_MEETING: _("Answer whether you come to the meeting"),
    DeadlineKind.MEETING_OUTCOME: _("Take down what came of the meeting"),
    DeadlineKind.NEXT_STEP: _("Agree on a next step"),
    DeadlineKind.RENEW_CONSENT: _("Renew the consent or the legal basis"),
    DeadlineKind.ASSIGN_HOLDER: _("Find a new holder"),
    DeadlineKind.HEAR_CHILD: _("Hear the child"),
    DeadlineKind.INVOLVE_PARENTS: _("Involve the parents"),
    DeadlineKind.DO_MILESTONE: _("A step of the move is due"),
    DeadlineKind.NAME_RECEIVER: _("Find out who receives the child"),
    DeadlineKind.RECEIVE_TRANSITION: _("Receive the child"),
    DeadlineKind.FOLLOW_UP: _("Follow up: has the child landed?"),
    DeadlineKind.REVIEW_TRANSITION: _("Review the move"),
    DeadlineKind.CLOSE_TO_ERASE: _("Close the case, so that it can be erased"),
}
# To everybody else: what has not happened.
NOT_DONE: dict[DeadlineKind, Any] = {
    DeadlineKind.ANSWER_INVITATION: _("%(unit)s has not answered the invitation"),
    DeadlineKind.FIND_PARTNER: _("No other partner has been asked yet"),
    DeadlineKind.ANSWER_JOIN_REQUEST: _("The request to join has not been answered"),
    DeadlineKind.ANSWER_HANDOVER: _("It has not been answered whether the baton moves"),
    DeadlineKind.DO_AGREEMENT: _("An agreement has not been kept yet"),
    DeadlineKind.LOOK_AGAIN: _("An agreement has not been looked at again"),
    DeadlineKind.ANSWER_MEETING: _("The call to a meeting has not been answered"),
    DeadlineKind.MEETING_OUTCOME: _("Nobody has taken down what came of a meeting"),
    DeadlineKind.NEXT_STEP: _("A case has no next step"),
    DeadlineKind.RENEW_CONSENT: _("A consent or a legal basis has not been renewed"),
    DeadlineKind.ASSIGN_HOLDER: _("A new holder has not been found"),
    DeadlineKind.HEAR_CHILD: _("The child has not been heard"),
    DeadlineKind.INVOLVE_PARENTS: _("The parents have not been involved"),
    DeadlineKind.DO_MILESTONE: _("A step of a move has not been done"),
    DeadlineKind.NAME_RECEIVER: _("Nobody has been found to receive a child"),
    DeadlineKind.RECEIVE_TRANSITION: _("%(unit)s has not received the child"),
    DeadlineKind.FOLLOW_UP: _("It has not been followed up whether a child landed"),
    DeadlineKind.REVIEW_TRANSITION: _("A move has not been reviewed"),
    DeadlineKind.CLOSE_TO_ERASE: _("A case that is to be erased has not been closed"),
}
_DUE, _WAS_DUE = _("It is due by %(day)s."), _("It was due by %(day)s.")
_OWED = _("%(unit)s had until %(day)s.")
_OWED_SOON = _("%(unit)s has until %(day)s.")
# Whoever asks to join learns nothing of the case, and so not whose it is.
_ASKED_TO_JOIN = _("An answer was due by %(day)s.")
_ASKED_TO_JOIN_SOON = _("An answer is due by %(day)s.")
_OWED_BELOW = _("%(unit)s had until %(day)s. Can you help them along?")
_OWED_BELOW_SOON = _("%(unit)s has until %(day)s. Can you help them along?")


def wording_of(kind: DeadlineKind, audience: Audience, *, is_late: bool) -> Wording:
    """Find the words for a step of a deadline, for one of those whom it tells."""
    if audience == Audience.OWNER:
        return Wording(TO_DO[kind], _WAS_DUE if is_late else _DUE)
    if audience == Audience.LEADER:
        return Wording(NOT_DONE[kind], _OWED_BELOW if is_late else _OWED_BELOW_SOON)
    if kind == DeadlineKind.ANSWER_JOIN_REQUEST:
        return Wording(NOT_DONE[kind], _ASKED_TO_JOIN if is_late else _ASKED_TO_JOIN_SOON)
    return Wording(NOT_DONE[kind], _OWED if is_late else _OWED_SOON)
