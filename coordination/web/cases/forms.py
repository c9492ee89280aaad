"""The forms of a case: a reference, a basis, the end and a new beginning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from coordination.commands.bases import BasisDraft, check_basis
from coordination.commands.cases import ReferenceDraft
from coordination.errors import Unacceptable
from coordination.models import (
    BasisKind,
    CaseOutcome,
    LookReason,
    Reference,
    ReferenceSystem,
    ReopenReason,
    StatutoryBasis,
)
from coordination.privacy.cpr import may_hide_cpr
from coordination.privacy.references import read_number
from coordination.web.forms_base import DateField, InvolverForm, RadioList, Styled
from coordination.web.terms import TermCards, TermField

CONSENT = BasisKind.CONSENT.value
LOOKS_LIKE_CPR = _("This looks like a CPR number. Write the number of the record in the journal system instead.")


class LookReasonForm(Styled, forms.Form):
    """Why a leader opens a reference. It changes nothing but the log, so a second look is a second look.

    ``reasons`` are read once for all the references of a page.
    """

    reason = forms.ChoiceField(label=_("Why do you need to see it?"), widget=RadioList)

    def __init__(self, *args: Any, reference: Reference, reasons: Sequence[LookReason], **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"reference-{reference.pk}-%s", **kwargs)
        self.reasons = {str(reason.pk): reason for reason in reasons}
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (pk, reason.label) for pk, reason in self.reasons.items()
        ]

    def chosen_reason(self) -> LookReason | None:
        """Give the reason that was chosen; none where none was, or one that there is not."""
        return self.reasons.get(self.cleaned_data.get("reason", "")) if self.is_valid() else None


class CloseForm(InvolverForm):
    """What came of a case."""

    outcome = TermField(CaseOutcome, label=_("What came of it?"), widget=TermCards)


class ReopenForm(InvolverForm):
    """Why a case is opened again."""

    reason = TermField(ReopenReason, label=_("Why is it opened again?"), widget=TermCards)


class BasisForm(InvolverForm):
    """A consent until a day, or one of the legal bases that the municipality has written down."""

    basis = forms.ChoiceField(label=_("Why may it be shared?"), widget=RadioList)
    ends_on = DateField(label=_("The consent lasts until"), required=False, help_text=_("Only with a consent."))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.statutory = {
            f"statutory-{term.pk}": term for term in cast("QuerySet[StatutoryBasis]", StatutoryBasis.objects.current())
        }
        self.fields["basis"].choices = [  # type: ignore[attr-defined]
            (CONSENT, _("The parents have consented")),
            *((value, term.label) for value, term in self.statutory.items()),
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for a day with a consent, and for none with anything else."""
        data = super().clean() or {}
        if data.get("basis") != CONSENT:
            self.errors.pop("ends_on", None)
        draft = self.basis_draft()
        if draft is not None and "ends_on" not in self.errors:
            self.check(draft)
        return data

    def check(self, draft: BasisDraft) -> None:
        """Say beside its field what the command would refuse."""
        try:
            check_basis(draft, today=self.today)
        except Unacceptable as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else "basis", str(refusal.message))

    def basis_draft(self) -> BasisDraft | None:
        """Give the basis that was chosen; none where none was."""
        chosen = self.cleaned_data.get("basis")
        if chosen == CONSENT:
            return BasisDraft(BasisKind.CONSENT, ends_on=self.cleaned_data.get("ends_on"))
        if chosen in self.statutory:
            return BasisDraft(BasisKind.STATUTORY, statutory=self.statutory[chosen])
        return None


class ReferenceForm(BasisForm):
    """A reference, and a basis where the case has none yet that lets the reference be shared."""

    system = forms.ModelChoiceField(
        label=_("Journal system"), queryset=ReferenceSystem.objects.none(), empty_label=None, widget=RadioList
    )
    number = forms.CharField(
        label=_("Number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        help_text=_("Never write a CPR number or a name."),
    )
    field_order = ("system", "number", "basis", "ends_on")

    def __init__(self, *args: Any, takes_basis: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        systems = cast("QuerySet[ReferenceSystem]", ReferenceSystem.objects.current())
        self.fields["system"].queryset = systems  # type: ignore[attr-defined]
        self.fields["system"].widget.hints = {str(system.pk): system.example for system in systems}
        if not takes_basis:
            del self.fields["basis"], self.fields["ends_on"]
        self.looked_like_cpr = may_hide_cpr(str(self.data.get("number") or ""))
        if self.looked_like_cpr:
            # It is not even shown again.
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["number"] = ""  # type: ignore[index]

    def clean(self) -> dict[str, Any]:
        """Read the number as its system wants it."""
        data = super().clean()
        if self.looked_like_cpr:
            self.errors.pop("number", None)
            self.add_error("number", LOOKS_LIKE_CPR)
        elif data.get("system") and data.get("number"):
            try:
                read_number(data["system"], data["number"])
            except Unacceptable as refusal:
                self.add_error("number", str(refusal.message))
        return data

    def reference_draft(self) -> ReferenceDraft:
        """Give the reference as it was typed."""
        return ReferenceDraft(self.cleaned_data["system"], self.cleaned_data["number"])
