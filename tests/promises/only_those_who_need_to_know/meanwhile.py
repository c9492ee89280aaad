"""What others do meanwhile, and what others have: each of it hidden from some, whose pages may not change by a byte."""

from __future__ import annotations

from coordination.commands.agreements import make_agreement
from coordination.commands.cases import add_reference
from coordination.commands.handovers import accept_handover, offer_handover
from coordination.commands.invitations import accept_invitation, decline_invitation, invite_unit
from coordination.commands.looks import look_at_case, open_reference
from coordination.commands.people import PersonDraft, begin_membership, register_person
from coordination.commands.units import UnitDraft, place_unit
from coordination.models import (
    AgreementKind,
    Ask,
    Case,
    DeclineReason,
    LookReason,
    Role,
    UnitKind,
    User,
)
from notifications.delivery.relay import relay
from notifications.delivery.sending import send_due
from notifications.models import Channel
from tests.builders import a_case_with_reference, a_reference, day, on, term, the_invitation
from tests.promises.moving import a_childs_case, a_move, handed_over
from tests.promises.only_those_who_need_to_know.cast import Cast, join
from tests.promises.telling import called


def another_case(cast: Cast) -> None:
    """The family department opens a case with the health visitors: everything that can happen in one."""
    world = cast.world
    case = a_case_with_reference(
        world,
        "P-2026-9001",
        unit=world.family,
        actor=world.frida,
        invite=[(world.health, None), (world.sports, None)],
        now=on(-2),
    )
    accept_invitation(invitation=the_invitation(case, world.health), actor=world.hanne, now=on(-1))
    _agree(case, world.frida, world.hanne)
    offer = offer_handover(case=case, to_person=world.hanne, to_unit=world.health, actor=world.frida, now=on())
    accept_handover(handover=offer, actor=world.hanne, now=on())
    look_at_case(case=case, actor=world.frida, now=on())
    _tell_everybody()


def a_colleagues_case(cast: Cast) -> None:
    """Mads of the school opens one with the family department."""
    world = cast.world
    case = a_case_with_reference(
        world, "P-2026-9002", unit=world.school, actor=world.mads, invite=[(world.family, None)], now=on(-2)
    )
    accept_invitation(invitation=the_invitation(case, world.family), actor=world.frida, now=on(-1))
    _agree(case, world.mads, world.frida)
    _tell_everybody()


def more_in_the_rich_case(cast: Cast) -> None:
    """More partners, agreements, references, looks and meetings, and a no, in the rich case."""
    world, case = cast.world, cast.scene.rich
    invite_unit(case=case, unit=world.family, ask=term(Ask, "joint_plan"), actor=world.maja, now=on())
    accept_invitation(invitation=the_invitation(case, world.family), actor=world.frida, now=on(hours=1))
    invite_unit(case=case, unit=world.sports, ask=term(Ask, "sparring"), actor=world.maja, now=on())
    decline_invitation(
        invitation=the_invitation(case, world.sports),
        reason=term(DeclineReason, "no_capacity"),
        onward=None,
        actor=world.signe,
        now=on(hours=2),
    )
    _agree(case, world.maja, world.frida)
    add_reference(case=case, reference=a_reference("P-2026-9003"), actor=world.maja, now=on(hours=3))
    called(world, case, world.anna, world.hanne, at=5)
    numbers_opened(cast)
    _tell_everybody()


def numbers_opened(cast: Cast) -> None:
    """The number of the rich case's reference is read by its holder, and with a reason by a leader."""
    reference = cast.scene.rich.references.earliest("pk")
    open_reference(reference=reference, actor=cast.world.maja, now=on(hours=4))
    reason = term(LookReason, "supervision")
    open_reference(reference=reference, actor=cast.world.lone, now=on(hours=5), reason=reason)


def a_move_elsewhere(cast: Cast) -> None:
    """A child of the kindergarten is to go to the other school."""
    world = cast.world
    case = a_childs_case(world, now=on(-9), reference=a_reference("P-2026-9004"))
    a_move(world, case, to_unit=world.other_school, now=on(-8))
    handed_over(world, a_move(world, case, to_unit=world.other_school, move_on=day(20), now=on(-8)), on_day=-6)
    _tell_everybody()


def in_the_neighbouring_town(cast: Cast) -> None:
    """A case in another municipality, and looks at it."""
    world = cast.world
    case = a_case_with_reference(world, "P-2026-9005", unit=world.neighbours, actor=world.nora, invite=[], now=on(-2))
    look_at_case(case=case, actor=world.nora, now=on())
    _tell_everybody()


def settle_next_door(cast: Cast) -> None:
    """There are another unit and another municipality, and people in them: that everybody may know."""
    world = cast.world
    sports = UnitDraft(code="sports", name="Idrætten", kind=term(UnitKind, "afdeling"), parent=world.town)
    world.units["sports"] = place_unit(draft=sports, actor=None, now=on(-30))
    join(world, "signe", world.sports)
    draft = UnitDraft(code="next", name="Nabo Kommune", kind=term(UnitKind, "kommune"), parent=None)
    world.units["neighbours"] = place_unit(draft=draft, actor=None, now=on(-30))
    for name, role in (("nina", Role.COORDINATOR), ("nora", Role.PROFESSIONAL)):
        person = PersonDraft(username=name, name=f"{name.title()} Nabo", email=f"{name}@nabo.example")
        world.people[name] = register_person(draft=person, actor=None, now=on(-30))
        begin_membership(user=world.people[name], unit=world.neighbours, role=role, actor=None, now=on(-30))
    _tell_everybody()


def _agree(case: Case, maker: User, owner: User) -> None:
    kind = term(AgreementKind, "observation")
    make_agreement(case=case, kind=kind, owner=owner, due_on=day(2), actor=maker, now=on())


def _tell_everybody() -> None:
    while relay(now=on(1)):
        pass
    while send_due(Channel.IN_APP, clock=lambda: on(1)):
        pass
