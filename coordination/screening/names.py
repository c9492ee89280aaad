"""Names of people. A first name with a surname, an initial or more names is refused; a single name is warned of.

Many names are ordinary words (sol, maj, bo, storm): such a word alone says nothing, only what stands around it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from coordination.screening.dates import MONTH_NUMBERS
from coordination.screening.findings import Kind, Level, Spot
from coordination.screening.known import Known
from coordination.screening.lists import read_words
from coordination.screening.name_words import (
    AFTER_KIN,
    BEFORE_NAMES,
    FAMILY,
    PARTICLES,
    PLACE_WORDS,
    ROOM_WORDS,
    is_common_word,
    is_institution,
    is_long_noun,
    is_never,
    is_role,
    looks_like_surname,
    rank_first,
    rank_surname,
)
from coordination.screening.words import Word

_THINGS = ("model", "metod", "kurs", "material", "temauge", "uddannels", "koncept", "program")
_OWNED = frozenset({"tlf", "telefon", "mobil", "mob", "cpr", "mail"})  # after a name: whose it is
_BEING = frozenset(f"er {state}" for state in read_words("states.txt"))


class Sure(IntEnum):
    """How much a word looks like a name."""

    NOT = 0
    CAPITAL = 1  # unknown, with a capital letter inside a sentence
    WORD = 2  # a name that is an ordinary word, too
    NAME = 3


@dataclass(frozen=True)
class Reading:
    """One word as a name."""

    word: Word
    first: Sure
    surname: Sure

    @property
    def best(self) -> Sure:
        """The better of both."""
        return max(self.first, self.surname)


def find(words: list[Word], known: Known, places: list[tuple[int, int]]) -> Iterator[Spot]:
    """Find names of people who are no known colleagues."""
    people = known.people_spans(words)
    is_title = _is_title(words)
    readings = [_read(at, words, is_title) for at in range(len(words))]
    readings = [_beside_a_name(at, readings) for at in range(len(readings))]
    for start, end in [*people, *(place for place in places if not _is_just_a_name(place, readings))]:
        readings = [_not_a_name(each) if start <= each.word.start < end else each for each in readings]
    at = 0
    while at < len(readings):
        last = _last_of_name(at, readings)
        spot = _judge(at, last, readings, known) if last >= at else None
        if spot:
            yield spot
        at = last + 1 if spot else at + 1


def _is_title(words: list[Word]) -> bool:
    """Say whether every word begins with a capital letter, which then says nothing; a row of names is no title."""
    capitals = [word for word in words if word.is_capital]
    names = sum(rank_first(word) == Sure.NAME for word in capitals)
    return len(capitals) > max(4, 0.6 * len(words)) and names < 0.25 * len(capitals)


def _is_just_a_name(place: tuple[int, int], readings: list[Reading]) -> bool:
    """Say whether a known place is called by a first name alone, with no word before it that says it is a place."""
    for at, reading in enumerate(readings):
        if (reading.word.start, reading.word.end) == place:
            return reading.first is Sure.NAME and (at == 0 or readings[at - 1].word.low not in ROOM_WORDS)
    return False


def _not_a_name(reading: Reading) -> Reading:
    return Reading(reading.word, Sure.NOT, Sure.NOT)


# --- One word -------------------------------------------------------------------------------------------------
def _read(at: int, words: list[Word], is_title: bool) -> Reading:
    word = words[at]
    is_named = rank_first(word) == Sure.NAME
    if is_never(word.low) or (is_institution(word.low) and not is_named) or _is_part_of_institution(at, words):
        return Reading(word, Sure.NOT, Sure.NOT)
    first, surname = Sure(rank_first(word)), Sure(rank_surname(word))
    if max(first, surname) is Sure.NOT and _is_unknown_capital(at, words) and not is_title:
        return Reading(word, Sure.CAPITAL, Sure.CAPITAL)
    return Reading(word, first, surname)


def _beside_a_name(at: int, readings: list[Reading]) -> Reading:
    """Take an unknown capital at the beginning for a name where one stands in a row with it: "Bilguun, Emma og Ida"."""
    reading = readings[at]
    word = reading.word
    if _stands_before_a_name(at, readings):
        return Reading(word, Sure.NAME, Sure.NOT)
    is_plain = is_never(word.low) or is_common_word(word.low) or is_role(word.low)
    if reading.best or not word.opens or not word.is_capital or is_plain:
        return reading
    after = readings[at + 1 : at + 3]
    if after and after[0].word.gap == " " and after[0].word.is_capital and after[0].best is Sure.NAME:
        return Reading(word, Sure.CAPITAL, Sure.CAPITAL)
    if after and (after[0].word.gap == ", " or (len(after) == 2 and after[0].word.low in {"og", "and"})):
        follows = after[0] if after[0].word.gap == ", " else after[1]
        if follows.first is Sure.NAME:
            return Reading(word, Sure.NAME, Sure.NOT)
    if at and word.gap in {" (", ", ", " / ", "/"} and readings[at - 1].first is Sure.NAME:
        return Reading(word, Sure.NAME, Sure.NOT)
    return reading


def _stands_before_a_name(at: int, readings: list[Reading]) -> bool:
    """Say whether a name that is a word, too, is followed by "og" and a name: "Mynte og Elva"."""
    after = readings[at + 1 : at + 3]
    return (
        readings[at].first is Sure.WORD
        and readings[at].word.is_capital
        and len(after) == 2
        and after[0].word.low in {"og", "and", "&"}
        and after[1].word.is_capital
        and after[1].first is Sure.NAME
    )


def _is_unknown_capital(at: int, words: list[Word]) -> bool:
    word = words[at]
    if not word.is_capital or len(word.text) < 3 or is_common_word(word.low):
        return False
    if word.opens:
        return False
    is_group = len(word.low) > 6 and word.low.endswith(("erne", "ene"))  # Sommerfuglene, Mariehønsene
    return not is_group and not is_long_noun(word.low) and not (at and words[at - 1].low in PLACE_WORDS)


def _is_part_of_institution(at: int, words: list[Word]) -> bool:
    """Say whether the word belongs to a name such as "Oust Mølleskolen" or "Børnehaven Solstrålen"."""
    word = words[at]
    if not word.is_capital:
        return at > 0 and words[at - 1].low in ROOM_WORDS and rank_first(word) != Sure.NAME
    if any(
        is_institution(after.low) and after.is_capital and _are_beside(words, at, at + far)
        for far, after in enumerate(words[at + 1 : at + 3], 1)
        if far == 1 or words[at + 1].is_capital
    ):
        return True
    before = words[at - 1] if at else None
    return bool(
        before
        and word.gap == " "
        and (is_institution(before.low) or before.low in ROOM_WORDS)
        and rank_first(word) < Sure.NAME
    )


def _are_beside(words: list[Word], first: int, last: int) -> bool:
    return all(words[at].gap in {" ", "-"} for at in range(first + 1, last + 1))


# --- Several words --------------------------------------------------------------------------------------------
def _last_of_name(at: int, readings: list[Reading]) -> int:
    """Give the last word of the name that begins here; a smaller number where none does."""
    if not _can_begin(at, readings):
        return at - 1
    last = at
    position = at + 1
    while position < len(readings):
        reading = readings[position]
        begun = any(each.first is Sure.NAME for each in readings[at:position])
        if reading.word.gap not in {" ", "-", ". ", "'", "."} or (
            reading.word.gap == ". " and len(readings[position - 1].word.low) > 1
        ):
            break
        if (
            reading.word.low in PARTICLES
            and position + 1 < len(readings)
            and _extends(position + 1, readings, begun=begun)
        ):
            position += 1
            continue
        if not _extends(position, readings, begun=begun):
            break
        last = position
        if _has_genitive(readings[position].word) and position > at:
            break
        position += 1
    return last


def _can_begin(at: int, readings: list[Reading]) -> bool:
    reading = readings[at]
    if reading.best >= Sure.CAPITAL:
        return True
    follows = readings[at + 1] if at + 1 < len(readings) else None
    is_initial = len(reading.word.text) == 1 and reading.word.text.isupper() and reading.word.text != "I"
    return bool(
        is_initial
        and follows
        and follows.word.gap in {". ", ".", " "}
        and (follows.surname is Sure.NAME or _is_initial_of_somebody(at, readings))
        and (follows.word.is_capital or follows.word.gap != " ")
    )


def _is_initial_of_somebody(at: int, readings: list[Reading]) -> bool:
    """Say whether the words before tell that "R. Sivakumar" is somebody, where no list has the surname."""
    follows = readings[at + 1]
    before = readings[at - 1].word.low if at else ""
    spoken_of = before in BEFORE_NAMES or before in FAMILY
    return follows.word.gap != " " and (spoken_of or readings[at].word.opens) and follows.best >= Sure.CAPITAL


def _extends(position: int, readings: list[Reading], *, begun: bool) -> bool:
    """Say whether the word goes on with the name before it; ``begun``: a first name is among what is before it."""
    reading = readings[position]
    word = reading.word
    if len(word.low) == 1:
        return begun and _is_initial(position, readings)
    if reading.best is Sure.NAME:
        return True
    if reading.best is Sure.WORD:
        return word.is_capital or (begun and reading.surname is Sure.WORD and word.gap != ". ")
    if reading.best is Sure.CAPITAL:
        return True
    return begun and looks_like_surname(word.low) and not is_never(word.low)


def _is_initial(position: int, readings: list[Reading]) -> bool:
    word = readings[position].word
    if word.gap not in {" ", "-"}:
        return False
    if word.text.isupper():
        return word.low != "i" or _is_followed_by_stop(position, readings)
    return word.low.isalpha() and word.low not in {"i", "å"} and _ends_phrase(position, readings)


def _is_followed_by_stop(position: int, readings: list[Reading]) -> bool:
    return position + 1 >= len(readings) or readings[position + 1].word.gap.startswith(".")


def _ends_phrase(position: int, readings: list[Reading]) -> bool:
    """Say whether a small letter is an initial: nothing, a stop, or another word follows it, no number."""
    if position + 1 >= len(readings):
        return True
    gap = readings[position + 1].word.gap
    return gap.startswith(".") or gap == " "


def _has_genitive(word: Word) -> bool:
    return word.text.endswith(("'s", "'"))


# --- Verdict --------------------------------------------------------------------------------------------------
def _judge(at: int, last: int, readings: list[Reading], known: Known) -> Spot | None:
    name = readings[at : last + 1]
    spoken_of = _is_spoken_of(at, last, readings)
    if len(name) == 1:
        return _judge_one(at, readings, known, spoken_of=spoken_of)
    start, end = name[0].word.start, name[-1].word.end
    are_capitals = all(each.word.is_capital for each in name)
    if _is_full(name) or (spoken_of and (are_capitals or any(each.best is Sure.NAME for each in name))):
        return Spot(Kind.NAME, start, end, Level.BLOCK, "name.full")
    has_sign = any(each.best is Sure.NAME for each in name) or spoken_of or are_capitals
    if not has_sign:
        return None
    return Spot(Kind.NAME, start, end, Level.WARN, "name.several")


def _is_full(name: list[Reading]) -> bool:
    """Say whether the words are a first name with more: a surname, an initial, or an unknown capital."""
    parts = [each for each in name if each.word.low not in PARTICLES]
    if len(parts) < 2:
        return False
    first, last = parts[0], parts[-1]
    if 1 in {len(first.word.low), len(last.word.low)}:
        is_written_out = len(first.word.low) == 1 and last.best is Sure.WORD and last.word.is_capital  # K. E. Lund
        return is_written_out or max(first.first, last.best) is Sure.NAME
    strong = [each.best is Sure.NAME for each in name]
    if first.first >= Sure.WORD and (last.surname >= Sure.WORD or looks_like_surname(last.word.low)):
        return any(strong) or looks_like_surname(last.word.low)
    if last.best is Sure.CAPITAL:
        return first.first is Sure.NAME
    turned = first.surname is Sure.NAME and last.first is Sure.NAME  # Nguyen Van Minh
    return turned or (first.best is Sure.CAPITAL and last.surname is Sure.NAME)


def _judge_one(at: int, readings: list[Reading], known: Known, *, spoken_of: bool) -> Spot | None:
    reading = readings[at]
    word = reading.word
    if (known.has_first_name(word.low) and _is_colleague(at, readings)) or _is_of_a_thing(at, readings):
        return None
    if reading.best is Sure.NAME:
        rule = "name.first" if reading.first is Sure.NAME else "name.surname"
    elif spoken_of:
        rule = "name.spoken_of"
    elif word.opens and reading.first is Sure.WORD and _acts(at, readings):
        rule = "name.acts"
    elif reading.best >= Sure.CAPITAL and word.is_capital and not word.opens and not is_common_word(word.low):
        rule = "name.capital"
    else:
        return None
    return Spot(Kind.NAME, word.start, word.end, Level.WARN, rule)


def _is_of_a_thing(at: int, readings: list[Reading]) -> bool:
    """Say whether the word is the first part of what a method or a course is called: "VIDA-modellen"."""
    after = readings[at + 1].word if at + 1 < len(readings) else None
    return bool(after and after.gap == "-" and after.low.startswith(_THINGS))


def _acts(at: int, readings: list[Reading]) -> bool:
    """Say whether the word does what only people do: "bo ringer", "Storm er syg"."""
    after = [each.word.low for each in readings[at + 1 : at + 3] if each.word.gap == " "]
    if not after or readings[at].word.low in MONTH_NUMBERS:
        return False
    return (
        after[0] in read_words("acting_words.txt")
        or after[0] in _OWNED
        or (len(after) == 2 and " ".join(after) in _BEING)
    )


def _is_colleague(at: int, readings: list[Reading]) -> bool:
    """Say whether the word before or after says that somebody works here: "psykolog Lene", "Lene fra PPR"."""
    before = readings[at - 1].word.low if at else ""
    after = [each.word for each in readings[at + 1 : at + 3]]
    if is_role(before) or (after and is_role(after[0].low)):
        return True
    return (
        len(after) == 2
        and after[0].low in {"fra", "ved", "i", "på"}
        and (is_institution(after[1].low) or (after[1].text.isupper() and len(after[1].text) > 1))
    )


def _is_spoken_of(at: int, last: int, readings: list[Reading]) -> bool:
    """Say whether the words around tell that this is somebody: "mor til bo", "drengen hedder", "familien skov"."""
    reading = readings[at]
    word = reading.word
    before = [each.word.low for each in readings[max(0, at - 3) : at]]
    joined = word.gap in {" ", ": ", ". ", " (", ", ", ":", "  ", " - "}
    if joined and before:
        if " ".join(before[-2:]) in BEFORE_NAMES or before[-1] in BEFORE_NAMES:
            return reading.best >= Sure.WORD or word.is_capital
        if before[-1] in FAMILY:
            return reading.best >= Sure.WORD or word.is_capital
    after = readings[last + 1].word if last + 1 < len(readings) else None
    return bool(
        after
        and after.gap == " "
        and after.low in AFTER_KIN
        and readings[last].word.low.endswith("s")
        and reading.best >= Sure.WORD
    )
