"""Mit overblik of leaders: what has come up to whom, and what it does not tell them."""

from __future__ import annotations

import re

from django.urls import reverse

from coordination.commands.handovers import (
    ask_for_release,
    offer_handover,
)
from coordination.commands.people import begin_membership
from coordination.models import Role
from coordination.rules.escalations import units_answered_for
from tests.builders import (
    World,
    a_case,
    on,
)
from tests.pages.desks import desk_of, html_of, late, part, text_of


def test_what_has_come_up_to_a_leader_stands_first(world: World) -> None:
    a_case(world)
    text = desk_of(world.per, late(3))
    assert "To you as leader PPR has not answered Bakkeskolen: Sparring" in text
    assert "To PPR" not in text
    assert "To you as leader" not in desk_of(world.anna, on(3))
    assert "To you as leader" not in desk_of(world.dorte, on(3))


def test_the_leader_above_sees_it_only_when_it_has_come_that_far(world: World) -> None:
    case = a_case(world, invite=[(world.kindergarten, None)])
    now = late(4)
    assert case.code in part(desk_of(world.kirsten, now), "To you as leader")
    assert case.code not in desk_of(world.dorte, now)
    now = late(14)
    assert case.code in part(desk_of(world.dorte, now), "To you as leader")
    assert case.code not in desk_of(world.karin, now)


def test_a_unit_without_a_leader_is_answered_for_by_the_leader_above(world: World) -> None:
    case = a_case(world, invite=[(world.health, None)])
    now = late(3)
    assert case.code in part(desk_of(world.dorte, now), "To you as leader")
    assert case.code not in desk_of(world.karin, now)


def test_a_leader_who_may_not_see_the_case_is_given_no_way_into_it(world: World) -> None:
    case = a_case(world, invite=[])
    offer_handover(case=case, to_person=world.rikke, to_unit=world.kindergarten, actor=world.maja, now=on(hours=1))
    html = html_of(world.kirsten, late(4))
    row = part(text_of(html), "To you as leader")
    assert "Rikke Ravn has not said whether the baton changes hands" in row
    assert case.code in row
    assert reverse("case", args=[case.code]) not in html
    assert "Maja Holm" not in text_of(html)


def test_what_a_leader_owes_themselves_has_not_come_up_to_them(world: World) -> None:
    case = a_case(world)
    ask_for_release(case=case, actor=world.maja, now=on(hours=1))
    text = desk_of(world.lone, late(3))
    assert "To you as leader" not in text
    assert "asks for another holder" in part(text, " Now ")
    assert "Lone Leder has not assigned a new holder" in part(desk_of(world.sanne, on(3, hours=1)), "To you as leader")


def test_what_the_only_leader_of_a_unit_has_not_done_comes_up_to_the_one_above(world: World) -> None:
    case = a_case(world, invite=[], actor=world.lone)
    now = late(21)
    assert "To you as leader" not in desk_of(world.lone, now)
    assert case.code in part(desk_of(world.sanne, now), "To you as leader")
    assert case.code not in desk_of(world.dorte, now)


def test_what_one_of_two_leaders_has_not_done_comes_up_to_the_other_one(world: World) -> None:
    begin_membership(user=world.hanne, unit=world.school, role=Role.LEADER, actor=None, now=on(-1))
    case = a_case(world, invite=[], actor=world.lone)
    now = late(21)
    assert case.code in part(desk_of(world.hanne, now), "To you as leader")
    assert case.code not in desk_of(world.sanne, now)


def test_what_a_leader_waits_for_as_holder_and_is_told_of_as_leader_stands_once(world: World) -> None:
    a_case(world, actor=world.lone, invite=[(world.school, world.mads)])
    text = desk_of(world.lone, late(4))
    # The list of cases says so too, with its limit.
    assert len(re.findall(r"Mads Munk has not answered Bakkeskolen: Sparring(?!\. The limit)", text)) == 1


def test_leaders_come_before_coordinators_and_units_before_those_above_them() -> None:
    units = [(1, "/1/"), (2, "/1/2/"), (3, "/1/2/3/"), (4, "/1/4/")]
    leaders = [(1, "coordinator", 10), (1, "leader", 11), (3, "leader", 13)]
    of = {person: units_answered_for(units, leaders, {person}) for person in (10, 11, 13, 99)}
    assert of[13].nearest == {3}
    assert of[11].nearest == {1, 2, 4}
    assert of[11].nearest_or_above == {1, 2, 3, 4}
    assert of[10].nearest == set()
    assert of[10].nearest_or_above == {1, 2, 4}
    assert of[99].nearest_or_above == set()
    # What the only leader above owes for units in which nobody leads comes up to whoever is next.
    assert of[10].above_one == {11: {2, 4}}
    assert of[11].above_one == of[13].above_one == {}
