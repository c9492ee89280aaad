"""A case that is erased goes with all that belongs to it; a receipt without content stays."""

from __future__ import annotations

from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from coordination.commands.bases import BasisDraft, record_basis
from coordination.commands.cases import close_case, reopen_case
from coordination.commands.erasures import (
    ask_for_erasure,
    digest_code,
    erase_case,
    lift_hold,
    place_hold,
    withdraw_erasure,
)
from coordination.commands.invitations import change_contact
from coordination.commands.linking import link_rows
from coordination.commands.looks import look_at_case
from coordination.commands.submissions import carry_out_once
from coordination.commands.units import UnitDraft, place_unit
from coordination.errors import MovedOn, Refusal, Unacceptable, Unseen
from coordination.models import (
    BasisKind,
    Case,
    CaseOutcome,
    Erasure,
    ErasureCause,
    ErasureRequest,
    Event,
    EventKind,
    Giver,
    Invitation,
    LookCheck,
    LookSample,
    Reference,
    ReferenceMet,
    ReopenReason,
    RetentionHold,
    Transition,
    UnitKind,
)
from coordination.queries.log import erased_case_numbers
from notifications.models import Message
from notifications.passing import deliver
from tests.builders import World, a_case_with_reference, accepted, day, on, term
from tests.guards import unguarded
from tests.promises.everything_ends.ending import (
    a_closed_case,
    an_officer,
    closed_by_force,
    everything_stored,
    rows_of,
    ways_to_the_case,
)
from tests.promises.living import NOW, Lived

pytestmark = pytest.mark.django_db
ASKED = ErasureCause.SUBJECT_REQUEST


def test_all_that_belongs_to_a_case_goes_with_it_and_nothing_of_another(world: World) -> None:
    officer, lived = an_officer(world), Lived(world)
    everything, kept = list(Case.objects.all()), [lived.idle, lived.sought]
    ask_for_erasure(case=lived.busy, actor=officer, now=NOW)
    place_hold(case=lived.handed, actor=officer, now=NOW)
    lift_hold(case=lived.handed, actor=officer, now=NOW)
    for case in everything:
        look_at_case(case=case, actor=case.holder, now=NOW)
    ReferenceMet.objects.create(person=world.frida, case=lived.busy, at=NOW)
    change_contact(partnership=lived.busy.partnerships.live().get(), contact=world.anton, actor=world.anna, now=NOW)
    covered = BasisDraft(
        BasisKind.CONSENT, ends_on=day(90), given_by=Giver.BOTH, given_on=day(4), covers=(term(UnitKind, "ppr"),)
    )
    record_basis(case=lived.busy, draft=covered, actor=world.maja, now=NOW)
    for asked in (Invitation, Transition):  # the later one follows the earlier one, which is deleted first
        first, second = asked.objects.filter(case__in=[lived.busy, lived.moving]).order_by("case", "pk")[:2]
        assert first.case_id == second.case_id
        asked.objects.filter(pk=second.pk).update(follows=first)
    sample = LookSample.objects.create(
        month=day(-13), unit=world.school, leader=world.lone, drawn_at=NOW, due_on=day(9), told_until=day(4)
    )
    LookCheck.objects.create(sample=sample, case=lived.busy, viewer=world.maja, record_id=1, looked_at=NOW)
    deliver()
    going = [case for case in everything if case not in kept]
    closed_by_force(*going, at=NOW)
    before, others = rows_of(*going), rows_of(*kept)
    empty = {model.__name__ for model, rows in before.items() if not rows}
    assert not empty, "a model that belongs to cases has no row here: this test says nothing about it"

    for case in going:
        erase_case(case=case, cause=ASKED, actor=officer, now=NOW)

    left = {model.__name__: rows & ids_in(model) for model, rows in before.items() if rows & ids_in(model)}
    assert left == {}
    assert rows_of(*kept) == others
    connection.check_constraints()
    codes = [case.code for case in going]
    assert [place for place, text in everything_stored() if any(code in text for code in codes)] == []


def says(answer: Any) -> str:
    """The main part of a page."""
    content: str = answer.content.decode()
    return content.partition("<main")[2].partition("</main>")[0]


def ids_in(model: type) -> set[object]:
    """The ids of the rows that a model has now."""
    return set(QuerySet(model).values_list("pk", flat=True))


