"""The templates of moves: what belongs to a kind of move, and by when. Saving makes a new version."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.admin.base import (
    AdministratorsMixin,
    InlineFormSet,
    InvolverAdmin,
    ModelForm,
    TabularInline,
    actor_of,
    now_of,
)
from coordination.commands.templates import MilestoneDraft, TemplateDraft, change_template, require_possible
from coordination.errors import Refusal
from coordination.models import MilestoneKind, Span, TemplateMilestone, TransitionKind, TransitionTemplate, Unit
from coordination.queries.calendars import calendar_of
from coordination.queries.templates import planned_when
from coordination.rules.milestones import FixedDay, Offset, milestone_day, next_usual_day
from coordination.rules.workdays import WorkCalendar

PREVIEW, MOVE_ON = "_preview", "example_move_on"
BEFORE, AFTER = "before", "after"
FIRST_OF_AUGUST = (8, 1)
MOST_YEARS_AWAY = 20


class _Asked(Exception):
    """A template is to be shown, not saved. Raised within the form's transaction, so that nothing is left of it."""

    def __init__(self, kind: TransitionKind, draft: TemplateDraft) -> None:
        super().__init__()
        self.kind, self.draft = kind, draft


class MilestoneForm(ModelForm):
    """One milestone: so long before or after the move, or on a fixed day of its year or of one before."""

    is_senders = forms.TypedChoiceField(
        label=gettext_lazy("Owed by"),
        choices=[
            ("True", gettext_lazy("the unit that the child leaves")),
            ("False", gettext_lazy("the unit that the child comes to")),
        ],
        coerce=lambda value: str(value) == "True",
    )
    amount = forms.IntegerField(
        label=gettext_lazy("How many"),
        min_value=0,
        required=False,
        widget=forms.NumberInput(attrs={"class": "vIntegerField"}),
    )
    side = forms.ChoiceField(
        label=gettext_lazy("Before or after"),
        choices=[(BEFORE, gettext_lazy("before the move")), (AFTER, gettext_lazy("after the move"))],
    )

    class Meta:
        model = TemplateMilestone
        fields = ("kind", "is_senders", "amount", "span", "side", "day", "month", "years_before")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show how long before or after, rather than a sign."""
        super().__init__(*args, **kwargs)
        amount = self.instance.amount
        self.initial["side"] = AFTER if amount is not None and amount > 0 else BEFORE
        if amount is not None:
            self.initial["amount"] = abs(amount)
        if "kind" in self.fields:
            kinds = MilestoneKind.objects.current() | MilestoneKind.objects.filter(pk=self.instance.kind_id)
            self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        """Refuse all but one way of saying when, and what is no day of every year."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        given = self.cleaned_data
        counted = [given["amount"] is not None, bool(given["span"])]
        fixed = [given[name] is not None for name in ("day", "month", "years_before")]
        if any(counted) == any(fixed):
            raise forms.ValidationError(
                _("Say when in one of two ways: a number with days, weeks or months, or a fixed day, month and year.")
            )
        if any(counted) and not all(counted):
            raise forms.ValidationError(_("How many days, weeks or months before or after the move?"))
        if any(fixed) and not all(fixed):
            raise forms.ValidationError(
                _("A fixed day has a day, a month, and how many years before the year of the move it is (0: the same).")
            )
        try:
            require_possible(self.when())
        except Refusal as refusal:
            self.add_error(refusal.field, str(refusal.message))
        return cleaned

    def validate_constraints(self) -> None:
        """Leave it to ``clean``, which says in words what is wrong."""

    def when(self) -> Offset | FixedDay:
        """Give when it is due, as it has been filled in."""
        given = self.cleaned_data
        if given["amount"] is None:
            return FixedDay(given["month"], given["day"], given["years_before"])
        return Offset(given["amount"] if given["side"] == AFTER else -given["amount"], Span(given["span"]))

    def drafted(self) -> MilestoneDraft:
        """Give the milestone as it has been filled in and found valid."""
        return MilestoneDraft(self.cleaned_data["kind"], self.cleaned_data["is_senders"], self.when())


class Milestones(InlineFormSet):
    """The milestones of a template."""

    def clean(self) -> None:
        """Refuse a template without any."""
        super().clean()
        if not any(self.errors) and not self.drafted():
            raise forms.ValidationError(_("A move has at least one milestone."))

    def drafted(self) -> tuple[MilestoneDraft, ...]:
        """Give the milestones as they have been filled in and found valid."""
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return tuple(form.drafted() for form in kept)


