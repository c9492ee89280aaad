"""What the officer asks for, as it stands in the address: a code, a name of a colleague, a unit, days."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.models import Log, Unit
from coordination.queries.log_reading import (
    MOST_PEOPLE,
    LogFilter,
    Place,
    find_case,
    find_people,
    units_read_by,
)
from coordination.rules.actors import Actor
from coordination.rules.codes import tidy_code
from coordination.web.forms_base import DateField, Styled

BOTH, LOOKS, EVENTS = "", "opslag", "haendelser"
_ONLY = {LOOKS: Log.ACCESS, EVENTS: Log.EVENT}
AFTER = "efter"


class LogForm(Styled, forms.Form):
    """The filter of the log. A case of another municipality answers as one that never was."""

    kode = forms.CharField(label=gettext_lazy("Code of the case"), max_length=20, required=False)
    hvem = forms.CharField(label=gettext_lazy("Person"), max_length=60, required=False)
    enhed: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(
        label=gettext_lazy("Unit"), queryset=Unit.objects.none(), empty_label=gettext_lazy("All units"), required=False
    )
    fra = DateField(label=gettext_lazy("From"), required=False)
    til = DateField(label=gettext_lazy("To"), required=False)
    kun = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[
            (BOTH, gettext_lazy("Looks and events")),
            (LOOKS, gettext_lazy("Only looks")),
            (EVENTS, gettext_lazy("Only events")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["enhed"].queryset = units_read_by(actor)  # type: ignore[attr-defined]
        self.wanted = LogFilter()

    def clean(self) -> dict[str, Any]:
        """Find what is named, and keep it in ``wanted``."""
        given: dict[str, Any] = super().clean() or {}
        case = people = None
        if given.get("kode"):
            code = tidy_code(given["kode"])
            case = find_case(self.actor, code) if code else None
            if case is None:
                self.add_error("kode", _("There is no case with this code."))
        if given.get("hvem"):
            people = [person.pk for person in find_people(self.actor, given["hvem"])]
            if not people:
                self.add_error("hvem", _("Nobody here is called that."))
            elif len(people) > MOST_PEOPLE:
                self.add_error("hvem", _("Many are called that. Write more of the name, or the user name."))
        first_on, last_on = given.get("fra"), given.get("til")
        if first_on and last_on and last_on < first_on:
            self.add_error("til", _("The last day comes before the first."))
        self.wanted = LogFilter(
            case=case,
            people=tuple(people) if people is not None else None,
            unit=given.get("enhed"),
            first_on=first_on,
            last_on=last_on,
            only=_ONLY.get(given.get("kun", "")),
        )
        return given

    def query(self, **more: str) -> str:
        """Write the filter as it follows a path, with its question mark, and ``more``."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        written = urlencode({name: value for name, value in {**typed, **more}.items() if value})
        return f"?{written}" if written else ""


def write_place(place: Place) -> str:
    """Write a place in the log as it stands in an address."""
    at = place.at.astimezone(timezone.get_default_timezone())
    return f"{at:%Y%m%d%H%M%S%f%z}_{place.log.value}_{place.row_id}"


def read_place(text: str) -> Place | None:
    """Read a place in the log; None for what is none."""
    at, _dash, rest = text.partition("_")
    log, _dash, number = rest.partition("_")
    if log not in Log.values or not number.isdecimal() or len(number) > 18:
        return None
    try:
        return Place(datetime.strptime(at, "%Y%m%d%H%M%S%f%z"), Log(log), int(number))
    except ValueError:
        return None
