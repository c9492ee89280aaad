"""The chain shows a row that was changed, removed, added or put in another's place, and an end that was cut off."""

# ruff: noqa: S608 -- names of tables

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation
from pytest_django import Settings

from coordination.commands import linking
from coordination.commands.linking import link_rows
from coordination.commands.log_clearing import clear_logs
from coordination.commands.looks import look_at_case
from coordination.models import AccessRecord, Event, EventKind, Log, LogCleared, LogLink
from coordination.privacy.chain import FIELDS, parse_head
from coordination.queries.log_check import Fault, check_chain, count_unlinked
from tests.builders import World, a_case, on
from tests.guards import unguarded

pytestmark = pytest.mark.django_db

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
AFTERWARDS = on(2500)


@pytest.fixture
def linked(world: World) -> World:
    """A municipality with a case that was looked at for three days, its logs linked each day."""
    case = a_case(world)
    for days in range(1, 4):
        look_at_case(case=case, actor=world.maja, now=on(days))
        look_at_case(case=case, actor=world.lone, now=on(days, hours=1))
        link_all(days)
    return world


def link_all(days: float) -> int:
    """Link everything, on a day, late in the afternoon."""
    done = 0
    while batch := link_rows(now=on(days, hours=8)):
        done += batch
    return done


def tamper(statement: str, *values: Any) -> None:
    """Change what is in the database past all triggers."""
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def faults() -> list[tuple[Fault, int]]:
    """What is wrong, and at which positions."""
    checked = check_chain(now=AFTERWARDS, most=1000)
    assert checked.faults_in_all == len(checked.faults)
    return [(found.fault, found.position) for found in checked.faults]


def verify(**options: Any) -> tuple[int, str]:
    """Run the command; give its exit code and its words."""
    said = StringIO()
    try:
        with time_machine.travel(AFTERWARDS, tick=False), translation.override("da"):
            call_command("verify_log", stdout=said, **options)
    except SystemExit as ended:
        return int(ended.code or 0), said.getvalue()
    return 0, said.getvalue()


def position_of(row: Event | AccessRecord) -> int:
    """Where a row stands in the chain."""
    log = Log.EVENT if isinstance(row, Event) else Log.ACCESS
    return LogLink.objects.get(log=log, row_id=row.pk).position


def test_every_row_of_both_logs_is_linked_once_and_in_order(linked: World) -> None:
    links = list(LogLink.objects.values_list("position", "log", "row_id"))
    assert [position for position, _log, _row in links] == list(range(1, len(links) + 1))
    assert sorted(row for _position, log, row in links if log == "event") == sorted(
        Event.objects.values_list("pk", flat=True)
    )
    assert [row for _position, log, row in links if log == "access"] == list(
        AccessRecord.objects.order_by("pk").values_list("pk", flat=True)
    )
    assert all(
        LogLink.objects.get(log="access", row_id=row.pk).case_number == row.case_id
        for row in AccessRecord.objects.all()
    )
    assert link_all(4) == 0
    code, said = verify()
    assert code == 0
    assert f"{len(links)} led" in said


def test_rows_are_linked_in_batches_that_go_on_where_the_last_one_ended(world: World) -> None:
    case = a_case(world)
    for hours in range(7):
        look_at_case(case=case, actor=world.maja, now=on(hours=hours))
    rows = Event.objects.count() + AccessRecord.objects.count()
    sizes = []
    while batch := link_rows(now=on(1), batch=3):
        sizes.append(batch)
    assert sum(sizes) == rows
    assert max(sizes) <= 6
    assert faults() == []


def test_a_row_whose_transaction_ended_after_others_is_linked_too(linked: World) -> None:
    newest = AccessRecord.objects.latest("pk")
    with unguarded():
        LogLink.objects.filter(pk__gte=position_of(newest))._raw_delete("default")
    look_at_case(case=newest.case, actor=linked.maja, now=on(3, hours=9))
    latest = AccessRecord.objects.latest("pk")
    tamper("UPDATE coordination_accessrecord SET id = id + 100 WHERE id = %s", latest.pk)
    assert link_rows(now=on(3, hours=10)) == 2
    assert count_unlinked() == {"event": 0, "access": 0}


