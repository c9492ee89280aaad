"""How each event is told: a headline, and a sentence with what else there is to know.

What is said is true for everybody whom the event tells: the one who asked, the holder, a contact, a stand-in. Where it
reads otherwise for one of them, or the same kind of event means something else, there are words of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordination.models import Event, EventKind
from notifications.models import Audience
from notifications.wording.facts import id_before


@dataclass(frozen=True)
class Wording:
    """The words of one kind of message, with places for ``Facts``. Lazy: each reader has a language."""

    headline: Any
    detail: Any = ""


# For whoever the event itself names.
YOURS: dict[EventKind, Wording] = {
    EventKind.CASE_REOPENED: Wording(_("The case has been opened again"), _("You hold the baton.")),
    EventKind.INVITATION_SENT: Wording(
        _("%(asker)s asks you to join, for %(unit)s"),
        _("Please answer by %(day)s. A no is fine if it points onward."),
    ),
    EventKind.INVITATION_ACCEPTED: Wording(
        _("You are the contact person of %(unit)s"), _("%(actor)s has said yes for the unit.")
    ),
    EventKind.CONTACT_CHANGED: Wording(
        _("You are the contact person of %(unit)s now"), _("You take over from %(before)s.")
    ),
    EventKind.HANDOVER_OFFERED: Wording(
        _("%(actor)s asks you to take the baton over"),
        _("Please answer by %(day)s. Until then the baton stays where it is."),
    ),
    EventKind.HANDOVER_ACCEPTED: Wording(_("You hold the baton now"), _("%(before)s has handed it over.")),
    EventKind.HANDOVER_WITHDRAWN: Wording(
        _("The baton is no longer offered to you"), _("Nobody has to answer the offer any more.")
    ),
    EventKind.BATON_REQUEST_ACCEPTED: Wording(_("You hold the baton now"), _("%(actor)s has said yes.")),
    EventKind.BATON_REQUEST_DECLINED: Wording(
        _("The baton stays where it is"), _("%(actor)s has said no. In Involver you can see why.")
    ),
    EventKind.RELEASE_ASKED: Wording(
        _("%(actor)s asks to hand the baton on"),
        _("You find a new holder, as the leader. Until then the baton stays where it is."),
    ),
    EventKind.HOLDER_ASSIGNED: Wording(_("You hold the baton now"), _("%(actor)s has decided so, as the leader.")),
    EventKind.BATON_FELL: Wording(
        _("The baton has come to you"), _("%(before)s can no longer hold it. Find a new holder, or keep it yourself.")
    ),
    EventKind.AGREEMENT_MOVED: Wording(_("Your agreement has been given another day"), _("It is due by %(day)s now.")),
    EventKind.AGREEMENT_DONE: Wording(_("Your agreement has been marked as done"), _("%(actor)s has done so.")),
    EventKind.AGREEMENT_DROPPED: Wording(
        _("You no longer have to do what was agreed"),
        _("%(actor)s has dropped the agreement. In Involver you can see why."),
    ),
    EventKind.AGREEMENT_PASSED_ON: Wording(
        _("An agreement has passed to you"),
        _("Whoever was to do it no longer takes part. In Involver you can see what it is, and by when."),
    ),
    # When and where the meeting is does not concern them any more.
    EventKind.MEETING_RELEASED: Wording(
        _("You are no longer called to the meeting"), _("Your part in the case has ended.")
    ),
}

# For whoever the event names as the one before.
FORMERS: dict[EventKind, Wording] = {
    EventKind.CONTACT_CHANGED: Wording(
        _("You are no longer the contact person of %(unit)s"), _("%(person)s takes over from you.")
    ),
    EventKind.HANDOVER_ACCEPTED: Wording(_("%(person)s holds the baton now"), _("It has been handed over.")),
    EventKind.BATON_FELL: Wording(
        _("You no longer hold the baton"), _("%(person)s holds it for now, and finds a new holder as the leader.")
    ),
}

# Where the same kind of event can mean something else: by what ``_turn`` finds in it.
TURNS: dict[tuple[EventKind, str], Wording] = {
    (EventKind.INVITATION_DECLINED, "onward"): Wording(
        _("%(unit)s has said no"), _("They point to %(onward)s. In Involver you can see the reason.")
    ),
    (EventKind.INVITATION_WITHDRAWN, "case_closed"): Wording(
        _("%(unit)s no longer has to answer"), _("The case has been closed.")
    ),
    (EventKind.INVITATION_WITHDRAWN, "unit_closed"): Wording(
        _("%(unit)s no longer has to answer"), _("The unit has closed. The holder asks somebody else.")
    ),
    (EventKind.PARTNERSHIP_LEFT, "handed_over"): Wording(
        _("%(unit)s no longer takes part"), _("They have handed the baton over.")
    ),
    (EventKind.JOIN_WITHDRAWN, "case_closed"): Wording(
        _("The request of %(unit)s to join is no longer open"),
        _("The case has been closed. If one is still needed, it can be opened anew."),
    ),
    (EventKind.JOIN_WITHDRAWN, "unit_closed"): Wording(
        _("The request of %(unit)s to join is no longer open"), _("The unit has closed.")
    ),
    (EventKind.MEETING_MOVED, "elsewhere"): Wording(
        _("The meeting will be at %(place)s"),
        _("It is still on %(day)s, %(time)s. The place where it was to be has closed. No new answer is needed."),
    ),
    (EventKind.MEETING_ANSWERED, "yes"): Wording(
        _("%(person)s comes to the meeting"), _("It is on %(day)s, %(time)s, at %(place)s.")
    ),
    (EventKind.MEETING_ANSWERED, "no"): Wording(
        _("%(person)s cannot come to the meeting"), _("It is on %(day)s, %(time)s, at %(place)s.")
    ),
}

# For whoever is to act, or stands in for them.
TO_DO: dict[EventKind, Wording] = {
    EventKind.TRANSITION_HANDED_OVER: Wording(
        _("A child comes to you from %(asker)s"),
        _("Read the record, and say who is the contact at %(unit)s. Please receive the child by %(day)s."),
    ),
    EventKind.TRANSITION_DECLINED: Wording(
        _("Find out who receives the child"), _("The unit that was asked cannot. Open the case to see why.")
    ),
    EventKind.RECEIVER_LOST: Wording(
        _("Find out who receives the child"), _("The unit that the child was to come to has closed.")
    ),
    EventKind.INVITATION_DECLINED: Wording(
        _("Find out who can help instead of %(unit)s"),
        _("They have said no and do not know whom else to ask. Now it is for a leader to find out."),
    ),
    EventKind.ONWARD_POINTED: Wording(
        _("Invite %(onward)s"), _("A leader has found out whom to ask. It is for the holder to invite them.")
    ),
    EventKind.ERASURE_ASKED: Wording(
        _("Close the case, so that it can be erased"),
        _("The child or the parents have asked for it. Please close it by %(day)s; it is erased the day after."),
    ),
    EventKind.BASIS_WITHDRAWN: Wording(
        _("The basis for sharing has been withdrawn"),
        _("The references are closed to other units. Record another basis, or go on without them."),
    ),
    EventKind.BASIS_EXPIRED: Wording(
        _("The consent has run out"),
        _("The references are closed to other units. Ask for the consent again, or go on without them."),
    ),
    EventKind.MEETING_MOVED: Wording(
        _("The meeting has been moved to %(day)s"), _("%(time)s at %(place)s. Please answer again.")
    ),
    EventKind.MEETING_RELEASED: Wording(
        _("Meeting on %(day)s"), _("%(time)s at %(place)s. The call has passed on from %(person)s. Please answer.")
    ),
}

SAID: dict[EventKind, Wording] = {
    EventKind.CASE_CLOSED: Wording(
        _("The case has been closed"), _("%(actor)s has closed it. Nobody has anything left to do in it.")
    ),
    EventKind.CASE_REOPENED: Wording(_("The case has been opened again"), _("%(person)s holds the baton.")),
    EventKind.ERASURE_ASKED: Wording(
        _("The child or the parents want the case erased"), _("The holder closes it; it is erased the day after.")
    ),
    EventKind.ERASURE_WITHDRAWN: Wording(
        _("The case is not to be erased after all"),
        _("It goes on as before. Nobody has to close it for that any more."),
    ),
    EventKind.REFERENCE_OPENED: Wording(
        _("A leader has looked at a reference"), _("%(actor)s has opened it. The case says when, and for what reason.")
    ),
    EventKind.BASIS_WITHDRAWN: Wording(
        _("The basis for sharing has been withdrawn"),
        _("The references are closed to other units until there is a new basis."),
    ),
    EventKind.BASIS_EXPIRED: Wording(
        _("The consent has run out"), _("The references are closed to other units until there is a new basis.")
    ),
    EventKind.INVITATION_SENT: Wording(
        _("%(asker)s asks %(unit)s to join"), _("Please answer by %(day)s. A no is fine if it points onward.")
    ),
    EventKind.INVITATION_OPENED_TO_UNIT: Wording(
        _("%(asker)s asks %(unit)s to join"),
        _("The one who was asked cannot answer, so the whole unit is asked now. Please answer by %(day)s."),
    ),
    EventKind.INVITATION_ACCEPTED: Wording(
        _("%(unit)s has said yes"), _("%(person)s is the contact person of %(unit)s.")
    ),
    EventKind.INVITATION_DECLINED: Wording(
        _("%(unit)s has said no"),
        _("They do not know whom else to ask, so a leader finds out. In Involver you can see the reason."),
    ),
    EventKind.INVITATION_WITHDRAWN: Wording(
        _("%(unit)s no longer has to answer"), _("The invitation is no longer open.")
    ),
    EventKind.ONWARD_POINTED: Wording(
        _("A leader has found out whom to ask"), _("It is %(onward)s. The holder invites them.")
    ),
    EventKind.SEARCH_DROPPED: Wording(_("Nobody else is asked instead of %(unit)s"), _("%(actor)s has decided so.")),
    EventKind.PARTNERSHIP_COMPLETED: Wording(
        _("%(unit)s has done its part"), _("In Involver you can see what came of it.")
    ),
    EventKind.PARTNERSHIP_LEFT: Wording(_("%(unit)s no longer takes part"), _("In Involver you can see why.")),
    EventKind.PARTNERSHIP_ENDED: Wording(
        _("%(unit)s no longer takes part"),
        _("The unit has closed. Is somebody else needed? Then the holder invites them."),
    ),
    EventKind.CONTACT_CHANGED: Wording(
        _("%(unit)s has another contact person"), _("%(person)s takes over from %(before)s.")
    ),
    EventKind.JOIN_ASKED: Wording(
        _("%(unit)s asks to join"),
        _("They have noticed something about the same child. Please answer by %(day)s."),
    ),
    EventKind.JOIN_ACCEPTED: Wording(
        _("%(unit)s takes part now"), _("The request to join has been answered with yes.")
    ),
    EventKind.JOIN_DECLINED: Wording(
        _("The request to join has been answered with no"), _("In Involver you can see why.")
    ),
    EventKind.JOIN_WITHDRAWN: Wording(
        _("The request of %(unit)s to join is no longer open"), _("Nobody has to answer it any more.")
    ),
    EventKind.HANDOVER_OFFERED: Wording(
        _("%(actor)s asks %(person)s to take the baton over"),
        _("Please answer by %(day)s. Until then the baton stays where it is."),
    ),
    EventKind.HANDOVER_ACCEPTED: Wording(_("%(person)s holds the baton now"), _("%(before)s has handed it over.")),
    EventKind.HANDOVER_DECLINED: Wording(
        _("%(person)s cannot take the baton over"), _("It is where it was. In Involver you can see why.")
    ),
    EventKind.HANDOVER_WITHDRAWN: Wording(
        _("The baton is no longer offered to %(person)s"), _("Nobody has to answer the offer any more.")
    ),
    EventKind.BATON_REQUESTED: Wording(
        _("%(person)s asks to take the baton over"),
        _("Please answer by %(day)s. Until then the baton stays where it is."),
    ),
    EventKind.BATON_REQUEST_ACCEPTED: Wording(
        _("%(person)s holds the baton now"), _("%(person)s was to take it over, and %(actor)s has said yes.")
    ),
    EventKind.BATON_REQUEST_DECLINED: Wording(
        _("The baton stays where it is"),
        _("%(actor)s has said no to giving it to %(person)s. In Involver you can see why."),
    ),
    EventKind.BATON_REQUEST_WITHDRAWN: Wording(
        _("The request for the baton is no longer open"), _("Nobody has to answer it any more.")
    ),
    EventKind.RELEASE_ASKED: Wording(
        _("%(actor)s asks to hand the baton on"),
        _("A leader is to find a new holder. Until then the baton stays where it is."),
    ),
    EventKind.RELEASE_WITHDRAWN: Wording(
        _("The baton stays where it is after all"), _("Nobody has to find a new holder any more.")
    ),
    EventKind.HOLDER_ASSIGNED: Wording(
        _("%(person)s holds the baton now"), _("%(actor)s has decided so, as the leader.")
    ),
    EventKind.BATON_FELL: Wording(
        _("%(person)s holds the baton for now"), _("%(before)s can no longer hold it. The leader finds a new holder.")
    ),
    EventKind.AGREEMENT_MADE: Wording(_("There is an agreement for you"), _("It is due by %(day)s.")),
    EventKind.AGREEMENT_MOVED: Wording(
        _("An agreement has been given another day"), _("%(person)s does it by %(day)s.")
    ),
    EventKind.AGREEMENT_DONE: Wording(_("An agreement has been kept"), _("%(person)s, %(unit)s, was to do it.")),
    EventKind.AGREEMENT_DROPPED: Wording(
        _("An agreement has been dropped"), _("%(person)s no longer has to do it. In Involver you can see why.")
    ),
    EventKind.AGREEMENT_LOOKED_AT: Wording(
        _("An agreement has been looked at again"), _("In Involver you can see what was decided.")
    ),
    EventKind.AGREEMENT_PASSED_ON: Wording(
        _("An agreement has passed to %(person)s"), _("Whoever was to do it no longer takes part.")
    ),
    EventKind.MEETING_CALLED: Wording(
        _("Meeting on %(day)s"), _("%(time)s at %(place)s. %(actor)s is waiting for an answer.")
    ),
    EventKind.MEETING_MOVED: Wording(
        _("The meeting has been moved to %(day)s"), _("%(time)s at %(place)s. Those called are asked again.")
    ),
    EventKind.MEETING_CANCELLED: Wording(
        _("The meeting on %(day)s has been cancelled"), _("It was to be at %(place)s, %(time)s.")
    ),
    EventKind.MEETING_ANSWERED: Wording(
        _("%(person)s has answered about the meeting"), _("It is on %(day)s, %(time)s, at %(place)s.")
    ),
    EventKind.MEETING_RELEASED: Wording(
        _("%(person)s is no longer called to the meeting"), _("It is on %(day)s, %(time)s, at %(place)s.")
    ),
    EventKind.CHILD_HEARD: Wording(
        _("It has been noted whether the child was heard"), _("%(actor)s has noted it. Open the case to see it.")
    ),
    EventKind.PARENTS_INVOLVED: Wording(
        _("It has been noted whether the parents took part"), _("%(actor)s has noted it. Open the case to see it.")
    ),
    EventKind.TRANSITION_PLANNED: Wording(
        _("A move has been planned for %(day)s"), _("From %(asker)s to %(unit)s. The steps on the way have their days.")
    ),
    EventKind.TRANSITION_POSTPONED: Wording(
        _("The move has been given another day: %(day)s"), _("The steps on the way have moved with it.")
    ),
    EventKind.TRANSITION_CANCELLED: Wording(
        _("The move has been cancelled"), _("It was planned for %(day)s. Nobody has anything left to do in it.")
    ),
    EventKind.RECEIVER_NAMED: Wording(_("%(unit)s is to receive the child"), _("The move is planned for %(day)s.")),
    EventKind.RECEIVER_LOST: Wording(
        _("The receiving unit has closed"), _("Somebody finds out who receives the child instead.")
    ),
    EventKind.TRANSITION_HANDED_OVER: Wording(
        _("The child has been handed over"), _("%(actor)s has done so. Open the case to see who is to receive it.")
    ),
    EventKind.TRANSITION_DECLINED: Wording(
        _("The child has not been received"), _("Somebody finds out who receives the child instead.")
    ),
    EventKind.TRANSITION_RECEIVED: Wording(
        _("%(unit)s has received the child"), _("They have read the record and named a contact.")
    ),
    EventKind.TRANSITION_LANDED: Wording(
        _("It has been followed up how the child landed"), _("Open the case to see it.")
    ),
    EventKind.TRANSITION_REMINDED: Wording(
        _("%(actor)s reminds %(unit)s of a move"), _("The next step of it is due by %(day)s.")
    ),
    EventKind.MILESTONE_DONE: Wording(
        _("A step of the move has been done"), _("%(actor)s has done it. Open the case to see which.")
    ),
    EventKind.MILESTONE_NOT_RELEVANT: Wording(
        _("A step of the move is not needed"), _("%(actor)s has said so. Open the case to see which.")
    ),
    EventKind.ABSENCE_SET: Wording(
        _("You stand in for %(person)s"),
        _("From %(day)s to %(until)s what is theirs to do comes to you as well."),
    ),
    EventKind.LOOK_DRAWN: Wording(
        _("Looks wait for you to confirm them"),
        _("A few of last month's looks at cases. You find them on your desk, and answer by %(day)s."),
    ),
    EventKind.ABSENCE_ENDED: Wording(
        _("You no longer stand in for %(person)s"), _("What is theirs to do is theirs again.")
    ),
}


def wording_of(event: Event, audience: Audience, reader_id: int | None) -> Wording:
    """Find the words for an event, for one of those whom it tells."""
    kind = EventKind(event.kind)
    if reader_id is not None and reader_id == event.person_id and kind in YOURS:
        return YOURS[kind]
    if reader_id is not None and reader_id == id_before(event) and kind in FORMERS:
        return FORMERS[kind]
    if (turned := TURNS.get((kind, _turn(event)))) is not None:
        return turned
    return TO_DO.get(kind, SAID[kind]) if audience == Audience.OWNER else SAID[kind]


def _turn(event: Event) -> str:
    """Say which of the things it is that an event of this kind can mean; mostly its cause, if it has one."""
    match event.kind:
        case EventKind.INVITATION_DECLINED:
            return "onward" if event.data.get("onward") else ""
        case EventKind.MEETING_MOVED:
            return "elsewhere" if event.data.get("closed") else ""
        case EventKind.MEETING_ANSWERED:
            return "yes" if event.data.get("comes") else "no"
    return str(event.data.get("cause", ""))
