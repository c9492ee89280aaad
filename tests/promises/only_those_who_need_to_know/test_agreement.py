"""What one may see is said twice, by a pure function and by a queryset: the two agree for everybody, at every turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.db import transaction

from coordination.commands.cases import close_case
from coordination.commands.handing_over import decline_child, receive_child
from coordination.commands.handovers import accept_handover, decline_handover, withdraw_handover
from coordination.commands.invitations import accept_invitation, change_contact, leave_case, withdraw_invitation
from coordination.commands.join_requests import accept_join_request, decline_join_request
from coordination.commands.people import change_role, deactivate_person, end_membership
from coordination.commands.units import close_unit
from coordination.models import (
    Case,
    CaseOutcome,
    DeclineReason,
    Handover,
    Invitation,
    JoinRequest,
    LeaveReason,
    Role,
    Transition,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.visibility import (
    cases_led,
    cases_left_behind,
    cases_seen_by,
    cases_taken_part_in,
    handovers_asked_by,
    handovers_seen_by,
    invitations_asked_by,
    invitations_seen_by,
    join_requests_asked_by,
    join_requests_seen_by,
    part_in,
    parts_in,
    transitions_visible_to,
)
from coordination.rules.access import (
    Part,
    has_asked,
    leads_in,
    may_see_handover,
    may_see_invitation,
    may_see_join_request,
)
from coordination.rules.transitions import may_see_transition
from tests.builders import World, a_case, a_case_with_reference, accepted, on, term
from tests.promises.only_those_who_need_to_know.every_command import Scene, build_scene
from tests.promises.telling import away

TURNS: dict[str, Callable[[Scene], object]] = {
    "at first": lambda s: None,
    "accepted": lambda s: accept_invitation(invitation=s.invitation, actor=s.world.hanne, now=on(2)),
    "withdrawn": lambda s: withdraw_invitation(invitation=s.invitation, actor=s.world.maja, now=on(2)),
    "left": lambda s: leave_case(
        partnership=s.partnership, reason=term(LeaveReason, "no_capacity"), actor=s.world.anna, now=on(2)
    ),
    "another contact": lambda s: change_contact(
        partnership=s.partnership, contact=s.world.anton, actor=s.world.anna, now=on(2)
    ),
    "handed over": lambda s: accept_handover(handover=s.offer, actor=s.world.mads, now=on(2)),
    "handover declined": lambda s: decline_handover(
        handover=s.offer, reason=term(DeclineReason, "no_capacity"), actor=s.world.mads, now=on(2)
    ),
    "request withdrawn": lambda s: withdraw_handover(handover=s.request, actor=s.world.anna, now=on(2)),
    "let in": lambda s: accept_join_request(join_request=s.join, actor=s.world.maja, now=on(2)),
    "not let in": lambda s: decline_join_request(
        join_request=s.join, reason=term(DeclineReason, "no_capacity"), actor=s.world.maja, now=on(2)
    ),
    "holder gone": lambda s: deactivate_person(user=s.world.maja, actor=None, now=on(2)),
    "contact gone": lambda s: deactivate_person(user=s.world.anna, actor=None, now=on(2)),
    "answerer moved": lambda s: end_membership(membership=s.world.anna.memberships.get(), actor=None, now=on(2)),
    "leader gone": lambda s: change_role(
        membership=s.world.lone.memberships.get(), role=Role.PROFESSIONAL, actor=None, now=on(2)
    ),
    "unit closed": lambda s: close_unit(unit=s.world.ppr, actor=None, now=on(2)),
    "school closed": lambda s: close_unit(unit=s.world.school, actor=None, now=on(2)),
    "child received": lambda s: receive_child(transition=s.moves.handed, actor=s.world.ove, has_read=True, now=on(2)),
    "child declined": lambda s: decline_child(
        transition=s.moves.handed, reason=term(DeclineReason, "no_capacity"), actor=s.world.ove, now=on(2)
    ),
    "receiver closed": lambda s: close_unit(unit=s.world.other_school, actor=None, now=on(2)),
    "receiving contact gone": lambda s: end_membership(
        membership=s.world.hanne.memberships.get(), actor=None, now=on(2)
    ),
    "case closed": lambda s: close_case(
        case=s.case, outcome=term(CaseOutcome, "solved"), actor=s.world.maja, now=on(2)
    ),
}


def everybody() -> Iterator[User]:
    """The cast, a stranger and an administrator."""
    yield from User.objects.order_by("pk")


def the_two_agree(now: datetime) -> int:
    """Compare them for everybody and everything there is; say how many times somebody saw something."""
    seen = 0
    cases = list(Case.objects.select_related("holder_unit"))
    parts_of_all = {case: parts_in(case) for case in cases}
    invitations = list(Invitation.objects.select_related("unit", "case"))
    handovers = list(Handover.objects.select_related("case"))
    joins = list(JoinRequest.objects.select_related("case"))
    moves = list(Transition.objects.select_related("case", "from_unit", "to_unit"))
    for user in everybody():
        actor = actor_of(user, now)
        parts = {case.pk: part_in(actor, case) for case in cases}
        taking_part = {pk for pk, part in parts.items() if part >= Part.PARTNER}
        assert set(cases_taken_part_in(actor).values_list("pk", flat=True)) == taking_part, user
        led = {pk for pk, part in parts.items() if part == Part.LEADER}
        assert set(cases_led(actor).values_list("pk", flat=True)) - taking_part == led, user
        assert set(cases_led(actor)) == {case for case in cases if leads_in(actor, parts_of_all[case])}, user
        receipts = {pk for pk, part in parts.items() if part == Part.RECEIPT}
        assert set(cases_left_behind(actor).values_list("pk", flat=True)) - taking_part - led == receipts, user
        assert set(cases_seen_by(actor)) == {case for case in cases if parts[case.pk] > Part.NONE}, user
        assert set(invitations_seen_by(actor)) == {each for each in invitations if may_see_invitation(actor, each)}, (
            user
        )
        assert set(handovers_seen_by(actor)) == {each for each in handovers if may_see_handover(actor, each)}, user
        assert set(join_requests_seen_by(actor)) == {each for each in joins if may_see_join_request(actor, each)}, user
        assert set(invitations_asked_by(actor)) == {each for each in invitations if has_asked(actor, each)}, user
        assert set(handovers_asked_by(actor)) == {each for each in handovers if has_asked(actor, each)}, user
        assert set(join_requests_asked_by(actor)) == {each for each in joins if has_asked(actor, each)}, user
        assert set(transitions_visible_to(actor)) == {
            each for each in moves if may_see_transition(actor, each, parts[each.case_id])
        }, user
        seen += sum(part > Part.NONE for part in parts.values())
    return seen


@pytest.mark.parametrize("turn", TURNS)
def test_functions_and_querysets_agree(world: World, turn: str) -> None:
    User.objects.create_user("stranger", name="Frank Fremmed")
    User.objects.create_superuser("admin", name="Agnes Admin")
    scene = build_scene(world)
    accepted(world, a_case(world, actor=world.rikke, unit=world.kindergarten))
    a_case_with_reference(world, "P-2026-8", actor=world.ove, unit=world.other_school, invite=[])
    away(world.maja, world.kirsten, first=4, last=6)
    away(world.anna, world.ove, first=4, last=6)
    away(world.lone, world.rikke, first=4, last=6)
    with transaction.atomic():
        TURNS[turn](scene)
    assert the_two_agree(on(3)) > 3
    assert the_two_agree(on(5)) > 3
    assert the_two_agree(on(7)) > 3
