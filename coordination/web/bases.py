"""What the forms in which a basis is chosen have in common, and how a basis is put into words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from coordination.commands.bases import ALL_KINDS, BasisDraft
from coordination.models import Basis, BasisKind, Giver, StatutoryBasis, Unit, UnitKind
from coordination.queries.bases import covered_in
from coordination.rules.day_words import due_words
from coordination.web.forms_base import CheckboxList, DateField

_CONSENT, _STATUTORY = "consent-", "statutory-"


class AskedAlong(forms.Field):
    """Asked for only beside something else, and then not as something that one may leave out: the form sees to that."""

    def clean(self, value: Any) -> Any:
        """Let nothing be nothing; where it is wanted, the form's own ``clean`` says."""
        return None if value in self.empty_values else super().clean(value)


class DayAlong(AskedAlong, DateField):
    """A day of a consent."""


class KindsAlong(AskedAlong, forms.MultipleChoiceField):
    """What a consent covers."""

    widget = CheckboxList


class BasisChoices:
    """Why something may be shared, as one list to choose from: a consent by who gave it, or a legal basis."""

    def __init__(self) -> None:
        """Read the legal bases that can still be chosen, with what they cover."""
        current = cast("QuerySet[StatutoryBasis]", StatutoryBasis.objects.current()).prefetch_related("covers")
        self.statutory = {f"{_STATUTORY}{term.pk}": term for term in current}
        self.givers = {f"{_CONSENT}{giver.value}": giver for giver in Giver}

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What there is to choose from, in words."""
        consents = [
            (value, _("Consent from %(giver)s") % {"giver": giver.label}) for value, giver in self.givers.items()
        ]
        return [*consents, *((value, term.label) for value, term in self.statutory.items())]

    @property
    def hints(self) -> dict[str, str]:
        """What the legal bases cover, where that is not everything."""
        limited = {value: term for value, term in self.statutory.items() if not term.covers_all}
        return {
            value: _("covers %(kinds)s") % {"kinds": in_a_row(kind.label for kind in term.covers.all())}
            for value, term in limited.items()
        }

    def is_consent(self, chosen: object) -> bool:
        """Say whether a consent was chosen: it alone has days, and names what it covers."""
        return chosen in self.givers

    def draft(
        self, chosen: str, *, given_on: date | None, ends_on: date | None, kinds: Iterable[UnitKind], covers_all: bool
    ) -> BasisDraft | None:
        """Give the basis that was chosen; none where none was."""
        if chosen in self.givers:
            return BasisDraft(
                BasisKind.CONSENT,
                given_by=self.givers[chosen],
                given_on=given_on,
                ends_on=ends_on,
                covers=tuple(kinds),
                covers_all=covers_all,
            )
        if chosen in self.statutory:
            return BasisDraft(BasisKind.STATUTORY, statutory=self.statutory[chosen])
        return None


def kinds_to_cover() -> dict[str, UnitKind]:
    """Read the kinds of units that a consent can cover, by id: those of open units."""
    kinds = UnitKind.objects.filter(Q(units__isnull=False, units__closed_at__isnull=True)).distinct()
    return {str(kind.pk): cast("UnitKind", kind) for kind in kinds}


def choices_of_kinds(kinds: dict[str, UnitKind]) -> list[tuple[str, str]]:
    """List kinds to choose from; all of them is one choice more."""
    return [*((pk, kind.label) for pk, kind in kinds.items()), (ALL_KINDS, _("All kinds of units"))]


def words_of(basis: Basis, today: date) -> str:
    """Say what a basis is, and until when."""
    if basis.kind == BasisKind.CONSENT and basis.ends_on is not None:
        return _("Consent until %(day)s") % {"day": due_words(basis.ends_on, today)}
    return basis.statutory.label if basis.statutory is not None else basis.get_kind_display()


def giver_words(basis: Basis) -> str:
    """Say who gave a consent, by kind."""
    return str(Giver(basis.given_by).label) if basis.given_by else _("who gave it was not recorded")


def cover_words(basis: Basis) -> str:
    """Say which kinds of units a basis covers."""
    kinds = covered_in(basis)
    return _("all kinds of units") if kinds is None else in_a_row(kind.label for kind in kinds)


def names_of(units: Iterable[Unit]) -> str:
    """Name units in a row."""
    return in_a_row(unit.name for unit in units)


def in_a_row(words: Iterable[str]) -> str:
    """Put words in a row, the last after "and"."""
    *before, last = [*words] or [""]
    return _("%(before)s and %(last)s") % {"before": ", ".join(before), "last": last} if before else last