def test_every_model_that_points_at_cases_is_found() -> None:
    names = {model.__name__ for model in ways_to_the_case()}
    assert names >= {
        "CaseKey",
        "Event",
        "AccessRecord",
        "StepTaken",
        "OutboxEntry",
        "Message",
        "Review",
        "FormerContact",
    }


def test_what_stays_of_it_is_a_receipt_without_content_and_one_event(world: World) -> None:
    officer, case = an_officer(world), a_closed_case(world)
    number, code = case.pk, case.code
    since = Event.objects.latest("pk").pk
    receipt = erase_case(case=case, cause=ASKED, actor=officer, now=on(2))
    kept = Erasure.objects.get()
    assert kept == receipt
    assert (kept.case_number, kept.cause, kept.by, kept.erased_at) == (number, "subject request", officer, on(2))
    assert kept.closed_on.isoformat() == "2026-09-15"
    assert bytes(kept.code_digest) == digest_code(code)
    event = Event.objects.get(pk__gt=since)
    assert (event.kind, event.case, event.subject, event.subject_id) == (EventKind.CASE_ERASED, None, "case", number)
    assert (event.unit, event.actor, event.data) == (world.school, officer, {"cause": "subject request"})
    assert erased_case_numbers([number, number + 1]) == {number}
    deliver()  # nobody is told of what is gone
    assert not Message.objects.filter(event=event).exists()


def test_the_key_goes_so_that_what_was_encrypted_says_nothing_any_more(world: World) -> None:
    officer, case = an_officer(world), a_closed_case(world)
    sealed = bytes(case.references.get().sealed_number)
    erase_case(case=case, cause=ASKED, actor=officer, now=on(2))
    assert all(sealed.hex() not in text for _place, text in everything_stored())
    assert not Reference.objects.exists()


def test_an_open_case_is_not_erased(world: World) -> None:
    officer, case = an_officer(world), a_case_with_reference(world)
    with override("da"), pytest.raises(MovedOn, match="afslutte det først"):
        erase_case(case=case, cause=ASKED, actor=officer, now=on(2))
    assert Case.objects.filter(pk=case.pk).exists()


def test_a_case_held_back_is_not_erased_until_the_hold_is_lifted(world: World) -> None:
    officer, case = an_officer(world), a_closed_case(world)
    place_hold(case=case, actor=world.karin, now=on(2))
    with pytest.raises(MovedOn):
        place_hold(case=case, actor=officer, now=on(2))
    with override("da"), pytest.raises(Unacceptable, match="klage"):
        erase_case(case=case, cause=ASKED, actor=officer, now=on(3))
    lift_hold(case=case, actor=officer, now=on(4))
    with pytest.raises(MovedOn):
        lift_hold(case=case, actor=officer, now=on(4))
    erase_case(case=case, cause=ASKED, actor=officer, now=on(5))
    assert not RetentionHold.objects.exists()


@pytest.mark.parametrize("name", ["maja", "lone", "sanne", "dorte", "karin", "anna"])
def test_nobody_but_the_officer_erases_or_asks_for_it(world: World, name: str) -> None:
    closed, still_open = a_closed_case(world), a_case_with_reference(world, "P-2026-7")
    with pytest.raises(Unseen):
        erase_case(case=closed, cause=ASKED, actor=world.people[name], now=on(2))
    with pytest.raises(Unseen):
        ask_for_erasure(case=still_open, actor=world.people[name], now=on(2))
    if name != "karin":
        with pytest.raises(Unseen):
            place_hold(case=closed, actor=world.people[name], now=on(2))
    assert Case.objects.count() == 2


def test_the_officer_of_another_municipality_sees_nothing_here(world: World) -> None:
    case = a_closed_case(world)
    elsewhere = place_unit(draft=UnitDraft("far", "Fjernby", term(UnitKind, "kommune"), None), actor=None, now=on(-20))
    world.units["town"] = elsewhere
    stranger = an_officer(world)
    for act in (place_hold, lift_hold, ask_for_erasure):
        with pytest.raises(Unseen):
            act(case=case, actor=stranger, now=on(2))
    with pytest.raises(Unseen):
        erase_case(case=case, cause=ASKED, actor=stranger, now=on(2))


