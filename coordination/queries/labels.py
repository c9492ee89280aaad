"""Labels of vocabulary terms by code, and names of units and people by id: all that a page names, in one query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, cast

from django.db.models import BooleanField, CharField, F, IntegerField, QuerySet, Value

from coordination.models import VOCABULARIES, Term, Unit, User

TermType = TypeVar("TermType", bound=Term)

_BY_NAME: dict[str, type[Term]] = {vocabulary.__name__.lower(): vocabulary for vocabulary in VOCABULARIES}
_COLUMNS = ("table", "key", "code_", "da", "en", "place", "retired")
_UNITS, _PEOPLE = "unit", "user"


class Labels:
    """What stands behind codes and ids, remembered for one page.

    The first question reads every vocabulary and all the names that ``expect`` has been told of; they are some hundred
    short rows. A name that nobody expected costs a query of its own.
    """

    def __init__(self) -> None:
        self._terms: dict[str, dict[str, Term]] = {name: {} for name in _BY_NAME}
        self._has_read_terms = False
        self._names: dict[str, dict[int, str]] = {_UNITS: {}, _PEOPLE: {}}

    def term(self, vocabulary: str, code: str) -> str:
        """Give the label of a term, retired or not; ``vocabulary`` as "theme" or "decline_reason". Else the code."""
        found = self._vocabulary(vocabulary.replace("_", "").lower()).get(code)
        return found.label if found else code

    def current(self, vocabulary: type[TermType]) -> list[TermType]:
        """Give the terms of a vocabulary that can still be chosen, in the municipality's order."""
        terms = self._vocabulary(vocabulary.__name__.lower()).values()
        current = [term for term in terms if not term.is_retired]
        return cast("list[TermType]", sorted(current, key=lambda term: (term.position, term.code)))

    def expect(self, *, units: Iterable[int | None] = (), people: Iterable[int | None] = ()) -> None:
        """Read the names of many units and people at once, so that asking for each costs nothing."""
        unknown_units = {pk for pk in units if pk} - self._names[_UNITS].keys()
        unknown_people = {pk for pk in people if pk} - self._names[_PEOPLE].keys()
        asked = []
        if unknown_units:
            asked.append(_names(_UNITS, Unit.objects.filter(pk__in=unknown_units)))
        if unknown_people:
            asked.append(_names(_PEOPLE, User.objects.filter(pk__in=unknown_people)))
        if asked:
            self._read(asked)

    def unit(self, pk: int | None) -> str:
        """Give the name of a unit, open or closed; nothing for none."""
        self.expect(units=[pk])
        return self._names[_UNITS].get(pk or 0, "")

    def person(self, pk: int | None) -> str:
        """Give the name of a person, active or not; nothing for none."""
        self.expect(people=[pk])
        return self._names[_PEOPLE].get(pk or 0, "")

    def _vocabulary(self, name: str) -> dict[str, Term]:
        if not self._has_read_terms:
            self._read([])
        return self._terms[name]

    def _read(self, names: list[QuerySet[Any, Any]]) -> None:
        """Read names, and with the first of them every term."""
        first, *others = names if self._has_read_terms else [*names, *_terms()]
        self._has_read_terms = True
        for table, key, code, da, en, place, retired in first.union(*others, all=True):
            if table in self._names:
                self._names[table][key] = da
            else:
                made = _BY_NAME[table]
                term = made(code=code, label_da=da, label_en=en, position=place, is_retired=bool(retired))
                term.pk = key
                self._terms[table][code] = term


def _terms() -> list[QuerySet[Any, Any]]:
    return [
        vocabulary.objects.order_by()
        .annotate(
            table=Value(name, output_field=CharField()),
            key=F("pk"),
            code_=F("code"),
            da=F("label_da"),
            en=F("label_en"),
            place=F("position"),
            retired=F("is_retired"),
        )
        .values_list(*_COLUMNS)
        for name, vocabulary in _BY_NAME.items()
    ]


def _names(table: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    nothing = Value("", output_field=CharField())
    named: QuerySet[Any, Any] = rows.order_by().annotate(
        table=Value(table, output_field=CharField()),
        key=F("pk"),
        code_=nothing,
        da=F("name"),
        en=nothing,
        place=Value(0, output_field=IntegerField()),
        retired=Value(False, output_field=BooleanField()),
    )
    return named.values_list(*_COLUMNS)
