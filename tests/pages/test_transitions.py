"""A move is planned, given another day or receiver, and cancelled; who sees it, and what its page says."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.commands.transitions import postpone_transition
from coordination.commands.units import set_relations
from coordination.models import (
    AccessRecord,
    CancelReason,
    Case,
    DeclineReason,
    MilestoneState,
    NotRelevantReason,
    Transition,
    TransitionKind,
    TransitionState,
    User,
)
from tests.builders import World, on, term
from tests.pages.asking import chosen, said, see, send, words
from tests.pages.desks import text_of
from tests.promises.moving import a_childs_case, a_move, again, handed_over, heard, milestone, received, took_part


def at(name: str, *args: object) -> str:
    return reverse(name, args=args)


def plan_of(world: World, **changes: Any) -> dict[str, Any]:
    """What is typed where a child of the kindergarten goes to school on its usual day."""
    kind = term(TransitionKind, changes.pop("kind", "kindergarten_to_school"))
    typed = {"kind": kind.pk, "from_unit": world.kindergarten.pk, "to_unit": world.school.pk, "baton": "moves"}
    return {**typed, "move_on": "", **changes}


def page(person: User, move: Transition, *, days: float = 2) -> str:
    return text_of(words(see(person, at("transition", move.pk), at=on(days))))


# --- Who sees it --------------------------------------------------------------------------------------------
def test_strangers_get_the_same_answer_as_for_a_move_that_never_was(world: World) -> None:
    move = a_move(world, a_childs_case(world, invite=[(world.ppr, None)]))
    pages = ("transition", "transition_postpone", "transition_receiver", "transition_cancel", "transition_hand_over")
    more = ("transition_receive", "transition_decline", "transition_follow_up", "transition_plan_next")
    for person in (world.ove, world.anna, world.per, world.frida):
        for name in (*pages, *more):
            assert see(person, at(name, move.pk), at=on(2)).status_code == 404
            if name != "transition":
                assert send(person, at(name, move.pk), at=on(2)).status_code == 404
        assert see(person, at("transition_review", move.pk, world.school.pk), at=on(2)).status_code == 404
        first = move.milestones.all()[0].pk
        assert see(person, at("milestone_done", first), at=on(2)).status_code == 404
        assert see(person, at("milestone_skip", first), at=on(2)).status_code == 404
        assert see(person, at("transition_plan", move.case.code), at=on(2)).status_code == 404
    assert not AccessRecord.objects.exists()


def test_the_receiving_unit_sees_the_move_while_it_is_asked_and_nothing_of_the_case(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)
    text = page(world.maja, move)
    assert "Børnehuset Solsikken → Bakkeskolen" in text
    assert "Milestones" in text
    for unseen in ("Before the hand-over", "Consent", "Basis", "Hand over"):
        assert unseen not in text
    assert see(world.maja, at("case", case.code), at=on(2)).status_code == 404
    assert see(world.maja, at("transition_hand_over", move.pk), at=on(2)).status_code == 403
    handed_over(world, move)
    received_by_mads = {"contact": world.mads.pk, "has_read": "on"}
    assert send(world.mads, at("transition_receive", move.pk), received_by_mads, at=on(4)).status_code == 302
    assert see(world.maja, at("transition", move.pk), at=on(5)).status_code == 404
    assert see(world.mads, at("transition", move.pk), at=on(5)).status_code == 200


def test_every_look_at_a_move_is_logged(world: World) -> None:
    move = a_move(world, a_childs_case(world))
    for person in (world.rikke, world.maja, world.sanne):
        assert see(person, at("transition", move.pk), at=on(2)).status_code == 200
    looks = AccessRecord.objects.filter(case=move.case).values_list("viewer__username", flat=True)
    assert set(looks) == {"rikke", "maja", "sanne"}


def test_the_page_costs_as_many_queries_with_little_as_with_much(world: World) -> None:
    case = a_childs_case(world)
    small = a_move(world, case, "school_to_youth", to_unit=world.other_school, move_on=date(2027, 6, 1))
    large = a_move(world, case, "kindergarten_to_school")
    assert small.milestones.count() < large.milestones.count()
    for day in range(2, 6):
        heard(case, world.rikke, on_day=day)
    assert queries_of(world.rikke, large) == queries_of(world.rikke, small)


def queries_of(person: User, move: Transition) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert see(person, at("transition", move.pk), at=on(6)).status_code == 200
        return len([query for query in queries if "django_session" not in query["sql"]])


# --- Planning -----------------------------------------------------------------------------------------------
def test_only_the_holder_and_leaders_of_units_that_take_part_plan_moves(world: World) -> None:
    case = a_childs_case(world)
    for person, status in ((world.rikke, 200), (world.kirsten, 200), (world.dorte, 200), (world.maja, 404)):
        assert see(person, at("transition_plan", case.code)).status_code == status


def test_the_kinds_that_fit_come_first_each_with_its_usual_day(world: World) -> None:
    case = a_childs_case(world)
    text = text_of(words(see(world.rikke, at("transition_plan", case.code))))
    assert text.index("Kindergarten to school") < text.index("Other kinds") < text.index("School to youth education")
    assert "usually Sunday 1 August 2027" in text
    assert "usually Monday 1 March 2027" in text


def test_receivers_are_suggested_from_the_kind_and_where_children_go_on(world: World) -> None:
    case = a_childs_case(world)
    set_relations(unit=world.kindergarten, serves=[], continues_at=world.other_school, actor=None, now=on())
    text = text_of(words(see(world.rikke, at("transition_plan", case.code))))
    assert text.index("Where children usually go on") < text.index("Åskolen") < text.index("Others that could receive")
    assert text.index("Others that could receive") < text.index("Bakkeskolen")
    assert "PPR" not in text


def test_a_planned_move_gets_the_usual_day_and_its_milestones(world: World) -> None:
    case = a_childs_case(world)
    message = said(world.rikke, at("transition_plan", case.code), plan_of(world))
    move = case.transitions.get()
    assert (move.move_on, move.to_unit, move.moves_baton) == (date(2027, 8, 1), world.school, True)
    assert message.startswith("The move from Børnehuset Solsikken is planned for Sunday 1 August 2027.")
    assert "The first milestone is due by" in message
    assert "Børnehuset Solsikken → Bakkeskolen" in text_of(words(see(world.rikke, at("case", case.code))))


def test_the_same_form_plans_one_move_and_another_one_learns_that_it_has_been_planned(world: World) -> None:
    case = a_childs_case(world)
    typed = plan_of(world, submission="0b0e3b6a-3c2a-4b4e-9f3e-7d1b7f8f0a12")
    for _time in range(2):
        response = send(world.rikke, at("transition_plan", case.code), typed)
        assert response.headers["Location"] == at("transition", case.transitions.get().pk)
    response = send(world.rikke, at("transition_plan", case.code), plan_of(world, to_unit=world.other_school.pk))
    assert response.status_code == 409
    assert "This move has been planned already." in words(response)
    assert chosen(response, "to_unit") == {str(world.other_school.pk)}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": "to_special"}, "Write the day of the move: this kind has no usual one."),
        ({"to_unit": ""}, "required"),
        ({"move_on": "2040-08-01"}, "Choose a day within the next three years."),
        ({"move_on": "soon"}, "Write the day like"),
    ],
)
def test_what_cannot_be_planned_comes_back_as_it_was_typed(world: World, changes: dict[str, Any], why: str) -> None:
    case = a_childs_case(world)
    typed = plan_of(world, baton="stays", **changes)
    response = send(world.rikke, at("transition_plan", case.code), typed)
    assert response.status_code == 422
    assert why in words(response)
    for name in ("kind", "baton"):
        assert chosen(response, name) == {str(typed[name])}
    assert chosen(response, "to_unit") == ({str(typed["to_unit"])} if typed["to_unit"] else set())
    assert f'value="{typed["move_on"]}"' in words(response) or not typed["move_on"]
    assert not case.transitions.exists()


def test_a_search_for_a_receiver_keeps_what_was_typed_and_plans_nothing(world: World) -> None:
    case = a_childs_case(world)
    typed = plan_of(world, move_on="2027-05-03", to_unit="", search="ppr", find="1")
    response = send(world.rikke, at("transition_plan", case.code), typed)
    assert response.status_code == 200
    assert "PPR" in text_of(words(response))
    assert 'value="2027-05-03"' in words(response)
    assert not case.transitions.exists()


def test_without_a_receiver_somebody_is_to_find_one_and_a_move_away_needs_none(world: World) -> None:
    case = a_childs_case(world)
    assert send(world.rikke, at("transition_plan", case.code), plan_of(world, to_unit="nobody")).status_code == 302
    move = case.transitions.get()
    text = page(world.rikke, move)
    assert "receiver not known yet" in text
    assert "Find a receiver" in text
    away = plan_of(world, kind="to_other_town", to_unit="", move_on="2026-11-02")
    assert send(world.rikke, at("transition_plan", case.code), away).status_code == 302
    assert "→ another municipality" in page(world.rikke, case.transitions.get(move_on=date(2026, 11, 2)))


# --- The next linked move -----------------------------------------------------------------------------------
def test_the_move_that_usually_follows_is_planned_at_one_tap(world: World) -> None:
    case = a_childs_case(world)
    first = a_move(world, case, "kindergarten_to_preschool", move_on=date(2027, 3, 1))
    text = page(world.rikke, first)
    assert "Usually another move follows" in text
    assert "Pre-school to school, Sunday 1 August 2027" in text
    response = send(world.rikke, at("transition_plan_next", first.pk), at=on(2))
    following = case.transitions.get(follows=first)
    assert response.headers["Location"] == at("transition", following.pk)
    assert (following.from_unit, following.move_on) == (world.school, date(2027, 8, 1))
    assert "Usually another move follows" not in page(world.rikke, first)


def test_it_can_be_changed_first(world: World) -> None:
    case = a_childs_case(world)
    first = a_move(world, case, "kindergarten_to_preschool", move_on=date(2027, 3, 1))
    whole = see(world.rikke, at("transition_plan_next", first.pk), at=on(2)).headers["Location"]
    assert whole == f"{at('transition_plan', case.code)}?efter={first.pk}"
    response = see(world.rikke, whole, at=on(2))
    assert chosen(response, "kind") == {str(term(TransitionKind, "preschool_to_school").pk)}
    assert chosen(response, "from_unit") == {str(world.school.pk)}  # of two units now: the kindergarten has it still
    assert not case.transitions.filter(follows=first).exists()


def test_a_move_that_nothing_usually_follows_offers_nothing(world: World) -> None:
    assert "Usually another move follows" not in page(world.rikke, a_move(world, a_childs_case(world)))


# --- Its page -----------------------------------------------------------------------------------------------
def test_the_page_says_what_is_missing_with_the_way_there(world: World) -> None:
    case = a_childs_case(world, consent_days=100)
    move = a_move(world, case)
    html = words(see(world.rikke, at("transition", move.pk), at=on(2)))
    text = text_of(html)
    assert text.count("to be asked before the hand-over") == 2
    assert "it ends before the move" in text
    assert f'href="{at("child_heard", case.code)}?overgang={move.pk}"' in html
    assert f'href="{at("parents_involved", case.code)}?overgang={move.pk}"' in html
    heard(case, world.rikke, on_day=2)
    took_part(case, world.rikke, on_day=2)
    text = page(world.rikke, move, days=3)
    assert "Ready to be handed over" in text
    assert "not asked" not in text


@pytest.mark.parametrize(("days_ahead", "shape"), [(55, "late"), (56, "later")])
def test_what_a_move_lacks_is_late_only_within_eight_weeks_of_it(world: World, days_ahead: int, shape: str) -> None:
    case = a_childs_case(world)
    move = a_move(world, case, move_on=on(2).date() + timedelta(days=days_ahead))
    html = words(see(world.rikke, at("transition", move.pk), at=on(2)))
    asked = re.findall(r'status--(\w+)"(?:(?!status--).)*?to be asked before the hand-over', html, re.DOTALL)
    assert asked == [shape, shape]


def test_noting_for_a_move_leads_back_to_it(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)
    url = f"{at('parents_involved', case.code)}?overgang={move.pk}"
    assert "Before the move the parents are asked once more." in words(see(world.rikke, url, at=on(2)))
    noted = {"how": re.findall(r'name="how" value="(form-\d+)"', words(see(world.rikke, url, at=on(2))))[0]}
    response = send(world.rikke, url, {**noted, "on": "2026-09-16"}, at=on(2))
    assert response.headers["Location"] == at("transition", move.pk)


def test_milestones_are_settled_by_those_who_owe_them(world: World) -> None:
    move = a_move(world, a_childs_case(world))
    ours = move.milestones.filter(is_senders=True)[0]
    theirs = move.milestones.filter(is_senders=False)[0]
    assert send(world.maja, at("milestone_done", ours.pk), at=on(2)).status_code == 403
    assert see(world.maja, at("milestone_skip", ours.pk), at=on(2)).status_code == 403
    assert "Reached: " in said(world.maja, at("milestone_done", theirs.pk), at=on(2))
    refused = send(world.rikke, at("milestone_skip", ours.pk), at=on(2))
    assert (refused.status_code, "Choose why." in words(refused)) == (422, True)
    reason = {"reason": term(NotRelevantReason, "done_otherwise").pk}
    assert "Not needed: " in said(world.rikke, at("milestone_skip", ours.pk), reason, at=on(2))
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.state, theirs.state) == (MilestoneState.NOT_RELEVANT, MilestoneState.DONE)
    assert see(world.rikke, at("milestone_done", ours.pk), at=on(2)).status_code == 409
    assert "2 of " in page(world.rikke, move)


def test_a_milestone_asked_for_by_a_mere_visit_is_not_done(world: World) -> None:
    move = a_move(world, a_childs_case(world))
    first = milestone(move, "description")
    assert "Is it done?" in words(see(world.rikke, at("milestone_done", first.pk), at=on(2)))
    first.refresh_from_db()
    assert first.state == MilestoneState.OPEN


# --- Another day, another receiver, cancelled ---------------------------------------------------------------
def test_a_move_gets_another_day(world: World) -> None:
    move = a_move(world, a_childs_case(world))
    url = at("transition_postpone", move.pk)
    same = send(world.rikke, url, {"move_on": "2027-08-01"}, at=on(2))
    assert (same.status_code, 'value="2027-08-01"' in words(same)) == (422, True)
    assert "Monday 3 January 2028" in said(world.rikke, url, {"move_on": "2028-01-03"}, at=on(2))
    assert again(move).move_on == date(2028, 1, 3)


def test_a_receiver_is_named_beginning_with_the_one_that_a_no_pointed_to(world: World) -> None:
    move = handed_over(world, a_move(world, a_childs_case(world)))
    no = {"reason": _decline_reason(), "onward": world.other_school.pk}
    assert send(world.maja, at("transition_decline", move.pk), no, at=on(4)).status_code == 302
    url = at("transition_receiver", move.pk)
    response = see(world.rikke, url, at=on(5))
    assert "Bakkeskolen cannot, and points to Åskolen." in words(response)
    assert chosen(response, "to_unit") == {str(world.other_school.pk)}
    assert send(world.rikke, url, {}, at=on(5)).status_code == 422
    assert "Åskolen receives the child." in said(world.rikke, url, {"to_unit": world.other_school.pk}, at=on(5))
    assert again(move).to_unit == world.other_school


def test_a_move_is_cancelled_with_a_reason(world: World) -> None:
    move = a_move(world, a_childs_case(world))
    url = at("transition_cancel", move.pk)
    assert send(world.rikke, url, at=on(2)).status_code == 422
    reason = {"reason": term(CancelReason, "stays").pk}
    assert "The move has been cancelled." in said(world.rikke, url, reason, at=on(2))
    text = page(world.rikke, move)
    assert "Cancelled" in text.title()
    assert term(CancelReason, "stays").label_en in text
    for name in ("transition_cancel", "transition_postpone", "transition_receiver", "transition_hand_over"):
        assert see(world.rikke, at(name, move.pk), at=on(2)).status_code == 409


def test_what_is_sent_for_a_move_that_has_gone_on_says_so(world: World) -> None:
    move = handed_over(world, a_move(world, a_childs_case(world)))
    response = send(world.rikke, at("transition_postpone", move.pk), {"move_on": "2027-09-01"}, at=on(4))
    assert response.status_code == 409
    assert 'value="2027-09-01"' in words(response)


# --- On the case page ---------------------------------------------------------------------------------------
def test_the_case_says_how_far_each_move_has_come(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)
    total = move.milestones.count()
    text = _case_text(see(world.rikke, at("case", case.code), at=on(2)))
    assert "Moves (1)" in text
    assert "Børnehuset Solsikken → Bakkeskolen" in text
    assert f"0 of {total} milestones" in text
    assert "next: " in text
    assert at("transition", move.pk) in words(see(world.kirsten, at("case", case.code), at=on(2)))


def test_more_moves_cost_the_case_page_no_more_queries(world: World) -> None:
    case = a_childs_case(world)
    a_move(world, case)
    before = _case_queries(world.rikke, case)
    for month in (5, 6, 7):
        a_move(world, case, move_on=date(2027, month, 1))
    assert _case_queries(world.rikke, case) == before


def test_a_move_that_has_come_to_its_end_stands_apart(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)
    send(world.rikke, at("transition_cancel", move.pk), {"reason": term(CancelReason, "mistake").pk}, at=on(2))
    text = _case_text(see(world.rikke, at("case", case.code), at=on(3)))
    assert "Moves (1)" not in text
    assert "Ended (1)" in text


def test_a_postponed_move_is_not_called_late(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case, move_on=date(2026, 9, 28))
    assert " late" in page(world.rikke, move, days=25)
    postpone_transition(transition=move, move_on=date(2028, 8, 1), actor=world.rikke, now=on(25))
    assert " late" not in page(world.rikke, move, days=26)


def test_a_received_move_shows_its_contact_to_both_units(world: World) -> None:
    move = received(world, a_move(world, a_childs_case(world)))
    for person in (world.maja, world.kirsten):
        assert "Contact person Maja Holm" in page(person, move, days=5)
    assert again(move).state == TransitionState.RECEIVED


def _case_text(response: HttpResponse) -> str:
    return text_of(words(response))


def _case_queries(person: User, case: Case) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert see(person, at("case", case.code), at=on(3)).status_code == 200
        return len(queries)


def _decline_reason() -> int:
    return term(DeclineReason, "no_capacity").pk