def test_far_back_is_looked_once_a_day(linked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "LOOKED_BACK", 1)
    first = AccessRecord.objects.earliest("pk")
    values = AccessRecord.objects.filter(pk=first.pk).values().get()
    with unguarded():
        AccessRecord.objects.filter(pk__in=[first.pk])._raw_delete("default")
        LogLink.objects.filter(log="access")._raw_delete("default")
        LogLink.objects.filter(pk__gt=LogLink.objects.filter(log="event").latest("pk").pk)._raw_delete("default")
    assert link_all(3) > 0
    AccessRecord.objects.create(**values)
    assert link_all(3) == 0
    assert count_unlinked()["access"] == 1
    assert link_all(4) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE coordination_accessrecord SET viewer_id = viewer_id + 1 WHERE id = %s",
        "UPDATE coordination_accessrecord SET reason_id = (SELECT min(id) FROM coordination_lookreason) WHERE id = %s",
        "UPDATE coordination_accessrecord SET reference_id = 7 WHERE id = %s",
        "UPDATE coordination_accessrecord SET at = (SELECT max(at) FROM coordination_accessrecord) WHERE id = %s",
    ],
)
def test_a_look_that_was_changed_shows(linked: World, change: str) -> None:
    row = AccessRecord.objects.order_by("pk")[1]
    tamper(change, row.pk)
    assert faults() == [(Fault.CHANGED, position_of(row))]
    code, said = verify()
    assert code == 1
    assert f"Led {position_of(row)} (access {row.pk}): rækken er ikke, som den blev skrevet" in said


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE coordination_event SET kind = 'case_closed' WHERE id = %s",
        "UPDATE coordination_event SET actor_id = NULL WHERE id = %s",
        "UPDATE coordination_event SET person_id = (SELECT max(id) FROM coordination_user) WHERE id = %s",
        "UPDATE coordination_event SET unit_id = (SELECT max(id) FROM coordination_unit) WHERE id = %s",
        "UPDATE coordination_event SET case_id = NULL WHERE id = %s",
        "UPDATE coordination_event SET subject = 'unit' WHERE id = %s",
        "UPDATE coordination_event SET subject_id = 4711 WHERE id = %s",
        "UPDATE coordination_event SET data = '{\"forged\": 1}' WHERE id = %s",
        "UPDATE coordination_event SET at = (SELECT min(at) FROM coordination_accessrecord) WHERE id = %s",
    ],
)
def test_an_event_that_was_changed_shows(linked: World, change: str) -> None:
    row = Event.objects.get(kind=EventKind.CASE_OPENED)
    tamper(change, row.pk)
    assert faults() == [(Fault.CHANGED, position_of(row))]


@pytest.mark.parametrize("model", [Event, AccessRecord])
def test_what_is_held_fast_is_all_there_is(model: type[Event] | type[AccessRecord]) -> None:
    """A new column comes with a new form of the digest, or it could be changed without a sign."""
    log = "event" if model is Event else "access"
    assert {field.attname for field in model._meta.concrete_fields} == set(FIELDS[log])


def test_a_row_that_was_removed_shows(linked: World) -> None:
    row = AccessRecord.objects.order_by("pk")[2]
    position = position_of(row)
    tamper("DELETE FROM coordination_accessrecord WHERE id = %s", row.pk)
    assert faults() == [(Fault.MISSING, position)]
    assert "rækken er væk" in verify()[1]


def test_a_row_that_was_removed_with_its_link_shows(linked: World) -> None:
    row = AccessRecord.objects.order_by("pk")[2]
    position = position_of(row)
    tamper("DELETE FROM coordination_accessrecord WHERE id = %s", row.pk)
    tamper("DELETE FROM coordination_loglink WHERE position = %s", position)
    assert faults() == [(Fault.GAP, position + 1), (Fault.CHAIN, position + 1)]
    tamper("UPDATE coordination_loglink SET position = position - 1 WHERE position = %s", position + 1)
    assert (Fault.CHAIN, position) in faults()


def test_a_row_that_was_added_later_than_it_says_shows(linked: World) -> None:
    forged = AccessRecord.objects.create(case_id=AccessRecord.objects.latest("pk").case_id, viewer=linked.ove, at=on(1))
    assert faults() == []
    assert "Endnu ikke kædet: 1" in verify()[1]
    link_all(3.5)
    assert faults() == [(Fault.LATE, position_of(forged))]
    assert verify()[0] == 1


def test_what_is_linked_for_the_first_time_is_not_late_however_old_it_is(world: World) -> None:
    for days in (30, 1, 20):
        look_at_case(case=a_case(world, now=on(days)), actor=world.maja, now=on(days, hours=1))
    while link_rows(now=on(100), batch=2):
        pass
    assert faults() == []


