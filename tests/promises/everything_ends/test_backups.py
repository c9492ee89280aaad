"""Erasing reaches old backups, too: what was erased is erased again after a restore, and nothing opens it before."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from coordination.commands.erasures import erase_case
from coordination.commands.linking import link_rows
from coordination.commands.notes import write_note
from coordination.commands.same_references import SameReference
from coordination.models import (
    Case,
    CaseKey,
    Erasure,
    ErasureCause,
    Event,
    EventKind,
    NoteRule,
    PracticalNote,
    Reference,
)
from coordination.privacy.references import ReferenceLost, index_number, open_number
from tests.builders import World, a_case_with_reference, on
from tests.guards import unguarded
from tests.promises.everything_ends.ending import a_closed_case, an_officer
from tests.rows import numbers_go_on

pytestmark = pytest.mark.django_db(transaction=True)
GONE, KEPT = "P-2026-93174", "P-2026-2"


@pytest.fixture(autouse=True)
def afterwards_all_is_as_before(transactional_db: None) -> Iterator[None]:
    """Some tests here empty the database. Behind each of them it holds again what it came with."""
    with numbers_go_on():
        yield


def back_up(folder: Path) -> Path:
    """Make a backup, and give the file with its data."""
    out = StringIO()
    call_command("backup", folder, stdout=out)
    return folder / out.getvalue().split(",")[0]


def an_empty_database() -> None:
    """Let the database hold nothing, as after a disaster."""
    with unguarded():
        call_command("flush", interactive=False, verbosity=0)
    assert not Case.objects.exists()


def restore(folder: Path, **how: object) -> str:
    """Restore, and give what was said."""
    out = StringIO()
    call_command("restore", folder, stdout=out, **how)
    return out.getvalue()


def lines_of(path: Path) -> list[dict[str, object]]:
    """What a file beside the data holds."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def content_of(data: Path) -> bytes:
    """Everything that stands in a file of data, unpacked."""
    if data.suffix != ".zip":
        return data.read_bytes()
    with zipfile.ZipFile(data) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def a_story(world: World, folder: Path) -> tuple[Case, Path]:
    """A backup is made; then a case is erased; and another backup is made, which replaces the keys and the receipts."""
    officer = an_officer(world)
    gone, _kept = a_closed_case(world, GONE), a_case_with_reference(world, KEPT, invite=[])
    old = back_up(folder)
    erase_case(case=Case.objects.get(pk=gone.pk), cause=ErasureCause.SUBJECT_REQUEST, actor=officer, now=on(3))
    new = back_up(folder / "new")
    assert new.exists()
    for name in ("keys.jsonl", "erasures.jsonl"):
        (folder / "new" / name).replace(folder / name)
    return gone, old


def test_what_was_erased_after_the_backup_is_erased_again_by_the_restore(world: World, tmp_path: Path) -> None:
    gone, old = a_story(world, tmp_path)
    an_empty_database()
    said = restore(tmp_path, data=old)
    assert "Erased again: 1." in said
    assert not Case.objects.filter(pk=gone.pk).exists()
    assert Erasure.objects.get().case_number == gone.pk
    assert Event.objects.filter(kind=EventKind.CASE_ERASED, subject_id=gone.pk).exists()
    [reference] = Reference.objects.select_related("case", "system")
    assert open_number(reference) == KEPT
    connection.check_constraints()


def test_old_data_and_the_latest_keys_do_not_open_what_was_erased(world: World, tmp_path: Path) -> None:
    gone, old = a_story(world, tmp_path)
    (tmp_path / "erasures.jsonl").write_text("")  # nobody replays anything
    an_empty_database()
    restore(tmp_path, data=old)
    reference = Reference.objects.select_related("case", "system").get(case=gone.pk)
    with pytest.raises(ReferenceLost):
        open_number(reference)
    # Nor can its number be found out by trying all of them.
    assert bytes(reference.number_index) != index_number(reference.system, GONE)
    assert open_number(Reference.objects.select_related("case").exclude(case=gone.pk).get()) == KEPT


def test_no_practical_note_is_in_a_backup(world: World, tmp_path: Path) -> None:
    NoteRule.objects.create(root=world.town, is_on=True)
    case = a_case_with_reference(world, KEPT)
    write_note(ask=case.invitations.get(), text="lokale 4, indgang 7b", actor=world.maja, now=on(1))
    data = back_up(tmp_path)
    assert b"indgang 7b" not in content_of(data)
    an_empty_database()
    restore(tmp_path)
    assert Case.objects.exists()
    assert not PracticalNote.objects.exists()


def test_the_data_hold_no_key_no_index_and_no_number(world: World, tmp_path: Path) -> None:
    case = a_closed_case(world, GONE)
    reference = case.references.select_related("system").get()
    secrets = [bytes(reference.number_index), bytes(CaseKey.objects.get(case=case).sealed_key), GONE.encode()]
    content = content_of(back_up(tmp_path))
    for secret in secrets:
        assert secret not in content
        assert secret.hex().encode() not in content
    # What is looked for would be found: what is encrypted is there.
    sealed = bytes(reference.sealed_number)
    assert sealed in content or sealed.hex().encode() in content


