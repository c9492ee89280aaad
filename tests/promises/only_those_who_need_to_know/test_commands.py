"""Whoever has no part in a case is told that there is none, whatever they try; others can do only what is theirs."""

from __future__ import annotations

import inspect

import pytest
from django.db import transaction

from coordination.commands import (
    agreements,
    bases,
    cases,
    handovers,
    invitations,
    join_requests,
    looks,
    meetings,
    notes,
)
from coordination.errors import Forbidden, MovedOn, Unacceptable, Unseen
from coordination.models import AccessRecord, Event, User
from tests.builders import World
from tests.promises.only_those_who_need_to_know.every_command import (
    ATTEMPTS,
    OF_NO_CASE_YET,
    build_scene,
)
from tests.promises.only_those_who_need_to_know.every_move import MODULES

EVERY_COMMAND = pytest.mark.parametrize("name", ATTEMPTS)

# What a holder may and a leader of a unit that takes part.
PLANNING = {
    "plan_transition",
    "postpone_transition",
    "name_receiver",
    "cancel_transition",
    "hand_over",
    "plan_cohort",
    "try_cohort",
    "look_at_move",
}
# Who succeeds with what, in the scene: (holder, contact, leader of the holder, member of the asked unit).
THEIRS = {
    "maja": {
        "add_reference",
        "close_case",
        "record_basis",
        "withdraw_basis",
        "invite_unit",
        "withdraw_invitation",
        "drop_search",
        "complete_partnership",
        "accept_join_request",
        "decline_join_request",
        "make_agreement",
        "mark_done",
        "move_agreement",
        "drop_agreement",
        "look_at_agreement_again",
        "call_meeting",
        "move_meeting",
        "cancel_meeting",
        "hold_meeting",
        "write_note",
        "remove_note",
        "ask_for_release",
        "look_at_case",
        "open_reference",
        "record_involvement",
        *PLANNING,
        "do_milestone",
        "skip_milestone",
        "remind_owner",
    },
    "anna": {
        "complete_partnership",
        "leave_case",
        "change_contact",
        "withdraw_handover",
        "make_agreement",
        "mark_done",
        "move_agreement",
        "drop_agreement",
        "call_meeting",
        "answer_meeting",
        "write_note",
        "remove_note",
        "look_at_case",
        "open_reference",
        "record_involvement",
        "look_at_move",
    },
    "per": {"complete_partnership", "leave_case", "change_contact", "look_at_case", "open_reference", *PLANNING},
    "lone": {
        "point_onward",
        "look_at_case",
        "open_reference",
        *PLANNING,
        "do_milestone",
        "skip_milestone",
        "remind_owner",
        "review_transition",
    },
    # She has received children, and is asked about another one.
    "hanne": {"accept_invitation", "decline_invitation", "record_involvement", "follow_up", "look_at_move"},
    "mads": {"accept_handover", "decline_handover"},
    "ove": {"withdraw_join_request", "receive_child", "decline_child", "look_at_move"},
    "anton": set(),
    "kirsten": set(),
    "rikke": set(),
}
# Theirs to try, but the scene has moved on already or lacks what it takes.
TOO_LATE = {
    ("maja", "reopen_case"): MovedOn,
    ("maja", "offer_handover"): MovedOn,
    ("maja", "withdraw_release"): MovedOn,
    ("anna", "request_baton"): MovedOn,
    ("per", "request_baton"): MovedOn,
}


def test_every_command_is_tried() -> None:
    modules = (agreements, bases, cases, handovers, invitations, join_requests, looks, meetings, notes, *MODULES)
    commands = {
        name: found
        for module in modules
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__ and "actor" in inspect.signature(found).parameters and name[0] != "_"
    }
    # Whatever takes something without a keyword is called by commands, for a case that they have locked.
    called_by_nobody = {
        name
        for name, found in commands.items()
        if all(given.kind == given.KEYWORD_ONLY for given in inspect.signature(found).parameters.values())
    }
    assert called_by_nobody == set(ATTEMPTS) | OF_NO_CASE_YET


@EVERY_COMMAND
def test_outsiders_and_those_who_are_gone_are_told_that_there_is_nothing(world: World, name: str) -> None:
    scene = build_scene(world)
    stranger = User.objects.create_user("stranger", name="Frank Fremmed")
    administrator = User.objects.create_superuser("admin", name="Agnes Admin")
    events = Event.objects.count()
    for outsider in (world.kirsten, world.rikke, stranger, administrator):
        with pytest.raises(Unseen) as unseen, transaction.atomic():
            ATTEMPTS[name](scene, outsider)
        assert unseen.value.field is None
    # Neither does anybody who had a part and has been deactivated.
    for gone in (world.maja, world.anna, world.lone, world.mads, world.hanne, world.ove):
        User.objects.filter(pk=gone.pk).update(is_active=False)
        with pytest.raises(Unseen), transaction.atomic():
            ATTEMPTS[name](scene, User.objects.get(pk=gone.pk))
    assert Event.objects.count() == events
    assert not AccessRecord.objects.exists()


@EVERY_COMMAND
def test_everybody_succeeds_with_what_is_theirs_and_is_refused_the_rest(world: World, name: str) -> None:
    scene = build_scene(world)
    for who, theirs in THEIRS.items():
        before = Event.objects.count()
        with transaction.atomic():
            outcome = None
            try:
                with transaction.atomic():
                    ATTEMPTS[name](scene, world.people[who])
            except (Unseen, Forbidden, MovedOn, Unacceptable) as refusal:
                outcome = type(refusal)
            if (who, name) in TOO_LATE:
                assert outcome == TOO_LATE[who, name], (who, outcome)
            elif name in theirs:
                assert outcome is None, (who, outcome)
            else:
                assert outcome in (Unseen, Forbidden), (who, outcome)
            if outcome is not None:
                assert Event.objects.count() == before
            transaction.set_rollback(True)
