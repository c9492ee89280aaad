"""Who the people are that a plan speaks of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import prefetch_related_objects

from coordination.models import (
    LEADING,
    Absence,
    Deadline,
    DeadlineKind,
    Event,
    EventKind,
    Invitation,
    JoinRequest,
    Partnership,
    StepTaken,
    Transition,
    Unit,
    User,
)
from notifications.models import Audience
from notifications.planning.events import TOLD, Role, is_told_otherwise
from notifications.planning.known import Known

Told = dict[int, Audience]
StandIns = dict[int, list[int]]  # those of the people who are away
_BEHIND_DEADLINES = ("case", "unit", "invitation", "handover", "join_request", "agreement", "attendance__meeting")


def told_by(causes: Sequence[Event | StepTaken], *, today: date) -> list[Told]:
    """Find whom each of these events and steps tells, in their order: the queries are those of one of them."""
    steps = [cause for cause in causes if isinstance(cause, StepTaken)]
    prefetch_related_objects([step.deadline for step in steps], *_BEHIND_DEADLINES)
    known = Known([cause for cause in causes if isinstance(cause, Event)], steps)
    stand_ins = _stand_ins(today)
    found = [
        _told_of_event(cause, known, stand_ins) if isinstance(cause, Event) else _told_of_step(cause, known, stand_ins)
        for cause in causes
    ]
    everybody = {person_id for told in found for person_id in told}
    active = set(User.objects.filter(pk__in=everybody, is_active=True).values_list("pk", flat=True))
    return [{pk: audience for pk, audience in told.items() if pk in active} for told in found]


def told_of_event(event: Event, *, today: date) -> Told:
    """Find whom an event tells, and why each of them: never the one who acted."""
    return told_by([event], today=today)[0]


def told_of_step(step: StepTaken, *, today: date) -> Told:
    """Find whom a step of a deadline tells as things are now, and why each of them."""
    return told_by([step], today=today)[0]


def _told_of_event(event: Event, known: Known, stand_ins: StandIns) -> Told:
    kind = EventKind(event.kind)
    if is_told_otherwise(kind, event.data.get("cause", "")):
        return {}
    subject = known.subject(event)
    if kind == EventKind.MEETING_CANCELLED and subject is not None and subject.starts_at <= event.at:
        return {}  # it has been, whatever came of it: with its case it only leaves what is planned
    told: Told = {}
    for role, audience in TOLD.get(kind, ()):
        for person_id in _people_in(role, event, subject, known):
            if person_id is not None:
                told.setdefault(person_id, audience)
    # Also who acted for somebody who is away.
    return _without(event.actor_id, _with_stand_ins(_without(event.actor_id, told), stand_ins))


def _told_of_step(step: StepTaken, known: Known, stand_ins: StandIns) -> Told:
    deadline = step.deadline
    told: Told = {}
    owners = owners_of(deadline, known)
    if step.tells_owner:
        told |= dict.fromkeys(owners, Audience.OWNER)
    if step.tells_asker:
        for person_id in askers_of(deadline):
            # Of what the holder owes somebody who asked, the holder is told as the one who owes it.
            told.setdefault(person_id, Audience.OWNER if person_id in owners else Audience.ASKER)
    if step.tells_leader or step.tells_leader_above:
        leader, above = leaders_over(deadline, known)
        beside = _leader_of_the_other_unit(deadline, known)
        for tells, leader_id in (
            (step.tells_leader, leader),
            (step.tells_leader_above, above),
            (step.tells_leader, beside),
        ):
            if tells and leader_id is not None:
                told.setdefault(leader_id, Audience.LEADER)
    return _with_stand_ins(told, stand_ins)


def owners_of(deadline: Deadline, known: Known | None = None) -> list[int]:
    """Find who owes a deadline: one person, or all those who can answer for a unit that has been asked."""
    if deadline.owner_id is not None:
        return [deadline.owner_id]
    asked_by = deadline.invitation.sent_by_id if deadline.invitation else None
    return receivers_of(deadline.unit_id, besides={asked_by, deadline.case.holder_id}, known=known)


def receivers_of(unit_id: int, *, besides: Collection[int | None] = (), known: Known | None = None) -> list[int]:
    """Find who is told when a unit is asked: those named for it, else all its people.

    Where nobody is left in it, its nearest leader: an ask that reaches nobody would die in silence. ``besides``: those
    who cannot answer, because they ask.
    """
    known = known or Known()
    members = {person_id for person_id in known.members.of(unit_id) if person_id not in besides}
    found = sorted(members & set(known.receivers.of(unit_id)) or members)
    if not found:
        above = (person for place in _leaders_up_from(Unit.objects.get(pk=unit_id), known) for person in place)
        found = [person for person in above if person not in besides][:1]
    return found


def askers_of(deadline: Deadline) -> list[int]:
    """Find who waits for what a deadline is about: who asked for it, and the holder, who answers for the whole."""
    asker: int | None = None
    if deadline.kind == DeadlineKind.ANSWER_INVITATION and deadline.invitation:
        asker = deadline.invitation.sent_by_id
    elif deadline.kind == DeadlineKind.ANSWER_HANDOVER and deadline.handover:
        asker = deadline.handover.begun_by_id
    elif deadline.kind == DeadlineKind.ANSWER_JOIN_REQUEST and deadline.join_request:
        asker = deadline.join_request.asked_by_id
    elif deadline.kind == DeadlineKind.ANSWER_MEETING and deadline.attendance:
        asker = deadline.attendance.meeting.called_by_id
    elif deadline.kind == DeadlineKind.RECEIVE_TRANSITION and deadline.transition:
        asker = deadline.transition.handed_over_by_id
    elif deadline.kind == DeadlineKind.REVIEW_TRANSITION:
        return []  # what leaders learn from a move they owe each other
    elif deadline.move is not None:
        asker = deadline.move.planned_by_id
    elif deadline.agreement:
        asker = deadline.agreement.made_by_id
    return [person_id for person_id in (asker, deadline.case.holder_id) if person_id is not None]


def leaders_over(deadline: Deadline, known: Known | None = None) -> tuple[int | None, int | None]:
    """Find the nearest leader of the unit that owes, and the next one above; neither is the one who owes it.

    Where that one leads the unit alone, the next one above is told as both: on that desk it stands, too.
    """
    places = _leaders_up_from(deadline.unit, known or Known())

    def first_of(places: list[list[int]], *besides: int | None) -> int | None:
        return next((person_id for place in places for person_id in place if person_id not in besides), None)

    beside = first_of(places[:1], deadline.owner_id)
    above = first_of(places[1:], deadline.owner_id, beside)
    return beside or above, above


def _leader_of_the_other_unit(deadline: Deadline, known: Known) -> int | None:
    """Find who leads the other unit of a move: both leaders are told of a milestone or a reception that is late."""
    move = deadline.move
    if move is None or deadline.kind not in (DeadlineKind.DO_MILESTONE, DeadlineKind.RECEIVE_TRANSITION):
        return None
    other = move.to_unit if deadline.unit_id == move.from_unit_id else move.from_unit
    places = _leaders_up_from(other, known) if other is not None else []
    return next((person_id for place in places for person_id in place if person_id != deadline.owner_id), None)


def _leaders_up_from(unit: Unit, known: Known) -> list[list[int]]:
    """List those who lead a unit, the nearest first: in each unit its leaders, then its coordinators, then above it."""
    people = known.leading.of(*unit.line)
    places = [(unit_id, role) for unit_id in reversed(unit.line) for role in LEADING]
    found = [[person for unit_id, role, person in people if (unit_id, role) == place] for place in places]
    return [place for place in found if place]


def _people_in(role: Role, event: Event, subject: Any, known: Known) -> Iterable[Any]:  # noqa: C901, PLR0911, PLR0912 -- a table
    case = event.case
    match role:
        case Role.PERSON:
            return [event.person_id]
        case Role.FORMER_HOLDER | Role.FORMER_CONTACT:
            return [event.data.get("before") or event.data.get("gone")]
        case Role.HOLDER:
            return [case.holder_id] if case else []
        case Role.OPENER:
            return [case.opened_by_id] if case else []
        case Role.PARTNERS:
            return _contacts(event, known)
        case Role.PARTED:
            return [pk for at, pk in known.parted.of(case.pk) if at == event.at] if case else []
        case Role.INVITED:
            return _invited(event, subject, known)
        case Role.ASKED:
            return _asked(subject, known)
        case Role.INVITER:
            return _inviters(subject)
        case Role.CONTACT:
            return _contact_of(event, subject, known)
        case Role.SEARCHER:
            is_open = isinstance(subject, Invitation) and subject.onward_unit_id is None
            return known.searchers.of(subject.pk) if is_open else []
        case Role.ASSIGNER:
            return known.assigners.of(case.pk) if case else []
        case Role.REQUESTER:
            return [getattr(subject, "asked_by_id", None)]
        case Role.BEGINNER:
            return [getattr(subject, "begun_by_id", None)]
        case Role.MAKER:
            return [getattr(subject, "made_by_id", None)]
        case Role.CALLED:
            return known.called.of(subject.pk) if subject else []
        case Role.CALLER:
            meeting = getattr(subject, "meeting", subject)
            return [getattr(meeting, "called_by_id", None)]
        case Role.INSTEAD:
            return [event.data.get("instead")]
        case Role.RECEIVERS:
            return _receivers(subject, known)
        case Role.PLANNER:
            return [getattr(subject, "planned_by_id", None)]
        case Role.HANDER:
            return [getattr(subject, "handed_over_by_id", None)]
        case Role.OWING:
            return _owing(event, known)
        case Role.STAND_IN:
            return [event.data.get("stand_in") or getattr(subject, "stand_in_id", None)]


def _contacts(event: Event, known: Known, *, unit_id: int | None = None) -> list[int]:
    if event.case_id is None:
        return []
    return [pk for of_unit, pk in known.contacts.of(event.case_id) if unit_id in (None, of_unit)]


def _contact_of(event: Event, subject: Any, known: Known) -> list[int]:
    if isinstance(subject, JoinRequest):
        return _contacts(event, known, unit_id=subject.unit_id)
    return [subject.contact_id] if isinstance(subject, Partnership) else []


def _invited(event: Event, subject: Any, known: Known) -> list[int]:
    if not isinstance(subject, Invitation):
        return []
    if subject.person_id is not None:
        return [subject.person_id]
    if event.person_id is not None:
        return []  # it was to one person; that it is to the unit now, another event says
    holder_id = event.case.holder_id if event.case else None
    return receivers_of(subject.unit_id, besides={subject.sent_by_id, holder_id}, known=known)


def _asked(subject: Any, known: Known) -> list[int]:
    """Find those of the invited unit who have heard of the ask: to nobody else is it news that it is over."""
    belong = known.members.of(subject.unit_id)
    return [person_id for person_id in known.asked.of(subject.pk) if person_id in belong]


def _inviters(subject: Any) -> list[int | None]:
    invitation = subject.invitation if isinstance(subject, Partnership) else subject
    return [invitation.sent_by_id] if isinstance(invitation, Invitation) else []


def _receivers(subject: Any, known: Known) -> list[int | None]:
    if not isinstance(subject, Transition):
        return []
    if subject.contact_id is not None:
        return [subject.contact_id]
    return list(receivers_of(subject.to_unit_id, known=known)) if subject.to_unit_id is not None else []


def _owing(event: Event, known: Known) -> list[int]:
    """Find who owes what they are reminded of, as things are now: nobody, once it is settled."""
    still_owed = known.owed.of(event.data.get("deadline") or 0)
    return [person_id for deadline in still_owed for person_id in owners_of(deadline, known)]


def _without(actor_id: int | None, told: Told) -> Told:
    return {person_id: audience for person_id, audience in told.items() if person_id != actor_id}


def _stand_ins(today: date) -> StandIns:
    found: StandIns = {}
    away = Absence.objects.filter(first_on__lte=today, last_on__gte=today)
    for user_id, stand_in_id in away.values_list("user_id", "stand_in_id"):
        found.setdefault(user_id, []).append(stand_in_id)
    return found


def _with_stand_ins(told: Told, stand_ins: StandIns) -> Told:
    """Tell the stand-ins of those who are away as well, where something is to be done, and theirs if need be."""
    with_them = dict(told)
    asked = [person_id for person_id, audience in told.items() if audience != Audience.NEWS]
    for person_id in asked:  # which grows by those who are asked instead
        for stand_in_id in stand_ins.get(person_id, ()):
            if with_them.get(stand_in_id, Audience.NEWS) == Audience.NEWS:
                with_them[stand_in_id] = with_them[person_id]
                asked.append(stand_in_id)
    return with_them
