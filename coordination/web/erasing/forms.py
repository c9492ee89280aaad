"""The forms of the officer: a record to look for, and why a case is erased."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from coordination.errors import Unacceptable
from coordination.models import ErasureCause, ReferenceSystem
from coordination.privacy.cpr import may_hide_cpr
from coordination.privacy.references import read_number
from coordination.web.cases.forms import LOOKS_LIKE_CPR
from coordination.web.forms_base import InvolverForm, RadioList, Styled

CAUSES = (ErasureCause.SUBJECT_REQUEST, ErasureCause.MISTAKE)


class SubjectForm(Styled, forms.Form):
    """The number of a record. It changes nothing but the log, so a second look-up is a second one."""

    system = forms.ModelChoiceField(
        label=_("Journal system"), queryset=ReferenceSystem.objects.none(), empty_label=None, widget=RadioList
    )
    number = forms.CharField(
        label=_("Number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        help_text=_("Never write a CPR number or a name."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Also systems that are no longer chosen: older cases have their numbers.
        systems = cast("QuerySet[ReferenceSystem]", ReferenceSystem.objects.all())
        self.fields["system"].queryset = systems  # type: ignore[attr-defined]
        self.fields["system"].widget.hints = {str(system.pk): system.example for system in systems}
        self.looked_like_cpr = may_hide_cpr(str(self.data.get("number") or ""))
        if self.looked_like_cpr:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["number"] = ""  # type: ignore[index]

    def clean(self) -> dict[str, Any]:
        """Read the number as its system wants it."""
        data = super().clean() or {}
        if self.looked_like_cpr:
            self.errors.pop("number", None)
            self.add_error("number", LOOKS_LIKE_CPR)
        elif data.get("system") and data.get("number"):
            try:
                read_number(data["system"], data["number"])
            except Unacceptable as refusal:
                self.add_error("number", str(refusal.message))
        return data


class CodeForm(Styled, forms.Form):
    """The code of a case."""

    kode = forms.CharField(label=_("Code of the case"), max_length=20)


class EraseForm(InvolverForm):
    """Why a case is erased."""

    cause = forms.ChoiceField(
        label=_("Why is it erased?"), choices=[(cause.value, cause.label) for cause in CAUSES], widget=RadioList
    )


class ConfirmForm(InvolverForm):
    """Nothing to fill in: only to confirm."""
