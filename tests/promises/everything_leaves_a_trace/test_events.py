"""Every change leaves one event, with its outbox row, in its own transaction; no trace holds a word about a child."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from coordination.commands import changing
from coordination.commands.bases import ALL_KINDS, record_basis
from coordination.commands.cases import reopen_case
from coordination.commands.handovers import ask_for_release, assign_holder
from coordination.commands.invitations import decline_invitation
from coordination.commands.note_rules import switch_notes
from coordination.commands.people import (
    PersonDraft,
    begin_membership,
    change_person,
    change_role,
    deactivate_person,
    end_absence,
    reactivate_person,
    register_person,
)
from coordination.commands.time import pass_time
from coordination.commands.units import UnitDraft, change_unit, close_unit, place_unit, set_offers, set_relations
from coordination.errors import Refusal
from coordination.models import (
    VOCABULARIES,
    Ask,
    AssignReason,
    BasisKind,
    Deadline,
    DeclineReason,
    Event,
    EventKind,
    Giver,
    Landing,
    LookResult,
    OutboxEntry,
    ReopenReason,
    Role,
    UnitKind,
    User,
)
from tests.builders import World, a_case, a_case_with_reference, a_consent, on, term, the_invitation
from tests.promises.only_those_who_need_to_know.every_command import ATTEMPTS, NOW, Scene, build_scene
from tests.promises.telling import away, happened, last_event, leaves, offered

# Who carries each command out in the scene, and the events that it leaves: one for each thing that changes by it.
LEAVES: dict[str, tuple[str, list[EventKind]]] = {
    "add_reference": ("maja", [EventKind.REFERENCE_ADDED, EventKind.BASIS_RECORDED]),
    "close_case": (
        "maja",
        [
            EventKind.INVITATION_WITHDRAWN,
            EventKind.JOIN_WITHDRAWN,
            EventKind.HANDOVER_WITHDRAWN,
            EventKind.BATON_REQUEST_WITHDRAWN,
            EventKind.PARTNERSHIP_ENDED,
            EventKind.MEETING_CANCELLED,
            EventKind.AGREEMENT_ENDED,
            EventKind.CASE_CLOSED,
        ],
    ),
    "record_basis": ("maja", [EventKind.BASIS_RECORDED]),
    "withdraw_basis": ("maja", [EventKind.BASIS_WITHDRAWN]),
    "invite_unit": ("maja", [EventKind.INVITATION_SENT]),
    "accept_invitation": ("hanne", [EventKind.INVITATION_ACCEPTED]),
    "decline_invitation": ("hanne", [EventKind.INVITATION_DECLINED]),
    "withdraw_invitation": ("maja", [EventKind.INVITATION_WITHDRAWN]),
    "point_onward": ("lone", [EventKind.ONWARD_POINTED]),
    "drop_search": ("maja", [EventKind.SEARCH_DROPPED]),
    "complete_partnership": (
        "anna",
        [
            EventKind.PARTNERSHIP_COMPLETED,
            EventKind.AGREEMENT_PASSED_ON,
            EventKind.MEETING_RELEASED,
            EventKind.BATON_REQUEST_WITHDRAWN,
        ],
    ),
    "leave_case": (
        "anna",
        [
            EventKind.PARTNERSHIP_LEFT,
            EventKind.AGREEMENT_PASSED_ON,
            EventKind.MEETING_RELEASED,
            EventKind.BATON_REQUEST_WITHDRAWN,
        ],
    ),
    "change_contact": (
        "anna",
        [
            EventKind.CONTACT_CHANGED,
            EventKind.AGREEMENT_PASSED_ON,
            EventKind.MEETING_RELEASED,
            EventKind.BATON_REQUEST_WITHDRAWN,
        ],
    ),
    "accept_join_request": ("maja", [EventKind.JOIN_ACCEPTED]),
    "decline_join_request": ("maja", [EventKind.JOIN_DECLINED]),
    "withdraw_join_request": ("ove", [EventKind.JOIN_WITHDRAWN]),
    "accept_handover": ("mads", [EventKind.HANDOVER_ACCEPTED]),
    "decline_handover": ("mads", [EventKind.HANDOVER_DECLINED]),
    "withdraw_handover": ("anna", [EventKind.BATON_REQUEST_WITHDRAWN]),
    "ask_for_release": ("maja", [EventKind.RELEASE_ASKED]),
    "make_agreement": ("maja", [EventKind.AGREEMENT_MADE]),
    "mark_done": ("anna", [EventKind.AGREEMENT_DONE]),
    "move_agreement": ("anna", [EventKind.AGREEMENT_MOVED]),
    "drop_agreement": ("anna", [EventKind.AGREEMENT_DROPPED]),
    "look_at_agreement_again": ("maja", [EventKind.AGREEMENT_LOOKED_AT]),
    "call_meeting": ("maja", [EventKind.MEETING_CALLED]),
    "answer_meeting": ("anna", [EventKind.MEETING_ANSWERED]),
    "move_meeting": ("maja", [EventKind.MEETING_MOVED]),
    "cancel_meeting": ("maja", [EventKind.MEETING_CANCELLED]),
    "hold_meeting": ("maja", [EventKind.MEETING_HELD]),
    "write_note": ("anna", [EventKind.NOTE_WRITTEN]),
    "remove_note": ("maja", [EventKind.NOTE_REMOVED]),
    "open_reference": ("lone", [EventKind.REFERENCE_OPENED]),
    "record_involvement": ("hanne", [EventKind.CHILD_HEARD]),
    "plan_transition": ("maja", [EventKind.TRANSITION_PLANNED]),
    "postpone_transition": ("maja", [EventKind.TRANSITION_POSTPONED]),
    "name_receiver": ("maja", [EventKind.RECEIVER_NAMED]),
    "cancel_transition": ("maja", [EventKind.TRANSITION_CANCELLED]),
    "do_milestone": ("maja", [EventKind.MILESTONE_DONE]),
    "skip_milestone": ("maja", [EventKind.MILESTONE_NOT_RELEVANT]),
    "hand_over": ("maja", [EventKind.TRANSITION_HANDED_OVER]),
    "receive_child": ("ove", [EventKind.TRANSITION_RECEIVED]),
    "decline_child": ("ove", [EventKind.TRANSITION_DECLINED]),
    "follow_up": ("hanne", [EventKind.TRANSITION_LANDED]),
    "review_transition": ("lone", [EventKind.TRANSITION_REVIEWED]),
    "remind_owner": ("lone", [EventKind.TRANSITION_REMINDED]),
    "plan_cohort": ("maja", [EventKind.TRANSITION_PLANNED]),
}
# Not in the scene: another offer is under way there, the request has been made, nobody is away or asks for release, the
# case is open. To look, and to try, leaves none.
ELSEWHERE = {"offer_handover", "request_baton", "withdraw_release", "assign_holder", "reopen_case", "look_at_case"}
ELSEWHERE |= {"look_at_move", "try_cohort"}
EVERY_CHANGE = pytest.mark.parametrize("name", LEAVES)


def test_every_command_is_listed() -> None:
    assert set(LEAVES) | ELSEWHERE == set(ATTEMPTS)


def carry_out(name: str, scene: Scene) -> Any:
    """Carry a command out as the one whose it is."""
    return ATTEMPTS[name](scene, scene.world.people[LEAVES[name][0]])


class PowerCut(Exception):
    """Something fails after everything has been done, and before it is kept."""


def cut_the_power(*_args: object, **_kwargs: object) -> None:
    """Fail."""
    raise PowerCut


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All that the domain has stored."""
    with connection.cursor() as cursor:
        tables = [table for table in connection.introspection.table_names(cursor) if table.startswith("coordination_")]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')  # noqa: S608 (a name from the schema)
            found[table] = [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor]
    return found


