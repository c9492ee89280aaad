"""Forms: who does what by when, and when it is looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.models import AgreementKind, DropReason, LookResult, User
from coordination.queries.participants import Participant
from coordination.web.coming_days import ComingDayField
from coordination.web.forms_base import CardRadio, InvolverForm, RadioList
from coordination.web.notes.forms import NoteForm
from coordination.web.terms import TermCards, TermField

NEVER = "never"
LOOKS = [
    ("8", gettext_lazy("8 weeks after")),
    ("4", gettext_lazy("4 weeks after")),
    ("12", gettext_lazy("12 weeks after")),
    (NEVER, gettext_lazy("It need not be looked at again")),
]


class LookAgainForm(InvolverForm):
    """When an agreement is looked at again: some weeks after it is due, or on a day."""

    look_again = forms.ChoiceField(
        label=gettext_lazy("When do you look at it again?"), choices=LOOKS, initial="8", widget=RadioList
    )
    look_again_on = ComingDayField(
        label=gettext_lazy("Or on a day of your own"),
        required=False,
        help_text=gettext_lazy("If you write a day here, that day counts."),
    )

    def look_after(self, day: date) -> date | None:
        """Give the day of the look, counted from ``day`` where it was chosen in weeks; None for never."""
        own_day: date | None = self.cleaned_data["look_again_on"]
        weeks = self.cleaned_data["look_again"]
        if own_day is not None or weeks == NEVER:
            return own_day
        return day + timedelta(weeks=int(weeks))


class MakeForm(NoteForm, LookAgainForm):
    """Make an agreement."""

    kind = TermField(
        AgreementKind,
        label=gettext_lazy("What is to be done?"),
        widget=TermCards,
        error_messages={"required": gettext_lazy("Choose what is to be done.")},
    )
    owner = forms.ChoiceField(
        label=gettext_lazy("Who does it?"),
        widget=CardRadio,
        error_messages={"required": gettext_lazy("Choose who does it.")},
    )
    due_on = ComingDayField(
        label=gettext_lazy("By when?"), error_messages={"required": gettext_lazy("Write by when it is to be done.")}
    )

    field_order = ("kind", "owner", "due_on", "look_again", "look_again_on")

    def __init__(self, *args: Any, participants: Sequence[Participant], me: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(each.person.pk): each.person for each in participants}
        field = cast("forms.ChoiceField", self.fields["owner"])
        field.choices = [
            (key, _("Me (%(person)s)") % {"person": person} if person == me else person.name)
            for key, person in sorted(self._people.items(), key=lambda each: each[1] != me)
        ]
        field.widget.hints = {str(each.person.pk): each.unit.name for each in participants}

    @property
    def chosen_owner(self) -> User:
        """Who does it, of a valid form."""
        return self._people[self.cleaned_data["owner"]]


class MoveForm(InvolverForm):
    """Give an agreement another day."""

    due_on = ComingDayField(
        label=gettext_lazy("By when instead?"), error_messages={"required": gettext_lazy("Write the new day.")}
    )


class DropForm(InvolverForm):
    """Drop an agreement."""

    reason = TermField(DropReason, label=gettext_lazy("Why?"), error_messages={"required": gettext_lazy("Choose why.")})


class LookForm(LookAgainForm):
    """Look at an agreement again: keep it, change it or end it."""

    result = forms.ChoiceField(
        label=gettext_lazy("What do you say?"),
        choices=LookResult.choices,
        widget=CardRadio,
        error_messages={"required": gettext_lazy("Choose what you say.")},
    )
    due_on = ComingDayField(
        label=gettext_lazy("By when is it to be done now?"),
        required=False,
        help_text=gettext_lazy("Only if you change it."),
    )

    field_order = ("result", "due_on", "look_again", "look_again_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].widget.hints = {
            LookResult.KEPT: _("It stands as it is."),
            LookResult.CHANGED: _("It gets a new day, and is to be done again."),
            LookResult.ENDED: _("It is not needed any more."),
        }

    def clean(self) -> dict[str, Any]:
        """Refuse a change without a day; whatever else was chosen does not matter where it ends."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("result") == LookResult.CHANGED and not cleaned.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("By when is it to be done now?"))
        return cleaned
