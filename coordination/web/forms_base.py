"""What all forms have in common: looks, how a day is written, and the key that stops a second submit."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.forms.renderers import TemplatesSetting
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from coordination.privacy.cpr import looks_like_cpr

# A phone's date picker sends the first; people without one type the others.
DATE_FORMATS = ["%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%y", "%d.%m.%y", "%d/%m/%y"]


class InvolverRenderer(TemplatesSetting):
    """Render every field group with the DKFDS markup in templates/components/."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


class Hinted:
    """Give each choice of a radio or checkbox list a line of its own below its label: {value: hint}."""

    hints: Mapping[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["hint"] = self.hints.get(str(value), "")
        return option


class RadioList(Hinted, forms.RadioSelect):
    template_name = "components/widgets/options.html"


class CheckboxList(Hinted, forms.CheckboxSelectMultiple):
    template_name = "components/widgets/options.html"


class CardRadio(Hinted, forms.RadioSelect):
    template_name = "components/widgets/cards.html"


class CardCheckbox(Hinted, forms.CheckboxSelectMultiple):
    template_name = "components/widgets/cards.html"


class DateInput(forms.DateInput):
    """The device's own date picker. What is no day is shown again as text: nothing typed is lost."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": "form-input--day", **(attrs or {})}, format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        context["widget"]["type"] = "date" if not shown or _is_iso(shown) else "text"
        return context

    def format_value(self, value: Any) -> str | None:
        return super().format_value(_as_iso(value) if isinstance(value, str) else value)


class DateField(forms.DateField):
    """A day without a time; takes 2026-08-01, 01-08-2026, 1.8.2026 and 1/8/26."""

    widget = DateInput
    default_error_messages = {"invalid": _("Write the day like 31-12-2026.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=DATE_FORMATS, **kwargs)


class WithoutCpr(forms.BaseForm):
    """Refuse a CPR number in every field, be it one of days or of choices, and never show it again.

    Passwords are neither kept nor shown. What is hidden is made by machines and may look like anything.
    """

    def full_clean(self) -> None:
        """Check the form, with nothing in the place of what looks like a CPR number."""
        typed = [name for name, field in self.fields.items() if not (isinstance(field, _CHOICES) or _is_hidden(field))]
        away = self._turn_away(typed)
        super().full_clean()
        # A choice is refused unless it is one of those offered; the refusal quotes it.
        away += self._turn_away([name for name in self.errors if name in self.fields and name not in typed])
        for name in (name for name in away if not _is_hidden(self.fields[name])):
            self.errors.pop(name, None)
            self.add_error(name, _("This looks like a CPR number."))

    def _turn_away(self, names: list[str]) -> list[str]:
        found = [name for name in names if self._holds_cpr(name)]
        if found:
            blanked = QueryDict(mutable=True)
            for key in self.data:
                blanked.setlist(key, values_of(self.data, key))
            for name in found:
                blanked.setlist(self.add_prefix(name), [""])
            self.data = blanked
        return found

    def _holds_cpr(self, name: str) -> bool:
        widget = self.fields[name].widget
        if not self.is_bound or isinstance(widget, forms.PasswordInput | forms.FileInput):
            return False
        if getattr(self.fields[name], "is_screened", False):
            return False  # days and times stand there, too: its own screening tells them apart, and blanks the rest
        return any(looks_like_cpr(str(value)) for value in values_of(self.data, self.add_prefix(name)))


def values_of(data: Any, key: str) -> list[Any]:
    """Give all values of one name of what was sent."""
    if isinstance(data, QueryDict):
        return data.getlist(key)
    value = data.get(key)
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


_CHOICES = (forms.ChoiceField, forms.ModelChoiceField, forms.BooleanField)


def _is_hidden(field: forms.Field) -> bool:
    return isinstance(field.widget, forms.HiddenInput)


class Styled(WithoutCpr):
    """Dress every widget of a form in its DKFDS class."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for field in self.fields.values():
            dress(field.widget)


class InvolverForm(Styled, forms.Form):
    """The base of every form that changes something. `submission` is one key for one filled-in form: it
    survives an error and a second click, so the command that gets it can answer twice and act once."""

    submission = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=uuid.uuid4,
        error_messages={
            "required": _("The form was not sent whole. Load the page again."),
            "invalid": _("The form was not sent whole. Load the page again."),
        },
    )


class SignInForm(Styled, AuthenticationForm):
    """Django's sign-in, dressed. ``refused``: why nobody is let in now, whether or not the password is right."""

    refused: str = ""

    def clean(self) -> dict[str, Any]:
        """Look at the password, unless nobody is let in."""
        if self.refused:
            raise forms.ValidationError(self.refused)
        cleaned: dict[str, Any] = super().clean()
        return cleaned


def dress(widget: forms.Widget) -> None:
    """Add the DKFDS class that fits this widget, beside any class that it already has."""
    if isinstance(widget, forms.RadioSelect):
        if not isinstance(widget, Hinted):
            widget.template_name = "components/widgets/options.html"
        name = "form-checkbox" if isinstance(widget, forms.CheckboxSelectMultiple) else "form-radio"
    elif isinstance(widget, forms.CheckboxInput):
        name = "form-checkbox"
    elif isinstance(widget, forms.Select) and not widget.allow_multiple_selected:
        name = "form-select"
    elif isinstance(widget, forms.HiddenInput):
        return
    else:
        name = "form-input"
    classes = str(widget.attrs.get("class", "")).split()
    widget.attrs["class"] = " ".join(classes if name in classes else [*classes, name])


def _as_iso(text: str) -> str:
    try:
        return DateField().clean(text).isoformat()  # type: ignore[no-any-return]
    except forms.ValidationError:
        return text


def _is_iso(text: str) -> bool:
    try:
        return bool(forms.DateField(input_formats=["%Y-%m-%d"]).clean(text))
    except forms.ValidationError:
        return False