def test_a_link_that_was_put_in_between_shows(linked: World) -> None:
    tamper("UPDATE coordination_loglink SET position = -position WHERE position > 5")
    tamper("UPDATE coordination_loglink SET position = 1 - position WHERE position < 0")
    fifth = LogLink.objects.get(pk=5)
    tamper(
        "INSERT INTO coordination_loglink (position, log, row_id, case_number, digest, chain, linked_at) "
        "SELECT 6, 'access', 999999, case_number, digest, chain, linked_at FROM coordination_loglink WHERE position = 5"
    )
    found = faults()
    assert fifth.position == 5
    assert (Fault.CHAIN, 6) in found
    assert (Fault.CHAIN, 7) in found


def test_two_rows_that_were_exchanged_show(linked: World) -> None:
    first, second = AccessRecord.objects.order_by("pk")[:2]
    places = position_of(first), position_of(second)
    tamper("UPDATE coordination_accessrecord SET id = -1 WHERE id = %s", first.pk)
    tamper("UPDATE coordination_accessrecord SET id = %s WHERE id = %s", first.pk, second.pk)
    tamper("UPDATE coordination_accessrecord SET id = %s WHERE id = -1", second.pk)
    assert faults() == [(Fault.CHANGED, places[0]), (Fault.CHANGED, places[1])]


def test_two_links_that_were_exchanged_show(linked: World) -> None:
    tamper("UPDATE coordination_loglink SET position = -3 WHERE position = 3")
    tamper("UPDATE coordination_loglink SET position = 3 WHERE position = 4")
    tamper("UPDATE coordination_loglink SET position = 4 WHERE position = -3")
    assert {(Fault.CHAIN, 3), (Fault.CHAIN, 4)} <= set(faults())


@pytest.mark.parametrize("change", ["case_number = 4711", "linked_at = '2026-01-01 00:00:00+00:00'", "row_id = 4711"])
def test_a_link_that_was_changed_shows(linked: World, change: str) -> None:
    last = LogLink.objects.latest("position").position
    tamper(f"UPDATE coordination_loglink SET {change} WHERE position = %s", last)
    assert (Fault.CHAIN, last) in faults()


def test_only_so_many_faults_are_named_and_all_are_counted(linked: World) -> None:
    tamper("UPDATE coordination_accessrecord SET reference_id = 7")
    code, said = verify(limit=2)
    assert code == 1
    assert said.count("rækken er ikke, som den blev skrevet") == 2
    assert "… og 4 mere" in said


def test_a_table_without_its_guard_is_a_fault(linked: World) -> None:
    with unguarded():
        code, said = verify()
    assert code == 1
    assert "coordination_event: databasen afviser ikke længere ændringer" in said


# --- Heads that were kept elsewhere -------------------------------------------------------------------------
@pytest.fixture
def signed(linked: World, settings: Settings, tmp_path: Path) -> Path:
    """A file with the head of today, signed."""
    settings.LOG_SIGNING_KEY = KEY
    file = tmp_path / "heads"
    call_command("log_head", to=file)
    return file


def test_a_head_says_where_the_chain_stood_and_is_found_in_it_later(signed: Path, linked: World) -> None:
    fields = json.loads(signed.read_text())
    newest = LogLink.objects.latest("position")
    assert fields["position"] == newest.position
    assert fields["chain"] == bytes(newest.chain).hex()
    assert fields["day"] == str(on(3).date())
    assert fields["counts"] == {"event": Event.objects.count(), "access": 6}
    look_at_case(case=AccessRecord.objects.latest("pk").case, actor=linked.maja, now=on(5))
    link_all(5)
    call_command("log_head", to=signed)
    code, said = verify(head=signed)
    assert (code, "Sammenlignet med gemte hoveder: 2" in said) == (0, True)


def test_a_tail_that_was_cut_off_beyond_a_head_shows(signed: Path, linked: World) -> None:
    last = LogLink.objects.latest("position")
    tamper("DELETE FROM coordination_loglink WHERE position = %s", last.position)
    tamper("DELETE FROM coordination_accessrecord WHERE id = %s", last.row_id)
    assert faults() == []
    code, said = verify(head=signed)
    assert code == 1
    assert f"led {last.position}) er ikke længere i kæden" in said


