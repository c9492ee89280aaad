"""Picking units: suggested ones at one tap, any other by searching. Works as a plain form; htmx makes it quicker.

A page shows it inside its POST form by ``{% include "units/_picker.html" with field=form.units %}``, with ``picker``
in the context, and ``{% include "units/_enter.html" %}`` first in the form. The button "find" sends the form without
carrying it out: the same page comes back with everything kept and what was found added. Nothing that is typed ever
stands in an address.

    form = kept(AnswerForm, request) if is_finding(request) else AnswerForm(typed)
    picker = Picker.of(request, beside=unit, suggested=suggest_partners(unit, theme=theme))
    picker.offer(form, "units")  # before the form is asked whether it is valid
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.models import Unit
from coordination.privacy.cpr import looks_like_cpr
from coordination.queries.answer_times import usual_answer_days
from coordination.queries.suggestions import Suggestion, open_units_beside, search_units
from coordination.web.forms_base import CardCheckbox, CardRadio, InvolverForm
from coordination.web.requests import PageRequest

SEARCH, FIND, ENTER = "search", "find", "enter"
NOBODY = "nobody"
LONGEST_SEARCH = 60

FormType = TypeVar("FormType", bound=InvolverForm)


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One unit, as a card; what it offers is set by ``Picker.offer``.

    ``nobody``: the words of one more card, which names no unit; it is then cleaned to None, and no card is an error.
    """

    widget = CardRadio

    def __init__(self, *, nobody: Any = "", **kwargs: Any) -> None:
        super().__init__(queryset=Unit.objects.none(), empty_label=None, **kwargs)
        self.nobody = nobody

    def clean(self, value: Any) -> Any:
        """Give the unit, or None for nobody."""
        return None if self.nobody and value == NOBODY else super().clean(value)


class IdsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Any number of rows by their ids; what cannot be an id never asks the database, which may not hold it."""

    def clean(self, value: Any) -> Any:
        """Give the rows. Raises ValidationError for what is no id, without repeating it."""
        if isinstance(value, list | tuple) and not all(as_id(str(one)) for one in value):
            raise forms.ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": "…"})
        return super().clean(value)


class UnitsField(IdsField):
    """Any number of units, as cards; what it offers is set by ``Picker.offer``."""

    widget = CardCheckbox
    nobody = ""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Unit.objects.none(), **kwargs)


def is_finding(request: PageRequest) -> bool:
    """Say whether the form was sent only to find units with, not to be carried out.

    Enter in the search field finds; Enter anywhere else, with nothing searched for, does what the form is for.
    """
    typed = request.POST
    return FIND in typed or (ENTER in typed and bool(typed.get(SEARCH, "").strip()))


def kept(form_class: Callable[..., FormType], request: PageRequest, **options: Any) -> FormType:
    """Make a fresh form that shows what was typed, finds nothing wrong with it yet, and cannot be carried out.

    What looks like a CPR number is not shown again.
    """
    typed = form_class(request.POST, **options)
    values = {name: field.widget.value_from_datadict(typed.data, {}, name) for name, field in typed.fields.items()}
    initial = {
        name: value
        for name, value in values.items()
        if not (isinstance(value, str) and name != "submission" and looks_like_cpr(value))
        or getattr(typed.fields[name], "is_screened", False)
    }
    return form_class(initial=initial, **options)


@dataclass
class Picker:
    """What one page offers to pick from, and what is searched for on it."""

    request: PageRequest
    beside: Unit
    suggested: Sequence[Suggestion]
    without: Collection[int]
    address: str
    search: str
    found: list[Unit]

    @classmethod
    def of(
        cls,
        request: PageRequest,
        *,
        beside: Unit,
        suggested: Sequence[Suggestion],
        without: Collection[int] = (),
        address: str = "",
    ) -> Picker:
        """Read what is searched for. ``beside``: a unit of the municipality in which to search.

        ``without``: units that are not offered; that they are refused, too, is for the command to see to.
        ``address``: where finding is sent, if not to the page's own.
        """
        typed = request.POST.get(SEARCH, "").strip()[:LONGEST_SEARCH]
        search = "" if looks_like_cpr(typed) else typed
        found = search_units(search, beside=beside, without=without)
        return cls(request, beside, suggested, without, address, search, found)

    @property
    def says(self) -> str:
        """How many units were found, where any were searched for."""
        count = len(self.found)
        return ngettext("%(count)s unit found", "%(count)s units found", count) % {"count": count}

    def offer(self, form: InvolverForm, name: str) -> None:
        """Give the field ``name`` of the form its choices: suggested, picked before, and found."""
        unit_field = cast("UnitField | UnitsField", form.fields[name])
        # Not fewer than that: a form that is sent a second time is still the same form.
        unit_field.queryset = Unit.objects.filter(open_units_beside(self.beside))
        groups = self._groups(picked_in(form, name))
        widget = cast("CardRadio | CardCheckbox", unit_field.widget)
        widget.choices = [*groups, (_("Or"), [(NOBODY, unit_field.nobody)])] if unit_field.nobody else groups
        widget.hints = answer_hints([unit_id for _label, units in groups for unit_id, _name in units], self.request)

    def headings(self) -> tuple[str, str]:
        """Name the two groups of suggested units: the usual ones, and the others."""
        return _("Often help with this"), _("Work for %(unit)s") % {"unit": self.beside.name}

    def _groups(self, picked: Collection[int]) -> list[tuple[str, list[tuple[int, str]]]]:
        found = {unit.pk: unit.name for unit in self.found}
        suggested = [unit for unit in self.suggested if unit.unit_id not in found]
        elsewhere = set(picked) - found.keys() - {unit.unit_id for unit in suggested}
        also = Unit.objects.filter(open_units_beside(self.beside), pk__in=elsewhere).values_list("pk", "name")
        usual, others = self.headings()
        groups = [
            (usual, [(unit.unit_id, unit.name) for unit in suggested if unit.is_usual]),
            (others, [(unit.unit_id, unit.name) for unit in suggested if not unit.is_usual]),
            (_("Also picked"), list(also)),
            (_("Found"), list(found.items())),  # last, beside the search field
        ]
        return [(label, units) for label, units in groups if units]


def picked_in(form: InvolverForm, name: str) -> set[int]:
    """Read the ids of the units that are picked in a form, whether or not they are ones that may be."""
    value = form[name].value()
    values = value if isinstance(value, list | tuple | set) else [value]
    return {as_id(str(getattr(one, "pk", one))) for one in values} - {0}


def as_id(text: str) -> int:
    """Read an id as it was sent; zero, which nothing has, where it cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def answer_hints(unit_ids: Iterable[int], request: PageRequest) -> dict[str, str]:
    """Say for each unit how fast it usually answers, by its id as a choice has it."""
    usual = usual_answer_days(list(unit_ids), now=request.now)
    return {str(unit_id): answer_words(days) for unit_id, days in usual.items() if days is not None}


def answer_words(days: int) -> str:
    """Say in how many working days a unit usually answers."""
    if days == 0:
        return _("usually answers the same day")
    return ngettext(
        "usually answers within %(count)s working day", "usually answers within %(count)s working days", days
    ) % {"count": days}
