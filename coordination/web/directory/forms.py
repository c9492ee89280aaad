"""Forms: what a unit can be asked for, and being away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.models import Ask, Unit, User
from coordination.privacy.cpr import looks_like_cpr
from coordination.queries.absences import colleagues_of, find_stand_ins, possible_stand_ins
from coordination.web.forms_base import CheckboxList, DateField, InvolverForm
from coordination.web.unit_picker import LONGEST_SEARCH, IdsField, as_id


class OffersForm(InvolverForm):
    """What a unit can be asked for."""

    offers = IdsField(
        label=gettext_lazy("What can we be asked for?"),
        queryset=Ask.objects.none(),
        widget=CheckboxList,
        required=False,
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        """Offer the asks in use, and those that the unit has already."""
        initial = {"offers": list(unit.offers.values_list("pk", flat=True))}
        super().__init__(*args, initial=initial, **kwargs)
        asks = Ask.objects.filter(is_retired=False) | Ask.objects.filter(pk__in=initial["offers"])
        field = self.fields["offers"]
        if isinstance(field, IdsField):
            field.queryset = asks.distinct()
            field.widget.hints = {str(ask.pk): ask.hint for ask in asks}


class AbsenceForm(InvolverForm):
    """On which days somebody is away, and who stands in."""

    first_on = DateField(label=gettext_lazy("First day away"))
    last_on = DateField(label=gettext_lazy("Last day away"))
    words = forms.CharField(
        label=gettext_lazy("Find somebody by name"),
        help_text=gettext_lazy("If the one who stands in works somewhere else."),
        required=False,
        max_length=LONGEST_SEARCH,
    )
    stand_in = forms.ChoiceField(label=gettext_lazy("Who stands in?"), choices=())

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        """Offer first those who were searched for, then the colleagues of ``person``."""
        super().__init__(*args, **kwargs)
        if self.is_bound and looks_like_cpr(self._given("words")):
            self.data = {**self.data.dict(), "words": ""} if isinstance(self.data, QueryDict) else {}
        self._possible = possible_stand_ins(person)
        found = find_stand_ins(person, self._given("words")[:LONGEST_SEARCH])
        colleagues = colleagues_of(person)
        chosen = as_id(self._given("stand_in"))
        offered = {someone.pk for someone in (*found, *colleagues)}
        if chosen and chosen not in offered:
            found = [*self._possible.filter(pk=chosen), *found]
        field = self.fields["stand_in"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                ("", _("Choose")),
                *([(_("Found"), _choices(found))] if found else []),
                *([(_("Colleagues"), _choices(colleagues))] if colleagues else []),
            ]

    def clean_stand_in(self) -> User:
        """Give the person who was chosen."""
        chosen = self._possible.filter(pk=int(self.cleaned_data["stand_in"])).first()
        if chosen is None:
            raise forms.ValidationError(_("Choose a colleague who can stand in."))
        return chosen

    def _given(self, name: str) -> str:
        return str(self.data.get(name, "") if self.is_bound else self.initial.get(name, "")).strip()


def _choices(people: list[User]) -> list[tuple[str, str]]:
    return [(str(person.pk), person.name) for person in people]
