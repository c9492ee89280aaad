"""Ways to break the promises of the domain itself: what is there no longer fits together."""

from __future__ import annotations

from collections.abc import Callable

from coordination.commands.units import UnitDraft, close_unit, place_unit
from coordination.models import (
    Agreement,
    Attendance,
    Basis,
    BasisCover,
    BasisKind,
    Case,
    Deadline,
    DeadlineKind,
    Handover,
    Holding,
    Membership,
    NoteRule,
    Partnership,
    PracticalNote,
    Reference,
    Role,
    Unit,
    UnitKind,
    User,
)
from tests.builders import (
    day,
    on,
    term,
    the_invitation,
)
from tests.promises.living import NOW, Lived

Breaking = Callable[[Lived], object]


def _anna_stops(lived: Lived) -> None:
    User.objects.filter(pk=lived.world.anna.pk).update(is_active=False)


def _foreign_owner(lived: Lived) -> None:
    Agreement.objects.update(owner=lived.world.ove)
    lived.owed(DeadlineKind.DO_AGREEMENT).update(owner=lived.world.ove)


def _stranger_called(lived: Lived) -> None:
    called = Attendance.objects.filter(person=lived.world.anna)
    called.update(person=lived.world.ove)
    lived.owed(DeadlineKind.ANSWER_MEETING).update(owner=lived.world.ove)


def _no_basis_left(lived: Lived) -> None:
    Basis.objects.filter(case=lived.busy).update(kind=BasisKind.ANONYMOUS, given_by=None, given_on=None, ends_on=None)


def _covers_also(lived: Lived, kind: str) -> None:
    basis = Basis.objects.get(case=lived.busy)
    BasisCover.objects.create(basis=basis, kind=term(UnitKind, kind))


def _covers_only(lived: Lived, kind: str) -> None:
    Basis.objects.filter(case=lived.busy).update(covers_all=False)
    _covers_also(lived, kind)


def _same_number(lived: Lived) -> None:
    index = Reference.objects.get(case=lived.busy).number_index
    Reference.objects.filter(case=lived.idle).update(number_index=index)


def _long_over(lived: Lived) -> None:
    Basis.objects.filter(case=lived.busy).update(ends_on=day(0))
    lived.owed(DeadlineKind.RENEW_CONSENT, case=lived.busy).update(due_on=day(0))


def _moved(name: str, to: str) -> Breaking:
    def move(lived: Lived) -> None:
        Membership.objects.filter(user=lived.world.people[name]).update(unit=lived.world.units[to])

    return move


def _moved_away_from_the_offer(lived: Lived) -> None:
    Handover.objects.filter(state="offered").update(to_person=lived.world.sanne)
    lived.owed(DeadlineKind.ANSWER_HANDOVER).update(owner=lived.world.sanne)


def a_closed_unit(lived: Lived) -> Unit:
    """A unit that has closed, a day before."""
    unit = place_unit(
        draft=UnitDraft("gone", "Nedlagt Skole", term(UnitKind, "skole"), lived.world.schools), actor=None, now=on(-9)
    )
    return close_unit(unit=unit, actor=None, now=on(3))


def _below_a_closed_unit(lived: Lived) -> None:
    closed, moved = a_closed_unit(lived), lived.world.other_school
    Unit.objects.filter(pk=moved.pk).update(parent=closed, path=f"{closed.place}{moved.pk}/")


