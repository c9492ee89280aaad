"""The vocabularies: ordered, relabelled, retired rather than deleted."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from coordination.admin.base import AdministratorsMixin, InvolverAdmin, ModelForm, TabularInline
from coordination.models import VOCABULARIES, LevelName, ReferenceSystem, Term, Theme, ThemeHelper
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

    list_display = ("label_da", "label_en", "code", "position", "is_retired")
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


SPECIAL: dict[type[Term], type[VocabularyAdmin]] = {
    Theme: ThemeAdmin,
    LevelName: LevelNameAdmin,
    ReferenceSystem: ReferenceSystemAdmin,
}
for vocabulary in VOCABULARIES:
    admin.site.register(vocabulary, SPECIAL.get(vocabulary, TermAdmin))