def test_a_chain_that_was_made_anew_shows(signed: Path, linked: World) -> None:
    tamper("UPDATE coordination_accessrecord SET viewer_id = viewer_id + 1")
    tamper("DELETE FROM coordination_loglink")
    link_all(3)
    assert faults() == []
    assert verify()[0] == 0
    assert verify(head=signed)[0] == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda head: {**head, "counts": {"event": 1, "access": 1}},
        lambda head: {**head, "day": "2020-01-01"},
        lambda head: {name: value for name, value in head.items() if name != "signature"},
        lambda head: {**head, "signature": base64.b64encode(bytes(64)).decode()},
        lambda head: {**head, "signature": "no base64"},
    ],
)
def test_a_head_that_was_changed_shows(
    signed: Path, linked: World, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    signed.write_text(json.dumps(change(json.loads(signed.read_text()))))
    code, said = verify(head=signed)
    assert code == 1
    assert "ikke underskrevet med denne nøgle" in said


def test_a_head_is_checked_with_the_key_that_one_trusts_not_with_the_one_it_brings(
    signed: Path, linked: World, settings: Settings
) -> None:
    printed = StringIO()
    call_command("log_head", public_key=True, stdout=printed)
    settings.LOG_SIGNING_KEY = None
    assert verify(head=signed, public_key=printed.getvalue().strip())[0] == 0
    assert "Ingen kunne kontrollere underskrifterne" in verify(head=signed)[1]
    settings.LOG_SIGNING_KEY = OTHER_KEY
    signed.write_text("")
    call_command("log_head", to=signed)
    settings.LOG_SIGNING_KEY = KEY
    assert verify(head=signed)[0] == 1


def test_without_a_key_a_head_is_not_signed_and_compared_all_the_same(linked: World, tmp_path: Path) -> None:
    printed = StringIO()
    call_command("log_head", stdout=printed)
    head, signature = parse_head(printed.getvalue())
    assert signature is None
    assert head.position == LogLink.objects.count()
    file = tmp_path / "head"
    file.write_text(printed.getvalue())
    assert verify(head=file)[0] == 0
    with pytest.raises(CommandError, match="LOG_SIGNING_KEY"):
        call_command("log_head", public_key=True)


@pytest.mark.parametrize("words", ["", "not json", "[]", '{"form": "involver-log-1"}', '{"form": "another"}'])
def test_a_file_that_holds_no_head_is_refused(linked: World, tmp_path: Path, words: str) -> None:
    file = tmp_path / "head"
    file.write_text(words)
    with pytest.raises(CommandError) as refused:
        call_command("verify_log", head=file)
    assert refused.value.returncode == 2
    with pytest.raises(CommandError):
        call_command("verify_log", head=tmp_path / "nowhere")


# --- Clearing -----------------------------------------------------------------------------------------------
def test_looks_are_cleared_after_so_many_months_and_the_chain_still_holds(linked: World, settings: Settings) -> None:
    settings.ACCESS_LOG_MONTHS = 24
    events = Event.objects.count()
    assert clear_logs(now=on(700)) == 0
    look_at_case(case=AccessRecord.objects.latest("pk").case, actor=linked.maja, now=on(700))
    link_all(700)
    assert clear_logs(now=on(800), batch=4) == 4
    assert clear_logs(now=on(800), batch=4) == 2
    assert clear_logs(now=on(800)) == 0
    assert [row.at for row in AccessRecord.objects.all()] == [on(700)]
    assert Event.objects.exclude(kind=EventKind.LOG_CLEARED).count() == events
    [cleared] = LogCleared.objects.all()
    [told] = Event.objects.filter(kind=EventKind.LOG_CLEARED)
    assert (told.subject, told.subject_id, told.actor) == ("logcleared", cleared.pk, None)
    link_all(800)
    assert faults() == []
    assert check_chain(now=AFTERWARDS).rightly_gone == 6
    assert verify()[0] == 0


def test_what_is_not_linked_is_not_cleared(world: World) -> None:
    look_at_case(case=a_case(world), actor=world.maja, now=on(1))
    assert clear_logs(now=on(1000)) == 0
    link_all(1000)
    assert clear_logs(now=on(1000)) == 0
    assert clear_logs(now=on(2000)) == 1


def test_a_row_removed_that_was_not_to_be_cleared_shows_after_a_clearing_too(linked: World) -> None:
    look_at_case(case=AccessRecord.objects.latest("pk").case, actor=linked.maja, now=on(790))
    link_all(790)
    assert clear_logs(now=on(800)) == 6
    kept = AccessRecord.objects.get()
    tamper("DELETE FROM coordination_accessrecord")
    assert faults() == [(Fault.MISSING, position_of(kept))]


@pytest.mark.parametrize("at", [on(4, hours=1), on(100), on(5000)])
def test_a_clearing_that_somebody_made_up_shows(linked: World, at: datetime) -> None:
    """The database lets go of what such a row says; but nothing is cleared so soon, nor in years to come."""
    LogCleared.objects.create(log=Log.ACCESS, before=on(4), at=at)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM coordination_accessrecord")
    assert len(faults()) == 6


def test_however_few_months_are_set_half_a_year_is_kept(linked: World, settings: Settings) -> None:
    settings.ACCESS_LOG_MONTHS = 0
    assert clear_logs(now=on(180)) == 0
    assert clear_logs(now=on(230)) == 6
