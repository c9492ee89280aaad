"""Whoever asked learns what happened, whoever is asked hears of it, nobody of their own deed, and nobody else at all.

Each test names all who are told of an event, and why; so nobody is told whom it does not name.
"""

from __future__ import annotations

import pytest

from coordination.commands.cases import close_case, reopen_case
from coordination.commands.handovers import (
    accept_handover,
)
from coordination.commands.invitations import (
    accept_invitation,
    change_contact,
    complete_partnership,
    decline_invitation,
    drop_search,
    invite_unit,
    leave_case,
    point_onward,
    withdraw_invitation,
)
from coordination.commands.people import begin_membership, deactivate_person
from coordination.commands.units import close_unit
from coordination.models import (
    Ask,
    Case,
    CaseOutcome,
    DeadlineKind,
    DeclineReason,
    EventKind,
    LeaveReason,
    PartnershipOutcome,
    ReopenReason,
    Role,
)
from tests.builders import World, a_case, accepted, day, on, term, the_invitation
from tests.promises.telling import away, leaves, offered, owed
from tests.promises.telling_people import Post, message_of

pytestmark = pytest.mark.usefixtures("with_mail")

NO = "no_capacity"


def invite(world: World, case: Case, unit: str) -> None:
    """Maja asks another unit in, on Monday."""
    sparring = term(Ask, "sparring")
    invite_unit(case=case, unit=world.units[unit], ask=sparring, actor=world.maja, now=on(hours=2))


def joined(world: World, case: Case, unit: str, person: str) -> None:
    """Another unit takes part, with one of its people."""
    invite(world, case, unit)
    accept_invitation(invitation=the_invitation(case, world.units[unit]), actor=world.people[person], now=on(hours=3))


def test_all_of_an_invited_unit_hear_of_the_ask(world: World) -> None:
    a_case(world)
    post = Post(world)
    post.deliver(on(hours=1))
    assert post.of_event(EventKind.INVITATION_SENT) == {"anna": "owner", "anton": "owner", "per": "owner"}


def test_an_invited_person_hears_of_the_ask_and_whoever_stands_in_for_them(world: World) -> None:
    away(world.anna, world.anton, first=0, last=3)
    away(world.per, world.anton, first=0, last=3)
    a_case(world, invite=[(world.ppr, world.anna)])
    post = Post(world)
    post.deliver(on(hours=1))
    assert post.of_event(EventKind.INVITATION_SENT) == {"anna": "owner", "anton": "owner"}


def test_whoever_asked_learns_of_the_yes_and_who_the_contact_is(world: World) -> None:
    case, post = a_case(world), Post(world)
    accept_invitation(invitation=the_invitation(case, world.ppr), contact=world.anna, actor=world.per, now=on(1))
    post.deliver(on(1))
    assert post.of_event(EventKind.INVITATION_ACCEPTED) == {"maja": "news", "anna": "news"}
    text = str(post.mails_to("maja")[-1].body)
    assert "PPR" in text
    assert "Anna Bang" in text


def test_the_new_holder_learns_of_the_answer_and_so_does_the_one_who_asked(world: World) -> None:
    case, post = a_case(world), Post(world)
    accept_handover(
        handover=offered(world, case, to_person=world.mads, to_unit=world.school), actor=world.mads, now=on(1)
    )
    accepted(world, case, now=on(1, hours=1))
    post.deliver(on(1, hours=2))
    assert post.of_event(EventKind.INVITATION_ACCEPTED) == {"maja": "news", "mads": "news"}


def test_a_no_that_points_onward_reaches_whoever_asked(world: World) -> None:
    case, post = a_case(world), Post(world)
    decline_invitation(
        invitation=the_invitation(case, world.ppr),
        reason=term(DeclineReason, NO),
        onward=world.family,
        actor=world.anna,
        now=on(1),
    )
    post.deliver(on(1))
    assert post.of_event(EventKind.INVITATION_DECLINED) == {"maja": "news"}
    assert "PPR" in post.mails_to("maja")[-1].subject


def decline(world: World, case: Case) -> None:
    """Anna says no for PPR on Tuesday, and does not know who else."""
    decline_invitation(
        invitation=the_invitation(case, world.ppr), reason=term(DeclineReason, NO), actor=world.anna, now=on(1)
    )


def test_a_no_that_knows_nobody_reaches_the_leader_of_the_asker_with_a_day(world: World) -> None:
    case, post = a_case(world), Post(world)
    decline(world, case)
    post.deliver(on(1))
    assert post.of_event(EventKind.INVITATION_DECLINED) == {"maja": "news", "lone": "owner"}
    search = owed(case, DeadlineKind.FIND_PARTNER)
    assert (search.owner, search.due_on) == (world.lone, day(4))


def test_where_the_asker_leads_the_unit_the_no_reaches_the_leader_above(world: World) -> None:
    post = Post(world)
    case = a_case(world, actor=world.lone)
    decline(world, case)
    post.deliver(on(1))
    assert post.of_event(EventKind.INVITATION_DECLINED) == {"lone": "news", "sanne": "owner"}


