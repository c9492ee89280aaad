"""The forms of a case: a reference, a basis, the end and a new beginning."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from coordination.commands.bases import ALL_KINDS, BasisDraft, check_basis
from coordination.commands.cases import ReferenceDraft
from coordination.errors import Unacceptable
from coordination.models import (
    CaseOutcome,
    LookReason,
    Reference,
    ReferenceSystem,
    ReopenReason,
)
from coordination.privacy.cpr import may_hide_cpr
from coordination.privacy.references import read_number
from coordination.web.bases import BasisChoices, DayAlong, KindsAlong, choices_of_kinds, kinds_to_cover
from coordination.web.forms_base import InvolverForm, RadioList, Styled
from coordination.web.terms import TermCards, TermField

OF_CONSENT = ("given_on", "ends_on", "covers")
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
    """A consent, with who gave it and what it covers, or one of the legal bases that the municipality has written."""

    basis = forms.ChoiceField(label=_("Why may it be shared?"), widget=RadioList)
    given_on = DayAlong(label=_("The consent was given on"), help_text=_("Only with a consent."))
    ends_on = DayAlong(label=_("The consent lasts until"), help_text=_("Only with a consent."))
    covers = KindsAlong(
        label=_("Which kinds of units does the consent cover?"),
        help_text=_("Only with a consent. Tick what was said yes to: units of other kinds cannot open the reference."),
    )

    def __init__(self, *args: Any, today: date, suggested: Collection[int] = (), **kwargs: Any) -> None:
        """Offer the bases, and the kinds of units. ``suggested``: the ids of the kinds that are ticked beforehand."""
        super().__init__(*args, **kwargs)
        self.today, self.bases, self.kinds = today, BasisChoices(), kinds_to_cover()
        self.fields["basis"].choices = self.bases.choices  # type: ignore[attr-defined]
        self.fields["basis"].widget.hints = self.bases.hints
        self.fields["covers"].choices = choices_of_kinds(self.kinds)  # type: ignore[attr-defined]
        self.initial.setdefault("covers", [str(kind) for kind in suggested])
        self.initial.setdefault("given_on", today)

    def clean(self) -> dict[str, Any]:
        """Ask for days and kinds with a consent, and for none with anything else."""
        data = super().clean() or {}
        if not self.bases.is_consent(data.get("basis")):
            for name in OF_CONSENT:
                self.errors.pop(name, None)
        draft = self.basis_draft()
        if draft is not None and not any(name in self.errors for name in OF_CONSENT):
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
        data = self.cleaned_data
        ticked = data.get("covers") or []
        return self.bases.draft(
            data.get("basis", ""),
            given_on=data.get("given_on"),
            ends_on=data.get("ends_on"),
            kinds=[self.kinds[pk] for pk in ticked if pk in self.kinds],
            covers_all=ALL_KINDS in ticked,
        )


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
    field_order = ("system", "number", "basis", *OF_CONSENT)

    def __init__(self, *args: Any, takes_basis: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        systems = cast("QuerySet[ReferenceSystem]", ReferenceSystem.objects.current())
        self.fields["system"].queryset = systems  # type: ignore[attr-defined]
        self.fields["system"].widget.hints = {str(system.pk): system.example for system in systems}
        if not takes_basis:
            for name in ("basis", *OF_CONSENT):
                del self.fields[name]
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
