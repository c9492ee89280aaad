"""A municipality in which everything that must not travel bears a mark, wherever somebody can have written it."""

from __future__ import annotations

import re
from typing import TypeVar

from coordination.commands.cases import ReferenceDraft
from coordination.models import VOCABULARIES, ReferenceSystem, StatutoryBasis, Term
from coordination.privacy.cpr import looks_like_cpr

MARK = "ZZMARK"
_CPR = re.compile(r"(?<![0-9A-Fa-f-])\d{6}[- ]?\d{4}(?![0-9A-Fa-f-])")

Marked = TypeVar("Marked", bound=Term)


def mark_everything() -> None:
    """Put marks into the labels, hints and codes of all vocabularies, and into all that systems hold beside them."""
    StatutoryBasis.objects.create(code="law", label_da="lov", label_en="law", covers_all=True)
    for vocabulary in VOCABULARIES:
        for found in vocabulary.objects.all():
            name = f"{MARK}-{vocabulary.__name__}-{found.code}".upper()
            found.code = _code(vocabulary, found.code)
            found.label_da, found.label_en = f"{name}-DA", f"{name}-EN"
            found.hint_da, found.hint_en = f"{name}-HINT-DA", f"{name}-HINT-EN"
            found.save()
    ReferenceSystem.objects.update(
        pattern=".*", example=f"{MARK}-EXAMPLE", link_template=f"https://{MARK.lower()}.example/{{number}}"
    )


def marked(vocabulary: type[Marked], code: str) -> Marked:
    """Look up a term by the code that it is shipped with."""
    return vocabulary.objects.get(code=_code(vocabulary, code))  # type: ignore[return-value]


def a_marked_reference(number: int) -> ReferenceDraft:
    """A reference whose number bears the mark, too."""
    return ReferenceDraft(marked(ReferenceSystem, "ppr_journal"), f"{MARK}-NUMBER-{number}")


def wrong_in(text: str) -> list[str]:
    """Find what must not be in a text: marks in any case, and what looks like a CPR number."""
    marks = re.findall(rf"{MARK}[\w-]*", text, re.IGNORECASE)
    return [*marks, *(found for found in _CPR.findall(text) if looks_like_cpr(found))]


def _code(vocabulary: type[Term], code: str) -> str:
    return f"{MARK}-{vocabulary.__name__}-{code}".lower()[:40]
