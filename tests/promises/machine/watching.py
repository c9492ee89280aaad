"""What the machine compares after every step: the rows, what is owed, the events, the promises, and who sees what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils import timezone

from coordination.models import (
    SUBJECTS,
    Absence,
    Attendance,
    Case,
    Deadline,
    Event,
    Handover,
    Holding,
    Invitation,
    JoinRequest,
    Meeting,
    Membership,
    Milestone,
    Partnership,
    Reference,
    Review,
    Transition,
    Unit,
    User,
)
from coordination.models import Agreement as AgreementRow
from coordination.models import Basis as BasisRow
from coordination.queries.actors import actor_of, is_away
from coordination.queries.bases import active_basis
from coordination.queries.promises import INVARIANTS, find_breaks
from coordination.queries.visibility import (
    cases_seen_by,
    cases_taken_part_in,
    handovers_seen_by,
    invitations_seen_by,
    join_requests_seen_by,
    parts_in,
    references_open_to,
    transitions_visible_to,
)
from coordination.rules.access import (
    kinds_of,
    may_answer_handover,
    may_answer_invitation,
    may_answer_join_request,
    may_assign,
    may_hold,
    may_open_reference,
    may_see_handover,
    may_see_invitation,
    may_see_join_request,
    may_speak_for_partner,
    part_of,
)
from coordination.rules.transitions import may_see_transition
from tests.promises.machine.effects import Happenings
from tests.promises.machine.rights import NONE, PARTNER, Rights
from tests.promises.machine.story import A_LEADER, Owed

Rows = set[tuple[Any, ...]]


class Names:
    """The names of people and the codes of units by id, and back."""

    def __init__(self, people: dict[str, int], units: dict[str, int]) -> None:
        self.people, self.units = people, units
        self.person_of = {pk: name for name, pk in people.items()}
        self.unit_of = {pk: code for code, pk in units.items()}

    def person(self, pk: int | None) -> str | None:
        """The name of a person, none of nobody."""
        return None if pk is None else self.person_of[pk]

    def unit(self, pk: int | None) -> str | None:
        """The code of a unit, none of none."""
        return None if pk is None else self.unit_of[pk]


def same(what: str, believed: Iterable[Any], found: Iterable[Any]) -> None:
    """Fail where the rows differ from what the machine believes, saying how."""
    left, right = set(believed), set(found)
    assert left == right, f"{what}: believed but not there {left - right}, there but not believed {right - left}"


def compare_cases(now: Happenings, names: Names) -> None:
    """Compare cases and who takes part."""
    cases = now.cases.values()
    same(
        "cases",
        {(case.pk, case.is_open, case.holder, case.unit, case.release_asked) for case in cases},
        {
            (
                row.pk,
                row.is_open,
                names.person(row.holder_id),
                names.unit(row.holder_unit_id),
                bool(row.release_asked_at),
            )
            for row in Case.objects.all()
        },
    )
    same(
        "fallen batons",
        {case.pk for case in cases if case.fell},
        Holding.objects.filter(ended_at=None, reason="fell").values_list("case_id", flat=True),
    )
    same(
        "partnerships",
        {(p.pk, case.pk, p.unit, p.contact, p.invitation, p.live) for case in cases for p in case.partners.values()},
        {
            (row.pk, row.case_id, names.unit(row.unit_id), names.person(row.contact_id), row.invitation_id, not row.end)
            for row in Partnership.objects.all()
        },
    )
    same(
        "bases",
        {(basis.pk, case.pk, basis.kind, basis.state) for case in cases for basis in case.bases.values()},
        BasisRow.objects.values_list("pk", "case_id", "kind", "state"),
    )


def compare_asks(now: Happenings, names: Names) -> None:
    """Compare invitations, handovers and requests to join."""
    cases = now.cases.values()
    same(
        "invitations",
        {
            (i.pk, case.pk, i.unit, i.person, i.state, i.answered_by, i.onward)
            for case in cases
            for i in case.invitations.values()
        },
        {
            (
                row.pk,
                row.case_id,
                names.unit(row.unit_id),
                names.person(row.person_id),
                row.state,
                names.person(row.answered_by_id),
                names.unit(row.onward_unit_id),
            )
            for row in Invitation.objects.all()
        },
    )
    same(
        "handovers",
        {
            (h.pk, case.pk, h.kind, h.to, h.to_unit, h.state, h.answered_by)
            for case in cases
            for h in case.handovers.values()
        },
        {
            (
                row.pk,
                row.case_id,
                row.kind,
                names.person(row.to_person_id),
                names.unit(row.to_unit_id),
                row.state,
                names.person(row.answered_by_id),
            )
            for row in Handover.objects.all()
        },
    )
    same(
        "requests to join",
        {(join.pk, case.pk, join.unit, join.state) for case in cases for join in case.joins.values()},
        {(row.pk, row.case_id, names.unit(row.unit_id), row.state) for row in JoinRequest.objects.all()},
    )


def compare_work(now: Happenings, names: Names) -> None:
    """Compare agreements and meetings."""
    cases = now.cases.values()
    same(
        "agreements",
        {
            (a.pk, case.pk, a.owner, a.unit, a.due_on, a.look_on, a.state)
            for case in cases
            for a in case.agreements.values()
        },
        {
            (
                row.pk,
                row.case_id,
                names.person(row.owner_id),
                names.unit(row.unit_id),
                row.due_on,
                row.look_again_on,
                row.state,
            )
            for row in AgreementRow.objects.all()
        },
    )
    same(
        "meetings",
        {(m.pk, case.pk, m.starts_at, names.units[m.place], m.state) for case in cases for m in case.meetings.values()},
        Meeting.objects.values_list("pk", "case_id", "starts_at", "place_id", "state"),
    )
    same(
        "calls",
        {
            (called.pk, meeting.pk, person, called.answer)
            for case in cases
            for meeting in case.meetings.values()
            for person, called in meeting.called.items()
        },
        {(row.pk, row.meeting_id, names.person(row.person_id), row.answer) for row in Attendance.objects.all()},
    )


def compare_moves(now: Happenings, names: Names) -> None:
    """Compare moves, their milestones and reviews."""
    moves = {(case.pk, move.pk): move for case in now.cases.values() for move in case.moves.values()}
    same(
        "moves",
        {(pk, case, m.from_unit, m.to_unit, m.move_on, m.state) for (case, pk), m in moves.items()},
        {
            (row.pk, row.case_id, names.unit(row.from_unit_id), names.unit(row.to_unit_id), row.move_on, row.state)
            for row in Transition.objects.all()
        },
    )
    same(
        "milestones",
        {(step.pk, move.pk, step.state) for move in moves.values() for step in move.steps.values()},
        Milestone.objects.values_list("pk", "transition_id", "state"),
    )
    same(
        "reviews",
        {(move.pk, unit) for move in moves.values() for unit in move.reviewed},
        {(row.transition_id, names.unit(row.unit_id)) for row in Review.objects.all()},
    )


def compare_town(now: Happenings, names: Names) -> None:
    """Compare units and people."""
    town = now.town
    same(
        "members",
        {(found.person, found.unit, found.role) for found in town.members},
        {
            (names.person(row.user_id), names.unit(row.unit_id), row.role)
            for row in Membership.objects.filter(ended_at=None)
        },
    )
    closed = Unit.objects.exclude(closed_at=None).values_list("pk", flat=True)
    same("closed units", town.closed, {names.unit(pk) for pk in closed})
    same(
        "the tree",
        {(unit, parent) for unit, parent in town.parents.items()},
        {(names.unit(row.pk), names.unit(row.parent_id)) for row in Unit.objects.all()},
    )
    for row in Unit.objects.all():
        assert row.line == [names.units[code] for code in reversed(town.line(names.unit_of[row.pk]))], row.code
    inactive = User.objects.filter(is_active=False).values_list("pk", flat=True)
    same("inactive people", town.inactive, {names.person(pk) for pk in inactive})
    same(
        "absences",
        {(away.pk, away.person, away.stand_in, away.first_on, away.last_on) for away in town.absences},
        {
            (row.pk, names.person(row.user_id), names.person(row.stand_in_id), row.first_on, row.last_on)
            for row in Absence.objects.all()
        },
    )


def compare_owed(now: Happenings, names: Names) -> None:
    """Compare what is owed, by whom and for which unit."""
    believed: Counter[tuple[int, Owed]] = Counter()
    for case in now.cases.values():
        for owed, times in case.owed().items():
            believed[case.pk, owed] += times
    found: Counter[tuple[int, tuple[Any, ...]]] = Counter()
    for row in Deadline.objects.open():
        about = next((pk for subject in SUBJECTS if (pk := getattr(row, f"{subject}_id")) is not None), None)
        found[row.case_id, (row.kind, about, _owner(row, now, names), names.unit(row.unit_id))] += 1
    same("owed", believed.items(), found.items())


def _owner(row: Deadline, now: Happenings, names: Names) -> str | None:
    """Who owes it; where a leader is to, any who leads its unit or one above it."""
    owner, unit = names.person(row.owner_id), names.unit_of[row.unit_id]
    if row.kind not in ("do_milestone", "follow_up", "review_transition") or owner is None:
        return owner
    is_review = row.kind == "review_transition"
    by_a_leader = is_review or now.cases[row.case_id].speaker(unit) == A_LEADER
    return A_LEADER if by_a_leader and now.town.leads(owner, unit) else owner


def compare_events(now: Happenings, *, after: int, actor: int | None) -> None:
    """Compare the events of a step: every change has one, and says who did it."""
    rows = list(Event.objects.filter(pk__gt=after).values_list("kind", "case_id", "actor_id"))
    found = Counter((kind, case) for kind, case, _actor in rows)
    same("events", now.told.items(), found.items())
    assert {row[2] for row in rows} <= {actor}, "an event names somebody else than who acted"


@lru_cache(maxsize=8)
def _questions(day: date) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Every invariant as SQL: put into words once a day, since that costs more than the answer."""
    return [
        (asked.name, *rows.values_list("pk").query.sql_with_params())
        for asked in INVARIANTS.values()
        for rows in asked.find(day)
    ]


