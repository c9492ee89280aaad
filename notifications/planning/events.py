"""Who is told of which event. Every kind stands in one of the two tables; a test holds that none is forgotten."""

from __future__ import annotations

from enum import Enum, auto

from coordination.models import EventKind
from notifications.models import Audience


class Role(Enum):
    """What somebody is to an event. Whom that means is for ``notifications.planning.people`` to find."""

    INVITED = auto()  # the person asked, or those who receive for the unit asked
    ASKED = auto()  # those in the unit asked who have heard of it
    INVITER = auto()  # who sent the invitation that it is about
    HOLDER = auto()
    FORMER_HOLDER = auto()
    PARTNERS = auto()  # the contact persons who take part
    PARTED = auto()  # the contact persons whose part ended with this very event
    CONTACT = auto()  # the contact person of the partnership that it is about, or has led to
    FORMER_CONTACT = auto()
    OPENER = auto()  # also where their part has ended: of the end only, which says nothing of what happened in between
    PERSON = auto()  # whom the event itself names
    SEARCHER = auto()  # the leader who is to find a partner that nobody knew
    ASSIGNER = auto()  # the leader who is to find a new holder
    REQUESTER = auto()  # who asked to join
    BEGINNER = auto()  # who offered the baton, or asked for it
    MAKER = auto()  # who made the agreement
    CALLED = auto()  # who is called to the meeting
    CALLER = auto()  # who called it
    INSTEAD = auto()  # who is called to it in the place of somebody whose part has ended
    STAND_IN = auto()
    RECEIVERS = auto()  # the contact who has received the child, else those who receive for the unit it comes to
    PLANNER = auto()  # who planned the move
    HANDER = auto()  # who handed the child over
    OWING = auto()  # who owes, still, what a leader has reminded of


_OWNER, _NEWS = Audience.OWNER, Audience.NEWS

