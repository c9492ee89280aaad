"""Choosing a person: those at hand first, then the people of a unit that one searches for.

All of it stands in one form. The buttons "find" and "show" send it without carrying it out: the same page comes back
with everything kept. Nothing that is typed ever stands in an address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet

from coordination.models import Case, Unit
from coordination.privacy.cpr import looks_like_cpr
from coordination.queries.candidates import Candidate, named_like, people_in
from coordination.web.handovers.forms import CandidateForm
from coordination.web.requests import PageRequest
from coordination.web.unit_picker import LONGEST_SEARCH, SEARCH, is_finding, kept

SHOW, UNIT = "show", "unit"

FormType = TypeVar("FormType", bound=CandidateForm)


@dataclass(frozen=True)
class Choice:
    """What the page offers: candidates, the words searched for, the units they found, and the one shown."""

    candidates: list[Candidate]
    words: str
    units: list[Unit]
    unit: Unit | None

    @property
    def unit_has_people(self) -> bool:
        """Whether anybody of the unit that is shown can be chosen."""
        return any(each.unit == self.unit for each in self.candidates)

    @property
    def found_nobody(self) -> bool:
        """Whether a search has led nowhere."""
        return bool(self.words) and not self.units and self.unit is None


def is_choosing(request: PageRequest) -> bool:
    """Say whether the form was sent only to find people with."""
    return is_finding(request) or SHOW in request.POST


def candidate_form(form_class: type[FormType], request: PageRequest, candidates: Sequence[Candidate]) -> FormType:
    """Make the form: bound where it is to be carried out, else with everything that was typed and nothing wrong yet."""
    if request.method != "POST":
        return form_class(candidates=candidates)
    if is_choosing(request):
        return kept(form_class, request, candidates=candidates)
    return form_class(request.POST, candidates=candidates)


def choose_among(request: PageRequest, case: Case, *, at_hand: Sequence[Candidate], units: QuerySet[Unit]) -> Choice:
    """Read what is searched for, and whose people are shown beside those ``at_hand``; ``units`` may be shown."""
    typed = request.POST.get(SEARCH, "").strip()[:LONGEST_SEARCH]
    words = "" if looks_like_cpr(typed) else typed
    found = named_like(units, words)
    # A new search that finds one unit shows it at once; otherwise the unit that was shown stays.
    if SHOW not in request.POST and is_finding(request) and len(found) == 1:
        unit: Unit | None = found[0]
    else:
        unit = _unit_in(units, request.POST.get(SHOW) or request.POST.get(UNIT, ""))
    own = {each.key: each for each in at_hand}
    shown = {each.key: each for each in people_in(unit, case)} if unit is not None else {}
    return Choice(list((own | shown).values()), words, [each for each in found if each != unit], unit)


def _unit_in(units: QuerySet[Unit], typed: str) -> Unit | None:
    is_id = typed.isascii() and typed.isdigit() and len(typed) < 18
    return units.filter(pk=int(typed)).first() if is_id else None
