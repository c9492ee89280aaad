"""What I owe, or somebody for whom I stand in, kind by kind: a sentence, the word for doing it, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordination.models import BasisKind, BasisState, Deadline, DeadlineKind, HandoverKind
from coordination.rules.actors import Actor
from coordination.templatetags.days import moment_words
from coordination.web.desk.owed import meeting_of, move_of, there


@dataclass(frozen=True)
class Said:
    """The words of one deadline. ``done_url``: where it can be said at once that it is done."""

    title: str
    action: str
    url: str
    done_url: str = ""


def _answer_invitation(deadline: Deadline, _actor: Actor) -> Said:
    invitation = there(deadline.invitation)
    who = {"unit": invitation.sent_unit.name, "ask": invitation.ask.label}
    title = (
        pgettext("the person", "%(unit)s invites you: %(ask)s")
        if invitation.person_id
        else pgettext("the unit", "%(unit)s invites you: %(ask)s")
    )
    return Said(title % who, _("Answer"), reverse("invitation", args=[invitation.pk]))


def _find_partner(deadline: Deadline, actor: Actor) -> Said:
    invitation = there(deadline.invitation)
    invite_url = f"{reverse('invite', args=[deadline.case.code])}?efter={invitation.pk}"
    unit = {"unit": invitation.unit.name}
    if invitation.onward_unit is not None:
        title = _("%(unit)s cannot, and points to %(onward)s") % {**unit, "onward": invitation.onward_unit.name}
        return Said(title, _("Invite"), invite_url)
    if actor.is_one_of(deadline.case.holder_id):
        return Said(_("%(unit)s cannot: find out who else can") % unit, _("Invite"), invite_url)
    title = _("%(unit)s cannot, and does not know who can: point onward") % unit
    return Said(title, _("Point onward"), reverse("onward", args=[invitation.pk]))


def _answer_join_request(deadline: Deadline, _actor: Actor) -> Said:
    request = there(deadline.join_request)
    title = _("%(unit)s asks to take part") % {"unit": request.unit.name}
    return Said(title, _("Answer"), reverse("join_request", args=[request.pk]))


def _answer_handover(deadline: Deadline, _actor: Actor) -> Said:
    handover = there(deadline.handover)
    if handover.kind == HandoverKind.OFFER:
        title = _("%(person)s offers you the baton") % {"person": handover.begun_by.name}
    else:
        title = _("%(person)s asks to take the baton over") % {"person": handover.to_person.name}
    return Said(title, _("Answer"), reverse("handover", args=[handover.pk]))


def _do_agreement(deadline: Deadline, _actor: Actor) -> Said:
    agreement = there(deadline.agreement)
    title = _("Your agreement: %(kind)s") % {"kind": agreement.kind.label}
    return Said(
        title,
        _("Move"),
        reverse("agreement_move", args=[agreement.pk]),
        done_url=reverse("agreement_done", args=[agreement.pk]),
    )


def _look_again(deadline: Deadline, _actor: Actor) -> Said:
    agreement = there(deadline.agreement)
    title = _("Look again at the agreement: %(kind)s (%(person)s)") % {
        "kind": agreement.kind.label,
        "person": agreement.owner.name,
    }
    return Said(title, _("Look again"), reverse("agreement_look", args=[agreement.pk]))


def _answer_meeting(deadline: Deadline, actor: Actor) -> Said:
    meeting = meeting_of(deadline)
    title = _("You are called to a meeting: %(kind)s, %(when)s") % {
        "kind": meeting.kind.label,
        "when": moment_words(meeting.starts_at, actor.today),
    }
    return Said(title, _("Answer"), reverse("meeting", args=[meeting.pk]))


def _meeting_outcome(deadline: Deadline, _actor: Actor) -> Said:
    meeting = meeting_of(deadline)
    title = _("Was the meeting held? %(kind)s") % {"kind": meeting.kind.label}
    return Said(title, _("Note it"), reverse("meeting", args=[meeting.pk]))


def _next_step(deadline: Deadline, _actor: Actor) -> Said:
    return Said(_("Nothing is due: agree on a next step"), _("Choose"), reverse("case", args=[deadline.case.code]))


def _renew_consent(deadline: Deadline, actor: Actor) -> Said:
    basis = there(deadline.basis)
    if basis.kind == BasisKind.STATUTORY:
        title = _("The legal basis has been withdrawn: find another one")
    elif basis.state == BasisState.WITHDRAWN:
        title = _("The consent has been withdrawn: get a new one")
    elif deadline.due_on < actor.today:
        title = _("The consent has ended: get a new one")
    else:
        title = _("The consent ends: renew it")
    return Said(title, _("Renew"), reverse("basis_record", args=[deadline.case.code]))


def _assign_holder(deadline: Deadline, actor: Actor) -> Said:
    if actor.is_one_of(deadline.case.holder_id):
        title = _("The baton has fallen to you: assign a holder")
    else:
        title = _("%(person)s asks for another holder") % {"person": deadline.case.holder.name}
    return Said(title, _("Assign"), reverse("assign", args=[deadline.case.code]))


def _hear_child(deadline: Deadline, _actor: Actor) -> Said:
    return Said(_("Hear the child"), _("Note it"), reverse("child_heard", args=[deadline.case.code]))


def _involve_parents(deadline: Deadline, _actor: Actor) -> Said:
    return Said(_("Involve the parents"), _("Note it"), reverse("parents_involved", args=[deadline.case.code]))


def _do_milestone(deadline: Deadline, _actor: Actor) -> Said:
    milestone = there(deadline.milestone)
    move, words = milestone.transition, {"milestone": milestone.kind.label}
    if move.to_unit is None:
        title = _("%(milestone)s (move from %(unit)s)") % {**words, "unit": move.from_unit.name}
    elif milestone.is_senders:
        title = _("%(milestone)s (move to %(unit)s)") % {**words, "unit": move.to_unit.name}
    else:
        title = _("%(milestone)s (move from %(unit)s)") % {**words, "unit": move.from_unit.name}
    return Said(
        title,
        _("See the move"),
        reverse("transition", args=[move.pk]),
        done_url=reverse("milestone_done", args=[milestone.pk]),
    )


def _name_receiver(deadline: Deadline, _actor: Actor) -> Said:
    move = move_of(deadline)
    return Said(_("Find out who receives the child"), _("Choose"), reverse("transition_receiver", args=[move.pk]))


def _receive_child(deadline: Deadline, _actor: Actor) -> Said:
    move = move_of(deadline)
    title = _("%(unit)s hands a child over to you") % {"unit": move.from_unit.name}
    return Said(title, _("Receive the child"), reverse("transition_receive", args=[move.pk]))


def _follow_up(deadline: Deadline, _actor: Actor) -> Said:
    move = move_of(deadline)
    title = _("Has the child from %(unit)s landed?") % {"unit": move.from_unit.name}
    return Said(title, _("Answer"), reverse("transition_follow_up", args=[move.pk]))


def _review_move(deadline: Deadline, _actor: Actor) -> Said:
    move = move_of(deadline)
    title = _("Review the move from %(unit)s to %(to_unit)s") % {
        "unit": move.from_unit.name,
        "to_unit": there(move.to_unit).name,
    }
    return Said(title, _("Review it"), reverse("transition_review", args=[move.pk, deadline.unit_id]))


def _close_to_erase(deadline: Deadline, _actor: Actor) -> Said:
    title = _("Close the case: the child or the parents want it erased")
    return Said(title, _("Close the case"), reverse("case_close", args=[deadline.case.code]))


OWN: dict[DeadlineKind, Callable[[Deadline, Actor], Said]] = {
    DeadlineKind.ANSWER_INVITATION: _answer_invitation,
    DeadlineKind.FIND_PARTNER: _find_partner,
    DeadlineKind.ANSWER_JOIN_REQUEST: _answer_join_request,
    DeadlineKind.ANSWER_HANDOVER: _answer_handover,
    DeadlineKind.DO_AGREEMENT: _do_agreement,
    DeadlineKind.LOOK_AGAIN: _look_again,
    DeadlineKind.ANSWER_MEETING: _answer_meeting,
    DeadlineKind.MEETING_OUTCOME: _meeting_outcome,
    DeadlineKind.NEXT_STEP: _next_step,
    DeadlineKind.RENEW_CONSENT: _renew_consent,
    DeadlineKind.ASSIGN_HOLDER: _assign_holder,
    DeadlineKind.HEAR_CHILD: _hear_child,
    DeadlineKind.INVOLVE_PARENTS: _involve_parents,
    DeadlineKind.DO_MILESTONE: _do_milestone,
    DeadlineKind.NAME_RECEIVER: _name_receiver,
    DeadlineKind.RECEIVE_TRANSITION: _receive_child,
    DeadlineKind.FOLLOW_UP: _follow_up,
    DeadlineKind.REVIEW_TRANSITION: _review_move,
    DeadlineKind.CLOSE_TO_ERASE: _close_to_erase,
}
