"""Who may do what, as pure functions: nothing is read from a database here."""

from __future__ import annotations

from datetime import date

import pytest

from coordination.models import (
    Agreement,
    Basis,
    BasisKind,
    BasisState,
    Case,
    Handover,
    HandoverKind,
    HandoverState,
    Invitation,
    InvitationState,
    JoinRequest,
    Partnership,
    Reference,
    StatutoryBasis,
    Unit,
    UnitKind,
    User,
)
from coordination.rules.access import (
    Part,
    Parts,
    Side,
    is_in_force,
    kinds_of,
    may_answer_handover,
    may_answer_invitation,
    may_answer_join_request,
    may_assign,
    may_do_agreement,
    may_hold,
    may_open_reference,
    may_see_handover,
    may_see_invitation,
    may_see_join_request,
    may_speak_for_partner,
    part_of,
    sharing_is_allowed,
)
from coordination.rules.actors import Actor

TODAY = date(2026, 9, 14)
HOLDER, CONTACT, FORMER, OTHER = 1, 2, 3, 9
A_SCHOOL, A_PPR, ANOTHER = 31, 32, 33  # kinds of units
SCHOOL = Unit(pk=12, path="/1/5/12/", kind_id=A_SCHOOL)
PPR = Unit(pk=7, path="/1/7/", kind_id=A_PPR)
CASE = Case(pk=1, holder_id=HOLDER, holder_unit=SCHOOL, state="open")


def somebody(
    person: int, *, for_others: tuple[int, ...] = (), units: tuple[int, ...] = (), leads: tuple[str, ...] = ()
) -> Actor:
    """A person, with those they stand in for, their units and what they lead."""
    return Actor(User(pk=person), TODAY, frozenset({person, *for_others}), frozenset(units), leads)


def parts(*, is_open: bool = True) -> Parts:
    """A case with a holder, a contact and a former contact."""
    sides = frozenset({Side(HOLDER, SCHOOL.place, A_SCHOOL), Side(CONTACT, PPR.place, A_PPR)})
    return Parts(is_open, HOLDER, frozenset({CONTACT}), frozenset({FORMER, HOLDER}), sides)


@pytest.mark.parametrize(
    ("actor", "while_open", "afterwards"),
    [
        (somebody(HOLDER), Part.HOLDER, Part.RECEIPT),
        (somebody(CONTACT), Part.PARTNER, Part.RECEIPT),
        (somebody(FORMER), Part.RECEIPT, Part.RECEIPT),
        (somebody(OTHER), Part.NONE, Part.NONE),
        (somebody(OTHER, units=(12, 7)), Part.NONE, Part.NONE),
        (somebody(OTHER, for_others=(HOLDER,)), Part.HOLDER, Part.RECEIPT),
        (somebody(OTHER, for_others=(CONTACT,)), Part.PARTNER, Part.RECEIPT),
        (somebody(OTHER, leads=("/1/5/12/",)), Part.LEADER, Part.NONE),
        (somebody(OTHER, leads=("/1/",)), Part.LEADER, Part.NONE),
        (somebody(OTHER, leads=("/1/5/1/",)), Part.NONE, Part.NONE),
        (somebody(OTHER, leads=("/1/5/12/3/",)), Part.NONE, Part.NONE),
        (somebody(CONTACT, leads=("/1/",)), Part.PARTNER, Part.RECEIPT),
    ],
)
def test_the_part_begins_with_taking_part_and_ends_with_it(actor: Actor, while_open: Part, afterwards: Part) -> None:
    assert part_of(actor, parts()) == while_open
    assert part_of(actor, parts(is_open=False)) == afterwards


def test_a_leader_leads_what_is_below_and_not_what_is_beside_or_above() -> None:
    leader = somebody(OTHER, leads=("/1/5/",))
    assert leader.leads(SCHOOL)
    assert leader.leads(Unit(pk=5, path="/1/5/"))
    assert not leader.leads(Unit(pk=1, path="/1/"))
    assert not leader.leads(Unit(pk=55, path="/1/55/"))
    assert not somebody(OTHER, units=(12,)).leads(SCHOOL)


def test_only_the_holder_and_who_stands_in_hold() -> None:
    assert may_hold(somebody(HOLDER), CASE)
    assert may_hold(somebody(OTHER, for_others=(HOLDER,)), CASE)
    assert not may_hold(somebody(OTHER, leads=("/1/",)), CASE)


