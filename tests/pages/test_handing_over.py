"""A child is handed over, received or not, has landed or not, and both leaders review the move."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from coordination.commands.bases import withdraw_basis
from coordination.commands.landings import follow_up
from coordination.commands.meetings import WhenAndWhere, call_meeting, hold_meeting
from coordination.models import (
    AccessRecord,
    Case,
    DeclineReason,
    Landing,
    MeetingKind,
    MissingKnowledge,
    Reference,
    ReferencePurpose,
    Transition,
    TransitionState,
    User,
)
from tests.builders import World, a_reference, accepted, on, term
from tests.pages.asking import chosen, said, see, send, words
from tests.pages.desks import desk_of, html_of, part, text_of
from tests.promises.moving import FIRST_OF_AUGUST, a_childs_case, a_move, again, handed_over, heard, received, took_part

NUMBER = "P-2026-2701"
# So many days after the Monday of the tests it is three months after the move.
LATER = 420


def at(name: str, *args: object) -> str:
    return reverse(name, args=args)


def the_record(case: Case) -> Reference:
    return case.references.get(purpose=ReferencePurpose.RECORD)


def show_number(person: User, move: Transition, *, days: float = 4) -> Any:
    return send(person, at("reference_open", the_record(move.case).pk), at=on(days))


# --- Handing over -------------------------------------------------------------------------------------------
def test_the_page_says_exactly_what_the_hand_over_waits_for(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case, to_unit=None)
    withdraw_basis(basis=case.bases.get(), actor=world.rikke, now=on(1))
    url = at("transition_hand_over", move.pk)
    html = words(see(world.rikke, url, at=on(2)))
    assert "Something is still missing." in html
    assert f'href="{at("transition_receiver", move.pk)}"' in html
    for name in ("child_heard", "parents_involved"):
        assert f'href="{at(name, case.code)}?overgang={move.pk}"' in html
    assert 'type="submit" class="button button-primary"' not in html.split("<main")[1]
    assert again(move).state == TransitionState.PLANNED


def test_a_reference_without_a_basis_is_missing_one(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)
    withdraw_basis(basis=case.bases.get(), actor=world.rikke, now=on(1))
    html = words(see(world.rikke, at("transition_hand_over", move.pk), at=on(2)))
    assert f'href="{at("basis_record", case.code)}"' in html
    heard(case, world.rikke, on_day=2)
    took_part(case, world.rikke, on_day=2)
    refused = send(world.rikke, at("transition_hand_over", move.pk), at=on(3))
    assert refused.status_code == 422
    assert "Record a consent or a legal basis" in words(refused)


@pytest.mark.parametrize("asked", ["child", "parents"])
def test_it_is_refused_until_both_have_been_asked(world: World, asked: str) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)
    (heard if asked == "child" else took_part)(case, world.rikke, on_day=2)
    refused = send(world.rikke, at("transition_hand_over", move.pk), at=on(3))
    assert refused.status_code == 422
    missing = "parents" if asked == "child" else "child"
    assert f"Ask the {missing} about the move first" in words(refused)


def test_handing_over_asks_the_receiving_unit(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)
    heard(case, world.rikke, on_day=2)
    took_part(case, world.rikke, on_day=2)
    asked = words(see(world.rikke, at("transition_hand_over", move.pk), at=on(3)))
    assert "Rikke Ravn holds the baton until they have received the child" in asked
    message = said(world.rikke, at("transition_hand_over", move.pk), at=on(3))
    assert message == "Bakkeskolen has been asked to receive the child by Thursday 1 October."
    html = html_of(world.mads, on(4))
    inbox = part(text_of(html), "To Bakkeskolen (")
    assert "Børnehuset Solsikken hands a child over to you" in inbox
    assert at("transition_receive", move.pk) in html
    assert "hands a child over" not in desk_of(world.ove, on(4))


# --- Receiving ----------------------------------------------------------------------------------------------
def test_only_the_receiving_unit_receives(world: World) -> None:
    move = handed_over(world, a_move(world, a_childs_case(world)))
    for name in ("transition_receive", "transition_decline"):
        for person, status in ((world.rikke, 403), (world.kirsten, 403), (world.ove, 404), (world.mads, 200)):
            assert see(person, at(name, move.pk), at=on(4)).status_code == status


def test_the_receiving_unit_reads_the_record_while_it_is_asked_and_each_look_is_logged(world: World) -> None:
    case = a_childs_case(world)
    move = a_move(world, case)
    assert show_number(world.mads, move, days=2).status_code == 404
    handed_over(world, move)
    page = words(see(world.mads, at("transition_receive", move.pk), at=on(4)))
    assert NUMBER not in page
    assert at("reference_open", the_record(case).pk) in page
    shown = show_number(world.mads, move)
    assert NUMBER in words(shown)
    assert f'href="{at("transition_receive", move.pk)}"' in words(shown)
    assert AccessRecord.objects.filter(viewer=world.mads, reference=the_record(case)).count() == 1
    assert see(world.mads, at("reference_open", the_record(case).pk), at=on(4)).headers["Location"] == at(
        "transition_receive", move.pk
    )
    for stranger in (world.ove, world.per):
        assert show_number(stranger, move).status_code == 404
    received_by(world.maja, move)
    assert show_number(world.mads, move, days=5).status_code == 404


def test_without_a_basis_the_receiving_unit_reads_nothing(world: World) -> None:
    case = a_childs_case(world)
    move = handed_over(world, a_move(world, case))
    withdraw_basis(basis=case.bases.get(), actor=world.rikke, now=on(4))
    assert show_number(world.mads, move, days=5).status_code == 403
    page = words(see(world.mads, at("transition_receive", move.pk), at=on(5)))
    assert at("reference_open", the_record(case).pk) not in page
    assert "while there is a basis for sharing" in page


def test_minutes_are_not_for_those_who_only_receive(world: World) -> None:
    case = a_childs_case(world, invite=[(world.ppr, None)])
    accepted(world, case)
    when = WhenAndWhere(on(1), on(1, hours=1), world.kindergarten)
    meeting = call_meeting(
        case=case, kind=term(MeetingKind, "network"), at=when, people=[world.anna], actor=world.rikke, now=on(0.5)
    )
    hold_meeting(
        meeting=meeting, came=[world.rikke], minutes=a_reference("P-2026-88"), actor=world.rikke, now=on(1, hours=2)
    )
    move = handed_over(world, a_move(world, case, now=on(2)))
    minutes = case.references.get(purpose=ReferencePurpose.MINUTES)
    assert send(world.mads, at("reference_open", minutes.pk), at=on(4)).status_code == 404
    assert at("reference_open", minutes.pk) not in words(see(world.mads, at("transition_receive", move.pk), at=on(4)))


def received_by(person: User, move: Transition, **changes: Any) -> str:
    typed = {"contact": person.pk, "has_read": "on", **changes}
    return said(person, at("transition_receive", move.pk), typed, at=on(4))


def test_receiving_begins_with_oneself_and_asks_whether_the_record_was_read(world: World) -> None:
    move = handed_over(world, a_move(world, a_childs_case(world)))
    url = at("transition_receive", move.pk)
    assert re.search(rf'<option value="{world.maja.pk}" selected', words(see(world.maja, url, at=on(4))))
    refused = send(world.maja, url, {"contact": world.mads.pk}, at=on(4))
    assert refused.status_code == 422
    assert "Please read the record first; then say so here." in words(refused)
    assert re.search(rf'<option value="{world.mads.pk}" selected', words(refused))
    assert again(move).state == TransitionState.HANDED_OVER


def test_with_the_child_comes_the_baton_and_what_happens_next_is_said(world: World) -> None:
    case = a_childs_case(world)
    move = handed_over(world, a_move(world, case))
    message = received_by(world.maja, move)
    assert message.startswith("You have received the child, and are its contact. Maja Holm holds the baton now.")
    assert "Whether it has landed is asked" in message
    case.refresh_from_db()
    assert case.holder == world.maja
    assert see(world.maja, at("case", case.code), at=on(5)).status_code == 200
    second = send(world.mads, at("transition_receive", move.pk), {"contact": world.mads.pk, "has_read": "on"}, at=on(5))
    assert second.status_code == 404  # it was theirs to see only while the unit was asked


def test_a_leader_who_comes_too_late_learns_that_it_has_been_received(world: World) -> None:
    move = received(world, a_move(world, a_childs_case(world)))
    assert see(world.lone, at("transition_receive", move.pk), at=on(5)).status_code == 409
    typed = {"contact": world.lone.pk, "has_read": "on"}
    assert send(world.lone, at("transition_receive", move.pk), typed, at=on(5)).status_code == 409


# --- Saying no ----------------------------------------------------------------------------------------------
def test_a_no_has_a_reason_and_points_onward(world: World) -> None:
    case = a_childs_case(world)
    move = handed_over(world, a_move(world, case))
    url = at("transition_decline", move.pk)
    refused = send(world.maja, url, {"onward": world.other_school.pk}, at=on(4))
    assert (refused.status_code, chosen(refused, "onward")) == (422, {str(world.other_school.pk)})
    reason = {"reason": term(DeclineReason, "no_capacity").pk}
    refused = send(world.maja, url, reason, at=on(4))
    assert "Choose a unit, or say that you do not know." in words(refused)
    assert chosen(refused, "reason") == {str(reason["reason"])}
    message = said(world.maja, url, {**reason, "onward": "nobody"}, at=on(4))
    assert message == "You said no. Rikke Ravn is told why, and finds out who receives the child."
    assert see(world.maja, at("transition", move.pk), at=on(5)).status_code == 404
    assert "Find out who receives the child" in desk_of(world.rikke, on(5))
    assert "Bakkeskolen said no" in text_of(words(see(world.rikke, at("transition", move.pk), at=on(5))))


# --- Landing and review -------------------------------------------------------------------------------------
def test_how_the_child_has_landed_is_asked_of_its_contact_after_the_move(world: World) -> None:
    move = received(world, a_move(world, a_childs_case(world, consent_days=900)))
    url = at("transition_follow_up", move.pk)
    assert see(world.rikke, url, at=on(LATER)).status_code == 403
    too_early = send(world.maja, url, {"landing": "well"}, at=on(6))
    assert (too_early.status_code, "has not moved yet" in words(too_early)) == (422, True)
    assert chosen(too_early, "landing") == {"well"}
    assert send(world.maja, url, at=on(LATER)).status_code == 422
    unsaid = send(world.maja, url, {"landing": "knowledge_missing"}, at=on(LATER))
    assert "Which kind of knowledge was missing?" in words(unsaid)
    assert "Has the child from Børnehuset Solsikken landed?" in desk_of(world.maja, on(LATER))
    what = term(MissingKnowledge, "what_helps").pk
    said(world.maja, url, {"landing": "knowledge_missing", "missing": what}, at=on(LATER))
    landed = again(move)
    assert (landed.landing, landed.missing) == (Landing.KNOWLEDGE_MISSING, term(MissingKnowledge, "what_helps"))
    assert "Knowledge was missing after the move" in text_of(
        words(see(world.maja, at("transition", move.pk), at=on(LATER + 1)))
    )


def test_both_leaders_review_it_and_the_last_one_ends_it(world: World) -> None:
    move = landed(world)
    ours = at("transition_review", move.pk, world.kindergarten.pk)
    theirs = at("transition_review", move.pk, world.school.pk)
    assert "Review the move from Børnehuset Solsikken to Bakkeskolen" in desk_of(world.kirsten, on(LATER + 1))
    assert ours in html_of(world.kirsten, on(LATER + 1))
    assert theirs in html_of(world.lone, on(LATER + 1))
    assert see(world.maja, theirs, at=on(LATER + 1)).status_code == 403
    assert see(world.kirsten, theirs, at=on(LATER + 1)).status_code == 403
    assert see(world.kirsten, at("transition_review", move.pk, world.ppr.pk), at=on(LATER + 1)).status_code == 404
    assert said(world.kirsten, ours, at=on(LATER + 1)) == "The move has been reviewed for Børnehuset Solsikken."
    assert see(world.kirsten, ours, at=on(LATER + 1)).status_code == 409
    assert "has come to its end" in said(world.lone, theirs, at=on(LATER + 2))
    assert again(move).state == TransitionState.REVIEWED
    assert "Reviewed for Bakkeskolen Lone Leder" in text_of(
        words(see(world.lone, at("transition", move.pk), at=on(LATER + 3)))
    )


def landed(world: World) -> Transition:
    move = received(world, a_move(world, a_childs_case(world)))
    assert move.move_on == FIRST_OF_AUGUST
    return follow_up(transition=move, landing=Landing.WELL, actor=world.maja, now=on(LATER))