BREAKS: dict[str, list[Breaking]] = {
    # 1
    "case_has_the_holding_it_says": [
        lambda lived: Holding.objects.filter(case=lived.busy, ended_at=None).update(holder=lived.world.mads),
        lambda lived: Case.objects.filter(pk=lived.closed.pk).update(holder_unit=lived.world.health),
    ],
    "holding_is_followed_at_once": [
        lambda lived: Holding.objects.filter(case=lived.handed, ended_at=None).update(began_at=on(2)),
    ],
    "holder_works_in_the_unit": [_moved("maja", "other_school")],
    "holder_is_sought_where_one_is_missing": [
        lambda lived: Case.objects.filter(pk=lived.busy.pk).update(release_asked_at=NOW),
        lambda lived: lived.owed(DeadlineKind.ASSIGN_HOLDER).update(
            kind=DeadlineKind.NEXT_STEP, owner=lived.world.mads, unit=lived.world.school
        ),
    ],
    "holder_is_sought_by_a_leader": [
        lambda lived: lived.owed(DeadlineKind.ASSIGN_HOLDER).update(owner=lived.world.kirsten),
        lambda lived: lived.owed(DeadlineKind.ASSIGN_HOLDER).update(owner=lived.world.mads),  # the holder leads nobody
    ],
    "unit_hangs_below_an_open_one": [
        _below_a_closed_unit,
        lambda lived: Unit.objects.filter(pk=lived.world.ppr.pk).update(path=f"/{lived.world.ppr.pk}/"),
    ],
    "municipality_has_a_coordinator": [
        lambda lived: Membership.objects.filter(user=lived.world.karin).update(role=Role.LEADER),
    ],
    # 2 and 3
    "invitation_is_owed_while_it_waits": [
        lambda lived: lived.owed(DeadlineKind.ANSWER_INVITATION).delete(),
        lambda lived: lived.owed(DeadlineKind.ANSWER_INVITATION).update(owner=lived.world.hanne),
        lambda lived: lived.owed(DeadlineKind.ANSWER_INVITATION).update(unit=lived.world.ppr),
        lambda lived: Deadline.objects.filter(
            kind=DeadlineKind.ANSWER_INVITATION, invitation=the_invitation(lived.busy, lived.world.ppr)
        ).update(settled_at=None, settlement=""),
    ],
    "invitation_can_be_answered": [
        lambda lived: Partnership.objects.create(
            case=lived.busy, unit=lived.world.health, contact=lived.world.hanne, began_at=NOW
        ),
    ],
    "handover_is_owed_while_it_waits": [
        lambda lived: lived.owed(DeadlineKind.ANSWER_HANDOVER).delete(),
        lambda lived: lived.owed(DeadlineKind.ANSWER_HANDOVER).update(owner=lived.world.lone),
        lambda lived: lived.owed(DeadlineKind.ANSWER_HANDOVER).update(unit=lived.world.ppr),
    ],
    "handover_can_be_answered": [_moved_away_from_the_offer],
    "join_request_is_owed_while_it_waits": [
        lambda lived: lived.owed(DeadlineKind.ANSWER_JOIN_REQUEST).delete(),
    ],
    "no_is_taken_onward": [lambda lived: lived.owed(DeadlineKind.FIND_PARTNER).delete()],
    "partner_is_sought_by_holder_or_leader": [
        lambda lived: lived.owed(DeadlineKind.FIND_PARTNER).update(owner=lived.world.mads),
    ],
    "open_case_has_something_due": [
        lambda lived: lived.owed(DeadlineKind.NEXT_STEP, case=lived.idle).delete(),
    ],
    "next_step_is_missed_only_where_nothing_is_due": [
        lambda lived: lived.owe(lived.busy, DeadlineKind.NEXT_STEP),
    ],
    "deadline_is_owed_by_somebody_active": [_anna_stops],
    "holder_owes_what_is_the_holders": [
        lambda lived: lived.owed(DeadlineKind.LOOK_AGAIN).update(owner=lived.world.anna),
        lambda lived: lived.owed(DeadlineKind.RENEW_CONSENT).update(unit=lived.world.ppr),
    ],
    "agreement_is_owed_while_it_is_open": [
        lambda lived: lived.owed(DeadlineKind.DO_AGREEMENT).delete(),
        lambda lived: lived.owed(DeadlineKind.DO_AGREEMENT).update(due_on=day(11)),
        lambda lived: lived.owed(DeadlineKind.DO_AGREEMENT).update(owner=lived.world.maja),
    ],
    "agreement_is_looked_at_again": [
        lambda lived: lived.owed(DeadlineKind.LOOK_AGAIN).delete(),
        lambda lived: Agreement.objects.update(look_again_on=None),
    ],
    "meeting_is_owed_while_it_is_planned": [
        lambda lived: lived.owed(DeadlineKind.MEETING_OUTCOME).delete(),
    ],
    "meeting_is_where_somebody_opens": [
        lambda lived: lived.busy.meetings.update(place=a_closed_unit(lived)),
    ],
    "call_is_owed_while_it_waits": [
        lambda lived: lived.owed(DeadlineKind.ANSWER_MEETING).delete(),
        lambda lived: Attendance.objects.filter(person=lived.world.anna).update(answer="yes", answered_at=NOW),
    ],
    "closed_case_leaves_nothing_open": [
        lambda lived: lived.owe(lived.closed, DeadlineKind.NEXT_STEP),
        lambda lived: Partnership.objects.create(
            case=lived.closed, unit=lived.world.ppr, contact=lived.world.anna, began_at=NOW
        ),
    ],
    # 5
    "contact_belongs_to_the_unit": [_moved("anna", "health")],
    "accepted_invitation_is_a_partnership": [
        lambda _lived: Partnership.objects.exclude(invitation=None).update(invitation=None),
    ],
    "owner_of_an_agreement_takes_part": [_foreign_owner],
    "called_person_takes_part": [_stranger_called],
    "anonymous_case_has_no_reference": [_no_basis_left],
    "consent_covers_what_it_names": [lambda lived: _covers_also(lived, "ppr")],
    "asked_unit_is_covered_by_the_consent": [lambda lived: _covers_only(lived, "boernehus")],
    "same_reference_is_on_one_open_case": [_same_number],
    # 8
    "consent_is_to_be_renewed": [
        lambda lived: lived.owed(DeadlineKind.RENEW_CONSENT, case=lived.busy).delete(),
        lambda lived: lived.owed(DeadlineKind.RENEW_CONSENT, case=lived.busy).update(due_on=day(1)),
    ],
    "consent_ends_with_its_day": [_long_over],
    "note_ends_with_its_ask": [
        lambda lived: PracticalNote.objects.update(
            agreement=None, invitation=the_invitation(lived.busy, lived.world.family)
        ),
        lambda lived: PracticalNote.objects.update(case=lived.closed),
        lambda _lived: NoteRule.objects.update(is_on=False),
    ],
    "note_ends_after_thirty_days": [lambda _lived: PracticalNote.objects.update(written_at=on(-28))],
}
