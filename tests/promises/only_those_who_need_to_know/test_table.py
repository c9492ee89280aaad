"""Who sees what: DOMAIN's table, row by row, before, while and after."""

from __future__ import annotations

import pytest

from coordination.commands.bases import record_basis, withdraw_basis
from coordination.commands.cases import add_reference, close_case
from coordination.commands.handovers import accept_handover
from coordination.commands.invitations import (
    change_contact,
    complete_partnership,
    decline_invitation,
    invite_unit,
    leave_case,
    withdraw_invitation,
)
from coordination.commands.looks import look_at_case, open_reference
from coordination.commands.people import change_role, deactivate_person
from coordination.commands.time import pass_time
from coordination.commands.units import close_unit
from coordination.errors import Forbidden, Unacceptable, Unseen
from coordination.models import (
    AccessRecord,
    Ask,
    Case,
    CaseOutcome,
    DeclineReason,
    EventKind,
    LeaveReason,
    LookReason,
    PartnershipOutcome,
    Reference,
    Role,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.visibility import cases_seen_by, invitations_seen_by, part_in
from coordination.rules.access import Part
from tests.builders import (
    World,
    a_case,
    a_case_with_reference,
    a_consent,
    a_reference,
    accepted,
    on,
    term,
    the_invitation,
)
from tests.promises.telling import away, fresh, leaves, offered


def part(user: User, case: Case, *, days: float = 1) -> Part:
    """The part that somebody plays in a case, so many days after the Monday; what they find says the same."""
    actor = actor_of(User.objects.get(pk=user.pk), on(days))
    played = part_in(actor, fresh(case))
    assert cases_seen_by(actor).filter(pk=case.pk).exists() == (played > Part.NONE)
    return played


def sees_invitation(user: User, case: Case, world: World, *, days: float = 1) -> bool:
    """Whether somebody sees the invitation of PPR."""
    actor = actor_of(User.objects.get(pk=user.pk), on(days))
    return invitations_seen_by(actor).filter(case=case, unit=world.ppr).exists()


def number_for(user: User, case: Case, *, days: float = 1, reason: str | None = None) -> str:
    """The number of the case's reference, opened by somebody."""
    return open_reference(
        reference=Reference.objects.get(case=case),
        actor=User.objects.get(pk=user.pk),
        now=on(days),
        reason=term(LookReason, reason) if reason else None,
    )


def close(world: World, case: Case, *, days: float = 2) -> None:
    """Maja closes the case."""
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(days))


# --- The holder, contacts, stand-ins ------------------------------------------------------------------------


def test_the_holder_sees_everything_while_holding_and_a_receipt_afterwards(world: World) -> None:
    case = a_case_with_reference(world)
    assert part(world.maja, case) == Part.HOLDER
    assert number_for(world.maja, case) == "P-2026-1042"
    close(world, case)
    assert part(world.maja, case, days=3) == Part.RECEIPT
    with pytest.raises(Unseen):
        number_for(world.maja, case, days=3)


def test_a_contact_sees_everything_from_accepting_until_leaving(world: World) -> None:
    case = a_case_with_reference(world)
    assert part(world.anna, case) == Part.NONE
    with pytest.raises(Unseen):
        number_for(world.anna, case)
    partnership = accepted(world, case)
    assert part(world.anna, case) == Part.PARTNER
    assert number_for(world.anna, case) == "P-2026-1042"
    leave_case(partnership=partnership, reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(2))
    assert part(world.anna, case, days=2) == Part.RECEIPT
    with pytest.raises(Unseen):
        number_for(world.anna, case, days=2)


def test_a_contact_who_has_finished_sees_a_receipt(world: World) -> None:
    case = a_case_with_reference(world)
    partnership = accepted(world, case)
    complete_partnership(
        partnership=partnership, outcome=term(PartnershipOutcome, "as_agreed"), actor=world.maja, now=on(2)
    )
    assert part(world.anna, case, days=2) == Part.RECEIPT


def test_a_holder_who_hands_over_and_does_not_stay_sees_a_receipt_at_once(world: World) -> None:
    case = a_case_with_reference(world)
    accept_handover(handover=offered(world, case, stays_on=False), actor=world.anna, now=on(2))
    assert part(world.maja, case, days=2) == Part.RECEIPT
    assert part(world.anna, case, days=2) == Part.HOLDER


def test_a_holder_who_hands_over_and_stays_is_a_partner(world: World) -> None:
    case = a_case_with_reference(world)
    accept_handover(handover=offered(world, case), actor=world.anna, now=on(2))
    assert part(world.maja, case, days=2) == Part.PARTNER


@pytest.mark.parametrize(("days", "plays"), [(0, Part.NONE), (1, Part.HOLDER), (3, Part.HOLDER), (4, Part.NONE)])
def test_a_stand_in_has_the_holders_rights_on_the_days_and_no_other(world: World, days: int, plays: Part) -> None:
    case = a_case_with_reference(world)
    away(world.maja, world.mads, first=1, last=3)
    assert part(world.mads, case, days=days) == plays
    if plays == Part.HOLDER:
        assert number_for(world.mads, case, days=days) == "P-2026-1042"
    else:
        with pytest.raises(Unseen):
            number_for(world.mads, case, days=days)


