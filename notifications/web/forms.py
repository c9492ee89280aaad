"""Forms: how one is told, and who is told for a unit."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from coordination.models import Unit, User
from coordination.web.forms_base import CheckboxList, InvolverForm, RadioList
from coordination.web.unit_picker import IdsField
from notifications.commands.preferences import PreferenceDraft
from notifications.models import Channel, Pace, Preference, Weekday
from notifications.queries.receivers import people_named, people_of

_PACES = {Channel.EMAIL: "email_pace", Channel.PUSH: "push_pace"}
_OF_DIGESTS = ("digest_at", "digest_weekday")
_OF_QUIET = ("quiet_from", "quiet_until", "quiet_days_off")

_CLOCKS = ["%H:%M", "%H.%M", "%H:%M:%S"]


class ClockInput(forms.TimeInput):
    """The device's own time picker. What is no time is shown again as text: nothing typed is lost."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-input--clock"}, format="%H:%M")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give what the template shows."""
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        context["widget"]["type"] = "time" if not shown or _read_clock(shown) else "text"
        return context

    def format_value(self, value: Any) -> str | None:
        """Write a time as the picker wants it, whichever way it was typed."""
        return super().format_value((_read_clock(value) or value) if isinstance(value, str) else value)


class ClockField(forms.TimeField):
    """A time of day; takes 07:30 and 7.30."""

    widget = ClockInput
    default_error_messages = {"invalid": _("Write the time like 07:30.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=_CLOCKS, **kwargs)


class ChoicesForm(InvolverForm):
    """One's choices. What cannot reach the reader in this installation is not asked."""

    email_pace = forms.ChoiceField(label=_("E-mail"), choices=Pace.choices, widget=RadioList)
    push_pace = forms.ChoiceField(label=_("Push on phone or computer"), choices=Pace.choices, widget=RadioList)
    digest_at = ClockField(label=_("When do you want what comes together?"))
    digest_weekday = forms.TypedChoiceField(
        label=_("On which day, if once a week?"),
        help_text=_("Is it a day off, it comes on the next working day."),
        choices=Weekday.choices,
        coerce=int,
    )
    quiet_from = ClockField(label=_("Quiet from"))
    quiet_until = ClockField(label=_("Quiet until"))
    quiet_days_off = forms.BooleanField(label=_("Quiet on weekends, holidays and days we are closed"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), help_text=_("Of the pages, and of what you are told."), choices=settings.LANGUAGES
    )

    def __init__(self, *args: Any, preference: Preference, language: str, channels: Collection[Channel], **kwargs: Any):
        """Ask for what can be chosen over these channels, beginning with what has been chosen."""
        names = (*_PACES.values(), *_OF_QUIET, *_OF_DIGESTS)
        initial = {name: getattr(preference, name) for name in names}
        super().__init__(*args, initial={**initial, "language": language}, **kwargs)
        left_out = [name for channel, name in _PACES.items() if channel not in channels]
        for name in left_out if channels else names:
            del self.fields[name]

    def draft(self, before: Preference) -> PreferenceDraft:
        """Give what has been chosen; what was not asked stays as before."""

        def chosen(name: str) -> Any:
            return self.cleaned_data.get(name, getattr(before, name))

        return PreferenceDraft(
            email_pace=Pace(chosen("email_pace")),
            push_pace=Pace(chosen("push_pace")),
            quiet_from=_clock(chosen("quiet_from")),
            quiet_until=_clock(chosen("quiet_until")),
            quiet_days_off=bool(chosen("quiet_days_off")),
            digest_at=_clock(chosen("digest_at")),
            digest_weekday=Weekday(chosen("digest_weekday")),
        )


def _read_clock(text: str) -> time | None:
    """Read a time of day as somebody may write it; none where it is no time."""
    for form in _CLOCKS:
        with suppress(ValueError):
            return datetime.strptime(text, form).time()  # noqa: DTZ007 -- a time of day has no zone
    return None


def _clock(value: time) -> time:
    return value.replace(second=0, microsecond=0)


class ReceiversForm(InvolverForm):
    """Who of a unit's people is told."""

    people = IdsField(
        label=_("Who is told?"),
        help_text=_("Tick nobody, and everybody is told."),
        queryset=User.objects.none(),
        widget=CheckboxList,
        required=False,
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        """Offer everybody in the unit, and begin with those named."""
        initial = {"people": list(people_named(unit).values_list("pk", flat=True))}
        super().__init__(*args, initial=initial, **kwargs)
        field = self.fields["people"]
        if isinstance(field, IdsField):
            field.queryset = people_of(unit)
