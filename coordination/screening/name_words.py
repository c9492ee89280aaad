"""What lists and endings say about one word as a name, and the words that stand beside names."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from coordination.screening.dates import MONTH_NUMBERS
from coordination.screening.lists import read_lines, read_words
from coordination.screening.words import Word

NAME, WORD, NOT = 3, 2, 0

PARTICLES = read_words("particles.txt")
KIN = sorted(read_words("kin.txt"))
AFTER_KIN = frozenset(
    [
        *KIN,
        "lille",
        "kontaktpædagog",
        "kontaktlærer",
        "sag",
        "handleplan",
        "skolegang",
        "fravær",
        "trivsel",
        "underretning",
        "team",
        "lærer",
        "lærere",
        "pædagog",
        "klasse",
        "støtte",
        "kontaktperson",
        "overgang",
        "skolestart",
    ]
)
BEFORE_NAMES = frozenset(
    [
        *(f"{kin} til" for kin in KIN),
        *(kin for kin in KIN if kin not in {"familie", "forældre", "forældrene", "søskende", "datter", "mors", "fars"}),
        *read_words("before_names.txt"),
    ]
)
FAMILY = frozenset(["familien", "fam", "familie", "family", "familierne"])
CALLED = frozenset(["hedder", "hed", "kaldet", "kaldes", "navn", "named", "kælenavn", "fornavn", "efternavn"])
ROOM_WORDS = read_words("rooms.txt")
SPEAKING_OF = frozenset({"obs", "husk", "vedr", "ang", "spørg", "sammen", "med", "m", "for", "om", "af", "kære", "hej"})
PLACE_WORDS = frozenset(
    ["i", "ved", "in", "nørre", "sønder", "øster", "vester", "gammel", "gl", "store", "sankt", "skt"]
)
MONTH_WORDS = frozenset(MONTH_NUMBERS)
_INSTITUTION_ENDS = "|".join(sorted(read_words("institution_endings.txt")))
_INSTITUTION = re.compile(rf"(?:{_INSTITUTION_ENDS})s?$")
_SURNAME_ENDS = re.compile(
    r"(?:[^aeiouyæøå]sen|ssen|gaard|gård|dóttir|dottir|sson|son|ova|ov|ski|ska|wicz|czyk|vić|ić|vic|oğlu|oglu|zadeh|enko|"
    r"kær|kjær|berg|bjerg|holm|lund|toft|bæk|dahl|strøm|poulos|idis|yan|ian|ez)$"
)
_ROLES = read_words("roles.txt")
_ROLE_ENDS = re.compile(
    r"(?:leder|lærer|pædagog|psykolog|konsulent|vejleder|rådgiver|koordinator|sekretær|assistent|medhjælper|terapeut|"
    r"behandler|plejerske|inspektør|chef|medarbejder|logopæd|vikar)(?:en|n)?$"
)
_LONG_NOUN = re.compile(
    r"(?:(?:n|l)ing|hed|else|ion|itet|ness|skab|udvalg|råd|nævn|gruppe|terminal|forløb|møde|dag|uge|plan|team|hus)"
    r"(?:e?n|e?t|er|erne)?$"
)
_NO_SURNAME = read_words("no_surnames.txt")


@lru_cache(maxsize=1)
def _firsts() -> tuple[frozenset[str], frozenset[str]]:
    rare = {line.lower() for line in read_lines("first_names_rare.txt")}
    common = {line.lower() for line in read_lines("first_names_common.txt")}
    muslim = {line.lower() for line in read_lines("names_of_muslim_origin.txt")}
    return frozenset(common | {name for name in muslim if len(name) > 3}), frozenset(rare | muslim)


def rank_first(word: Word) -> int:
    """Say how much a word is a first name: 3 a name, 2 a name that is a word, too, 0 none."""
    common, rare = _firsts()
    return _rank(word, common, rare)


def rank_surname(word: Word) -> int:
    """Say how much a word is a surname: 3 a name, 2 a name that is a word, too, 0 none."""
    surnames = read_words("surnames.txt")
    return _rank(word, surnames, read_words("names_of_muslim_origin.txt"))


def _rank(word: Word, common: frozenset[str], rare: frozenset[str]) -> int:
    best = NOT
    for form in forms(word.low):
        if form in common or form in rare:
            if is_never(form):
                continue
            if form in read_words("names_that_are_words.txt") or form in read_words("towns.txt"):
                best = max(best, WORD)
            elif form in common or word.is_capital or len(form) > 3:
                best = max(best, NAME)
            else:
                best = max(best, WORD)
    return best


def forms(low: str) -> list[str]:
    """Give a word as it is, and without the ending of a genitive."""
    found = [low] if low.isascii() else [low, _without_marks(low)]
    if low.endswith("'s"):
        found.append(low[:-2])
    elif low.endswith("'") or (low.endswith("s") and len(low) > 3):
        found.append(low[:-1])
    return found


def _without_marks(low: str) -> str:
    """Write a name without the marks that Danish lists leave out: nguyễn as nguyen. Our own letters stay."""
    return "".join(
        letter if letter in "æøåäöü" else unicodedata.normalize("NFD", letter)[0].replace("ı", "i").replace("ł", "l")
        for letter in low
    )


def is_never(low: str) -> bool:
    """Say whether a word is too frequent to be read as a name."""
    return low in read_words("never_names.txt")


def is_common_word(low: str) -> bool:
    """Say whether a word is known to be none of a person: a town, a method, a tool, an everyday word."""
    return (
        low in read_words("ordinary_words.txt")
        or low in read_words("towns.txt")
        or (low.endswith("s") and (low[:-1] in read_words("ordinary_words.txt") or low[:-1] in read_words("towns.txt")))
        or low in MONTH_WORDS
    )


def is_institution(low: str) -> bool:
    """Say whether a word ends as the names of institutions and places do."""
    return low in read_words("institutions.txt") or _INSTITUTION.search(low) is not None


def is_long_noun(low: str) -> bool:
    """Say whether a long word ends as nouns do that are no names: "Indskolingen", "Ungeudvalget"."""
    return len(low) > 6 and _LONG_NOUN.search(low) is not None


def is_role(low: str) -> bool:
    """Say whether a word is what somebody works as: "psykolog", "inklusionsvejlederen"."""
    return low in _ROLES or _ROLE_ENDS.search(low) is not None


def looks_like_surname(low: str) -> bool:
    """Say whether an unknown word ends as surnames do."""
    return len(low) > 5 and low not in _NO_SURNAME and _SURNAME_ENDS.search(low) is not None