class MilestoneInline(AdministratorsMixin, TabularInline):
    """The milestones, on the page of their template."""

    model = TemplateMilestone
    form = MilestoneForm
    formset = Milestones
    extra = 2

    def has_change_permission(self, request: HttpRequest, obj: TransitionTemplate | None = None) -> bool:
        """Change what is the newest version."""
        return super().has_change_permission(request, obj) and _may_be_typed(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: TransitionTemplate | None = None) -> bool:
        """Add to what is the newest version."""
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: TransitionTemplate | None = None) -> bool:
        """Leave a milestone out of the next version; it stays in those that have it."""
        return self.has_change_permission(request, obj)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Give the lines, without ways to change the words from here: they need the room."""
        formset = super().get_formset(request, obj, **kwargs)
        if "kind" in formset.form.base_fields:
            words = formset.form.base_fields["kind"].widget
            words.can_add_related = words.can_change_related = words.can_view_related = False
        return formset

    def get_fields(self, request: HttpRequest, obj: TransitionTemplate | None = None) -> tuple[str, ...]:
        """Show a version that is only read as it is stored."""
        if self.has_change_permission(request, obj):
            return MilestoneForm.Meta.fields
        return tuple(name for name in MilestoneForm.Meta.fields if name != "side")


class TemplateForm(ModelForm):
    """How long after the move one asks whether the child has landed; and for a first version, of which kind it is."""

    class Meta:
        model = TransitionTemplate
        fields = ("kind", "follow_up_days")
        labels = {"kind": gettext_lazy("kind of transition")}
        help_texts = {"follow_up_days": gettext_lazy("Calendar days, not working days.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the kinds that have no template yet."""
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            without = TransitionKind.objects.filter(templates=None)
            self.fields["kind"].queryset = without  # type: ignore[attr-defined]


