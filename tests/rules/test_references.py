"""References at rest: sealed for their row, found again through a blind index, re-sealed under another key."""

from __future__ import annotations

from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from coordination.commands import keys
from coordination.commands.bases import record_basis
from coordination.commands.cases import ReferenceDraft, add_reference
from coordination.commands.keys import count_left, reseal_references
from coordination.errors import Unacceptable
from coordination.models import Case, Reference, ReferencePurpose, ReferenceSystem
from coordination.privacy.references import (
    MAX_NUMBER_LENGTH,
    ReferenceLost,
    index_number,
    open_number,
    read_number,
    seal_number,
    split_key_id,
)
from tests.builders import World, a_case, a_case_with_reference, a_consent, on, term

OLD, NEW = b"o" * 32, b"n" * 32
PPR = ReferenceSystem(
    code="ppr_journal", pattern="P-[0-9]{4}-[0-9]{1,5}", example="P-2026-1042", label_da="PPR-journal"
)
AULA = ReferenceSystem(code="aula", pattern="A[0-9]{6,8}", example="A1048221", label_da="Aula")
ANYTHING = ReferenceSystem(code="anything", pattern=".*", example="42", label_da="Alt")


def a_sealed(number: str, code: str = "K7M3-92QD") -> Reference:
    """A reference that is not stored anywhere."""
    uid = uuid4()
    return Reference(uid=uid, case=Case(code=code), sealed_number=seal_number(number, uid=uid, case_code=code))


@given(number=st.text(min_size=1, max_size=MAX_NUMBER_LENGTH))
def test_what_is_sealed_opens_to_the_same(number: str) -> None:
    assert open_number(a_sealed(number)) == number


def test_nothing_of_the_number_can_be_read_in_what_is_stored_and_equal_numbers_look_different() -> None:
    first, second = a_sealed("P-2026-1042"), a_sealed("P-2026-1042")
    assert b"1042" not in first.sealed_number
    assert split_key_id(first)[1] != split_key_id(second)[1]
    assert first.sealed_number != second.sealed_number


def test_a_number_moved_to_another_row_does_not_open() -> None:
    mine, theirs = a_sealed("P-2026-1"), a_sealed("P-2026-2")
    mine.sealed_number, theirs.sealed_number = theirs.sealed_number, mine.sealed_number
    for swapped in (mine, theirs):
        with pytest.raises(ReferenceLost):
            open_number(swapped)


def test_a_row_moved_to_another_case_does_not_open() -> None:
    moved = a_sealed("P-2026-1")
    moved.case = Case(code="BBBB-2222")
    with pytest.raises(ReferenceLost):
        open_number(moved)


def test_a_number_with_one_bit_changed_does_not_open() -> None:
    broken = a_sealed("P-2026-1")
    stored = bytes(broken.sealed_number)
    broken.sealed_number = stored[:-1] + bytes([stored[-1] ^ 1])
    with pytest.raises(ReferenceLost):
        open_number(broken)


def test_without_its_key_a_number_is_lost_and_says_so(settings: Settings) -> None:
    sealed = a_sealed("P-2026-1")
    settings.REFERENCE_KEYS = {"2": NEW}
    with pytest.raises(ReferenceLost):
        open_number(sealed)


def test_under_a_wrong_key_of_the_same_name_a_number_does_not_open(settings: Settings) -> None:
    settings.REFERENCE_KEYS = {"1": OLD}
    sealed = a_sealed("P-2026-1")
    settings.REFERENCE_KEYS = {"1": NEW}
    with pytest.raises(ReferenceLost):
        open_number(sealed)


def test_the_first_key_seals_and_every_key_opens(settings: Settings) -> None:
    settings.REFERENCE_KEYS = {"old": OLD}
    before = a_sealed("P-2026-1")
    settings.REFERENCE_KEYS = {"new": NEW, "old": OLD}
    after = a_sealed("P-2026-1")
    assert split_key_id(before)[0] == "old"
    assert split_key_id(after)[0] == "new"
    assert open_number(before) == open_number(after) == "P-2026-1"


