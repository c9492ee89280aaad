"""The aims, on texts that were written before the rules and kept apart, and on texts in other styles written after."""

from __future__ import annotations

import pytest

from tests.screening.rates import (
    AIM_OF_SPECIAL,
    AIMS,
    MOST_BLOCKED,
    MOST_FLAGGED,
    MOST_UNFLAGGED,
    Rates,
    measure,
)


@pytest.fixture(scope="module")
def held() -> Rates:
    return measure("held")


@pytest.mark.parametrize("kind", AIMS)
def test_what_is_kept_apart_is_found(held: Rates, kind: str) -> None:
    assert held.marks[kind] >= 30
    assert held.share(kind) >= AIMS[kind]


def test_special_categories_are_found(held: Rates) -> None:
    assert held.marks["special"] >= 80
    assert held.share("special") >= AIM_OF_SPECIAL


def test_few_texts_with_personal_data_pass_without_a_flag(held: Rates) -> None:
    assert held.personal >= 300
    assert held.unflagged <= MOST_UNFLAGGED * held.personal


def test_few_ordinary_texts_are_refused_or_flagged(held: Rates) -> None:
    assert held.ordinary >= 300
    assert held.blocked <= MOST_BLOCKED * held.ordinary
    assert held.flagged <= MOST_FLAGGED * held.ordinary