# The one who acted is never told of their own deed. Of two roles of one person the first one counts.
TOLD: dict[EventKind, tuple[tuple[Role, Audience], ...]] = {
    EventKind.CASE_CLOSED: (
        (Role.PARTED, _NEWS),
        (Role.HOLDER, _NEWS),
        (Role.OPENER, _NEWS),
    ),
    EventKind.CASE_REOPENED: ((Role.HOLDER, _NEWS),),
    EventKind.ERASURE_ASKED: ((Role.HOLDER, _OWNER),),
    EventKind.ERASURE_WITHDRAWN: ((Role.HOLDER, _NEWS),),
    EventKind.REFERENCE_OPENED: ((Role.HOLDER, _NEWS),),
    EventKind.BASIS_WITHDRAWN: ((Role.HOLDER, _OWNER), (Role.PARTNERS, _NEWS)),
    EventKind.BASIS_EXPIRED: ((Role.HOLDER, _OWNER), (Role.PARTNERS, _NEWS)),
    EventKind.INVITATION_SENT: ((Role.INVITED, _OWNER),),
    EventKind.INVITATION_OPENED_TO_UNIT: ((Role.INVITED, _OWNER),),
    EventKind.INVITATION_ACCEPTED: ((Role.INVITER, _NEWS), (Role.HOLDER, _NEWS), (Role.PERSON, _NEWS)),
    EventKind.INVITATION_DECLINED: ((Role.SEARCHER, _OWNER), (Role.INVITER, _NEWS), (Role.HOLDER, _NEWS)),
    EventKind.INVITATION_WITHDRAWN: ((Role.INVITER, _NEWS), (Role.HOLDER, _NEWS), (Role.ASKED, _NEWS)),
    EventKind.ONWARD_POINTED: ((Role.HOLDER, _OWNER), (Role.INVITER, _NEWS)),
    EventKind.SEARCH_DROPPED: ((Role.INVITER, _NEWS), (Role.HOLDER, _NEWS)),
    EventKind.PARTNERSHIP_COMPLETED: ((Role.INVITER, _NEWS), (Role.HOLDER, _NEWS), (Role.CONTACT, _NEWS)),
    EventKind.PARTNERSHIP_LEFT: ((Role.INVITER, _NEWS), (Role.HOLDER, _NEWS), (Role.CONTACT, _NEWS)),
    EventKind.PARTNERSHIP_ENDED: ((Role.HOLDER, _NEWS), (Role.INVITER, _NEWS), (Role.CONTACT, _NEWS)),
    EventKind.CONTACT_CHANGED: ((Role.PERSON, _NEWS), (Role.HOLDER, _NEWS), (Role.FORMER_CONTACT, _NEWS)),
    EventKind.JOIN_ASKED: ((Role.HOLDER, _OWNER),),
    EventKind.JOIN_ACCEPTED: ((Role.REQUESTER, _NEWS), (Role.HOLDER, _NEWS), (Role.CONTACT, _NEWS)),
    EventKind.JOIN_DECLINED: ((Role.REQUESTER, _NEWS), (Role.HOLDER, _NEWS)),
    EventKind.JOIN_WITHDRAWN: ((Role.REQUESTER, _NEWS), (Role.HOLDER, _NEWS)),
    EventKind.HANDOVER_OFFERED: ((Role.PERSON, _OWNER),),
    EventKind.HANDOVER_ACCEPTED: (
        (Role.BEGINNER, _NEWS),
        (Role.FORMER_HOLDER, _NEWS),
        (Role.PERSON, _NEWS),
        (Role.PARTNERS, _NEWS),
    ),
    EventKind.HANDOVER_DECLINED: ((Role.BEGINNER, _NEWS), (Role.HOLDER, _NEWS)),
    EventKind.HANDOVER_WITHDRAWN: ((Role.BEGINNER, _NEWS), (Role.PERSON, _NEWS)),
    EventKind.BATON_REQUESTED: ((Role.HOLDER, _OWNER),),
    EventKind.BATON_REQUEST_ACCEPTED: (
        (Role.BEGINNER, _NEWS),
        (Role.PERSON, _NEWS),
        (Role.FORMER_HOLDER, _NEWS),
        (Role.PARTNERS, _NEWS),
    ),
    EventKind.BATON_REQUEST_DECLINED: ((Role.BEGINNER, _NEWS), (Role.PERSON, _NEWS), (Role.HOLDER, _NEWS)),
    EventKind.BATON_REQUEST_WITHDRAWN: ((Role.BEGINNER, _NEWS), (Role.PERSON, _NEWS), (Role.HOLDER, _NEWS)),
    EventKind.RELEASE_ASKED: ((Role.ASSIGNER, _OWNER),),
    EventKind.RELEASE_WITHDRAWN: ((Role.PERSON, _NEWS), (Role.HOLDER, _NEWS)),
    EventKind.HOLDER_ASSIGNED: ((Role.PERSON, _NEWS), (Role.FORMER_HOLDER, _NEWS), (Role.PARTNERS, _NEWS)),
    EventKind.BATON_FELL: ((Role.PERSON, _OWNER), (Role.FORMER_HOLDER, _NEWS), (Role.PARTNERS, _NEWS)),
    EventKind.AGREEMENT_MADE: ((Role.PERSON, _NEWS),),
    EventKind.AGREEMENT_MOVED: ((Role.PERSON, _NEWS), (Role.MAKER, _NEWS), (Role.HOLDER, _NEWS)),
    EventKind.AGREEMENT_DONE: ((Role.MAKER, _NEWS), (Role.HOLDER, _NEWS), (Role.PERSON, _NEWS)),
    EventKind.AGREEMENT_DROPPED: ((Role.PERSON, _NEWS), (Role.MAKER, _NEWS), (Role.HOLDER, _NEWS)),
    EventKind.AGREEMENT_LOOKED_AT: ((Role.PERSON, _NEWS), (Role.MAKER, _NEWS)),
    EventKind.AGREEMENT_PASSED_ON: ((Role.PERSON, _NEWS), (Role.MAKER, _NEWS)),
    EventKind.MEETING_CALLED: ((Role.CALLED, _OWNER),),
    EventKind.MEETING_MOVED: ((Role.CALLED, _OWNER), (Role.CALLER, _NEWS), (Role.HOLDER, _NEWS)),
    EventKind.MEETING_CANCELLED: ((Role.CALLED, _NEWS), (Role.CALLER, _NEWS)),
    EventKind.MEETING_ANSWERED: ((Role.CALLER, _NEWS),),
    EventKind.MEETING_RELEASED: ((Role.INSTEAD, _OWNER), (Role.PERSON, _NEWS), (Role.CALLER, _NEWS)),
    EventKind.CHILD_HEARD: ((Role.HOLDER, _NEWS),),
    EventKind.PARENTS_INVOLVED: ((Role.HOLDER, _NEWS),),
    EventKind.TRANSITION_PLANNED: ((Role.HOLDER, _NEWS), (Role.RECEIVERS, _NEWS)),
    EventKind.TRANSITION_POSTPONED: ((Role.HOLDER, _NEWS), (Role.PLANNER, _NEWS), (Role.RECEIVERS, _NEWS)),
    EventKind.TRANSITION_CANCELLED: (
        (Role.HOLDER, _NEWS),
        (Role.PLANNER, _NEWS),
        (Role.HANDER, _NEWS),
        (Role.RECEIVERS, _NEWS),
    ),
    EventKind.RECEIVER_NAMED: ((Role.HOLDER, _NEWS), (Role.PLANNER, _NEWS), (Role.RECEIVERS, _NEWS)),
    EventKind.RECEIVER_LOST: ((Role.HOLDER, _OWNER), (Role.PLANNER, _NEWS), (Role.HANDER, _NEWS)),
    EventKind.TRANSITION_HANDED_OVER: (
        (Role.RECEIVERS, _OWNER),
        (Role.HOLDER, _NEWS),
        (Role.PLANNER, _NEWS),
        (Role.PARTNERS, _NEWS),
    ),
    EventKind.TRANSITION_DECLINED: ((Role.HOLDER, _OWNER), (Role.HANDER, _NEWS), (Role.PLANNER, _NEWS)),
    EventKind.TRANSITION_RECEIVED: (
        (Role.HANDER, _NEWS),
        (Role.PLANNER, _NEWS),
        (Role.HOLDER, _NEWS),
        (Role.PARTNERS, _NEWS),
        (Role.OPENER, _NEWS),
    ),
    EventKind.TRANSITION_LANDED: (
        (Role.HOLDER, _NEWS),
        (Role.HANDER, _NEWS),
        (Role.PLANNER, _NEWS),
        (Role.PARTNERS, _NEWS),
    ),
    EventKind.TRANSITION_REMINDED: ((Role.OWING, _OWNER),),
    EventKind.MILESTONE_DONE: ((Role.HOLDER, _NEWS),),
    EventKind.MILESTONE_NOT_RELEVANT: ((Role.HOLDER, _NEWS),),
    EventKind.ABSENCE_SET: ((Role.STAND_IN, _NEWS),),
    EventKind.ABSENCE_ENDED: ((Role.STAND_IN, _NEWS),),
    EventKind.LOOK_DRAWN: ((Role.PERSON, _OWNER),),
}