def test_where_the_leader_is_away_the_stand_in_hears_of_it_too_though_they_asked(world: World) -> None:
    case, post = a_case(world), Post(world)
    away(world.lone, world.maja, first=1, last=9)
    decline(world, case)
    post.deliver(on(1))
    assert post.of_event(EventKind.INVITATION_DECLINED) == {"maja": "owner", "lone": "owner"}


def test_a_leader_who_has_found_somebody_already_is_not_asked_to(world: World) -> None:
    case, post = a_case(world), Post(world)
    decline(world, case)
    point_onward(invitation=the_invitation(case, world.ppr), onward=world.family, actor=world.lone, now=on(1, hours=1))
    post.deliver(on(1, hours=2))
    assert post.of_event(EventKind.INVITATION_DECLINED) == {"maja": "news"}
    assert post.of_event(EventKind.ONWARD_POINTED) == {"maja": "owner"}


def test_whoever_asked_learns_that_nobody_else_will_be_asked(world: World) -> None:
    case, post = a_case(world), Post(world)
    decline(world, case)
    accept_handover(
        handover=offered(world, case, to_person=world.mads, to_unit=world.school), actor=world.mads, now=on(2)
    )
    drop_search(invitation=the_invitation(case, world.ppr), actor=world.mads, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.SEARCH_DROPPED) == {"maja": "news"}


def test_whoever_asked_learns_that_the_partner_is_done_and_others_do_not(world: World) -> None:
    case, post = a_case(world), Post(world)
    partnership = accepted(world, case)
    joined(world, case, "health", "hanne")
    done = term(PartnershipOutcome, "as_agreed")
    complete_partnership(partnership=partnership, outcome=done, actor=world.anna, now=on(1))
    post.deliver(on(1))
    assert post.of_event(EventKind.PARTNERSHIP_COMPLETED) == {"maja": "news"}


def test_a_contact_learns_that_the_holder_has_ended_their_part(world: World) -> None:
    case, post = a_case(world), Post(world)
    partnership = accepted(world, case)
    done = term(PartnershipOutcome, "as_agreed")
    complete_partnership(partnership=partnership, outcome=done, actor=world.maja, now=on(1))
    post.deliver(on(1))
    assert post.of_event(EventKind.PARTNERSHIP_COMPLETED) == {"anna": "news"}


def test_whoever_asked_learns_that_the_partner_has_left(world: World) -> None:
    case, post = a_case(world), Post(world)
    reason = term(LeaveReason, "others_took_over")
    leave_case(partnership=accepted(world, case), reason=reason, actor=world.per, now=on(1))
    post.deliver(on(1))
    assert post.of_event(EventKind.PARTNERSHIP_LEFT) == {"maja": "news", "anna": "news"}


def test_whose_part_has_ended_hears_nothing_more(world: World) -> None:
    case, post = a_case(world), Post(world)
    joined(world, case, "health", "hanne")
    leave_case(
        partnership=accepted(world, case), reason=term(LeaveReason, "others_took_over"), actor=world.anna, now=on(1)
    )
    post.deliver(on(1))
    accept_handover(
        handover=offered(world, case, to_person=world.mads, to_unit=world.school, stays_on=False),
        actor=world.mads,
        now=on(2),
    )
    post.deliver(on(2))
    assert post.of_event(EventKind.HANDOVER_ACCEPTED) == {"maja": "news", "hanne": "news"}
    before = len(post.reached)
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.mads, now=on(3))
    post.deliver(on(3))
    # Maja, who had noticed it, hears how it ended and nothing in between; Anna, who had left, does not.
    assert {each.name for each in post.reached[before:]} == {"hanne", "maja"}
    assert post.of_event(EventKind.CASE_CLOSED) == {"hanne": "news", "maja": "news"}


def test_when_the_contact_changes_both_and_the_holder_learn_of_it(world: World) -> None:
    case, post = a_case(world), Post(world)
    change_contact(partnership=accepted(world, case), contact=world.anton, actor=world.per, now=on(1))
    post.deliver(on(1))
    assert post.of_event(EventKind.CONTACT_CHANGED) == {"anna": "news", "anton": "news", "maja": "news"}


def test_an_ask_that_is_taken_back_is_news_to_those_who_have_heard_of_it(world: World) -> None:
    case, post = a_case(world), Post(world)
    post.deliver(on(hours=1))
    leaves(world.anton, world.ppr, now=on(hours=2))
    withdraw_invitation(invitation=the_invitation(case, world.ppr), actor=world.maja, now=on(1))
    begin_membership(user=world.hanne, unit=world.ppr, role=Role.PROFESSIONAL, actor=None, now=on(1))
    post.deliver(on(1))
    assert post.of_event(EventKind.INVITATION_WITHDRAWN) == {"anna": "news", "per": "news"}


