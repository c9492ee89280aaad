"""What the stories of the promises ask again and again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from coordination.commands.agreements import make_agreement
from coordination.commands.handovers import offer_handover, request_baton
from coordination.commands.meetings import WhenAndWhere, call_meeting
from coordination.commands.people import end_membership, set_absence
from coordination.models import (
    Absence,
    Agreement,
    AgreementKind,
    Attendance,
    Case,
    Deadline,
    DeadlineKind,
    Event,
    Handover,
    Holding,
    Meeting,
    MeetingKind,
    Partnership,
    Settlement,
    Unit,
    User,
)
from tests.builders import World, day, on, term


def fresh(case: Case) -> Case:
    """The case as it stands in the database."""
    return Case.objects.select_related("holder", "holder_unit").get(pk=case.pk)


def holder_of(case: Case) -> User:
    """Who holds the baton; makes sure that it is one active person, and that the way of the baton says the same."""
    case = fresh(case)
    [holding] = Holding.objects.filter(case=case, ended_at=None)
    assert (holding.holder_id, holding.unit_id) == (case.holder_id, case.holder_unit_id)
    assert case.holder.is_active
    return case.holder


def owed(case: Case, kind: DeadlineKind, **which: Any) -> Deadline:
    """The one open deadline of a kind."""
    return case.deadlines.open().select_related("owner", "unit").get(kind=kind, **which)


def is_owed(case: Case, kind: DeadlineKind, **which: Any) -> bool:
    """Whether a deadline of a kind is open."""
    return case.deadlines.open().filter(kind=kind, **which).exists()


def how_settled(case: Case, kind: DeadlineKind, **which: Any) -> list[Settlement]:
    """How the settled deadlines of a kind came to their end, in order."""
    settled = case.deadlines.filter(kind=kind, settled_at__isnull=False, **which).order_by("settled_at", "pk")
    return [Settlement(deadline.settlement) for deadline in settled]


def happened(case: Case, *, since: int = 0) -> list[str]:
    """The kinds of the events of a case, in the order in which they were written, after the event ``since``."""
    return list(case.events.filter(pk__gt=since).order_by("pk").values_list("kind", flat=True))


def last_event() -> int:
    """The number of the newest event."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def away(user: User, stand_in: User, *, first: int, last: int, now: datetime | None = None) -> Absence:
    """Somebody says that they are away, from so many to so many days after the Monday."""
    return set_absence(
        user=user, stand_in=stand_in, first_on=day(first), last_on=day(last), actor=user, now=now or on(-1)
    )


def leaves(user: User, unit: Unit, *, now: datetime) -> None:
    """Somebody leaves a unit."""
    end_membership(membership=user.memberships.get(unit=unit, ended_at=None), actor=None, now=now)


def offered(world: World, case: Case, **changes: Any) -> Handover:
    """Maja offers the baton to Anna of PPR, on Tuesday."""
    how = {"to_person": world.anna, "to_unit": world.ppr, "actor": world.maja, "now": on(1)}
    return offer_handover(case=case, **{**how, **changes})


def requested(world: World, partnership: Partnership, **changes: Any) -> Handover:
    """Anna of PPR asks for the baton, on Tuesday."""
    return request_baton(partnership=partnership, **{"actor": world.anna, "now": on(1), **changes})


def agreed(world: World, case: Case, *, owner: User, due_on: date | None = None, **changes: Any) -> Agreement:
    """Maja agrees with somebody on an observation, due on the Monday after, on Tuesday."""
    how = {"kind": term(AgreementKind, "observation"), "actor": world.maja, "now": on(1)}
    return make_agreement(case=case, owner=owner, due_on=due_on or day(7), **{**how, **changes})


def called(world: World, case: Case, *people: User, at: float = 7, **changes: Any) -> Meeting:
    """Maja calls people to a meeting at the school, on the Monday after, on Tuesday."""
    when = WhenAndWhere(starts_at=on(at), ends_at=on(at, hours=1), place=world.school)
    how = {"kind": term(MeetingKind, "network"), "actor": world.maja, "now": on(1), "people": people}
    return call_meeting(case=case, at=when, **{**how, **changes})


def call_of(meeting: Meeting, person: User) -> Attendance:
    """The call of one person to a meeting."""
    return meeting.attendances.get(person=person)
