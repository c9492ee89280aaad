"""A case with a long story: several partners, a no taken onward, a baton that moved, agreements and meetings."""

from __future__ import annotations

from datetime import datetime

from coordination.commands.agreements import make_agreement, mark_done
from coordination.commands.handovers import accept_handover, offer_handover
from coordination.commands.invitations import accept_invitation, decline_invitation, invite_unit
from coordination.commands.join_requests import ask_to_join
from coordination.commands.meetings import WhenAndWhere, answer_meeting, call_meeting, hold_meeting
from coordination.models import (
    AgreementKind,
    Ask,
    Case,
    DeclineReason,
    Invitation,
    Meeting,
    MeetingKind,
    ReferenceSystem,
    Theme,
    Unit,
    User,
)
from tests.builders import World, a_case_with_reference, a_reference, day, on, term, the_invitation


def a_rich_case(world: World) -> Case:
    """Rikke opens it three weeks before the Monday; Maja holds it since, and offers the baton to Anna."""
    case = a_case_with_reference(
        world,
        unit=world.kindergarten,
        actor=world.rikke,
        invite=[(world.health, None), (world.family, None)],
        now=on(-21),
    )
    accept_invitation(invitation=the_invitation(case, world.health), actor=world.hanne, now=on(-20))
    no = _decline(the_invitation(case, world.family), world.frida, onward=world.ppr, now=on(-19))
    invite_unit(case=case, unit=world.ppr, ask=term(Ask, "observe"), follows=no, actor=world.rikke, now=on(-18))
    accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.anna, now=on(-17))
    handover = offer_handover(case=case, to_person=world.maja, to_unit=world.school, actor=world.rikke, now=on(-16))
    accept_handover(handover=handover, actor=world.maja, now=on(-15))
    invite_unit(case=case, unit=world.other_school, ask=term(Ask, "receive"), actor=world.maja, now=on(-14))
    _decline(the_invitation(case, world.other_school), world.ove, onward=None, now=on(-13))
    held = a_meeting(world, case, at=on(-5), now=on(-10))
    hold_meeting(
        meeting=held, came=[world.maja, world.anna], minutes=a_reference("P-2026-77"), actor=world.maja, now=on(-4)
    )
    _agree(case, "observation", world.anna, due=2, now=on(-4))
    _agree(case, "talk_parents", world.hanne, due=-1, now=on(-4))
    done = make_agreement(
        case=case,
        kind=term(AgreementKind, "follow_up"),
        owner=world.rikke,
        due_on=day(-2),
        look_again_on=day(0),
        actor=world.maja,
        now=on(-4),
    )
    mark_done(agreement=done, actor=world.rikke, now=on(-3))
    planned = a_meeting(world, case, at=on(3), now=on(-3))
    answer_meeting(attendance=planned.attendances.get(person=world.anna), comes=True, actor=world.anna, now=on(-3))
    invite_unit(case=case, unit=world.daycare, ask=term(Ask, "sparring"), actor=world.maja, now=on(-3))
    offer_handover(case=case, to_person=world.anna, to_unit=world.ppr, actor=world.maja, now=on(-2))
    ask_to_join(
        system=term(ReferenceSystem, "ppr_journal"),
        number="P-2026-1042",
        unit=world.other_school,
        theme=term(Theme, "trivsel"),
        actor=world.ove,
        now=on(-1),
    )
    case.refresh_from_db()
    return case


def a_meeting(world: World, case: Case, *, at: datetime, now: datetime) -> Meeting:
    """Maja calls everybody who takes part to an hour at the school."""
    return call_meeting(
        case=case,
        kind=term(MeetingKind, "network"),
        at=WhenAndWhere(starts_at=at, ends_at=at.replace(hour=at.hour + 1), place=world.school),
        people=[world.anna, world.hanne, world.rikke],
        actor=world.maja,
        now=now,
    )


def _agree(case: Case, kind: str, owner: User, *, due: int, now: datetime) -> None:
    make_agreement(case=case, kind=term(AgreementKind, kind), owner=owner, due_on=day(due), actor=case.holder, now=now)


def _decline(invitation: Invitation, actor: User, *, onward: Unit | None, now: datetime) -> Invitation:
    return decline_invitation(
        invitation=invitation,
        reason=term(DeclineReason, "other_knows_better"),
        onward=onward,
        actor=actor,
        now=now,
    )
