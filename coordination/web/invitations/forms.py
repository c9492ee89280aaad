"""The forms about invitations, partnerships and requests to join."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from coordination.models import Ask, DeclineReason, LeaveReason, PartnershipOutcome, User
from coordination.web.forms_base import InvolverForm, RadioList
from coordination.web.notes.forms import NoteForm
from coordination.web.terms import TermCards, TermField
from coordination.web.unit_picker import UnitField


class InviteForm(NoteForm):
    """Whom to ask, perhaps somebody certain, and for what."""

    units = UnitField(label=_("Who will you invite?"))
    person = forms.ModelChoiceField(
        label=_("Somebody certain?"),
        queryset=User.objects.none(),
        required=False,
        widget=RadioList,
        empty_label=_("Whoever takes it first"),
        blank=True,
    )
    ask = TermField(Ask, label=_("What do you ask for?"), widget=TermCards)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class ContactForm(InvolverForm):
    """The contact person of a unit."""

    contact = forms.ModelChoiceField(label=_("Contact person"), queryset=User.objects.none(), empty_label=_("Choose"))

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = people  # type: ignore[attr-defined]
        if self.initial.get("contact"):
            self.fields["contact"].empty_label = None  # type: ignore[attr-defined]


class DeclineForm(InvolverForm):
    """Why not, and who then."""

    reason = TermField(DeclineReason, label=_("Why not?"), widget=TermCards)
    onward = UnitField(label=_("Who can help instead?"), nobody=_("We do not know"))


class OnwardForm(InvolverForm):
    """Who can help instead, as the leader who was to find out."""

    onward = UnitField(label=_("Who can help instead?"))


class RefuseForm(InvolverForm):
    """Why a unit is not let in."""

    reason = TermField(DeclineReason, label=_("Why not?"))


class OutcomeForm(InvolverForm):
    """What came of a partner's part."""

    outcome = TermField(PartnershipOutcome, label=_("What came of it?"))


class LeaveForm(InvolverForm):
    """Why a partner leaves."""

    reason = TermField(LeaveReason, label=_("Why do you leave?"))
