"""The rule of the figures: under how many a count is hidden, and how long a period is."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from coordination.admin.base import InvolverAdmin
from coordination.models import FigureRule, Unit


@admin.register(FigureRule)
class FigureRuleAdmin(InvolverAdmin):
    """One rule for each municipality; without one, five and quarters hold. What has been reckoned stays as it is."""

    list_display = ("root", "threshold", "length")
    fields = ("root", "threshold", "length")

    def get_readonly_fields(self, request: HttpRequest, obj: FigureRule | None = None) -> tuple[str, ...]:
        """A rule stays with its municipality."""
        return ("root",) if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer municipalities only."""
        return super().formfield_for_foreignkey(
            db_field, request, **{**kwargs, "queryset": Unit.objects.filter(parent=None)}
        )
