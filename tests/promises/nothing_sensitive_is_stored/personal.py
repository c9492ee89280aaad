"""Personal data of people who do not exist, in spellings that nothing else has: whatever finds them has stored them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Person:
    """All that somebody could type of a child or a parent, though they should not."""

    name: str
    cpr: str
    address: str
    phone: str
    health: str
    email: str

    @property
    def bare_cpr(self) -> str:
        """The number without its dash."""
        return self.cpr.replace("-", "")

    @property
    def words(self) -> list[str]:
        """Everything but the CPR number: what no rule can tell from an ordinary word."""
        return [getattr(self, each.name) for each in fields(self) if each.name != "cpr"]

    @property
    def numbers(self) -> list[str]:
        """The CPR number in the two usual spellings."""
        return [self.cpr, self.bare_cpr]

    def signs(self) -> list[str]:
        """Give what would be found of them, in small letters: each of the rarer words, too, and bare digits."""
        parts = [self.cpr, self.bare_cpr, self.phone, re.sub(r"\D", "", self.phone), self.health, self.email]
        parts += [word for word in f"{self.name} {self.address}".split() if len(word) > 4]
        return [part.lower() for part in parts]


# A child, of whom people at work must never write here.
CHILD = Person(
    name="Tormundine Kvistgaardsen",
    cpr="241217-4873",
    address="Mosekrogvejen 4711",
    phone="71 93 58 24",
    health="skizotypilidelse",
    email="kvistgaardsen@privatpost.example",
)
# What an administrator writes of the places and people of the directory: known by design. Its CPR number is not.
COLLEAGUE = Person(
    name="Sigismunda Ravnholtsen",
    cpr="130688-4652",
    address="Direktoratsstien 9713",
    phone="62 84 17 39",
    health="fagordssamling",
    email="ravnholtsen@lilleby-kommune.example",
)
# Numbers of records: known to those who take part, and sealed at rest.
RECORDS = [f"P-2026-7351{last}" for last in range(10)]
RECORD_SIGNS = ["p-2026-7351", "p20267351", "20267351"]


def found_in(text: str, signs: Iterable[str]) -> list[str]:
    """Find what must not be there."""
    small = text.lower()
    return [sign for sign in signs if sign in small]
