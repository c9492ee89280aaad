"""What screening finds: of which kind, where, how bad, and by which rule. Never the words themselves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was found. The order decides: what lies inside something of an earlier kind is not told twice."""

    CPR = "cpr"
    EMAIL = "email"
    PHONE = "phone"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    HEALTH = "health"
    RELIGION = "religion"
    ETHNICITY = "ethnicity"
    SEXUALITY = "sexuality"
    POLITICS = "politics"
    UNION = "union"
    CRIME = "crime"
    NAME = "name"


TOPICS = (
    Kind.HEALTH,
    Kind.RELIGION,
    Kind.ETHNICITY,
    Kind.SEXUALITY,
    Kind.POLITICS,
    Kind.UNION,
    Kind.CRIME,
)


class Level(StrEnum):
    """Whether the text is refused, or may be kept for a reason."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True)
class Finding:
    """One place in the text that was given; ``start`` and ``end`` count its characters as they were written."""

    kind: Kind
    start: int
    end: int
    level: Level
    rule: str

    @property
    def may_be_kept(self) -> bool:
        """Whether somebody with a reason may keep the words."""
        return self.level is Level.WARN


@dataclass(frozen=True)
class Spot:
    """A finding whose places count the folded text."""

    kind: Kind
    start: int
    end: int
    level: Level
    rule: str
