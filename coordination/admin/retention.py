"""How long things are kept."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from coordination.admin.base import InvolverAdmin
from coordination.models import RetentionRule
from coordination.models.retention import DEFAULT_MONTHS


@admin.register(RetentionRule)
class RetentionRuleAdmin(InvolverAdmin):
    """One rule for each kind; without one, the default holds. What is over by the new rule goes in the next round."""

    list_display = ("kind", "months")
    fields = ("kind", "months")

    def get_readonly_fields(self, request: HttpRequest, obj: RetentionRule | None = None) -> tuple[str, ...]:
        """A rule stays with what it is about."""
        return ("kind",) if obj else ()

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Each kind has one rule."""
        return super().has_add_permission(request) and RetentionRule.objects.count() < len(DEFAULT_MONTHS)