def test_links_to_an_erased_case_answer_as_to_one_that_never_was(world: World, client: Client) -> None:
    officer, case = an_officer(world), a_closed_case(world)
    reference, nowhere = case.references.get().pk, reverse("case", args=["K7M3-92QD"])
    links = [
        reverse("case", args=[case.code]),
        reverse("case_looks", args=[case.code]),
        reverse("case_reopen", args=[case.code]),
        reverse("invitation", args=[case.invitations.get().pk]),
    ]
    erase_case(case=case, cause=ASKED, actor=officer, now=on(2))
    for name in ("maja", "anna", "lone"):
        client.force_login(world.people[name])
        never = client.get(nowhere)
        for link in links:
            answer = client.get(link)
            assert answer.status_code == 404, (name, link)
            assert says(answer) == says(never)
        assert client.post(reverse("reference_open", args=[reference])).status_code == 404


def test_a_form_of_an_erased_case_leads_nowhere(world: World) -> None:
    officer, case, key = an_officer(world), a_closed_case(world), uuid4()
    carry_out_once(key=key, actor=world.maja, now=on(1), act=lambda: reverse("case", args=[case.code]))
    erase_case(case=case, cause=ErasureCause.MISTAKE, actor=officer, now=on(2))
    assert all(case.code not in text for _place, text in everything_stored())


def test_whoever_holds_an_old_row_in_their_hands_finds_it_gone(world: World) -> None:
    officer, case = an_officer(world), a_closed_case(world)
    erase_case(case=Case.objects.get(pk=case.pk), cause=ASKED, actor=officer, now=on(2))
    reason = term(ReopenReason, "came_back")
    with pytest.raises(Refusal):
        reopen_case(case=case, reason=reason, actor=world.maja, now=on(3))
    with pytest.raises(Unseen):
        erase_case(case=case, cause=ASKED, actor=officer, now=on(3))


def test_the_database_lets_traces_go_only_where_there_is_a_receipt(world: World) -> None:
    case = a_closed_case(world)
    deliver()
    for table in ("coordination_event", "coordination_accessrecord"):
        look_at_case(case=case, actor=world.maja, now=on(1))
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE case_id = %s", [case.pk])  # noqa: S608 (two names)
    receipt = Erasure.objects.create(
        case_number=case.pk + 1000, code_digest=bytes(32), cause=ASKED, closed_on=on(1).date(), erased_at=on(2)
    )
    for statement in ("DELETE FROM coordination_erasure", "UPDATE coordination_erasure SET case_number = 7"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM coordination_erasure WHERE id = %s", [receipt.pk])


def test_the_chain_of_the_logs_holds_after_an_erasure(world: World) -> None:
    officer, case = an_officer(world), a_closed_case(world)
    look_at_case(case=case, actor=world.maja, now=on(1))
    while link_rows(now=on(2)):
        pass
    erase_case(case=case, cause=ASKED, actor=officer, now=on(3))
    while link_rows(now=on(3)):
        pass
    call_command("verify_log", stdout=StringIO())
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM coordination_erasure")
    with pytest.raises(SystemExit):  # without the receipt the same rows are missed
        call_command("verify_log", stdout=StringIO(), stderr=StringIO())


def test_asked_for_while_it_is_open_the_holder_owes_closing_it_and_then_it_goes_by_itself(world: World) -> None:
    officer, case = an_officer(world), a_case_with_reference(world)
    accepted(world, case)
    ask_for_erasure(case=case, actor=officer, now=on(1))
    owed = case.deadlines.open().get(kind="close_to_erase")
    assert (owed.owner, owed.due_on.isoformat()) == (world.maja, "2026-09-29")
    deliver()
    assert Message.objects.filter(event__kind=EventKind.ERASURE_ASKED, person=world.maja).exists()
    with pytest.raises(MovedOn):
        ask_for_erasure(case=case, actor=officer, now=on(1))
    close_case(case=case, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(2))
    assert not case.deadlines.open().exists()
    with override("da"), pytest.raises(MovedOn, match="slettes"):
        reopen_case(case=case, reason=term(ReopenReason, "came_back"), actor=world.maja, now=on(2))


def test_what_was_asked_for_can_be_taken_back(world: World) -> None:
    officer, case = an_officer(world), a_case_with_reference(world)
    ask_for_erasure(case=case, actor=officer, now=on(1))
    withdraw_erasure(case=case, actor=officer, now=on(2))
    assert not ErasureRequest.objects.exists()
    assert not case.deadlines.open().filter(kind="close_to_erase").exists()
    with pytest.raises(MovedOn):
        withdraw_erasure(case=case, actor=officer, now=on(2))
