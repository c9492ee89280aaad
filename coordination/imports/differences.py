"""What an import changes, in lines that somebody can read before they let it happen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _


class Sign(StrEnum):
    """What becomes of a row."""

    NEW = "+"
    CHANGED = "~"
    ENDED = "-"
    MISSING = "?"


@dataclass(frozen=True)
class Change:
    """One field that reads differently afterwards."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.label}: {self.before or '–'} → {self.after or '–'}"


@dataclass(frozen=True)
class Difference:
    """What becomes of one unit or person."""

    sign: Sign
    code: str
    words: str
    changes: Sequence[Change | str] = ()


@dataclass
class Report:
    """Everything that an import does, or would do; ``notes`` change nothing."""

    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def changes_nothing(self) -> bool:
        """Whether everything is as the file says already."""
        return all(difference.sign == Sign.MISSING for difference in self.differences)

    def count(self, sign: Sign) -> int:
        """Count the differences of one sign."""
        return sum(difference.sign == sign for difference in self.differences)

    def lines(self) -> Iterator[str]:
        """Give the lines to show, the sum of it last."""
        width = max((len(difference.code) for difference in self.differences), default=0)
        for difference in self.differences:
            yield f"{difference.sign} {difference.code:<{width}}  {difference.words}"
            for change in difference.changes:
                yield f"  {'':<{width}}    {change}"
        yield from self.notes
        if self.changes_nothing:
            yield _("No changes.")
        else:
            yield _("%(new)d new, %(changed)d changed, %(ended)d ended.") % {
                "new": self.count(Sign.NEW),
                "changed": self.count(Sign.CHANGED),
                "ended": self.count(Sign.ENDED),
            }
