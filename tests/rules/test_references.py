"""References at rest: sealed for their row under the key of their case, found again through a blind index."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from coordination.commands.bases import record_basis
from coordination.commands.cases import ReferenceDraft, add_reference
from coordination.errors import Unacceptable
from coordination.models import Case, CaseKey, Reference, ReferenceSystem
from coordination.privacy.case_keys import new_key, wrap_key
from coordination.privacy.references import (
    MAX_NUMBER_LENGTH,
    ReferenceLost,
    index_number,
    is_under_case_key,
    open_number,
    read_number,
    seal_number,
)
from coordination.privacy.sealing import seal, split_key_id
from tests.builders import World, a_case, a_case_with_reference, a_consent, on, term

OLD, NEW = b"o" * 32, b"n" * 32
PPR = ReferenceSystem(
    code="ppr_journal", pattern="P-[0-9]{4}-[0-9]{1,5}", example="P-2026-1042", label_da="PPR-journal"
)
AULA = ReferenceSystem(code="aula", pattern="A[0-9]{6,8}", example="A1048221", label_da="Aula")
ANYTHING = ReferenceSystem(code="anything", pattern=".*", example="42", label_da="Alt")


def a_sealed(number: str, code: str = "K7M3-92QD") -> Reference:
    """A reference that is not stored anywhere, of a case with a key of its own."""
    uid, key, case = uuid4(), new_key(), Case(code=code)
    CaseKey(case=case, sealed_key=wrap_key(key, case_code=code))
    return Reference(uid=uid, case=case, sealed_number=seal_number(number, key, uid=uid, case_code=code))


def a_reference_from_before(number: str, code: str = "K7M3-92QD") -> Reference:
    """A reference as it was sealed before cases had keys."""
    uid = uuid4()
    place = f"coordination.Reference.sealed_number:{code}:{uid}"
    return Reference(uid=uid, case=Case(code=code), sealed_number=seal(number, place=place))


@given(number=st.text(min_size=1, max_size=MAX_NUMBER_LENGTH))
def test_what_is_sealed_opens_to_the_same(number: str) -> None:
    assert open_number(a_sealed(number)) == number


def test_nothing_of_the_number_can_be_read_in_what_is_stored_and_equal_numbers_look_different() -> None:
    first, second = a_sealed("P-2026-1042"), a_sealed("P-2026-1042")
    assert b"1042" not in first.sealed_number
    assert first.sealed_number != second.sealed_number


def test_a_number_moved_to_another_row_does_not_open() -> None:
    mine, theirs = a_sealed("P-2026-1"), a_sealed("P-2026-2")
    mine.sealed_number, theirs.sealed_number = theirs.sealed_number, mine.sealed_number
    for swapped in (mine, theirs):
        with pytest.raises(ReferenceLost):
            open_number(swapped)


def test_a_row_moved_to_another_case_does_not_open() -> None:
    moved = a_sealed("P-2026-1")
    moved.case, own = Case(code="BBBB-2222"), moved.case.own_key
    CaseKey(case=moved.case, sealed_key=own.sealed_key)
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
    assert split_key_id(before.case.own_key.sealed_key)[0] == "old"
    assert split_key_id(after.case.own_key.sealed_key)[0] == "new"
    assert open_number(before) == open_number(after) == "P-2026-1"


def test_what_was_sealed_before_cases_had_keys_stays_readable() -> None:
    before = a_reference_from_before("P-2026-1")
    assert not is_under_case_key(before)
    assert open_number(before) == "P-2026-1"
    assert is_under_case_key(a_sealed("P-2026-1"))


def test_without_the_key_of_its_case_a_number_is_lost() -> None:
    sealed = a_sealed("P-2026-1")
    CaseKey(case=sealed.case, sealed_key=wrap_key(new_key(), case_code=sealed.case.code))
    with pytest.raises(ReferenceLost):
        open_number(sealed)


def test_the_key_of_one_case_opens_nothing_of_another() -> None:
    mine, theirs = a_sealed("P-2026-1"), a_sealed("P-2026-2", code="BBBB-2222")
    CaseKey(case=theirs.case, sealed_key=mine.case.own_key.sealed_key)
    with pytest.raises(ReferenceLost):
        open_number(theirs)


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


def test_a_basis_does_not_touch_what_is_sealed(world: World) -> None:
    case = a_case_with_reference(world)
    before = [bytes(reference.sealed_number) for reference in case.references.all()]
    record_basis(case=case, draft=a_consent(30), actor=world.maja, now=on(1))
    assert [bytes(reference.sealed_number) for reference in case.references.all()] == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_number FROM coordination_reference")
        assert all(b"1042" not in bytes(row[0]) for row in cursor.fetchall())