def test_a_stand_in_of_a_contact_has_the_contacts_rights(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    away(world.anna, world.anton, first=1, last=3)
    assert part(world.anton, case, days=1) == Part.PARTNER
    assert part(world.anton, case, days=4) == Part.NONE


def test_a_stand_in_of_a_leader_leads_on_those_days(world: World) -> None:
    case = a_case_with_reference(world)
    away(world.lone, world.mads, first=1, last=3)
    assert part(world.mads, case, days=1) == Part.LEADER
    assert part(world.mads, case, days=4) == Part.NONE


def test_a_contact_who_is_followed_by_another_sees_a_receipt(world: World) -> None:
    case = a_case_with_reference(world)
    partnership = accepted(world, case)
    change_contact(partnership=partnership, contact=world.anton, actor=world.anna, now=on(2))
    change_contact(partnership=partnership, contact=world.per, actor=world.anton, now=on(3))
    assert part(world.per, case, days=3) == Part.PARTNER
    for former in (world.anna, world.anton):
        assert part(former, case, days=3) == Part.RECEIPT
        with pytest.raises(Unseen):
            number_for(former, case, days=3)
    close(world, case, days=4)
    assert part(world.anna, case, days=5) == Part.RECEIPT
    stretches = partnership.former_contacts.values_list("person", "began_at", "ended_at")
    assert list(stretches) == [(world.anna.pk, on(hours=1), on(2)), (world.anton.pk, on(2), on(3))]


def test_leaving_the_unit_ends_access_at_once(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    leaves(world.anna, world.ppr, now=on(2))
    assert part(world.anna, case, days=2) == Part.RECEIPT
    leaves(world.maja, world.school, now=on(2))
    assert part(world.maja, case, days=2) == Part.RECEIPT
    for gone in (world.anna, world.maja):
        with pytest.raises(Unseen):
            number_for(gone, case, days=2)


def test_somebody_deactivated_sees_nothing_at_all(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    for gone in (world.anna, world.maja, world.lone):
        deactivate_person(user=gone, actor=None, now=on(2))
        assert part(gone, case, days=2) == Part.NONE
        with pytest.raises(Unseen):
            look_at_case(case=case, actor=User.objects.get(pk=gone.pk), now=on(2))


def test_a_unit_that_closes_ends_the_access_of_its_contact(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    close_unit(unit=world.ppr, actor=None, now=on(2))
    assert part(world.anna, case, days=2) < Part.LEADER


# --- Members of an invited unit -----------------------------------------------------------------------------


def test_an_invited_unit_sees_the_ask_and_not_the_case(world: World) -> None:
    case = a_case_with_reference(world)
    for member in (world.anna, world.anton, world.per):
        assert sees_invitation(member, case, world)
        assert part(member, case) == Part.NONE
        with pytest.raises(Unseen):
            look_at_case(case=case, actor=member, now=on(1))
    for other in (world.hanne, world.mads, world.ove, world.kirsten):
        assert not sees_invitation(other, case, world)


def test_after_accepting_only_the_contact_sees_anything(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    assert part(world.anton, case) == Part.NONE
    assert not sees_invitation(world.anton, case, world)
    assert sees_invitation(world.anna, case, world)


def test_after_a_no_only_the_one_who_said_it_sees_the_ask(world: World) -> None:
    case = a_case_with_reference(world)
    decline_invitation(
        invitation=the_invitation(case, world.ppr),
        reason=term(DeclineReason, "not_our_task"),
        actor=world.anna,
        now=on(1),
    )
    assert sees_invitation(world.anna, case, world)
    assert not sees_invitation(world.anton, case, world)
    assert not sees_invitation(world.per, case, world)
    assert part(world.anna, case) == Part.NONE


def test_a_withdrawn_ask_is_seen_by_nobody_in_the_unit(world: World) -> None:
    case = a_case_with_reference(world)
    withdraw_invitation(invitation=the_invitation(case, world.ppr), actor=world.maja, now=on(1))
    for member in (world.anna, world.per, world.dorte):
        assert not sees_invitation(member, case, world)


# --- Leaders ------------------------------------------------------------------------------------------------


def test_leaders_of_a_unit_that_takes_part_and_above_see_the_case(world: World) -> None:
    case = a_case_with_reference(world)
    for leader in (world.lone, world.sanne, world.dorte, world.karin):
        assert part(leader, case) == Part.LEADER
    assert part(world.per, case) == Part.NONE
    accepted(world, case)
    assert part(world.per, case) == Part.LEADER
    assert part(world.kirsten, case) == Part.NONE


def test_a_leader_opens_a_reference_with_a_reason_and_the_holder_is_told(world: World) -> None:
    case = a_case_with_reference(world)
    with pytest.raises(Unacceptable) as refused:
        number_for(world.lone, case)
    assert refused.value.field == "reason"
    assert not AccessRecord.objects.exists()
    assert number_for(world.lone, case, reason="supervision") == "P-2026-1042"
    event = case.events.get(kind=EventKind.REFERENCE_OPENED)
    assert (event.actor, event.data) == (world.lone, {"reason": "supervision"})
    record = AccessRecord.objects.get()
    assert (record.viewer, record.reason) == (world.lone, term(LookReason, "supervision"))


def test_a_leader_sees_nothing_of_a_case_after_it_has_ended(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    close(world, case)
    for leader in (world.lone, world.sanne, world.per, world.karin):
        assert part(leader, case, days=3) == Part.NONE


def test_a_leader_of_a_unit_that_has_left_sees_nothing_any_more(world: World) -> None:
    case = a_case_with_reference(world)
    partnership = accepted(world, case)
    leave_case(partnership=partnership, reason=term(LeaveReason, "no_capacity"), actor=world.anna, now=on(2))
    assert part(world.per, case, days=2) == Part.NONE


def test_one_who_is_no_leader_any_more_sees_nothing(world: World) -> None:
    case = a_case_with_reference(world)
    change_role(membership=world.lone.memberships.get(), role=Role.PROFESSIONAL, actor=None, now=on(1))
    assert part(world.lone, case) == Part.NONE


# --- Administrators and everybody else ----------------------------------------------------------------------


def test_an_administrator_sees_no_case(world: World) -> None:
    case = a_case_with_reference(world)
    administrator = User.objects.create_superuser("admin", name="Admin")
    assert part(administrator, case) == Part.NONE
    with pytest.raises(Unseen):
        look_at_case(case=case, actor=administrator, now=on(1))


def test_everybody_else_is_told_that_there_is_no_such_case(world: World) -> None:
    case = a_case_with_reference(world)
    accepted(world, case)
    messages = set()
    for other in (world.mads, world.ove, world.kirsten, world.rikke, world.hanne, world.frida, world.anton):
        assert part(other, case) == Part.NONE
        for look in (look_at_case, lambda **how: number_for(how["actor"], how["case"])):
            with pytest.raises(Unseen) as unseen:
                look(case=case, actor=other, now=on(1))
            messages.add(str(unseen.value.message))
    assert len(messages) == 1
    assert not AccessRecord.objects.exists()


# --- The basis ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["expired", "withdrawn"])
def test_without_a_basis_references_close_to_partners_and_stay_open_to_their_own_unit(world: World, way: str) -> None:
    case = a_case(world, reference=a_reference(), basis=a_consent(20))
    accepted(world, case)
    assert number_for(world.anna, case, days=20) == "P-2026-1042"
    if way == "expired":
        pass_time(now=on(21))
    else:
        withdraw_basis(basis=case.bases.get(), actor=world.maja, now=on(20, hours=1))
    with pytest.raises(Forbidden):
        number_for(world.anna, case, days=21)
    with pytest.raises(Forbidden):
        number_for(world.per, case, days=21, reason="supervision")
    assert number_for(world.maja, case, days=21) == "P-2026-1042"
    assert number_for(world.lone, case, days=21, reason="supervision") == "P-2026-1042"
    record_basis(case=case, draft=a_consent(90), actor=world.maja, now=on(22))
    assert number_for(world.anna, case, days=22) == "P-2026-1042"


def test_a_consent_that_has_passed_closes_at_midnight_also_before_time_has_been_let_pass(world: World) -> None:
    case = a_case(world, reference=a_reference(), basis=a_consent(20))
    accepted(world, case)
    with pytest.raises(Forbidden):
        number_for(world.anna, case, days=21)
    with pytest.raises(Unacceptable):
        invite_unit(case=case, unit=world.health, ask=term(Ask, "sparring"), actor=world.maja, now=on(21))


def test_a_reference_does_not_leave_its_unit_without_a_basis(world: World) -> None:
    with pytest.raises(Unacceptable) as refused:
        a_case(world, reference=a_reference())
    assert refused.value.field == "basis"
    assert not Case.objects.exists()
    case = a_case(world, reference=a_reference(), invite=[])
    with pytest.raises(Unacceptable):
        invite_unit(case=case, unit=world.ppr, ask=term(Ask, "sparring"), actor=world.maja, now=on(1))


def test_a_reference_that_comes_later_takes_a_basis(world: World) -> None:
    case = a_case(world)
    accepted(world, case)
    with pytest.raises(Unacceptable) as refused:
        add_reference(case=case, reference=a_reference(), actor=world.maja, now=on(1))
    assert refused.value.field == "basis"
    assert not case.references.exists()
    add_reference(case=case, reference=a_reference(), basis=a_consent(), actor=world.maja, now=on(1))
    assert number_for(world.anna, case) == "P-2026-1042"
