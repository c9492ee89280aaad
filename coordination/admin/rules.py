"""The rules of deadlines: how long one has, and who is told when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from coordination.admin.base import AdministratorsMixin, InlineFormSet, InvolverAdmin, ModelForm, TabularInline
from coordination.models import DeadlineRule, RuleStep

FARTHEST_STEP, LONGEST_LIMIT, LONGEST_REPEAT = 120, 250, 60
TELLS = ("tells_owner", "tells_asker", "tells_leader", "tells_leader_above")


class StepForm(ModelForm):
    """One step, which tells somebody."""

    class Meta:
        model = RuleStep
        fields = ("offset_days", *TELLS, "repeat_days")

    def clean(self) -> dict[str, Any] | None:
        """Refuse a step that tells nobody, or lies too far off to be meant."""
        cleaned = super().clean()
        if not any(self.cleaned_data.get(name) for name in TELLS):
            raise forms.ValidationError(_("Whom does this step tell?"))
        if abs(self.cleaned_data.get("offset_days") or 0) > FARTHEST_STEP:
            self.add_error("offset_days", _("Choose a day within half a year."))
        if not 1 <= (self.cleaned_data.get("repeat_days") or 1) <= LONGEST_REPEAT:
            self.add_error("repeat_days", _("Choose between 1 and 60 working days."))
        return cleaned


class Steps(InlineFormSet):
    """The steps of a rule: in the end a leader is told, so that nothing dies in silence."""

    def clean(self) -> None:
        """Refuse a rule that tells no leader."""
        super().clean()
        if any(self.errors):
            return
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if not any(step.get("tells_leader") or step.get("tells_leader_above") for step in kept):
            raise forms.ValidationError(_("One of the steps has to tell a leader: no ask may die in silence."))


class StepInline(AdministratorsMixin, TabularInline):
    """The steps, on the page of their rule."""

    model = RuleStep
    form = StepForm
    formset = Steps
    extra = 1

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A step that is planned may be taken out; those taken are kept elsewhere."""
        return self.has_change_permission(request, obj)


class RuleForm(ModelForm):
    """How many working days one has."""

    class Meta:
        model = DeadlineRule
        fields = ("limit_days", "urgent_limit_days")

    def clean(self) -> dict[str, Any] | None:
        """Refuse no day at all, and more than a year."""
        cleaned = super().clean()
        for name in ("limit_days", "urgent_limit_days"):
            if not 1 <= (self.cleaned_data.get(name) or 0) <= LONGEST_LIMIT:
                self.add_error(name, _("Choose between 1 and 250 working days."))
        return cleaned


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(InvolverAdmin):
    """The rules; there is one for each kind of deadline."""

    form = RuleForm
    inlines = (StepInline,)
    list_display = ("kind", "limit_days", "urgent_limit_days")
    readonly_fields = ("kind",)
    fields = ("kind", ("limit_days", "urgent_limit_days"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Each kind has its rule already."""
        return False
