"""The form that opens a case. Eight inputs at most; the unit that one opens it for is chosen beside it."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coordination.commands.bases import BasisDraft, check_basis
from coordination.commands.cases import ReferenceDraft
from coordination.errors import Unacceptable
from coordination.models import (
    Ask,
    BasisKind,
    DeadlineKind,
    ReferenceSystem,
    StatutoryBasis,
    Theme,
    Unit,
    Urgency,
)
from coordination.privacy.cpr import may_hide_cpr
from coordination.privacy.references import read_number
from coordination.queries.rules import rule_for
from coordination.web.forms_base import CardRadio, DateField, InvolverForm, RadioList
from coordination.web.terms import TermCards, TermField
from coordination.web.unit_picker import UnitsField

NO_BASIS, CONSENT = "", BasisKind.CONSENT.value


class SystemField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A journal system, shown with what its numbers look like; or none at all."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the system and give an example of its numbers."""
        return f"{obj.label} ({obj.example})"


class OnlyWithReference(forms.Field):
    """Asked for only beside a reference, and then not as something that one may leave out: the form sees to that."""

    def clean(self, value: Any) -> Any:
        """Let nothing be nothing; what is wanted beside a reference, ``OpenForm.clean`` says."""
        return "" if value in self.empty_values else super().clean(value)


class NumberField(OnlyWithReference, forms.CharField):
    """The number of a record."""


class BasisField(OnlyWithReference, forms.ChoiceField):
    """Why information may be shared."""


class LastDayField(OnlyWithReference, DateField):
    """The last day of a consent."""


class OpenForm(InvolverForm):
    """What it is about, what is asked for, how soon, the reference with its basis, and who is asked."""

    theme = TermField(Theme, label=_("What is it about?"), widget=TermCards)
    ask = TermField(Ask, label=_("What do you ask for?"), widget=TermCards)
    urgency = forms.ChoiceField(label=_("How soon?"), choices=Urgency.choices, initial=Urgency.NORMAL, widget=CardRadio)
    system = SystemField(
        label=_("Reference"),
        queryset=ReferenceSystem.objects.current(),
        required=False,
        empty_label=_("Without a reference: anonymous sparring"),
        help_text=_("Where the record stands in your own journal system. What you know about the child stays there."),
    )
    number = NumberField(
        label=_("Number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        help_text=_("Never write a CPR number or a name."),
    )
    basis = BasisField(label=_("Why may you share it?"), initial=NO_BASIS, widget=RadioList)
    ends_on = LastDayField(label=_("The consent lasts until"))
    units = UnitsField(
        label=_("Who will you invite?"), required=False, help_text=_("You can also invite somebody later.")
    )
    unit = forms.ModelChoiceField(queryset=Unit.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, own_units: list[Unit], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["unit"].queryset = Unit.objects.filter(  # type: ignore[attr-defined]
            pk__in=[unit.pk for unit in own_units]
        )
        self.statutory = {f"statutory-{term.pk}": term for term in StatutoryBasis.objects.current()}
        self.fields["basis"].choices = [  # type: ignore[attr-defined]
            (CONSENT, BasisKind.CONSENT.label),
            *((value, term.label) for value, term in self.statutory.items()),
            (NO_BASIS, _("Nothing yet: only your own unit can be invited")),
        ]
        limits = rule_for(DeadlineKind.ANSWER_INVITATION)
        self.fields["urgency"].widget.hints = {
            urgency.value: within_words(limits.limit(urgent=urgency == Urgency.URGENT)) for urgency in Urgency
        }
        self.looked_like_cpr = may_hide_cpr(str(self.data.get("number", "")))
        if self.looked_like_cpr:
            # It is not even shown again.
            blanked = QueryDict(mutable=True)
            blanked.update(self.data)
            blanked["number"] = ""
            self.data = blanked

    def clean(self) -> dict[str, Any]:
        """Hold reference and basis together; without a reference nothing of them is asked for."""
        data = super().clean() or {}
        system, number = data.get("system"), data.get("number")
        if self.looked_like_cpr:
            self.add_error(
                "number",
                _("This looks like a CPR number. Write the number of the record in the journal system instead."),
            )
        elif number and not system and "system" not in self.errors:
            self.add_error("system", _("Choose the system that the number is from, or clear the number."))
        elif system and not number and "number" not in self.errors:
            self.add_error("number", _("Write the number, or choose “without a reference”."))
        if not system or data.get("basis") != CONSENT:
            self.errors.pop("ends_on", None)
        if system:
            self._check(system, number)
        return data

    def _check(self, system: ReferenceSystem, number: str | None) -> None:
        """Say at once what the command would refuse, beside the field that it is about."""
        try:
            if number:
                read_number(system, number)
        except Unacceptable as refusal:
            self.add_error("number", str(refusal.message))
        try:
            basis = self.basis_draft()
            if basis is not None and "ends_on" not in self.errors:
                check_basis(basis, today=self.today)
        except Unacceptable as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal.message))

    def reference_draft(self) -> ReferenceDraft | None:
        """Give the reference as it was typed, if there is one."""
        system = self.cleaned_data.get("system")
        return ReferenceDraft(system, self.cleaned_data["number"]) if system else None

    def basis_draft(self) -> BasisDraft | None:
        """Give the basis that goes with the reference; none without a reference."""
        chosen = self.cleaned_data.get("basis")
        if not self.cleaned_data.get("system") or not chosen:
            return None
        if chosen == CONSENT:
            return BasisDraft(BasisKind.CONSENT, ends_on=self.cleaned_data.get("ends_on") or None)
        return BasisDraft(BasisKind.STATUTORY, statutory=cast("StatutoryBasis", self.statutory[chosen]))


def within_words(days: int) -> str:
    """Say within how many working days partners are asked to answer."""
    return ngettext("they answer within %(count)s working day", "they answer within %(count)s working days", days) % {
        "count": days
    }
