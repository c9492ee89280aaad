"""Forms: who is called to a meeting, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.commands.cases import ReferenceDraft
from coordination.models import Attendance, AttendanceAnswer, MeetingKind, ReferenceSystem, User
from coordination.privacy.cpr import may_hide_cpr
from coordination.queries.participants import Participant
from coordination.web.forms_base import CheckboxList, InvolverForm
from coordination.web.meetings.when_and_where import WhenAndWhereForm
from coordination.web.terms import TermCards, TermField


class PeopleField(forms.MultipleChoiceField):
    """Some of the people whom the page shows."""

    widget = CheckboxList

    def offer(self, people: Sequence[Participant]) -> None:
        """Show these people, each with their unit."""
        self._people = {str(each.person.pk): each.person for each in people}
        self.choices = [(key, person.name) for key, person in self._people.items()]
        self.widget.hints = {str(each.person.pk): each.unit.name for each in people}

    def clean(self, value: Any) -> list[User]:
        """Give the people themselves."""
        return [self._people[key] for key in super().clean(value)]


class CallForm(WhenAndWhereForm):
    """Call a meeting."""

    kind = TermField(
        MeetingKind,
        label=gettext_lazy("What kind of meeting?"),
        widget=TermCards,
        error_messages={"required": gettext_lazy("Choose what kind of meeting.")},
    )
    people = PeopleField(
        label=gettext_lazy("Who is called?"),
        error_messages={"required": gettext_lazy("Choose at least one person.")},
    )

    field_order = ("kind", "starts_on", "starts_at", "minutes_long", "place", "people")

    def __init__(self, *args: Any, people: Sequence[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("PeopleField", self.fields["people"])
        field.offer(people)
        field.initial = [str(each.person.pk) for each in people]


class AnswerForm(InvolverForm):
    """Say whether one comes."""

    comes = forms.TypedChoiceField(
        choices=[("yes", gettext_lazy("I come")), ("no", gettext_lazy("I cannot come"))],
        coerce=lambda value: value == "yes",
        label=gettext_lazy("Your answer"),
        error_messages={"required": gettext_lazy("Choose whether you come.")},
    )


class NumberInput(forms.TextInput):
    """A reference number. What looks like a CPR number is never shown again."""

    def format_value(self, value: Any) -> str | None:
        """Leave out what must not stand on the page."""
        return "" if value and may_hide_cpr(str(value)) else super().format_value(value)


class HoldForm(InvolverForm):
    """Take down that a meeting was held: who came, and where the minutes are."""

    came = PeopleField(label=gettext_lazy("Who came?"), required=False)
    system = TermField(
        ReferenceSystem,
        label=gettext_lazy("Where are the minutes?"),
        help_text=gettext_lazy("Involver keeps only where they are, never what was said."),
        required=False,
        widget=forms.Select,
    )
    number = forms.CharField(
        label=gettext_lazy("The number of the minutes there"),
        help_text=gettext_lazy("Never write a CPR number or a name."),
        required=False,
        max_length=200,
        widget=NumberInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, attendances: Sequence[Attendance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("PeopleField", self.fields["came"])
        field.offer([Participant(each.person, each.unit) for each in attendances])
        field.initial = [str(each.person_id) for each in attendances if each.answer == AttendanceAnswer.YES]
        cast("TermField", self.fields["system"]).empty_label = _("No minutes, or not yet")

    def clean_number(self) -> str:
        """Refuse a CPR number before anything else is done with it."""
        number: str = self.cleaned_data["number"].strip()
        if may_hide_cpr(number):
            raise forms.ValidationError(
                _("This looks like a CPR number. Write the number of the record in the journal system instead.")
            )
        return number

    def clean(self) -> dict[str, Any]:
        """Refuse half a reference."""
        cleaned = super().clean() or self.cleaned_data
        number, system = cleaned.get("number"), cleaned.get("system")
        if number and system is None and "system" not in self.errors:
            self.add_error("system", _("Choose the system that the number is from."))
        if system is not None and not number and "number" not in self.errors:
            self.add_error("number", _("Write the number, or choose no minutes."))
        return cleaned

    @property
    def minutes(self) -> ReferenceDraft | None:
        """The reference to the minutes of a valid form, if there are any."""
        system = self.cleaned_data["system"]
        return ReferenceDraft(system, self.cleaned_data["number"]) if system is not None else None
