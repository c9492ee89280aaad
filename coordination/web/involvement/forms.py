"""The form on which it is noted that the child was heard, or that the parents took part."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.commands.involvements import InvolvementDraft
from coordination.models import InvolvementForm, InvolvementKind, NotInvolvedReason
from coordination.web.forms_base import CardRadio, DateField, InvolverForm

YES, NO = "yes", "no"


class NoteForm(InvolverForm):
    """When and how they were involved, or why not yet; of the child also whether it changed the plan.

    The ways and the reasons are the cards of one field: only one of them can be chosen.
    """

    how = forms.ChoiceField(
        widget=CardRadio,
        error_messages={"required": gettext_lazy("Choose how, or why not yet.")},
    )
    changed_plan = forms.ChoiceField(
        label=gettext_lazy("Did what the child said change the plan?"),
        choices=[(YES, gettext_lazy("Yes, the plan was changed")), (NO, gettext_lazy("No, the plan stays as it is"))],
        widget=CardRadio,
        help_text=gettext_lazy("Only if the child has been heard."),
        error_messages={"required": gettext_lazy("Did what the child said change the plan?")},
    )
    on = DateField(
        label=gettext_lazy("On which day?"), error_messages={"required": gettext_lazy("Write on which day it was.")}
    )

    def __init__(self, *args: Any, kind: InvolvementKind, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today}, **kwargs)
        self.kind = kind
        is_child = kind == InvolvementKind.CHILD
        whose = {"for_child" if is_child else "for_parents": True, "is_retired": False}
        forms_ = cast("Iterable[InvolvementForm]", InvolvementForm.objects.filter(**whose))
        reasons_ = cast("Iterable[NotInvolvedReason]", NotInvolvedReason.objects.filter(**whose))
        self._forms = {f"form-{term.pk}": term for term in forms_}
        self._reasons = {f"reason-{term.pk}": term for term in reasons_}
        how = cast("forms.ChoiceField", self.fields["how"])
        how.label = _("How was the child heard?") if is_child else _("How did the parents take part?")
        ways = [(key, term.label) for key, term in self._forms.items()]
        reasons = [(key, term.label) for key, term in self._reasons.items()]
        not_yet = _("The child has not been heard yet") if is_child else _("The parents have not taken part yet")
        how.choices = [*ways, (not_yet, reasons)]
        how.widget.hints = {key: term.hint for key, term in (*self._forms.items(), *self._reasons.items())}
        if not is_child:
            del self.fields["changed_plan"]

    def clean(self) -> dict[str, Any]:
        """Ask whether the plan changed only where the child was heard; what else was chosen there does not matter."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("how") not in self._forms:
            self.errors.pop("changed_plan", None)
            cleaned.pop("changed_plan", None)
        return cleaned

    def draft(self) -> InvolvementDraft:
        """Give what a valid form says."""
        chosen, changed = self.cleaned_data["how"], self.cleaned_data.get("changed_plan")
        return InvolvementDraft(
            kind=self.kind,
            on=self.cleaned_data["on"],
            form=self._forms.get(chosen),
            reason=self._reasons.get(chosen),
            changed_plan=changed == YES if changed else None,
        )
