"""The switch of practical notes. The notes themselves are nobody's to edit here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from coordination.admin.base import InvolverAdmin, actor_of, now_of
from coordination.commands.note_rules import switch_notes
from coordination.models import NoteRule, Unit


@admin.register(NoteRule)
class NoteRuleAdmin(InvolverAdmin):
    """One switch for each municipality; without one, no notes are written."""

    list_display = ("root", "is_on")
    fields = ("root", "is_on")

    def get_readonly_fields(self, request: HttpRequest, obj: NoteRule | None = None) -> tuple[str, ...]:
        """A switch stays with its municipality."""
        return ("root",) if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer municipalities only."""
        return super().formfield_for_foreignkey(
            db_field, request, **{**kwargs, "queryset": Unit.objects.filter(parent=None)}
        )

    def save_model(self, request: HttpRequest, obj: NoteRule, form: Any, change: bool) -> None:
        """Switch notes on or off."""
        switch_notes(root=obj.root, is_on=obj.is_on, actor=actor_of(request), now=now_of(request))
        obj.pk = NoteRule.objects.get(root=obj.root).pk
