"""Labels of vocabulary terms by code, and names of units and people by id, each read once a page."""

from __future__ import annotations

from collections.abc import Iterable

from coordination.models import VOCABULARIES, Term, Unit, User

_BY_NAME: dict[str, type[Term]] = {vocabulary.__name__.lower(): vocabulary for vocabulary in VOCABULARIES}


class Labels:
    """What stands behind codes and ids, remembered for one page: one query a vocabulary, one for each ``expect``."""

    def __init__(self) -> None:
        self._terms: dict[str, dict[str, Term]] = {}
        self._units: dict[int, str] = {}
        self._people: dict[int, str] = {}

    def term(self, vocabulary: str, code: str) -> str:
        """Give the label of a term, retired or not; ``vocabulary`` as "theme" or "decline_reason". Else the code."""
        name = vocabulary.replace("_", "").lower()
        if name not in self._terms:
            self._terms[name] = {term.code: term for term in _BY_NAME[name].objects.all()}
        found = self._terms[name].get(code)
        return found.label if found else code

    def expect(self, *, units: Iterable[int | None] = (), people: Iterable[int | None] = ()) -> None:
        """Read the names of many units and people at once, so that asking for each costs nothing."""
        unknown_units = {pk for pk in units if pk} - self._units.keys()
        if unknown_units:
            self._units |= dict(Unit.objects.filter(pk__in=unknown_units).values_list("pk", "name"))
        unknown_people = {pk for pk in people if pk} - self._people.keys()
        if unknown_people:
            self._people |= dict(User.objects.filter(pk__in=unknown_people).values_list("pk", "name"))

    def unit(self, pk: int | None) -> str:
        """Give the name of a unit, open or closed; nothing for none."""
        self.expect(units=[pk])
        return self._units.get(pk or 0, "")

    def person(self, pk: int | None) -> str:
        """Give the name of a person, active or not; nothing for none."""
        self.expect(people=[pk])
        return self._people.get(pk or 0, "")
