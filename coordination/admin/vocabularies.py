"""The vocabularies: ordered, relabelled, retired rather than deleted."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from coordination.admin.base import AdministratorsMixin, InvolverAdmin, ModelForm, TabularInline
from coordination.commands.templates import LATEST_DAY, MONTHS
from coordination.models import (
    VOCABULARIES,
    InvolvementForm,
    LevelName,
    MilestoneKind,
    NotInvolvedReason,
    ReferenceSystem,
    StatutoryBasis,
    Term,
    Theme,
    ThemeHelper,
    TransitionKind,
)
from coordination.privacy.cpr import may_hide_cpr
from coordination.privacy.references import MAX_NUMBER_LENGTH

# Spellings of a CPR number that no pattern may let through: an ordinary one, and one with 60 added to the day.
CPR_SPELLINGS = tuple(
    f"{date}{between}{rest}"
    for date in ("010203", "311299", "611203")
    for rest in ("1234", "4000")
    for between in ("", "-", " ", ".")
)
_ESCAPED_OR_CLASS = re.compile(r"\\.|\[\^?\]?[^\]]*\]")


_FIELDS = ("code", ("label_da", "label_en"), ("hint_da", "hint_en"), "position", "is_retired")


class VocabularyAdmin(InvolverAdmin):
    """What all vocabularies have in common."""

    search_fields = ("code", "label_da", "label_en")

    def get_readonly_fields(self, request: HttpRequest, obj: Term | None = None) -> tuple[str, ...]:
        """A code stands in events: it stays as it was made."""
        return ("code",) if obj else ()


class TermAdmin(VocabularyAdmin):
    """One vocabulary."""

    list_display: Any = ("label_da", "label_en", "code", "position", "is_retired")
    list_editable = ("position",)
    list_filter = ("is_retired",)
    fields: ClassVar[Any] = _FIELDS


class HelperInline(AdministratorsMixin, TabularInline):
    """The kinds of units that usually help with a theme, in the order in which they are suggested."""

    model = ThemeHelper
    fields = ("unitkind", "position")
    extra = 1

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is only suggested may be taken out: nothing was said with it."""
        return self.has_change_permission(request, obj)


class ThemeAdmin(TermAdmin):
    """The themes, with the kinds of units that usually help."""

    inlines = (HelperInline,)


