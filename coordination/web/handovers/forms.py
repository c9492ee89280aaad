"""Forms: to whom the baton goes, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.models import AssignReason, DeclineReason
from coordination.queries.candidates import Candidate
from coordination.web.forms_base import CardRadio, InvolverForm
from coordination.web.terms import TermField


class CandidateForm(InvolverForm):
    """Whom: one of the candidates that the page shows, each in the unit for which they would hold the baton."""

    to_person = forms.ChoiceField(label=_("Who?"), widget=CardRadio, error_messages={"required": _("Choose a person.")})

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._candidates = {each.key: each for each in candidates}
        field = cast("forms.ChoiceField", self.fields["to_person"])
        field.choices = [(key, each.said or each.person.name) for key, each in self._candidates.items()]
        field.widget.hints = {key: each.unit.name for key, each in self._candidates.items()}

    @property
    def chosen(self) -> Candidate:
        """The candidate of a valid form."""
        return self._candidates[self.cleaned_data["to_person"]]


class OfferForm(CandidateForm):
    """Offer the baton to somebody."""

    stays_on = forms.BooleanField(
        label=_("We stay on as a partner"),
        help_text=_("Your unit still takes part when somebody else holds the baton."),
        required=False,
        initial=True,
    )


class AssignForm(CandidateForm):
    """Name the holder, as a leader."""

    reason = TermField(
        AssignReason,
        label=_("Why?"),
        error_messages={"required": _("Choose why.")},
    )


class DeclineForm(InvolverForm):
    """Say no, with a reason."""

    reason = TermField(
        DeclineReason,
        label=_("Why not?"),
        error_messages={"required": _("Choose why, so that the one who asked can go on.")},
    )