def test_everything_else_comes_back_and_works(world: World, tmp_path: Path) -> None:
    a_closed_case(world, GONE)
    a_case_with_reference(world, KEPT, invite=[])
    while link_rows(now=on(2)):
        pass
    before = {model: list(model.objects.order_by("pk").values()) for model in (Case, Event)}
    back_up(tmp_path)
    an_empty_database()
    restore(tmp_path)
    assert {model: list(model.objects.order_by("pk").values()) for model in before} == before
    call_command("verify_log", stdout=StringIO())
    world.school.refresh_from_db()
    world.other_school.refresh_from_db()
    with pytest.raises(SameReference):
        a_case_with_reference(world, KEPT, invite=[], actor=world.ove, unit=world.other_school, now=on(3))
    assert a_case_with_reference(world, "P-2026-3", invite=[], now=on(3)).pk > max(row["id"] for row in before[Case])


def test_no_new_case_gets_the_number_of_one_that_was_erased(world: World, tmp_path: Path) -> None:
    back_up(tmp_path)
    officer, case = an_officer(world), a_closed_case(world, GONE)
    number = case.pk
    erase_case(case=case, cause=ErasureCause.MISTAKE, actor=officer, now=on(3))
    back_up(tmp_path / "new")
    (tmp_path / "new" / "erasures.jsonl").replace(tmp_path / "erasures.jsonl")
    an_empty_database()
    said = restore(tmp_path)
    assert "Gone already: 1." in said
    assert Erasure.objects.get().by is None  # the officer came after the backup
    assert a_case_with_reference(world, KEPT, invite=[], now=on(5)).pk > number


def test_the_keys_are_those_of_the_cases_that_there_are_and_replaced_each_time(world: World, tmp_path: Path) -> None:
    officer = an_officer(world)
    gone, kept = a_closed_case(world, GONE), a_case_with_reference(world, KEPT, invite=[])
    back_up(tmp_path)
    assert {line["case"] for line in lines_of(tmp_path / "keys.jsonl")} == {gone.pk, kept.pk}
    number = gone.pk
    erase_case(case=gone, cause=ErasureCause.MISTAKE, actor=officer, now=on(3))
    back_up(tmp_path)
    assert {line["case"] for line in lines_of(tmp_path / "keys.jsonl")} == {kept.pk}
    [receipt] = lines_of(tmp_path / "erasures.jsonl")
    assert receipt["case_number"] == number
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())
    assert {path.name.split("-")[0] for path in tmp_path.iterdir()} == {"data", "keys.jsonl", "erasures.jsonl"}


def test_receipts_are_replayed_twice_without_harm(world: World, tmp_path: Path) -> None:
    a_story(world, tmp_path)
    for _twice in range(2):
        out = StringIO()
        call_command("replay_erasures", tmp_path / "erasures.jsonl", stdout=out)
        assert "Erased again: 0. Gone already: 1." in out.getvalue()
    assert Erasure.objects.count() == 1


def test_a_receipt_of_another_case_erases_nothing_and_says_so(world: World, tmp_path: Path, settings: Settings) -> None:
    gone, old = a_story(world, tmp_path)
    an_empty_database()
    settings.INDEX_KEY = b"another".ljust(32, b"!")
    errors = StringIO()
    with pytest.raises(SystemExit):
        call_command("restore", tmp_path, data=old, stdout=StringIO(), stderr=errors)
    assert str(gone.pk) in errors.getvalue()
    assert Case.objects.filter(pk=gone.pk).exists()


def test_a_database_with_cases_is_not_written_over(world: World, tmp_path: Path) -> None:
    case = a_closed_case(world, GONE)
    back_up(tmp_path)
    with pytest.raises(CommandError, match="holds cases"):
        call_command("restore", tmp_path, stdout=StringIO())
    assert Case.objects.filter(pk=case.pk).exists()


@pytest.mark.parametrize("spoilt", ["data", "keys.jsonl", "erasures.jsonl"])
def test_a_file_that_is_no_backup_is_refused_in_words(world: World, tmp_path: Path, spoilt: str) -> None:
    data = back_up(tmp_path)
    path = data if spoilt == "data" else tmp_path / spoilt
    path.write_text("nonsense")
    an_empty_database()
    with pytest.raises(CommandError, match=path.name):
        call_command("restore", tmp_path, stdout=StringIO())


def test_without_a_backup_there_is_nothing_to_restore(tmp_path: Path) -> None:
    (tmp_path / "keys.jsonl").touch()
    (tmp_path / "erasures.jsonl").touch()
    with pytest.raises(CommandError, match="There is no data"):
        call_command("restore", tmp_path, stdout=StringIO())


@pytest.mark.sqlite
def test_what_is_deleted_does_not_stand_on_free_pages_of_the_data(world: World, tmp_path: Path) -> None:
    data = back_up(tmp_path)
    with closing(sqlite3.connect(data)) as found:
        assert found.execute("PRAGMA freelist_count").fetchone() == (0,)
        assert found.execute("SELECT count(*) FROM coordination_casekey").fetchone() == (0,)
