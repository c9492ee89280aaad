"""Practical notes: how they are tidied, what screening finds in them and beside them, and how that is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.screening import Finding, Kind, Known, Level, check
from coordination.screening.cpr import RUN, is_cpr
from coordination.screening.folding import as_digits

KIND_WORDS: Mapping[Kind, Promise] = {
    Kind.CPR: gettext_lazy("a CPR number"),
    Kind.EMAIL: gettext_lazy("an e-mail address"),
    Kind.PHONE: gettext_lazy("a phone number"),
    Kind.BIRTH_DATE: gettext_lazy("a day of birth"),
    Kind.ADDRESS: gettext_lazy("a private address"),
    Kind.NAME: gettext_lazy("a name"),
    Kind.HEALTH: gettext_lazy("health"),
    Kind.RELIGION: gettext_lazy("religion"),
    Kind.ETHNICITY: gettext_lazy("ethnicity"),
    Kind.SEXUALITY: gettext_lazy("sexuality"),
    Kind.POLITICS: gettext_lazy("politics"),
    Kind.UNION: gettext_lazy("trade unions"),
    Kind.CRIME: gettext_lazy("crime"),
}
# What somebody could write one half of here and the other half there.
_IN_HALVES = (Kind.CPR, Kind.PHONE, Kind.EMAIL)


def tidy(text: str) -> str:
    """Make one line of a text, without characters that nobody sees: what is screened is what is stored."""
    line = " ".join(text.split())
    return "".join(sign for sign in line if sign.isprintable()).strip()


def screen(text: str, *, beside: Iterable[str], today: date, known: Known) -> list[Finding]:
    """Find what is wrong with a tidied note, by itself and together with each of the texts that are read beside it."""
    found = check(text, today, known)
    others = list(beside)
    together = [*others, " ".join(others)] if len(others) > 1 else others
    for other in together:
        found += _halves(f"{text} {other}", 0, len(text), today, known)
        found += _halves(f"{other} {text}", len(other) + 1, len(text), today, known)
        found += _runs_that_join(text, other)
    return sorted(set(found), key=lambda each: (each.start, each.end, each.kind))


def blocked(findings: Iterable[Finding]) -> list[Finding]:
    """Keep those that nobody's reason makes good."""
    return [finding for finding in findings if finding.level is Level.BLOCK]


def kinds_in_words(findings: Iterable[Finding]) -> str:
    """Say what was found, each kind once: "a phone number, health"."""
    return ", ".join(dict.fromkeys(str(KIND_WORDS[finding.kind]) for finding in findings))


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """Count findings by the names of their kinds."""
    kinds = [finding.kind.value for finding in findings]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


def refusal_words(findings: list[Finding]) -> str:
    """Say why a note is refused, and what to do about it; none of its words."""
    certain = blocked(findings)
    if certain:
        said = _("The note looks as if it holds %(what)s. Write only when and where, without the marked words.")
        return said % {"what": kinds_in_words(certain)}
    said = _("The marked words may be about %(what)s. Write the note without them, or choose why they may stand.")
    return said % {"what": kinds_in_words(findings)}


def _halves(joined: str, start: int, length: int, today: date, known: Known) -> list[Finding]:
    """Find what lies partly in the note, which begins at ``start``, and partly in the text beside it."""
    end = start + length
    halves = []
    for finding in blocked(check(joined, today, known)):
        is_partly_outside = finding.start < start or finding.end > end
        is_partly_inside = finding.start < end and finding.end > start
        if finding.kind in _IN_HALVES and is_partly_inside and is_partly_outside:
            first, last = max(finding.start, start), min(finding.end, end)
            halves.append(replace(finding, start=first - start, end=last - start))
    return halves


def _runs_that_join(text: str, other: str) -> list[Finding]:
    """Find digits of the note that make ten with digits beside it, a day and a month first, whatever words are between.

    Two codes of doors seldom have ten digits together; whoever means none writes it differently.
    """
    beside = [as_digits(run[0]) for run in RUN.finditer(other)]
    return [
        Finding(Kind.CPR, run.start(), run.end(), Level.BLOCK, "cpr.halves")
        for run in RUN.finditer(text)
        for half in [as_digits(run[0])]
        if any(is_cpr(half + rest) or is_cpr(rest + half) for rest in beside if len(half) + len(rest) == 10)
    ]
