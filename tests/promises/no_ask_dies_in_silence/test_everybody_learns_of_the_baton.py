"""The same for the baton: offered, asked for, assigned, fallen."""

from __future__ import annotations

import pytest

from coordination.commands.handovers import (
    accept_handover,
    ask_for_release,
    assign_holder,
    decline_handover,
    withdraw_handover,
    withdraw_release,
)
from coordination.commands.people import begin_membership, deactivate_person
from coordination.models import (
    AssignReason,
    DeclineReason,
    EventKind,
    Role,
)
from tests.builders import World, a_case, accepted, on, term
from tests.promises.no_ask_dies_in_silence.test_everybody_learns import joined
from tests.promises.telling import leaves, offered, requested
from tests.promises.telling_people import Post

pytestmark = pytest.mark.usefixtures("with_mail")

NO = "no_capacity"


def test_an_offer_reaches_the_one_it_is_made_to_and_the_yes_everybody(world: World) -> None:
    case, post = a_case(world), Post(world)
    joined(world, case, "health", "hanne")
    handover = offered(world, case, to_person=world.frida, to_unit=world.family)
    post.deliver(on(1))
    assert post.of_event(EventKind.HANDOVER_OFFERED) == {"frida": "owner"}
    accept_handover(handover=handover, actor=world.frida, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.HANDOVER_ACCEPTED) == {"maja": "news", "hanne": "news"}


def test_a_no_to_the_baton_reaches_the_one_who_offered_it(world: World) -> None:
    case, post = a_case(world), Post(world)
    handover = offered(world, case)
    decline_handover(handover=handover, reason=term(DeclineReason, NO), actor=world.anna, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.HANDOVER_DECLINED) == {"maja": "news"}


def test_an_offer_that_is_taken_back_is_news_to_the_one_it_was_made_to(world: World) -> None:
    case, post = a_case(world), Post(world)
    withdraw_handover(handover=offered(world, case), actor=world.maja, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.HANDOVER_OFFERED) == {}
    assert post.of_event(EventKind.HANDOVER_WITHDRAWN) == {"anna": "news"}


def test_an_offer_to_somebody_who_goes_comes_back_to_the_one_who_made_it(world: World) -> None:
    case, post = a_case(world), Post(world)
    offered(world, case)
    deactivate_person(user=world.anna, actor=None, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.HANDOVER_WITHDRAWN) == {"maja": "news"}


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_who_asks_for_the_baton_learns_the_answer_and_the_holder_is_asked(world: World, answer: str) -> None:
    case, post = a_case(world), Post(world)
    partnership = accepted(world, case)
    joined(world, case, "health", "hanne")
    request = requested(world, partnership)
    post.deliver(on(1))
    assert post.of_event(EventKind.BATON_REQUESTED) == {"maja": "owner"}
    if answer == "yes":
        accept_handover(handover=request, actor=world.maja, now=on(2))
    else:
        decline_handover(handover=request, reason=term(DeclineReason, NO), actor=world.maja, now=on(2))
    post.deliver(on(2))
    if answer == "yes":
        assert post.of_event(EventKind.BATON_REQUEST_ACCEPTED) == {"anna": "news", "hanne": "news"}
    else:
        assert post.of_event(EventKind.BATON_REQUEST_DECLINED) == {"anna": "news"}


def test_a_request_that_the_leader_makes_for_a_contact_is_answered_to_both(world: World) -> None:
    case, post = a_case(world), Post(world)
    request = requested(world, accepted(world, case), actor=world.per)
    withdraw_handover(handover=request, actor=world.anna, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.BATON_REQUEST_WITHDRAWN) == {"per": "news", "maja": "news"}


def test_a_leader_hears_that_somebody_asks_to_be_released_and_that_they_keep_it_after_all(world: World) -> None:
    case, post = a_case(world), Post(world)
    ask_for_release(case=case, actor=world.maja, now=on(1))
    post.deliver(on(1))
    assert post.of_event(EventKind.RELEASE_ASKED) == {"lone": "owner"}
    withdraw_release(case=case, actor=world.maja, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.RELEASE_WITHDRAWN) == {"lone": "news"}


def test_when_a_leader_assigns_a_holder_all_who_take_part_learn_it(world: World) -> None:
    case, post = a_case(world), Post(world)
    accepted(world, case)
    ask_for_release(case=case, actor=world.maja, now=on(1))
    assign_holder(
        case=case,
        to_person=world.mads,
        to_unit=world.school,
        reason=term(AssignReason, "holder_asked"),
        actor=world.lone,
        now=on(2),
    )
    post.deliver(on(2))
    assert post.of_event(EventKind.RELEASE_ASKED) == {}  # done before anybody was told
    assert post.of_event(EventKind.HOLDER_ASSIGNED) == {"mads": "news", "maja": "news", "anna": "news"}


def test_when_the_holder_is_gone_the_leader_is_to_act_and_the_partners_learn_it(world: World) -> None:
    case, post = a_case(world), Post(world)
    accepted(world, case)
    deactivate_person(user=world.maja, actor=world.karin, now=on(1))
    post.deliver(on(1))
    assert post.of_event(EventKind.BATON_FELL) == {"lone": "owner", "anna": "news"}


def test_a_holder_who_leaves_the_unit_learns_that_the_baton_is_no_longer_theirs(world: World) -> None:
    post = Post(world)
    a_case(world, invite=[])
    begin_membership(user=world.maja, unit=world.other_school, role=Role.PROFESSIONAL, actor=None, now=on(1))
    leaves(world.maja, world.school, now=on(1))
    post.deliver(on(1))
    assert post.of_event(EventKind.BATON_FELL) == {"lone": "owner", "maja": "news"}