class LevelNameAdmin(VocabularyAdmin):
    """The names of the four levels, which are derived: none is added, none goes away."""

    list_display = ("label_da", "label_en", "code")
    fields = ("code", ("label_da", "label_en"), ("hint_da", "hint_en"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There are four levels."""
        return False


class ReferenceSystemForm(ModelForm):
    """A journal system whose pattern works, takes its own example, and takes no CPR number."""

    class Meta:
        model = ReferenceSystem
        fields = (
            "code",
            "label_da",
            "label_en",
            "hint_da",
            "hint_en",
            "position",
            "is_retired",
            "pattern",
            "example",
            "link_template",
        )

    def clean_pattern(self) -> str:
        """Refuse what is no regular expression, what takes CPR numbers, and what could take forever."""
        pattern: str = self.cleaned_data["pattern"]
        try:
            compiled = re.compile(pattern, re.IGNORECASE)
        except re.error as error:
            raise forms.ValidationError(_("This is no regular expression.")) from error
        if re.search(r"\)[*+{]", _ESCAPED_OR_CLASS.sub("", pattern)):
            raise forms.ValidationError(_("Do not repeat a group in brackets: such patterns can take forever."))
        if any(compiled.fullmatch(spelling) for spelling in CPR_SPELLINGS):
            raise forms.ValidationError(_("This pattern would take a CPR number."))
        return pattern

    def clean(self) -> dict[str, Any] | None:
        """Refuse an example that the pattern does not take."""
        cleaned = super().clean()
        example, pattern = self.cleaned_data.get("example"), self.cleaned_data.get("pattern")
        if example and may_hide_cpr(example):
            self.add_error("example", _("This looks like a CPR number."))
        elif example and pattern and not re.fullmatch(pattern, example, re.IGNORECASE):
            self.add_error("example", _("The pattern does not take this example."))
        elif example and len(example) > MAX_NUMBER_LENGTH:
            self.add_error("example", _("The example is too long."))
        return cleaned


class ReferenceSystemAdmin(TermAdmin):
    """The journal systems that references point into."""

    form = ReferenceSystemForm
    fields = (*_FIELDS, "pattern", "example", "link_template")


class StatutoryBasisForm(ModelForm):
    """A legal basis: what it covers is said, be it everything."""

    def clean(self) -> dict[str, Any] | None:
        """Refuse one that covers nothing, and one of which it is not clear whether it covers everything."""
        cleaned = super().clean()
        if "covers" in self.fields and bool(self.cleaned_data.get("covers")) == bool(self.cleaned_data["covers_all"]):
            self.add_error("covers", _("Choose the kinds of units that it covers, or that it covers all kinds."))
        return cleaned


class StatutoryBasisAdmin(TermAdmin):
    """The legal bases for sharing, with the kinds of units that each covers."""

    form = StatutoryBasisForm
    filter_horizontal = ("covers",)
    list_display = (*TermAdmin.list_display[:-1], "covers_all", "is_retired")
    fields = (*_FIELDS, "covers_all", "covers")


class ForWhomForm(ModelForm):
    """A term that is meant for the child, for the parents, or for both."""

    def clean(self) -> dict[str, Any] | None:
        """Refuse a term that is meant for nobody: retire it instead."""
        cleaned = super().clean()
        if not self.cleaned_data.get("for_child") and not self.cleaned_data.get("for_parents"):
            self.add_error("for_child", _("Is it for the child, for the parents, or for both?"))
        return cleaned


class ForWhomAdmin(TermAdmin):
    """How children and parents are involved, or why not yet."""

    form = ForWhomForm
    list_display = (*TermAdmin.list_display[:-1], "for_child", "for_parents", "is_retired")
    fields = (*_FIELDS, ("for_child", "for_parents"))


class MilestoneKindAdmin(TermAdmin):
    """What is done at the milestones of a move."""

    list_display = (*TermAdmin.list_display[:-1], "is_meeting", "is_retired")
    fields = (*_FIELDS, "is_meeting")


class TransitionKindForm(ModelForm):
    """A kind of move: its usual day is a day of every year, or there is none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let another kind follow."""
        super().__init__(*args, **kwargs)
        if "next_kind" in self.fields:
            others = TransitionKind.objects.exclude(pk=self.instance.pk)
            self.fields["next_kind"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        """Refuse half a day, and one that is not in every year."""
        cleaned = super().clean()
        month, day = self.cleaned_data.get("move_month"), self.cleaned_data.get("move_day")
        if (month is None) != (day is None):
            self.add_error("move_month" if month is None else "move_day", _("A usual day has a month and a day."))
        elif month is not None and not 1 <= month <= MONTHS:
            self.add_error("move_month", _("Choose a month from 1 to 12."))
        elif day is not None and not 1 <= day <= LATEST_DAY:
            self.add_error("move_day", _("Choose a day from 1 to 28, which every month has."))
        return cleaned

    def validate_constraints(self) -> None:
        """Leave it to ``clean``, which says in words what is wrong."""


class TransitionKindAdmin(TermAdmin):
    """The kinds of moves, each with the way to its template."""

    form = TransitionKindForm
    filter_horizontal = ("from_kinds", "to_kinds")
    fields = (
        *_FIELDS,
        "templates",
        "leaves_town",
        ("move_month", "move_day"),
        "next_kind",
        "from_kinds",
        "to_kinds",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Term | None = None) -> tuple[str, ...]:
        """The template has a page of its own."""
        return (*super().get_readonly_fields(request, obj), "templates")

    @admin.display(description=_("template"))
    def templates(self, kind: TransitionKind | None) -> str:
        """Lead to the newest version of the template, which is edited, and to the older ones."""
        if kind is None or kind.pk is None:
            return str(_("Save the kind first; then make its template."))
        versions = list(kind.templates.order_by("-version"))
        if not versions:
            url = f"{reverse('admin:coordination_transitiontemplate_add')}?kind={kind.pk}"
            return format_html('<a href="{}">{}</a>', url, _("Make a template"))
        lines = [
            (
                reverse("admin:coordination_transitiontemplate_change", args=[template.pk]),
                (_("Edit version %(number)s") if template is versions[0] else _("Read version %(number)s"))
                % {"number": template.version},
            )
            for template in versions
        ]
        return format_html_join(" · ", '<a href="{}">{}</a>', lines)


SPECIAL: dict[type[Term], type[VocabularyAdmin]] = {
    Theme: ThemeAdmin,
    LevelName: LevelNameAdmin,
    ReferenceSystem: ReferenceSystemAdmin,
    StatutoryBasis: StatutoryBasisAdmin,
    InvolvementForm: ForWhomAdmin,
    NotInvolvedReason: ForWhomAdmin,
    MilestoneKind: MilestoneKindAdmin,
    TransitionKind: TransitionKindAdmin,
}
for vocabulary in VOCABULARIES:
    admin.site.register(vocabulary, SPECIAL.get(vocabulary, TermAdmin))
