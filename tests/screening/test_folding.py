"""However a text is written, the same is found, and its place counts the characters that were given."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.screening import Finding, check
from coordination.screening.folding import fold
from tests.screening.marking import findings
from tests.screening.slots import TODAY

LINES = [
    "cpr 010112-1234",
    "mor til emil, tlf 22-33-44-55",
    "f. 3/4-14 og bor skovvej 12",
    "Anne-Mette Sørensen har adhd",
    "maja@skole.dk og snabel-a",
    "går med tørklæde; far er dømt",
    "Vi mødes i lokale 2.14 onsdag kl. 13-14",
    "ring toogtyve treogtredive fireogfyrre femoghalvtreds",
]
UNSEEN = st.sampled_from(["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202a", "\u2062"])
DASHES = st.sampled_from(["\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", "\ufe63", "\uff0d"])
SURROUNDINGS = ["", "Hej. ", "obs: ", "Vi ses i morgen. ", "NB! ", "(haster) ", "… ", "\n", "\t", "😀 "]
AFTER = ["", ". Tak", " 😀", "\n", "!", " :)", ". Vi ses"]


def told(text: str) -> list[tuple[str, str, str]]:
    """What is found, each with its words as they are read."""
    return [(each.kind, each.rule, fold(text[each.start : each.end]).text) for each in findings(text)]


@given(st.text(max_size=150))
def test_every_place_lies_inside_the_text(text: str) -> None:
    for each in check(text, TODAY):
        assert 0 <= each.start < each.end <= len(text)


@given(st.text(alphabet="0123456789 -./OlI,:kltfuge@æøåEmilaJns\n\u200b\u0301", max_size=100))
def test_no_row_of_digits_and_signs_upsets_it(text: str) -> None:
    for each in check(text, TODAY):
        assert 0 <= each.start < each.end <= len(text)


@given(st.sampled_from(LINES), st.lists(st.tuples(st.integers(0, 60), UNSEEN), max_size=8))
def test_what_cannot_be_seen_changes_no_finding(line: str, unseen: list[tuple[int, str]]) -> None:
    text = line
    for at, character in unseen:
        text = text[:at] + character + text[at:]
    assert told(text) == told(line)


@given(st.sampled_from(LINES), DASHES)
def test_another_kind_of_dash_changes_no_finding(line: str, dash: str) -> None:
    assert told(line.replace("-", dash)) == told(line)


@given(st.sampled_from(LINES), st.sampled_from(SURROUNDINGS), st.sampled_from(AFTER))
def test_what_is_written_before_and_after_changes_no_finding(line: str, before: str, after: str) -> None:
    text = before + line + after
    moved = [Finding(e.kind, e.start + len(before), e.end + len(before), e.level, e.rule) for e in findings(line)]
    assert findings(text) == moved


@pytest.mark.parametrize("line", LINES)
def test_composed_and_decomposed_letters_are_the_same(line: str) -> None:
    assert told(unicodedata.normalize("NFD", line)) == told(line)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("\uff11\uff12", "12"),
        ("\u0661\u0662", "12"),
        ("a\u00a0b\tc\nd", "a b c d"),
        ("a   b", "a b"),
        ("e\u0336m\u0336i\u0336l", "emil"),
        ("em\u0456l", "emil"),
        ("М\u0430j\u0430", "Maja"),
        ("Мария", "Мария"),
        ("\U0001d404\U0001d426\U0001d426\U0001d41a", "Emma"),
        ("m\u2019s", "m's"),
        ("\u3164a", " a"),
        ("\ufb01n", "fin"),
    ],
)
def test_the_many_ways_to_write_are_read_as_one(written: str, meant: str) -> None:
    assert fold(written).text == meant


@given(st.text(max_size=80))
def test_every_character_that_is_read_comes_from_one_that_was_written(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.low) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)


def test_a_finding_marks_what_was_written_and_not_what_was_read() -> None:
    text = "ring \u200b２２ 33\u00a044\n55!"
    (found,) = findings(text)
    assert text[found.start : found.end] == "２２ 33\u00a044\n55"