@pytest.mark.parametrize("spelling", ["p-2026-1042", " P-2026-1042 ", "P 2026 1042", "P.2026/1042", "P20261042"])
def test_spellings_of_one_number_have_one_index(spelling: str) -> None:
    assert index_number(PPR, spelling) == index_number(PPR, "P-2026-1042")


def test_another_number_another_system_or_another_key_has_another_index(settings: Settings) -> None:
    index = index_number(PPR, "P-2026-1042")
    assert len(index) == 32
    assert index_number(PPR, "P-2026-1043") != index
    assert index_number(ANYTHING, "P-2026-1042") != index
    settings.INDEX_KEY = NEW
    assert index_number(PPR, "P-2026-1042") != index


def test_a_number_is_read_trimmed_and_in_capitals() -> None:
    assert read_number(PPR, "  p-2026-1042\t") == "P-2026-1042"


@pytest.mark.parametrize(
    "typed", ["", "P-2026", "A1048221", "P-2026-1042x", "xP-2026-1042", "Maja Holm", "P-2026-1\n2"]
)
def test_a_number_that_the_system_does_not_have_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Unacceptable, match="P-2026-1042") as refused:
        read_number(PPR, typed)
    assert refused.value.field == "number"


def test_a_number_that_is_too_long_is_refused_whatever_the_pattern() -> None:
    with pytest.raises(Unacceptable):
        read_number(ANYTHING, "A" * (MAX_NUMBER_LENGTH + 1))
    assert read_number(ANYTHING, "A" * MAX_NUMBER_LENGTH)