def test_an_invitation_is_the_units_until_it_is_answered() -> None:
    sent = Invitation(case=CASE, unit=PPR, sent_by_id=HOLDER, state=InvitationState.SENT)
    member, leader = somebody(OTHER, units=(7,)), somebody(8, leads=("/1/",))
    for actor in (member, leader):
        assert may_see_invitation(actor, sent)
        assert may_answer_invitation(actor, sent)
    assert not may_answer_invitation(somebody(HOLDER, units=(7,)), sent)
    assert not may_answer_invitation(somebody(OTHER, units=(12,)), sent)
    answered = Invitation(case=CASE, unit=PPR, answered_by_id=OTHER, state=InvitationState.ACCEPTED)
    assert may_see_invitation(member, answered)
    assert not may_see_invitation(leader, answered)
    assert not may_see_invitation(somebody(OTHER, units=(12,)), answered)


def test_a_handover_is_answered_by_the_one_who_is_asked_and_never_by_the_one_who_asks() -> None:
    offer = Handover(case=CASE, to_person_id=CONTACT, begun_by_id=HOLDER, kind=HandoverKind.OFFER)
    assert may_answer_handover(somebody(CONTACT), offer)
    assert may_answer_handover(somebody(OTHER, for_others=(CONTACT,)), offer)
    assert not may_answer_handover(somebody(HOLDER, for_others=(CONTACT,)), offer)
    request = Handover(case=CASE, to_person_id=CONTACT, begun_by_id=CONTACT, kind=HandoverKind.REQUEST)
    assert may_answer_handover(somebody(HOLDER), request)
    assert not may_answer_handover(somebody(CONTACT, for_others=(HOLDER,)), request)
    for handover in (offer, request):
        assert may_see_handover(somebody(HOLDER), handover)
        assert may_see_handover(somebody(CONTACT), handover)
        assert not may_see_handover(somebody(OTHER), handover)


def test_an_answered_handover_is_seen_by_the_one_who_began_it_and_the_one_who_answered() -> None:
    over = Handover(
        case=CASE, to_person_id=FORMER, begun_by_id=OTHER, answered_by_id=CONTACT, state=HandoverState.DECLINED
    )
    assert may_see_handover(somebody(OTHER), over)
    assert may_see_handover(somebody(CONTACT), over)
    assert not may_see_handover(somebody(HOLDER), over)
    assert not may_see_handover(somebody(FORMER), over)


def test_a_request_to_join_is_the_holders_to_answer_while_the_case_is_open() -> None:
    request = JoinRequest(case=CASE, asked_by_id=OTHER)
    assert may_answer_join_request(somebody(HOLDER), request)
    assert not may_answer_join_request(somebody(OTHER, for_others=(HOLDER,)), request)
    assert not may_answer_join_request(somebody(CONTACT), request)
    assert may_see_join_request(somebody(OTHER), request)
    assert may_see_join_request(somebody(HOLDER), request)
    closed = JoinRequest(case=Case(holder_id=HOLDER, state="closed"), asked_by_id=OTHER)
    assert not may_see_join_request(somebody(HOLDER), closed)


def test_a_partner_speaks_through_its_contact_or_its_leader() -> None:
    partnership = Partnership(case=CASE, unit=PPR, contact_id=CONTACT)
    assert may_speak_for_partner(somebody(CONTACT), partnership)
    assert may_speak_for_partner(somebody(OTHER, leads=("/1/7/",)), partnership)
    assert not may_speak_for_partner(somebody(HOLDER), partnership)
    assert not may_speak_for_partner(somebody(OTHER, units=(7,)), partnership)


def test_an_agreement_is_its_owners_and_the_holders() -> None:
    agreement = Agreement(case=CASE, owner_id=CONTACT)
    assert may_do_agreement(somebody(CONTACT), agreement)
    assert may_do_agreement(somebody(HOLDER), agreement)
    assert not may_do_agreement(somebody(OTHER, leads=("/1/",)), agreement)


@pytest.mark.parametrize("away", [True, False])
@pytest.mark.parametrize("fell", [True, False])
def test_a_leader_assigns_only_where_something_frees_the_baton(away: bool, fell: bool) -> None:
    leader, other = somebody(OTHER, leads=("/1/5/",)), somebody(OTHER, leads=("/1/7/",))
    assert may_assign(leader, CASE, holder_is_away=away, fell_to_leader=fell) == (away or fell)
    assert not may_assign(other, CASE, holder_is_away=away, fell_to_leader=fell)


