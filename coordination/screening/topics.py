"""Words of health and of the other special categories, with their compounds and endings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from coordination.screening.findings import TOPICS, Kind, Level, Spot
from coordination.screening.folding import Folded
from coordination.screening.lists import read_lines, read_words

_TOKEN = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_ENDINGS = (
    "",
    "s",
    "e",
    "t",
    "n",
    "r",
    "en",
    "et",
    "er",
    "ne",
    "es",
    "ens",
    "ets",
    "ers",
    "erne",
    "ernes",
    "ede",
    "te",
    "'er",
)
_LONGEST = 24


@dataclass(frozen=True)
class Topic:
    """The words of one kind: whole ones, beginnings, inner pieces and phrases, and what is never an alarm."""

    whole: frozenset[str]
    beginnings: frozenset[str]
    inner: re.Pattern[str]
    never: frozenset[str]
    never_beginnings: frozenset[str]
    never_inner: re.Pattern[str]
    phrases: dict[str, tuple[tuple[str, ...], ...]]

    def is_never(self, token: str) -> bool:
        """Say whether a word only looks like one of this kind."""
        return (
            token in self.never
            or any(beginning in self.never_beginnings for beginning in _beginnings(token))
            or self.never_inner.search(token) is not None
        )


# What of another country is no person: "kinesisk nytår", "italiensk mad".
_OF_A_COUNTRY = re.compile(
    r" (?:mad|uge|temauge|emneuge|nytår|køkken|musik|dans|litteratur|kunst|kultur|sang|aften|buffet|film|flag|"
    r"historie)\b"
)


def find(folded: Folded) -> Iterator[Spot]:
    """Find words of each kind. They are no proof, so they only warn."""
    for match in _TOKEN.finditer(folded.low):
        token = match[0]
        if folded.text[match.start() : match.end()] in _capitals():
            yield Spot(Kind.HEALTH, match.start(), match.end(), Level.WARN, "health.capitals")
        for kind in {kind for part in {token, *token.split("-")} for kind in _kinds_of(part)}:
            if kind is Kind.ETHNICITY and token.endswith("sk") and _OF_A_COUNTRY.match(folded.low, match.end()):
                continue
            yield Spot(kind, match.start(), match.end(), Level.WARN, f"{kind.value}.word")
    pieces = [(match.start(), match.end(), match[0]) for match in _PART.finditer(folded.low)]
    for kind in TOPICS:
        for first, end in _phrases(load_topic(kind), pieces):
            yield Spot(kind, first, end, Level.WARN, f"{kind.value}.phrase")


def _kinds_of(token: str) -> list[Kind]:
    """Give the kinds that a word is of."""
    topics = _topics()
    wholes = [token[: len(token) - len(ending)] for ending in _ENDINGS if token.endswith(ending)]
    beginnings = _beginnings(token)
    return [
        kind
        for kind, topic in topics
        if (
            not topic.whole.isdisjoint(wholes)
            or not topic.beginnings.isdisjoint(beginnings)
            or topic.inner.search(token)
        )
        and not topic.is_never(token)
    ]


def _beginnings(token: str) -> list[str]:
    return [token[:length] for length in range(2, min(len(token), _LONGEST) + 1)]


@cache
def _capitals() -> frozenset[str]:
    """Give the words that mean something in capitals alone, as ADD and CP do."""
    return frozenset(line for line in read_lines("health.txt") if line.isupper())


@cache
def _topics() -> list[tuple[Kind, Topic]]:
    return [(kind, load_topic(kind)) for kind in TOPICS]


def _phrases(topic: Topic, pieces: list[tuple[int, int, str]]) -> Iterator[tuple[int, int]]:
    for at, (start, _end, word) in enumerate(pieces):
        for phrase in topic.phrases.get(word, ()):
            written = pieces[at : at + len(phrase)]
            if len(written) == len(phrase) and all(
                _fits(piece, pattern) for (_s, _e, piece), pattern in zip(written, phrase, strict=True)
            ):
                yield start, written[-1][1]


def _fits(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


@cache
def load_topic(kind: Kind) -> Topic:
    """Read the list of one kind."""
    lines = read_words(f"{kind.value}.txt")
    never = {line[1:] for line in lines if line.startswith("!")}
    phrases: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    alone: set[str] = set()
    for line in lines:
        parts = tuple(line.replace("-", " ").split()) if " " in line else (line,)
        if line.startswith("!") or line.upper() in _capitals():
            continue
        if len(parts) > 1:
            phrases[parts[0]].append(parts)
        else:
            alone.add(line)
    return Topic(
        whole=frozenset(word for word in alone if "*" not in word),
        beginnings=frozenset(word[:-1] for word in alone if word.endswith("*") and word[0] != "*"),
        inner=_either({word for word in alone if word[0] == "*"}),
        never=frozenset(word for word in never if "*" not in word),
        never_beginnings=frozenset(word[:-1] for word in never if word.endswith("*") and word[0] != "*"),
        never_inner=_either({word for word in never if word[0] == "*"}),
        phrases={first: tuple(found) for first, found in phrases.items()},
    )


def _either(patterns: set[str]) -> re.Pattern[str]:
    """Build one expression of all pieces; a piece without a star at its end stands at the end of a word."""
    pieces = [
        re.escape(pattern.strip("*")) + ("" if pattern.endswith("*") else "(?:s|e|t|en|et|er|ne|erne|ens)?$")
        for pattern in sorted(patterns)
    ]
    return re.compile("|".join(pieces) if pieces else r"(?!)")
