"""The rules of deadlines: how long one has, and who is told when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from coordination.admin.base import (
    AdministratorsMixin,
    InlineFormSet,
    InvolverAdmin,
    ModelForm,
    TabularInline,
    actor_of,
    now_of,
)
from coordination.commands.rules import change_rule
from coordination.models import DeadlineKind, DeadlineRule, RuleStep
from coordination.queries.rules import Rule
from coordination.rules.steps import PlannedStep, Told

FARTHEST_STEP, LONGEST_LIMIT, LONGEST_REPEAT, WEEKS_OF_A_YEAR = 120, 250, 60, 52
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
        if not any(step.told.leader or step.told.leader_above for step in self.planned()):
            raise forms.ValidationError(_("One of the steps has to tell a leader: no ask may die in silence."))

    def planned(self) -> tuple[PlannedStep, ...]:
        """Give the steps as they have been filled in and found valid, in order."""
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        steps = [
            PlannedStep(
                offset=step["offset_days"],
                told=Told(*(bool(step.get(name)) for name in TELLS)),
                repeat=step.get("repeat_days"),
            )
            for step in kept
        ]
        return tuple(sorted(steps, key=lambda step: step.offset))


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
    """How many working days one has; and after how many weeks anew, of what comes again and again."""

    class Meta:
        model = DeadlineRule
        fields = ("limit_days", "urgent_limit_days", "again_weeks")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for the weeks only where there are some."""
        super().__init__(*args, **kwargs)
        if "again_weeks" in self.fields and self.instance.again_weeks is None:
            del self.fields["again_weeks"]

    def clean(self) -> dict[str, Any] | None:
        """Refuse no day at all, and more than a year."""
        cleaned = super().clean()
        for name in ("limit_days", "urgent_limit_days"):
            if not 1 <= (self.cleaned_data.get(name) or 0) <= LONGEST_LIMIT:
                self.add_error(name, _("Choose between 1 and 250 working days."))
        if "again_weeks" in self.fields and not 1 <= (self.cleaned_data.get("again_weeks") or 0) <= WEEKS_OF_A_YEAR:
            self.add_error("again_weeks", _("Choose between 1 and 52 weeks."))
        return cleaned


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(InvolverAdmin):
    """The rules; there is one for each kind of deadline."""

    form = RuleForm
    inlines = (StepInline,)
    list_display = ("kind", "limit_days", "urgent_limit_days", "again_weeks")
    readonly_fields = ("kind",)

    def get_fields(self, request: HttpRequest, obj: DeadlineRule | None = None) -> Any:
        """Show the weeks only where there are some."""
        weeks = () if obj is None or obj.again_weeks is None else ("again_weeks",)
        return ("kind", ("limit_days", "urgent_limit_days"), *weeks)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Each kind has its rule already."""
        return False

    def save_model(self, request: HttpRequest, obj: DeadlineRule, form: Any, change: bool) -> None:
        """Leave it to the command, which takes the rule and its steps together."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Change the rule, and plan anew what is open."""
        [steps] = formsets
        steps.save(commit=False)  # only says what has changed, for the history
        kind, rule = DeadlineKind(form.instance.kind), rule_filled_in(form, steps)
        change_rule(kind=kind, rule=rule, actor=actor_of(request), now=now_of(request))


def rule_filled_in(form: Any, steps: Any) -> Rule:
    """Give the rule as it stands in a form and its steps, both valid."""
    given = form.cleaned_data
    return Rule(given["limit_days"], given["urgent_limit_days"], steps.planned(), given.get("again_weeks"))
