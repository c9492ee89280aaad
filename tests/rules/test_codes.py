"""Codes of cases can be read aloud, typed carelessly, and not guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.rules.codes import new_code, tidy_code

MANY = [new_code() for _ in range(2000)]


def test_a_code_has_the_shape_that_people_are_shown() -> None:
    assert all(len(code) == 9 and code[4] == "-" and code[0].isalpha() for code in MANY)


def test_no_sign_can_be_taken_for_another_and_no_word_comes_out() -> None:
    used = set("".join(MANY)) - {"-"}
    assert used.isdisjoint("AEIOUYÆØÅ0ILV")
    assert len(used) == 27


def test_codes_do_not_repeat_soon() -> None:
    assert len(set(MANY)) == len(MANY)


@given(number=st.integers(0, len(MANY) - 1), small=st.booleans(), dash=st.sampled_from(["-", "", " ", " - ", "\t"]))
def test_a_code_is_understood_however_it_is_typed(number: int, small: bool, dash: str) -> None:
    code = MANY[number]
    typed = f" {code.replace('-', dash)} "
    assert tidy_code(typed.lower() if small else typed) == code


@pytest.mark.parametrize(
    "typed",
    ["", "K7M3", "K7M3-92Q", "K7M3-92QDD", "K7M3-92QO", "K7M0-92QD", "K7M3/92QD", "010190-1234", "K7M3-92Q\u00e5"],
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert tidy_code(typed) is None