# Nobody asked, nobody waits: these stand in the timeline or the directory for those who look.
SILENT = frozenset(
    {
        EventKind.CASE_OPENED,  # its invitations speak for themselves
        EventKind.CASE_ERASED,  # nothing is left that anybody could be told of
        EventKind.HOLD_PLACED,
        EventKind.HOLD_LIFTED,
        EventKind.SUBJECT_LOOKED_UP,
        EventKind.REFERENCE_ADDED,
        EventKind.BASIS_RECORDED,
        EventKind.AGREEMENT_ENDED,  # with its case, which says so itself
        EventKind.MEETING_HELD,  # they were there
        EventKind.TRANSITION_REVIEWED,  # the other leader has the same to do, and sees it on the board
        EventKind.TEMPLATE_CHANGED,
        EventKind.UNIT_PLACED,
        EventKind.UNIT_CHANGED,
        EventKind.UNIT_CLOSED,
        EventKind.PERSON_REGISTERED,
        EventKind.PERSON_CHANGED,
        EventKind.PERSON_DEACTIVATED,
        EventKind.PERSON_REACTIVATED,
        EventKind.MEMBERSHIP_BEGUN,
        EventKind.MEMBERSHIP_CHANGED,
        EventKind.MEMBERSHIP_ENDED,
        EventKind.LOG_READ,
        EventKind.LOG_CLEARED,
        EventKind.LOOK_CONFIRMED,
        EventKind.LOOK_QUESTIONED,  # it waits on the officer's page
        EventKind.NOTE_WRITTEN,  # it stands beside the ask, and travels in no message
        EventKind.NOTE_KEPT,
        EventKind.NOTE_REMOVED,
    }
)

# Told at once also to those who have chosen digests: their calendars are to be right.
IN_CALENDARS = frozenset(
    {
        EventKind.MEETING_CALLED,
        EventKind.MEETING_MOVED,
        EventKind.MEETING_CANCELLED,
        EventKind.MEETING_RELEASED,
    }
)


def is_told_otherwise(kind: EventKind, cause: str) -> bool:
    """Whether another event of the same change says it already: that the case is closed."""
    return kind == EventKind.PARTNERSHIP_ENDED and cause == "case_closed"