def test_an_ask_that_nobody_has_heard_of_is_taken_back_without_a_word(world: World) -> None:
    case, post = a_case(world), Post(world)
    withdraw_invitation(invitation=the_invitation(case, world.ppr), actor=world.maja, now=on(hours=1))
    post.deliver(on(1))
    assert post.reached == []


def test_when_an_asked_unit_closes_whoever_asked_learns_it(world: World) -> None:
    case, post = a_case(world), Post(world)
    post.deliver(on(hours=1))
    close_unit(unit=world.ppr, actor=world.karin, now=on(1))
    post.deliver(on(1))
    assert post.of_event(EventKind.INVITATION_WITHDRAWN) == {"maja": "news"}
    assert owed(case, DeadlineKind.FIND_PARTNER).owner == world.maja


def test_when_a_unit_that_takes_part_closes_its_contact_and_whoever_asked_learn_it(world: World) -> None:
    case, post = a_case(world), Post(world)
    accepted(world, case)
    close_unit(unit=world.ppr, actor=None, now=on(1))
    post.deliver(on(1))
    assert post.of_event(EventKind.PARTNERSHIP_ENDED) == {"maja": "news", "anna": "news"}


def test_when_the_one_who_was_asked_goes_the_unit_is_asked(world: World) -> None:
    case, post = a_case(world, invite=[(world.ppr, world.anna)]), Post(world)
    deactivate_person(user=world.anna, actor=None, now=on(hours=1))
    post.deliver(on(hours=2))
    assert post.of_event(EventKind.INVITATION_SENT) == {}
    assert post.of_event(EventKind.INVITATION_OPENED_TO_UNIT) == {"anton": "owner", "per": "owner"}
    accept_invitation(invitation=the_invitation(case, world.ppr), actor=world.anton, now=on(1))
    post.deliver(on(1))
    assert post.of_event(EventKind.INVITATION_ACCEPTED) == {"maja": "news"}


def test_when_the_one_who_asked_goes_the_answer_reaches_whoever_holds_the_baton(world: World) -> None:
    case, post = a_case(world), Post(world)
    deactivate_person(user=world.maja, actor=None, now=on(hours=1))
    decline(world, case)
    post.deliver(on(1))
    assert post.of_event(EventKind.BATON_FELL) == {"lone": "owner"}
    assert post.of_event(EventKind.INVITATION_DECLINED) == {"lone": "news", "sanne": "owner"}


def test_when_a_case_is_closed_all_who_took_part_or_were_asked_learn_it_once(world: World) -> None:
    case, post = a_case(world), Post(world)
    accepted(world, case)
    invite(world, case, "health")
    offered(world, case, to_person=world.frida, to_unit=world.family)
    post.deliver(on(1))
    before = len(post.reached)
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.CASE_CLOSED) == {"anna": "news"}
    assert post.of_event(EventKind.INVITATION_WITHDRAWN) == {"hanne": "news"}
    assert post.of_event(EventKind.HANDOVER_WITHDRAWN) == {"frida": "news"}
    assert sorted(each.name for each in post.reached[before:]) == ["anna", "anna", "frida", "frida", "hanne", "hanne"]


def test_a_holder_learns_that_their_stand_in_has_closed_and_reopened_the_case(world: World) -> None:
    post = Post(world)
    case = a_case(world, invite=[])
    away(world.maja, world.mads, first=0, last=5)
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.mads, now=on(1))
    reopen_case(case=case, reason=term(ReopenReason, "came_back"), actor=world.mads, now=on(2))
    post.deliver(on(2))
    assert post.of_event(EventKind.CASE_CLOSED) == {"maja": "news"}
    assert post.of_event(EventKind.CASE_REOPENED) == {"maja": "news"}


def test_what_is_asked_while_nobody_is_left_in_the_unit_reaches_the_leader_above(world: World) -> None:
    leaves(world.hanne, world.health, now=on(-1))
    a_case(world, invite=[(world.health, None)])
    post = Post(world)
    post.deliver(on(hours=1))
    assert post.of_event(EventKind.INVITATION_SENT) == {"dorte": "owner"}


def test_whoever_asks_their_own_unit_is_not_the_one_to_answer(world: World) -> None:
    post = Post(world)
    case = a_case(world, invite=[(world.school, None)])
    post.round(on(hours=1))
    assert post.of_event(EventKind.INVITATION_SENT) == {"lone": "owner", "mads": "owner"}
    post.round(on(2, hours=1))
    reminded = post.of_deadline(owed(case, DeadlineKind.ANSWER_INVITATION))
    assert reminded == [("Wed 16 Sep", "bell+mail", "owner", "lone mads")]


def test_every_mail_is_from_a_message_and_to_its_reader(world: World) -> None:
    case, post = a_case(world), Post(world)
    accepted(world, case)
    post.deliver(on(1))
    for email in post.mails_to("maja"):
        assert message_of(email).person == world.maja
