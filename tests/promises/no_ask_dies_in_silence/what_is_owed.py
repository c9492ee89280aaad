"""One thing owed, of every kind, and on which days who has been told of it."""

from __future__ import annotations

from datetime import date, datetime

from coordination.commands.invitations import decline_invitation
from coordination.commands.join_requests import ask_to_join
from coordination.commands.people import deactivate_person
from coordination.commands.time import pass_time
from coordination.models import (
    Deadline,
    DeadlineKind,
    DeclineReason,
    ReferenceSystem,
    Theme,
    Urgency,
)
from tests.builders import (
    COPENHAGEN,
    World,
    a_case,
    a_case_with_reference,
    a_consent,
    a_reference,
    accepted,
    day,
    on,
    term,
    the_invitation,
)
from tests.promises.telling import agreed, called, offered, owed, requested

Told = list[tuple[str, str]]
AUDIENCES = ("owner", "asker", "leader", "leader_above")


def told(deadline: Deadline) -> Told:
    """On which days who was told of a deadline."""
    return [
        (
            f"{step.planned_on:%a %d %b}",
            " ".join(audience for audience in AUDIENCES if getattr(step, f"tells_{audience}")),
        )
        for step in deadline.steps_taken.order_by("pk")
    ]


def date_of(written: str) -> date:
    """The day of 2026 that is written as above."""
    return datetime.strptime(f"{written} 2026", "%a %d %b %Y").replace(tzinfo=COPENHAGEN).date()


def day_by_day(last: int, *, first: int = 0) -> None:
    """Let the days pass, twice on each of them."""
    for number in range(first, last + 1):
        pass_time(now=on(number))
        pass_time(now=on(number, hours=6))


def unanswered_invitation(world: World) -> Deadline:
    """PPR is asked on Monday."""
    return owed(a_case(world), DeadlineKind.ANSWER_INVITATION)


def unanswered_urgent_invitation(world: World) -> Deadline:
    """PPR is asked on Monday, and it is urgent."""
    return owed(a_case(world, urgency=Urgency.URGENT), DeadlineKind.ANSWER_INVITATION)


def unanswered_join_request(world: World) -> Deadline:
    """Ove asks on Tuesday to join."""
    case = a_case_with_reference(world)
    ask_to_join(
        system=term(ReferenceSystem, "ppr_journal"),
        number="P-2026-1042",
        unit=world.other_school,
        theme=term(Theme, "trivsel"),
        actor=world.ove,
        now=on(1),
    )
    return owed(case, DeadlineKind.ANSWER_JOIN_REQUEST)


def unanswered_offer(world: World) -> Deadline:
    """Anna is offered the baton on Tuesday."""
    case = a_case(world)
    offered(world, case)
    return owed(case, DeadlineKind.ANSWER_HANDOVER)


def unanswered_request(world: World) -> Deadline:
    """Anna asks for the baton on Tuesday."""
    case = a_case(world)
    requested(world, accepted(world, case))
    return owed(case, DeadlineKind.ANSWER_HANDOVER)


def undone_agreement(world: World) -> Deadline:
    """Anna is to do something by Monday the 21st."""
    case = a_case(world)
    accepted(world, case)
    agreed(world, case, owner=world.anna)
    return owed(case, DeadlineKind.DO_AGREEMENT)


def unlooked_agreement(world: World) -> Deadline:
    """Something is to be looked at again on Wednesday the 30th."""
    case = a_case(world)
    agreed(world, case, owner=world.maja, look_again_on=day(16))
    return owed(case, DeadlineKind.LOOK_AGAIN)


def unanswered_call(world: World) -> Deadline:
    """Anna is called to a meeting on Monday the 21st."""
    case = a_case(world)
    accepted(world, case)
    called(world, case, world.anna)
    return owed(case, DeadlineKind.ANSWER_MEETING)


def meeting_not_taken_down(world: World) -> Deadline:
    """There was a meeting on Monday the 21st."""
    case = a_case(world)
    accepted(world, case)
    called(world, case, world.anna)
    return owed(case, DeadlineKind.MEETING_OUTCOME)


def nothing_due(world: World) -> Deadline:
    """A case in which nobody has been asked anything."""
    return owed(a_case(world, invite=[]), DeadlineKind.NEXT_STEP)


def consent_that_ends(world: World) -> Deadline:
    """A consent that ends on Friday 30 October."""
    case = a_case(world, reference=a_reference(), basis=a_consent(46))
    return owed(case, DeadlineKind.RENEW_CONSENT)


def baton_that_fell(world: World) -> Deadline:
    """The holder is gone on Tuesday."""
    case = a_case(world)
    deactivate_person(user=world.maja, actor=None, now=on(1))
    return owed(case, DeadlineKind.ASSIGN_HOLDER)


def no_that_knows_nobody(world: World) -> Deadline:
    """PPR says no on Tuesday, and does not know who else."""
    case = a_case(world)
    no = term(DeclineReason, "not_our_task")
    decline_invitation(invitation=the_invitation(case, world.ppr), reason=no, actor=world.anna, now=on(1))
    return owed(case, DeadlineKind.FIND_PARTNER)