def keep_promises(moment: datetime) -> None:
    """Ask the database for every invariant."""
    with connection.cursor() as cursor:
        for name, words, values in _questions(timezone.localdate(moment)):
            cursor.execute(words, values)
            broken = cursor.fetchall()
            assert not broken, (name, broken, list(find_breaks(INVARIANTS[name], now=moment)))


def compare_sights(now: Happenings, names: Names, *, moment: datetime, rights: Rights) -> None:
    """Compare for everybody and everything who sees what: the table, the pure rules and the querysets."""
    rows = list(Case.objects.select_related("holder_unit"))
    parts = {row.pk: parts_in(row) for row in rows}
    invitations = list(Invitation.objects.select_related("unit", "case"))
    handovers = list(Handover.objects.select_related("case"))
    joins = list(JoinRequest.objects.select_related("case"))
    partnerships = list(Partnership.objects.select_related("unit"))
    transitions = list(Transition.objects.select_related("case", "from_unit", "to_unit"))
    references = list(Reference.objects.select_related("unit"))
    bases = {row.pk: active_basis(row) for row in rows}
    away = {row.pk: is_away(row.holder_id, rights.day) for row in rows}
    people = {user.pk: user for user in User.objects.filter(pk__in=names.people.values())}
    for name, pk in names.people.items():
        who = actor_of(people[pk], moment)
        believed = {case.pk: rights.part(name, case) for case in now.cases.values()}
        played = {case_pk: int(part_of(who, found)) for case_pk, found in parts.items()}
        same(f"the parts of {name}", believed.items(), played.items())
        seen = {case_pk for case_pk, part in believed.items() if part > NONE}
        same(f"the cases {name} sees", seen, cases_seen_by(who).values_list("pk", flat=True))
        taken_part_in = {case_pk for case_pk, part in believed.items() if part >= PARTNER}
        same(f"the cases of {name}", taken_part_in, cases_taken_part_in(who).values_list("pk", flat=True))

        ids = set()
        for invitation in invitations:
            case = now.cases[invitation.case_id]
            belief = case.invitations[invitation.pk]
            sees = rights.sees_invitation(name, belief)
            assert may_see_invitation(who, invitation) == sees, (name, belief)
            assert may_answer_invitation(who, invitation) == rights.answers_invitation(name, case, belief)
            ids |= {invitation.pk} if sees else set()
        same(f"the invitations {name} sees", ids, invitations_seen_by(who).values_list("pk", flat=True))

        ids = set()
        for handover in handovers:
            case = now.cases[handover.case_id]
            offer = case.handovers[handover.pk]
            sees = rights.sees_handover(name, case, offer)
            assert may_see_handover(who, handover) == sees, (name, offer)
            assert may_answer_handover(who, handover) == rights.answers_handover(name, case, offer), (name, offer)
            ids |= {handover.pk} if sees else set()
        same(f"the handovers {name} sees", ids, handovers_seen_by(who).values_list("pk", flat=True))

        ids = set()
        for request in joins:
            case = now.cases[request.case_id]
            join = case.joins[request.pk]
            sees = rights.sees_join(name, case, join)
            assert may_see_join_request(who, request) == sees, (name, join)
            assert may_answer_join_request(who, request) == rights.answers_join(name, case, join), (name, join)
            ids |= {request.pk} if sees else set()
        same(f"the requests {name} sees", ids, join_requests_seen_by(who).values_list("pk", flat=True))

        ids = set()
        for transition in transitions:
            case = now.cases[transition.case_id]
            sees = rights.sees_move(name, case, case.moves[transition.pk])
            assert may_see_transition(who, transition, part_of(who, parts[case.pk])) == sees, (name, transition.pk)
            ids |= {transition.pk} if sees else set()
        same(f"the moves {name} sees", ids, transitions_visible_to(who).values_list("pk", flat=True))

        for partnership in partnerships:
            speaks = rights.speaks_for(name, now.cases[partnership.case_id].partners[partnership.pk])
            assert may_speak_for_partner(who, partnership) == speaks, (name, partnership.pk)
        for row in rows:
            case = now.cases[row.pk]
            assert may_hold(who, row) == rights.holds(name, case), (name, row.pk)
            assigns = may_assign(who, row, holder_is_away=away[row.pk], fell_to_leader=case.fell)
            assert assigns == rights.assigns(name, case), (name, row.pk)

        ids = set()
        for reference in references:
            case = now.cases[reference.case_id]
            played_by = parts[case.pk]
            opens = may_open_reference(
                who, part_of(who, played_by), reference, bases[case.pk], kinds_of(who, played_by)
            )
            assert opens == rights.opens(name, case, case.references[reference.pk]), (name, reference.pk)
            ids |= {reference.pk} if opens else set()
        same(f"the references open to {name}", ids, references_open_to(who).values_list("pk", flat=True))