@EVERY_CHANGE
def test_a_change_leaves_its_events_with_their_outbox_rows_or_leaves_nothing(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = build_scene(world)
    before = everything()
    with monkeypatch.context() as patched:
        if name == "open_reference":
            patched.setattr(OutboxEntry.objects, "create", cut_the_power)
        else:
            patched.setattr(changing, "keep_next_step", cut_the_power)  # the last thing that a change does
        with pytest.raises(PowerCut):
            carry_out(name, scene)
    assert everything() == before

    since, waiting = last_event(), OutboxEntry.objects.count()
    carry_out(name, scene)
    events = list(Event.objects.filter(pk__gt=since))
    assert sorted(event.kind for event in events) == sorted(LEAVES[name][1])
    assert OutboxEntry.objects.count() == waiting + len(events)
    assert OutboxEntry.objects.filter(event__in=events, relayed_at=None).count() == len(events)
    for event in events:
        assert event.case == scene.case_of(name)
        assert event.actor == world.people[LEAVES[name][0]]
        assert event.at in (NOW, on(7, hours=2))
        assert event.subject
        assert event.subject_id


CHANGES_OF_THE_DIRECTORY: dict[str, tuple[Callable[[World], object], EventKind]] = {
    "place_unit": (
        lambda w: place_unit(
            draft=UnitDraft("new", "Ny Skole", term(UnitKind, "skole"), w.schools), actor=None, now=on(1)
        ),
        EventKind.UNIT_PLACED,
    ),
    "change_unit": (
        lambda w: change_unit(
            unit=w.school,
            draft=UnitDraft("school", "Bakkens Skole", term(UnitKind, "skole"), w.schools),
            actor=None,
            now=on(1),
        ),
        EventKind.UNIT_CHANGED,
    ),
    "set_relations": (
        lambda w: set_relations(unit=w.ppr, serves=[w.schools], continues_at=None, actor=None, now=on(1)),
        EventKind.UNIT_CHANGED,
    ),
    "set_offers": (
        lambda w: set_offers(unit=w.ppr, offers=[term(Ask, "sparring")], actor=None, now=on(1)),
        EventKind.UNIT_CHANGED,
    ),
    "switch_notes": (
        lambda w: switch_notes(
            root=w.town,
            is_on=True,
            actor=User.objects.filter(username="chief").first() or User.objects.create_superuser("chief"),
            now=on(1),
        ),
        EventKind.UNIT_CHANGED,
    ),
    "register_person": (
        lambda w: register_person(draft=PersonDraft("ny", "Ny Person"), actor=None, now=on(1)),
        EventKind.PERSON_REGISTERED,
    ),
    "change_person": (
        lambda w: change_person(user=w.maja, draft=PersonDraft("maja", "Maja Munk"), actor=None, now=on(1)),
        EventKind.PERSON_CHANGED,
    ),
    "begin_membership": (
        lambda w: begin_membership(user=w.maja, unit=w.ppr, role=Role.PROFESSIONAL, actor=None, now=on(1)),
        EventKind.MEMBERSHIP_BEGUN,
    ),
    "change_role": (
        lambda w: change_role(membership=w.mads.memberships.get(), role=Role.LEADER, actor=None, now=on(1)),
        EventKind.MEMBERSHIP_CHANGED,
    ),
    "end_membership": (lambda w: leaves(w.rikke, w.kindergarten, now=on(1)), EventKind.MEMBERSHIP_ENDED),
    "set_absence": (lambda w: away(w.maja, w.mads, first=1, last=2), EventKind.ABSENCE_SET),
}


@pytest.mark.parametrize("name", CHANGES_OF_THE_DIRECTORY)
def test_a_change_of_the_directory_leaves_one_event(world: World, name: str) -> None:
    act, kind = CHANGES_OF_THE_DIRECTORY[name]
    since = last_event()
    act(world)
    event = Event.objects.get(pk__gt=since)
    assert event.kind == kind
    assert OutboxEntry.objects.filter(event=event).exists()


@pytest.mark.parametrize("name", ["change_unit", "set_relations", "set_offers", "switch_notes", "change_person"])
def test_what_changes_nothing_leaves_no_event(world: World, name: str) -> None:
    act, _kind = CHANGES_OF_THE_DIRECTORY[name]
    act(world)
    since = last_event()
    act(world)
    assert last_event() == since


def test_going_and_coming_back_leaves_its_events(world: World) -> None:
    since = last_event()
    deactivate_person(user=world.rikke, actor=None, now=on(1))
    reactivate_person(user=world.rikke, actor=None, now=on(2))
    absence = away(world.maja, world.mads, first=1, last=3)
    end_absence(absence=absence, actor=world.maja, now=on(2))
    close_unit(unit=world.family, actor=None, now=on(2))
    assert list(Event.objects.filter(pk__gt=since).order_by("pk").values_list("kind", flat=True)) == [
        EventKind.MEMBERSHIP_ENDED,
        EventKind.PERSON_DEACTIVATED,
        EventKind.PERSON_REACTIVATED,
        EventKind.ABSENCE_SET,
        EventKind.ABSENCE_ENDED,
        EventKind.MEMBERSHIP_ENDED,
        EventKind.UNIT_CLOSED,
    ]


def test_what_time_brings_has_nobody_for_an_actor(world: World) -> None:
    case = a_case_with_reference(world)
    case.bases.update(ends_on=date(2026, 9, 14))
    since = last_event()
    pass_time(now=on(1))
    event = Event.objects.get(pk__gt=since)
    assert (event.kind, event.actor, event.case) == (EventKind.BASIS_EXPIRED, None, case)


def test_a_refusal_leaves_no_trace_of_a_change(world: World) -> None:
    scene = build_scene(world)
    before = everything()
    for attempt in ATTEMPTS.values():
        with pytest.raises(Refusal), transaction.atomic():
            attempt(scene, world.kirsten)
    assert everything() == before


def test_a_case_tells_its_story_in_order(world: World) -> None:
    case = a_case(world)
    decline_invitation(
        invitation=the_invitation(case, world.ppr),
        reason=term(DeclineReason, "no_capacity"),
        actor=world.anna,
        now=on(1),
    )
    ask_for_release(case=case, actor=world.maja, now=on(2))
    offered(world, case, now=on(3))
    assign_holder(
        case=case,
        to_person=world.mads,
        to_unit=world.school,
        reason=term(AssignReason, "holder_asked"),
        actor=world.lone,
        now=on(4),
    )
    assert happened(case) == [
        EventKind.CASE_OPENED,
        EventKind.BASIS_RECORDED,
        EventKind.INVITATION_SENT,
        EventKind.INVITATION_DECLINED,
        EventKind.RELEASE_ASKED,
        EventKind.HANDOVER_OFFERED,
        EventKind.HANDOVER_WITHDRAWN,
        EventKind.HOLDER_ASSIGNED,
    ]


# --- No word about a child ----------------------------------------------------------------------------------

DAY_OR_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(\+00:00|Z))?")
CAUSES = {"holder", "asker", "case_closed", "unit_closed", "takes_part"}
FIELDS = {"name", "kind", "parent", "phone", "email", "serves", "continues_at", "offers", "notes"}