LAW = StatutoryBasis(pk=1, covers_all=True)
CONSENT = Basis(kind=BasisKind.CONSENT, ends_on=TODAY, state=BasisState.ACTIVE, covers_all=True)
BASES = [
    (None, False),
    (CONSENT, True),
    (Basis(kind=BasisKind.CONSENT, ends_on=date(2026, 9, 13), state=BasisState.ACTIVE, covers_all=True), False),
    (Basis(kind=BasisKind.CONSENT, ends_on=TODAY, state=BasisState.EXPIRED, covers_all=True), False),
    (Basis(kind=BasisKind.CONSENT, ends_on=TODAY, state=BasisState.WITHDRAWN, covers_all=True), False),
    (Basis(kind=BasisKind.STATUTORY, statutory=LAW, state=BasisState.ACTIVE), True),
    (Basis(kind=BasisKind.STATUTORY, statutory=LAW, state=BasisState.REPLACED), False),
    (Basis(kind=BasisKind.ANONYMOUS, state=BasisState.ACTIVE, covers_all=True), False),
]


@pytest.mark.parametrize(("basis", "allows"), BASES)
def test_a_reference_is_shared_on_an_active_basis_and_always_open_to_its_own_unit(
    basis: Basis | None, allows: bool
) -> None:
    reference = Reference(case=CASE, unit=SCHOOL)
    assert sharing_is_allowed(basis, TODAY, A_PPR) == allows
    assert is_in_force(basis, TODAY) == allows
    partner, colleague = somebody(CONTACT, units=(7,)), somebody(HOLDER, units=(12,))
    assert may_open_reference(partner, Part.PARTNER, reference, basis, frozenset({A_PPR})) == allows
    assert may_open_reference(colleague, Part.HOLDER, reference, basis, frozenset({A_SCHOOL}))
    assert not may_open_reference(colleague, Part.RECEIPT, reference, basis, frozenset({A_SCHOOL}))
    assert not may_open_reference(colleague, Part.NONE, reference, basis, frozenset({A_SCHOOL}))


def naming(*kinds: int, by: BasisKind) -> Basis:
    """A basis in force that names the kinds of units that it covers, itself or by its law."""
    law = StatutoryBasis(pk=2, covers_all=False) if by == BasisKind.STATUTORY else None
    basis = Basis(pk=1, kind=by, statutory=law, state=BasisState.ACTIVE, covers_all=False)
    (law or basis)._prefetched_objects_cache = {"covers": [UnitKind(pk=kind) for kind in kinds]}  # type: ignore[union-attr]
    return basis


@pytest.mark.parametrize("by", [BasisKind.CONSENT, BasisKind.STATUTORY])
def test_a_reference_is_open_to_units_of_a_kind_that_the_basis_covers_and_to_no_others(by: BasisKind) -> None:
    reference, partner = Reference(case=CASE, unit=SCHOOL), somebody(CONTACT, units=(7,))
    basis = naming(A_PPR, A_SCHOOL, by=by)
    for kinds, opens in (((A_PPR,), True), ((ANOTHER,), False), ((ANOTHER, A_PPR), True), ((), False)):
        assert may_open_reference(partner, Part.PARTNER, reference, basis, frozenset(kinds)) == opens
        assert may_open_reference(partner, Part.LEADER, reference, basis, frozenset(kinds)) == opens
    assert not sharing_is_allowed(naming(by=by), TODAY, A_PPR)
    assert is_in_force(naming(by=by), TODAY)
    # Who is of the unit that the reference is from needs no basis, whatever another one covers.
    assert may_open_reference(
        somebody(HOLDER, units=(12,)), Part.HOLDER, reference, naming(A_PPR, by=by), frozenset({A_SCHOOL})
    )


@pytest.mark.parametrize(
    ("actor", "kinds"),
    [
        (somebody(HOLDER), {A_SCHOOL}),
        (somebody(CONTACT), {A_PPR}),
        (somebody(CONTACT, leads=("/1/",)), {A_PPR}),  # as a contact, and nothing more
        (somebody(OTHER, for_others=(CONTACT,)), {A_PPR}),
        (somebody(OTHER, leads=("/1/7/",)), {A_PPR}),
        (somebody(OTHER, leads=("/1/",)), {A_SCHOOL, A_PPR}),
        (somebody(OTHER, leads=("/2/",)), set()),
        (somebody(OTHER, units=(12, 7)), set()),
        (somebody(FORMER), set()),
    ],
)
def test_somebody_takes_part_as_the_kind_of_unit_for_which_they_do(actor: Actor, kinds: set[int]) -> None:
    assert kinds_of(actor, parts()) == kinds
    assert kinds_of(actor, parts(is_open=False)) == set()
