"""Whatever looks like a CPR number is found, in any spelling; numbers of other things are not taken for one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coordination.models import ReferenceSystem
from coordination.privacy.cpr import looks_like_cpr, may_hide_cpr

# None of these belongs to anybody: the serial numbers are made up, most fail modulus 11.
SPELLINGS = {
    "plain": "0101901234",
    "with a dash": "010190-1234",
    "with a space": "010190 1234",
    "with dots": "01.01.90.1234",
    "with slashes": "01/01/90-1234",
    "with an en dash": "010190\u20131234",
    "with a minus sign": "010190\u22121234",
    "with a no-break space": "010190\u00a01234",
    "with many spaces": "0 1 0 1 9 0 - 1 2 3 4",
    "with an underscore": "010190_1234",
    "with a line break": "010190\n1234",
    "with a zero-width space": "010190\u200b1234",
    "with a soft hyphen": "0101\u00ad901234",
    "with a zero-width joiner in it": "01\u200d01\u200d90\u200d12\u200d34",
    "with direction marks": "\u202d010190-1234\u202c",
    "with a byte order mark": "\ufeff0101901234",
    "in full-width digits": "\uff10\uff11\uff10\uff11\uff19\uff10-\uff11\uff12\uff13\uff14",
    "in Arabic-Indic digits": "\u0660\u0661\u0660\u0661\u0669\u0660-\u0661\u0662\u0663\u0664",
    "in Persian digits": "\u06f0\u06f1\u06f0\u06f1\u06f9\u06f0\u06f1\u06f2\u06f3\u06f4",
    "in mathematical digits": "".join(chr(0x1D7CE + int(digit)) for digit in "0101901234"),
    "in superscript": "\u2070\u00b9\u2070\u00b9\u2079\u2070-\u00b9\u00b2\u00b3\u2074",
    "with letters O": "O1O19O-1234",
    "with small letters l": "0l0l90-l234",
    "with letters I": "0I0I90-I234",
    "with bars": "0|0|90-|234",
    "with a letter Q": "Q1Q190-1234",
    "with a letter beside something unseen": "01019\u200bO-1234",
    "with a year of four digits": "01011990-1234",
    "with a year of this century": "01012015 1234",
    "with dots and a year of four digits": "01.01.1990-1234",
    "of the last day of a month": "311299-0001",
    "of a leap day": "290200-4321",
    "a replacement number": "610190-1234",
    "a replacement number of the last day": "911299-1234",
    "a replacement number with a year of four digits": "61011990-1234",
    "after other text": "Sag 010190-1234",
    "before other text": "010190-1234, se journal",
    "glued to text": "cpr010190-1234x",
    "with a letter between": "010190a1234",
    "with a word between": "010190 cpr 1234",
    "after other digits": "27 010190-1234",
    "before other digits": "010190-1234 5",
    "inside a journal number": "P-2026-010190-1234",
    "with a bracket": "(010190) 1234",
    "with its halves underlined": "0\u03321\u03320\u03321\u03329\u03320\u0332-1234",
}
OTHER_NUMBERS = {
    "nothing": "",
    "a word": "Bakkeskolen",
    "a phone number": "89151515",
    "a phone number in pairs": "89 15 15 15",
    "a phone number with its country": "+45 12 01 90 12",
    "a phone number with its country, together": "+4512019012",
    "a CVR number": "29189668",
    "an EAN number": "5798005792110",
    "an EAN number in groups": "57 98005 792110",
    "a KLE number": "27.24.00",
    "a KLE number with a facet": "27.24.00-G01",
    "a journal number whose KLE number could be a day": "17.01.04-G01-12-26",
    "a journal number with a serial number of four": "27.12.06-G01-1234-26",
    "a journal number with a serial number of six": "27.03.12-G01-120345-26",
    "a journal number in small letters": "27.12.06-g01-1234-26",
    "a date": "01.01.1990",
    "a date of the calendar": "2026-01-01",
    "a date and a time": "2026-01-01 10:30",
    "a school year": "2025/2026",
    "a month that is none": "011390-1234",
    "a day that is none": "320190-1234",
    "a day of February that never is": "300290-1234",
    "a replacement day that is none": "920190-1234",
    "day nought": "000190-1234",
    "month nought": "010090-1234",
    "nine digits": "010190-123",
    "eleven digits": "01019012345",
    "a code of a case": "K7M3-92QD",
}
PLAUSIBLE = st.dates(date(1900, 1, 1), date(2057, 12, 31))
SERIALS = st.text("0123456789", min_size=4, max_size=4)
# What may stand between any two digits: nothing at all, spaces, dashes, dots, slashes, and what cannot be seen.
BETWEEN = st.sampled_from(
    ["", "", " ", "-", "\u2013", "\u2014", ".", "/", "\u200b", "\u00a0", "\u2060", "_", ":", ", "]
)
SCRIPTS = st.sampled_from([0x30, 0xFF10, 0x660, 0x6F0, 0x966, 0x1D7CE, 0x1D7F6])


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_cpr_number_is_found_in_any_spelling(spelling: str) -> None:
    assert looks_like_cpr(spelling)


@pytest.mark.parametrize("number", OTHER_NUMBERS.values(), ids=OTHER_NUMBERS.keys())
def test_a_number_of_something_else_is_not_taken_for_one(number: str) -> None:
    assert not looks_like_cpr(number)


@pytest.mark.django_db
def test_the_numbers_of_every_shipped_system_are_accepted() -> None:
    examples = list(ReferenceSystem.objects.values_list("example", flat=True))
    assert len(examples) >= 5
    assert not [example for example in examples if looks_like_cpr(example)]


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """Write the number of somebody born on a plausible day, in some script, with anything between the digits."""
    born = draw(PLAUSIBLE)
    day = born.day + (60 if draw(st.booleans()) else 0)
    year = born.year if draw(st.booleans()) else born.year % 100
    script = draw(SCRIPTS)
    digits = f"{day:02d}{born.month:02d}{year:02d}{draw(SERIALS)}"
    written = "".join(chr(script + int(digit)) + draw(BETWEEN) for digit in digits)
    before = draw(st.sampled_from(["", "Sag ", "nr. ", "P-2026-", "("]))
    return before + written + draw(st.sampled_from(["", " ", ".", ") se SBSYS", " 7"]))


@given(spellings())
def test_every_plausible_day_with_four_digits_is_found(text: str) -> None:
    assert looks_like_cpr(text)


@given(st.text(max_size=60))
def test_no_text_at_all_upsets_the_search(text: str) -> None:
    assert looks_like_cpr(text) in (True, False)


@given(st.integers(0, 99_999_999))
def test_no_number_of_eight_digits_is_taken_for_one(number: int) -> None:
    assert not looks_like_cpr(f"{number:08d}")


@given(
    kle=st.tuples(*[st.integers(0, 99)] * 3),
    facet=st.sampled_from("AGIKPS"),
    facet_number=st.integers(0, 99),
    serial=st.integers(1, 999_999),
    year=st.integers(0, 99),
)
def test_no_journal_number_built_on_kle_is_taken_for_one(
    kle: tuple[int, ...], facet: str, facet_number: int, serial: int, year: int
) -> None:
    subject = ".".join(f"{part:02d}" for part in kle)
    assert not looks_like_cpr(f"{subject}-{facet}{facet_number:02d}-{serial}-{year:02d}")


# --- In the number of a record --------------------------------------------------------------------------------
HIDDEN = {
    "behind one digit": "10101901234",
    "before one digit": "01019012341",
    "in the middle": "7701019012347",
    "behind a letter that looks like a digit": "O0101901234",
    "behind a year": "2026-0101901234",
    "in groups that are cut elsewhere": "1010-1901-2345",
    "with a letter in the middle": "9010190A12349",
    "behind a facet that is none of KLE": "010190-G01-1234",
    "after a facet of KLE": "27.12.06-G01-0101901234-26",
}


@pytest.mark.parametrize("number", [*SPELLINGS.values(), *HIDDEN.values()], ids=[*SPELLINGS.keys(), *HIDDEN.keys()])
def test_a_cpr_number_is_found_wherever_it_stands_in_the_number_of_a_record(number: str) -> None:
    assert may_hide_cpr(number)


@given(st.text("0123456789", max_size=14), spellings(), st.text("0123456789", max_size=14))
def test_no_digits_around_it_hide_one(before: str, text: str, after: str) -> None:
    assert may_hide_cpr(before + text + after)


@given(st.text("0123456789-. GO", max_size=24))
def test_whatever_looks_like_one_among_words_does_so_in_the_number_of_a_record(text: str) -> None:
    assert may_hide_cpr(text) or not looks_like_cpr(text)


@given(st.text("0123456789-. ", max_size=9))
def test_fewer_than_ten_digits_hide_nothing(number: str) -> None:
    assert not may_hide_cpr(number)


@pytest.mark.django_db
def test_no_number_of_a_shipped_system_is_refused_as_one() -> None:
    for pattern in ReferenceSystem.objects.values_list("pattern", flat=True):

        @given(st.from_regex(pattern, fullmatch=True))
        @settings(max_examples=60, database=None)
        def is_taken(number: str) -> None:
            assert not may_hide_cpr(number)

        is_taken()