def is_a_code_an_id_or_a_day(value: object, codes: set[str]) -> bool:
    """Whether a value is one that a trace may hold."""
    if isinstance(value, list):
        return all(entry in FIELDS for entry in value)
    if isinstance(value, str):
        return value in codes or DAY_OR_TIME.fullmatch(value) is not None
    return value is None or isinstance(value, (bool, int))


def test_no_event_holds_anything_but_codes_ids_and_days(world: World) -> None:
    codes = {code for vocabulary in VOCABULARIES for code in vocabulary.objects.values_list("code", flat=True)}
    codes |= {*CAUSES, *BasisKind.values, *Giver.values, ALL_KINDS, *Role.values, *LookResult.values, *Landing.values}
    for act, _kind in CHANGES_OF_THE_DIRECTORY.values():
        act(world)
    scene = build_scene(world)
    told: dict[str, list[dict[str, Any]]] = {}
    for name in LEAVES:
        with transaction.atomic():
            carry_out(name, scene)
            for event in Event.objects.all():
                told.setdefault(event.kind, []).append(event.data)
            transaction.set_rollback(True)
    for kind, data in told.items():
        assert all(is_a_code_an_id_or_a_day(value, codes) for each in data for value in each.values()), (kind, data)
    assert len(told) > 48


def test_the_number_of_a_reference_is_in_no_table_in_clear(world: World) -> None:
    case = a_case_with_reference(world, "P-2026-58207")
    assert case.references.exists()
    for table, rows in everything().items():
        for row in rows:
            assert "58207" not in " ".join(str(value) for value in row), table


def test_a_basis_that_is_recorded_anew_ends_the_one_before_and_tells_once(world: World) -> None:
    case = a_case_with_reference(world)
    since = last_event()
    record_basis(case=case, draft=a_consent(30), actor=world.maja, now=on(1))
    assert happened(case, since=since) == [EventKind.BASIS_RECORDED]
    assert case.bases.count() == 2


def test_a_reopened_case_goes_on_in_the_same_story(world: World) -> None:
    scene = build_scene(world)
    carry_out("close_case", scene)
    since = last_event()
    reopen_case(case=scene.case, reason=term(ReopenReason, "came_back"), actor=world.maja, now=on(3))
    assert happened(scene.case, since=since) == [EventKind.CASE_REOPENED]
    assert Deadline.objects.open().filter(case=scene.case).exists()