@pytest.mark.parametrize("system", [PPR, AULA, ANYTHING], ids=lambda system: system.code)
@pytest.mark.parametrize("typed", ["010190-1234", "A 010190 1234", "610190.1234", "01011990-1234"])
def test_a_cpr_number_is_refused_for_every_system_and_not_repeated(system: ReferenceSystem, typed: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        read_number(system, typed)
    assert "CPR" in str(refused.value.message)
    assert "1234" not in str(refused.value.message)


@pytest.mark.parametrize("typed", ["10101901234", "0101901234-77", "7 010190 1234 7", "A9101901234"])
def test_a_pattern_that_wants_more_digits_does_not_hide_a_cpr_number(typed: str) -> None:
    with pytest.raises(Unacceptable, match="CPR"):
        read_number(ANYTHING, typed)


def test_a_long_number_in_which_no_ten_digits_could_be_a_cpr_number_is_read() -> None:
    assert read_number(ANYTHING, "99887766554433") == "99887766554433"


def test_a_refused_cpr_number_is_stored_nowhere(world: World) -> None:
    case = a_case(world)
    with pytest.raises(Unacceptable):
        add_reference(
            case=case,
            reference=ReferenceDraft(term(ReferenceSystem, "dubu"), "010190-1234"),
            basis=a_consent(),
            actor=world.maja,
            now=on(1),
        )
    assert not case.references.exists()


# --- Another key --------------------------------------------------------------------------------------------


def three_references(world: World) -> list[Reference]:
    """References of three cases."""
    for number in range(3):
        a_case_with_reference(world, f"P-2026-{number + 1}")
    return list(Reference.objects.select_related("case").order_by("pk"))


def opened() -> list[str]:
    """The numbers of all references, opened."""
    return [open_number(reference) for reference in Reference.objects.select_related("case").order_by("pk")]


def key_ids() -> list[str]:
    """Under which keys the references are sealed."""
    return [split_key_id(reference)[0] for reference in Reference.objects.order_by("pk")]


def test_references_are_resealed_batch_by_batch_until_none_is_left(world: World, settings: Settings) -> None:
    settings.REFERENCE_KEYS = {"old": OLD}
    three_references(world)
    settings.REFERENCE_KEYS = {"new": NEW, "old": OLD}
    assert reseal_references(limit=2) == 2
    assert key_ids() == ["new", "new", "old"]
    assert opened() == ["P-2026-1", "P-2026-2", "P-2026-3"]
    assert reseal_references(limit=2) == 1
    assert reseal_references(limit=2) == 0
    settings.REFERENCE_KEYS = {"new": NEW}
    assert opened() == ["P-2026-1", "P-2026-2", "P-2026-3"]


def test_a_key_whose_name_begins_like_the_current_one_is_another_key(world: World, settings: Settings) -> None:
    settings.REFERENCE_KEYS = {"10": OLD}
    three_references(world)
    settings.REFERENCE_KEYS = {"1": NEW, "10": OLD}
    assert count_left() == {"10": 3}
    assert reseal_references(limit=10) == 3
    settings.REFERENCE_KEYS = {"10": OLD, "1": NEW}
    assert reseal_references(limit=10) == 3
    assert reseal_references(limit=10) == 0
    assert count_left() == {}


def test_what_is_under_the_current_key_is_left_as_it_is(world: World) -> None:
    before = [bytes(reference.sealed_number) for reference in three_references(world)]
    assert reseal_references(limit=10) == 0
    assert [bytes(reference.sealed_number) for reference in Reference.objects.order_by("pk")] == before


def test_the_minutes_of_a_meeting_are_resealed_too(world: World, settings: Settings) -> None:
    settings.REFERENCE_KEYS = {"old": OLD}
    reference = three_references(world)[0]
    Reference.objects.filter(pk=reference.pk).update(purpose=ReferencePurpose.MINUTES)
    settings.REFERENCE_KEYS = {"new": NEW, "old": OLD}
    reseal_references(limit=10)
    assert key_ids() == ["new", "new", "new"]


@pytest.mark.parametrize("key_id", ["old", "gone"])
def test_one_that_does_not_open_is_left_and_the_others_go_on(world: World, settings: Settings, key_id: str) -> None:
    settings.REFERENCE_KEYS = {"old": OLD}
    first, *_others = three_references(world)
    Reference.objects.filter(pk=first.pk).update(sealed_number=key_id.encode() + b":" + bytes(40))
    settings.REFERENCE_KEYS = {"new": NEW, "old": OLD}
    assert reseal_references(limit=1) == 1
    assert reseal_references(limit=1) == 1
    assert reseal_references(limit=1) == 0
    assert key_ids() == [key_id, "new", "new"]


def test_the_command_says_how_many_and_ends_well(world: World, settings: Settings) -> None:
    settings.REFERENCE_KEYS = {"old": OLD}
    three_references(world)
    settings.REFERENCE_KEYS = {"new": NEW, "old": OLD}
    out = StringIO()
    call_command("rotate_reference_keys", batch=2, stdout=out)
    assert "3" in out.getvalue()
    assert key_ids() == ["new"] * 3
    again = StringIO()
    call_command("rotate_reference_keys", stdout=again)
    assert "0" in again.getvalue()


def test_the_command_fails_loudly_where_some_do_not_open(world: World, settings: Settings) -> None:
    reference = three_references(world)[0]
    Reference.objects.filter(pk=reference.pk).update(sealed_number=b"gone:" + bytes(40))
    out, errors = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("rotate_reference_keys", stdout=out, stderr=errors)
    assert ended.value.code == 1
    assert "gone" in errors.getvalue()
    assert "P-2026" not in out.getvalue() + errors.getvalue()


def test_a_run_that_is_cut_short_is_taken_up_again(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REFERENCE_KEYS = {"old": OLD}
    three_references(world)
    settings.REFERENCE_KEYS = {"new": NEW, "old": OLD}
    calls: list[object] = []

    def fail_at_the_third(*args: object, **kwargs: object) -> bytes:
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return seal_number(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(keys, "seal_number", fail_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        call_command("rotate_reference_keys", batch=1, stdout=StringIO())
    assert key_ids() == ["new", "new", "old"]
    monkeypatch.undo()
    call_command("rotate_reference_keys", batch=1, stdout=StringIO())
    assert key_ids() == ["new"] * 3
    assert opened() == ["P-2026-1", "P-2026-2", "P-2026-3"]


def test_a_basis_does_not_touch_what_is_sealed(world: World) -> None:
    case = a_case_with_reference(world)
    before = [bytes(reference.sealed_number) for reference in case.references.all()]
    record_basis(case=case, draft=a_consent(30), actor=world.maja, now=on(1))
    assert [bytes(reference.sealed_number) for reference in case.references.all()] == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_number FROM coordination_reference")
        assert all(b"1042" not in bytes(row[0]) for row in cursor.fetchall())
