"""The form that opens a case. Eight inputs at most; the unit that one opens it for is chosen beside it."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coordination.commands.bases import ALL_KINDS, BasisDraft, check_basis
from coordination.commands.cases import ReferenceDraft
from coordination.errors import Unacceptable
from coordination.models import (
    Ask,
    DeadlineKind,
    ReferenceSystem,
    Theme,
    Unit,
    UnitKind,
    Urgency,
)
from coordination.privacy.cpr import may_hide_cpr
from coordination.privacy.references import read_number
from coordination.queries.rules import rule_for
from coordination.web.bases import AskedAlong, BasisChoices, DayAlong, choices_of_kinds, kinds_to_cover
from coordination.web.forms_base import CardRadio, CheckboxList, DateField, InvolverForm, RadioList
from coordination.web.terms import TermCards, TermField
from coordination.web.unit_picker import UnitsField

NO_BASIS = ""
OF_CONSENT = ("given_on", "ends_on", "also_covers")


class SystemField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A journal system, shown with what its numbers look like; or none at all."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the system and give an example of its numbers."""
        return f"{obj.label} ({obj.example})"


class NumberField(AskedAlong, forms.CharField):
    """The number of a record."""


class BasisField(AskedAlong, forms.ChoiceField):
    """Why information may be shared."""


class OpenForm(InvolverForm):
    """What it is about, what is asked for, how soon, the reference with its basis, and who is asked.

    A consent covers the kinds of those who are asked, and one's own; ``also_covers`` adds others. It was given today,
    unless ``given_on`` says otherwise. Neither has to be looked at: both stand folded away.
    """

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
    ends_on = DayAlong(label=_("The consent lasts until"))
    given_on = DateField(
        label=_("The consent was given on"), required=False, help_text=_("Leave it empty if that was today.")
    )
    also_covers = forms.MultipleChoiceField(
        label=_("The consent covers others, too"),
        required=False,
        widget=CheckboxList,
        help_text=_("Tick only what was said yes to. You can invite them later, then."),
    )
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
        self.bases, self.kinds = BasisChoices(), kinds_to_cover()
        self.fields["basis"].widget.hints = self.bases.hints
        self.fields["also_covers"].choices = choices_of_kinds(self.kinds)  # type: ignore[attr-defined]
        self.fields["basis"].choices = [  # type: ignore[attr-defined]
            *self.bases.choices,
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
        if not system or not self.bases.is_consent(data.get("basis")):
            for name in OF_CONSENT:
                self.errors.pop(name, None)
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
            if basis is not None and not any(name in self.errors for name in (*OF_CONSENT, "units", "unit")):
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
        ticked = self.cleaned_data.get("also_covers") or []
        return self.bases.draft(
            chosen,
            given_on=self.cleaned_data.get("given_on") or None,
            ends_on=self.cleaned_data.get("ends_on") or None,
            kinds=[*self._kinds_asked(), *(self.kinds[pk] for pk in ticked if pk in self.kinds)],
            covers_all=ALL_KINDS in ticked,
        )

    def _kinds_asked(self) -> list[UnitKind]:
        """The kinds of one's own unit and of those that are invited."""
        units = [self.cleaned_data.get("unit"), *(self.cleaned_data.get("units") or [])]
        kinds = UnitKind.objects.filter(pk__in={unit.kind_id for unit in units if unit is not None})
        return list(cast("QuerySet[UnitKind]", kinds))


def within_words(days: int) -> str:
    """Say within how many working days partners are asked to answer."""
    return ngettext("they answer within %(count)s working day", "they answer within %(count)s working days", days) % {
        "count": days
    }
