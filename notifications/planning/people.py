"""Who the people are that a plan speaks of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from coordination.models import (
    LEADING,
    Absence,
    Case,
    Deadline,
    DeadlineKind,
    Event,
    EventKind,
    Invitation,
    JoinRequest,
    Membership,
    Partnership,
    PartnershipEnd,
    StepTaken,
    Unit,
    User,
)
from notifications.models import Audience, Message, MessageState, Receiver
from notifications.planning.events import TOLD, Role, is_told_otherwise
from notifications.planning.subjects import subject_of

Told = dict[int, Audience]


def told_of_event(event: Event, *, today: date) -> Told:
    """Find whom an event tells, and why each of them: never the one who acted."""
    kind = EventKind(event.kind)
    if is_told_otherwise(kind, event.data.get("cause", "")):
        return {}
    subject = subject_of(event)
    if kind == EventKind.MEETING_CANCELLED and subject is not None and subject.starts_at <= event.at:
        return {}  # it has been, whatever came of it: with its case it only leaves what is planned
    told: Told = {}
    for role, audience in TOLD.get(kind, ()):
        for person_id in _people_in(role, event, subject):
            told.setdefault(person_id, audience)
    # Also who acted for somebody who is away.
    return _reachable(_without(event.actor_id, _with_stand_ins(_without(event.actor_id, told), today)))


def told_of_step(step: StepTaken, *, today: date) -> Told:
    """Find whom a step of a deadline tells as things are now, and why each of them."""
    deadline = step.deadline
    told: Told = {}
    owners = owners_of(deadline)
    if step.tells_owner:
        told |= dict.fromkeys(owners, Audience.OWNER)
    if step.tells_asker:
        for person_id in askers_of(deadline):
            # Of what the holder owes somebody who asked, the holder is told as the one who owes it.
            told.setdefault(person_id, Audience.OWNER if person_id in owners else Audience.ASKER)
    leader, above = leaders_over(deadline)
    for tells, leader_id in ((step.tells_leader, leader), (step.tells_leader_above, above)):
        if tells and leader_id is not None:
            told.setdefault(leader_id, Audience.LEADER)
    return _reachable(_with_stand_ins(told, today))


def owners_of(deadline: Deadline) -> list[int]:
    """Find who owes a deadline: one person, or all those who can answer for a unit that has been asked."""
    if deadline.owner_id is not None:
        return [deadline.owner_id]
    asked_by = deadline.invitation.sent_by_id if deadline.invitation else None
    return receivers_of(deadline.unit_id, besides={asked_by, deadline.case.holder_id})


def receivers_of(unit_id: int, *, besides: Collection[int | None] = ()) -> list[int]:
    """Find who is told when a unit is asked: those named for it, else all its people.

    Where nobody is left in it, its nearest leader: an ask that reaches nobody would die in silence. ``besides``: those
    who cannot answer, because they ask.
    """
    members = Membership.objects.live().filter(unit_id=unit_id).exclude(user_id__in=[pk for pk in besides if pk])
    named = members.filter(user_id__in=Receiver.objects.filter(unit_id=unit_id).values("person_id"))
    found = list(named.values_list("user_id", flat=True)) or list(members.values_list("user_id", flat=True))
    if not found:
        above = (person for place in _leaders_up_from(Unit.objects.get(pk=unit_id)) for person in place)
        found = [person for person in above if person not in besides][:1]
    return sorted(found)


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
    elif deadline.agreement:
        asker = deadline.agreement.made_by_id
    return [person_id for person_id in (asker, deadline.case.holder_id) if person_id is not None]


def leaders_over(deadline: Deadline) -> tuple[int | None, int | None]:
    """Find the nearest leader of the unit that owes, and the next one above; neither is the one who owes it.

    Where that one leads the unit alone, the next one above is told as both: on that desk it stands, too.
    """
    places = _leaders_up_from(deadline.unit)

    def first_of(places: list[list[int]], *besides: int | None) -> int | None:
        return next((person_id for place in places for person_id in place if person_id not in besides), None)

    beside = first_of(places[:1], deadline.owner_id)
    above = first_of(places[1:], deadline.owner_id, beside)
    return beside or above, above


def _leaders_up_from(unit: Unit) -> list[list[int]]:
    """List those who lead a unit, the nearest first: in each unit its leaders, then its coordinators, then above it."""
    leading = Membership.objects.live().leading().filter(unit_id__in=unit.line).order_by("began_at", "pk")
    people = list(leading.values_list("unit_id", "role", "user_id"))
    places = [(unit_id, role) for unit_id in reversed(unit.line) for role in LEADING]
    found = [[person for unit_id, role, person in people if (unit_id, role) == place] for place in places]
    return [place for place in found if place]


def _people_in(role: Role, event: Event, subject: Any) -> Iterable[Any]:  # noqa: C901, PLR0911, PLR0912 -- a table
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
            return _contacts(case) if case else []
        case Role.PARTED:
            return _parted(case, event) if case else []
        case Role.INVITED:
            return _invited(event, subject)
        case Role.ASKED:
            return _asked(subject)
        case Role.INVITER:
            return _inviters(subject)
        case Role.CONTACT:
            return _contact_of(subject)
        case Role.SEARCHER:
            return _searchers(subject) if isinstance(subject, Invitation) and subject.onward_unit_id is None else []
        case Role.ASSIGNER:
            return _owners(case, DeadlineKind.ASSIGN_HOLDER) if case else []
        case Role.REQUESTER:
            return [getattr(subject, "asked_by_id", None)]
        case Role.BEGINNER:
            return [getattr(subject, "begun_by_id", None)]
        case Role.MAKER:
            return [getattr(subject, "made_by_id", None)]
        case Role.CALLED:
            return list(subject.attendances.called().values_list("person_id", flat=True)) if subject else []
        case Role.CALLER:
            meeting = getattr(subject, "meeting", subject)
            return [getattr(meeting, "called_by_id", None)]
        case Role.INSTEAD:
            return [event.data.get("instead")]
        case Role.STAND_IN:
            return [event.data.get("stand_in") or getattr(subject, "stand_in_id", None)]


def _contacts(case: Case, **which: Any) -> list[int]:
    return list(case.partnerships.live().filter(**which).values_list("contact_id", flat=True))


def _parted(case: Case, event: Event) -> list[int]:
    ended = case.partnerships.filter(ended_at=event.at, end=PartnershipEnd.CASE_CLOSED)
    return list(ended.values_list("contact_id", flat=True))


def _contact_of(subject: Any) -> list[int]:
    if isinstance(subject, JoinRequest):
        return _contacts(subject.case, unit=subject.unit_id)
    return [subject.contact_id] if isinstance(subject, Partnership) else []


def _invited(event: Event, subject: Any) -> list[int]:
    if not isinstance(subject, Invitation):
        return []
    if subject.person_id is not None:
        return [subject.person_id]
    if event.person_id is not None:
        return []  # it was to one person; that it is to the unit now, another event says
    return receivers_of(subject.unit_id, besides={subject.sent_by_id, subject.case.holder_id})


def _asked(subject: Any) -> list[int]:
    """Find those of the invited unit who have heard of the ask: to nobody else is it news that it is over."""
    told = Message.objects.filter(
        event__subject="invitation", event__subject_id=subject.pk, audience=Audience.OWNER, state=MessageState.SENT
    )
    belong = Membership.objects.live().filter(unit_id=subject.unit_id).values("user_id")
    return list(told.filter(person__in=belong).values_list("person_id", flat=True).distinct())


def _inviters(subject: Any) -> list[int | None]:
    invitation = subject.invitation if isinstance(subject, Partnership) else subject
    return [invitation.sent_by_id] if isinstance(invitation, Invitation) else []


def _searchers(invitation: Invitation) -> list[int | None]:
    open_ones = invitation.deadlines.open().filter(kind=DeadlineKind.FIND_PARTNER)
    return list(open_ones.values_list("owner_id", flat=True))


def _without(actor_id: int | None, told: Told) -> Told:
    return {person_id: audience for person_id, audience in told.items() if person_id != actor_id}


def _owners(case: Case, kind: DeadlineKind) -> list[int | None]:
    return list(case.deadlines.open().filter(kind=kind).values_list("owner_id", flat=True))


def _with_stand_ins(told: Told, today: date) -> Told:
    """Tell the stand-ins of those who are away as well, where something is to be done, and theirs if need be."""
    with_them = dict(told)
    asked = {person_id for person_id, audience in told.items() if audience != Audience.NEWS}
    while asked:
        away = Absence.objects.filter(user_id__in=asked, first_on__lte=today, last_on__gte=today)
        asked = set()
        for user_id, stand_in_id in away.values_list("user_id", "stand_in_id"):
            if with_them.get(stand_in_id, Audience.NEWS) == Audience.NEWS:
                with_them[stand_in_id] = with_them[user_id]
                asked.add(stand_in_id)
    return with_them


def _reachable(told: dict[Any, Audience]) -> Told:
    active = set(User.objects.filter(pk__in=[pk for pk in told if pk], is_active=True).values_list("pk", flat=True))
    return {person_id: audience for person_id, audience in told.items() if person_id in active}