@admin.register(TransitionTemplate)
class TransitionTemplateAdmin(InvolverAdmin):
    """The templates, newest version first; older ones can be read, and stay as they were."""

    form = TemplateForm
    inlines = (MilestoneInline,)
    change_form_template = "admin/coordination/template.html"
    list_display = ("kind_of_move", "number", "is_newest", "milestone_count", "follow_up_days", "maker", "made")
    list_filter = (("kind", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("kind", "made_by")
    ordering = ("kind__position", "kind", "-version")
    fields = ("kind_of_move", "number", "follow_up_days", "maker", "made")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TransitionTemplate]:
        """Read along which version is the newest, and how many milestones there are."""
        same_kind = TransitionTemplate.objects.filter(kind=OuterRef("kind")).order_by("-version")
        newest = Subquery(same_kind.values("version")[:1])
        counted: QuerySet[TransitionTemplate] = (
            super().get_queryset(request).annotate(newest=newest, milestone_count=Count("milestones"))
        )
        return counted

    @admin.display(description=gettext_lazy("kind of transition"))
    def kind_of_move(self, template: TransitionTemplate) -> str:
        """The kind of move that it belongs to."""
        return template.kind.label

    @admin.display(description=gettext_lazy("version"))
    def number(self, template: TransitionTemplate) -> int:
        """The number of this version."""
        return template.version

    @admin.display(boolean=True, description=gettext_lazy("newest version"))
    def is_newest(self, template: TransitionTemplate) -> bool:
        """Whether moves are planned with it now."""
        return bool(template.version == template.newest)  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("milestones"))
    def milestone_count(self, template: TransitionTemplate) -> int:
        """How many milestones it has."""
        return int(template.milestone_count)  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("made by"))
    def maker(self, template: TransitionTemplate) -> str:
        """Who has made this version."""
        return template.made_by.name if template.made_by else _("shipped with Involver")

    @admin.display(description=gettext_lazy("made at"))
    def made(self, template: TransitionTemplate) -> str:
        """When this version was made, in Danish time."""
        return date_format(timezone.localtime(template.made_at), "DATETIME_FORMAT")

    def has_change_permission(self, request: HttpRequest, obj: TransitionTemplate | None = None) -> bool:
        """Older versions are only read; a form sent from one is answered by the command, which says why not."""
        return super().has_change_permission(request, obj) and _may_be_typed(request, obj)

    def get_fields(self, request: HttpRequest, obj: TransitionTemplate | None = None) -> tuple[str, ...]:
        """Ask a first version for nothing that it gets by itself."""
        return self.fields if obj else TemplateForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: TransitionTemplate | None = None) -> tuple[str, ...]:
        """A version belongs to its kind, and says who has made it."""
        return ("kind_of_move", "number", "maker", "made") if obj else ()

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show or save the form; asked for a preview, show everything as it was typed, and what it would mean."""
        # Whoever goes on goes on from the list: the page of a version that has got a successor is for reading.
        given = {"show_save_and_continue": False, "show_save_and_add_another": False, **(extra_context or {})}
        row = self.get_object(request, object_id) if object_id is not None else None
        try:
            stored = _example(request, row.kind, _stored(row)) if row else {}
            return super().changeform_view(request, object_id, form_url, {**given, **stored})
        except _Asked as asked:
            request.is_previewed = True  # type: ignore[attr-defined]
            typed = _example(request, asked.kind, asked.draft.milestones)
            return super().changeform_view(request, object_id, form_url, {**given, **typed})

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Give the form; one that is only shown is not to be saved, though nothing is wrong with it."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if not getattr(request, "is_previewed", False):
            return form

        class Shown(form):  # type: ignore[misc,valid-type]
            def is_valid(self) -> bool:
                super().is_valid()
                return False

        return Shown

    def save_model(self, request: HttpRequest, obj: TransitionTemplate, form: Any, change: bool) -> None:
        """Leave it to the command, which takes the template and its milestones together."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Make a new version; or only show what it would mean."""
        [milestones] = formsets
        before: TransitionTemplate = form.instance
        draft = TemplateDraft(milestones.drafted(), form.cleaned_data["follow_up_days"])
        if PREVIEW in request.POST:
            raise _Asked(before.kind, draft)
        milestones.save(commit=False)  # only says what has changed, for the history
        made = change_template(
            kind=before.kind,
            version=before.version if change else 0,
            draft=draft,
            actor=actor_of(request),
            now=now_of(request),
        )
        request.made_version = made.pk != before.pk  # type: ignore[attr-defined]
        form.instance.pk, form.instance.version = made.pk, made.version  # the history speaks of the new one

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Note nothing where nothing has changed."""
        return super().log_change(request, obj, message) if _made_version(request) else None

    def response_change(self, request: HttpRequest, obj: TransitionTemplate) -> HttpResponse:
        """Say that there is a new version, or that there is none."""
        if _made_version(request):
            said = _(
                "%(kind)s: moves planned from now on follow version %(version)s. Those planned before keep theirs."
            )
            messages.success(request, said % {"kind": obj.kind, "version": obj.version})
        else:
            messages.info(request, _("Nothing has been changed, so there is no new version."))
        return self.response_post_save_change(request, obj)


def _made_version(request: HttpRequest) -> bool:
    return bool(getattr(request, "made_version", False))


def _may_be_typed(request: HttpRequest, template: TransitionTemplate | None) -> bool:
    """Say whether it is the newest version, or a form that was filled in while it still was."""
    if template is None or request.method == "POST":
        return True
    return not TransitionTemplate.objects.filter(kind=template.kind_id, version__gt=template.version).exists()


def _stored(template: TransitionTemplate) -> tuple[MilestoneDraft, ...]:
    return tuple(
        MilestoneDraft(milestone.kind, milestone.is_senders, planned_when(milestone))
        for milestone in template.milestones.select_related("kind")
    )


def _example(request: HttpRequest, kind: TransitionKind, milestones: tuple[MilestoneDraft, ...]) -> dict[str, Any]:
    """Build what the page shows below the form: the days by which the milestones of a move would be due."""
    today = timezone.localdate(now_of(request))
    month, day = (kind.move_month, kind.move_day) if kind.move_month and kind.move_day else FIRST_OF_AUGUST
    move_on = _day_of(request.POST.get(MOVE_ON, ""), today) or next_usual_day(month, day, today)
    town = Unit.objects.open().filter(parent=None).order_by("pk").first()
    work = calendar_of(town) if town else WorkCalendar()
    lines = [(milestone_day(each.when, move_on, work), each) for each in milestones]
    return {
        "example": {
            "move_on": move_on,
            "lines": sorted(lines, key=lambda line: line[0]),
            "names": {"preview": PREVIEW, "move_on": MOVE_ON},
        }
    }


def _day_of(typed: str, today: date) -> date | None:
    """Read the day of an example; none that is far away from today."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if abs(day.year - today.year) <= MOST_YEARS_AWAY else None
